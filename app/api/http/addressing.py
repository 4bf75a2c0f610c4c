"""The address of a request: foreign hosts and ambiguous paths are refused, the client behind our proxies is found.

Pure ASGI. No answer derives a link from the Host header; a name of somebody else's that leads here (DNS rebinding)
would still let that site's scripts speak to a server on the visitor's own machine.
"""

import re
from collections.abc import Callable
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.http.problems import answer_within
from app.problems import MalformedRequest, MisdirectedRequest

PROBES = "/health/"
"""Asked by supervisors under whatever address they know; what they are told is the same for everybody."""
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:[0-9]{1,5})?", re.IGNORECASE | re.ASCII)
AMBIGUOUS = re.compile(rb"%(?:2f|5c|[01][0-9a-f]|7f)|[\x00-\x20\\\x7f]", re.IGNORECASE)
"""A separator or a control character inside a segment: a proxy and the router would not cut the path alike."""


class Addressed:
    """Refuses what is addressed to others (421), and what cannot be read in one way only (400)."""

    def __init__(self, app: ASGIApp, answers_to: Callable[[str], bool]) -> None:
        self._app = app
        self._answers_to = answers_to

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (refusal := self._refusal(scope)):
            await answer_within(refusal, scope)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> MalformedRequest | MisdirectedRequest | None:
        path: str = scope["path"]
        if AMBIGUOUS.search(scope.get("raw_path") or path.encode()):
            return MalformedRequest()
        if path.startswith(PROBES):
            return None
        named = [HOST.fullmatch(host) for host in Headers(scope=scope).getlist("host")]
        if len(named) != 1 or named[0] is None:
            return MalformedRequest()
        return None if self._answers_to(named[0][1].lower()) else MisdirectedRequest()


def client_of(scope: Scope, trusted_proxies: int) -> str:
    """Return the address that the outermost of our own proxies saw; without a proxy, the peer itself.

    Only the entries that our proxies appended count; the client may have made up those before them.
    """
    peer = scope["client"][0] if scope.get("client") else "127.0.0.1"
    lines = Headers(scope=scope).getlist("x-forwarded-for")
    seen = [entry.strip() for line in lines for entry in line.split(",")]
    address = seen[-trusted_proxies] if 0 < trusted_proxies <= len(seen) else peer
    try:
        return str(ip_address(address.partition("%")[0]))
    except ValueError:
        return str(ip_address(peer.partition("%")[0]))
