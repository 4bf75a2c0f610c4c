"""Former names (曾用名): kept with their end, found by the search and by an import, and beside an award."""

from datetime import datetime
from typing import Any

from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.scenarios.steps import done, read
from tests.world import ZONE, World
from tests.world.commending import commending, publicise, publish

ANY = {"If-Match": "*"}
NOW, LATER = "2015-04-21T02:00:00Z", datetime(2015, 5, 4, 9, tzinfo=ZONE)
LEVEL = {"honour_level": "district"}


async def rename(office: ContractClient, href: str, name: str) -> Any:
    return done(await office.patch(href, json={"name": name}, headers=ANY))


async def test_names_are_kept_with_their_end_and_found_by_the_search(world: World) -> None:
    office, place = await world.client_of(Role.OFFICE), await world.committee(name="乔屯乡党委")
    unit = await world.unit(place, name="龙华村")
    hrefs = {f"/api/v1/committees/{place.id}": "乔屯街道党工委", f"/api/v1/units/{unit.id}": "龙华社区"}
    for href, name in hrefs.items():
        assert (await rename(office, href, name))["former_names"][0]["until"] == NOW
    world.database.clock.stopped_at = LATER
    twice = await rename(office, f"/api/v1/units/{unit.id}", "龙华第一社区")
    assert twice["former_names"] == [
        {"name": "龙华社区", "since": NOW, "until": "2015-05-04T01:00:00Z"},
        {"name": "龙华村", "since": NOW, "until": NOW},
    ]
    assert (await rename(office, f"/api/v1/units/{unit.id}", "龙华第一社区"))["former_names"] == twice["former_names"]
    for noun, text, found in (("committees", "乔屯乡", place), ("units", "龙华村", unit)):
        [row] = (await read(office, f"/api/v1/{noun}?q={text}"))["items"]
        assert row["id"] == str(found.id)


async def test_a_renaming_holds_from_the_day_of_its_decision(world: World) -> None:
    """Entered late, it is dated by the decision; a wrong day is corrected without another former name."""
    office, place = await world.client_of(Role.OFFICE), await world.committee(name="乔屯乡党委")
    href = f"/api/v1/committees/{place.id}"
    body = {"name": "乔屯街道党工委", "effective_on": "2015-04-01"}
    dated = done(await office.patch(href, json=body, headers=ANY))
    march = "2015-03-31T16:00:00Z"
    assert dated["former_names"] == [{"name": "乔屯乡党委", "since": None, "until": march}]
    corrected = done(await office.patch(href, json={"effective_on": "2015-04-02"}, headers=ANY))
    assert [row["until"] for row in corrected["former_names"]] == ["2015-04-01T16:00:00Z"]
    again = await office.patch(href, json=body | {"effective_on": "2015-04-02"}, headers=ANY)
    assert done(again)["etag"] == corrected["etag"], "a change that changes nothing"
    [last, first] = (await read(office, f"{href}/history"))["items"]
    assert [row["data"]["effective_on"] for row in (first, last)] == ["2015-04-01", "2015-04-02"]
    for day, code in (("2015-04-22", "renamed_in_future"), ("2015-04-01", "renamed_before_last_time")):
        refused = await office.patch(href, json={"name": "乔屯党工委", "effective_on": day}, headers=ANY)
        assert [each["code"] for each in refused.json()["findings"]] == [code]
    by_committee = await world.client_of(Role.COMMITTEE, committee=place)
    assert (await by_committee.patch(href, json={"effective_on": "2015-04-01"}, headers=ANY)).status_code == 403


async def test_an_import_by_a_former_name_says_so_and_registers_nobody_twice(world: World) -> None:
    office, place = await world.client_of(Role.OFFICE), await world.committee(name="乔屯乡党委")
    unit = await world.unit(place, name="龙华村")
    await rename(office, f"/api/v1/committees/{place.id}", "乔屯街道党工委")
    await rename(office, f"/api/v1/units/{unit.id}", "龙华社区")
    body = {"name": "乔屯乡党委", "kind": "township_subdistrict", "units": [{"name": "龙华村"} | LEVEL]}
    rows = done(await office.post("/api/v1/organisation-imports", json={"committees": [body]}))["rows"]
    assert {row["name"]: row["outcome"] for row in rows} == {"乔屯街道党工委": "unchanged", "龙华社区": "unchanged"}
    assert [row["findings"][0]["pointer"] for row in rows] == ["/committees/0/name", "/committees/0/units/0/name"]
    said = "“龙华村”是“龙华社区”的曾用名（用至2015年4月21日10:00），按“龙华社区”处理；如系另一家，请单独登记。"
    assert rows[1]["findings"][0]["message"] == said
    body["units"] = [{"name": "龙华村"} | LEVEL, {"name": "龙华社区"} | LEVEL]
    rows = done(await office.post("/api/v1/organisation-imports", json={"committees": [body]}))["rows"]
    assert [(row["name"], row["outcome"], row["findings"]) for row in rows[1:]] == [
        ("龙华村", "created", []),
        ("龙华社区", "unchanged", []),
    ], "a list that has both means two"


async def test_an_award_shows_the_names_of_then_and_those_of_now_beside_them(world: World) -> None:
    """The committee was merged into another, the unit renamed: what was filed keeps its words."""
    place = await commending(world, (1, 95.0), (2, 90.0))
    await place.award(0)
    await place.award(1)
    done(await publicise(place))
    world.database.clock.stopped_at = LATER
    done(await publish(place))
    public = world.client()
    before = {row["name"]: row for row in (await read(public, "/api/v1/public/awards"))["items"]}
    assert {row["unit_name_now"] for row in before.values()} == {None}
    href = f"/api/v1/committees/{place.committees[0].id}/merger"
    why = {"reason": "机构改革", "successor_id": str(place.committees[1].id)}
    done(await place.by_office.post(href, json=why))
    await rename(place.by_office, f"/api/v1/units/{place.units[0].id}", "新名社区")
    after = {row["name"]: row for row in (await read(public, "/api/v1/public/awards"))["items"]}
    changed = {"unit_name_now": "新名社区", "committee_name_now": place.committees[1].name}
    [name] = [name for name, row in after.items() if row != before[name]]
    assert after[name] == before[name] | changed
