"""The parts that every exchange has: a number, a language, safe headers, HEAD, an honest Allow, one log line.

Pure ASGI and outermost, so that nothing inside can fail without a problem document.
"""

import json
import logging
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from uuid import UUID

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils.compat import uuid7

from app.api.http.addressing import client_of
from app.api.http.problems import answer_to, raise_alarm
from app.models.enums import Language

access = logging.getLogger("pinpai.access")
log = logging.getLogger("pinpai")

SAFE_HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-site",
}
"""A route that knows better sets its own."""
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def language_of(header: str) -> Language:
    """Chinese, unless English is asked for before it."""
    for preferred in re.findall(r"[a-z]+", header.lower()):
        if preferred in ("zh", "en"):
            return Language.EN if preferred == "en" else Language.ZH
    return Language.ZH


class Envelope:
    """Wraps the whole application; see the module."""

    def __init__(self, app: ASGIApp, api: FastAPI) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = Exchange(scope, send, self._allowed)
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
            scope["state"]["head"] = True  # what would go on for ever ends with its head
        try:
            await self._app(scope, receive, exchange.send)
        except Exception as error:
            if exchange.status:
                raise_alarm(error)
                log.exception("request %s failed", exchange.request_id)
                raise  # the answer has begun: only a broken connection can say that it is not whole
            await answer_to(error, exchange.language, exchange.request_id)(scope, receive, exchange.send)
        finally:
            if watch := self._api.state.watch:
                watch(getattr(scope.get("route"), "unique_id", "none"), exchange.status, exchange.seconds)
            exchange.log(self._told(scope), client_of(scope, self._api.state.settings.trusted_proxies))

    def _told(self, scope: Scope) -> str | None:
        """Return the path without what the client made up, which may be a code or a name; None for an unknown path."""
        path, route = scope["path"], scope.get("route")
        template = route.path_format if route else self._template(path)
        parts = zip(path.split("/"), (template or "").split("/"), strict=False)
        return template and "/".join(given if given == part or ID.fullmatch(given) else part for given, part in parts)

    def _template(self, path: str) -> str | None:
        """Find the path's template where the router was not asked."""
        return next((template for template, pattern, _ in self._routes() if pattern.fullmatch(path)), None)

    def _allowed(self, path: str) -> str:
        """RFC 9110: every method this path has; the router names those of its first route only."""
        methods = {method for _, pattern, its in self._routes() if pattern.fullmatch(path) for method in its}
        return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))

    @cache  # noqa: B019  # there is one envelope, and it lives as long as its process
    def _routes(self) -> list[tuple[str, re.Pattern[str], set[str]]]:
        routes = ((each.path_format, each.methods) for each in iter_route_contexts(self._api.routes))
        return [(path, _pattern(path), set(methods)) for path, methods in routes if path and methods]


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("/".join("[^/]+" if part.startswith("{") else re.escape(part) for part in path.split("/")))


class Exchange:
    """One request and its answer."""

    def __init__(self, scope: Scope, send: Send, allowed: Callable[[str], str]) -> None:
        self._scope, self._send, self._allowed = scope, send, allowed
        self._started = time.perf_counter()
        self.request_id: UUID = uuid7()
        self.language = language_of(Headers(scope=scope).get("accept-language", ""))
        self.status = 0
        scope.setdefault("state", {}).update(request_id=self.request_id, language=self.language)

    @property
    def seconds(self) -> float:
        """The time since it began."""
        return time.perf_counter() - self._started

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._complete(MutableHeaders(raw=message["headers"]))
        elif self._scope["method"] == "HEAD":
            message = {**message, "body": b""}
        await self._send(message)

    def _complete(self, headers: MutableHeaders) -> None:
        headers["X-Request-Id"] = str(self.request_id)
        for name, value in SAFE_HEADERS.items():
            headers.setdefault(name, value)
        if self.status == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = self._allowed(self._scope["path"]) or headers.get("Allow", "")

    def log(self, path: str | None, client: str) -> None:
        """One line of JSON: no query, no body, no name."""
        state = self._scope["state"]
        actor = state["caller"].actor if "caller" in state else None
        line = {
            "at": datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds"),
            "request": str(self.request_id),
            "method": self._scope["method"],
            "path": path,
            "status": self.status,
            "refusal": state.get("refusal"),
            "ms": round(self.seconds * 1000, 1),
            "client": client,
            "account": str(actor.id) if actor and actor.id else None,
        }
        access.info(json.dumps(line))
