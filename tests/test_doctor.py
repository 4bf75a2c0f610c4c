"""Findings of the doctor about events and jobs."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from app.doctor import INVARIANTS, WORKER_INVARIANTS
from app.models import Follower
from app.services import jobs
from app.services.history import mark
from tests.world import World
from tests.world.worker import MARK, number_all

Owner = Any
"""asyncpg's connection, which is generic for the type checker only."""


async def broken(world: World) -> set[str]:
    every = INVARIANTS | WORKER_INVARIANTS
    async with world.database.transaction() as session:
        return {words for words, statement in every.items() if (await session.scalars(text(statement))).all()}


def old_id() -> UUID:
    """An id made two minutes ago."""
    return UUID(int=uuid7().int - (120_000 << 80))


async def events(world: World, count: int) -> None:
    async with jobs.acting(world.database) as ctx:
        for _ in range(count):
            mark(ctx, uuid4(), MARK)


async def test_events_on_their_way_are_in_order(world: World) -> None:
    await events(world, 3)
    assert await broken(world) == set()
    await number_all(world.database)
    await world.add(Follower(name="slow", position=0))
    await events(world, 1)
    assert await broken(world) == set()


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        ("DELETE FROM audit_events WHERE sequence = 2", "the numbers of events have a gap"),
        ("UPDATE audit_events SET sequence = 7 WHERE sequence = 3", "the numbers of events have a gap"),
    ],
)
async def test_a_gap_is_found(world: World, owner: Owner, harm: str, found: str) -> None:
    await events(world, 3)
    await number_all(world.database)
    await owner.execute(harm)
    assert await broken(world) == {found}


async def test_what_waits_for_more_than_a_minute_is_found(world: World, owner: Owner) -> None:
    await events(world, 1)
    await owner.execute("UPDATE audit_events SET id = $1", old_id())
    assert await broken(world) == {"an event has waited for its number for more than a minute: is there a worker?"}
    await number_all(world.database)
    assert await broken(world) == set()
    await world.add(Follower(name="slow", position=0))
    assert await broken(world) == {"a follower of the events is more than a minute behind"}


async def test_what_failed_for_good_is_found(world: World, owner: Owner) -> None:
    async with jobs.acting(world.database) as ctx:
        await jobs.enqueue(ctx, "mail")
    assert await broken(world) == set()
    await owner.execute("UPDATE procrastinate_jobs SET status = 'failed'")
    assert await broken(world) == {"a job failed for good (see GET /api/v1/jobs)"}
