"""Admission of uploads on a real socket: strangers and floods are answered before their bytes are read."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest_asyncio
import uvicorn
from fastapi import FastAPI

from app.api.http.admission import UPLOAD_LIMIT
from app.models.enums import Role
from tests.world import World

ADDRESS = "/api/v1/applications/0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071/images"
FORM = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'


@dataclass
class Line:
    """One connection to the server, spoken to byte by byte."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def head(self, **headers: str) -> None:
        lines = [f"POST {ADDRESS} HTTP/1.1", "Host: localhost", f"Content-Type: {FORM}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.writer.write("\r\n".join([*lines, "", ""]).encode())
        await self.writer.drain()

    async def answer(self) -> tuple[int, dict[str, str]]:
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 5)).decode().split("\r\n")
        pairs = (line.partition(": ") for line in head[1:] if line)
        return int(head[0].split()[1]), {name.lower(): value for name, _, value in pairs}


@pytest_asyncio.fixture(loop_scope="session")
async def line(app: FastAPI) -> AsyncIterator[Line]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    reader, writer = await asyncio.open_connection(*listening.getsockname())
    yield Line(reader, writer)
    writer.close()
    server.should_exit = True
    await serving


async def token(world: World) -> str:
    client = await world.client_of(Role.UNIT, unit=await world.unit(await world.committee()))
    return client.headers["authorization"]


async def test_a_stranger_is_refused_at_the_headers(world: World, line: Line) -> None:
    await line.head(Content_Length="400000000")
    status, headers = await line.answer()
    assert (status, headers["content-type"]) == (401, "application/problem+json")


async def test_a_flood_that_tells_its_size_is_refused_at_the_headers(world: World, line: Line) -> None:
    await line.head(Content_Length=str(UPLOAD_LIMIT + 1), Authorization=await token(world))
    status, headers = await line.answer()
    assert (status, headers["connection"]) == (413, "close")


async def test_a_flood_that_hides_its_size_is_cut_off_at_the_limit(world: World, line: Line) -> None:
    await line.head(Transfer_Encoding="chunked", Authorization=await token(world))
    started, sent = time.perf_counter(), 0
    answering = asyncio.create_task(line.answer())
    piece = PART
    while not answering.done() and sent < 4 * UPLOAD_LIMIT:
        line.writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        sent += len(piece)
        piece = bytes(2**20)
        try:
            await line.writer.drain()
        except ConnectionError:
            break
        await asyncio.sleep(0)
    status, headers = await answering
    assert (status, headers["connection"]) == (413, "close")
    assert sent < 2 * UPLOAD_LIMIT
    assert time.perf_counter() - started < 2
