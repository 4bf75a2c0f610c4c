"""The health of the parts this process depends on, and the age of the last backup."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime

from sqlalchemy import func, select

from app.database import Database, Query
from app.models import Backup
from app.rows import row_type
from app.storage import Storage

PATIENCE = 3.0


async def away(database: Database, storage: Storage) -> list[str]:
    """Return the names of the parts that do not answer in time."""
    parts = {"database": _asked(database), "store": storage.check()}
    answers = await asyncio.gather(*(_answers(part) for part in parts.values()))
    return [name for name, answered in zip(parts, answers, strict=True) if not answered]


async def _asked(database: Database) -> None:
    async with database.reading() as reader:
        await reader.fetch("SELECT 1")


async def _answers(part: Awaitable[None]) -> bool:
    try:
        await asyncio.wait_for(part, PATIENCE)
    except Exception:  # noqa: BLE001  # any failure means that it does not answer
        return False
    return True


@row_type
class Backups:
    """The instants of the last backup and of the last one that failed, and why that did."""

    taken_at: datetime | None
    failed_at: datetime | None
    failure: str | None


_failure = select(Backup.failure).where(Backup.failure.is_not(None)).order_by(Backup.finished_at.desc()).limit(1)
_BACKUPS = Query(
    select(
        func.max(Backup.finished_at).filter(Backup.failure.is_(None)).label("taken_at"),
        func.max(Backup.finished_at).filter(Backup.failure.is_not(None)).label("failed_at"),
        _failure.scalar_subquery().label("failure"),
    ),
    Backups,
)


async def backups(database: Database) -> Backups:
    """Return what is known of the last backups."""
    async with database.reading() as reader:
        return (await _BACKUPS.rows(reader))[0]
