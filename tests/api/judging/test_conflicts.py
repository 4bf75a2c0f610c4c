"""A rival makes themselves look like the judge's tie: nothing moves by it, and the office decides what it finds."""

from typing import Any

import pytest
from sqlalchemy import select, text, update

from app.models import Account, AuditEvent, Reviewer
from app.models.enums import Role, RoundStatus
from tests.contract.client import ContractClient
from tests.scenarios.steps import done
from tests.world import World, key
from tests.world.judging import Judging, draft, judging

ANY = {"If-Match": "*"}
PHONE = "13831500001"


async def contest(world: World) -> tuple[Judging, ContractClient]:
    """Two cases and two judges, the first of whom has a phone; and a rival of the first case."""
    judged = await judging(world, cases=2, judges=2, reviews_wanted=1)
    async with world.database.transaction() as session:
        (await session.get_one(Account, judged.judges[0].id)).phone = PHONE
    return judged, await world.client_of(Role.UNIT, unit=judged.units[0])


def url(judged: Judging, name: str) -> str:
    return f"/api/v1/rounds/{judged.round.id}/{name}"


async def takes_the_phone(rival: ContractClient) -> None:
    done(await rival.patch("/api/v1/account", json={"phone": "138-3150-0001"}, headers=ANY))


async def office(judged: Judging, name: str, body: Any) -> Any:
    return await judged.by_office.post(url(judged, name), json=body, headers=key())


async def give(judged: Judging, case: int, judge: int) -> Any:
    pair = {"application_id": str(judged.cases[case].id), "reviewer_id": str(judged.judges[judge].id)}
    return await office(judged, "assignments", {"assignments": [pair]})


async def scores(judged: Judging, judge: int, score: int) -> None:
    """The judge saves and submits a review of their only case."""
    client = judged.by_judge[judge]
    (case,) = (await client.get("/api/v1/cases")).json()["items"]
    href = f"/api/v1/cases/{case['id']}/review"
    sheet = draft(judged, score).model_dump(mode="json")
    done(await client.put(href, json=sheet, headers={"If-Match": '"0"'}))
    done(await client.post(f"{href}/submission", headers=key()))


async def figures(judged: Judging) -> list[tuple[int, int, float]]:
    rows = done(await judged.by_office.get(url(judged, "ranking")))["rows"]
    return [(row["case_number"], row["n"], row["mean"]) for row in rows]


async def found(judged: Judging) -> list[tuple[str, str, str]]:
    """Findings of the office: of which case, of which judge, which conflict."""
    page = done(await judged.by_office.get(url(judged, "assignments"), params={"in_conflict": "true"}))
    return [(row["application_id"], row["reviewer_id"], row["conflict"]) for row in page["items"]]


def decision(assignment_id: str) -> dict[str, Any]:
    return {"assignment_ids": [assignment_id], "conflict": "same_person", "reason": "已核实"}


async def test_before_the_assignment_it_bars_the_assignment(world: World) -> None:
    judged, rival = await contest(world)
    await takes_the_phone(rival)
    assert (await give(judged, 0, 0)).json()["findings"][0]["params"] == {"reason": "same_person"}
    done(await give(judged, 1, 0), 201)


@pytest.mark.parametrize("after_submission", [False, True])
async def test_after_the_assignment_the_review_counts_and_the_office_finds_it(
    world: World, after_submission: bool
) -> None:
    judged, rival = await contest(world)
    (given,) = done(await give(judged, 0, 0), 201)["assignments"]
    done(await give(judged, 1, 1), 201)
    if not after_submission:
        await takes_the_phone(rival)
    await scores(judged, 0, 60)
    await scores(judged, 1, 90)
    if after_submission:
        await takes_the_phone(rival)
    expected = await figures(judged)
    assert sorted(expected) == [(1, 1, 60), (2, 1, 90)]
    assert await found(judged) == [(str(judged.cases[0].id), str(judged.judges[0].id), "same_person")]
    (finding,) = (await office(judged, "closure", {})).json()["findings"]
    assert (finding["code"], finding["params"]["reviewer_name"]) == ("conflict_undecided", judged.judges[0].name)
    assert finding["params"]["application_number"] == given["application_number"]
    decided = await office(judged, "conflict-dismissals", decision(given["id"]))
    (row,) = decided.json()["assignments"]
    assert (row["standing"], row["conflict"]) == (True, None)
    (kept,) = row["dismissals"]
    assert (kept["conflict"], kept["reason"], kept["made_by"]) == ("same_person", "已核实", judged.clerk.name)
    done(await office(judged, "closure", {}))
    assert await figures(judged) == expected


async def test_after_the_closing_not_a_byte_of_the_ranking_moves(world: World) -> None:
    judged, rival = await contest(world)
    await judged.scored(judged.cases[0], judged.judges[0], 60)
    await judged.scored(judged.cases[1], judged.judges[1], 90)
    done(await office(judged, "closure", {}))
    places = [url(judged, name) for name in ("ranking", "ranking/verification", "progress", "reviews")]
    before = [(await judged.by_office.get(place)).json() for place in places]
    await takes_the_phone(rival)
    assert [(await judged.by_office.get(place)).json() for place in places] == before
    assert len(await found(judged)) == 1


async def test_a_review_leaves_by_the_act_of_somebody(world: World) -> None:
    judged, rival = await contest(world)
    await judged.scored(judged.cases[0], judged.judges[0], 60)
    await judged.scored(judged.cases[0], judged.judges[1], 90)
    await judged.scored(judged.cases[1], judged.judges[1], 90)
    await takes_the_phone(rival)
    await judged.recuse(judged.judges[0], judged.cases[0])
    assert await found(judged) == []
    assert sorted(await figures(judged)) == [(1, 1, 90), (2, 1, 90)]
    params = {"standing": "false"}
    (row,) = (await judged.by_office.get(url(judged, "assignments"), params=params)).json()["items"]
    assert (row["withdrawal_cause"], row["withdrawn_by"]) == ("conflict", judged.clerk.name)
    done(await office(judged, "closure", {}))


async def moved(judged: Judging) -> None:
    """The first judge goes to the committee of the first case; a unit cannot go to another, the keys forbid it."""
    async with judged.world.database.transaction() as session:
        where = Reviewer.account_id == judged.judges[0].id
        await session.execute(update(Reviewer).where(where).values(committee_id=judged.committees[0].id))


async def employed(judged: Judging) -> None:
    """The first judge is of the unit, as the office learns from their profile."""
    async with judged.world.database.transaction() as session:
        values = {"unit_id": judged.units[0].id, "committee_id": judged.committees[0].id}
        where = Reviewer.account_id == judged.judges[0].id
        await session.execute(update(Reviewer).where(where).values(**values))


async def reassigned(judged: Judging) -> None:
    """The first judge's account becomes one of the unit."""
    body = {"role": "unit", "unit_id": str(judged.units[0].id)}
    href = f"/api/v1/accounts/{judged.judges[0].id}"
    done(await judged.by_office.patch(href, json=body, headers=ANY))


@pytest.mark.parametrize(
    ("change", "conflict"), [(moved, "same_committee"), (employed, "same_unit"), (reassigned, "same_person")]
)
async def test_whatever_changes_later_is_found_and_changes_nothing(world: World, change: Any, conflict: str) -> None:
    judged, _ = await contest(world)
    await judged.scored(judged.cases[0], judged.judges[0], 60)
    await judged.scored(judged.cases[1], judged.judges[1], 90)
    before = await figures(judged)
    await change(judged)
    assert await figures(judged) == before
    assert await found(judged) == [(str(judged.cases[0].id), str(judged.judges[0].id), conflict)]


async def test_a_decision_is_in_the_history_and_a_repeated_send_makes_no_second(world: World) -> None:
    judged, rival = await contest(world)
    (given,) = done(await give(judged, 0, 0), 201)["assignments"]
    body = decision(given["id"])
    refused = await office(judged, "conflict-dismissals", body)
    assert [(each["code"], each["pointer"]) for each in refused.json()["findings"]] == [
        ("no_conflict", "/assignment_ids/0")
    ]
    await takes_the_phone(rival)
    once = key()
    address = url(judged, "conflict-dismissals")
    told = [await judged.by_office.post(address, json=body, headers=once) for _ in "ab"]
    assert [answer.status_code for answer in told] == [200, 200]
    assert told[0].content == told[1].content
    async with world.database.transaction() as session:
        events = list(await session.scalars(select(AuditEvent).where(AuditEvent.action == "conflict_dismissal.made")))
    (event,) = [each.data for each in events]
    assert event == {"conflict": "same_person", "assignment_id": given["id"]}


async def test_only_the_office_decides_and_only_while_the_round_is_open(world: World) -> None:
    judged, rival = await contest(world)
    given = await judged.assign(judged.cases[0], judged.judges[0])
    await takes_the_phone(rival)
    body = decision(str(given.id))
    clients = [judged.by_judge[0], rival, await world.client_of(Role.MUNICIPAL)]
    told = [await client.post(url(judged, "conflict-dismissals"), json=body, headers=key()) for client in clients]
    assert [answer.status_code for answer in told] == [403, 404, 404]
    async with world.database.transaction() as session:
        await session.execute(text(f"UPDATE rounds SET status = '{RoundStatus.CLOSED}'"))
    refused = await office(judged, "conflict-dismissals", body)
    assert (refused.status_code, refused.json()["state"]) == (409, "closed")
