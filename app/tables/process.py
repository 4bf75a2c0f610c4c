"""The parent's handle on the processes that write tables: pages go in, and the file comes out as it is written."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import suppress

from app.imaging.process import ENVIRONMENT

PIECE = 64 * 1024
AT_ONCE, AT_ONCE_FOR_ANYBODY = 2, 1
SECONDS = 900
"""Time after which a table that nobody takes is given up."""


class TableBrokenError(Exception):
    """The process that wrote a table ended before its end."""


class Tables:
    """The places of the processes, of which one writes one table; who asks waits for a place.

    Those without an account have a place of their own, so that they keep nobody waiting but each other.
    """

    def __init__(self) -> None:
        self._places = {False: asyncio.Semaphore(AT_ONCE), True: asyncio.Semaphore(AT_ONCE_FOR_ANYBODY)}

    async def write(
        self, head: Mapping[str, object], pages: AsyncIterator[bytes], *, public: bool = False
    ) -> AsyncGenerator[bytes]:
        """Yield the file in pieces; nothing is read ahead of who takes them, but for what a pipe holds."""
        async with self._places[public], asyncio.timeout(SECONDS):
            process = await _started()
            feeding = asyncio.create_task(_feed(process, head, pages))
            try:
                assert process.stdout is not None
                while piece := await process.stdout.read(PIECE):
                    yield piece
                await feeding
                if await process.wait():
                    raise TableBrokenError
            finally:
                feeding.cancel()
                await asyncio.gather(feeding, return_exceptions=True)
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()


async def _started() -> Process:
    command = (sys.executable, "-s", "-P", "-m", "app.tables.worker")
    return await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, env=ENVIRONMENT, cwd="/", start_new_session=True
    )


async def _feed(process: Process, head: Mapping[str, object], pages: AsyncIterator[bytes]) -> None:
    """Send the head, the pages and the end; the process is ended where a page cannot be read."""
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(head, ensure_ascii=False).encode() + b"\n")
        async for page in pages:
            process.stdin.write(page + b"\n")
            await process.stdin.drain()
        process.stdin.write(b"null\n")
        await process.stdin.drain()
    except BaseException:
        with suppress(ProcessLookupError):
            process.kill()
        raise
    finally:
        process.stdin.close()
