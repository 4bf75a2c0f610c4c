"""A worker for tests: in this process until nothing is due, or as a process of its own that can be killed.

`python -m tests.working WHERE` works on one task, `leave_a_mark`, and stands still WHERE it is told to: `before` or
`after` the commit, or `nowhere`.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from sqlalchemy import func, select, text

from app import worker
from app.database import Database
from app.models import AuditEvent
from app.services import events, jobs
from app.services.history import mark
from app.settings import Settings
from app.storage import Storage
from app.worker import Task, Work

MARK = "test.marked"
_UNNUMBERED = text("SELECT count(*) FROM audit_events WHERE sequence IS NULL")
PATIENCE = 1.0
"""Seconds after which a silent worker is given up, in these processes."""


async def work_off(
    settings: Settings,
    database: Database,
    tasks: dict[str, Task],
    followers: dict[str, events.Handler] | None = None,
) -> None:
    """Do every job that is due, and those that these make."""
    queue = worker.queue_of(plain(settings.database_url), database, Work([], followers or {}, tasks))
    async with queue.open_async():
        await queue.run_worker_async(
            concurrency=worker.HANDS,
            wait=False,
            listen_notify=False,
            delete_jobs="successful",
            install_signal_handlers=False,
        )


async def number_all(database: Database, limit: int = events.BATCH) -> list[int]:
    """Number every event there is, and say how many at a time.

    Somebody else's transaction, begun earlier in the same cluster, holds them up until it ends.
    """
    counts: list[int] = []
    async with asyncio.timeout(20), database.transaction() as session:
        while await session.scalar(_UNNUMBERED):
            counts.append(await events.number(database, limit))
    return [count for count in counts if count]


async def marks(database: Database, subject_id: UUID) -> int:
    async with database.transaction() as session:
        found = select(func.count()).where(AuditEvent.subject_id == subject_id, AuditEvent.action == MARK)
        return int(await session.scalar(found) or 0)


async def leave_a_mark(database: Database, where: str, subject_id: str) -> None:
    """An effect that knows whether it was had already."""
    async with jobs.acting(database) as ctx:
        if not await marks(database, UUID(subject_id)):
            mark(ctx, UUID(subject_id), MARK)
        await stand_still(where == "before")
    await stand_still(where == "after")


async def stand_still(here: bool) -> None:
    """Say so, and never come to an end."""
    if here:
        sys.stdout.write("here\n")
        sys.stdout.flush()
        await asyncio.sleep(3600)


@contextmanager
def a_worker(settings: Settings, where: str = "nowhere", **more: str) -> Iterator["subprocess.Popen[str]"]:
    names = ("database_url", "s3_endpoint_url", "s3_region", "s3_bucket", "s3_access_key_id", "s3_secret_access_key")
    given = {f"PINPAI_{name.upper()}": plain(getattr(settings, name)) for name in names}
    command = [sys.executable, "-m", "tests.working", where]
    with subprocess.Popen(command, env=os.environ | given | more, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def plain(value: object) -> str:
    return str(value.get_secret_value() if hasattr(value, "get_secret_value") else value)


def work_of(where: str, database: Database, _storage: Storage, _settings: Settings) -> Work:
    return Work([], {}, {"leave_a_mark": partial(leave_a_mark, database, where)})


if __name__ == "__main__":
    worker.BEAT, worker.RECOVERY, worker.HEARTBEAT, worker.SILENCE = 0.1, 0.2, 0.3, PATIENCE
    worker.run(Settings(), partial(work_of, sys.argv[1]))
