"""A worker for tests: in this process until nothing is due, or as a process of its own that can be killed."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import func, select, text

from app import worker
from app.chain import Chain, number
from app.database import Database
from app.models import AuditEvent
from app.services import events, jobs
from app.services.events import NumberedEvent
from app.services.history import mark
from app.services.policies import Event
from app.settings import Settings
from app.storage import Storage
from app.worker import Task, Work
from tests.world import NOW
from tests.world.chain import loose

MARK = Event("test.marked", "试记", "Left a mark")
_UNNUMBERED = text("SELECT count(*) FROM audit_events WHERE sequence IS NULL")
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.world.worker"])  # it reads the program once, and forks from there


def event(number: int, action: str) -> NumberedEvent:
    """An event as a follower gets it, as far as followers look at it."""
    return NumberedEvent(number, action, action.partition(".")[0], UUID(int=number), None, None, NOW)


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


async def number_all(database: Database, limit: int = events.BATCH, chain: Chain | None = None) -> list[int]:
    """Number every event there is, and say how many at a time.

    Somebody else's transaction, begun earlier in the same cluster, holds them up until it ends.
    """
    counts: list[int] = []
    chain = chain or loose()
    async with asyncio.timeout(60), database.transaction() as session:
        while await session.scalar(_UNNUMBERED):
            counts.append(await number(database, chain, limit))
    return [count for count in counts if count]


async def marks(database: Database, subject_id: UUID) -> int:
    async with database.transaction() as session:
        found = select(func.count()).where(AuditEvent.subject_id == subject_id, AuditEvent.action == MARK.code)
        return int(await session.scalar(found) or 0)


@contextmanager
def a_worker(
    settings: Settings, where: str = "nowhere", finishing: float = 0.5
) -> Iterator[tuple[BaseProcess, Connection]]:
    """A process whose one task, `leave_a_mark`, stops `before` or `after` its commit, and sends "here".

    It finishes what it began, when told to stop, for as many seconds.
    """
    here, pipe = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(target=run, args=(settings, where, finishing, pipe))
    process.start()
    pipe.close()
    try:
        yield process, here
    finally:
        process.kill()
        process.join()
        here.close()


def run(settings: Settings, where: str, finishing: float, pipe: Connection) -> None:
    worker.BEAT, worker.RECOVERY, worker.FINISHING = 0.1, 0.2, finishing
    worker.HEARTBEAT, worker.SILENCE = 0.3, 1.0
    with TemporaryDirectory() as folder:
        own = settings.model_copy(update={"history_anchors": Path(folder) / "anchors"})
        worker.run(own, partial(work_of, where, pipe))


def work_of(where: str, pipe: Connection, database: Database, _storage: Storage, _settings: Settings) -> Work:
    return Work([], {}, {"leave_a_mark": partial(leave_a_mark, database, where, pipe)})


async def leave_a_mark(database: Database, where: str, pipe: Connection, subject_id: str) -> None:
    """An effect that knows whether it was had already."""
    async with jobs.acting(database) as ctx:
        if not await marks(database, UUID(subject_id)):
            mark(ctx, UUID(subject_id), MARK)
            await ctx.session.flush()
        await stand_still(pipe, here=where == "before")
    await stand_still(pipe, here=where == "after")


async def stand_still(pipe: Connection, *, here: bool) -> None:
    """Say so, and never come to an end."""
    if here:
        pipe.send("here")
        await asyncio.sleep(3600)


def plain(value: object) -> str:
    return str(value.get_secret_value() if hasattr(value, "get_secret_value") else value)
