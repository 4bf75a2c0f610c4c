"""Deletion of what nobody needs any more, by the periods of its policy, and the age of what should be gone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Delete, Select, Update, delete, literal_column, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.database import Database
from app.models import AuditEvent, Base, Factor, Notification
from app.services.policies.people import retention as policy
from app.services.policies.people.retention import Periods

BATCH = 10_000
"""Rows of each kind that are deleted at a time, once a minute of the night."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Rows that are kept for a time, found along an index of their instant and their condition."""

    model: type[Base]
    instant: InstrumentedAttribute[datetime]
    condition: ColumnElement[bool]
    verb: Delete | Update

    def clearing(self, before: datetime) -> Delete | Update:
        due = select(self.model.id).where(self.condition, self.instant < before).order_by(self.instant).limit(BATCH)
        return self.verb.where(self.model.id.in_(due))

    @property
    def oldest(self) -> Select[datetime]:
        return select(self.instant).where(self.condition).order_by(self.instant).limit(1)


_TRACED: ColumnElement[bool] = literal_column("changes ? 'trace'")
_VALUED: ColumnElement[bool] = literal_column("changes IS NOT NULL AND NOT changes ? 'trace'")
"""Conditions of two indexes, word for word."""
_ERASED = update(AuditEvent).values(changes=None)
PLACES = {
    "factors": _Place(Factor, Factor.created_at, Factor.confirmed_at.is_(None), delete(Factor)),
    "traces": _Place(AuditEvent, AuditEvent.at, _TRACED, _ERASED),
    "notifications": _Place(Notification, Notification.told_at, true(), delete(Notification)),
    "values": _Place(AuditEvent, AuditEvent.at, _VALUED, _ERASED),
}
"""Rows that the worker deletes at night. The rest of the policy's table ends with its sign-in or its request."""


async def clear(database: Database, periods: Periods) -> int:
    """Delete a batch of each that is past its time, if it is night; return how many."""
    cleared = 0
    async with database.transaction() as session:
        now = await database.now(session)
        if not policy.is_night(now):
            return 0
        for name, place in PLACES.items():
            gone = await session.execute(place.clearing(policy.due_before(name, periods, now)))
            cleared += int(getattr(gone, "rowcount", 0))
    return cleared


async def missed(session: AsyncSession, now: datetime, periods: Periods) -> list[tuple[str, datetime]]:
    """Return what should have been deleted nights ago, with the instant of the oldest."""
    oldest = {name: await session.scalar(place.oldest) for name, place in PLACES.items()}
    return [(name, at) for name, at in oldest.items() if at and policy.is_missed(name, periods, at, now)]
