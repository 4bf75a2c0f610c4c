"""The history as others follow it: every row gets a number, without a gap, in the order of commits.

A row is numbered once every transaction that began before its own has ended, so a reader that has read up to a number
has missed nothing before it.
"""

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    exists,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from app.context import Context, View, acting_as, granted
from app.database import Database, Query, is_away
from app.models import AuditEvent, Follower
from app.models.enums import Role
from app.rows import row_type
from app.services import jobs
from app.services.audit import DISCLOSED, OF_OTHERS
from app.services.policies import require_role
from app.services.policies.events import FOLLOWERS_BY_ROLE

log = logging.getLogger("pinpai.events")
BATCH = 500
HANDLE_LATER = "handle_later"
"""The task of an event that could not be handled in its turn."""


@row_type
class NumberedEvent:
    """An event in its place among all: what happened, and to what."""

    sequence: int
    action: str
    subject_type: str
    subject_id: UUID
    subject_version: int | None
    campaign_id: UUID | None
    at: datetime


Handler = Callable[[Context, Sequence[NumberedEvent]], Awaitable[None]]
"""A follower's work on events, in the transaction that also notes how far it has come.

It gets each event once, unless something was wrong with it: then it must recognise the event.
"""

_FOLLOWER = select(Follower).where(Follower.name == bindparam("name")).with_for_update(skip_locked=True)
_AFTER = AuditEvent.sequence > bindparam("after", type_=BigInteger)
_LIMIT = bindparam("limit", type_=Integer)


def _events(version: ColumnElement[int | None]) -> Select[*tuple[Any, ...]]:
    """The events after a number, each with this version of its subject."""
    return (
        select(
            AuditEvent.sequence,
            AuditEvent.action,
            AuditEvent.subject_type,
            AuditEvent.subject_id,
            version.label("subject_version"),
            AuditEvent.campaign_id,
            AuditEvent.at,
        )
        .where(_AFTER)
        .order_by(AuditEvent.sequence)
        .limit(_LIMIT)
    )


_OF_CLIENTS = or_(AuditEvent.subject_type == "nomination", AuditEvent.subject_type == "deployment")
"""The subjects of which clients are told; all of them that a restore took place."""
_NEXT = Query(_events(AuditEvent.subject_version.expression), NumberedEvent)
_FEED = Query(
    _events(case((OF_OTHERS, null()), else_=AuditEvent.subject_version)).where(
        or_(
            and_(acting_as(Role.OFFICE), DISCLOSED),
            and_(_OF_CLIENTS, or_(AuditEvent.subject_type == "deployment", granted(AuditEvent.campaign_id))),
        )
    ),
    NumberedEvent,
)
_LAST = select(func.coalesce(func.max(AuditEvent.sequence), 0)).scalar_subquery()
_FOLLOWERS = bindparam("names", type_=ARRAY(Text))
_UP_TO_DATE = (
    select(func.count()).where(Follower.name == func.any(_FOLLOWERS), Follower.position >= _LAST).scalar_subquery()
)
_QUIET = Query(
    select(and_(~exists().where(AuditEvent.mac.is_(None)), _UP_TO_DATE == func.cardinality(_FOLLOWERS)).label("quiet"))
)


async def feed(view: View, *, after: int, limit: int) -> list[NumberedEvent]:
    """Return the events after this number that the actor may follow; a repeated question gets the same first events."""
    require_role(view.actor.role, *FOLLOWERS_BY_ROLE)
    return await view.rows(_FEED, after=after, limit=limit)


async def is_quiet(database: Database, names: Sequence[str]) -> bool:
    """Return true if every event has its number and its link, and these followers have seen them all."""
    async with database.reading() as reader:
        return bool((await _QUIET.records(reader, names=names))[0]["quiet"])


async def follow(database: Database, name: str, handle: Handler, limit: int = BATCH) -> int:
    """Hand a follower what it has not seen, and note how far it has come, in one transaction; how many events it was.

    Several workers may call this: one does, the others find it busy. Of events that fail together half are tried; one
    that fails alone becomes a job, tried again as jobs are, so that it holds up nothing that comes after it.
    """
    try:
        return await _advance(database, name, handle, limit)
    except Exception as error:
        if is_away(error):
            raise
        if limit > 1:
            return await follow(database, name, handle, limit // 2)
        log.exception("%s could not handle an event: it becomes a job", name)
        return await _advance(database, name, _later(name), 1)


async def handle_later(database: Database, handle: Handler, sequence: int) -> None:
    """Do the job of an event that could not be handled in its turn."""
    async with jobs.acting(database) as ctx:
        await handle(ctx, await ctx.rows(_NEXT, after=sequence - 1, limit=1))


async def _advance(database: Database, name: str, handle: Handler, limit: int) -> int:
    async with jobs.acting(database) as ctx:
        await ctx.session.execute(_BEGIN, {"name": name})
        follower = await ctx.session.scalar(_FOLLOWER, {"name": name})
        if follower is None:
            return 0  # another worker is at it
        rows = await ctx.rows(_NEXT, after=follower.position, limit=limit)
        if rows:
            await handle(ctx, rows)
            follower.position = rows[-1].sequence
        return len(rows)


def asking(task: str, after: Collection[str]) -> Handler:
    """Return the follower that asks for a task after events of these kinds, once for each of their subjects."""

    async def ask(ctx: Context, events: Sequence[NumberedEvent]) -> None:
        subjects = sorted({str(event.subject_id) for event in events if event.action in after})
        if subjects:
            await jobs.enqueue_each(
                ctx, task, {f"{task}:{each}": {"subject_id": each} for each in subjects}, at=ctx.now
            )

    return ask


def _later(name: str) -> Handler:
    async def enqueue(ctx: Context, events: Sequence[NumberedEvent]) -> None:
        await jobs.enqueue(ctx, HANDLE_LATER, follower=name, sequence=events[0].sequence)

    return enqueue


_BEGIN = insert(Follower).values(position=0).on_conflict_do_nothing()
