"""Concurrent acts of judges and the office."""

import asyncio
from collections.abc import Awaitable

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.context import Context
from app.models import Assignment, Review
from app.models.enums import ReviewStatus, Role, RoundKind, RoundStatus
from app.services.judging import reviews
from app.services.judging.reviews import ReviewReopening
from app.services.judging.visibility import lock_round
from tests.world import NOW, World, actor_of
from tests.world.judging import Act, Judging, case_of, draft, judging, outcome


def close(made: Judging, counted: list[int]) -> Act:
    """Close the round as its office does: count under the lock, slowly, what has been submitted."""

    async def act(ctx: Context) -> None:
        round_ = await lock_round(ctx, made.round.id)
        submitted = select(func.count()).select_from(Review).where(Review.status == ReviewStatus.SUBMITTED)
        counted.append(await ctx.session.scalar(submitted) or 0)
        await asyncio.sleep(0.05)
        round_.status, round_.closed_at = RoundStatus.CLOSED, NOW

    return act


async def test_a_review_submitted_while_the_round_closes_counts_or_is_refused(world: World) -> None:
    made = await judging(world, cases=1, judges=8)
    ids = []
    for judge in made.judges:
        await made.review(await made.assign(made.cases[0], judge), 50, submitted=False)
        ids.append(await case_of(world, judge))
    counted: list[int] = []

    def submit(index: int) -> Awaitable[str]:
        return outcome(world, actor_of(made.judges[index]), lambda ctx: reviews.submit(ctx, ids[index]))

    early = [submit(index) for index in range(4)]
    closing = outcome(world, actor_of(made.clerk), close(made, counted))
    late = [submit(index) for index in range(4, 8)]
    *outcomes, closed = await asyncio.gather(*early, *late, closing)
    assert closed == "done"
    assert set(outcomes) <= {"done", "rules-violated"}
    assert counted == [outcomes.count("done")]


async def test_of_first_saves_at_once_one_is_kept(world: World) -> None:
    made = await judging(world, cases=1, judges=1)
    await made.assign(made.cases[0], made.judges[0])
    case_id, actor = await case_of(world, made.judges[0]), actor_of(made.judges[0])

    def save(score: int) -> Awaitable[str]:
        return outcome(world, actor, lambda ctx: reviews.save(ctx, case_id, draft(made, score), 0))

    outcomes = await asyncio.gather(*(save(score) for score in range(5)))
    assert sorted(outcomes) == ["done", *["stale-version"] * 4]
    async with world.database.transaction() as session:
        (row,) = (await session.scalars(select(Review))).all()
    assert (row.version, row.scores[0]["score"]) == (1, outcomes.index("done"))


async def test_of_later_editors_one_wins_and_the_others_are_told(world: World) -> None:
    made = await judging(world, cases=1, judges=1)
    await made.review(await made.assign(made.cases[0], made.judges[0]), 50, submitted=False)
    case_id, actor = await case_of(world, made.judges[0]), actor_of(made.judges[0])

    def save(score: int) -> Awaitable[str]:
        return outcome(world, actor, lambda ctx: reviews.save(ctx, case_id, draft(made, score), 1))

    assert sorted(await asyncio.gather(*(save(score) for score in range(5)))) == ["done", *["stale-version"] * 4]


async def test_a_review_is_submitted_once_and_given_back_once(world: World) -> None:
    made = await judging(world, cases=1, judges=1)
    row = await made.review(await made.assign(made.cases[0], made.judges[0]), 50, submitted=False)
    case_id, judge, clerk = await case_of(world, made.judges[0]), actor_of(made.judges[0]), actor_of(made.clerk)
    submitted = await asyncio.gather(*(outcome(world, judge, lambda ctx: reviews.submit(ctx, case_id)) for _ in "123"))
    assert sorted(submitted) == ["done", "wrong-state", "wrong-state"]
    body = ReviewReopening(reason="请核对")
    back = await asyncio.gather(*(outcome(world, clerk, lambda ctx: reviews.reopen(ctx, row.id, body)) for _ in "123"))
    assert sorted(back) == ["done", "wrong-state", "wrong-state"]


async def test_a_case_withdrawn_while_its_judge_saves_is_saved_before_or_not_at_all(world: World) -> None:
    made = await judging(world, cases=1, judges=1)
    assignment = await made.assign(made.cases[0], made.judges[0])
    case_id, judge, clerk = await case_of(world, made.judges[0]), actor_of(made.judges[0]), actor_of(made.clerk)
    held = asyncio.Event()

    async def withdraw(ctx: Context) -> None:
        row = await ctx.session.get_one(Assignment, assignment.id, with_for_update=True)
        held.set()
        await asyncio.sleep(0.05)
        row.withdrawn_at, row.withdrawn_by = NOW, made.clerk.id

    async def save() -> str:
        await held.wait()
        return await outcome(world, judge, lambda ctx: reviews.save(ctx, case_id, draft(made, 50), 0))

    assert tuple(await asyncio.gather(outcome(world, clerk, withdraw), save())) == ("done", "not-found")


async def test_the_database_lets_no_sheet_count_that_one_person_alone_has_read(world: World) -> None:
    made = await judging(world, cases=1, judges=1, kind=RoundKind.LIVE, blind=False)
    review = await made.scored(made.cases[0], made.judges[0], 80)
    clerk, second = made.clerk.id, (await world.account(Role.OFFICE)).id
    entered, submitted = ReviewStatus.ENTERED, ReviewStatus.SUBMITTED
    for status, by, checked in (
        (entered, None, None),
        (entered, clerk, second),
        (submitted, clerk, None),
        (submitted, clerk, clerk),
        (submitted, None, second),
    ):
        with pytest.raises(IntegrityError, match="reviews_second_person_check"):
            await world.put(review, status=status, entered_by=by, checked_by=checked)
    await world.put(review, status=entered, entered_by=clerk)
    await world.put(review, status=submitted, checked_by=second)
    with pytest.raises(IntegrityError, match="rounds_live_not_blind_check"):
        await world.put(made.round, blind=True)
