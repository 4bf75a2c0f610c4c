"""uvicorn's HTTP with bounds on connections: how many there are, and what one may cost.

Bounded are a head's bytes and time, a body's time, an answer that is not read, and a body that is not wanted.
"""

from asyncio import TimerHandle, Transport
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.addresses import network_of

HEAD_BYTES = 32 * 1024
HEAD_SECONDS = 10.0
BODY_SECONDS = 300.0  # 25 MiB on a line of 0.7 Mbit/s
STALL_SECONDS = 30.0
UNWANTED_BYTES, UNWANTED_SECONDS = 64 * 1024, 5.0
"""The rest of a body after its answer that is still read, so that the connection may serve the next request."""
VERSIONS = {"1.0", "1.1"}


def _last_words(status: str, more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\n{more}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()


TOO_LARGE = _last_words("431 Request Header Fields Too Large")
NOT_SPOKEN = _last_words("505 HTTP Version Not Supported")
TOO_MANY = _last_words("503 Service Unavailable", "Retry-After: 2\r\n")


@dataclass(slots=True)
class Entrance:
    """The connections of a process: so many in all, and so many from one address (of IPv6, one /64).

    Without `each`, which a proxy needs whose address is that of all clients, addresses are not counted.
    """

    most: int
    each: int | None = None
    _open: Counter[str] = field(default_factory=Counter)

    def enter(self, address: str) -> bool:
        """Count one more connection, unless there are as many as there may be."""
        if self._open.total() >= self.most or (self.each is not None and self._open[address] >= self.each):
            return False
        self._open[address] += 1
        return True

    def leave(self, address: str) -> None:
        self._open[address] -= 1
        if not self._open[address]:
            del self._open[address]


class BoundedProtocol(HttpToolsProtocol):
    """One connection; what exceeds a bound is broken off, and its request with it."""

    _in_head, _head_bytes, _unwanted = True, 0, 0
    _address: str | None = None
    _reading: TimerHandle | None = None
    _writing: TimerHandle | None = None

    def __init__(self, *args: Any, entrance: Entrance, **options: Any) -> None:
        super().__init__(*args, **options)
        self._entrance = entrance

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # uvicorn narrows it as well
        super().connection_made(transport)
        self._allow(HEAD_SECONDS)
        address = _network_of(self.client)
        if self._entrance.enter(address):
            self._address = address
        else:
            self._break_off(TOO_MANY)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._address is not None:
            self._entrance.leave(self._address)
        self._allow(None)
        self._end_watch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser. The bytes of an unfinished head are counted here: it reports whole lines only."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self._in_head:
            self._count(len(data))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        self._allow(HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        self._in_head, self._unwanted = False, 0
        if self.parser.get_http_version() not in VERSIONS:
            self._break_off(NOT_SPOKEN)
        self._count(len(self.url) + sum(len(name) + len(value) for name, value in self.headers))
        self._allow(BODY_SECONDS)
        if not self.transport.is_closing():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body; of one whose answer is out already, only a little more."""
        if self.transport.is_closing():
            return
        super().on_body(body)
        if self.cycle.response_complete:
            self._unwanted += len(body)
            if self._unwanted > UNWANTED_BYTES:
                self.transport.close()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete and self.cycle.more_body:
            self._allow(UNWANTED_SECONDS)

    def on_message_complete(self) -> None:
        self._allow(None)
        if self.cycle is not None:
            super().on_message_complete()
            if self.cycle.response_complete:  # uvicorn awaits the next head without end then
                self._allow(HEAD_SECONDS)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        self._end_watch()
        super().resume_writing()

    def _count(self, more: int) -> None:
        self._head_bytes += more
        if self._head_bytes > HEAD_BYTES:
            self._break_off(TOO_LARGE)

    def _break_off(self, last_words: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(last_words)
            self.transport.close()

    def _allow(self, seconds: float | None) -> None:
        """From now on the client has so long to send what is awaited; nothing is awaited without seconds."""
        if self._reading is not None:
            self._reading.cancel()
        self._reading = None if seconds is None else self.loop.call_later(seconds, self.transport.abort)

    def _watch(self, unread: int) -> None:
        """Look again in a while: a client that took nothing of its answer meanwhile is not going to."""
        self._end_watch()
        self._writing = self.loop.call_later(STALL_SECONDS, self._look, unread)

    def _look(self, unread: int) -> None:
        left = self.transport.get_write_buffer_size()
        if left >= unread:
            self.transport.abort()
        else:
            self._watch(left)

    def _end_watch(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None


def _network_of(client: tuple[str, int] | None) -> str:
    """The address that a connection is counted by; that of a local socket is empty."""
    return network_of(client[0].partition("%")[0]) if client else ""
