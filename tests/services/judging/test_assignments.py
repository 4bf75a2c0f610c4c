import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from app.models import Assignment, Reviewer
from app.models.enums import AssignmentOrigin, Role, RoundStatus, WithdrawalCause
from app.problems import Forbidden, NotFound, Problem, RulesViolated, WrongState
from app.services.judging import assignments
from app.services.judging.assignments import AssignmentsCreate, AssignmentsWithdrawal, AssignmentWanted
from tests.world import World, actor_of
from tests.world.judging import Judging, judging


def wanted(*pairs: tuple[UUID, UUID]) -> AssignmentsCreate:
    return AssignmentsCreate(assignments=[AssignmentWanted(application_id=one, reviewer_id=two) for one, two in pairs])


async def assign(judged: Judging, *pairs: tuple[int, int]) -> list[UUID]:
    """The office gives these cases to these judges, by their places."""
    body = wanted(*((judged.cases[case].id, judged.judges[judge].id) for case, judge in pairs))
    async with judged.world.acting(actor_of(judged.clerk)) as ctx:
        return await assignments.assign_by_hand(ctx, judged.round.id, body)


async def withdraw(judged: Judging, *ids: UUID, **more: Any) -> None:
    body = AssignmentsWithdrawal(assignment_ids=list(ids), reason="该评委出差", **more)
    async with judged.world.acting(actor_of(judged.clerk)) as ctx:
        await assignments.withdraw_by_hand(ctx, judged.round.id, body)


async def refusal(act: Any) -> list[tuple[str, str | None]]:
    with pytest.raises(RulesViolated) as refused:
        await act
    return [(finding.rule.code, finding.pointer) for finding in refused.value.findings]


async def rows(world: World) -> list[Assignment]:
    async with world.database.transaction() as session:
        return list(await session.scalars(select(Assignment).order_by(Assignment.id)))


async def test_many_cases_are_given_in_one_act(world: World) -> None:
    judged = await judging(world, cases=2, judges=2)
    ids = await assign(judged, (0, 0), (0, 1), (1, 0))
    made = await rows(world)
    assert [row.id for row in made] == ids
    assert {(row.round_id, row.origin, row.assigned_by, row.withdrawn_at) for row in made} == {
        (judged.round.id, AssignmentOrigin.MANUAL, judged.clerk.id, None)
    }
    assert [(row.application_id, row.reviewer_id) for row in made] == [
        (judged.cases[case].id, judged.judges[judge].id) for case, judge in ((0, 0), (0, 1), (1, 0))
    ]


async def test_everything_that_forbids_a_pair_is_told_at_once_and_nothing_is_assigned(world: World) -> None:
    judged = await judging(world, cases=4, judges=1)
    outside = await judged.case(entered=False)
    judge = judged.judges[0].id
    await judged.assign(judged.cases[0], judged.judges[0])
    near = await judged.judge(unit_id=judged.units[1].id, committee_id=judged.committees[1].id, maximum_load=1)
    elsewhere = await judged.judge(member=False)
    body = wanted(
        (judged.cases[0].id, judge),
        (outside.id, judge),
        (judged.cases[1].id, elsewhere.id),
        (judged.cases[1].id, near.id),
        (judged.cases[2].id, near.id),
        (judged.cases[2].id, near.id),
        (judged.cases[3].id, near.id),
        (uuid4(), uuid4()),
    )
    async with world.acting(actor_of(judged.clerk)) as ctx:
        found = await refusal(assignments.assign_by_hand(ctx, judged.round.id, body))
    assert found == [
        ("already_assigned", "/assignments/0"),
        ("not_an_entry", "/assignments/1/application_id"),
        ("not_on_panel", "/assignments/2/reviewer_id"),
        ("conflict_of_interest", "/assignments/3"),
        ("already_assigned", "/assignments/5"),
        ("load_exceeded", "/assignments/6/reviewer_id"),
        ("not_an_entry", "/assignments/7/application_id"),
        ("not_on_panel", "/assignments/7/reviewer_id"),
    ]
    assert len(await rows(world)) == 1


async def test_of_twenty_clerks_who_assign_the_same_pair_one_succeeds(world: World) -> None:
    judged = await judging(world, cases=1, judges=1)

    async def attempt() -> str:
        try:
            await assign(judged, (0, 0))
        except RulesViolated as refused:
            return refused.findings[0].rule.code
        return "assigned"

    outcomes = await asyncio.gather(*[attempt() for _ in range(20)])
    assert sorted(outcomes) == ["already_assigned"] * 19 + ["assigned"]
    assert len(await rows(world)) == 1


async def test_parallel_assignments_never_exceed_a_load(world: World) -> None:
    judged = await judging(world, cases=10)
    await judged.judge(maximum_load=3)
    await asyncio.gather(*[assign(judged, (case, 0)) for case in range(10)], return_exceptions=True)
    assert len(await rows(world)) == 3


async def test_a_load_counts_what_stands_in_the_round_only(world: World) -> None:
    judged = await judging(world, cases=4)
    judge = await judged.judge(maximum_load=1)
    withdrawn = await judged.assign(judged.cases[0], judge)
    await withdraw(judged, withdrawn.id)
    await judged.assign(judged.cases[1], judge)
    await judged.recuse(judge, judged.cases[1])
    earlier = await judging(world, campaign=judged.campaign, number=2)
    earlier.judges = [judge]
    await assign(judged, (2, 0))
    assert await refusal(assign(judged, (3, 0))) == [("load_exceeded", "/assignments/0/reviewer_id")]


@pytest.mark.parametrize("status", [RoundStatus.DRAFT, RoundStatus.CLOSED])
async def test_only_an_open_round_is_assigned_and_withdrawn_from(world: World, status: RoundStatus) -> None:
    judged = await judging(world, cases=2, judges=1)
    given = await judged.assign(judged.cases[0], judged.judges[0])
    await judged.becomes(status)
    with pytest.raises(WrongState):
        await assign(judged, (1, 0))
    with pytest.raises(WrongState):
        await withdraw(judged, given.id)


@pytest.mark.parametrize(
    ("role", "problem"), [(Role.REVIEWER, Forbidden), (Role.UNIT, NotFound), (Role.COMMITTEE, NotFound)]
)
async def test_assigning_is_the_offices_alone(world: World, role: Role, problem: type[Problem]) -> None:
    judged = await judging(world, cases=1, judges=1)
    unit = judged.units[0]
    committee = judged.committees[0]
    actor = {
        Role.REVIEWER: judged.judges[0],
        Role.UNIT: await world.account(Role.UNIT, unit=unit),
        Role.COMMITTEE: await world.account(Role.COMMITTEE, committee=committee),
    }[role]
    async with world.acting(actor_of(actor)) as ctx:
        with pytest.raises(problem):
            await assignments.assign_by_hand(ctx, judged.round.id, wanted((judged.cases[0].id, judged.judges[0].id)))
        body = AssignmentsWithdrawal(assignment_ids=[uuid4()], reason="该评委出差")
        with pytest.raises(problem):
            await assignments.withdraw_by_hand(ctx, judged.round.id, body)


async def test_what_is_withdrawn_stays_known_and_may_be_given_again(world: World) -> None:
    judged = await judging(world, cases=1, judges=1)
    (first,) = await assign(judged, (0, 0))
    await withdraw(judged, first)
    (second,) = await assign(judged, (0, 0))
    old, new = await rows(world)
    assert (old.id, old.withdrawal_cause, old.withdrawal_reason, old.withdrawn_by) == (
        first,
        WithdrawalCause.OFFICE,
        "该评委出差",
        judged.clerk.id,
    )
    assert (new.id, new.withdrawn_at) == (second, None)


async def test_why_assignments_may_not_be_withdrawn_is_told_one_by_one(world: World) -> None:
    judged = await judging(world, cases=3, judges=1)
    gone, scored, drafted = [await judged.assign(case, judged.judges[0]) for case in judged.cases]
    await withdraw(judged, gone.id)
    await judged.review(scored, 80)
    await judged.review(drafted, 80, submitted=False)
    elsewhere = await judging(world, campaign=judged.campaign, number=2, cases=1, judges=1)
    foreign = await elsewhere.assign(elsewhere.cases[0], elsewhere.judges[0])
    assert await refusal(withdraw(judged, drafted.id, gone.id, scored.id, foreign.id)) == [
        ("already_withdrawn", "/assignment_ids/1"),
        ("review_submitted", "/assignment_ids/2"),
        ("unknown_reference", "/assignment_ids/3"),
    ]
    await withdraw(judged, drafted.id, scored.id, despite_reviews=True)
    assert [row.withdrawn_at is not None for row in await rows(world)] == [True, True, True, False]


async def test_a_profile_edited_afterwards_ends_nothing_and_is_found(world: World) -> None:
    judged = await judging(world, cases=2, judges=1)
    await assign(judged, (0, 0), (1, 0))
    async with world.database.transaction() as session:
        await session.execute(update(Reviewer).values(committee_id=judged.committees[0].id))
    async with world.viewing(actor_of(judged.clerk)) as view:
        every: dict[str, Any] = {"after": None, "limit": 10, "application_id": None, "reviewer_id": None}
        ended, standing, found = [
            await assignments.search(view, judged.round.id, **every, standing=counts, in_conflict=doubted)
            for counts, doubted in ((False, None), (True, None), (True, True))
        ]
    assert ended.total == 0
    assert [(row.standing, row.conflict) for row in standing.rows] == [(True, "same_committee"), (True, None)]
    assert [row.application_id for row in found.rows] == [judged.cases[0].id]
