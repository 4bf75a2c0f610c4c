"""Admission of requests: the caller, and the limits of floods, checked before any body is read. Pure ASGI.

FastAPI reads a whole body before its first dependency runs; a stranger's 400 MB would be swallowed, then refused.
"""

import re
import time
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.http import bodies
from app.api.http.cookies import READING, Cookies
from app.api.http.problems import answer_within
from app.api.http.strictness import ACT_FOR
from app.api.http.ticketing import taken
from app.context import ANONYMOUS, Actor
from app.database import Database
from app.keyring import Keyring
from app.models.enums import Language
from app.problems import (
    SecondFactorRequired,
    Unauthenticated,
)
from app.services.limits import Traffic
from app.services.people import authentication, sessions, tickets
from app.services.policies.people.factors import must_enrol

API = "/api/v1/"
PUBLIC = re.compile(
    r"/api/v1/(public/.*|sign-on(/logout)?|openapi\.json|problem-types|code-lists(/[^/]*)?|payload-schemas/[^/]*)$"
)
SIGN_IN = re.compile(
    r"/api/v1/(sessions(/second-step|/passkey(-challenge)?|/sign-on(-challenge)?)?|tokens|activations)$"
)
STREAM = re.compile(r"/api/v1/stream")
"""A page asks for it by itself, again and again: that does not keep a session awake."""
ENROLMENT = re.compile(
    r"(GET /api/v1/(account|session)|DELETE /api/v1/session|POST /api/v1/session/cookie"
    r"|[A-Z]+ /api/v1/account/factors(/.*)?)"
)
"""Everything that is open to a session whose role needs a second factor, while it was opened without one."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The actor of a request, its instant, its language and its number.

    `now` is the database's clock at the head of the request, `read_at` the process's own tick at that instant.
    `by_cookie`: the session's token came in a cookie; `by_ticket`: the ticket alone says whose request it is.
    """

    actor: Actor
    now: datetime
    read_at: float
    language: Language
    request_id: UUID
    by_cookie: bool = False
    by_ticket: bool = False


class Admission:
    """Refuses strangers (401) and floods (413, 429) by their headers; an admitted request carries a `Caller`."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        database: Database,
        keyring: Keyring,
        traffic: Traffic,
        session_idle_minutes: int,
        second_factor_roles: Collection[str],
        cookies: Cookies,
    ) -> None:
        self._app = app
        self._database = database
        self._keyring = keyring
        self._traffic = traffic
        self._idle_minutes = session_idle_minutes
        self._second_factor_roles = second_factor_roles
        self._cookies = cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(API):
            await self._app(scope, receive, send)
            return
        with ExitStack() as places:
            try:
                caller = await self._admit(scope)
                places.enter_context(self._place(caller.actor, scope))
            except Exception as error:  # noqa: BLE001  # every failure here is answered as elsewhere
                await answer_within(error, scope)(scope, receive, send)
                return
            scope["state"]["caller"] = caller
            await self._app(scope, bodies.counted(receive, scope["path"]), send)

    async def _admit(self, scope: Scope) -> Caller:
        headers, state = Headers(scope=scope), scope["state"]
        is_public = _is_public(scope)
        ticket = None if is_public else taken(scope)
        cookie = None if is_public or ticket else self._cookies.token(headers, scope["method"])
        if ticket:
            actor, now = await self._with_ticket(*ticket, headers)
        else:
            actor, now = await (self._anonymous() if is_public else self._signed_in(scope, headers, cookie))
        if must_enrol(actor.role, actor.assurance, self._second_factor_roles) and not _enrols(scope):
            raise SecondFactorRequired
        means = {"by_cookie": cookie is not None, "by_ticket": ticket is not None}
        return Caller(actor, now, time.monotonic(), state["language"], state["request_id"], **means)

    def _place(self, actor: Actor, scope: Mapping[str, Any]) -> AbstractContextManager[None]:
        """The place of a request among those of its account; sign-in has turns of its own."""
        if actor.id is None:
            return nullcontext()
        changes, upload = scope["method"] not in READING, bool(bodies.UPLOADS.search(scope["path"]))
        return self._traffic.place(actor.id, changes=changes, upload=changes and upload)

    async def _signed_in(
        self, scope: Mapping[str, Any], headers: Headers, cookie: str | None
    ) -> tuple[Actor, datetime]:
        idle = None if STREAM.fullmatch(scope["path"]) else self._idle_minutes
        digest = sessions.cookie_hash(cookie) if cookie else sessions.token_hash(_bearer(headers))
        known = await authentication.authenticate(self._database, digest, idle_minutes=idle)
        if known is None:
            raise Unauthenticated
        return known

    async def _with_ticket(self, ticket: str, address: str, headers: Headers) -> tuple[Actor, datetime]:
        if ACT_FOR in headers:
            raise RequestValidationError([{"type": "extra_forbidden", "loc": ("header", ACT_FOR)}])  # it has its seat
        known = await tickets.holder(self._database, self._keyring, ticket, address)
        if known is None:
            raise Unauthenticated
        return known

    async def _anonymous(self) -> tuple[Actor, datetime]:
        async with self._database.reading() as reader:
            return ANONYMOUS, await authentication.now(reader, self._database.clock)


def _is_public(scope: Mapping[str, Any]) -> bool:
    """Return true for a path whose caller is always anonymous: an ended token must not prevent the next sign-in."""
    path = scope["path"]
    signs_in = scope["method"] == "POST" and bool(SIGN_IN.match(path))
    return signs_in or bool(PUBLIC.match(path))


def _bearer(headers: Headers) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    return token.strip()


def _enrols(scope: Mapping[str, Any]) -> bool:
    return bool(ENROLMENT.fullmatch(f"{scope['method']} {scope['path']}"))
