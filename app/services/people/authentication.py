"""The actor of a request, by its session, and whether that is still open."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import DateTime, Interval, LargeBinary, bindparam, cast, func, select, update

from app.context import Actor
from app.database import Clock, Database, Query, Reader, bound_ids
from app.models import Account, Session
from app.models.enums import AccountStatus, Assurance, Role
from app.rows import row_type

_NOW = func.coalesce(
    cast(bindparam("stopped_at"), DateTime(timezone=True)),
    func.clock_timestamp() + cast(bindparam("offset"), Interval),
).label("now")


@row_type
class _Clock:
    now: datetime


_CLOCK = Query(select(_NOW), _Clock)


@row_type
class Bearer:
    """A session that is not pending, with its account, which is active, and the instant of asking."""

    now: datetime
    session_id: UUID
    seen_at: datetime
    idle_until: datetime
    expires_at: datetime
    assurance: Assurance
    authenticated_at: datetime
    seat_id: UUID | None
    id: UUID
    role: Role
    name: str
    committee_id: UUID | None
    unit_id: UUID | None

    @property
    def actor(self) -> Actor:
        whose = (self.id, self.role, self.name, self.committee_id, self.unit_id)
        return Actor(*whose, self.session_id, self.assurance, self.authenticated_at, None, self.seat_id)


ACTIVE = (
    select(
        _NOW,
        Session.id.label("session_id"),
        Session.seen_at,
        Session.idle_until,
        Session.expires_at,
        Session.assurance,
        Session.authenticated_at,
        Session.seat_id,
        Account.id,
        Account.role,
        Account.name,
        Account.committee_id,
        Account.unit_id,
    )
    .join(Account, Account.id == Session.account_id)
    .where(Account.status == AccountStatus.ACTIVE, Session.assurance != Assurance.PENDING)
)
_SESSION = Query(ACTIVE.where(Session.token_hash == bindparam("token_hash", type_=LargeBinary)), Bearer)
_SESSIONS = Query(ACTIVE.where(Session.id == bound_ids("session_ids").any_()), Bearer)
_SEEN_AGAIN_AFTER = timedelta(minutes=1)


async def now(reader: Reader, clock: Clock) -> datetime:
    """The instant of the database's clock, outside any transaction."""
    [row] = await _CLOCK.rows(reader, stopped_at=clock.stopped_at, offset=clock.offset)
    return row.now


async def authenticate(database: Database, digest: bytes, *, idle_minutes: int | None) -> tuple[Actor, datetime] | None:
    """The actor whose token has this digest and the instant of asking; None unless the session is open.

    Without `idle_minutes` the session is not kept awake: nobody is at work where a page asks by itself.
    """
    row = await open_now(database, _SESSION, token_hash=digest)
    if row and idle_minutes is not None and row.now - row.seen_at > _SEEN_AGAIN_AFTER:
        await _seen(database, row.session_id, row.now, timedelta(minutes=idle_minutes))
    return (row.actor, row.now) if row else None


async def open_now(database: Database, query: Query[Bearer], **which: object) -> Bearer | None:
    """Return the session that the query finds, if it is open."""
    clock = database.clock
    async with database.reading() as reader:
        row = await query.one(reader, stopped_at=clock.stopped_at, offset=clock.offset, **which)
    return row if row and _is_open(row) else None


async def still(database: Database, session_ids: Collection[UUID]) -> tuple[dict[UUID, Actor], datetime]:
    """Those of the sessions that are open, each with its actor as it is now, and the instant."""
    clock = database.clock
    async with database.reading() as reader:
        instant = {"stopped_at": clock.stopped_at, "offset": clock.offset}
        rows = await _SESSIONS.rows(reader, session_ids=[*session_ids], **instant)
        at = rows[0].now if rows else await now(reader, clock)
    return {row.session_id: row.actor for row in rows if _is_open(row)}, at


def _is_open(row: Bearer) -> bool:
    return row.now < min(row.idle_until, row.expires_at)


async def _seen(database: Database, session_id: UUID, instant: datetime, idle: timedelta) -> None:
    async with database.transaction() as session:
        await session.execute(
            update(Session).where(Session.id == session_id).values(seen_at=instant, idle_until=instant + idle)
        )
