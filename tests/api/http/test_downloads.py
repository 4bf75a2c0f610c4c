"""Downloads over a real line: what the process holds for readers who take nothing, and what breaks an answer off."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from hashlib import sha256

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select

from app.connections import BoundedProtocol, Entrance
from app.models import File, Image
from app.services.files import key_of
from app.storage import BLOCK
from tests.world import World
from tests.world.filing import add_picture, district

SIZE = 16 * 2**20
"""More than the system keeps for a line."""
READERS = 10


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[tuple[int, uvicorn.Server]]:
    protocol = partial(BoundedProtocol, entrance=Entrance(100))
    config = uvicorn.Config(app, http=protocol, lifespan="off", ws="none", log_config=None)  # type: ignore[arg-type]  # called
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
            await asyncio.sleep(0.01)
        try:
            yield listener.getsockname()[1], server
        finally:
            server.force_exit = server.should_exit = True
            await task


async def picture(world: World, data: bytes) -> tuple[bytes, str]:
    """A picture's content: the request for it, and the key of its object."""
    place = await district(world)
    application_id = await place.complete(pictures=0)
    await add_picture(world, application_id, 1, data)
    async with world.database.transaction() as session:
        image = (await session.scalars(select(Image))).one()
        file = await session.get_one(File, image.file_id)
    path = f"/api/v1/applications/{application_id}/images/{image.id}/content"
    token = place.by_unit.headers["authorization"]
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {token}\r\n\r\n"
    return request.encode(), key_of(file.id)


@pytest.mark.thorough
async def test_readers_who_take_nothing_cost_a_few_pieces_each(world: World, app: FastAPI) -> None:
    """The attack: fifty clients that do not read took the process from 339 to 883 MB."""
    request, _ = await picture(world, os.urandom(SIZE))
    async with served(app) as (port, server), AsyncExitStack() as stack:
        lines = [await asyncio.open_connection("127.0.0.1", port, limit=2**10) for _ in range(READERS)]
        for reader, writer in lines:
            stack.callback(writer.transport.abort)
            writer.write(request)
            await reader.readuntil(b"\r\n")
        unread = [0]
        for _ in range(20):
            await asyncio.sleep(0.05)
            unread = [line.transport.get_write_buffer_size() for line in server.server_state.connections]
            assert max(unread) <= 2 * BLOCK
        assert len(unread) == READERS
        assert min(unread) > 0, "they are waited for"


async def test_a_reader_gets_all_of_it(world: World, app: FastAPI) -> None:
    data = os.urandom(SIZE)
    request, _ = await picture(world, data)
    async with served(app) as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"content-length: %d\r\n" % SIZE in head.lower()
        assert await reader.readexactly(SIZE) == data
        writer.close()


async def test_long_bytes_that_were_altered_are_broken_off_and_an_alarm(
    world: World, app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    data = os.urandom(SIZE)
    request, key = await picture(world, data)
    await app.state.storage.delete(key)
    other = data[:-1] + bytes([data[-1] ^ 1])
    await app.state.storage.put(key, other, media_type="image/jpeg", sha256=sha256(other).hexdigest())
    received = 0
    async with served(app) as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        await reader.readuntil(b"\r\n\r\n")
        with suppress(ConnectionError):
            while piece := await reader.read(2**20):
                received += len(piece)
        writer.close()
    assert 0 < received < SIZE
    assert [key in record.getMessage() for record in caplog.records if record.levelname == "CRITICAL"] == [True]
