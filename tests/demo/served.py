"""The product as it is served, on a port that the system chooses, and a campaign that is played on it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import TypeAdapter
from uvicorn.config import Config

from app.main import create_app
from app.services.people import invitations
from app.serving import with_clock
from app.settings import Settings
from demo.play import TEMPLATE, play
from demo.stage import Stage
from tests.handover.processes import Program, patient_worker
from tests.world import NOW, World


def in_the_morning(settings: Settings, **more: object) -> Settings:
    """These settings, with a clock started in the morning of the tests' day."""
    return with_clock(settings.model_copy(update={"clock_start": NOW - timedelta(hours=1), **more}))


@asynccontextmanager
async def served(settings: Settings, prepare: Callable[[FastAPI], None] | None = None) -> AsyncIterator[str]:
    app = create_app(settings)
    if prepare:
        prepare(app)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(Config(app, log_config=None, access_log=False))
        running = asyncio.create_task(server.serve([listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running


def beside(settings: Settings, folder: Path) -> Program:
    """A worker that lives at the same time and pushes to the same hosts."""
    offset = TypeAdapter(timedelta).dump_python(settings.clock_offset, mode="json")
    hosts = ",".join(settings.webhook_hosts)
    return patient_worker(settings, folder, PINPAI_CLOCK_OFFSET=offset, PINPAI_WEBHOOK_HOSTS=hosts)


async def played(
    world: World, url: str, push_to: str, lines: list[str], papers: Path, *, template: str = TEMPLATE
) -> Stage:
    loop = asyncio.get_running_loop()

    def invite(username: str, name: str) -> str:
        invitation = invitations.invite_first_office(world.database, username, name)
        return asyncio.run_coroutine_threadsafe(invitation, loop).result()

    say = lines.append
    return await asyncio.to_thread(
        play, url, invite, quick=True, template=template, push_to=push_to, papers=papers, say=say
    )
