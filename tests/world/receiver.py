"""The other side of a delivery: a real server on loopback that answers as a test asks and keeps what it received.

A signed message that the contract does not promise fails the test.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.contract.webhooks import Webhooks

Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Received:
    """One message, as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """Answers the next message with the next of `answers`, and with 204 when there is none left."""

    scheme: str = "http"
    port: int = 0
    received: list[Received] = field(default_factory=list)
    answers: deque[Behaviour] = field(default_factory=deque)
    contract: Webhooks = field(default_factory=Webhooks)

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}/hooks"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.received.append(await read_message(reader))
            await (self.answers.popleft() if self.answers else status(204))(writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the sender has had enough
        finally:
            writer.close()


@asynccontextmanager
async def receiving(trust: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    receiver = Receiver("https" if trust else "http")
    server = await asyncio.start_server(receiver.talk, "127.0.0.1", 0, ssl=trust)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
    messages = [each for each in receiver.received if "webhook-signature" in each.headers]
    assert [problem for each in messages for problem in receiver.contract.objections(each.headers, each.body)] == []


async def read_message(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(head[0].split(" ")[1], headers, body)


def status(code: int, body: bytes = b"", **headers: str) -> Behaviour:
    async def answer(writer: asyncio.StreamWriter) -> None:
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        head = [f"HTTP/1.1 {code} Said", f"Content-Length: {len(body)}", *lines]
        writer.write("\r\n".join([*head, "", ""]).encode() + body)
        await writer.drain()

    return answer


def dripping(first: bytes, *, pause: float = 0.05) -> Behaviour:
    """Send a beginning, then one byte after the other, and come to no end."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        while not writer.is_closing():
            await asyncio.sleep(pause)
            writer.write(b"x")
            await writer.drain()

    return answer


async def silence(writer: asyncio.StreamWriter) -> None:
    while not writer.is_closing():
        await asyncio.sleep(0.05)
        await writer.drain()


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()


async def endless(writer: asyncio.StreamWriter) -> None:
    """Send a body that nobody could keep."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"x" * 65536)
        await writer.drain()
