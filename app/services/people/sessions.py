"""Sign-in: an opaque token, of which only the hash is stored; ended at once by deleting its row."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import DateTime, bindparam, delete, func, or_, select, true, update

from app.context import ACTOR_ID, Context, OpenContext, View
from app.database import Database, Query, bound_id
from app.inputs import Input
from app.models import Account, LogoutToken, PasskeyChallenge, Session, SignInAttempt, SignOnChallenge
from app.models.enums import AccountStatus, Assurance, FactorKind, Role
from app.problems import NotFound, Problem, SecondStepNeeded, SignInRefused, Unauthenticated
from app.rows import row_type
from app.services.history import note
from app.services.pages import Listing, Page
from app.services.people import accounts, factors, hashing, seats, throttling, turns
from app.services.people.accounts import AccountSummary
from app.services.people.passwords import Password
from app.services.people.seats import SeatRow
from app.services.policies import require_role
from app.services.policies.people import accounts as policy
from app.services.policies.people import factors as factor_policy
from app.services.policies.people.accounts import PEOPLE

PER_PERSON, PER_CLIENT = 10, 100
"""Sessions an account may have at a time; a new one ends the oldest."""

_UNENDED = Query(
    select(Session.id)
    .where(Session.id == bound_id("session_id"), Session.account_id == bound_id("account_id"))
    .with_for_update(read=True)
)


@row_type
class SessionRow:
    """One of the actor's own sessions that are open."""

    id: UUID
    created_at: datetime
    seen_at: datetime
    idle_until: datetime
    expires_at: datetime
    assurance: Assurance
    authenticated_at: datetime
    seat_id: UUID | None
    identity_id: UUID | None
    client: str
    address: str


_INSTANT = bindparam("instant", type_=DateTime(timezone=True))
_OWN = select(
    Session.id,
    Session.created_at,
    Session.seen_at,
    func.least(Session.idle_until, Session.expires_at).label("idle_until"),
    Session.expires_at,
    Session.assurance,
    Session.authenticated_at,
    Session.seat_id,
    Session.identity_id,
    Session.client,
    func.host(Session.address).label("address"),
).where(
    Session.account_id == ACTOR_ID,
    Session.assurance != Assurance.PENDING,
    Session.idle_until > _INSTANT,
    Session.expires_at > _INSTANT,
)
_MINE = Listing(_OWN, Session.id, SessionRow, newest_first=True)
_ONE = Query(_OWN.where(Session.id == bound_id("session_id")), SessionRow)


class SessionCreate(Input):
    """Sign in with a name and a password."""

    username: Annotated[str, Field(min_length=1, max_length=100, description="用户名", examples=["longhua.li"])]
    password: Password = Field(description="密码", examples=["竹筏 暖壶 第七页 山雀 borrowed-lamp"])


class TokenRequest(Input):
    """RFC 6749 §4.4: a machine client asks for a token. Members we do not know are ignored, as it demands."""

    model_config = ConfigDict(extra="ignore")

    grant_type: Literal["client_credentials"] = Field(description="The one grant there is.")
    client_id: Annotated[str, Field(max_length=100)] | None = Field(
        None, description="The client's name, unless it comes by HTTP Basic.", examples=["municipal"]
    )
    client_secret: Annotated[str, Field(max_length=200)] | None = Field(
        None,
        description="Its secret, unless it comes by HTTP Basic.",
        json_schema_extra={"format": "password"},
        examples=["u6Ck1bJx0m1mXv7v3q8y2Jr5b0a9c4d7e6f1g2h3i4j"],
    )
    scope: Annotated[str, Field(max_length=200)] | None = Field(
        None, description="Taken and ignored: a client has exactly one scope.", examples=["municipal"]
    )


@dataclass(frozen=True, slots=True)
class Origin:
    """The address and client of a sign-in, the longest times its session may live, and the seat that was chosen.

    By single sign-on also the identity it was opened by, the provider's own session, which ends it, and when the
    person proved there who they are.
    """

    address: str
    client: str
    idle: timedelta
    life: timedelta
    seat_id: UUID | None = None
    identity_id: UUID | None = None
    provider_session: str | None = None
    proved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session; its token is not stored, only this answer has it."""

    token: str
    account: AccountSummary
    idle_until: datetime
    expires_at: datetime
    assurance: Assurance
    seat_id: UUID | None
    seats: list[SeatRow]


async def confirm(ctx: Context) -> None:
    """Raise Unauthenticated (401) if the session was ended since the head of the request was read.

    A body may arrive long after its head. Suspension, another role, a new password and signing out all end sessions by
    deleting their rows; the lock makes who ends this one wait for the change, or the change for them.
    """
    actor = ctx.actor
    if actor.id is not None and await ctx.one(_UNENDED, session_id=actor.session_id, account_id=actor.id) is None:
        raise Unauthenticated
    await seats.confirm(ctx)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def cookie_hash(token: str) -> bytes:
    """Digest of a token that counts in a cookie alone, where no other is known: no machine client's, to begin with."""
    return hashlib.sha256(b"cookie " + token.encode()).digest()


async def sign_in(transaction: OpenContext, body: SessionCreate, origin: Origin) -> Opened:
    """Open a session; refused alike, and as slowly, for a wrong password, an unknown name and a disabled account."""
    async with turns.turn(origin.address):
        return await _sign_in(transaction, _as_stored(body.username), body.password, origin)


async def issue_token(transaction: OpenContext, name: str, secret: str, origin: Origin) -> Opened:
    """Open a machine client's short session; its secret cannot be guessed, so only the address is throttled."""
    async with turns.turn(origin.address), transaction() as ctx:
        attempt = await throttling.admit(ctx, None, origin.address)
        account = await _active(ctx, _as_stored(name))
        client = account if account and account.role is Role.MUNICIPAL else None
        if client and hashing.secret_is_one_of(secret, (client.secret_hash, client.retiring_secret_hash)):
            await throttling.succeed(ctx, attempt)
            return await _open(ctx, client, origin, PER_CLIENT)
        await throttling.fail(ctx, attempt)
        note(ctx, client or attempt, _REFUSED[client is not None], address=origin.address)
    raise SignInRefused


async def enter(
    ctx: Context, account: Account, attempt: SignInAttempt, origin: Origin, assurance: Assurance
) -> Opened | Problem:
    """Open a session for a person whose first proof holds, or return the problem that asks for the second step."""
    kinds = [] if assurance is Assurance.TWO_FACTORS else await factors.kinds_of(ctx, account.id)
    if not kinds:
        return await welcome(ctx, account, attempt, origin, assurance)
    await throttling.withdraw(ctx, attempt)
    return await _ask_for_second_step(ctx, account, kinds, origin)


async def welcome(
    ctx: Context, account: Account, attempt: SignInAttempt, origin: Origin, assurance: Assurance
) -> Opened:
    """Open a session for a person who has proven who they are, and note a place where they never did before."""
    if await throttling.is_from_a_new_address(ctx, attempt):
        note(replace(ctx, actor=accounts.actor_of(account)), account, policy.NEW_ADDRESS, address=origin.address)
    await throttling.succeed(ctx, attempt)
    return await _open(ctx, account, origin, PER_PERSON, assurance)


def opened(entered: Opened | Problem) -> Opened:
    """Return the session that was opened, or raise the problem, once what led to it is stored."""
    if isinstance(entered, Problem):
        raise entered
    return entered


async def read(view: View, session_id: UUID | None) -> SessionRow:
    return await view.get(_ONE, session_id=session_id, instant=view.now)


async def search(view: View, *, after: UUID | None, limit: int) -> Page[SessionRow]:
    """One's own open sessions."""
    return await _MINE.page(view, after=after, limit=limit, instant=view.now)


async def move_to_cookie(ctx: Context) -> str:
    """Give the session a token for a browser's cookie, in the place of the one it was asked with. Persons only."""
    require_role(ctx.actor.role, *PEOPLE)
    token = hashing.random_secret()
    mine = update(Session).where(Session.id == ctx.actor.session_id)
    await ctx.session.execute(mine.values(token_hash=cookie_hash(token)))
    return token


async def end(ctx: Context, session_id: UUID | None) -> None:
    """End one of one's own sessions, another one soon after a proof of identity; NotFound if it is none."""
    if session_id != ctx.actor.session_id:
        factor_policy.require_recent(ctx.actor.authenticated_at, ctx.now)
    mine = delete(Session).where(Session.id == session_id, Session.account_id == ctx.actor.id)
    if (await ctx.session.execute(mine.returning(Session.id))).first() is None:
        raise NotFound
    note(ctx, await accounts.own(ctx), policy.SIGNED_OUT, sessions_ended=1)


async def end_all(ctx: Context) -> None:
    """Sign out everywhere, here included, soon after a proof of identity."""
    factor_policy.require_recent(ctx.actor.authenticated_at, ctx.now)
    account = await accounts.own(ctx)
    note(ctx, account, policy.SIGNED_OUT, sessions_ended=await accounts.end_sessions(ctx, account.id))


async def end_of(ctx: Context, username: str | None) -> int:
    """End the sessions of one account, or of all, for the host's operator; return their number."""
    named = Account.username == _as_stored(username) if username else true()
    open_at = select(Session.account_id).where(Session.idle_until > ctx.now, Session.expires_at > ctx.now)
    holders = select(Account).where(named, Account.id.in_(open_at)).order_by(Account.id).with_for_update()
    ended = 0
    for account in await ctx.session.scalars(holders):
        ended += (of_one := await accounts.end_sessions(ctx, account.id))
        note(ctx, account, policy.SIGNED_OUT, sessions_ended=of_one)
    return ended


async def forget(database: Database) -> int:
    """Delete expired sessions, challenges, and attempts that no rule judges any more, and return their number."""
    async with database.transaction() as session:
        instant = await database.now(session)
        over = or_(Session.idle_until <= instant, Session.expires_at <= instant)
        ended = await session.execute(delete(Session).where(over).returning(Session.id))
        forgotten = 0
        for kind in (PasskeyChallenge, SignOnChallenge, LogoutToken):
            old = delete(kind).where(kind.expires_at <= instant).returning(kind.id)
            forgotten += len((await session.execute(old)).all())
        return len(ended.all()) + forgotten + await throttling.forget(session, instant)


_REFUSED = {True: policy.SIGN_IN_REFUSED, False: policy.UNKNOWN_SIGN_IN_REFUSED}
"""Of an unknown name only the attempt is recorded: the user may have typed a password in its place."""


def _as_stored(username: str) -> str:
    """The name as it is stored; empty, which no account has, for characters that no name has, such as NUL."""
    return username.lower() if username.isprintable() else ""


_ACTIVE = select(Account).where(Account.username == bindparam("username"), Account.status == AccountStatus.ACTIVE)
"""Read without a lock before a password is checked: to lock a row is to write it, which nobody's name would cost."""


async def _sign_in(transaction: OpenContext, username: str, password: str, origin: Origin) -> Opened:
    async with transaction() as ctx:
        attempt = await throttling.admit(ctx, username, origin.address)
        account = await ctx.session.scalar(_ACTIVE, {"username": username})
    person = account if account and account.role in PEOPLE else None
    stored = person.secret_hash if person else None
    right = await hashing.matches(stored, password)
    renewed = await hashing.hashed(password) if right and stored and hashing.is_outdated(stored) else stored
    async with transaction() as ctx:
        account = await _active(ctx, username) if right else None
        if account is None or account.secret_hash != stored:
            entered: Opened | Problem = SignInRefused()
            await throttling.fail(ctx, attempt)
            note(ctx, person or attempt, _REFUSED[person is not None], address=origin.address)
        else:
            account.secret_hash = renewed
            entered = await enter(ctx, account, attempt, origin, Assurance.ONE_FACTOR)
    return opened(entered)


async def _ask_for_second_step(ctx: Context, account: Account, kinds: list[FactorKind], origin: Origin) -> Problem:
    """Keep the sign-in for a few minutes, as a session that opens nothing, and say how it goes on."""
    challenge, end = hashing.random_secret(), ctx.now + factor_policy.CHALLENGE_LIFE
    pending = replace(origin, idle=factor_policy.CHALLENGE_LIFE, life=factor_policy.CHALLENGE_LIFE, seat_id=None)
    await _store(ctx, account, challenge, pending, limit=PER_PERSON, assurance=Assurance.PENDING)
    return SecondStepNeeded(challenge=challenge, factors=kinds, expires_at=f"{end.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")


async def _active(ctx: Context, username: str) -> Account | None:
    """The account with this name that may sign in now, locked so that nobody disables it meanwhile."""
    account: Account | None = await ctx.session.scalar(_ACTIVE.with_for_update(), {"username": username})
    return account


async def _store(
    ctx: Context, account: Account, token: str, origin: Origin, *, limit: int, assurance: Assurance
) -> Session:
    """Keep a session, and no more of its kind than the limit: sign-ins that are not complete end no open session."""
    session = Session(
        account_id=account.id,
        token_hash=token_hash(token),
        created_at=ctx.now,
        seen_at=ctx.now,
        idle_until=ctx.now + min(origin.idle, origin.life),
        expires_at=ctx.now + origin.life,
        assurance=assurance,
        authenticated_at=origin.proved_at or ctx.now,
        seat_id=origin.seat_id,
        identity_id=origin.identity_id,
        provider_session=origin.provider_session,
        client=origin.client,
        address=origin.address,
    )
    ctx.session.add(session)
    is_pending = Session.assurance == Assurance.PENDING
    of_its_kind = (Session.account_id == account.id, is_pending if assurance is Assurance.PENDING else ~is_pending)
    kept = select(Session.id).where(*of_its_kind).order_by(Session.id.desc()).limit(limit)
    await ctx.session.execute(delete(Session).where(*of_its_kind, Session.id.not_in(kept)))
    return session


async def _open(
    ctx: Context, account: Account, origin: Origin, limit: int, assurance: Assurance = Assurance.ONE_FACTOR
) -> Opened:
    open_to = await seats.open_to(ctx, accounts.actor_of(account), origin.seat_id)
    token = hashing.random_secret()
    session = await _store(ctx, account, token, origin, limit=limit, assurance=assurance)
    acting = replace(ctx, actor=accounts.actor_of(account, session.id))
    data = {"session_id": str(session.id), "address": origin.address, "client": origin.client}
    data |= {"seat_id": str(origin.seat_id)} if origin.seat_id else {}
    note(acting, account, policy.SIGNED_IN, **data)
    record = await accounts.read(acting, account.id)
    return Opened(token, record.row, session.idle_until, session.expires_at, assurance, origin.seat_id, open_to)
