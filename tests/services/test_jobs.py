"""Jobs: there exactly when their cause is, done until they are done, and none in another's way."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.models.enums import Role
from app.services import jobs
from app.services.jobs import Postponed
from app.settings import Settings
from app.worker import Task
from tests.world import NOW, World
from tests.world.jobs import SCHEDULE
from tests.world.statements import noted
from tests.world.worker import work_off

Owner = Any
"""asyncpg's connection, which is generic for the type checker only."""


class Refused(Exception):
    """An error that a task may raise."""


@pytest.fixture
def done() -> list[str]:
    return []


async def rows(owner: Owner, columns: str = "task_name, status::text, attempts") -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await owner.fetch(f"SELECT {columns} FROM procrastinate_jobs ORDER BY id")]


async def enqueue(world: World, task: str, **options: Any) -> int:
    async with jobs.acting(world.database) as ctx:
        return await jobs.enqueue(ctx, task, **options)


async def test_a_job_exists_exactly_when_its_cause_commits(world: World, owner: Owner) -> None:
    async def cause(task: str, *, refused: bool) -> None:
        async with jobs.acting(world.database) as ctx:
            await jobs.enqueue(ctx, task)
            if refused:
                raise Refused

    await cause("kept", refused=False)
    with pytest.raises(Refused):
        await cause("lost", refused=True)
    assert await rows(owner) == [("kept", "todo", 0)]


async def test_a_job_costs_its_cause_one_statement(world: World) -> None:
    async with jobs.acting(world.database) as ctx:
        with noted(world.database) as sent:
            await jobs.enqueue(ctx, "deliver", lock="nomination", at=NOW + timedelta(hours=1), delivery_id=UUID(int=1))
    assert len(sent) == 1


async def test_a_job_waits_as_long_as_the_deployments_clock_says(world: World, owner: Owner) -> None:
    await enqueue(world, "remind", at=NOW + timedelta(hours=2))
    await enqueue(world, "remind", at=NOW - timedelta(hours=2))
    waits = await owner.fetch("SELECT round(extract(epoch FROM scheduled_at - now())) AS w FROM procrastinate_jobs")
    assert [-5 < row["w"] - expected <= 1 for row, expected in zip(waits, (7200, 0), strict=True)] == [True, True]


async def test_what_is_done_is_gone_and_was_told_its_arguments(
    world: World, settings: Settings, owner: Owner, done: list[str]
) -> None:
    async def deliver(**args: Any) -> None:
        done.append(repr(args))

    await enqueue(world, "deliver", delivery_id=UUID(int=1), number=2)
    await work_off(settings, world.database, {"deliver": deliver})
    assert done == ["{'number': 2, 'delivery_id': '00000000-0000-0000-0000-000000000001'}"]
    assert await rows(owner) == []


async def test_a_poisoned_job_blocks_nobody_but_those_that_must_come_after_it(
    world: World, settings: Settings, owner: Owner, done: list[str]
) -> None:
    async def deliver(name: str) -> None:
        if name == "poison":
            raise Refused("not this one")
        done.append(name)

    for name, lock in (("poison", "a"), ("after it", "a"), ("other", "b"), ("free", None)):
        await enqueue(world, "deliver", lock=lock, name=name)
    await work_off(settings, world.database, {"deliver": deliver})
    assert sorted(done) == ["free", "other"]
    assert await rows(owner, "args->>'name', status::text, attempts, failure") == [
        ("poison", "todo", 1, "Refused: not this one"),
        ("after it", "todo", 0, None),
    ]


async def test_jobs_of_one_lock_are_done_in_their_order_by_any_number_of_workers(
    world: World, settings: Settings, done: list[str]
) -> None:
    async def deliver(name: str) -> None:
        await asyncio.sleep(0.002)
        done.append(name)

    for number in range(8):
        for lock in "ab":
            await enqueue(world, "deliver", lock=lock, name=f"{lock}{number}")
    tasks: dict[str, Task] = {"deliver": deliver}
    while len(done) < 16:
        await asyncio.gather(*(work_off(settings, world.database, tasks) for _ in range(2)))
    assert [[name for name in done if name[0] == lock] for lock in "ab"] == [
        [f"{lock}{number}" for number in range(8)] for lock in "ab"
    ]


async def test_what_fails_is_tried_fifteen_times_then_stands_failed_until_the_office_runs_it_again(
    world: World, settings: Settings, owner: Owner, done: list[str]
) -> None:
    async def mail(**_: Any) -> None:
        if not done:
            raise Refused("the server is down")

    job_id = await enqueue(world, "mail")
    pauses = []
    for _ in range(14):
        await work_off(settings, world.database, {"mail": mail})
        (pause,) = await rows(owner, "extract(epoch FROM scheduled_at - now())::float")
        pauses.append(pause[0])
        await owner.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")
    assert [0.8 * due - 2 < pause <= 1.2 * due + 1 for pause, due in zip(pauses, SCHEDULE, strict=True)] == [True] * 14
    await work_off(settings, world.database, {"mail": mail})
    assert await rows(owner) == [("mail", "failed", 15)]
    office = await world.client_of(Role.OFFICE)
    (failed,) = (await office.get("/api/v1/jobs", params={"status": "failed"})).json()["items"]
    assert [failed["task"], failed["attempts"], failed["failure"]] == ["mail", 15, "Refused: the server is down"]
    done.append("it is up again")
    await office.post(f"/api/v1/jobs/{UUID(int=job_id)}/retry")
    await work_off(settings, world.database, {"mail": mail})
    assert await rows(owner) == []


async def test_a_task_may_ask_for_more_time_than_the_schedule_gives(
    world: World, settings: Settings, owner: Owner
) -> None:
    async def deliver(**_: Any) -> None:
        raise Postponed(timedelta(hours=1), "429")

    await enqueue(world, "deliver")
    await work_off(settings, world.database, {"deliver": deliver})
    ((seconds, failure),) = await rows(owner, "extract(epoch FROM scheduled_at - now())::float, failure")
    assert 3500 < seconds < 3602
    assert failure == "Postponed: 429"


async def test_a_task_that_nobody_knows_fails_and_can_be_seen(world: World, settings: Settings, owner: Owner) -> None:
    await enqueue(world, "of_tomorrow")
    await work_off(settings, world.database, {})
    assert await rows(owner) == [("of_tomorrow", "failed", 1)]


@pytest.mark.parametrize(("attempts", "status", "seconds"), [(0, "todo", 0), (1, "todo", 5), (14, "todo", 86400)])
async def test_what_a_lost_worker_did_is_done_by_another_later_if_it_often_was_lost(
    world: World, owner: Owner, attempts: int, status: str, seconds: int
) -> None:
    job_id = await enqueue(world, "deliver")
    worker = await owner.fetchval("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
    values = "SET status = 'doing', worker_id = $1, attempts = $2 WHERE id = $3"
    await owner.execute(f"UPDATE procrastinate_jobs {values}", worker, attempts, job_id)
    assert await jobs.take_over(world.database, timedelta(seconds=30)) == 0
    await owner.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '31 s'")
    assert await jobs.take_over(world.database, timedelta(seconds=30)) == 1
    assert await jobs.take_over(world.database, timedelta(seconds=30)) == 0
    columns = "status::text, attempts, failure, round(extract(epoch FROM scheduled_at - now()))::int"
    ((found, tried, failure, wait),) = await rows(owner, columns)
    assert (found, tried, failure) == (status, attempts + 1, "the worker was lost")
    assert -2 <= wait - seconds <= 0


async def test_a_job_that_kills_every_worker_fails_in_the_end(world: World, owner: Owner) -> None:
    await enqueue(world, "deliver")
    await owner.execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = 15")
    assert await jobs.take_over(world.database, timedelta(seconds=30)) == 1
    assert await rows(owner) == [("deliver", "failed", 16)]
