"""The hold on a case: for its own judge, once its round has begun, and against a withdrawal meanwhile."""

import asyncio
from datetime import timedelta

from app.context import Context
from app.services.judging import assignments, cases
from app.services.judging.assignments import AssignmentsWithdrawal
from tests.world import NOW, World, actor_of
from tests.world.judging import case_of, judging, outcome


async def test_a_case_is_held_by_its_own_judge_only(world: World) -> None:
    made = await judging(world, cases=1, judges=2)
    await made.assign(made.cases[0], made.judges[0])
    case_id = await case_of(world, made.judges[0])
    outcomes = [
        await outcome(world, actor_of(account), lambda ctx: cases.hold(ctx, case_id))
        for account in (*made.judges, made.clerk)
    ]
    assert outcomes == ["done", "not-found", "not-found"]


async def test_a_case_is_held_from_the_instant_at_which_its_round_begins(world: World) -> None:
    made = await judging(world, cases=1, judges=1, opens_at=NOW)
    await made.assign(made.cases[0], made.judges[0])
    case_id, judge = await case_of(world, made.judges[0]), actor_of(made.judges[0])
    assert await outcome(world, judge, lambda ctx: cases.hold(ctx, case_id)) == "done"
    world.database.clock.stopped_at = NOW - timedelta(microseconds=1)
    assert await outcome(world, judge, lambda ctx: cases.hold(ctx, case_id)) == "not-found"


async def test_a_case_is_not_withdrawn_while_its_judge_holds_it(world: World) -> None:
    made = await judging(world, cases=1, judges=1)
    assignment = await made.assign(made.cases[0], made.judges[0])
    case_id, judge, clerk = await case_of(world, made.judges[0]), actor_of(made.judges[0]), actor_of(made.clerk)
    held, ended = asyncio.Event(), []

    async def hold(ctx: Context) -> None:
        await cases.hold(ctx, case_id)
        held.set()
        await asyncio.sleep(0.05)
        ended.append("judge")

    async def withdraw(ctx: Context) -> None:
        await held.wait()
        body = AssignmentsWithdrawal(assignment_ids=[assignment.id], reason="评审组调整")
        await assignments.withdraw_by_hand(ctx, made.round.id, body)
        ended.append("office")

    done = await asyncio.gather(outcome(world, judge, hold), outcome(world, clerk, withdraw))
    assert tuple(done) == ("done", "done")
    assert ended == ["judge", "office"]
    assert await outcome(world, judge, lambda ctx: cases.hold(ctx, case_id)) == "not-found"
