from typing import Any
from uuid import uuid4

import pytest

from app.models import Recusal, Round
from app.models.enums import RecusalKind, Role, RoundStatus
from tests.contract.client import ContractClient
from tests.world import NOW, World, key
from tests.world.judging import Judging, judging
from tests.world.statements import noted

FULL = {"kind": "full"}


def rounds_proposals(judged: Judging) -> str:
    return f"/api/v1/rounds/{judged.round.id}/proposals"


async def proposed(judged: Judging, **body: Any) -> str:
    made = await judged.by_office.post(rounds_proposals(judged), json=FULL | body)
    assert made.status_code == 201, made.text
    return made.headers["location"]


def codes(answer: Any) -> list[str]:
    return [finding["code"] for finding in answer.json()["findings"]]


async def in_force(judged: Judging) -> set[tuple[str, str]]:
    found = await judged.by_office.get(
        f"/api/v1/rounds/{judged.round.id}/assignments", params={"standing": True, "limit": 100}
    )
    return pairs(found.json()["items"])


def pairs(items: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(item["application_id"], item["reviewer_id"]) for item in items}


async def test_a_proposal_is_looked_at_applied_and_taken_back(world: World) -> None:
    judged = await judging(world, cases=3, judges=3, reviews_wanted=2)
    address = await proposed(judged)
    seen = (await judged.by_office.get(address)).json()
    assert (seen["status"], seen["kind"], seen["seed"], seen["budget"]) == ("proposed", "full", 20150914, None)
    assert (seen["added_count"], len(seen["added"]), seen["withdrawn"], seen["shortages"]) == (6, 6, [], [])
    first = seen["added"][0]
    assert {name: first[name] for name in first if name not in {"reviewer_id", "committee_name"}} == {
        "application_id": str(judged.cases[0].id),
        "application_number": judged.cases[0].number,
        "case_number": 1,
        "brand_name": "第1号品牌",
        "reviewer_name": "评委用户",
        "reviewer_organisation": "唐山师范学院",
    }
    assert [pair["case_number"] for pair in seen["added"]] == [1, 1, 2, 2, 3, 3]
    assert [(load["before"], load["after"], load["minimum"], load["maximum"]) for load in seen["loads"]] == [
        (0, 2, 0, 100)
    ] * 3
    assert seen["figures"] == {
        "reviews": 6,
        "kept": 0,
        "connected": True,
        "lowest_load": 2,
        "highest_load": 2,
        "most_of_one_committee": 1,
        "expertise_share": 0.0,
    }
    assert {act: state["allowed"] for act, state in seen["actions"].items()} == {"apply": True, "undo": False}
    assert await in_force(judged) == set()

    applied = await judged.by_office.post(f"{address}/application", json={}, headers=key())
    assert (applied.json()["status"], applied.headers["etag"]) == ("applied", '"2"')
    assert await in_force(judged) == pairs(seen["added"])

    undone = await judged.by_office.post(f"{address}/reversal", json={"reason": "评审组有变动"}, headers=key())
    assert undone.json()["status"] == "undone"
    assert undone.json()["reversal"] == {
        "reason": "评审组有变动",
        "withdrawn_count": 6,
        "reinstated_count": 0,
        "left_out": [],
    }
    assert await in_force(judged) == set()
    again = await judged.by_office.post(f"{address}/application", json={}, headers=key())
    assert (again.status_code, again.json()["state"]) == (409, "undone")


async def test_applying_twice_with_one_key_has_one_effect_and_one_answer(world: World) -> None:
    judged = await judging(world, cases=2, judges=2, reviews_wanted=1)
    address, same = await proposed(judged), key()
    first, second = [await judged.by_office.post(f"{address}/application", json={}, headers=same) for _ in range(2)]
    assert (first.content, second.headers["idempotency-replayed"]) == (second.content, "true")
    assert len(await in_force(judged)) == 2


async def test_a_manual_edit_collides_with_a_proposal_not_yet_applied(world: World) -> None:
    judged = await judging(world, cases=2, judges=2, reviews_wanted=1)
    address = await proposed(judged)
    one = {"application_id": str(judged.cases[0].id), "reviewer_id": str(judged.judges[0].id)}
    by_hand = await judged.by_office.post(
        f"/api/v1/rounds/{judged.round.id}/assignments", json={"assignments": [one]}, headers=key()
    )
    assert by_hand.status_code == 201, by_hand.text
    refused = await judged.by_office.post(f"{address}/application", json={}, headers=key())
    assert (refused.status_code, codes(refused)) == (409, ["proposal_outdated"])
    assert await in_force(judged) == pairs([one])
    seen = (await judged.by_office.get(address)).json()
    assert (seen["outdated"], seen["actions"]["apply"]["allowed"]) == (True, False)
    assert [finding["message"] for finding in seen["actions"]["apply"]["findings"]] == [
        "方案提出后，案例、评委、回避或分配情况已有变化，请重新提出方案。"
    ]


async def test_a_shortage_is_readable_in_both_languages(world: World) -> None:
    judged = await judging(world, cases=1, reviews_wanted=3)
    await judged.judge()
    await judged.judge(committee_id=judged.committees[0].id)
    recused = await judged.judge()
    await world.add(
        Recusal(
            reviewer_id=recused.id,
            application_id=judged.cases[0].id,
            kind=RecusalKind.RECUSED,
            reason="与申报人有亲属关系",
            made_at=NOW,
            made_by=judged.clerk.id,
        )
    )
    address, number = await proposed(judged), judged.cases[0].number
    (lack,) = (await judged.by_office.get(address)).json()["shortages"]
    assert (lack["wanted"], lack["given"], lack["eligible"], lack["full"]) == (3, 1, 1, 0)
    assert lack["finding"]["message"] == (
        f"案例 {number}“第1号品牌”需评审 3 次，只能安排 1 次：评审组 3 人中，可评的只有 1 人。"
    )
    assert [each["message"] for each in lack["blocked"]] == [
        "1 人由主办单位决定回避。",
        "1 人与申报单位同属一个党（工）委。",
    ]
    (shortage,) = (await judged.by_office.get(address, headers={"Accept-Language": "en"})).json()["shortages"]
    assert shortage["finding"]["message"] == (
        f"Case {number} “第1号品牌” wants 3 reviews and can get 1: of the 3 reviewers on the panel only 1 may judge it."
    )
    assert [each["message"] for each in shortage["blocked"]] == [
        "1 were recused by the office.",
        "1 belong to the committee of the unit that applies.",
    ]
    refused = await judged.by_office.post(f"{address}/application", json={}, headers=key())
    assert (codes(refused), refused.json()["findings"][0]["pointer"]) == (
        ["proposal_has_shortages"],
        "/despite_shortages",
    )
    despite = await judged.by_office.post(f"{address}/application", json={"despite_shortages": True}, headers=key())
    assert despite.json()["status"] == "applied"


async def test_a_wave_tells_the_office_which_cases_are_open_and_why(world: World) -> None:
    judged = await judging(world, cases=3, judges=3, reviews_wanted=2, cut=1)
    for place, (high, low) in enumerate([(80, 74), (79, 75), (20, 19)]):
        await judged.scored(judged.cases[place], judged.judges[0], high)
        await judged.scored(judged.cases[place], judged.judges[1], low)
    made = await judged.by_office.post(rounds_proposals(judged), json={"kind": "wave", "budget": 2})
    seen = made.json()
    assert [(each["case_number"], each["further_reviews"]) for each in seen["open_cases"]] == [(1, 1), (2, 1)]
    first = seen["open_cases"][0]
    assert first["finding"]["message"] == (
        f"案例 {first['application_number']}“第1号品牌”现列第 1 名，名次可能在第 1 名至第 2 名之间，"
        "能否进入前 1 名尚无把握，追加评审 1 次。"
    )
    assert pairs(seen["added"]) == {(str(case.id), str(judged.judges[2].id)) for case in judged.cases[:2]}
    applied = await judged.by_office.post(f"{made.headers['location']}/application", json={}, headers=key())
    assert applied.json()["status"] == "applied"


async def test_a_judge_is_not_told_why_a_case_came(world: World) -> None:
    judged = await judging(world, cases=1, judges=1, reviews_wanted=1)
    address = await proposed(judged)
    await judged.by_office.post(f"{address}/application", json={}, headers=key())
    cases = (await judged.by_judge[0].get("/api/v1/cases")).text
    assert "第1号品牌" in cases
    for word in ("proposal", "origin", "wave", address.rsplit("/", 1)[1]):
        assert word not in cases


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OFFICE, Role.PUBLIC}))
async def test_a_proposal_does_not_exist_for_anybody_else(world: World, role: Role) -> None:
    judged = await judging(world, cases=1, judges=1, reviews_wanted=1)
    address = await proposed(judged)
    other = judged.by_judge[0] if role is Role.REVIEWER else await stranger(judged, role)
    nowhere = f"/api/v1/proposals/{uuid4()}"
    for place, round_ in ((address, judged.round.id), (nowhere, uuid4())):
        answers = [
            await other.get(place),
            await other.get(f"/api/v1/rounds/{round_}/proposals"),
            await other.post(f"/api/v1/rounds/{round_}/proposals", json=FULL),
            await other.post(f"{place}/application", json={}, headers=key()),
            await other.post(f"{place}/reversal", json={"reason": "重新分配"}, headers=key()),
        ]
        assert [answer.status_code for answer in answers] == [404] * 5
    assert await in_force(judged) == set()


async def stranger(judged: Judging, role: Role) -> ContractClient:
    if role is Role.UNIT:
        return await judged.world.client_of(role, unit=judged.units[0])
    if role is Role.COMMITTEE:
        return await judged.world.client_of(role, committee=judged.committees[0])
    return await judged.world.client_of(role)


async def test_the_office_too_is_told_when_there_is_none(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    assert (await office.get(f"/api/v1/proposals/{uuid4()}")).status_code == 404
    assert (await office.get(f"/api/v1/rounds/{uuid4()}/proposals")).status_code == 404
    assert (await office.post(f"/api/v1/rounds/{uuid4()}/proposals", json=FULL)).status_code == 404


@pytest.mark.parametrize("body", [{"kind": "wave"}, {"kind": "full", "budget": 3}, {"kind": "wave", "budget": 0}, {}])
async def test_a_wave_has_a_budget_and_a_full_distribution_has_none(world: World, body: dict[str, Any]) -> None:
    judged = await judging(world)
    assert (await judged.by_office.post(rounds_proposals(judged), json=body)).status_code == 422


async def test_a_wave_needs_the_cut_and_a_proposal_an_open_round(world: World) -> None:
    judged = await judging(world, cases=1, judges=1)
    refused = await judged.by_office.post(rounds_proposals(judged), json={"kind": "wave", "budget": 1})
    assert (refused.status_code, codes(refused)) == (409, ["cut_required"])
    async with world.database.transaction() as session:
        (await session.get_one(Round, judged.round.id)).status = RoundStatus.CLOSED
    closed = await judged.by_office.post(rounds_proposals(judged), json=FULL)
    assert (closed.status_code, closed.json()["state"]) == (409, "closed")


async def test_proposals_are_listed_newest_first(world: World) -> None:
    judged = await judging(world, cases=1, judges=1, reviews_wanted=2)
    older, newer = await proposed(judged), await proposed(judged, seed=3)
    other = await judging(world, campaign=judged.campaign, number=2)
    await proposed(other)
    page = (await judged.by_office.get(rounds_proposals(judged))).json()
    assert [f"/api/v1/proposals/{item['id']}" for item in page["items"]] == [newer, older]
    assert [(item["seed"], item["added_count"], item["shortage_count"]) for item in page["items"]] == [
        (3, 1, 1),
        (20150914, 1, 1),
    ]


async def test_proposing_takes_as_many_statements_whatever_the_size(world: World) -> None:
    small = await judging(world, cases=1, judges=1, reviews_wanted=1)
    large = await judging(world, campaign=small.campaign, number=2, cases=4, judges=4, reviews_wanted=2)
    counts = []
    for judged in (small, large):
        with noted(world.database) as sent:
            await proposed(judged)
        counts.append(len(sent))
    assert counts[0] == counts[1]
