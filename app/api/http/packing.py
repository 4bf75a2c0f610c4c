"""Compression of lists: what is sent over and over, large, and without anything that would be a secret.

An answer with an `ETag` of its own is left as it is: the tag is strong, for `If-Match`, and would name two different
rows of bytes. So is what is asked by a cookie, which another page of the site could make a browser send while it
measures what comes back (BREACH); a header with a token is sent by no page but one's own.
"""

import gzip
import re
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.http.output import Page

LEAST_BYTES = 1024
"""Below, little is saved: it is one packet of a network anyway."""
LEVEL = 1
"""The fastest: it leaves a few percent more of the bytes than the best, for less than half of the time."""
_TAKEN = re.compile(r"(^|,)\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*(,|$))[^,]*)?\s*(,|$)", re.IGNORECASE)


def takes_gzip(headers: Headers) -> bool:
    """Return true if the asker reads gzip (RFC 9110, 12.5.3)."""
    return _TAKEN.search(headers.get("accept-encoding", "")) is not None


class Packing:
    """Compresses pages of lists, whole answers of one message; everything else passes as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reads = scope.get("method") == "GET"
        await self._app(scope, receive, _Packer(Request(scope), send) if reads else send)


class _Packer:
    """Sender of one answer: the head waits for the body, whose length it tells."""

    def __init__(self, request: Request, send: Send) -> None:
        self._request, self._send = request, send
        self._head: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message.get("type") == "http.response.start" and self._is_list(message):
            self._head = message
            return
        if self._head is not None:
            head, self._head = self._head, None
            message = self._packed(MutableHeaders(raw=head.get("headers")), message)
            await self._send(head)
        await self._send(message)

    def _is_list(self, head: Message) -> bool:
        headers = Headers(raw=head.get("headers"))
        is_plain = headers.get("content-type") == "application/json" and "etag" not in headers
        answer = getattr(self._request.scope.get("route"), "response_model", None)
        return is_plain and head.get("status") == HTTPStatus.OK and _lists(answer)

    def _packed(self, headers: MutableHeaders, message: Message) -> Message:
        """Compress the body where it is worth it, and tell in its head that it depends on what the asker reads."""
        headers.add_vary_header("Accept-Encoding")
        body = message.get("body", b"")
        if len(body) < LEAST_BYTES or message.get("more_body") or not self._may_be_packed():
            return message
        packed = gzip.compress(body, LEVEL, mtime=0)
        headers.update({"Content-Encoding": "gzip", "Content-Length": str(len(packed))})
        return {**message, "body": packed}

    def _may_be_packed(self) -> bool:
        caller = getattr(self._request.state, "caller", None)
        return takes_gzip(self._request.headers) and not (caller and caller.by_cookie)


def _lists(answer: object) -> bool:
    """Return true for the model of a page of a list."""
    return isinstance(answer, type) and issubclass(answer, Page)
