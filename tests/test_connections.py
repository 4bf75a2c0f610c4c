"""Limits of one connection, tried on a server that answers megabytes."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from starlette.types import Receive, Scope, Send

from app import connections
from app.connections import UNWANTED_BYTES, BoundedProtocol, Entrance

pytestmark = pytest.mark.thorough
"""Slow senders and silent readers are waited for."""

ANSWER = bytes(32 * 2**20)
REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads its body, then answers much to / and little elsewhere; to /401 it answers at once."""
    if scope["path"] == "/401":
        await send({"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})
        return
    while (message := await receive())["type"] == "http.request" and message.get("more_body"):
        pass
    if message["type"] == "http.disconnect":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": ANSWER if scope["path"] == "/" else b"short"})


@pytest_asyncio.fixture(loop_scope="session")
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    for name in ("HEAD_SECONDS", "BODY_SECONDS", "STALL_SECONDS", "UNWANTED_SECONDS"):
        monkeypatch.setattr(connections, name, 0.5)
    async with served(partial(BoundedProtocol, entrance=Entrance(200))) as port:
        yield port


@asynccontextmanager
async def served(protocol: Any) -> AsyncIterator[int]:
    config = uvicorn.Config(echo, http=protocol, lifespan="off", log_config=None, access_log=False)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        while not server.started:  # noqa: ASYNC110  # it sets no event
            await asyncio.sleep(0.01)
        try:
            yield listener.getsockname()[1]
        finally:
            server.force_exit = server.should_exit = True
            await serving


@asynccontextmanager
async def connected(port: int, source: str = "127.0.0.1") -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    yield reader, writer
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def ended(reader: asyncio.StreamReader) -> bytes:
    """All that is said until the line ends, which it does soon."""
    received = b""
    async with asyncio.timeout(60):
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


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: 5\r\nContent-Length: 5\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Content-Length: +5\r\n",
    ],
)
async def test_a_body_of_two_lengths_is_none(port: int, lengths: bytes) -> None:
    """A proxy might go by the other one, and take the rest for the next client's request."""
    async with connected(port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: h\r\n" + lengths + b"\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n")
        answer = await ended(reader)
        assert (answer.startswith(b"HTTP/1.1 400 "), answer.count(b"HTTP/1.1 ")) == (True, 1)


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


@pytest.mark.parametrize(
    "line", [b"GET /x\r\n\r\n", b"GET /x\r\n", b"GET /x HTTP/0.9\r\n\r\n", b"GET /x HTTP/2.0\r\n\r\n"]
)
async def test_no_other_version_is_spoken(port: int, line: bytes) -> None:
    async with connected(port) as (reader, writer):
        writer.write(line)
        answer = await ended(reader)
        assert b"short" not in answer
        assert answer[:12] in {b"", b"HTTP/1.1 400", b"HTTP/1.1 505"}


class Counting(BoundedProtocol):
    """Counts what it takes off the line."""

    taken = 0

    def data_received(self, data: bytes) -> None:
        Counting.taken += len(data)
        super().data_received(data)


READ_AT_ONCE = 256 * 1024
"""The most that the event loop hands over at a time."""


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_is_not_swallowed_after_its_answer(chunked: bool) -> None:
    """The attack: 52 MB were read to the end after a 401."""
    size, block = 52 * 2**20, bytes(2**16)
    how = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % size
    piece = b"%x\r\n%b\r\n" % (len(block), block) if chunked else block
    Counting.taken = 0
    async with served(partial(Counting, entrance=Entrance(10))) as port, connected(port) as (reader, writer):
        writer.write(b"POST /401 HTTP/1.1\r\nHost: x\r\n" + how + b"\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 401")
        with suppress(ConnectionError):
            for _ in range(size // len(block)):
                writer.write(piece)
                await writer.drain()
        assert await ended(reader) == b""
    assert Counting.taken <= UNWANTED_BYTES + 2 * READ_AT_ONCE


async def test_a_little_body_after_its_answer_does_not_cost_the_connection(port: int) -> None:
    async with connected(port) as (reader, writer):
        for path in (b"/401", b"/x"):
            writer.write(b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
            if path == b"/401":
                await reader.readuntil(b"\r\n\r\n")
            writer.write(bytes(1000))
        writer.write_eof()
        async with asyncio.timeout(60):
            assert b"short" in await reader.readuntil(b"short")


async def test_the_rest_of_a_body_is_not_awaited_for_long(port: int) -> None:
    async with connected(port) as (reader, writer):
        writer.write(b"POST /401 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx")
        assert (await ended(reader)).startswith(b"HTTP/1.1 401")


async def test_a_connection_that_goes_quiet_after_an_unwanted_body_is_ended(port: int) -> None:
    async with connected(port) as (reader, writer):
        writer.write(b"POST /401 HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"123456789")
        assert await ended(reader) == b""


async def status_of(line: Line) -> bytes:
    reader, writer = line
    with suppress(ConnectionError):
        writer.write(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n")
        return (await reader.readuntil(b"\r\n\r\n"))[9:12]
    return b""


async def test_an_address_has_so_many_connections_and_all_together_have_so_many() -> None:
    entrance = Entrance(5, each=3)
    async with served(partial(BoundedProtocol, entrance=entrance)) as port, AsyncExitStack() as stack:
        lines: list[Line] = []

        async def answers(source: str) -> bool:
            lines.append(await stack.enter_async_context(connected(port, source)))
            return await status_of(lines[-1]) == b"200"

        assert [await answers("127.0.0.1") for _ in range(5)] == [True] * 3 + [False] * 2
        assert [await answers("127.0.0.2") for _ in range(3)] == [True] * 2 + [False]
        lines[0][1].close()
        while not entrance.enter("127.0.0.3"):  # noqa: ASYNC110  # until the server has heard of it
            await asyncio.sleep(0.01)
        entrance.leave("127.0.0.3")
        assert await answers("127.0.0.3")


def test_behind_a_proxy_whose_address_all_have_addresses_are_not_counted() -> None:
    entrance = Entrance(5)
    assert [entrance.enter("10.0.0.1") for _ in range(6)] == [True] * 5 + [False]


def test_an_entrance_forgets_who_has_left() -> None:
    entrance = Entrance(2)
    for number in range(100):
        assert entrance.enter(str(number))
        entrance.leave(str(number))
    assert [entrance.enter("x"), entrance.enter("y"), entrance.enter("z")] == [True, True, False]
