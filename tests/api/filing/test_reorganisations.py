"""Organisations that change: everything a unit has goes with it or stays, and nobody loses sight of their own."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from app.database import Clock
from app.models import Committee
from app.models.enums import Role
from tests.scenarios import steps
from tests.scenarios.steps import done, read
from tests.world import ZONE, World, key
from tests.world.filing import District, district
from tests.world.notifying import feed, hand_on
from tests.world.people import ANOTHER, codes

WHY = {"reason": "区划调整（区委〔2015〕12号）。"}
CORRECTION = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}


async def move(place: District, to: District, **body: Any) -> Any:
    href = f"/api/v1/units/{place.unit.id}/move"
    return await place.by_office.post(href, json={"committee_id": str(to.committee.id)} | WHY | body)


async def merge(place: District, into: District, **body: Any) -> Any:
    href = f"/api/v1/committees/{place.committee.id}/merger"
    return await place.by_office.post(href, json={"successor_id": str(into.committee.id)} | WHY | body)


async def two(world: World) -> tuple[District, District]:
    campaign = await world.campaign()
    return await district(world, campaign), await district(world, campaign)


async def numbers(client: Any, **filters: object) -> set[str]:
    query = {name: str(value) for name, value in filters.items()}
    return {row["id"] for row in done(await client.get("/api/v1/applications", params=query))["items"]}


async def test_what_was_never_filed_goes_with_its_unit_and_what_was_filed_stays(world: World) -> None:
    here, there = await two(world)
    draft, submitted, sealed = await here.complete(), await here.submitted(), await here.sealed()
    filed = await here.filed(2)
    expected = {"units": 1, "accounts": 1, "applications_moved": 3, "seals_voided": 1, "applications_stayed": 2}
    tried = done(await move(here, there, dry_run=True))
    assert await numbers(here.by_committee) == {str(each) for each in (draft, submitted, sealed, *filed)}
    moved = done(await move(here, there))
    assert tried | {"dry_run": False} == moved == expected | {"dry_run": False, "plans_moved": 0, "findings": []}
    assert await numbers(here.by_committee) == {str(each) for each in filed}
    assert await numbers(there.by_committee) == {str(each) for each in (draft, submitted, sealed)}
    assert await here.status(sealed) == "submitted"
    assert codes(await move(here, there)) == [("already_there", "/committee_id")]


async def test_a_unit_reads_all_of_its_own_after_it_was_moved(world: World) -> None:
    """By every filter and address, its notifications too: it is itself wherever it is."""
    here, there = await two(world)
    filed = await here.filed(2)
    done(await here.by_office.post(f"/api/v1/applications/{filed[0]}/acceptance", headers=key()))
    await hand_on(world)
    told = await feed(here.by_unit)
    submitted = await here.submitted()
    done(await move(here, there))
    own = {str(each) for each in (*filed, submitted)}
    assert await numbers(here.by_unit) == await numbers(here.by_unit, unit_id=here.unit.id) == own
    assert await numbers(here.by_unit, committee_id=there.committee.id) == {str(submitted)}
    assert await numbers(here.by_unit, committee_id=here.committee.id) == {str(each) for each in filed}
    for application_id in own:
        application = done(await here.by_unit.get(f"/api/v1/applications/{application_id}"))
        assert application["unit_id"] == str(here.unit.id)
        done(await here.by_unit.get(f"/api/v1/applications/{application_id}/history"))
    assert told
    assert {each["id"] for each in told} <= {each["id"] for each in await feed(here.by_unit)}
    assert done(await here.by_unit.get("/api/v1/account"))["committee_id"] == str(there.committee.id)


async def test_the_new_committee_seals_and_files_what_came_to_it(world: World) -> None:
    here, there = await two(world)
    came = [await here.sealed(), await here.submitted()]
    done(await move(here, there))
    hrefs = [f"/api/v1/applications/{each}" for each in came]
    for href in hrefs:
        await steps.seal(there.by_committee, href)
    receipt = done(await steps.file(there.by_committee, here.campaign.id, *hrefs), 201)
    assert receipt["committee_id"] == str(there.committee.id)
    version = done(await there.by_office.get(f"{hrefs[0]}/versions"))["items"][-1]
    assert version["occasion"] == "filing"


@pytest.mark.parametrize("merged", [False, True])
async def test_what_the_new_committee_files_is_what_it_sealed(world: World, merged: bool) -> None:
    """It had been submitted to the old one, and sealed by it, under its name."""
    here, there = await two(world)
    moved = [await here.submitted(), await here.sealed()]
    done(await (merge if merged else move)(here, there))
    for application_id in moved:
        await steps.seal(there.by_committee, f"/api/v1/applications/{application_id}")
    receipt = done(await there.file(*moved), 201)
    assert receipt["committee_name"] == there.committee.name
    for application_id in moved:
        href = f"/api/v1/applications/{application_id}"
        seal, filed = await read(there.by_office, f"{href}/endorsement"), await read(there.by_office, href)
        versions = (await read(there.by_committee, f"{href}/versions"))["items"]
        assert [each["occasion"] for each in versions] == ["submission", "move", "filing"]
        content = await read(there.by_office, f"{href}/versions/3")
        assert (seal["digest"], content["committee_name"]) == (filed["content_digest"], there.committee.name)
        assert seal["digest"] == content["digest"] != versions[0]["digest"]


async def test_what_was_filed_before_and_after_a_merger_is_one_set(world: World) -> None:
    """It is filed, declined and withdrawn by one count, and the progress of both says so."""
    here, there = await two(world)
    one, sent_back = await here.filed(2)
    await here.by_office.post(f"/api/v1/applications/{sent_back}/correction-request", json=CORRECTION)
    done(await merge(here, there))
    campaign = {"campaign_id": str(there.campaign.id)}
    owes = [("applications_overdue", False), ("minimum_met", False)]
    for client in (there.by_office, there.by_committee):
        rows = done(await client.get("/api/v1/progress", params=campaign))["committees"]
        assert [[(name, row[name]) for name, _ in owes] for row in rows] == [owes, owes]
    submitted = f"/api/v1/applications/{sent_back}"
    done(await here.by_unit.post(f"{submitted}/submission", headers=key()))
    declined = await there.by_committee.post(f"{submitted}/decline", json=WHY, headers=key())
    assert codes(declined) == [("too_few_applications", None)]
    await there.seal(sent_back)
    done(await there.file(sent_back), 201)
    done(await there.file(another := await there.sealed()), 201)
    rows = done(await there.by_office.get("/api/v1/progress", params=campaign))["committees"]
    assert [(row["standing"], row["minimum_met"]) for row in rows] == [(1, True), (2, True)]
    two_of_three = {"application_ids": [str(one), str(another)]} | WHY
    refused = await there.by_committee.post("/api/v1/withdrawals", json=two_of_three, headers=key())
    assert codes(refused) == [("too_few_applications", "/application_ids")]


async def test_a_merged_committee_that_has_nothing_left_is_not_in_the_progress(world: World) -> None:
    here, there = await two(world)
    await here.complete()
    href = f"/api/v1/progress?campaign_id={here.campaign.id}"

    async def concerned() -> set[str]:
        return {each["committee_id"] for each in done(await here.by_office.get(href))["committees"]}

    assert await concerned() == {str(here.committee.id), str(there.committee.id)}
    done(await merge(here, there))
    assert await concerned() == {str(there.committee.id)}


async def test_a_successor_goes_on_with_what_is_returned_and_reads_what_was_filed(world: World) -> None:
    here, there = await two(world)
    filed = await here.filed(3)
    receipt = done(await here.by_committee.get("/api/v1/filings"))["items"][0]
    name = here.committee.name
    correction = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
    before, after = filed[0], filed[1]
    done(await steps.act(here.by_office, f"/api/v1/applications/{before}", "correction-request", correction))
    outcome = done(await merge(here, there))
    assert outcome["applications_moved"] == 1
    assert outcome["accounts"] == 2
    assert (await here.by_committee.get("/api/v1/filings")).status_code == 401, "its rights have changed"
    done(await steps.act(here.by_office, f"/api/v1/applications/{after}", "correction-request", correction))
    successor = there.by_committee
    assert await numbers(successor) == {str(each) for each in filed}
    for application_id in (before, after):
        href = f"/api/v1/applications/{application_id}"
        assert done(await successor.get(href))["committee_id"] == str(there.committee.id)
        done(await successor.post(f"{href}/submission", headers=key()))
        await steps.seal(successor, href)
    again = done(await steps.file(successor, here.campaign.id, *map("/api/v1/applications/{}".format, filed[:2])), 201)
    assert again["committee_id"] == str(there.committee.id)
    kept = done(await successor.get(f"/api/v1/filings/{receipt['id']}"))
    assert (kept["committee_id"], kept["committee_name"]) == (str(here.committee.id), receipt["committee_name"])
    old = done(await successor.get(f"/api/v1/committees/{here.committee.id}"))
    assert (old["name"], old["successor_id"]) == (name, str(there.committee.id))
    back = await here.by_office.delete(f"/api/v1/committees/{here.committee.id}/retirement", headers={"If-Match": "*"})
    assert codes(back) == [("merged_for_good", None)]


async def test_a_move_is_told_to_all_whom_it_concerns_and_stands_in_both_histories(world: World) -> None:
    here, there = await two(world)
    colleague = await world.client_of(Role.OFFICE)
    readers = [here.by_unit, here.by_committee, there.by_committee, colleague, here.by_office]
    await hand_on(world)
    done(await move(here, there))
    await hand_on(world)
    left, name = here.committee.name, there.committee.name
    told = [{each["kind"] for each in await feed(client)} for client in readers]
    assert told == [
        {"unit.moved"},
        {"committee.unit_left"},
        {"change.committee", "committee.unit_joined"},
        {"committee.unit_left"},
        set(),
    ]
    arrived = next(each for each in await feed(there.by_committee) if each["kind"] == "committee.unit_joined")
    went_along = "账号和尚未上报的申报已随之转入；已盖章的须重新盖章。"
    assert arrived["text"] == f"{here.unit.name}由{left}转入{name}，{went_along}"
    [notice] = await feed(here.by_committee)
    assert notice["text"] == f"{here.unit.name}由{left}转至{name}，已上报的申报仍归{left}。"
    assert notice["details"] == [f"原因：{WHY['reason']}"]
    for place, event in ((here, "unit_left"), (there, "unit_joined")):
        history = done(await place.by_committee.get(f"/api/v1/committees/{place.committee.id}/history"))["items"]
        assert history[0]["action"] == f"committee.{event}"
        assert history[0]["data"]["unit"] == here.unit.name


async def test_a_merger_is_told_to_the_liaisons_of_both_the_units_and_the_office(world: World) -> None:
    here, there = await two(world)
    colleague = await world.client_of(Role.OFFICE)
    await hand_on(world)
    done(await merge(here, there))
    await hand_on(world)
    liaison = await world.sign_in(here.liaison)
    readers = [here.by_unit, liaison, there.by_committee, colleague]
    told = [{each["kind"] for each in await feed(client)} for client in readers]
    merged = "committee.succeeded"
    assert told == [{"unit.moved"}, {"change.committee", merged}, {"change.committee", merged}, {merged}]
    texts = [each["text"] for each in await feed(colleague)]
    left, name = here.committee.name, there.committee.name
    assert texts == [f"{left}并入{name}，单位、账号和未上报的申报一并转入。"]


@pytest.mark.parametrize("change", ["nothing", "move", "merger"])
async def test_whoever_stands_for_the_committee_voids_and_renews_the_codes_of_whom_it_invited(
    world: World, change: str
) -> None:
    here, there = await two(world)
    code = here.committee.code.lower()
    of_unit = {"username": f"{code}.unit", "name": "王芳", "role": "unit", "unit_id": str(here.unit.id)}
    of_own = {"username": f"{code}.next", "name": "赵敏", "role": "committee"}
    invited = [done(await here.by_committee.post("/api/v1/accounts", json=each), 201) for each in (of_unit, of_own)]
    if change != "nothing":
        done(await (move if change == "move" else merge)(here, there))
    stands_for = {"nothing": (here, here), "move": (there, here), "merger": (there, there)}[change]
    for account, place in zip(invited, stands_for, strict=True):
        href = f"/api/v1/accounts/{account['id']}"
        assert done(await place.by_committee.get(href))["actions"].keys() >= {"invite", "void_code"}
        assert done(await place.by_committee.delete(f"{href}/invitation"))["activation_expires_at"] is None
        renewed = done(await place.by_committee.post(f"{href}/invitation"))["activation_code"]
        used = {"code": renewed, "password": ANOTHER}
        assert (await world.client().post("/api/v1/activations", json=used)).status_code == 200
    gone = await stands_for[1].by_committee.post(f"/api/v1/accounts/{invited[1]['id']}/invitation")
    assert gone.status_code == 404, "once it was used, it is its owner's"


async def test_a_move_names_the_deadlines_and_limits_that_stay_with_the_committee(world: World) -> None:
    here, there = await two(world)
    of = {"campaign_id": str(here.campaign.id), "committee_id": str(here.committee.id), "reason": "连日暴雨"}
    later = of | {"deadline": "application", "due_on": "2015-09-18"}
    done(await here.by_office.post("/api/v1/extensions", json=later), 201)
    done(await here.by_office.post("/api/v1/exemptions", json=of | {"limit": "minimum_filed", "value": 1}), 201)
    tried = [await move(here, there, dry_run=True), await merge(here, there, dry_run=True), await move(here, there)]
    for outcome in tried:
        deadline, limit = done(outcome)["findings"]
        assert (deadline["code"], deadline["severity"]) == ("deadline_differs", "advice")
        assert f"“{here.committee.name}”的案例申报截止时间为2015年9月18日24:00" in deadline["message"]
        assert f"“{there.committee.name}”的为2015年9月14日24:00" in deadline["message"]
        assert limit["params"].items() >= {"kind": "minimum_filed", "before": 1, "after": 2}.items()
    assert done(await move(here, here))["findings"][0]["params"]["after"] == "2015-09-18T16:00:00Z"


async def test_what_was_granted_for_one_application_or_plan_goes_with_it(world: World, clock: Clock) -> None:
    """An exemption of an application, its days of correction, and those of a plan, where committees are merged."""
    here, there = await two(world)
    filed = await here.filed(2)
    href = f"/api/v1/applications/{filed[0]}"
    of_one = {"campaign_id": str(here.campaign.id), "application_id": str(filed[0]), "reason": "确有困难"}
    done(await here.by_office.post("/api/v1/exemptions", json=of_one | {"limit": "images_minimum", "value": 4}), 201)
    correction = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
    done(await steps.act(here.by_office, href, "correction-request", correction))
    body = {"campaign_id": str(here.campaign.id), "cases": [{"name": "道德讲堂", "unit_name": "翔云社区"}]}
    plan = f"/api/v1/plans/{done(await here.by_committee.post('/api/v1/plans', json=body), 201)['id']}"
    done(await steps.act(here.by_committee, plan, "submission"))
    done(await here.by_office.post(f"{plan}/return", json={"reason": "请补充。", "due_on": "2015-09-25"}))
    image = done(await here.by_unit.get(href))["images"][0]
    removed = await here.by_unit.delete(f"{href}/images/{image['id']}", headers={"If-Match": image["etag"]})
    assert removed.status_code == 200
    done(await merge(here, there))
    clock.stopped_at = datetime(2015, 9, 20, 9, 0, tzinfo=ZONE)
    there_now = done(await there.by_committee.get(href))
    assert there_now["actions"]["submit"]["allowed"], there_now["actions"]["submit"]
    assert there_now["deadline"]["published_on"] == "2015-09-25"
    assert done(await there.by_committee.get(plan))["deadline"]["published_on"] == "2015-09-25"


async def test_a_receipt_keeps_the_name_of_its_day(world: World) -> None:
    place = await district(world)
    await place.filed(2)
    before = done(await place.by_committee.get("/api/v1/filings"))["items"][0]["committee_name"]
    href = f"/api/v1/committees/{place.committee.id}"
    done(await place.by_office.patch(href, json={"name": "改名后的党工委"}, headers={"If-Match": "*"}))
    assert done(await place.by_committee.get("/api/v1/filings"))["items"][0]["committee_name"] == before


async def test_names_and_targets_are_looked_at_before_anything_moves(world: World) -> None:
    here, there = await two(world)
    twin = await world.unit(there.committee, name=here.unit.name)
    assert codes(await move(here, there)) == [("name_taken", None)]
    assert codes(await merge(here, there)) == [("name_taken", None)]
    done(await here.by_office.patch(f"/api/v1/units/{twin.id}", json={"name": "另名"}, headers={"If-Match": "*"}))
    assert codes(await merge(here, here)) == [("itself", "/successor_id")]
    nobody = await move(here, there, committee_id=str(here.unit.id))
    assert codes(nobody) == [("unknown_reference", "/committee_id")]
    for role in (Role.COMMITTEE, Role.UNIT):
        client = {Role.COMMITTEE: here.by_committee, Role.UNIT: here.by_unit}[role]
        href = f"/api/v1/units/{here.unit.id}/move"
        answer = await client.post(href, json={"committee_id": str(there.committee.id)} | WHY)
        assert answer.status_code == 403


async def test_a_retired_committee_frees_its_code_and_its_name_and_no_number_is_used_twice(world: World) -> None:
    place = await district(world)
    office, committee = place.by_office, place.committee
    done(
        await place.by_unit.post("/api/v1/applications", json={"campaign_id": str(place.campaign.id)}, headers=key()),
        201,
    )
    body = {"code": committee.code, "name": committee.name, "kind": "township_subdistrict"}
    assert codes(await office.post("/api/v1/committees", json=body))[0][0] == "already_exists"
    done(await office.post(f"/api/v1/committees/{committee.id}/retirement", headers=key()))
    again = done(await office.post("/api/v1/committees", json=body), 201)
    unit = {"name": place.unit.name, "honour_level": "district", "committee_id": again["id"]}
    unit_id = done(await office.post("/api/v1/units", json=unit), 201)["id"]
    by_paper = await world.client_of(Role.COMMITTEE, committee=await committee_of(world, again["id"]))
    begun = {"campaign_id": str(place.campaign.id), "unit_id": unit_id}
    application = done(await by_paper.post("/api/v1/applications", json=begun, headers=key()), 201)
    assert application["number"] == f"2015-{committee.code}-002"
    back = await office.delete(f"/api/v1/committees/{committee.id}/retirement", headers={"If-Match": "*"})
    assert codes(back)[0][0] == "already_exists"


async def committee_of(world: World, committee_id: str) -> Committee:
    async with world.database.transaction() as session:
        return await session.get_one(Committee, UUID(committee_id))


async def test_a_plan_is_advised_of_a_unit_that_was_moved_away(world: World) -> None:
    here, there = await two(world)
    cases = [{"name": "道德讲堂", "unit_name": "翔云社区"}, {"name": "邻里互助", "unit_id": str(here.unit.id)}]
    body = {"campaign_id": str(here.campaign.id), "cases": cases}
    plan = f"/api/v1/plans/{done(await here.by_committee.post('/api/v1/plans', json=body), 201)['id']}"
    done(await move(here, there))
    submit = done(await here.by_committee.get(plan))["actions"]["submit"]
    (left,) = [each for each in submit["findings"] if each["code"] == "unit_left"]
    assert (submit["allowed"], left["pointer"]) == (True, "/cases/1/unit_id")
    assert f"“{there.committee.name}”" in left["message"]
    done(await steps.act(here.by_committee, plan, "submission"))
    assert done(await here.by_office.get(plan))["status"] == "submitted"
