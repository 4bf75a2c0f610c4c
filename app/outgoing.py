"""Messages to other systems: only to hosts the operator has named, only over a connection whose far end is proven.

A name is resolved once, its address is checked, and the connection goes to that very address. Redirects are not
followed; the body of an answer is dropped, unless the message is a question.
"""

import asyncio
import contextlib
import re
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING

from app.models.enums import DeliveryFailure

if TYPE_CHECKING:
    import httpx2

Resolver = Callable[[str], Awaitable[Sequence[str]]]

URL = re.compile(
    r"(?P<scheme>https?)://(?P<authority>(?P<host>[a-z0-9.-]+)(?::[0-9]+)?)(?:/[\w.~!$&'()*+,;=:@%/?-]*)?", re.ASCII
)
"""No user, no fragment, no brackets, no capitals: what is written is compared as it is, and never interpreted."""

LOOPBACK = frozenset({"localhost", "127.0.0.1"})
MOST_READ = 64 * 1024
MOST_KEPT = 256 * 1024
"""Bytes of an answer that is read for what it says."""
DRAINING = 2.0
"""Seconds for the body of an answer whose status is known: it is read so that the other side ends well, and dropped."""

_NETWORKS_OF_ONES_OWN = [ip_network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")]
_GLOBAL = [ip_network(net) for net in ("0.0.0.0/0", "2000::/3")]
_TRANSLATED = ip_network("2002::/16")
"""IPv6 ranges that embed an unchecked IPv4 address; other such ranges are not global, or not in 2000::/3."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The outcome of sending: the status if there was an answer, and the failure if it does not count."""

    status: int | None
    failure: DeliveryFailure | None
    milliseconds: int
    retry_after: timedelta | None = None
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class _Message:
    """One request; of a question the body of the answer is kept, up to `most` bytes."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None = None
    most: int | None = None


async def look_up(host: str) -> Sequence[str]:
    """The addresses of a name, by this machine's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The hosts that may be sent to, the certificates that are trusted, and the time limit."""

    hosts: frozenset[str] = frozenset()
    loopback: bool = False
    ca_file: Path | None = None
    connecting: float = 5.0
    answering: float = 15.0
    resolver: Resolver = look_up

    def refusal(self, url: str) -> str | None:
        """The code of the rule that forbids this address; None when it is one of those that were named."""
        if not self.hosts:
            return "push_switched_off"
        match = URL.fullmatch(url)
        if match is None:
            return "malformed_url"
        here = match["host"] in LOOPBACK
        if match["authority"] not in self.hosts or (here and not self.loopback):
            return "host_not_allowed"
        return "https_required" if match["scheme"] == "http" and not here else None

    async def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Reply:
        """Send once, to an address that is checked again; a failure is returned, not raised."""
        return await self._send(_Message("POST", url, headers, content))

    async def ask(self, url: str, content: bytes | None = None, headers: Mapping[str, str] | None = None) -> Reply:
        """Send a question once, by GET if it has no content; a failure is returned, also of an answer too long."""
        return await self._send(_Message("POST" if content else "GET", url, headers or {}, content, MOST_KEPT))

    async def _send(self, message: _Message) -> Reply:
        import httpx2

        began = time.monotonic()
        reply = Reply(None, None, 0)
        try:
            async with asyncio.timeout(self.connecting + self.answering):
                reply = await self._sent(message)
            failure = _failure_of(reply.status or 0)
        except (OSError, httpx2.HTTPError) as error:
            failure = _named(error)
        return replace(reply, failure=failure, milliseconds=round(1000 * (time.monotonic() - began)))

    async def _sent(self, message: _Message) -> Reply:
        import httpx2

        match = URL.fullmatch(message.url)
        if match is None or self.refusal(message.url):
            raise _Barred(DeliveryFailure.NOT_ALLOWED)
        address = await self._address_of(match["host"])
        named = {"Host": match["authority"], "User-Agent": "Pinpai", "Accept-Encoding": "identity"}
        async with (
            httpx2.AsyncClient(
                verify=_trust(self.ca_file),
                trust_env=False,
                timeout=httpx2.Timeout(self.answering, connect=self.connecting),
            ) as client,
            client.stream(
                message.method,
                httpx2.URL(message.url).copy_with(host=address),
                content=message.content,
                headers={**named, **message.headers},
                extensions={"sni_hostname": match["host"]},  # and the certificate must be this name's
            ) as response,
        ):
            body = await (_drain(response) if message.most is None else _read(response, message.most))
            return Reply(response.status_code, None, 0, _pause_asked_for(response.headers.get("retry-after", "")), body)

    async def _address_of(self, host: str) -> str:
        addresses = await self.resolver(host)
        if not addresses or not all(is_destination(each, loopback=host in LOOPBACK) for each in addresses):
            raise _Barred(DeliveryFailure.ADDRESS_REFUSED)
        return addresses[0]


def is_destination(address: str, *, loopback: bool = False) -> bool:
    """Return true for an address a named host may resolve to: public or private, not this machine or its neighbours."""
    ip = ip_address(address)
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if ip.is_loopback:
        return loopback
    if any(ip in network for network in _NETWORKS_OF_ONES_OWN):
        return True
    return ip.is_global and not ip.is_multicast and ip not in _TRANSLATED and any(ip in net for net in _GLOBAL)


class _Barred(OSError):
    """Not even tried."""

    def __init__(self, failure: DeliveryFailure) -> None:
        super().__init__(failure.value)
        self.failure = failure


def _failure_of(status: int) -> DeliveryFailure | None:
    if status == HTTPStatus.GONE:
        return DeliveryFailure.GONE
    kinds = {2: None, 3: DeliveryFailure.REDIRECTED}
    return kinds.get(status // 100, DeliveryFailure.REFUSED)


def _named(error: Exception) -> DeliveryFailure:
    """The kind of a failure; its text is not kept, which may repeat what was sent."""
    import httpx2

    if isinstance(error, _Barred):
        return error.failure
    if isinstance(error, TimeoutError | httpx2.TimeoutException):
        return DeliveryFailure.TIMED_OUT
    if isinstance(error, socket.gaierror):
        return DeliveryFailure.NAME_UNKNOWN
    if _was_about_trust(error):
        return DeliveryFailure.UNTRUSTED
    return DeliveryFailure.UNREACHABLE if isinstance(error, httpx2.ConnectError) else DeliveryFailure.BROKEN_ANSWER


def _was_about_trust(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__context__
    return error is not None


@cache
def _trust(ca_file: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca_file)


async def _drain(response: "httpx2.Response") -> bytes:
    import httpx2

    read = 0
    with contextlib.suppress(httpx2.HTTPError, TimeoutError):
        async with asyncio.timeout(DRAINING):
            async for piece in response.aiter_raw():
                read += len(piece)
                if read >= MOST_READ:
                    break
    return b""


async def _read(response: "httpx2.Response", most: int) -> bytes:
    """The body; a failure if it is longer."""
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > most:
            raise _Barred(DeliveryFailure.BROKEN_ANSWER)
    return bytes(body)


def _pause_asked_for(text: str) -> timedelta | None:
    """`Retry-After`: seconds or an instant; nonsense asks for nothing."""
    if re.fullmatch(r"[0-9]{1,9}", text):
        return timedelta(seconds=int(text))
    with contextlib.suppress(ValueError):
        return max(timedelta(seconds=parsedate_to_datetime(text).timestamp() - time.time()), timedelta())
    return None
