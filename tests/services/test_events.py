"""Events get their numbers, and followers their events: all, once, in order, whatever goes on meanwhile."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.chain import number
from app.context import Context
from app.database import is_away
from app.models.enums import Role
from app.services import events, jobs
from app.services.events import NumberedEvent
from app.services.history import mark
from app.settings import Settings
from tests.world import World
from tests.world.chain import loose
from tests.world.statements import noted
from tests.world.worker import MARK, number_all, work_off

Owner = Any
"""asyncpg's connection, which is generic for the type checker only."""
OFFICE = jobs.SYSTEM


class TakenBack(Exception):
    """A transaction that does not come to its end."""


async def happen(world: World, count: int = 1) -> list[UUID]:
    """So many events in one transaction."""
    subjects = [uuid4() for _ in range(count)]
    async with jobs.acting(world.database) as ctx:
        for subject in subjects:
            mark(ctx, subject, MARK)
    return subjects


async def feed(world: World, after: int = 0, limit: int = 500) -> list[NumberedEvent]:
    async with world.viewing(OFFICE) as view:
        return await events.feed(view, after=after, limit=limit)


class Writer:
    """Somebody who changes things, now quickly, now slowly, and sometimes takes it back."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self.world, self.chance = world, chance
        self.committed: list[UUID] = []

    async def write(self, count: int) -> None:
        for _ in range(count):
            subjects = [uuid4() for _ in range(self.chance.randint(1, 3))]
            try:
                await self._change(subjects)
            except TakenBack:
                continue
            self.committed += subjects

    async def _change(self, subjects: list[UUID]) -> None:
        async with jobs.acting(self.world.database) as ctx:
            for subject in subjects:
                mark(ctx, subject, MARK)
                await ctx.session.flush()
                await asyncio.sleep(self.chance.choice((0, 0, 0.001, 0.02)))
            if self.chance.random() < 0.25:
                raise TakenBack


async def sequence(world: World, ended: asyncio.Event) -> None:
    while not ended.is_set():
        await number(world.database, loose(), limit=7)
        await asyncio.sleep(0)


async def read_along(world: World, ended: asyncio.Event, chance: random.Random) -> list[NumberedEvent]:
    """A reader that knows nothing but the number of the last event it was given."""
    seen: list[NumberedEvent] = []
    while True:
        last = ended.is_set()
        seen += (rows := await feed(world, seen[-1].sequence if seen else 0, chance.randint(1, 9)))
        if last and not rows:
            return seen
        await asyncio.sleep(0)


@pytest.mark.parametrize("seed", range(3))
async def test_who_reads_while_others_write_sees_all_once_in_order(world: World, seed: int) -> None:
    chance, ended = random.Random(seed), asyncio.Event()
    writers = [Writer(world, random.Random(f"{seed}/{number}")) for number in range(6)]
    sequencers = [asyncio.create_task(sequence(world, ended)) for _ in range(2)]
    readers = [asyncio.create_task(read_along(world, ended, chance)) for _ in range(2)]
    await asyncio.gather(*(writer.write(12) for writer in writers))
    await number_all(world.database)
    ended.set()
    await asyncio.gather(*sequencers)
    committed = [subject for writer in writers for subject in writer.committed]
    for seen in await asyncio.gather(*readers):
        assert [row.sequence for row in seen] == list(range(1, len(committed) + 1))
        place = {row.subject_id: row.sequence for row in seen}
        assert place.keys() == set(committed)
        for writer in writers:
            places = [place[subject] for subject in writer.committed]
            assert places == sorted(places)


async def test_nothing_is_numbered_before_what_began_earlier_is_decided(world: World) -> None:
    async with jobs.acting(world.database) as slow:
        mark(slow, uuid4(), MARK)
        await slow.session.flush()
        await happen(world)
        assert await number(world.database, loose()) == 0
    assert sum(await number_all(world.database)) == 2


async def test_of_two_sequencers_one_does_it(world: World) -> None:
    await happen(world, 40)
    counts = await asyncio.gather(*(number_all(world.database) for _ in range(3)))
    assert sum(map(sum, counts)) == 40
    assert [row.sequence for row in await feed(world)] == list(range(1, 41))


async def test_batches_are_bounded(world: World) -> None:
    await happen(world, 5)
    assert await number_all(world.database, limit=2) == [2, 2, 1]


async def test_within_a_transaction_what_was_written_first_comes_first(world: World) -> None:
    subjects = await happen(world, 5)
    await number_all(world.database)
    assert [row.subject_id for row in await feed(world)] == subjects


@pytest.mark.parametrize("count", [1, 30])
async def test_numbering_and_chaining_cost_three_statements(world: World, count: int) -> None:
    await happen(world, count)
    with noted(world.database) as sent:
        while not await number(world.database, loose()):
            sent.clear()  # somebody else's transaction holds them up
    assert len(sent) == 3


async def test_what_was_restored_from_another_cluster_is_numbered_before_what_happened_here(
    world: World, owner: Owner
) -> None:
    """There the transactions had come further than they have here: to this cluster these lie in the future."""
    later, earlier = await happen(world), await happen(world)
    await owner.execute("UPDATE audit_events SET transaction = 2::bigint ^ 60 WHERE subject_id = $1", later[0])
    await owner.execute("UPDATE audit_events SET transaction = 2::bigint ^ 59 WHERE subject_id = $1", earlier[0])
    today = await happen(world)
    assert sum(await number_all(world.database)) == 3
    assert [row.subject_id for row in await feed(world)] == earlier + later + today


class Follower:
    """Somebody whose effect for every event is a job."""

    def __init__(self) -> None:
        self.poison: set[UUID] = set()
        self.before_commit: list[Any] = []

    async def handle(self, ctx: Context, rows: Sequence[NumberedEvent]) -> None:
        for row in rows:
            if row.subject_id in self.poison:
                raise TakenBack
            await jobs.enqueue(ctx, "effect", of=row.subject_id)
        while self.before_commit:
            await self.before_commit.pop()(ctx)


async def effects(owner: Owner) -> list[UUID]:
    rows = await owner.fetch("SELECT args->>'of' AS of FROM procrastinate_jobs WHERE task_name = 'effect' ORDER BY id")
    return [UUID(row["of"]) for row in rows]


async def followed(world: World, follower: Follower, limit: int = events.BATCH) -> list[int]:
    """Number of events that each call handled, until none is left."""
    counts = []
    while count := await events.follow(world.database, "followers", follower.handle, limit):
        counts.append(count)
    return counts


async def test_a_follower_is_given_all_once_in_order_and_in_pieces(world: World, owner: Owner) -> None:
    subjects = await happen(world, 5)
    await number_all(world.database)
    assert await followed(world, Follower(), limit=2) == [2, 2, 1]
    subjects += await happen(world)
    assert await followed(world, Follower()) == []
    await number_all(world.database)
    assert await followed(world, Follower()) == [1]
    assert await effects(owner) == subjects


async def test_several_workers_have_one_effect(world: World, owner: Owner) -> None:
    subjects = await happen(world, 60)
    await number_all(world.database)
    follower = Follower()
    while len(await effects(owner)) < 60:
        await asyncio.gather(*(events.follow(world.database, "followers", follower.handle, 5) for _ in range(5)))
    assert await effects(owner) == subjects


async def test_a_follower_killed_before_its_commit_has_its_effect_once(world: World, owner: Owner) -> None:
    subjects = await happen(world, 3)
    await number_all(world.database)

    async def kill(ctx: Context) -> None:
        backend = await ctx.session.scalar(text("SELECT pg_backend_pid()"))
        async with world.database.transaction() as other:
            await other.execute(text("SELECT pg_terminate_backend(:backend)"), {"backend": backend})

    follower = Follower()
    follower.before_commit.append(kill)
    with pytest.raises(Exception, match=r".") as killed:
        await events.follow(world.database, "followers", follower.handle)
    assert is_away(killed.value)
    assert await effects(owner) == []
    assert await followed(world, follower) == [3]
    assert await effects(owner) == subjects


async def test_an_event_that_cannot_be_handled_holds_up_nothing_and_becomes_a_job(
    world: World, owner: Owner, settings: Settings
) -> None:
    subjects = await happen(world, 9)
    await number_all(world.database)
    follower = Follower()
    follower.poison = {subjects[4]}
    assert sum(await followed(world, follower)) == 9
    assert await effects(owner) == [*subjects[:4], *subjects[5:]]
    office = await world.client_of(Role.OFFICE)
    (job,) = (await office.get("/api/v1/jobs", params={"task": events.HANDLE_LATER})).json()["items"]
    assert job["arguments"] == {"follower": "followers", "sequence": 5}
    follower.poison = set()
    await work_off(settings, world.database, {"effect": had}, {"followers": follower.handle})
    assert await owner.fetch("SELECT task_name FROM procrastinate_jobs") == []


async def had(of: str) -> None:
    """The effect itself is of no interest."""


async def test_it_is_quiet_when_everything_is_numbered_and_seen(world: World) -> None:
    names = ["one", "another"]

    async def seen(*followers: str) -> bool:
        for name in followers:
            while await events.follow(world.database, name, ignore):
                continue
        return await events.is_quiet(world.database, names)

    await number_all(world.database)
    assert not await seen("one")
    assert await seen("another")
    await happen(world)
    assert not await seen(*names)
    await number_all(world.database)
    assert not await seen("one")
    assert await seen("another")


async def ignore(_ctx: Context, _events: Sequence[NumberedEvent]) -> None:
    """Follow without doing anything."""
