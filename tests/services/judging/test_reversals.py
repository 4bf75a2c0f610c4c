from typing import Any

import pytest
from sqlalchemy import select, update

from app.models import Assignment, PanelMember, Reviewer
from app.problems import RulesViolated, WrongState
from tests.services.judging.proposing import (
    apply,
    codes,
    crowded,
    keep_away,
    pairs,
    previewed,
    propose,
    read,
    rows,
    undo,
)
from tests.world import World, key
from tests.world.judging import Judging, judging


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
