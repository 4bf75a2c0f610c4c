from datetime import datetime
from typing import Any
from uuid import uuid4

from app.api.http.document import reachable
from app.database import Clock
from app.models import Campaign, Committee
from app.models.enums import CampaignStatus, Role
from tests.contract.client import ContractClient
from tests.contract.operations import DEADLINES, DOCUMENT, OPERATIONS
from tests.scenarios.steps import done
from tests.world import FORM, ZONE, World, key
from tests.world.filing import district

URL = "/api/v1/extensions"
AFTER = datetime(2015, 9, 16, 9, 0, tzinfo=ZONE)
"""Both deadlines of 2015 have passed."""


def for_committee(campaign: Campaign, committee: Committee, **changes: Any) -> dict[str, Any]:
    plain = {
        "campaign_id": str(campaign.id),
        "committee_id": str(committee.id),
        "deadline": "application",
        "due_on": "2015-09-18",
        "reason": "连日暴雨",
    }
    return plain | changes


async def drafted(client: ContractClient, campaign: Campaign) -> str:
    body = FORM | {"campaign_id": str(campaign.id)}
    made = await client.post("/api/v1/applications", json=body, headers=key())
    return made.headers["location"]


async def deadline_of(client: ContractClient, address: str) -> tuple[str, str, str]:
    deadline = (await client.get(address)).json()["deadline"]
    return deadline["source"], deadline["published_on"], deadline["enforced_at"]


async def test_a_campaign_tells_the_deadline_that_counts_for_who_asks(world: World, clock: Clock) -> None:
    """Of a later deadline for its committee's plan a unit learns nothing; other committees learn of none."""
    campaign, committee = await world.campaign(), await world.committee()
    office = await world.client_of(Role.OFFICE)
    clients = {
        "unit": await world.client_of(Role.UNIT, unit=await world.unit(committee)),
        "committee": await world.client_of(Role.COMMITTEE, committee=committee),
        "other": await world.client_of(Role.COMMITTEE, committee=await world.committee()),
        "office": office,
    }
    clock.stopped_at = AFTER
    for kind, due_on in (("application", "2015-09-17"), ("application", "2015-09-18"), ("plan", "2015-09-20")):
        done(await office.post(URL, json=for_committee(campaign, committee, deadline=kind, due_on=due_on)), 201)
    told = {}
    for name, client in clients.items():
        shown = done(await client.get(f"/api/v1/campaigns/{campaign.id}"))
        told[name] = [shown[f"{kind}_deadline"] for kind in ("plan", "application")]
    days = {name: [each["published_on"] for each in deadlines] for name, deadlines in told.items()}
    original = ["2015-04-22", "2015-09-14"]
    assert days == {
        "unit": ["2015-04-22", "2015-09-18"],
        "committee": ["2015-09-20", "2015-09-18"],
        "other": original,
        "office": original,
    }
    assert [each["seconds_left"] > 0 for each in told["unit"]] == [False, True]
    assert [each["source"] for each in told["unit"]] == ["campaign", "extension"]


def deadlines_in(answer: Any) -> list[dict[str, Any]]:
    """Every deadline in an answer, wherever it is."""
    if isinstance(answer, list):
        return [found for each in answer for found in deadlines_in(each)]
    if not isinstance(answer, dict):
        return []
    inner = [found for each in answer.values() for found in deadlines_in(each)]
    return [answer, *inner] if "seconds_left" in answer else inner


async def test_every_answer_that_has_a_deadline_has_the_one_of_who_asks(world: World, clock: Clock) -> None:
    place = await district(world)
    application = await place.complete(pictures=0)
    body = {"campaign_id": str(place.campaign.id)}
    plan = done(await place.by_committee.post("/api/v1/plans", json=body, headers=key()), 201)
    notice = {"title": "通知", "year": 2015, "organizer": "区文明办"}
    programme = done(await place.by_office.post("/api/v1/programmes", json=notice, headers=key()), 201)
    placed = {"campaigns": [{"campaign_id": str(place.campaign.id), "entry": "品牌案例"}]}
    href, tag = f"/api/v1/programmes/{programme['id']}", {"If-Match": programme["etag"]}
    done(await place.by_office.put(f"{href}/campaigns", json=placed, headers=tag))
    ids = {
        "campaign_id": place.campaign.id,
        "application_id": application,
        "plan_id": plan["id"],
        "programme_id": programme["id"],
    }
    for kind in ("plan", "application"):
        later = for_committee(place.campaign, place.committee, deadline=kind, due_on="2015-09-18")
        done(await place.by_office.post(URL, json=later), 201)
    clock.stopped_at = AFTER
    asked = []
    for operation in OPERATIONS:
        if operation.method == "get" and reachable(DOCUMENT, operation.answers) & DEADLINES:
            found = deadlines_in(done(await place.by_committee.get(operation.path.format(**ids))))
            assert {(each["published_on"], each["source"]) for each in found} == {("2015-09-18", "extension")}
            assert all(each["seconds_left"] for each in found)
            asked.append(operation.name)
    assert {"readCampaign", "readApplication", "readPlan"} <= set(asked)


async def test_an_extension_reopens_until_it_is_revoked(world: World, clock: Clock) -> None:
    campaign = await world.campaign(images={"minimum": 0, "maximum": 8})
    committee = await world.committee()
    unit = await world.unit(committee)
    client, sealing = (
        await world.client_of(Role.UNIT, unit=unit),
        await world.client_of(Role.COMMITTEE, committee=committee),
    )
    office = await world.client_of(Role.OFFICE)
    address, late = await drafted(client, campaign), await drafted(client, campaign)
    await client.post(f"{address}/submission", headers=key())

    clock.stopped_at = AFTER
    assert await deadline_of(client, late) == ("campaign", "2015-09-14", "2015-09-14T16:00:00Z")
    refused = await client.post(f"{late}/submission", headers=key())
    assert [finding["code"] for finding in refused.json()["findings"]] == ["deadline_passed"]
    begun = await client.post("/api/v1/applications", json={"campaign_id": str(campaign.id)}, headers=key())
    assert [finding["code"] for finding in begun.json()["findings"]] == ["deadline_passed"]

    granted = await office.post(URL, json=for_committee(campaign, committee))
    assert granted.status_code == 201, granted.text
    assert await deadline_of(client, late) == ("extension", "2015-09-18", "2015-09-18T16:00:00Z")
    assert (await client.get(late)).json()["deadline"]["extension_id"] == granted.json()["id"]
    assert (await client.post(f"{late}/submission", headers=key())).json()["status"] == "submitted"
    assert (await client.get(await drafted(client, campaign))).json()["status"] == "draft"
    returned = await sealing.post(f"{address}/return", json={"reason": "请补充数据"})
    assert returned.json()["actions"]["submit"] == {"allowed": True, "findings": []}
    again = await client.patch(address, json={"brand_name": "新名"}, headers={"If-Match": returned.json()["etag"]})
    assert again.status_code == 200
    assert (await client.post(f"{address}/submission", headers=key())).json()["brand_name"] == "新名"

    revoked = await office.post(f"{granted.headers['location']}/revocation", json={"reason": "误批"})
    assert (revoked.json()["active"], revoked.json()["revocation_reason"]) == (False, "误批")
    assert await deadline_of(client, late) == ("campaign", "2015-09-14", "2015-09-14T16:00:00Z")
    assert (await client.get(late)).json()["status"] == "submitted"
    twice = await office.post(f"{granted.headers['location']}/revocation", json={"reason": "误批"})
    assert [finding["code"] for finding in twice.json()["findings"]] == ["already_revoked"]
    assert [row["id"] for row in (await office.get(URL)).json()["items"]] == [granted.json()["id"]]


async def test_only_a_later_and_future_deadline_of_a_published_campaign_is_granted(world: World, clock: Clock) -> None:
    campaign, committee = await world.campaign(), await world.committee()
    office = await world.client_of(Role.OFFICE)
    clock.stopped_at = AFTER

    async def codes(**changes: Any) -> list[tuple[str, str]]:
        answer = await office.post(URL, json=for_committee(campaign, committee, **changes))
        assert answer.status_code == 409, answer.text
        return [(finding["code"], finding["pointer"]) for finding in answer.json()["findings"]]

    past, not_later = ("deadline_in_the_past", "/due_on"), ("deadline_not_later", "/due_on")
    assert await codes(due_on="2015-09-15") == [past]
    assert await codes(due_on="2015-09-14") == [past, not_later]
    assert await codes(due_on="2015-09-16", enforced_at="2015-09-16T09:00:00+08:00") == [past]
    at_odds = [("closes_before_its_day", "/enforced_at")]
    assert await codes(due_on="2015-09-20", enforced_at="2015-09-19T23:59:00+08:00") == at_odds
    assert (await office.post(URL, json=for_committee(campaign, committee))).status_code == 201
    assert await codes() == [not_later]
    assert await codes(committee_id=str(uuid4())) == [("unknown_reference", "/committee_id")]
    assert await codes(campaign_id=str(uuid4())) == [("unknown_reference", "/campaign_id")]

    for status in (CampaignStatus.DRAFT, CampaignStatus.CLOSED):
        other = await world.campaign(status=status)
        refused = await office.post(URL, json=for_committee(other, committee))
        assert refused.json()["state"] == status.value


async def test_a_body_for_nobody_or_for_two_or_of_another_age_is_refused(world: World) -> None:
    campaign, committee = await world.campaign(), await world.committee()
    office = await world.client_of(Role.OFFICE)
    wrong: list[dict[str, Any]] = [
        {"committee_id": None},
        {"application_id": str(uuid4())},
        {"committee_id": None, "application_id": str(uuid4()), "deadline": "plan"},
        {"due_on": "9999-12-31"},
        {"enforced_at": "0001-01-01T00:00:00+14:00"},
        {"enforced_at": "2015-09-18T12:00:00"},
        {"reason": ""},
    ]
    for changes in wrong:
        refused = await office.post(URL, json=for_committee(campaign, committee, **changes))
        assert refused.status_code == 422, changes


async def test_the_office_extends_one_application_if_it_knows_of_it(world: World) -> None:
    campaign, committee = await world.campaign(), await world.committee()
    unit = await world.unit(committee)
    office = await world.client_of(Role.OFFICE)
    body = for_committee(campaign, committee, committee_id=None)

    draft = await world.application(campaign, unit)
    unknown = await office.post(URL, json=body | {"application_id": str(draft.id)})
    assert [(f["code"], f["pointer"]) for f in unknown.json()["findings"]] == [("unknown_reference", "/application_id")]

    filed = await world.filed(campaign, unit)
    granted = (await office.post(URL, json=body | {"application_id": str(filed.id)})).json()
    assert (granted["committee_id"], granted["application_number"]) == (str(committee.id), filed.number)
    client = await world.client_of(Role.UNIT, unit=unit)
    assert (await deadline_of(client, f"/api/v1/applications/{filed.id}"))[0] == "extension"
    assert (await deadline_of(client, f"/api/v1/applications/{draft.id}"))[0] == "campaign"

    other = await world.campaign()
    elsewhere = await office.post(URL, json=body | {"application_id": str(filed.id), "campaign_id": str(other.id)})
    assert [f["pointer"] for f in elsewhere.json()["findings"]] == ["/application_id"]


async def test_only_the_office_grants_and_revokes(world: World) -> None:
    campaign, committee = await world.campaign(), await world.committee()
    unit = await world.unit(committee)
    office = await world.client_of(Role.OFFICE)
    granted = await office.post(URL, json=for_committee(campaign, committee))
    for role, place in ((Role.UNIT, {"unit": unit}), (Role.COMMITTEE, {"committee": committee})):
        client = await world.client_of(role, **place)
        assert (await client.post(URL, json=for_committee(campaign, committee, due_on="2015-10-01"))).status_code == 403
        revoked = await client.post(f"{granted.headers['location']}/revocation", json={"reason": "不用了"})
        assert revoked.status_code == 403
        assert (await client.get(granted.headers["location"])).json()["granted_by"] is None
    assert (await office.get(granted.headers["location"])).json()["granted_by"] == "主办单位用户"


async def test_everybody_sees_what_concerns_them(world: World) -> None:
    campaign, committee, other = await world.campaign(), await world.committee(), await world.committee()
    unit, sister = await world.unit(committee), await world.unit(committee)
    mine = await world.filed(campaign, unit)
    office = await world.client_of(Role.OFFICE)

    async def grant(**changes: Any) -> str:
        made = await office.post(URL, json=for_committee(campaign, committee, **changes))
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    whole = await grant()
    plan = await grant(deadline="plan", due_on="2015-04-30")
    one = await grant(committee_id=None, application_id=str(mine.id), due_on="2015-09-20")
    foreign = await grant(committee_id=str(other.id))

    async def seen(role: Role, **place: Any) -> list[str]:
        client = await world.client_of(role, **place)
        rows = (await client.get(URL)).json()
        assert rows["total"] == len(rows["items"])
        for extension_id in (whole, plan, one, foreign):
            known = (await client.get(f"{URL}/{extension_id}")).status_code == 200
            assert known == (extension_id in [row["id"] for row in rows["items"]])
        return [row["id"] for row in rows["items"]]

    assert await seen(Role.OFFICE) == [whole, plan, one, foreign]
    assert await seen(Role.COMMITTEE, committee=committee) == [whole, plan, one]
    assert await seen(Role.UNIT, unit=unit) == [whole, one]
    assert await seen(Role.UNIT, unit=sister) == [whole]
    assert await seen(Role.COMMITTEE, committee=other) == [foreign]


async def test_the_list_is_filtered(world: World, clock: Clock) -> None:
    campaign, committee, other = await world.campaign(), await world.committee(), await world.committee()
    filed = await world.filed(campaign, await world.unit(committee))
    office = await world.client_of(Role.OFFICE)
    bodies = [
        for_committee(campaign, committee),
        for_committee(campaign, other, due_on="2015-09-16"),
        for_committee(campaign, committee, committee_id=None, application_id=str(filed.id), due_on="2015-09-30"),
    ]
    first, second, third = [(await office.post(URL, json=body)).json()["id"] for body in bodies]
    await office.post(f"{URL}/{first}/revocation", json={"reason": "误批"})

    async def found(**params: Any) -> list[str]:
        return [row["id"] for row in (await office.get(URL, params=params)).json()["items"]]

    assert await found(committee_id=str(committee.id)) == [first, third]
    assert await found(application_id=str(filed.id)) == [third]
    assert await found(campaign_id=str(uuid4())) == []
    assert await found(active=True) == [second, third]
    assert await found(active=False) == [first]
    clock.stopped_at = datetime(2015, 9, 17, tzinfo=ZONE)
    assert await found(active=True) == [third]
