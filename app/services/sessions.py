"""Sign-in: an opaque token, of which only the hash is stored; ended at once by deleting its row."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import DateTime, Interval, LargeBinary, bindparam, cast, func, select, update

from app.context import Actor
from app.database import Clock, Database, Query, Reader
from app.models import Account, Session
from app.models.enums import AccountStatus, Role

_NOW = func.coalesce(
    cast(bindparam("stopped_at"), DateTime(timezone=True)),
    func.clock_timestamp() + cast(bindparam("offset"), Interval),
).label("now")
_CLOCK = Query(select(_NOW))
_SESSION = Query(
    select(
        _NOW,
        Session.id.label("session_id"),
        Session.seen_at,
        Session.idle_until,
        Session.expires_at,
        Account.id,
        Account.role,
        Account.name,
        Account.committee_id,
        Account.unit_id,
    )
    .join(Account, Account.id == Session.account_id)
    .where(Session.token_hash == bindparam("token_hash", type_=LargeBinary))
    .where(Account.status == AccountStatus.ACTIVE)
)
_SEEN_AGAIN_AFTER = timedelta(minutes=1)


async def now(reader: Reader, clock: Clock) -> datetime:
    row = await _CLOCK.one(reader, stopped_at=clock.stopped_at, offset=clock.offset)
    assert row is not None
    instant: datetime = row["now"]
    return instant


async def authenticate(database: Database, token: str, *, idle_minutes: int) -> tuple[Actor, datetime] | None:
    """Who holds this token, and the instant of asking; None unless the session stands."""
    clock = database.clock
    async with database.reading() as reader:
        row = await _SESSION.one(reader, token_hash=token_hash(token), stopped_at=clock.stopped_at, offset=clock.offset)
    if row is None or row["now"] >= min(row["idle_until"], row["expires_at"]):
        return None
    if row["now"] - row["seen_at"] > _SEEN_AGAIN_AFTER:
        await _seen(database, row["session_id"], row["now"], timedelta(minutes=idle_minutes))
    actor = Actor(row["id"], Role(row["role"]), row["name"], row["committee_id"], row["unit_id"], row["session_id"])
    return actor, row["now"]


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def _seen(database: Database, session_id: object, instant: datetime, idle: timedelta) -> None:
    async with database.transaction() as session:
        await session.execute(
            update(Session).where(Session.id == session_id).values(seen_at=instant, idle_until=instant + idle)
        )
