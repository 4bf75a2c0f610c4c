"""Workers as processes: killed in the middle, told to stop, and left without a database."""

import asyncio
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy import make_url

from app import worker
from app.services import events, jobs
from app.services.policies.jobs import TASKS
from app.settings import Settings
from tests.world import World
from tests.world.worker import a_worker, marks, plain

Owner = Any
"""asyncpg's connection, which is generic for the type checker only."""


async def job_to_leave_a_mark(world: World) -> UUID:
    subject = uuid4()
    async with jobs.acting(world.database) as ctx:
        await jobs.enqueue(ctx, "leave_a_mark", subject_id=subject)
    return subject


async def reached(here: Connection) -> None:
    assert await asyncio.to_thread(here.poll, 20)
    assert here.recv() == "here"


async def ended(process: BaseProcess) -> int | None:
    """The exit code of a process that was told to stop."""
    await asyncio.to_thread(process.join, 60)
    return process.exitcode


async def until(owner: Owner, question: str) -> None:
    """Wait until another process has made the answer yes."""
    async with asyncio.timeout(60):
        while not await owner.fetchval(question):  # noqa: ASYNC110  # nobody here knows when
            await asyncio.sleep(0.05)  # nobody here knows when


async def until_nothing_is_left(owner: Owner) -> None:
    await until(owner, "SELECT count(*) = 0 FROM procrastinate_jobs")


@pytest.mark.thorough
@pytest.mark.parametrize("where", ["before", "after"])
async def test_what_a_worker_was_killed_over_is_done_once_in_effect_by_another(
    world: World, settings: Settings, owner: Owner, where: str
) -> None:
    subject = await job_to_leave_a_mark(world)
    with a_worker(settings, where) as (process, here):
        await reached(here)
        assert await marks(world.database, subject) == (where == "after")
        process.kill()
        with a_worker(settings):
            await until_nothing_is_left(owner)
    assert await marks(world.database, subject) == 1


@pytest.mark.thorough
async def test_workers_that_die_all_the_time_leave_nothing_undone_and_nothing_done_twice(
    world: World, settings: Settings, owner: Owner
) -> None:
    subjects = [await job_to_leave_a_mark(world) for _ in range(60)]
    for where in ("before", "after", "before", "after"):
        with a_worker(settings, where) as (process, here):
            await reached(here)
            process.kill()
    with a_worker(settings), a_worker(settings):
        await until(owner, "SELECT count(*) = 0 FROM procrastinate_jobs WHERE status = 'doing'")
        await owner.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL")  # past every pause
        await until_nothing_is_left(owner)
    assert [await marks(world.database, subject) for subject in subjects] == [1] * 60


@pytest.mark.thorough
async def test_a_worker_told_to_stop_puts_back_what_it_cannot_finish(
    world: World, settings: Settings, owner: Owner
) -> None:
    subject = await job_to_leave_a_mark(world)
    with a_worker(settings, "before") as (process, here):
        await reached(here)
        process.terminate()
        assert await ended(process) == 0
    rows = await owner.fetch("SELECT status::text, attempts FROM procrastinate_jobs")
    assert [tuple(row) for row in rows] == [("todo", 1)]
    assert await owner.fetchval("SELECT count(*) FROM procrastinate_workers") == 0
    with a_worker(settings):
        await until_nothing_is_left(owner)
    assert await marks(world.database, subject) == 1


async def test_an_idle_worker_ends_at_once(settings: Settings, world: World, owner: Owner) -> None:
    with a_worker(settings, finishing=600) as (process, _):
        await until(owner, "SELECT count(*) > 0 FROM procrastinate_workers")
        process.terminate()
        assert await ended(process) == 0


class Door:
    """The way to the database, which can be shut: whoever is inside is thrown out."""

    def __init__(self, folder: Path, socket: Path) -> None:
        self.path, self._socket = folder / socket.name, socket
        self._server: asyncio.Server | None = None
        self._inside: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_unix_server(self._let_in, self.path)

    async def shut(self) -> None:
        assert self._server is not None
        self._server.close()
        await asyncio.to_thread(self.path.unlink, missing_ok=True)
        for writer in self._inside:
            writer.transport.abort()
        await self._server.wait_closed()

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_unix_connection(self._socket)
        self._inside |= {writer, inner_writer}
        await asyncio.gather(self._carry(reader, inner_writer), self._carry(inner_reader, writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.transport.abort()


@pytest.fixture
def door(settings: Settings, tmp_path: Path) -> Door:
    folder = make_url(plain(settings.database_url)).query["host"]
    return Door(tmp_path, Path(str(folder)) / ".s.PGSQL.5432")


@pytest.mark.thorough
async def test_a_worker_outlives_its_database(world: World, settings: Settings, owner: Owner, door: Door) -> None:
    url = make_url(plain(settings.database_url)).update_query_dict({"host": str(door.path.parent)})
    through = SecretStr(url.render_as_string(hide_password=False))
    with a_worker(settings.model_copy(update={"database_url": through})) as (process, _):
        for _ in range(3):  # no database when it starts, and none twice afterwards
            subject = await job_to_leave_a_mark(world)
            await asyncio.sleep(0.5)
            assert await marks(world.database, subject) == 0
            await door.open()
            await until_nothing_is_left(owner)
            assert await marks(world.database, subject) == 1
            await door.shut()
        process.terminate()
        assert await ended(process) == 0


async def test_every_task_has_its_words(world: World, settings: Settings) -> None:
    work = worker.work_of(world.database, world.app.state.storage, settings)
    assert set(TASKS) == {events.HANDLE_LATER, *work.tasks}
