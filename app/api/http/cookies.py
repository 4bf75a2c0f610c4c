"""A session in a cookie, for frontends in browsers: kept from scripts, and from the pages of others.

A browser sends a cookie with whatever any page asks for. So it counts only from the configured origins, and with a
change only beside a header that no form can send: a script of another origin would have to ask first (CORS).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.http.problems import answer_within
from app.problems import CookieRefused, PreflightRefused

NAME, NAME_IN_DEVELOPMENT = "__Host-pinpai", "pinpai"
"""The prefix makes a browser refuse the cookie from other hosts below the domain, and without TLS."""
HEADER, VALUE = "X-Session", "cookie"
READING = {"GET", "HEAD", "OPTIONS"}
OWN_SITES = {None, "same-origin", "none"}
"""Marks of a request by the server's own page or by the person; None: the browser is old, or there is none."""
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
SENT = [
    "Authorization",
    "Content-Type",
    "If-Match",
    "If-None-Match",
    "Act-For",
    "Idempotency-Key",
    "Accept-Language",
    "Last-Event-ID",
    HEADER,
]
EXPOSED = ["ETag", "Location", "Retry-After", "Content-Disposition", "X-Request-Id", "Idempotency-Replayed"]


@dataclass(frozen=True, slots=True)
class Cookies:
    """The cookie of a session: its origins, its name, and how it is read and set."""

    origins: tuple[str, ...]
    secure: bool

    @property
    def name(self) -> str:
        return NAME if self.secure else NAME_IN_DEVELOPMENT

    def token(self, headers: Headers, method: str) -> str | None:
        """Return the session's token, or None without one; CookieRefused (403) where another page may have sent it.

        An `Authorization` header counts alone: no page can make a browser send one of its own accord.
        """
        found = _values(headers, self.name) if self.origins and "authorization" not in headers else []
        if not found:
            return None
        if len(found) > 1 or not self._is_meant(headers, method):
            raise CookieRefused
        return found[0]

    def require_origin(self, headers: Headers) -> None:
        """Raise CookieRefused (403) unless a page of a configured origin asks, and asks for a cookie."""
        if not (self._is_ours(headers) and _is_marked(headers)):
            raise CookieRefused

    def kept(self, token: str) -> str:
        """Return the header that has a browser keep the token until it is closed; the session may end before."""
        return self._set(token)

    def cleared(self) -> str:
        return self._set("") + "; Max-Age=0"

    def _set(self, value: str) -> str:
        return f"{self.name}={value}; Path=/; HttpOnly; SameSite=Strict" + ("; Secure" if self.secure else "")

    def _is_meant(self, headers: Headers, method: str) -> bool:
        if method not in READING:
            return self._is_ours(headers) and _is_marked(headers)
        if "origin" in headers:
            return self._is_ours(headers)
        return headers.get("sec-fetch-site") in OWN_SITES

    def _is_ours(self, headers: Headers) -> bool:
        return headers.get("origin") in self.origins and headers.get("sec-fetch-site") != "cross-site"


class _Origins(CORSMiddleware):
    """Tells browsers what the pages of some origins may send; refuses by a problem, as everything else does."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("method") == "OPTIONS" and self._refuses(headers := Headers(scope=scope)):
            refusal = answer_within(PreflightRefused(allowed=", ".join([*METHODS, *SENT])), scope)
            await refusal(scope, receive, partial(self.send, send=send, request_headers=headers))
            return
        await super().__call__(scope, receive, send)

    def _refuses(self, headers: Headers) -> bool:
        asked = "origin" in headers and "access-control-request-method" in headers
        return asked and self.preflight_response(headers).status_code != HTTPStatus.OK


class Cors:
    """Answers to the pages of other origins: those of cookies may send them, the others a token alone."""

    def __init__(self, app: ASGIApp, origins: Sequence[str], cookie_origins: Sequence[str]) -> None:
        told = partial(_Origins, app, allow_methods=METHODS, allow_headers=SENT, expose_headers=EXPOSED)
        self._cookie_origins = frozenset(cookie_origins)
        self._with_cookies = told(allow_origins=cookie_origins, allow_credentials=True)
        self._without = told(allow_origins=origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        of_cookies = scope["type"] == "http" and Headers(scope=scope).get("origin") in self._cookie_origins
        await (self._with_cookies if of_cookies else self._without)(scope, receive, send)


def _is_marked(headers: Headers) -> bool:
    return headers.get(HEADER) == VALUE


def _values(headers: Headers, name: str) -> list[str]:
    """Return every value of this name: a browser sends two where another host below the domain set one as well."""
    pairs = (part.strip().partition("=") for line in headers.getlist("cookie") for part in line.split(";"))
    return [value.strip() for each, _, value in pairs if each == name and value.strip()]
