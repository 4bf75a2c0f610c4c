"""Backups by schedule: taken when one is due, noted for the office with their outcome, and pruned."""

from dataclasses import dataclass
from datetime import timedelta

from app.backup.keeping import prune
from app.backup.places import Place
from app.backup.sealing import Sealer
from app.backup.taking import Source, Taken, connected, take
from app.database import Database
from app.models import Backup
from app.services import health, jobs
from app.services.history import create
from app.services.policies import backups as policy

FAILURE_LENGTH = 500
SCHEDULED = 5705, 2
"""The lock of the worker that takes the backup that is due."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Pause between two backups, and the number of those that are kept."""

    every: timedelta
    keep: int


@dataclass(frozen=True, slots=True)
class Means:
    """All that a backup needs: the deployment, the place, and the recipients."""

    source: Source
    place: Place
    sealer: Sealer


async def back_up(database: Database, means: Means) -> Taken:
    """Take a backup now, and note it; a failure is noted too."""
    try:
        taken = await take(means.source, means.place, means.sealer)
    except Exception as error:
        await _note(database, failure=f"{type(error).__name__}: {error}"[:FAILURE_LENGTH])
        raise
    await _note(database, taken)
    return taken


async def back_up_if_due(database: Database, means: Means, schedule: Schedule) -> bool:
    """Take a backup if the last is old enough, and prune; true if it was taken. One worker does it at a time."""
    if not await _is_due(database, schedule):
        return False
    async with connected(means.source.url) as election:
        if not await election.fetchval("SELECT pg_try_advisory_lock($1, $2)", *SCHEDULED):
            return False
        if not await _is_due(database, schedule):  # another worker has just taken it
            return False
        await back_up(database, means)
        await prune(means.source.url, means.place, keep=schedule.keep, group=means.sealer.group)
    return True


async def _is_due(database: Database, schedule: Schedule) -> bool:
    last = await health.backups(database)
    async with database.transaction() as session:
        now = await database.now(session)
    return policy.is_due(schedule.every, last.taken_at, last.failed_at, now)


async def _note(database: Database, taken: Taken | None = None, failure: str | None = None) -> None:
    """Store the outcome, with its event."""
    values = (
        _figures(taken) if taken else {"stamp": None, "objects": 0, "copied": 0, "lost": 0, "size": 0, "seconds": 0}
    )
    async with jobs.acting(database) as ctx:
        row = Backup(finished_at=ctx.now, failure=failure, **values)
        create(ctx, row, policy.FAILED if failure else policy.TAKEN)


def _figures(taken: Taken) -> dict[str, str | int]:
    manifest = taken.manifest
    counted = {"objects": len(manifest.objects), "copied": taken.copied, "lost": len(manifest.lost)}
    return {"stamp": manifest.stamp, "size": taken.size, "seconds": taken.seconds, **counted}
