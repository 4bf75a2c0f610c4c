"""Admission of uploads on a real socket: strangers and floods are answered before their bytes are read."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
import uvicorn
from fastapi import FastAPI

from app.api.http.bodies import UPLOAD_LIMIT
from app.models.enums import Role
from tests.world import World, key
from tests.world.filing import district
from tests.world.uploads import photo

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
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 30)).decode().split("\r\n")
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
    sent = 0
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


@pytest.mark.parametrize(
    "names", ["filename*=utf-8''%E5%BF%97.jpg", "filename=\"a.jpg\"; filename*=utf-8''b.jpg", "FileName*=UTF-8''x; a=b"]
)
async def test_a_file_may_have_the_extended_name_alone(world: World, names: str) -> None:
    place = await district(world)
    href = f"/api/v1/applications/{await place.complete(pictures=0)}/images"
    head = f'--XbX\r\nContent-Disposition: form-data; name="file"; {names}\r\nContent-Type: image/jpeg\r\n\r\n'
    media = {"Content-Type": "multipart/form-data; boundary=XbX"}
    sent = await place.by_unit.post(href, content=head.encode() + photo() + b"\r\n--XbX--\r\n", headers=media)
    assert sent.status_code == 201, sent.text


async def test_words_instead_of_a_file_are_refused_in_words(world: World) -> None:
    place = await district(world)
    href = f"/api/v1/applications/{await place.complete(pictures=0)}/images"
    (error,) = (await place.by_unit.post(href, files={"file": (None, "一段文字")})).json()["errors"]
    assert (error["pointer"], error["code"], error["detail"]) == ("/file", "file_type", "应为文件，而不是文字。")


async def test_json_may_begin_with_a_byte_order_mark(world: World) -> None:
    client = await world.client_of(Role.OFFICE)
    body = '\ufeff{"code": "BOM", "name": "乔屯街道党工委", "kind": "township_subdistrict"}'.encode()
    made = await client.post("/api/v1/committees", content=body, headers={"Content-Type": "application/json"} | key())
    assert made.status_code == 201, made.text
