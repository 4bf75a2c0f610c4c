import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.findings import Finding
from app.models import Account, Assignment, PanelMember, Proposal, Recusal, Reviewer, Round
from app.models.enums import (
    AccountStatus,
    AssignmentOrigin,
    Language,
    ProposalKind,
    RecusalKind,
    Role,
    RoundStatus,
    WithdrawalCause,
)
from app.problems import NotFound, RulesViolated, WrongState
from app.services.judging import proposals
from app.services.judging.proposals import (
    NamedPair,
    ProposalApplication,
    ProposalCreate,
    ProposalRecord,
    ProposalReversal,
)
from app.services.policies.judging import proposals as policy
from tests.world import NOW, World, actor_of, key
from tests.world.judging import Judging, judging

WHOLE_ROUND = ProposalCreate(kind=ProposalKind.FULL)


async def propose(judged: Judging, body: ProposalCreate = WHOLE_ROUND) -> UUID:
    world, clerk = judged.world, actor_of(judged.clerk)
    return await proposals.propose(lambda: world.viewing(clerk), lambda: world.acting(clerk), judged.round.id, body)


async def apply(judged: Judging, proposal_id: UUID, **body: Any) -> None:
    async with judged.world.acting(actor_of(judged.clerk)) as ctx:
        await proposals.apply(ctx, proposal_id, ProposalApplication(**body))


async def undo(judged: Judging, proposal_id: UUID, **body: Any) -> None:
    async with judged.world.acting(actor_of(judged.clerk)) as ctx:
        await proposals.undo(ctx, proposal_id, ProposalReversal(reason="评审组有变动", **body))


async def read(judged: Judging, proposal_id: UUID) -> ProposalRecord:
    async with judged.world.viewing(actor_of(judged.clerk)) as view:
        return await proposals.read(view, proposal_id)


async def rows(judged: Judging) -> list[dict[str, Any]]:
    """Every assignment that is not withdrawn, with all its columns."""
    async with judged.world.database.transaction() as session:
        found = await session.scalars(
            select(Assignment)
            .where(Assignment.round_id == judged.round.id, Assignment.withdrawn_at.is_(None))
            .order_by(Assignment.id)
        )
        return [{column.key: getattr(row, column.key) for column in Assignment.__table__.columns} for row in found]


def pairs(found: list[dict[str, Any]]) -> set[tuple[UUID, UUID]]:
    return {(row["application_id"], row["reviewer_id"]) for row in found}


def previewed(named: list[NamedPair]) -> set[tuple[UUID, UUID]]:
    return {(case.application_id, reviewer.reviewer_id) for case, reviewer in named}


def codes(findings: list[Finding]) -> list[str]:
    return [finding.rule.code for finding in findings]


async def refused(act: Any) -> list[str]:
    with pytest.raises(RulesViolated) as refusal:
        await act
    return codes(list(refusal.value.findings))


async def keep_away(judged: Judging, case: int, judge: int) -> None:
    await judged.world.add(
        Recusal(
            reviewer_id=judged.judges[judge].id,
            application_id=judged.cases[case].id,
            kind=RecusalKind.DECLARED,
            reason="曾任该单位顾问",
            made_at=NOW,
            made_by=judged.judges[judge].id,
        )
    )


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


async def test_the_same_seed_gives_the_same_proposal(world: World) -> None:
    judged = await judging(world, cases=4, judges=4, reviews_wanted=2)
    seeded = ProposalCreate(kind=ProposalKind.FULL, seed=7)
    one, two, default = [await read(judged, await propose(judged, each)) for each in (seeded, seeded, WHOLE_ROUND)]
    assert (one.row.seed, default.row.seed) == (7, judged.round.seed)
    assert (one.row.result, one.row.basis_digest) == (two.row.result, two.row.basis_digest)
    assert default.row.basis_digest == one.row.basis_digest


async def crowded(world: World) -> Judging:
    """One judge has all four cases by hand, and may have but two; the others may take the rest."""
    judged = await judging(world, cases=4, judges=3, reviews_wanted=1)
    for case in judged.cases:
        await judged.assign(case, judged.judges[0])
    async with world.database.transaction() as session:
        await session.execute(update(Reviewer).where(Reviewer.account_id == judged.judges[0].id).values(maximum_load=2))
    return judged


async def test_undoing_restores_every_assignment_to_the_last_byte(world: World) -> None:
    judged = await crowded(world)
    before = await rows(judged)
    proposal_id = await propose(judged)
    record = await read(judged, proposal_id)
    assert len(previewed(record.withdrawn)) == 2
    await apply(judged, proposal_id)
    assert pairs(await rows(judged)) == (pairs(before) - previewed(record.withdrawn)) | previewed(record.added)
    await undo(judged, proposal_id)
    assert await rows(judged) == before
    after = await read(judged, proposal_id)
    assert after.row.result["reversal"] == {
        "reason": "评审组有变动",
        "withdrawn_count": 2,
        "reinstated_count": 2,
        "left_out": [],
    }
    with pytest.raises(WrongState):
        await undo(judged, proposal_id)
    with pytest.raises(WrongState):
        await apply(judged, proposal_id)


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


async def test_undoing_stops_at_what_is_being_judged_and_names_it(world: World) -> None:
    judged = await judging(world, cases=2, judges=2, reviews_wanted=1)
    proposal_id = await propose(judged)
    await apply(judged, proposal_id)
    first = (await rows(judged))[0]
    async with world.database.transaction() as session:
        given = await session.get_one(Assignment, first["id"])
    await judged.review(given, 90, submitted=False)
    with pytest.raises(RulesViolated) as refusal:
        await undo(judged, proposal_id)
    case = next(case for case in judged.cases if case.id == first["application_id"])
    assert [finding.params for finding in refusal.value.findings] == [
        {"application_number": case.number, "brand_name": case.brand_name, "reviewer_name": "评委用户"}
    ]
    assert codes((await read(judged, proposal_id)).actions["undo"]) == ["review_begun"]
    assert len(await rows(judged)) == 2
    await undo(judged, proposal_id, despite_reviews=True)
    assert await rows(judged) == []


async def test_undoing_leaves_out_what_may_not_or_need_not_stand_again(world: World) -> None:
    judged = await judging(world, cases=3, judges=5, reviews_wanted=1)
    for case in judged.cases:
        await judged.assign(case, judged.judges[0])
    leaving = await judged.judge()
    await judged.assign(judged.cases[0], leaving)
    async with world.database.transaction() as session:
        await session.execute(update(Reviewer).values(maximum_load=1))
        await session.execute(update(Reviewer).where(Reviewer.account_id == judged.judges[0].id).values(maximum_load=0))
        await session.execute(update(Reviewer).where(Reviewer.account_id == leaving.id).values(maximum_load=0))
    proposal_id = await propose(judged)
    await apply(judged, proposal_id)
    await keep_away(judged, 0, 0)
    again = await judged.assign(judged.cases[1], judged.judges[0])
    async with world.database.transaction() as session:
        await session.delete(
            (await session.scalars(select(PanelMember).where(PanelMember.reviewer_id == leaving.id))).one()
        )
    await undo(judged, proposal_id)
    reversal = (await read(judged, proposal_id)).result.reversal
    assert reversal is not None
    assert (reversal.withdrawn_count, reversal.reinstated_count) == (3, 1)
    assert {*reversal.left_out} == {
        (judged.cases[0].id, judged.judges[0].id, "conflict_of_interest"),
        (judged.cases[1].id, judged.judges[0].id, "assigned_again"),
        (judged.cases[0].id, leaving.id, "not_on_panel"),
    }
    standing = await rows(judged)
    assert pairs(standing) == {(case.id, judged.judges[0].id) for case in judged.cases[1:]}
    assert again.id in {row["id"] for row in standing}


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
    assert (finding.told(Language.ZH).message, finding.told(Language.EN).message) == (
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


async def contested(world: World, **round_: Any) -> Judging:
    """Six cases of two reviews each: one far ahead, one far behind, and four that are hard to tell apart."""
    judged = await judging(world, cases=6, judges=4, reviews_wanted=2, **round_)
    for place, (high, low) in enumerate([(99, 98), (80, 74), (79, 75), (78, 76), (79, 74), (20, 19)]):
        await judged.scored(judged.cases[place], judged.judges[place % 2], high)
        await judged.scored(judged.cases[place], judged.judges[2 + place % 2], low)
    return judged


async def test_a_wave_spends_its_budget_where_the_cut_is_open_and_touches_nothing_else(world: World) -> None:
    judged = await contested(world, cut=3)
    unread = await judged.judge()
    await keep_away(judged, 1, 4)
    before = await rows(judged)
    proposal_id = await propose(judged, ProposalCreate(kind=ProposalKind.WAVE, budget=5))
    record = await read(judged, proposal_id)
    close = {judged.cases[place].id for place in range(1, 5)}
    added = previewed(record.added)
    assert len(added) == 5
    assert {case for case, _ in added} <= close
    assert previewed(record.withdrawn) == set()
    assert (judged.cases[1].id, unread.id) not in added
    chosen = record.result.open_cases
    assert sum(each.extra for each in chosen) == 5
    assert all(each.interval[0] <= 3 < each.interval[1] for each in chosen)
    assert record.result.shortages == []
    await apply(judged, proposal_id)
    assert pairs(await rows(judged)) == pairs(before) | added
    await undo(judged, proposal_id)
    assert await rows(judged) == before


async def test_a_wave_asks_no_more_than_the_judges_can_take(world: World) -> None:
    judged = await contested(world, cut=3)
    async with world.database.transaction() as session:
        await session.execute(update(Reviewer).values(maximum_load=4))
    record = await read(judged, await propose(judged, ProposalCreate(kind=ProposalKind.WAVE, budget=50)))
    assert {load.after for load in record.result.loads} == {4}
    assert len(previewed(record.added)) == 4
    assert record.result.shortages == []


async def test_a_wave_is_refused_without_a_cut_and_when_nothing_is_open(world: World) -> None:
    judged = await contested(world)
    wave = ProposalCreate(kind=ProposalKind.WAVE, budget=5)
    assert await refused(propose(judged, wave)) == ["cut_required"]
    async with world.database.transaction() as session:
        await session.execute(update(Round).where(Round.id == judged.round.id).values(cut=6))
    assert await refused(propose(judged, wave)) == ["no_open_case"]


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


async def test_a_round_without_cases_or_judges_has_a_proposal_too(world: World) -> None:
    empty = await judging(world)
    record = await read(empty, await propose(empty))
    assert (record.result.added, record.result.shortages) == ([], [])
    nobody = await judging(world, cases=1)
    record = await read(nobody, await propose(nobody))
    assert [lack.eligible for lack in record.result.shortages] == [0]


async def test_a_disabled_account_is_given_nothing(world: World) -> None:
    judged = await judging(world, cases=2, judges=2, reviews_wanted=1)
    async with world.database.transaction() as session:
        (await session.get_one(Account, judged.judges[0].id)).status = AccountStatus.DISABLED
    record = await read(judged, await propose(judged))
    assert {judge for _, judge in previewed(record.added)} == {judged.judges[1].id}


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


async def act(judged: Judging, path: str, body: Any = None) -> Any:
    answer = await judged.by_office.post(f"/api/v1/{path}", json=body, headers=key())
    assert answer.is_success, answer.text
    return answer.json()


async def assign(judged: Judging, *pairs: tuple[int, int]) -> None:
    wanted = [
        {"application_id": str(judged.cases[case].id), "reviewer_id": str(judged.judges[judge].id)}
        for case, judge in pairs
    ]
    await act(judged, f"rounds/{judged.round.id}/assignments", {"assignments": wanted})


async def test_nobody_is_given_back_more_cases_than_they_can_take(world: World) -> None:
    """One judge too many had the first case; whoever lost it was filled by hand before the distribution went back."""
    judged = await judging(world, cases=3, reviews_wanted=1)
    for _ in range(2):
        await judged.judge(maximum_load=2)
    await assign(judged, (0, 0), (0, 1))
    proposal = await act(judged, f"rounds/{judged.round.id}/proposals", {"kind": "full"})
    await act(judged, f"proposals/{proposal['id']}/application", {})
    (lost,) = proposal["withdrawn"]
    loser = [str(judge.id) for judge in judged.judges].index(lost["reviewer_id"])
    listed = await judged.by_office.get(
        f"/api/v1/rounds/{judged.round.id}/assignments?reviewer_id={lost['reviewer_id']}"
    )
    ids = [each["id"] for each in listed.json()["items"]]
    await act(judged, f"rounds/{judged.round.id}/assignment-withdrawals", {"assignment_ids": ids, "reason": "另行安排"})
    await assign(judged, (1, loser), (2, loser))
    undone = await act(judged, f"proposals/{proposal['id']}/reversal", {"reason": "重新分配"})
    assert undone["reversal"]["reinstated_count"] == 0
    assert [(each["finding"]["code"], each["reviewer_id"]) for each in undone["reversal"]["left_out"]] == [
        ("load_exceeded", lost["reviewer_id"])
    ]
    assert (await judged.by_judge[loser].get("/api/v1/cases")).json()["total"] == 2
