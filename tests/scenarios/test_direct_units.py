"""A unit that no committee stands above (直属单位), from its registration to its award and on to the city."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.models import Account, Committee, Unit
from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.scenarios import steps
from tests.scenarios.steps import done, no_promise_is_broken, read, reasons
from tests.world import ZONE, World, key
from tests.world.filing import District, district
from tests.world.judging import judging
from tests.world.notifying import feed, hand_on

UNIT = {"name": "区档案馆", "honour_level": "district", "committee_id": None}
ITS_OWN = "区直属单位"


async def registered(world: World, office: ContractClient, **unit: Any) -> tuple[Any, Account]:
    """Register a unit without a committee, and its own account."""
    made = done(await office.post("/api/v1/units", json=UNIT | unit), 201)
    account = Account(username=f"u{made['id'][-6:]}", name="李文博", role=Role.UNIT, status="active")
    account.unit_id, account.committee_id = UUID(made["id"]), UUID(made["committee_id"])
    await world.add(account)
    return made, account


async def directly(place: District, member: Account, by_unit: ContractClient, by_seat: ContractClient) -> District:
    """The same district as the unit of this member sees it, with the office in the place of the committee."""
    async with place.world.database.transaction() as session:
        committee = await session.get_one(Committee, member.committee_id)
        unit = await session.get_one(Unit, member.unit_id)
    return replace(
        place, committee=committee, unit=unit, by_unit=by_unit, by_committee=by_seat, member=member, liaison=place.clerk
    )


async def in_its_seat(world: World, clerk: Account) -> ContractClient:
    """The clerk in the office's own seat."""
    client = await world.sign_in(clerk)
    seats = [each for each in (await read(client, "/api/v1/seats?revoked=false"))["items"] if each["name"] == ITS_OWN]
    client.headers["Act-For"] = seats[0]["id"]
    return client


async def test_a_unit_without_a_committee_takes_part_from_its_account_to_its_award(world: World) -> None:
    place = await district(world)
    office, campaign = place.by_office, str(place.campaign.id)
    unit, member = await registered(world, office)
    assert (unit["direct"], unit["committee_name"]) == (True, ITS_OWN)
    by_unit, by_seat = await world.sign_in(member), await in_its_seat(world, place.clerk)
    own = await directly(place, member, by_unit, by_seat)

    limits = (await read(by_unit, f"/api/v1/campaigns/{campaign}"))["limits"]
    assert limits["minimum_filed"] == 1
    draft = await steps.begin(by_unit, campaign)
    assert (await read(by_seat, draft))["number"] == "2015-ZS-001"
    href = f"/api/v1/applications/{await own.submitted()}"
    await hand_on(world)
    assert [each["kind"] for each in await feed(office)] == ["application.submitted"]
    await own.seal(UUID(steps.id_of(href)))
    receipt = done(await steps.file(by_seat, campaign, href), 201)
    assert receipt["committee_name"] == ITS_OWN
    done(await office.post(f"{href}/acceptance", headers=key()))

    await it_is_in_every_list_and_owes_nothing(world, place, unit)
    await it_is_awarded_and_nominated(world, place, href)
    await no_promise_is_broken(world)


async def it_is_in_every_list_and_owes_nothing(world: World, place: District, unit: Any) -> None:
    """Counted in progress and statistics, neither late nor ranked, told what committees pass on."""
    office, campaign = place.by_office, str(place.campaign.id)
    world.database.clock.stopped_at = datetime(2015, 9, 16, 9, 0, tzinfo=ZONE)
    rows = (await read(office, f"/api/v1/progress?campaign_id={campaign}"))["committees"]
    owing = {row["committee_name"]: (row["direct"], row["plan_overdue"], row["applications_overdue"]) for row in rows}
    assert owing == {place.committee.name: (False, True, True), ITS_OWN: (True, False, False)}
    assert (await read(office, f"/api/v1/campaigns/{campaign}/committee-indicators"))["committees"] == []
    listed = (await read(office, f"/api/v1/applications?campaign_id={campaign}"))["items"]
    assert [(each["unit_name"], each["committee_name"]) for each in listed] == [(unit["name"], ITS_OWN)]
    for audience, names in (("all", {ITS_OWN, place.committee.name}), ("without_plan", {place.committee.name})):
        body = {"campaign_id": campaign, "title": "通知", "text": "请补报。", "audience": audience}
        told = done(await office.post("/api/v1/announcements", json=body, headers=key()), 201)["committees"]
        assert {each["name"] for each in told} == names
    direct = (await read(office, "/api/v1/units?direct=true"))["items"]
    assert [each["id"] for each in direct] == [unit["id"]]
    assert [each["name"] for each in (await read(office, "/api/v1/committees?direct=false"))["items"]] == [
        place.committee.name
    ]


async def it_is_awarded_and_nominated(world: World, place: District, href: str) -> None:
    office = place.by_office
    body = {"campaign_id": str(place.campaign.id), "title": "通报"}
    commendation = f"/api/v1/commendations/{done(await office.post('/api/v1/commendations', json=body), 201)['id']}"
    its_own = [(await read(office, href))["committee_id"]]
    chosen: dict[str, Any] = {"basis": "by_hand", "kind": "excellent_organiser", "reason": "推荐"}
    refused = await office.post(f"{commendation}/awards", json=chosen | {"committee_ids": its_own}, headers=key())
    assert ("unknown_reference", "/committee_ids/0") in reasons(refused)
    chosen |= {"kind": "excellent_case", "application_ids": [steps.id_of(href)]}
    done(await office.post(f"{commendation}/awards", json=chosen, headers=key()))
    [award] = (await read(office, "/api/v1/awards"))["items"]
    summary = {"public_summary": "档案进社区。"}
    done(await office.patch(f"/api/v1/awards/{award['id']}", json=summary, headers={"If-Match": "*"}))
    done(await office.post(f"{commendation}/publicity", headers=key()))
    world.database.clock.stopped_at = datetime(2015, 9, 28, 9, 0, tzinfo=ZONE)
    done(await office.post(f"{commendation}/publication", json={}, headers=key()))
    [public] = (await read(world.client(), "/api/v1/public/awards"))["items"]
    assert public["unit_name"] == UNIT["name"]
    nominated = {"position": 1, "reason": "择优推荐", "application_id": steps.id_of(href)}
    nomination = done(await office.post("/api/v1/nominations", json=nominated, headers=key()), 201)
    committee = (await read(office, f"/api/v1/nominations/{nomination['id']}/payload"))["committee"]
    assert (committee["name"], committee["kind"]) == (ITS_OWN, "district_direct")


async def test_the_offices_seat_stays_and_is_nobody_elses(world: World) -> None:
    place = await district(world)
    office = place.by_office
    answers = await asyncio.gather(
        *(office.post("/api/v1/units", json=UNIT | {"name": f"直属{at}"}) for at in range(2))
    )
    [its_own] = {done(answer, 201)["committee_id"] for answer in answers}
    async with world.database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Committee).where(Committee.direct)) == 1
    left_out = {name: value for name, value in UNIT.items() if name != "committee_id"}
    refused = await office.post("/api/v1/units", json=left_out)
    assert refused.json()["findings"][0]["message"] == "请填写“党（工）委（直属单位填 null）”。"
    assert reasons(refused) == [("required", "/committee_id")]
    why = {"reason": "来函"}
    merged = await office.post(f"/api/v1/committees/{place.committee.id}/merger", json=why | {"successor_id": its_own})
    away = why | {"successor_id": str(place.committee.id)}
    liaison = {"username": "a.liaison", "name": "张静", "role": "committee", "committee_id": its_own}
    seat = why | {"committee_id": its_own, "account_id": str(place.liaison.id)}
    for answer in (
        merged,
        await office.post(f"/api/v1/committees/{its_own}/merger", json=away),
        await office.post("/api/v1/accounts", json=liaison),
        await office.post("/api/v1/seats", json=seat),
    ):
        assert reasons(answer)[0][0] == "office_acts_here"
    by_seat = await in_its_seat(world, place.clerk)
    seat_id = by_seat.headers["Act-For"]
    done(await office.post(f"/api/v1/seats/{seat_id}/revocation", json=why))
    assert (await by_seat.get("/api/v1/units")).status_code == 403
    await registered(world, office)
    done(await office.post("/api/v1/seats", json=why | {"committee_id": its_own}), 201)
    assert len((await read(await in_its_seat(world, place.clerk), "/api/v1/units"))["items"]) == 3


async def test_direct_units_are_imported_and_move_like_others(world: World) -> None:
    place = await district(world)
    office = place.by_office
    rows = {"units": [{"name": "区档案馆", "honour_level": "district"}]}
    first = done(await office.post("/api/v1/organisation-imports", json=rows))
    again = done(await office.post("/api/v1/organisation-imports", json=rows))
    assert [(row["pointer"], row["outcome"]) for row in first["rows"] + again["rows"]] == [
        ("/units/0", "created"),
        ("/units/0", "unchanged"),
    ]
    twice = await office.post("/api/v1/organisation-imports", json={"units": rows["units"] * 2})
    assert reasons(twice) == [("repeated", "/units/1/name")]
    empty = await office.post("/api/v1/organisation-imports", json={})
    assert empty.json()["errors"][0]["detail"] == "内容无效：committees 与 units 至少填一项。"
    [unit] = (await read(office, "/api/v1/units?direct=true"))["items"]
    href, why = f"/api/v1/units/{unit['id']}", {"reason": "划归街道管理。"}
    away = done(await office.post(f"{href}/move", json=why | {"committee_id": str(place.committee.id)}))
    assert [each["code"] for each in away["findings"]] == ["limit_differs"]
    assert not (await read(office, href))["direct"]
    done(await office.post(f"{href}/move", json=why | {"committee_id": unit["committee_id"]}))
    assert (await read(office, href))["direct"]


@pytest.mark.parametrize("direct", [False, True])
async def test_a_judge_of_another_unit_without_a_committee_is_no_kin(world: World, *, direct: bool) -> None:
    """Units of one committee have something in common; those without one have not."""
    made = await judging(world, cases=1, judges=1)
    await world.put(made.committees[0], direct=direct)
    neighbour = await world.unit(made.committees[0])
    profile = {"unit_id": str(neighbour.id), "organisation": "区档案馆", "maximum_load": 9}
    href = f"/api/v1/reviewers/{made.judges[0].id}"
    done(await made.by_office.put(href, json=profile, headers={"If-Match": "*"}))
    pair = {"application_id": str(made.cases[0].id), "reviewer_id": str(made.judges[0].id)}
    answer = await made.by_office.post(
        f"/api/v1/rounds/{made.round.id}/assignments", json={"assignments": [pair]}, headers=key()
    )
    assert answer.status_code == (201 if direct else 409), answer.text
