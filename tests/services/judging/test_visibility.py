"""The locks of a round, and the assignments that count."""

import asyncio

from sqlalchemy import select

from app.context import Context
from app.models import Assignment
from app.services.judging.visibility import IN_FORCE, hold_round, lock_round
from tests.world import NOW, World, actor_of
from tests.world.judging import judging, outcome


async def test_two_hold_a_round_at_once_and_a_change_waits_for_both(world: World) -> None:
    made = await judging(world, judges=2)
    held, ended = asyncio.Barrier(3), []

    async def hold(ctx: Context) -> None:
        await hold_round(ctx, made.round.id)
        await held.wait()
        await asyncio.sleep(0.05)
        ended.append("held")

    async def change(ctx: Context) -> None:
        await held.wait()
        await lock_round(ctx, made.round.id)
        ended.append("changed")

    acts = [*((judge, hold) for judge in made.judges), (made.clerk, change)]
    done = await asyncio.gather(*(outcome(world, actor_of(account), act) for account, act in acts))
    assert (done, ended) == (["done"] * 3, ["held", "held", "changed"])


async def test_nobody_locks_a_round_unseen(world: World) -> None:
    made = await judging(world)
    stranger = actor_of(await made.judge(member=False))
    assert await outcome(world, stranger, lambda ctx: hold_round(ctx, made.round.id)) == "not-found"
    assert await outcome(world, stranger, lambda ctx: lock_round(ctx, made.round.id)) == "not-found"


async def test_an_assignment_stands_until_it_is_withdrawn_whatever_conflict_is_found(world: World) -> None:
    judged = await judging(world, cases=3)
    judge = await judged.judge(committee_id=judged.committees[1].id)
    rows = [await judged.assign(case, judge) for case in judged.cases]
    async with world.database.transaction() as session:
        (await session.get_one(Assignment, rows[2].id)).withdrawn_at = NOW
        standing = list(await session.scalars(select(Assignment.id).where(IN_FORCE).order_by(Assignment.id)))
    assert standing == [row.id for row in rows[:2]]
