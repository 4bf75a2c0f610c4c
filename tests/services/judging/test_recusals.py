import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.doctor import INVARIANTS
from app.models import Assignment, AuditEvent, Recusal
from app.models.enums import RecusalKind, Role, WithdrawalCause
from app.problems import NotFound, Problem, RulesViolated
from app.services.judging import assignments, recusals
from app.services.judging.assignments import AssignmentsCreate, AssignmentWanted
from app.services.judging.recusals import InterestDeclaration, RecusalCreate
from tests.world import World, actor_of
from tests.world.judging import Judging, judging


async def recuse(judged: Judging, **named: UUID) -> None:
    body = RecusalCreate(reviewer_id=judged.judges[0].id, reason="近亲属", **named)
    async with judged.world.acting(actor_of(judged.clerk)) as ctx:
        await recusals.recuse(ctx, body)


async def declare(judged: Judging, name: str) -> None:
    async with judged.world.acting(actor_of(judged.judges[0])) as ctx:
        await recusals.declare(ctx, InterestDeclaration(organisation_name=name, reason="曾任职"))


async def assign(judged: Judging, case: int) -> None:
    wanted = AssignmentWanted(application_id=judged.cases[case].id, reviewer_id=judged.judges[0].id)
    async with judged.world.acting(actor_of(judged.clerk)) as ctx:
        await assignments.assign_by_hand(ctx, judged.round.id, AssignmentsCreate(assignments=[wanted]))


async def outcome(act: object) -> str:
    try:
        await act  # type: ignore[misc]  # any of the coroutines above
    except RulesViolated as refused:
        return refused.findings[0].rule.code
    except Problem as refused:
        return refused.code()
    return "done"


async def test_a_recusal_and_an_assignment_of_the_same_pair_at_once_never_leave_it_standing(world: World) -> None:
    judged = await judging(world, cases=12, judges=1)
    outcomes = await asyncio.gather(
        *[
            outcome(act)
            for place, case in enumerate(judged.cases)
            for act in (
                [recuse(judged, unit_id=case.unit_id), assign(judged, place)]
                if place % 2
                else [assign(judged, place), declare(judged, judged.units[place].name)]
            )
        ]
    )
    assert set(outcomes) <= {"done", "conflict_of_interest"}
    async with world.database.transaction() as session:
        rows = list(await session.scalars(select(Assignment)))
        broken = {rule: list(await session.scalars(text(query))) for rule, query in INVARIANTS.items()}
    assert {row.withdrawal_cause for row in rows} <= {WithdrawalCause.CONFLICT}
    assert outcomes.count("done") == len(judged.cases) + len(rows)
    found = [rule for rule, ids in broken.items() if "reviewer" in rule and ids]
    assert found == []


async def test_of_ten_clerks_who_recuse_the_same_one_succeeds(world: World) -> None:
    judged = await judging(world, cases=1, judges=1)

    async def attempt() -> str:
        try:
            await recuse(judged, unit_id=judged.cases[0].unit_id)
        except Exception as refused:  # noqa: BLE001  # the route turns it into a finding, by the name of the index
            return str("recusals_standing_key" in str(refused))
        return "done"

    assert sorted(await asyncio.gather(*[attempt() for _ in range(10)])) == ["True"] * 9 + ["done"]


async def test_only_what_it_covers_is_withdrawn_in_every_round_that_is_not_closed(world: World) -> None:
    judged = await judging(world, cases=2, judges=1)
    later = await judging(world, campaign=judged.campaign, number=2)
    judge, (covered, other) = judged.judges[0], judged.cases
    twin = await judged.case(judged.units[0])
    rows = [await judged.assign(case, judge) for case in (covered, other, twin)]
    review = await judged.review(rows[0], 80)
    elsewhere = await later.case(judged.units[0])
    await later.judge()
    rows.append(await later.assign(elsewhere, later.judges[0]))
    await recuse(judged, unit_id=covered.unit_id)
    async with world.database.transaction() as session:
        stands = [(await session.get_one(Assignment, row.id)).withdrawn_at is None for row in rows]
        assert await session.get_one(type(review), review.id) is not None
    assert stands == [False, True, False, True]


async def test_abstaining_and_being_recused_are_recorded_as_different_things(world: World) -> None:
    judged = await judging(world, cases=2, judges=1)
    await declare(judged, judged.units[0].name)
    await recuse(judged, application_id=judged.cases[1].id)
    async with world.database.transaction() as session:
        rows = list(await session.scalars(select(Recusal).order_by(Recusal.id)))
        events = list(await session.scalars(select(AuditEvent).where(AuditEvent.action == "recusal.made")))
    assert [(row.kind, row.made_by) for row in rows] == [
        (RecusalKind.DECLARED, judged.judges[0].id),
        (RecusalKind.RECUSED, judged.clerk.id),
    ]
    assert sorted((event.data["kind"], event.actor_role) for event in events) == [
        ("declared", Role.REVIEWER),
        ("recused", Role.OFFICE),
    ]


async def test_a_case_that_is_not_theirs_is_not_found_and_makes_nobody_wait(world: World) -> None:
    judged = await judging(world, cases=1, judges=2)
    await judged.assign(judged.cases[0], judged.judges[0])
    (mine,) = (await judged.by_judge[0].get("/api/v1/cases")).json()["items"]
    body = recusals.CaseRecusal(kind=RecusalKind.ABSTAINED, reason="不熟悉该领域")
    async with world.acting(actor_of(judged.clerk)) as locking:
        await locking.session.execute(text("SELECT id FROM rounds FOR UPDATE"))
        async with world.acting(actor_of(judged.judges[1])) as ctx:
            with pytest.raises(NotFound):
                await recusals.keep_away_from_case(ctx, UUID(mine["id"]), body)
