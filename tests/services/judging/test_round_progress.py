"""Progress of a round: for the office only, in agreement with the rules of closing, and with the time for scoring."""

from datetime import timedelta

import pytest

from app.context import Actor
from app.models import Assignment
from app.problems import Forbidden
from app.services.judging import round_progress, rounds
from app.services.judging.round_progress import RoundProgress
from tests.world import NOW, World, actor_of
from tests.world.judging import Judging, judging

TICK = timedelta(microseconds=1)


async def progress(made: Judging, actor: Actor | None = None) -> RoundProgress:
    async with made.world.viewing(actor or actor_of(made.clerk)) as view:
        return await round_progress.read(view, made.round.id)


async def test_a_judge_of_the_panel_is_refused(world: World) -> None:
    made = await judging(world, judges=1)
    with pytest.raises(Forbidden):
        await progress(made, actor_of(made.judges[0]))


async def test_the_cases_that_lack_reviews_are_those_that_keep_the_round_open(world: World) -> None:
    made = await judging(world, cases=4, judges=2, reviews_wanted=2)
    for case in made.cases[:3]:
        for judge in made.judges:
            review = await made.scored(case, judge, 80)
    async with world.database.transaction() as session:
        withdrawn = await session.get_one(Assignment, review.assignment_id)
        withdrawn.withdrawn_at, withdrawn.withdrawn_by = NOW, made.clerk.id
    await made.recuse(made.judges[0], made.cases[1])
    lacking = [case.figures.lacking for case in (await progress(made)).cases]
    async with world.viewing(actor_of(made.clerk)) as view:
        facts = (await rounds.read(view, made.round.id)).facts
    assert facts is not None
    assert (lacking, facts.missing) == ([0, 1, 1, 2], 3)


@pytest.mark.parametrize(
    ("after_opening", "reminded"),
    [(-TICK, False), (timedelta(0), True), (timedelta(days=1) - TICK, True), (timedelta(days=1), False)],
)
async def test_a_judge_is_reminded_in_the_time_for_scoring_only(
    world: World, after_opening: timedelta, reminded: bool
) -> None:
    made = await judging(world, cases=1, judges=2, opens_at=NOW, closes_at=NOW + timedelta(days=1))
    await made.assign(made.cases[0], made.judges[0])
    await made.scored(made.cases[0], made.judges[1], 80)
    world.database.clock.stopped_at = NOW + after_opening
    to_remind = {each.row.reviewer_id: each.to_remind for each in (await progress(made)).judges}
    assert to_remind == {made.judges[0].id: reminded, made.judges[1].id: False}
