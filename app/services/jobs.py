"""Work that happens after the answer: a job is stored in the transaction of what causes it, and done by a worker.

A job is done at least once: whoever does it must make doing it twice the same as doing it once.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from uuid_utils.compat import uuid7

from app.context import Actor, Context
from app.database import Database
from app.models.enums import Language, Role
from app.services.policies.jobs import pause_after

FAILURE_LENGTH = 500
SYSTEM = Actor(None, Role.OFFICE, "系统")
"""Who acts when nobody asked."""

_ENQUEUE = text(
    """
    SELECT (procrastinate_defer_jobs_v1(ARRAY[ROW(
        'default', CAST(:task AS varchar), 0, CAST(:lock AS text), NULL, CAST(:args AS jsonb),
        clock_timestamp() + CAST(:wait AS interval)
    )::procrastinate_job_to_defer_v1]))[1]
    """
)


_ABANDONED = text(
    """
    SELECT id, attempts FROM procrastinate_jobs
    WHERE status = 'doing' AND NOT EXISTS (
        SELECT FROM procrastinate_workers AS worker
        WHERE worker.id = worker_id AND worker.last_heartbeat > clock_timestamp() - CAST(:silence AS interval)
    )
    FOR UPDATE SKIP LOCKED
    """
)
_GIVE_BACK = text(
    """
    UPDATE procrastinate_jobs SET attempts = attempts + 1, failure = 'the worker was lost',
        status = CAST(:status AS procrastinate_job_status), scheduled_at = clock_timestamp() + CAST(:wait AS interval)
    WHERE id = :id
    """
)
_NOTE = text("UPDATE procrastinate_jobs SET failure = :failure WHERE id = :id")


class Postponed(Exception):
    """Raised by a task that knows when it makes sense to try again: not before so long."""

    def __init__(self, wait: timedelta, reason: str) -> None:
        super().__init__(reason)
        self.wait = wait


@asynccontextmanager
async def acting(database: Database) -> AsyncIterator[Context]:
    """A transaction of the system itself, as a task or a follower needs it."""
    async with database.transaction() as session:
        yield Context(SYSTEM, await database.now(session), Language.ZH, uuid7(), session)


async def enqueue(ctx: Context, task: str, *, lock: str | None = None, at: datetime | None = None, **args: Any) -> int:
    """Store a job that exists exactly when this transaction commits; jobs of one `lock` are done in their order.

    `at` is an instant of the deployment's clock; the queue goes by the real one, which may differ from it.
    """
    wait = max(at - ctx.now, timedelta()) if at else None
    values = {"task": task, "lock": lock, "args": json.dumps(args, default=str), "wait": wait}
    job_id: int = (await ctx.session.execute(_ENQUEUE, values)).scalar_one()
    return job_id


async def note_failure(database: Database, job_id: int, error: Exception) -> None:
    """Keep beside the job why it failed, for the office."""
    failure = f"{type(error).__name__}: {error}"[:FAILURE_LENGTH]
    async with database.transaction() as session:
        await session.execute(_NOTE, {"id": job_id, "failure": failure})


async def take_over(database: Database, silence: timedelta) -> int:
    """Put back into the queue what lost workers were doing; how many jobs.

    At once the first time, for a worker rarely dies of its job; then as after any failure, for it may.
    """
    async with database.transaction() as session:
        abandoned = (await session.execute(_ABANDONED, {"silence": silence})).all()
        for job in abandoned:
            wait = pause_after(job.attempts, chance=0.5) if job.attempts else timedelta()
            status = "failed" if wait is None else "todo"
            await session.execute(_GIVE_BACK, {"id": job.id, "status": status, "wait": wait})
        return len(abandoned)
