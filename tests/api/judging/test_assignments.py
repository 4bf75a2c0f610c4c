from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.models import Account, Assignment
from app.models.enums import Role, RoundStatus
from tests.world import World, key
from tests.world.judging import Judging, judging


def url(judged: Judging, name: str = "assignments") -> str:
    return f"/api/v1/rounds/{judged.round.id}/{name}"


def pairs(judged: Judging, *places: tuple[int, int]) -> dict[str, Any]:
    return {
        "assignments": [
            {"application_id": str(judged.cases[case].id), "reviewer_id": str(judged.judges[judge].id)}
            for case, judge in places
        ]
    }


async def given(judged: Judging, *places: tuple[int, int]) -> list[dict[str, Any]]:
    made = await judged.by_office.post(url(judged), json=pairs(judged, *places), headers=key())
    assert made.status_code == 201, made.text
    rows: list[dict[str, Any]] = made.json()["assignments"]
    return rows


async def listed(judged: Judging, **query: str) -> list[str]:
    page = (await judged.by_office.get(url(judged), params=query)).json()
    assert page["total"] == len(page["items"])
    return [row["id"] for row in page["items"]]


async def test_the_office_assigns_one_or_many_and_a_repeated_send_changes_nothing(world: World) -> None:
    judged = await judging(world, cases=2, judges=2)
    once = key()
    made = [await judged.by_office.post(url(judged), json=pairs(judged, (0, 0), (1, 1)), headers=once) for _ in "ab"]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].content == made[1].content
    first, second = made[0].json()["assignments"]
    assert {name: first[name] for name in ("case_number", "origin", "standing", "conflict", "review_status")} == {
        "case_number": 1,
        "origin": "manual",
        "standing": True,
        "conflict": None,
        "review_status": None,
    }
    assert (first["unit_name"], first["committee_name"]) == (judged.units[0].name, judged.committees[0].name)
    assert await listed(judged) == [first["id"], second["id"]]
    (seen,) = (await judged.by_judge[0].get("/api/v1/cases")).json()["items"]
    assert seen["case_number"] == 1


async def test_a_conflict_is_named_with_its_reason_and_nothing_is_assigned(world: World) -> None:
    judged = await judging(world, cases=2, judges=1)
    await judged.judge(unit_id=judged.units[1].id, committee_id=judged.committees[1].id)
    refused = await judged.by_office.post(url(judged), json=pairs(judged, (0, 0), (1, 1)), headers=key())
    assert refused.status_code == 409
    (finding,) = refused.json()["findings"]
    assert (finding["code"], finding["pointer"], finding["params"], finding["message"]) == (
        "conflict_of_interest",
        "/assignments/1",
        {"reason": "same_unit"},
        "评委与申报单位同属一个单位，须回避。",
    )
    assert await listed(judged) == []


async def test_the_list_tells_what_stands_and_on_demand_what_does_not(world: World) -> None:
    judged = await judging(world, cases=3, judges=2)
    rows = await given(judged, (0, 0), (0, 1), (1, 0), (2, 0))
    ids = [row["id"] for row in rows]
    body = {"assignment_ids": [ids[1]], "reason": "该评委出差"}
    taken = await judged.by_office.post(url(judged, "assignment-withdrawals"), json=body, headers=key())
    (row,) = taken.json()["assignments"]
    assert (row["standing"], row["withdrawal_cause"], row["withdrawal_reason"], row["withdrawn_by"]) == (
        False,
        "office",
        "该评委出差",
        judged.clerk.name,
    )
    abstained = {"organisation_name": judged.units[2].name, "reason": "曾任职"}
    await judged.by_judge[0].post("/api/v1/interests", json=abstained)
    assert await listed(judged) == [ids[0], ids[2]]
    assert await listed(judged, standing="false") == [ids[1], ids[3]]
    assert await listed(judged, application_id=str(judged.cases[0].id)) == [ids[0]]
    assert await listed(judged, reviewer_id=str(judged.judges[1].id)) == []
    assert await listed(judged, standing="false", reviewer_id=str(judged.judges[1].id)) == [ids[1]]
    first = await judged.by_office.get(url(judged), params={"limit": "1"})
    assert (len(first.json()["items"]), first.json()["total"]) == (1, 2)


async def test_a_conflict_that_arises_after_a_review_is_handed_in_changes_no_list_and_is_shown(world: World) -> None:
    judged = await judging(world, cases=2, judges=2)
    for case in judged.cases:
        for judge in judged.judges:
            await judged.scored(case, judge, 80)
    seen = (await judged.by_judge[0].get("/api/v1/cases")).content
    alias = await world.account(Role.UNIT, unit=judged.units[0])
    async with world.database.transaction() as session:
        for account in (alias, judged.judges[0]):
            (await session.get_one(Account, account.id)).phone = "13831500001"
    assert (await judged.by_judge[0].get("/api/v1/cases")).content == seen
    assert (len(await listed(judged)), await listed(judged, standing="false")) == (4, [])
    (found,) = (await judged.by_office.get(url(judged), params={"in_conflict": "true"})).json()["items"]
    assert (found["conflict"], found["withdrawn_at"], found["review_status"]) == ("same_person", None, "submitted")
    assert (found["application_id"], found["reviewer_id"]) == (str(judged.cases[0].id), str(judged.judges[0].id))
    assert len(await listed(judged, in_conflict="false")) == 3
    assert (await judged.by_office.get(url(judged, "reviews"))).json()["total"] == 4
    async with world.database.transaction() as session:
        (await session.get_one(Account, alias.id)).phone = None
    assert await listed(judged, in_conflict="true") == []


async def test_only_the_office_sees_and_makes_assignments(world: World) -> None:
    judged = await judging(world, cases=1, judges=1)
    (row,) = await given(judged, (0, 0))
    clients = [
        judged.by_judge[0],
        await world.client_of(Role.COMMITTEE, committee=judged.committees[0]),
        await world.client_of(Role.UNIT, unit=judged.units[0]),
        await world.client_of(Role.MUNICIPAL),
    ]
    body, withdrawal = pairs(judged, (0, 0)), {"assignment_ids": [row["id"]], "reason": "出差"}
    statuses = [
        (
            (await client.get(url(judged))).status_code,
            (await client.post(url(judged), json=body, headers=key())).status_code,
            (await client.post(url(judged, "assignment-withdrawals"), json=withdrawal, headers=key())).status_code,
        )
        for client in clients
    ]
    assert statuses == [(404, 403, 403), (404, 404, 404), (404, 404, 404), (404, 404, 404)]
    nowhere = f"/api/v1/rounds/{uuid4()}/assignments"
    assert (await judged.by_office.get(nowhere)).status_code == 404
    assert (await judged.by_office.post(nowhere, json=body, headers=key())).status_code == 404


@pytest.mark.parametrize("status", [RoundStatus.DRAFT, RoundStatus.CLOSED])
async def test_a_round_that_is_not_open_is_not_assigned(world: World, status: RoundStatus) -> None:
    judged = await judging(world, cases=1, judges=1, status=status)
    refused = await judged.by_office.post(url(judged), json=pairs(judged, (0, 0)), headers=key())
    assert (refused.status_code, refused.json()["state"]) == (409, status.value)


async def test_five_hundred_pairs_go_in_one_act(world: World) -> None:
    judged = await judging(world, cases=25, judges=20)
    body = pairs(judged, *((case, judge) for case in range(25) for judge in range(20)))
    made = await judged.by_office.post(url(judged), json=body, headers=key())
    assert made.status_code == 201, made.text
    assert len(made.json()["assignments"]) == 500
    body["assignments"] *= 2
    assert (await judged.by_office.post(url(judged), json=body, headers=key())).status_code == 422
    async with world.database.transaction() as session:
        assert len(list(await session.scalars(select(Assignment.id)))) == 500
