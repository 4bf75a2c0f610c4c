"""A client that costs little: many connections in one process, requests made beforehand, answers hardly looked at."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import cast

import uvloop


@dataclass(frozen=True)
class Load:
    """Requests for one server: repeated for a number of seconds, or each of them once."""

    port: int
    requests: list[bytes]
    seconds: float | None
    clients: int = 32


@dataclass(frozen=True)
class Measured:
    """Measurements of the clients; times in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    statuses: dict[bytes, int]

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def run(load: Load) -> Measured:
    """Put the load on the server; call it in a process of its own."""
    return uvloop.run(_run(load))


async def _run(load: Load) -> Measured:
    loop, times, statuses = asyncio.get_running_loop(), list[float](), Counter[bytes]()
    feed = _repeated(load.requests, load.seconds) if load.seconds else iter(load.requests)
    clients = [Client(feed, times, statuses) for _ in range(load.clients)]
    started = time.perf_counter()
    for client in clients:
        await loop.create_connection(lambda client=client: client, "127.0.0.1", load.port)  # type: ignore[misc]
    await asyncio.gather(*(client.done for client in clients))
    seconds = time.perf_counter() - started
    times.sort()
    p50, p99 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.99))
    return Measured(len(times), seconds, p50, p99, dict(statuses))


def _repeated(requests: Iterable[bytes], seconds: float) -> Iterator[bytes]:
    end = time.perf_counter() + seconds
    for request in cycle(requests):
        if time.perf_counter() > end:
            return
        yield request


class Client(asyncio.Protocol):
    """One connection that is never idle: the next request leaves as soon as an answer is whole."""

    def __init__(self, feed: Iterator[bytes], times: list[float], statuses: Counter[bytes]) -> None:
        self._feed, self._times, self._statuses = feed, times, statuses
        self._answer = bytearray()
        self._length = 0
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if not self._length:
            self._length = _length(self._answer)
        if self._length and len(self._answer) >= self._length:
            self._times.append(time.perf_counter() - self._sent)
            self._statuses[bytes(self._answer[9:12])] += 1
            self._answer.clear()
            self._length = 0
            self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _send(self) -> None:
        request = next(self._feed, None)
        if request is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)


def _length(answer: bytearray) -> int:
    """Length of the whole answer in bytes; 0 until its head has arrived."""
    head_end = answer.find(b"\r\n\r\n")
    if head_end < 0:
        return 0
    head = bytes(answer[:head_end]).lower()
    return head_end + 4 + int(head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
