"""Acts on a round beside the acts of its judges, and their traces in the history."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from app.models import AuditEvent, PanelMember, Review, Round, RoundEntry
from app.models.enums import RoundStatus
from app.services.judging import reviews, rounds
from app.services.judging.rounds import RoundChange, RoundClosure
from tests.world import NOW, World, actor_of
from tests.world.judging import Judging, case_of, draft, judging, outcome

CRITERION: dict[str, Any] = {
    "code": "novelty",
    "name": "创新性",
    "description": "做法有新意。",
    "weight": 100,
    "minimum": 0,
    "maximum": 10,
    "anchors": [],
}


async def traces(made: Judging, action: str) -> Sequence[AuditEvent]:
    async with made.world.database.transaction() as session:
        wanted = select(AuditEvent).where(AuditEvent.subject_id == made.round.id, AuditEvent.action == action)
        return (await session.scalars(wanted)).all()


async def test_criteria_change_before_a_judge_relies_on_them_or_not_at_all(world: World) -> None:
    made = await judging(world, cases=1, judges=6)
    clerk, case_ids = actor_of(made.clerk), []
    for judge in made.judges:
        await made.assign(made.cases[0], judge)
        case_ids.append(await case_of(world, judge))
    change = RoundChange.model_validate({"criteria": [CRITERION]})

    async def save(place: int) -> str:
        judge = actor_of(made.judges[place])
        return await outcome(world, judge, lambda ctx: reviews.save(ctx, case_ids[place], draft(made, 50), 0))

    early = [save(place) for place in range(3)]
    editing = outcome(world, clerk, lambda ctx: rounds.edit(ctx, made.round.id, change, None))
    late = [save(place) for place in range(3, 6)]
    *saved, edited = await asyncio.gather(*early, *late, editing)
    async with world.database.transaction() as session:
        kept = await session.scalar(select(func.count()).select_from(Review))
    assert (edited, kept) in {("done", 0), ("rules-violated", 6)}
    assert set(saved) == {"rules-violated" if edited == "done" else "done"}


async def test_a_change_to_what_stands_already_leaves_no_trace(world: World) -> None:
    made = await judging(world)
    same = RoundChange(name=made.round.name, cut=made.round.cut)
    assert await outcome(world, actor_of(made.clerk), lambda ctx: rounds.edit(ctx, made.round.id, same, 1)) == "done"
    assert await traces(made, "round.edited") == []
    async with world.database.transaction() as session:
        assert (await session.get_one(Round, made.round.id)).version == 1


async def test_the_history_of_a_closing_counts_the_cases_without_their_reviews(world: World) -> None:
    made = await judging(world, cases=3, judges=1, reviews_wanted=1)
    await made.scored(made.cases[0], made.judges[0], 80)
    clerk, insisting = actor_of(made.clerk), RoundClosure(despite_missing=True)
    refused = await outcome(world, clerk, lambda ctx: rounds.end_judging(ctx, made.round.id, RoundClosure()))
    assert (refused, await traces(made, "round.closed")) == ("rules-violated", [])
    assert await outcome(world, clerk, lambda ctx: rounds.end_judging(ctx, made.round.id, insisting)) == "done"
    (trace,) = await traces(made, "round.closed")
    assert trace.data["missing"] == 2


async def test_a_draft_is_deleted_with_its_panel_and_cases_and_named_in_the_history(world: World) -> None:
    made = await judging(world, cases=1, judges=1, status=RoundStatus.DRAFT, opens_at=NOW + timedelta(days=1))
    deleted = await outcome(world, actor_of(made.clerk), lambda ctx: rounds.discard(ctx, made.round.id, 1))
    async with world.database.transaction() as session:
        left = [
            await session.scalar(select(func.count()).select_from(each)) for each in (Round, PanelMember, RoundEntry)
        ]
    (trace,) = await traces(made, "round.deleted")
    assert (deleted, left, trace.data["number"], trace.data["name"]) == ("done", [0, 0, 0], 1, "初评")
