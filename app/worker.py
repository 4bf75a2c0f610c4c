"""The other entrance to the same services: what is done without anybody waiting for it.

Duties are done again and again, by one worker at a time; events are numbered and handed to their followers every
second; jobs are taken from the queue, each by one worker. Any number of workers may run.
"""

import asyncio
import contextlib
import logging
import random
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from math import ceil
from typing import Any

import procrastinate
from procrastinate import BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job
from sqlalchemy import text

from app import logs
from app.backup.releasing import is_held
from app.chain import Chain, number
from app.database import Clock, Database, dsn_of, is_away
from app.equipment import (
    RESTS_AFTER,
    backup_means,
    chain,
    cluster,
    keyring,
    outgoing,
    printing,
    schedule,
    storage_settings,
)
from app.imaging import ImagingPool
from app.mailing import Mailer
from app.refusal import Refusal
from app.seclusion import end_with_parent, seclude
from app.services import events, files, idempotency, jobs
from app.services.commending import booklets
from app.services.commending.booklets import Bindery
from app.services.filing import resemblances, tallies
from app.services.handover import deliveries
from app.services.notifying import digests, notifications, reminders, tellings
from app.services.people import retention, sessions
from app.services.policies.filing.resemblances import FIXED
from app.services.policies.jobs import pause_after
from app.services.policies.people.retention import ANSWERS, Periods
from app.settings import Settings
from app.storage import Storage

log = logging.getLogger("pinpai.worker")
Task = Callable[..., Awaitable[None]]
PAUSE, BEAT, RECOVERY = 60.0, 1.0, 5.0
"""Seconds between two rounds of duties, between two looks for events and jobs, and after a server went away."""
SHIPPING = 10.0
"""Seconds between two looks for finished segments of the log."""
HANDS = 4
"""Jobs that one worker does at a time."""
BINDING = 120.0
"""Seconds for which a booklet may hold the process that draws it, whose processor time has a limit of its own."""
FINISHING = 10.0
"""Seconds for what is being done when the worker must stop; then it goes back into the queue."""
HEARTBEAT, SILENCE = 10.0, 30.0
"""Seconds between two signs of life, and without one until a worker's jobs are given to others."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to be done again and again, harmless to repeat; `number` elects who does it."""

    number: int
    name: str
    do: Callable[[], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Work:
    """All that a worker does: duties every minute, followers of the events every second, tasks when a job asks.

    `pools` are the limited processes that its tasks use.
    """

    duties: list[Duty]
    followers: dict[str, events.Handler]
    tasks: dict[str, Task]
    pools: Sequence[ImagingPool] = ()


def means(settings: Settings) -> deliveries.Means:
    """Return the means of sending to endpoints."""
    return deliveries.Means(outgoing(settings), keyring(settings), settings.link_base or "")


def work_of(database: Database, storage: Storage, settings: Settings) -> Work:
    """Return the work of this deployment's workers."""
    periods = Periods.of_days(settings.trace_days, settings.notice_days, settings.value_days)
    pools = ImagingPool(1, rests_after=RESTS_AFTER), printing(settings, seconds=BINDING)
    return Work(
        duties=[
            Duty(1, "clear files", lambda: files.sweep(database, storage, grace_days=settings.file_grace_days)),
            Duty(2, "forget idempotency keys", lambda: idempotency.forget(database, ANSWERS)),
            Duty(3, "forget ended sessions", lambda: sessions.forget(database)),
            Duty(4, "remind", lambda: reminders.remind(database)),
            Duty(5, "sum up tallies", lambda: tallies.sum_up(database)),
            Duty(6, "delete what is past its time", lambda: retention.clear(database, periods)),
        ],
        followers={
            "deliveries": deliveries.offer,
            "notifications": tellings.tell,
            "resemblances": events.asking(resemblances.TASK, FIXED),
        },
        tasks={
            deliveries.TASK: partial(deliveries.deliver, database, means(settings)),
            booklets.TASK: partial(booklets.bind, Bindery(database, storage, *pools)),
            resemblances.TASK: jobs.alone(database, resemblances.compare),
            notifications.MAIL: partial(digests.mail, database, mailer(settings), settings.link_base),
        },
        pools=pools,
    )


def run(settings: Settings, work_of: Callable[[Database, Storage, Settings], Work] = work_of) -> None:
    """Work until SIGTERM or Ctrl-C; a server that goes away is waited for."""
    logs.configure()
    seclude()
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    asyncio.run(_work(settings, work_of))


async def _work(settings: Settings, work_of: Callable[[Database, Storage, Settings], Work]) -> None:
    assert settings.database_url is not None, "configured, or handed over by serve"
    url, history = settings.database_url.get_secret_value(), chain(settings)
    stopping = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stopping.set)
    database = Database(url, pool_size=HANDS + 4, clock=Clock(settings.offset_from_now()))
    while not stopping.is_set() and not await _tried(database.open, "connecting"):
        await _pause(stopping, RECOVERY)
    async with Storage(storage_settings(settings)) as storage, asyncio.TaskGroup() as group:
        work = work_of(database, storage, settings)
        group.create_task(_do_duties(database, work.duties, stopping))
        group.create_task(_pass_on(database, history, work.followers, stopping))
        group.create_task(_take_over(database, stopping))
        group.create_task(_do_jobs(database, partial(queue_of, url, database, work), stopping))
        if settings.backup_target:
            group.create_task(_back_up(settings, settings.backup_target, database, stopping))
            group.create_task(_ship_log(settings, settings.backup_target, stopping))
    for pool in work.pools:
        await pool.stop()
    await database.close()


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)


async def _tried(act: Callable[[], Awaitable[object]], name: str) -> bool:
    """Return true if it went well and did not itself say False; a failure is logged, and the caller tries it again."""
    try:
        return await act() is not False
    except Exception as error:  # the other work goes on after any failure
        if is_away(error):
            log.warning("%s: no database (%s)", name, logs.kind_of(error))
        else:
            log.exception("%s failed", name)
        return False


async def _do_duties(database: Database, duties: list[Duty], stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        for duty in duties:
            await _tried(partial(_elected, database, duty), duty.name)
        await _pause(stopping, PAUSE)


async def _elected(database: Database, duty: Duty) -> None:
    """Do it unless another worker is at it."""
    async with database.transaction() as election:
        if await election.scalar(_ELECTED, {"number": duty.number}) and (done := await duty.do()):
            log.info("%s: %d", duty.name, done)


async def _pass_on(
    database: Database, history: Chain, followers: dict[str, events.Handler], stopping: asyncio.Event
) -> None:
    """Number what happened and hand it to the followers. One read each second is all that an idle worker asks."""
    acts: dict[str, Callable[[], Awaitable[int]]] = {
        "number events": partial(number, database, history),
        **{f"follow: {name}": partial(events.follow, database, name, handle) for name, handle in followers.items()},
    }

    async def once() -> bool:
        if await events.is_quiet(database, [*followers]):
            return True
        return all([await _tried(partial(_all_there_is, act, stopping), name) for name, act in acts.items()])

    while not stopping.is_set():
        await _pause(stopping, BEAT if await _tried(once, "look for events") else RECOVERY)


async def _take_over(database: Database, stopping: asyncio.Event) -> None:
    """See whose jobs were left lying."""
    while not stopping.is_set():
        await _tried(partial(jobs.take_over, database, timedelta(seconds=SILENCE)), "take over jobs")
        await _pause(stopping, HEARTBEAT)


async def _all_there_is(act: Callable[[], Awaitable[int]], stopping: asyncio.Event) -> None:
    while await act() >= events.BATCH and not stopping.is_set():
        continue


async def _back_up(settings: Settings, target: str, database: Database, stopping: asyncio.Event) -> None:
    """Take a backup whenever one is due; one that is under way when the worker must stop stays unfinished."""
    from app.backup.scheduling import back_up_if_due

    async def once() -> None:
        async with backup_means(settings, target) as means:
            if await back_up_if_due(database, means, schedule(settings)):
                log.info("took a backup")

    while not stopping.is_set():
        await _tried(partial(_unless, stopping, once), "back up")
        await _pause(stopping, PAUSE)


async def _ship_log(settings: Settings, target: str, stopping: asyncio.Event) -> None:
    """Ship the log of the embedded PostgreSQL as it comes."""
    if (own := cluster(settings)) is None:
        return
    from app.backup.shipping import Shipper

    async with backup_means(settings, target) as means:
        shipper = Shipper(own, means, schedule(settings))
        while not stopping.is_set():
            await _tried(partial(_unless, stopping, shipper.ship), "ship the log")
            await _pause(stopping, SHIPPING)


async def _do_jobs(database: Database, queue: Callable[[], procrastinate.App], stopping: asyncio.Event) -> None:
    """Take jobs from the queue; its library gives up when the database goes away, so it is started anew."""
    while not stopping.is_set():
        await _tried(partial(_unless, stopping, partial(_take_jobs, database, queue())), "jobs")
        await _pause(stopping, RECOVERY)


async def _unless(stopping: asyncio.Event, act: Callable[[], Coroutine[Any, Any, object]]) -> None:
    """Do it to its end, or until the worker must stop: then cancel it, and give it time to end."""
    doing, stop = asyncio.create_task(act()), asyncio.create_task(stopping.wait())
    await asyncio.wait({doing, stop}, return_when=asyncio.FIRST_COMPLETED)
    for each in (doing, stop):
        each.cancel()
    await asyncio.wait({doing, stop})
    if not doing.cancelled():
        doing.result()


async def _take_jobs(database: Database, queue: procrastinate.App) -> None:
    if await is_held(database):  # after a restore nothing is sent until it is released
        return
    async with queue.open_async():
        await queue.run_worker_async(
            concurrency=HANDS,
            fetch_job_polling_interval=BEAT,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=SILENCE,
            shutdown_graceful_timeout=FINISHING,
            delete_jobs="successful",
            install_signal_handlers=False,
        )


def queue_of(url: str, database: Database, work: Work) -> procrastinate.App:
    """The queue, with everything that this worker can do about a job."""
    queue = procrastinate.App(connector=PsycopgConnector(conninfo=dsn_of(url), min_size=1, max_size=HANDS, timeout=5))
    later = {
        events.HANDLE_LATER: lambda follower, sequence: events.handle_later(
            database, work.followers[follower], sequence
        )
    }
    for name, task in (work.tasks | later).items():
        queue.task(name=name, pass_context=True, retry=_Patience())(_noting(database, name, task))
    return queue


def _noting(database: Database, name: str, task: Task) -> Callable[..., Awaitable[None]]:
    """The task, with its failures noted where the office sees them."""

    async def noting(context: JobContext, **args: Any) -> None:
        try:
            await task(**args)
        except Exception as error:
            log.warning("%s failed: %s", context.job.call_string, logs.kind_of(error))
            await _tried(partial(jobs.note_failure, database, context.job.id or 0, error), name)
            raise

    return noting


class _Patience(BaseRetryStrategy):
    """Our schedule of further attempts, in the words of the queue's library."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if not isinstance(exception, Exception):
            return RetryDecision(retry_in={"seconds": 0})  # stopped in the middle of it
        pause = pause_after(job.attempts + 1, random.random())  # noqa: S311  # nobody gains by guessing it
        if pause is None:
            return None
        least = exception.wait if isinstance(exception, jobs.Postponed) else pause
        return RetryDecision(retry_in={"seconds": ceil(max(pause, least).total_seconds())})


_ELECTED = text("SELECT pg_try_advisory_xact_lock(5703, :number)")


def mailer(settings: Settings) -> Mailer | None:
    """The mail server that is configured, if one is."""
    if settings.smtp_url is None or settings.mail_from is None:
        return None
    return Mailer.of(settings.smtp_url.get_secret_value(), settings.mail_from)


if __name__ == "__main__":
    end_with_parent(signal.SIGTERM)
    try:
        run(Settings())
    except Refusal as refusal:
        sys.exit(str(refusal))
