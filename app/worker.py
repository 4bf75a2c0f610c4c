"""The other entrance to the same services: periodic duties, each done by one worker at a time."""

import asyncio
import ctypes
import logging
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from app.database import Clock, Database
from app.main import storage_settings
from app.services import files, idempotency, sessions
from app.settings import Settings
from app.storage import Storage

log = logging.getLogger("pinpai.worker")
PAUSE = timedelta(minutes=1)
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to be done again and again, harmless to repeat; `number` elects who does it."""

    number: int
    name: str
    do: Callable[[], Awaitable[int]]


def run(settings: Settings) -> None:
    """Do the duties until SIGTERM or Ctrl-C."""
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    assert settings.database_url is not None, "configured, or handed over by serve"
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    database = Database(settings.database_url.get_secret_value(), pool_size=2, clock=Clock(settings.offset_from_now()))
    await database.open()
    async with Storage(storage_settings(settings)) as storage:
        await _repeat(database, duties(database, storage, settings), stopping)
    await database.close()


def duties(database: Database, storage: Storage, settings: Settings) -> list[Duty]:
    """Everything that is done without anybody asking."""
    return [
        Duty(1, "clear files", lambda: files.sweep(database, storage, grace_days=settings.file_grace_days)),
        Duty(2, "forget idempotency keys", lambda: idempotency.forget(database)),
        Duty(3, "forget ended sessions", lambda: sessions.forget(database)),
    ]


async def _repeat(database: Database, all_duties: list[Duty], stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        for duty in all_duties:
            await _attempt(database, duty)
        try:
            await asyncio.wait_for(stopping.wait(), PAUSE.total_seconds())
        except TimeoutError:
            continue


async def _attempt(database: Database, duty: Duty) -> None:
    """Do it unless another worker is at it; a failure is logged and tried again at the next round."""
    try:
        async with database.transaction() as election:
            if await election.scalar(_ELECTED, {"number": duty.number}) and (done := await duty.do()):
                log.info("%s: %d", duty.name, done)
    except Exception:
        log.exception("%s failed", duty.name)


_ELECTED = text("SELECT pg_try_advisory_xact_lock(5703, :number)")


def _end_with_parent() -> None:
    """A supervisor that is killed takes its worker along (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s", level=logging.INFO)
    _end_with_parent()
    run(Settings())
