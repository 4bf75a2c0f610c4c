"""The parent's handle on limited workers: start one, give it a task, end it, replace it."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CPU_SECONDS = 20
START_SECONDS = 30
MAX_BLOB = 64 * 2**20
PROGRAM = ("app.imaging.worker",)
"""The module that a worker runs, and its arguments after the descriptors of the two files."""
# The child gets no secret: this is its whole environment. The allocator settings keep freed picture memory for the next
# picture: a fifth less CPU for 12 megapixels, and about 115 MB stay with a worker that has seen one.
ENVIRONMENT = {
    "PYTHONPATH": str(Path(__file__).parents[2]),
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(128 * 2**20),
}


class WorkerLost(Exception):
    """The worker died, or had to be ended, while it held a task."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Worker:
    """A place for one process at a time, whose occupant is replaced when dead or worn."""

    def __init__(self, seconds: float, tasks: int, program: Sequence[str] = PROGRAM) -> None:
        self._seconds = seconds
        self._tasks = tasks
        self._module, *self._arguments = program
        self._left = 0
        self._process: Process | None = None
        self.lacking: list[str] = []
        self._inbox = os.memfd_create("inbox")
        self._outbox = os.memfd_create("outbox")

    async def ready(self) -> None:
        """See to it that a process fit for a task is waiting."""
        if self._left == 0 or not self._is_alive():
            await self._end()
            await self._start()

    async def do(self, task: str, data: bytes, options: dict[str, int]) -> dict[str, Any]:
        """The worker's answer, its bytes put back among the facts; WorkerLost when it did not survive the task."""
        self._left -= 1
        order = {"task": task, "size": len(data), "options": options, "cpu_seconds": CPU_SECONDS}
        try:
            os.pwrite(self._inbox, data, 0)
            await self._tell(json.dumps(order).encode() + b"\n")
            return self._collected(json.loads(await self._line(self._seconds)))
        except BaseException as failure:
            await self._end()  # also when we were cancelled: an answer nobody read must not meet the next order
            if isinstance(failure, Exception) and not isinstance(failure, WorkerLost):
                raise WorkerLost("crashed") from failure  # the pipe broke, or the output is no answer
            raise
        finally:
            os.truncate(self._inbox, 0)
            os.truncate(self._outbox, 0)

    async def rest(self) -> None:
        """End its process; the next task begins another."""
        await self._end()

    async def close(self) -> None:
        await self._end()
        os.close(self._inbox)
        os.close(self._outbox)

    def _is_alive(self) -> bool:
        """The end of its output is heard sooner than the end of the process."""
        process = self._process
        return process is not None and process.stdout is not None and not process.stdout.at_eof()

    async def _start(self) -> None:
        files = (self._inbox, self._outbox)
        command = (sys.executable, "-s", "-P", "-m", self._module, *map(str, files), *self._arguments)
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, env=ENVIRONMENT, cwd="/", pass_fds=files, start_new_session=True
        )
        self._left = self._tasks
        self.lacking = json.loads(await self._line(START_SECONDS))

    async def _tell(self, line: bytes) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(line)
        await self._process.stdin.drain()

    async def _line(self, seconds: float) -> bytes:
        """Return the process's next line, within this time."""
        assert self._process is not None
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(seconds):
                line = await self._process.stdout.readline()
        except TimeoutError:
            raise WorkerLost("too_slow") from None
        if not line.endswith(b"\n"):
            raise WorkerLost("crashed")
        return line

    def _collected(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The answer with its bytes read back. It comes from a process that may have been taken over: trust no size."""
        start = 0
        for name, size in answer.get("blobs", {}).items():
            blob = os.pread(self._outbox, min(size, MAX_BLOB), start)
            if len(blob) != size:
                raise WorkerLost("crashed")  # it promised bytes that it did not write
            answer["facts"][name] = blob
            start += len(blob)
        return answer

    async def _end(self) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        if process.returncode is None:
            process.kill()
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
