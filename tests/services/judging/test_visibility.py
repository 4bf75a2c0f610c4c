"""The locks of a round: shared by those who rely on it, exclusive for whoever changes it."""

import asyncio

from app.context import Context
from app.services.judging.visibility import hold_round, lock_round
from tests.world import World, actor_of
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
