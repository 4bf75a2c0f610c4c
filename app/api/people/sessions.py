"""Sessions and tokens over HTTP."""

import base64
import binascii
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Literal, Self
from urllib.parse import unquote_plus
from uuid import UUID

from fastapi import Depends, Form, Path, Request, Response
from pydantic import Field

from app.api.http.cookies import Cookies
from app.api.http.dependencies import Address, ChosenSeat, Ctx, Opener, Paging, Reads
from app.api.http.output import Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.api.http.strictness import refuse_repeated
from app.api.people.accounts import AccountSummary
from app.models.enums import Assurance, Role
from app.problems import NotFound, ReauthenticationRequired, SecondStepNeeded, SignInRefused, TooManyRequests
from app.rows import values_of
from app.services.people import sessions
from app.services.people.sessions import Opened, Origin, SessionCreate, SessionRow, TokenRequest
from app.services.policies.people.factors import must_enrol

router = Router(tags=["sessions"])
public = Router(tags=["sessions"])
SessionId = Annotated[UUID, Path(description="The session.")]
_CLEARED = {"Clear-Site-Data": '"cache", "storage"'}
"""A browser forgets what it kept of this origin: on a shared computer somebody else comes next."""


class SessionOut(Out):
    """One of your valid sessions."""

    id: ResourceId
    current: bool = Field(description="True for the session of this request.", examples=[True])
    client: str = Field(description="The User-Agent it was opened with.", max_length=200, examples=["Mozilla/5.0"])
    address: str = Field(description="The network address it was opened from.", max_length=45, examples=["10.2.3.4"])
    created_at: Instant = Field(description="Time at which it was opened.")
    seen_at: Instant = Field(description="Time of the last use, to the minute.")
    idle_until: Instant = Field(description="It ends then, unless it is used before.")
    expires_at: Instant = Field(description="It ends then in any case.")
    assurance: Assurance = Field(description="The proof it was opened with.", examples=["two_factors"])
    authenticated_at: Instant = Field(description="Time of the last proof of identity in it.")
    seat_id: UUID | None = Field(
        description="Seat its requests are made in unless they name another; null for your own.", examples=[None]
    )

    identity_id: UUID | None = Field(
        description="Identity it was opened by (`GET /account/identity`); null without single sign-on.", examples=[None]
    )

    @classmethod
    def of(cls, row: SessionRow, current: UUID | None) -> Self:
        return cls(current=row.id == current, **values_of(row))


class SessionPage(Page[SessionOut]):
    """One page of your sessions, newest first."""


class SeatChoice(Out):
    """A seat that an account may take beside its own."""

    id: ResourceId
    role: Role = Field(description="The role one has in it.")
    name: str = Field(
        description="名称: of the committee, the unit or the reviewer.", max_length=200, examples=["乔屯街道党工委"]
    )


class SessionOpened(Out):
    """A new session; only this answer contains the token."""

    token: str = Field(
        description="Send it as `Authorization: Bearer …`. Opaque; do not look into it.",
        max_length=100,
        examples=["Qm9w1ZkqX3v5u8y2B4E6H9KbNdRgUjXn2r5u8x_A-D0"],
    )
    idle_until: Instant = Field(description="It ends then, unless it is used before.")
    expires_at: Instant = Field(description="It ends then in any case.")
    account: AccountSummary = Field(description="Account that has signed in.")
    seat_id: UUID | None = Field(
        description="The seat that was chosen (`Act-For`): requests are made in it unless they name another; null for "
        "your own.",
        examples=[None],
    )
    seats: list[SeatChoice] = Field(
        description="Seats beside your own that you may choose: the first 200; all are in `GET /seats`.", max_length=200
    )
    second_factor_required: bool = Field(
        description="True if the session may only add a second factor, which the role needs (see the problem "
        "`second-factor-required`).",
        examples=[False],
    )

    @classmethod
    def of(cls, opened: Opened, roles: Collection[str]) -> Self:
        """Answer with a session that was opened; `roles` need a second factor."""
        account = AccountSummary.model_validate(opened.account)
        return cls(
            token=opened.token,
            idle_until=opened.idle_until,
            expires_at=opened.expires_at,
            account=account,
            seat_id=opened.seat_id,
            seats=[SeatChoice.model_validate(each) for each in opened.seats],
            second_factor_required=must_enrol(account.role, opened.assurance, roles),
        )


class TokenOut(Out):
    """RFC 6749 §5.1: a machine client's token."""

    access_token: str = Field(
        description="Send it as `Authorization: Bearer …`.",
        max_length=100,
        examples=["Qm9w1ZkqX3v5u8y2B4E6H9KbNdRgUjXn2r5u8x_A-D0"],
    )
    token_type: Literal["Bearer"] = Field(description="Scheme of the `Authorization` header.")
    expires_in: int = Field(
        description="Seconds it lives; ask for the next one before.", ge=1, le=86_400, examples=[900]
    )
    scope: Literal["municipal"] = Field(description="Part of the API that the token gives access to.")


def _origin(request: Request, address: str, life: timedelta) -> Origin:
    idle = timedelta(minutes=request.app.state.settings.session_idle_minutes)
    client = "".join(filter(str.isprintable, request.headers.get("user-agent", "")))[:200]
    return Origin(address, client, idle, life)


async def person_origin(request: Request, address: Address, seat_id: ChosenSeat) -> Origin:
    origin = _origin(request, address, timedelta(hours=request.app.state.settings.session_hours))
    return replace(origin, seat_id=seat_id)


async def client_origin(request: Request, address: Address) -> Origin:
    return _origin(request, address, timedelta(minutes=request.app.state.settings.client_token_minutes))


async def roles_with_second_factor(request: Request) -> Collection[str]:
    roles: Collection[str] = request.app.state.settings.second_factor_needed
    return roles


RolesWithSecondFactor = Annotated[Collection[str], Depends(roles_with_second_factor)]


async def client_credentials(request: Request, body: Annotated[TokenRequest, Form()]) -> tuple[str, str]:
    """From HTTP Basic (RFC 6749 §2.3.1: both parts form-encoded), else from the form (§3.2: each part once)."""
    refuse_repeated(await request.form())
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return body.client_id or "", body.client_secret or ""
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise SignInRefused from None
    return unquote_plus(name), unquote_plus(secret)


@public.post(
    "/sessions", status_code=201, location="/session", raises=[SignInRefused, SecondStepNeeded, TooManyRequests]
)
async def create_session(
    body: SessionCreate,
    transaction: Opener,
    origin: Annotated[Origin, Depends(person_origin)],
    roles: RolesWithSecondFactor,
) -> SessionOpened:
    """Sign in with a username and a password.

    The refusal is the same for a wrong password, an unknown name and a disabled account. Repeated failures have to
    wait (429 with `Retry-After`), by account and address together, so that nobody can lock anybody else out. An
    account has at most ten sessions; the eleventh ends the oldest.

    The answer lists the seats beside your own; with one of them in `Act-For` the session acts there by default. A seat
    that is not yours, or has ended, is answered 403 `seat-not-open`, later requests of the session too.

    An account with a second factor is answered 401 `second-step-needed` with a challenge, for
    `POST /api/v1/sessions/second-step`, where the seat is chosen then. Without one, in a role that needs it, the
    session may only add a factor.
    """
    return SessionOpened.of(await sessions.sign_in(transaction, body, origin), roles)


@public.post("/tokens", raises=[SignInRefused, TooManyRequests])
async def create_token(
    credentials: Annotated[tuple[str, str], Depends(client_credentials)],
    transaction: Opener,
    origin: Annotated[Origin, Depends(client_origin)],
) -> TokenOut:
    """Get a machine client's token by its credentials (OAuth 2.0 client credentials, RFC 6749 §4.4).

    The body is `application/x-www-form-urlencoded`. Credentials come by HTTP Basic or as `client_id` and
    `client_secret` in the form. Refusals are problem documents here as everywhere.
    """
    opened = await sessions.issue_token(transaction, *credentials, origin)
    return TokenOut(
        access_token=opened.token,
        token_type="Bearer",  # noqa: S106  # the name of a scheme, not a password
        expires_in=int(origin.life.total_seconds()),
        scope="municipal",
    )


@router.post("/session/cookie", status_code=204)
async def move_session_to_cookie(ctx: Ctx, request: Request, response: Response) -> None:
    """Keep this session in a cookie of the browser: sign in, then ask with the token, and forget the token.

    The cookie (`HttpOnly`, `SameSite=Strict`, in production `Secure`) has a new token, which no script can read; the
    one you ask with ends, so that a repetition is answered 401: sign in again. For pages of the configured origins,
    with `X-Session: cookie`, as any request by the cookie that changes something. All ends of the session remain.
    """
    _cookies(request).require_origin(request.headers)
    response.headers["Set-Cookie"] = _cookies(request).kept(await sessions.move_to_cookie(ctx))


@router.get("/session", raises=[NotFound])
async def read_session(view: Reads) -> SessionOut:
    """Read the session of this request, with its end."""
    return SessionOut.of(await sessions.read(view, view.actor.session_id), view.actor.session_id)


@router.delete("/session", status_code=204, headers=_CLEARED, raises=[NotFound])
async def sign_out(ctx: Ctx, request: Request, response: Response) -> None:
    """Sign out: the session you ask with ends at once, and its cookie goes."""
    await sessions.end(ctx, ctx.actor.session_id)
    _clear_cookie(request, response)


@router.get("/sessions")
async def list_sessions(view: Reads, page: Paging) -> SessionPage:
    """List your own valid sessions, newest first."""
    found = await sessions.search(view, **page.binds)
    return SessionPage.of(found, [SessionOut.of(row, view.actor.session_id) for row in found.rows])


@router.delete("/sessions", status_code=204, headers=_CLEARED, raises=[ReauthenticationRequired])
async def sign_out_everywhere(ctx: Ctx, request: Request, response: Response) -> None:
    """Sign out everywhere: all your sessions end at once, this one too. Within ten minutes of a proof of identity."""
    await sessions.end_all(ctx)
    _clear_cookie(request, response)


@router.delete("/sessions/{session_id}", status_code=204, raises=[ReauthenticationRequired])
async def delete_session(session_id: SessionId, ctx: Ctx, request: Request, response: Response) -> None:
    """End one of your own sessions at once: another one than this within ten minutes of a proof of identity."""
    await sessions.end(ctx, session_id)
    if session_id == ctx.actor.session_id:
        _clear_cookie(request, response)


def _cookies(request: Request) -> Cookies:
    cookies: Cookies = request.app.state.cookies
    return cookies


def _clear_cookie(request: Request, response: Response) -> None:
    """Have the browser forget the cookie that it asked with."""
    if request.state.caller.by_cookie:
        response.headers["Set-Cookie"] = _cookies(request).cleared()
