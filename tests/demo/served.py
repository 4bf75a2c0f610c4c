"""The product as it is served, on a port that the system chooses."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import uvicorn
from uvicorn.config import Config

from app.main import create_app
from app.serving import with_clock
from app.settings import Settings
from tests.world import NOW


def in_the_morning(settings: Settings, **more: object) -> Settings:
    """These settings, with a clock started in the morning of the tests' day."""
    return with_clock(settings.model_copy(update={"clock_start": NOW - timedelta(hours=1), **more}))


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(Config(create_app(settings), log_config=None, access_log=False))
        running = asyncio.create_task(server.serve([listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running
