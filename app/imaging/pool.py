"""A queue before a few limited workers, first come, first served; a full queue refuses, with a time to retry."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, Self

from app.imaging.process import PROGRAM, Worker, WorkerLost
from app.imaging.refusals import BROKEN, ImageLost, ImageRefused, ImagingBusy

log = logging.getLogger(__name__)

PAUSE_AFTER_FAILED_START = 1.0
Facts = dict[str, Any]
"""A worker's findings about some bytes, and what it made of them, by name."""


class Workers(Protocol):
    """The one method that a caller with bytes needs."""

    async def run(self, task: str, data: bytes, *, shortest_side: int = 0) -> Facts: ...


def _unmeasured(_: float) -> None:
    """Nobody asks for how long a worker was held."""


@dataclass(frozen=True, eq=False, slots=True)
class Job:
    """One caller's bytes on their way, and the place where the caller waits."""

    task: str
    data: bytes
    options: dict[str, int]
    answer: asyncio.Future[Facts]
    held: Callable[[float], None]

    def settle(self, answer: Facts) -> None:
        """Pass on the worker's result: facts, or a refusal."""
        if "refused" in answer:
            self.fail(ImageRefused(answer["refused"], **answer["params"]))
        elif not self.answer.done():
            self.answer.set_result(answer["facts"])

    def fail(self, reason: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(reason)


class ImagingPool:
    """Limited worker processes behind a fair, bounded queue; belongs to one event loop, starts at the first task."""

    def __init__(
        self,
        workers: int = 2,
        *,
        queue: int = 32,
        seconds: float = 30.0,
        tasks_per_worker: int = 200,
        program: Sequence[str] = PROGRAM,
        rests_after: float | None = None,
    ) -> None:
        self._workers = workers
        self._program = program
        self._rests_after = rests_after
        self._seconds = seconds
        self._tasks_per_worker = tasks_per_worker
        self._jobs: asyncio.Queue[Job] = asyncio.Queue(queue)
        self._crew: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Put the workers to their places; their processes get ready in the background."""
        while len(self._crew) < self._workers:
            self._crew.append(asyncio.create_task(self._serve(self._worker())))

    async def stop(self) -> None:
        """End every process; waiting callers get `Unavailable`."""
        crew, self._crew = self._crew, []
        for member in crew:
            member.cancel()
        await asyncio.gather(*crew, return_exceptions=True)
        while not self._jobs.empty():
            self._jobs.get_nowait().fail(ImagingBusy())

    @property
    def waiting(self) -> int:
        """The tasks that wait for a worker."""
        return self._jobs.qsize()

    @property
    def longest(self) -> float:
        """The seconds for which one task may hold a worker."""
        return self._seconds

    async def run(self, task: str, data: bytes, held: Callable[[float], None] = _unmeasured, **options: int) -> Facts:
        """The facts a worker found; ImageRefused by the rules, ImageLost with the worker, ImagingBusy if many wait.

        `held` hears for how many seconds a worker was kept busy, if one was.
        """
        await self.start()
        job = Job(task, data, options, asyncio.get_running_loop().create_future(), held)
        try:
            self._jobs.put_nowait(job)
        except asyncio.QueueFull:
            raise ImagingBusy from None
        return await job.answer

    def _worker(self) -> Worker:
        return Worker(self._seconds, self._tasks_per_worker, self._program)

    async def _serve(self, worker: Worker) -> None:
        """Keep one worker busy for as long as the pool lives."""
        try:
            await self._prepare(worker)
            while True:
                job = await self._next(worker)
                if not job.answer.done():  # else its caller has gone away
                    await self._settle(job, worker)
                    await self._prepare(worker)
        finally:
            await worker.close()

    async def _next(self, worker: Worker) -> Job:
        """Wait for the next caller; a process that waits for long gives its memory back meanwhile."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._rests_after):
                return await self._jobs.get()
        await worker.rest()
        return await self._jobs.get()

    async def _prepare(self, worker: Worker) -> None:
        """Replace a dead or worn process now, so that the next caller need not wait for it."""
        try:
            await worker.ready()
        except (OSError, WorkerLost):
            log.exception("an imaging worker does not start")
            await asyncio.sleep(PAUSE_AFTER_FAILED_START)

    async def _settle(self, job: Job, worker: Worker) -> None:
        """Answer the caller, also when the worker dies."""
        try:
            await worker.ready()  # it may have died while nobody was looking
        except (OSError, WorkerLost):
            return job.fail(ImagingBusy())
        started = time.monotonic()
        try:
            answer = await worker.do(job.task, job.data, job.options)
        except WorkerLost as lost:
            log.warning("an imaging worker was lost: %s", lost.reason)
            return job.fail(ImageLost(BROKEN[job.task], reason=lost.reason))
        except asyncio.CancelledError:
            job.fail(ImagingBusy())
            raise
        finally:
            job.held(time.monotonic() - started)
        return job.settle(answer)
