import asyncio
from typing import Any

import pytest
from sqlalchemy import select, update

from app.models import Assignment, Proposal, Reviewer, Round
from app.models.enums import AssignmentOrigin, Language, Role, RoundStatus, WithdrawalCause
from app.problems import NotFound, WrongState
from app.services.judging import proposals
from app.services.judging.proposals import ProposalApplication, ProposalReversal
from app.services.policies.judging import proposals as policy
from tests.services.judging.proposing import (
    WHOLE_ROUND,
    apply,
    codes,
    crowded,
    keep_away,
    pairs,
    previewed,
    propose,
    read,
    refused,
    rows,
    undo,
)
from tests.world import World, actor_of
from tests.world.judging import Judging, judging


async def test_what_was_looked_at_is_what_is_applied(world: World) -> None:
    judged = await judging(world, cases=4, judges=4, reviews_wanted=2)
    await keep_away(judged, 0, 0)
    proposal_id = await propose(judged)
    before = await read(judged, proposal_id)
    assert await rows(judged) == []
    assert (before.outdated, before.actions["apply"]) == (False, [])
    assert len(previewed(before.added)) == 8
    assert (judged.cases[0].id, judged.judges[0].id) not in previewed(before.added)
    await apply(judged, proposal_id)
    made = await rows(judged)
    assert pairs(made) == previewed(before.added)
    assert {(row["origin"], row["proposal_id"], row["assigned_by"]) for row in made} == {
        (AssignmentOrigin.PROPOSAL, proposal_id, judged.clerk.id)
    }
    assert [load.after for load in before.result.loads] == [2, 2, 2, 2]
    assert (await read(judged, proposal_id)).actions["undo"] == []


async def test_what_a_proposal_withdraws_says_so(world: World) -> None:
    judged = await crowded(world)
    proposal_id = await propose(judged)
    await apply(judged, proposal_id)
    async with world.database.transaction() as session:
        found = await session.scalars(select(Assignment.withdrawal_cause).where(Assignment.withdrawn_at.is_not(None)))
        assert list(found) == [WithdrawalCause.PROPOSAL, WithdrawalCause.PROPOSAL]
    await undo(judged, proposal_id)
    async with world.database.transaction() as session:
        found = await session.scalars(select(Assignment.withdrawal_cause).where(Assignment.withdrawn_at.is_not(None)))
        assert list(found) == [WithdrawalCause.UNDONE, WithdrawalCause.UNDONE]


async def by_hand(judged: Judging) -> None:
    await judged.assign(judged.cases[0], judged.judges[0])


async def declared(judged: Judging) -> None:
    await keep_away(judged, 0, 0)


async def one_more_judge(judged: Judging) -> None:
    await judged.judge()


async def one_more_case(judged: Judging) -> None:
    await judged.case()


async def other_bounds(judged: Judging) -> None:
    async with judged.world.database.transaction() as session:
        await session.execute(update(Reviewer).where(Reviewer.account_id == judged.judges[0].id).values(minimum_load=1))


async def more_reviews(judged: Judging) -> None:
    async with judged.world.database.transaction() as session:
        await session.execute(update(Round).where(Round.id == judged.round.id).values(reviews_wanted=3))


@pytest.mark.parametrize("meanwhile", [by_hand, declared, one_more_judge, one_more_case, other_bounds, more_reviews])
async def test_a_proposal_whose_ground_has_moved_changes_nothing(world: World, meanwhile: Any) -> None:
    judged = await judging(world, cases=2, judges=3, reviews_wanted=2)
    proposal_id = await propose(judged)
    await meanwhile(judged)
    before = await rows(judged)
    assert await refused(apply(judged, proposal_id)) == ["proposal_outdated"]
    assert await rows(judged) == before
    record = await read(judged, proposal_id)
    assert (record.outdated, codes(record.actions["apply"])) == (True, ["proposal_outdated"])
    again = await propose(judged)
    await apply(judged, again, despite_shortages=True)
    assert (await read(judged, again)).row.status == "applied"


async def test_a_review_begun_meanwhile_outdates_a_proposal(world: World) -> None:
    judged = await judging(world, cases=2, judges=3, reviews_wanted=2)
    given = await judged.assign(judged.cases[0], judged.judges[0])
    proposal_id = await propose(judged)
    await judged.review(given, 80, submitted=False)
    assert await refused(apply(judged, proposal_id)) == ["proposal_outdated"]


async def test_a_newer_proposal_does_not_disturb_until_it_is_applied(world: World) -> None:
    judged = await judging(world, cases=2, judges=3, reviews_wanted=2)
    older, newer = await propose(judged), await propose(judged)
    assert (await read(judged, older)).outdated is False
    await apply(judged, newer)
    assert await refused(apply(judged, older)) == ["proposal_outdated"]


async def test_two_applications_at_once_have_one_effect(world: World) -> None:
    judged = await judging(world, cases=3, judges=3, reviews_wanted=2)
    proposal_id = await propose(judged)
    results = await asyncio.gather(*(apply(judged, proposal_id) for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in results if each] == [WrongState, WrongState]
    assert pairs(await rows(judged)) == previewed((await read(judged, proposal_id)).added)


async def test_a_shortage_stops_the_application_and_says_what_binds(world: World) -> None:
    judged = await judging(world, cases=2, judges=2, reviews_wanted=2)
    await judged.judge(unit_id=judged.units[0].id, committee_id=judged.committees[0].id, maximum_load=1)
    await keep_away(judged, 0, 0)
    proposal_id = await propose(judged)
    record = await read(judged, proposal_id)
    (lack,) = record.row.result["shortages"]
    assert lack == {
        "case": str(judged.cases[0].id),
        "wanted": 2,
        "given": 1,
        "eligible": 1,
        "full": 0,
        "blocked": {"declared": 1, "same_unit": 1},
    }
    (shortage,) = record.result.shortages
    finding = policy.shortage_finding(record.cases[shortage.case], shortage, panel=3)
    number = judged.cases[0].number
    assert (finding.worded(Language.ZH).message, finding.worded(Language.EN).message) == (
        f"案例 {number}“第1号品牌”需评审 2 次，只能安排 1 次：评审组 3 人中，可评的只有 1 人。",
        (
            f"Case {number} “第1号品牌” wants 2 reviews and can get 1: "
            "of the 3 reviewers on the panel only 1 may judge it."
        ),
    )
    assert await refused(apply(judged, proposal_id)) == ["proposal_has_shortages"]
    assert await rows(judged) == []
    await apply(judged, proposal_id, despite_shortages=True)
    assert len(await rows(judged)) == 3


@pytest.mark.parametrize("status", [RoundStatus.DRAFT, RoundStatus.CLOSED])
async def test_a_round_that_is_not_open_is_not_distributed(world: World, status: RoundStatus) -> None:
    judged = await judging(world, cases=1, judges=1, reviews_wanted=1)
    proposal_id = await propose(judged)
    async with world.database.transaction() as session:
        await session.execute(update(Round).where(Round.id == judged.round.id).values(status=status))
    with pytest.raises(WrongState):
        await propose(judged)
    with pytest.raises(WrongState):
        await apply(judged, proposal_id)
    assert codes((await read(judged, proposal_id)).actions["apply"]) == ["wrong_state"]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OFFICE, Role.UNIT, Role.COMMITTEE, Role.PUBLIC}))
async def test_a_proposal_does_not_exist_for_others(world: World, role: Role) -> None:
    judged = await judging(world, cases=1, judges=1, reviews_wanted=1)
    proposal_id = await propose(judged)
    stranger = actor_of(judged.judges[0] if role is Role.REVIEWER else await world.account(role))
    with pytest.raises(NotFound):
        await proposals.propose(
            lambda: world.viewing(stranger), lambda: world.acting(stranger), judged.round.id, WHOLE_ROUND
        )
    with pytest.raises(NotFound):
        async with world.acting(stranger) as ctx:
            await proposals.apply(ctx, proposal_id, ProposalApplication())
    with pytest.raises(NotFound):
        async with world.acting(stranger) as ctx:
            await proposals.undo(ctx, proposal_id, ProposalReversal(reason="重新分配"))
    async with world.viewing(stranger) as view:
        with pytest.raises(NotFound):
            await proposals.read(view, proposal_id)
        with pytest.raises(NotFound):
            await proposals.search(view, round_id=judged.round.id, after=None, limit=20)
    async with world.database.transaction() as session:
        assert list(await session.scalars(select(Proposal.id))) == [proposal_id]
