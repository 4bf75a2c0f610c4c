"""Limits of one connection, tried on a server that answers megabytes."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import pytest
import pytest_asyncio
import uvicorn
from starlette.types import Receive, Scope, Send

from app import connections
from app.connections import BoundedProtocol

ANSWER = bytes(32 * 2**20)
REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads its body, then answers much to / and little elsewhere."""
    while (message := await receive())["type"] == "http.request" and message.get("more_body"):
        pass
    if message["type"] == "http.disconnect":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": ANSWER if scope["path"] == "/" else b"short"})


@pytest_asyncio.fixture(loop_scope="session")
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    for name in ("HEAD_SECONDS", "BODY_SECONDS", "STALL_SECONDS"):
        monkeypatch.setattr(connections, name, 0.5)
    config = uvicorn.Config(echo, http=BoundedProtocol, lifespan="off", log_config=None, access_log=False)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        while not server.started:  # noqa: ASYNC110  # it sets no event
            await asyncio.sleep(0.01)
        yield listener.getsockname()[1]
        server.should_exit = True
        await serving


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield reader, writer
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def ended(reader: asyncio.StreamReader) -> bytes:
    """All that is said until the line ends, which it does soon."""
    received = b""
    async with asyncio.timeout(5):
        with suppress(ConnectionError):
            while piece := await reader.read(65536):
                received += piece
    return received


@pytest.mark.parametrize(
    "head",
    [b"X: " + b"x" * 2**20, b"".join(b"X-%d: %b\r\n" % (number, b"x" * 100) for number in range(2000))],
    ids=["one long line", "many lines"],
)
async def test_a_large_head_is_refused(port: int, head: bytes) -> None:
    async with connected(port) as (reader, writer):
        with suppress(ConnectionError):
            writer.write(b"GET /x HTTP/1.1\r\nHost: x\r\n" + head)
            await writer.drain()
        assert b"200" not in (await ended(reader))[:20]


async def test_a_head_of_ordinary_size_passes(port: int) -> None:
    async with connected(port) as (reader, writer):
        writer.write(b"GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: " + b"x" * 16_000 + b"\r\n\r\n")
        assert (await ended(reader)).count(b"short") == 1


@pytest.mark.parametrize(
    "begun", [b"", b"GET /x HTTP/1.1\r\nX: ", b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx"]
)
async def test_slow_senders_are_cut_off_together(port: int, begun: bytes) -> None:
    async with AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(connected(port)) for _ in range(50)]
        for _, writer in lines:
            writer.write(begun)
        assert set(await asyncio.gather(*(ended(reader) for reader, _ in lines))) == {b""}


async def test_a_sender_that_trickles_is_cut_off_too(port: int) -> None:
    async with connected(port) as (reader, writer):
        writer.write(b"GET /x HTTP/1.1\r\nX: ")
        ending = asyncio.create_task(ended(reader))
        with suppress(ConnectionError):
            while not ending.done():
                writer.write(b"x")
                await asyncio.sleep(0.1)
        assert await ending == b""


def small_window() -> socket.socket:
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    line.setblocking(False)
    return line


@pytest.mark.thorough
@pytest.mark.parametrize(("first", "each", "whole"), [(2.5, 0, False), (0.02, 0.02, True)], ids=["not", "slowly"])
async def test_who_reads_gets_the_answer_and_who_does_not_loses_it(
    port: int, first: float, each: float, whole: bool
) -> None:
    loop, received, pause = asyncio.get_running_loop(), 0, first
    with small_window() as line:
        await loop.sock_connect(line, ("127.0.0.1", port))
        await loop.sock_sendall(line, REQUEST)
        with suppress(ConnectionError):
            while received < len(ANSWER) and (piece := await paused(line, pause)):
                received, pause = received + len(piece), each
    assert (received >= len(ANSWER)) is whole


async def paused(line: socket.socket, seconds: float) -> bytes:
    await asyncio.sleep(seconds)
    return await asyncio.get_running_loop().sock_recv(line, 2**20)
