import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.context import Actor
from app.database import Clock
from app.imaging import Facts, ImageRefused, ImagingBusy, ImagingPool
from app.models import UploadAllowance
from app.models.enums import Role
from app.problems import InsufficientStorage, LimitReached
from app.services.limits import Disk, Meter, MeteredPool, Traffic, UploadedBytes
from app.services.policies.limits import CHANGES_USED_UP, PROCESSING_USED_UP, UPLOADS_USED_UP, Allowance
from tests.world import NOW, World

ACTOR, OTHER = (Actor(uuid4(), Role.UNIT, name) for name in ("李文博", "王秀兰"))
ACCOUNT, ANOTHER = uuid4(), uuid4()
UPLOADED = UploadedBytes(Allowance(UPLOADS_USED_UP, 10, hours=1))


async def uploads(world: World, count: int, actor: Actor = ACTOR) -> str:
    try:
        async with world.acting(actor) as ctx:
            await UPLOADED.use(ctx, count)
    except LimitReached:
        return "refused"
    return "counted"


async def test_uploads_at_once_never_exceed_the_allowance_together(world: World) -> None:
    for round_ in range(5):
        actor = Actor(uuid4(), Role.UNIT, f"{round_}")
        outcomes = await asyncio.gather(*(uploads(world, 3, actor) for _ in range(8)))
        assert sorted(outcomes) == ["counted"] * 3 + ["refused"] * 5


async def test_each_account_has_its_own(world: World) -> None:
    assert [await uploads(world, 10), await uploads(world, 1), await uploads(world, 10, OTHER)] == [
        "counted",
        "refused",
        "counted",
    ]


async def test_time_restores_it(world: World, clock: Clock) -> None:
    assert await uploads(world, 10) == "counted"
    clock.stopped_at = NOW + timedelta(minutes=6)
    assert [await uploads(world, 2), await uploads(world, 1), await uploads(world, 1)] == [
        "refused",
        "counted",
        "refused",
    ]


async def test_what_is_given_back_may_be_used(world: World) -> None:
    assert await uploads(world, 10) == "counted"
    async with world.acting(ACTOR) as ctx:
        await UPLOADED.give_back(ctx, 4)
    assert [await uploads(world, 4), await uploads(world, 1)] == ["counted", "refused"]


async def test_a_count_that_is_rolled_back_is_none(world: World) -> None:
    with suppress(RuntimeError):
        async with world.acting(ACTOR) as ctx:
            await UPLOADED.use(ctx, 10)
            raise RuntimeError
    assert await uploads(world, 10) == "counted"


async def test_an_account_has_one_row(world: World) -> None:
    for _ in range(5):
        await uploads(world, 1)
    async with world.database.transaction() as session:
        rows = (await session.scalars(select(UploadAllowance))).all()
    assert [(row.account_id, row.restored_at) for row in rows] == [(ACTOR.id, NOW + timedelta(minutes=30))]


class Pool:
    """Stands for the imaging workers: each task holds one for so many seconds, or fails."""

    longest = 30.0

    def __init__(self, *outcomes: float | Exception) -> None:
        self.outcomes = list(outcomes)

    async def run(self, _task: str, _data: bytes, held: object, **_: int) -> Facts:
        await asyncio.sleep(0)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, ImagingBusy):
            raise outcome
        assert callable(held)
        held(2.0 if isinstance(outcome, Exception) else outcome)
        if isinstance(outcome, Exception):
            raise outcome
        return {}


def metered(pool: Pool, meter: Meter, account_id: UUID = ACCOUNT) -> MeteredPool:
    return MeteredPool(cast(ImagingPool, pool), meter, account_id)


async def ran(pool: MeteredPool) -> str:
    try:
        await pool.run("picture", b"", shortest_side=1)
    except (ImageRefused, ImagingBusy, LimitReached) as error:
        return type(error).__name__
    return "done"


async def test_a_task_costs_the_seconds_that_a_worker_was_held() -> None:
    meter = Meter(Allowance(PROCESSING_USED_UP, 60, hours=1))
    pool = Pool(10.0, ImageRefused("broken_image"), ImagingBusy(), 19.0, 5.0)
    account = metered(pool, meter)
    outcomes = [await ran(account) for _ in range(5)]
    assert outcomes == ["done", "ImageRefused", "ImagingBusy", "done", "LimitReached"], "10 + 2 + 0 + 19: 29 are left"
    assert await ran(metered(pool, meter, ANOTHER)) == "done"


async def test_no_more_tasks_begin_at_once_than_might_use_it_up() -> None:
    meter = Meter(Allowance(PROCESSING_USED_UP, 100, hours=1))
    account = metered(Pool(*[1.0] * 5), meter)
    assert sorted(await asyncio.gather(*(ran(account) for _ in range(5)))) == ["LimitReached"] * 2 + ["done"] * 3


def traffic(changes: int = 100) -> Traffic:
    return Traffic(Meter(Allowance(CHANGES_USED_UP, changes, hours=1)), at_once=3, uploads_at_once=1)


def test_places_are_held_and_left() -> None:
    busy = traffic()
    first, second = (busy.place(ACCOUNT, changes=False, upload=upload) for upload in (True, False))
    with first, second:
        with busy.place(ANOTHER, changes=False, upload=True), busy.place(ACCOUNT, changes=False, upload=False):
            assert refusal(busy) == "too_many_at_once"
        assert refusal(busy, upload=True) == "too_many_uploads_at_once"
        assert refusal(busy) is None
    assert refusal(busy, upload=True) is None


def test_a_place_is_left_also_when_the_request_fails() -> None:
    busy = traffic()
    for _ in range(10):
        with pytest.raises(RuntimeError), busy.place(ACCOUNT, changes=True, upload=True):
            raise RuntimeError
    assert refusal(busy, upload=True) is None


def test_changes_are_counted_and_reads_are_not() -> None:
    busy = traffic(changes=2)
    assert [refusal(busy, changes=True) for _ in range(3)] == [None, None, "changes_used_up"]
    assert refusal(busy) is None


def refusal(busy: Traffic, *, changes: bool = False, upload: bool = False) -> str | None:
    try:
        with busy.place(ACCOUNT, changes=changes, upload=upload):
            return None
    except LimitReached as refused:
        return refused.limit.rule.code


def test_below_the_floor_there_is_no_room(tmp_path: Path) -> None:
    Disk(tmp_path, 1).require_room()
    Disk(None, 2**62).require_room()
    with pytest.raises(InsufficientStorage):
        Disk(tmp_path, 2**62).require_room()
