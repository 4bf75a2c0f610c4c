"""Progress of the judging of a round, for the office."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.models import Assignment, Review
from tests.world import NOW, World
from tests.world.judging import Judging, judging
from tests.world.statements import noted

FIGURES = ("case_number", "assigned", "submitted", "unassigned", "lacking", "spread", "largest_difference")


async def progress(made: Judging) -> dict[str, Any]:
    answer = await made.by_office.get(f"/api/v1/rounds/{made.round.id}/progress")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def panel(world: World) -> Judging:
    """Two of three cases given to two of three judges, each of whom has done something else."""
    made = await judging(world, cases=3, judges=3, reviews_wanted=2)
    first, second, _ = made.judges
    await made.scored(made.cases[0], first, 60)
    await made.scored(made.cases[0], second, 90)
    await made.review(await made.assign(made.cases[1], first), 10, submitted=False)
    await made.assign(made.cases[2], first)
    return made


async def test_it_says_what_every_case_lacks_and_where_judges_disagree(world: World) -> None:
    found = await progress(await panel(world))
    assert [tuple(each[name] for name in FIGURES) for each in found["cases"]] == [
        (1, 2, 2, 0, 0, 21.2132, 30),
        (2, 1, 0, 1, 2, None, None),
        (3, 1, 0, 1, 2, None, None),
    ]
    assert found["totals"] == {
        "cases": 3,
        "complete": 1,
        "assigned": 4,
        "submitted": 2,
        "unassigned": 2,
        "lacking": 4,
    }


async def test_it_says_who_owes_what_and_whom_to_remind_while_the_round_takes_scores(world: World) -> None:
    made = await panel(world)

    async def judges() -> list[tuple[Any, ...]]:
        rows = {row["reviewer_id"]: row for row in (await progress(made))["judges"]}
        counts = [rows[str(judge.id)] for judge in made.judges]
        return [tuple(each[name] for name in ("assigned", "begun", "submitted", "outstanding")) for each in counts]

    async def reminded() -> list[str]:
        return [row["reviewer_id"] for row in (await progress(made))["judges"] if row["to_remind"]]

    assert await judges() == [(3, 2, 1, [2, 3]), (1, 1, 1, []), (0, 0, 0, [])]
    assert await reminded() == [str(made.judges[0].id)]
    world.database.clock.stopped_at = NOW + timedelta(days=30)
    assert (await judges(), await reminded()) == ([(3, 2, 1, [2, 3]), (1, 1, 1, []), (0, 0, 0, [])], [])


async def test_the_last_activity_is_that_of_the_judges_reviews(world: World) -> None:
    made = await panel(world)
    rows = {row["reviewer_id"]: row["last_activity_at"] for row in (await progress(made))["judges"]}
    assert [rows[str(judge.id)] for judge in made.judges] == ["2015-04-21T02:00:00Z"] * 2 + [None]


@pytest.mark.parametrize("how", ["withdrawn", "recused"])
async def test_what_stands_no_longer_counts_nowhere(world: World, how: str) -> None:
    made = await judging(world, cases=1, judges=2, reviews_wanted=2)
    for judge, score in zip(made.judges, (60, 90), strict=True):
        review = await made.scored(made.cases[0], judge, score)
    if how == "withdrawn":
        await _withdraw(made, review)
    else:
        await made.recuse(made.judges[1], made.cases[0])
    found = await progress(made)
    assert [tuple(each[name] for name in FIGURES) for each in found["cases"]] == [(1, 1, 1, 1, 1, None, None)]
    rows = {row["reviewer_id"]: row["assigned"] for row in found["judges"]}
    assert [rows[str(judge.id)] for judge in made.judges] == [1, 0]


async def _withdraw(made: Judging, review: Review) -> None:
    async with made.world.database.transaction() as session:
        row = await session.get_one(Assignment, review.assignment_id)
        row.withdrawn_at, row.withdrawn_by = NOW, made.clerk.id


async def test_of_a_round_that_is_not_there_nothing_is_said(world: World) -> None:
    made = await judging(world)
    assert (await made.by_office.get(f"/api/v1/rounds/{uuid4()}/progress")).status_code == 404
    assert [(await progress(made))[name] for name in ("cases", "judges")] == [[], []]


@pytest.mark.parametrize("rows", [1, 10])
async def test_it_is_read_with_four_statements_whatever_the_cases(world: World, rows: int) -> None:
    made = await judging(world, cases=rows, judges=2)
    for case in made.cases:
        await made.scored(case, made.judges[0], 50)
    with noted(world.database) as sent:
        await progress(made)
    assert len(sent) == 4
