"""A session in a cookie in a real browser: a page of ours, one of the same host, and one of another."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from app.models.enums import Role
from app.settings import Settings
from tests.world import World
from tests.world.apps import another_app
from tests.world.filing import district
from tests.world.listening import listening
from tests.world.people import PASSWORD, person
from tests.world.programs import chromium, run

HERE = Path(__file__).parent
REFUSED = {
    "read": [0, "TypeError"],
    "change": [0, "TypeError"],
    "sign_out": [0, "TypeError"],
    "opaque": [0, None],
    "image": False,
    "script": False,
    "stream": "closed",
    "socket": "refused",
}
"""Everything that a page of another origin tried; what of it had an effect would be among the drafts."""


async def driver() -> None:
    if not (HERE / "node_modules" / ".package-lock.json").exists():
        installed = await run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", folder=HERE)
        assert installed.status == 0, installed.complaints


@asynccontextmanager
async def pages(host: str) -> AsyncIterator[str]:
    """An origin of empty pages."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\nConnection: close\r\n\r\n")
        writer.write(b"<!doctype html>")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1")
    async with server:
        yield f"http://{host}:{server.sockets[0].getsockname()[1]}"


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node, as the contract's tools do")
async def test_only_a_page_of_ours_acts_by_the_cookie(running: World, settings: Settings) -> None:
    path = await chromium()
    await driver()
    place = await district(running)
    unit = await person(running, Role.UNIT, unit=place.unit)
    async with AsyncExitStack() as stack:
        ours, evil = [await stack.enter_async_context(pages("localhost")) for _ in range(2)]
        far = await stack.enter_async_context(pages("127.0.0.1"))
        clock = running.database.clock
        app = await stack.enter_async_context(another_app(settings, clock, cookie_origins=(ours,)))
        address = await stack.enter_async_context(listening(World(app, running.contract)))
        ended = await run(
            "node",
            "origins.mjs",
            folder=HERE,
            CHROMIUM=path,
            API=address.replace("127.0.0.1", "localhost"),
            OURS=ours,
            EVIL=evil,
            FAR=far,
            USERNAME=unit.username,
            PASSWORD=PASSWORD,
            CAMPAIGN=str(place.campaign.id),
        )
    assert ended.status == 0, ended.complaints
    said = json.loads(ended.output)
    assert said.pop("after_reload")[0] == 200
    assert said == {
        "evil": REFUSED,
        "far": REFUSED | {"opaque": [0, "TypeError"]},  # the answer is for the same site alone
        "visible": "",
        "unread": '{"unread":0}',
        "drafts": 1,
        "saved": 201,
        "unmarked": 403,
        "signed_out": 204,
        "stream_ended": True,
        "afterwards": 401,
        "cookies": 0,
    }
