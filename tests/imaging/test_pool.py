import asyncio
import os
import signal
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from app.imaging import ImageLost, ImageRefused, ImagingBusy, ImagingPool, check_scan, clean
from app.imaging.process import MAX_BLOB
from tests.imaging.corpus import encoded, jpeg, pdf
from tests.imaging.processes import workers

pytestmark = pytest.mark.thorough
"""Processes are started, killed and waited for."""


@cache
def slow() -> bytes:
    """A picture that keeps a worker for most of a second and is made in less."""
    return encoded(Image.new("RGB", (8192, 8192)), "PNG", compress_level=1)


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 -- a process table has no event to wait for
            await asyncio.sleep(0.01)


async def test_it_starts_at_the_first_task_and_leaves_nothing_behind() -> None:
    before, files = workers(), open_files()
    pool = ImagingPool(workers=1)
    assert workers() == before
    await clean(pool, jpeg())
    assert len(workers() - before) == 1
    await pool.stop()
    assert workers() == before
    assert open_files() <= files


@pytest.mark.thorough
async def test_tasks_run_side_by_side_and_each_caller_gets_its_own(pool: ImagingPool) -> None:
    sizes = [(800 + 8 * step, 640) for step in range(12)]
    pictures = await asyncio.gather(*(clean(pool, encoded(Image.new("RGB", size), "JPEG")) for size in sizes))
    assert [(picture.width, picture.height) for picture in pictures] == sizes


async def test_first_come_first_served() -> None:
    done: list[int] = []

    async def take_turn(pool: ImagingPool, turn: int) -> None:
        await clean(pool, jpeg())
        done.append(turn)

    async with ImagingPool(workers=1) as pool:
        await asyncio.gather(*(take_turn(pool, turn) for turn in range(10)))
    assert done == list(range(10))


async def test_a_full_queue_says_come_again() -> None:
    async with ImagingPool(workers=1, queue=2) as pool:
        calls = [asyncio.create_task(clean(pool, jpeg())) for _ in range(6)]
        answers = await asyncio.gather(*calls, return_exceptions=True)
        assert sum(isinstance(answer, ImagingBusy) for answer in answers) >= 3
        assert (await clean(pool, jpeg())).width == 800


async def test_a_killed_worker_costs_its_own_task_only() -> None:
    before = workers()
    async with ImagingPool(workers=1) as pool:
        await clean(pool, jpeg())
        (victim,) = workers() - before
        doomed = asyncio.create_task(clean(pool, slow()))
        waiting = asyncio.create_task(clean(pool, jpeg()))
        await asyncio.sleep(0.15)
        os.kill(victim, signal.SIGKILL)
        with pytest.raises(ImageLost) as refused:
            await doomed
        assert (refused.value.code, refused.value.params) == ("broken_image", {"reason": "crashed"})
        assert (await waiting).width == 800
        assert victim not in workers()


async def test_a_worker_that_died_idle_costs_nobody_anything() -> None:
    before = workers()
    async with ImagingPool(workers=1) as pool:
        await clean(pool, jpeg())
        (victim,) = workers() - before
        os.kill(victim, signal.SIGKILL)
        await until(lambda: victim not in workers())
        await asyncio.sleep(0.05)  # one turn of the loop, which hears of it then
        assert (await clean(pool, jpeg())).width == 800


async def test_a_task_that_takes_too_long_is_ended() -> None:
    async with ImagingPool(workers=1, seconds=1) as pool:
        with pytest.raises(ImageLost) as refused:
            await check_scan(pool, slow())
        assert (refused.value.code, refused.value.params) == ("broken_scan", {"reason": "too_slow"})
        assert (await check_scan(pool, pdf())).pages == 2


async def test_what_is_larger_than_the_file_in_memory_is_refused_and_not_cut_short() -> None:
    async with ImagingPool(workers=1, program=("tests.imaging.made_to_measure",)) as pool:
        with pytest.raises(ImageRefused) as refused:
            await pool.run("print", b"", size=MAX_BLOB + 1)
        assert (refused.value.code, refused.value.params) == ("broken_image", {"reason": "too_large"})
        assert len((await pool.run("print", b"", size=MAX_BLOB))["content"]) == MAX_BLOB


async def test_a_worker_that_did_not_write_what_it_promises_is_lost() -> None:
    async with ImagingPool(workers=1, program=("tests.imaging.made_to_measure", "lying")) as pool:
        for size in (1, MAX_BLOB + 1):
            with pytest.raises(ImageLost):
                await pool.run("print", b"", size=size)


async def test_workers_are_replaced_when_worn() -> None:
    before, seen = workers(), set[int]()
    async with ImagingPool(workers=1, tasks_per_worker=2) as pool:
        for _ in range(6):
            await clean(pool, jpeg())
            seen |= workers() - before
    assert len(seen) >= 3


@pytest.mark.thorough
async def test_a_caller_who_leaves_frees_the_place() -> None:
    async with ImagingPool(workers=1, queue=3) as pool:
        await clean(pool, jpeg())
        busy = asyncio.create_task(clean(pool, slow()))
        await asyncio.sleep(0.1)
        leaving = [asyncio.create_task(clean(pool, slow())) for _ in range(2)]
        staying = asyncio.create_task(clean(pool, jpeg()))
        await asyncio.sleep(0)
        for caller in leaving:
            caller.cancel()
        async with asyncio.timeout(60):
            assert (await staying).width == 800
        assert (await busy).width == 4096


async def test_stopping_tells_those_who_wait() -> None:
    pool = ImagingPool(workers=1)
    await pool.start()
    calls = [asyncio.create_task(clean(pool, slow())) for _ in range(3)]
    await asyncio.sleep(0.3)
    await pool.stop()
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(answer, ImagingBusy) for answer in answers)


async def test_a_worker_that_cannot_start_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    async with ImagingPool(workers=1) as pool:
        with pytest.raises(ImagingBusy):
            await clean(pool, jpeg())
