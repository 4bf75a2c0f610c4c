"""Work that happens after the answer: a job is stored in the transaction of what causes it, and done by a worker.

A job is done at least once, so every task must have the same effect when it runs twice.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import BigInteger, DateTime, Text, Uuid, bindparam, case, cast, column, func, select, table, text
from sqlalchemy.dialects.postgresql import JSONB
from uuid_utils.compat import uuid7

from app.context import Actor, Context, View
from app.database import Database, Query
from app.models.enums import JobStatus, Language, Role
from app.problems import NotFound
from app.rows import row_type
from app.services.history import mark
from app.services.pages import FilterValue, Listing, Page, among, exactly
from app.services.policies import permit, require_role
from app.services.policies.jobs import RETRY, pause_after

FAILURE_LENGTH = 500
LAST_NUMBER = 2**63 - 1
SYSTEM = Actor(None, Role.OFFICE, "系统")
"""The actor of work that nobody asked for."""

_ENQUEUE = text(
    """
    SELECT (procrastinate_defer_jobs_v1(ARRAY[ROW(
        'default', CAST(:task AS varchar), 0, CAST(:lock AS text), NULL, CAST(:args AS jsonb),
        clock_timestamp() + CAST(:wait AS interval)
    )::procrastinate_job_to_defer_v1]))[1]
    """
)
_ENQUEUE_EACH = text(
    """
    SELECT procrastinate_defer_jobs_v1(ARRAY(
        SELECT ROW(
            'default', CAST(:task AS varchar), 0, job.lock, NULL, CAST(job.args AS jsonb),
            clock_timestamp() + CAST(:wait AS interval)
        )::procrastinate_job_to_defer_v1 FROM unnest(CAST(:locks AS text[]), CAST(:args AS text[])) AS job (lock, args)
    ))
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


_J = table(
    "procrastinate_jobs",
    column("id", BigInteger),
    column("task_name", Text),
    column("status", Text),
    column("attempts", BigInteger),
    column("args", JSONB),
    column("scheduled_at", DateTime(timezone=True)),
    column("failure", Text),
).c
_E = table(
    "procrastinate_events", column("job_id", BigInteger), column("type", Text), column("at", DateTime(timezone=True))
).c
_STATUS = case(
    (cast(_J.status, Text) == "todo", JobStatus.WAITING.value),
    (cast(_J.status, Text) == "doing", JobStatus.RUNNING.value),
    else_=JobStatus.FAILED.value,
)
_RANK = case((_STATUS == JobStatus.FAILED.value, 0), (_STATUS == JobStatus.RUNNING.value, 1), else_=2)
_PLACE = cast(func.concat(func.lpad(func.to_hex(_RANK), 16, "0"), func.lpad(func.to_hex(_J.id), 16, "0")), Uuid)
"""The place of a job in the list: failed ones first, then by age. It is an id, because the cursor is one."""
_IDENTITY = cast(func.lpad(func.to_hex(_J.id), 32, "0"), Uuid)
TaskName = Annotated[str, Field(max_length=60, pattern="^[a-z_]+$", examples=["deliver"])]
FILTERS = {
    "status": among(_STATUS, JobStatus, "Only in these states.", max_length=3),
    "task": exactly(_J.task_name, TaskName, "Only this task."),
}


@row_type
class JobRow:
    """A job of the queue; its times are the real clock's."""

    job_id: UUID
    task: str
    status: JobStatus
    attempts: int
    arguments: Mapping[str, object]
    failure: str | None
    due_at: datetime | None
    queued_at: datetime
    tried_at: datetime | None


@row_type
class ListedJob(JobRow):
    """A job in the list: its `id` is its place there."""

    id: UUID


_JOBS = select(
    _IDENTITY.label("job_id"),
    _J.task_name.label("task"),
    _STATUS.label("status"),
    _J.attempts,
    _J.args.label("arguments"),
    _J.failure,
    case((_STATUS == JobStatus.WAITING.value, _J.scheduled_at)).label("due_at"),
    select(func.min(_E.at))
    .where(_E.job_id == _J.id, cast(_E.type, Text) == "deferred")
    .scalar_subquery()
    .label("queued_at"),
    select(func.max(_E.at))
    .where(_E.job_id == _J.id, cast(_E.type, Text) == "started")
    .scalar_subquery()
    .label("tried_at"),
)
_LIST = Listing(_JOBS.add_columns(_PLACE.label("id")), _PLACE, ListedJob, filters=FILTERS)
_IT = _J.id == bindparam("number", type_=BigInteger)
_ONE = Query(_JOBS.where(_IT), JobRow)
_LOCKED = select(_STATUS).where(_IT).with_for_update()
_AGAIN = text("UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL WHERE id = :id")


class Postponed(Exception):
    """Raised by a task that knows how long it makes no sense to try again."""

    def __init__(self, wait: timedelta, reason: str) -> None:
        super().__init__(reason)
        self.wait = wait


@asynccontextmanager
async def acting(database: Database) -> AsyncIterator[Context]:
    """Open a transaction of the system itself, as a task or a follower needs it."""
    async with database.transaction() as session:
        yield Context.within(session, SYSTEM, await database.now(session), Language.ZH, uuid7())


def alone(database: Database, act: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Return the task that does an act of the system in a transaction of its own."""

    async def task(**args: object) -> None:
        async with acting(database) as ctx:
            await act(ctx, **args)

    return task


async def enqueue(
    ctx: Context, task: str, *, lock: str | None = None, at: datetime | None = None, **args: object
) -> int:
    """Store a job that exists exactly when this transaction commits; jobs of one `lock` are done in their order.

    `at` is an instant of the deployment's clock; the queue goes by the real one, which may differ from it.
    """
    wait = max(at - ctx.now, timedelta()) if at else None
    values = {"task": task, "lock": lock, "args": json.dumps(args, default=str), "wait": wait}
    job_id: int = (await ctx.session.execute(_ENQUEUE, values)).scalar_one()
    return job_id


async def enqueue_each(ctx: Context, task: str, by_lock: Mapping[str, Mapping[str, object]], *, at: datetime) -> None:
    """Store many jobs in one statement, each under its lock with its arguments."""
    args = [json.dumps(each, default=str) for each in by_lock.values()]
    values = {"task": task, "locks": list(by_lock), "args": args, "wait": max(at - ctx.now, timedelta())}
    await ctx.session.execute(_ENQUEUE_EACH, values)


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[ListedJob]:
    """Return the jobs that wait, run, or failed for good; those that are done are gone."""
    require_role(view.actor.role, Role.OFFICE)
    return await _LIST.page(view, after=after, limit=limit, **filters)


async def read(view: View, job_id: UUID) -> JobRow:
    require_role(view.actor.role, Role.OFFICE)
    return await view.get(_ONE, number=_number(job_id))


async def retry(ctx: Context, job_id: UUID) -> None:
    """Let a job be done now that failed or waits for its next attempt; it gets the whole schedule anew."""
    require_role(ctx.actor.role, Role.OFFICE)
    number = _number(job_id)
    status = await ctx.session.scalar(_LOCKED, {"number": number})
    if status is None:
        raise NotFound
    permit(RETRY, role=ctx.actor.role, status=JobStatus(status))
    await ctx.session.execute(_AGAIN, {"id": number})
    mark(ctx, job_id, RETRY.event)


async def note_failure(database: Database, job_id: int, error: Exception) -> None:
    """Store the failure of a job with it, for the office."""
    failure = f"{type(error).__name__}: {error}"[:FAILURE_LENGTH]
    async with database.transaction() as session:
        await session.execute(_NOTE, {"id": job_id, "failure": failure})


async def take_over(database: Database, silence: timedelta) -> int:
    """Put the jobs of lost workers back into the queue; return how many.

    At once the first time, for a worker rarely dies of its job; then as after any failure, for it may.
    """
    async with database.transaction() as session:
        abandoned = (await session.execute(_ABANDONED, {"silence": silence})).all()
        for job in abandoned:
            wait = pause_after(job.attempts, chance=0.5) if job.attempts else timedelta()
            status = "failed" if wait is None else "todo"
            await session.execute(_GIVE_BACK, {"id": job.id, "status": status, "wait": wait})
        return len(abandoned)


def _number(job_id: UUID) -> int:
    """Return the queue's own number of a job, which our ids are made of."""
    if job_id.int > LAST_NUMBER:
        raise NotFound
    return job_id.int
