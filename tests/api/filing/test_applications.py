from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.models.enums import CampaignStatus, Role
from tests.world import FORM, NO_COUNTED_ROWS, NOW, World, key
from tests.world.filing import District, district
from tests.world.uploads import scan, send_scan

PATH = "/api/v1/applications"


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


def found(answer: Any) -> list[tuple[str, str | None]]:
    return [(each["code"], each["pointer"]) for each in answer.json()["findings"]]


def possible(application: dict[str, Any]) -> list[str]:
    return [name for name, action in application["actions"].items() if action["allowed"]]


async def test_a_unit_drafts_reads_and_edits_its_application(world: World) -> None:
    campaign = await world.campaign()
    committee = await world.committee(code="QT")
    unit = await world.unit(committee, name="龙华社区")
    client = await world.client_of(Role.UNIT, unit=unit)

    made = await client.post("/api/v1/applications", json={"campaign_id": str(campaign.id)}, headers=key())
    assert made.status_code == 201, made.text
    draft = made.json()
    assert (draft["number"], draft["status"], draft["unit_name"]) == ("2015-QT-001", "draft", "龙华社区")

    edited = await client.patch(made.headers["location"], json=FORM, headers={"If-Match": draft["etag"]})
    assert edited.status_code == 200, edited.text
    assert edited.json()["narrative_length"] == 2000
    assert [f["code"] for f in edited.json()["actions"]["submit"]["findings"]] == ["too_few_images"]

    stale = await client.patch(made.headers["location"], json=FORM, headers={"If-Match": draft["etag"]})
    assert stale.json()["type"] == "urn:problem-type:pinpai:stale-version"

    refused = await client.post(made.headers["location"] + "/submission", headers=key())
    assert refused.status_code == 409
    assert refused.json()["findings"] == edited.json()["actions"]["submit"]["findings"]

    listed = await client.get("/api/v1/applications", params={"q": "红马甲"})
    assert [row["id"] for row in listed.json()["items"]] == [draft["id"]]


async def test_another_committee_sees_nothing_of_it(world: World) -> None:
    campaign = await world.campaign()
    unit = await world.unit(await world.committee())
    client = await world.client_of(Role.UNIT, unit=unit)
    made = await client.post("/api/v1/applications", json={"campaign_id": str(campaign.id)}, headers=key())
    for role in (Role.COMMITTEE, Role.OFFICE):
        other = await world.client_of(role, committee=await world.committee() if role is Role.COMMITTEE else None)
        assert (await other.get(made.headers["location"])).status_code == 404
        assert (await other.get("/api/v1/applications")).json() == NO_COUNTED_ROWS


async def test_what_a_body_refers_to_must_be_there_and_ones_own(world: World, place: District) -> None:
    hidden, elsewhere = await world.campaign(status=CampaignStatus.DRAFT), await district(world, place.campaign)
    for campaign_id in (uuid4(), hidden.id):
        refused = await place.by_unit.post(PATH, json={"campaign_id": str(campaign_id)}, headers=key())
        assert found(refused) == [("unknown_reference", "/campaign_id")]
    nobody = await place.by_committee.post(PATH, json={"campaign_id": str(place.campaign.id)}, headers=key())
    assert found(nobody) == [("required", "/unit_id")]
    office = await place.by_office.post(
        "/api/v1/units", json={"name": "无主", "honour_level": "district"}, headers=key()
    )
    assert found(office) == [("required", "/committee_id")]
    for unit_id in (uuid4(), elsewhere.unit.id):
        body = {"campaign_id": str(place.campaign.id), "unit_id": str(unit_id)}
        assert found(await place.by_committee.post(PATH, json=body, headers=key())) == [
            ("unknown_reference", "/unit_id")
        ]


async def test_nobody_begins_in_a_closed_campaign_nor_out_of_time(world: World, place: District) -> None:
    closed = await world.campaign(status=CampaignStatus.CLOSED)
    world.database.clock.stopped_at = NOW + timedelta(days=365)
    refused = await place.by_unit.post(PATH, json={"campaign_id": str(closed.id)}, headers=key())
    assert found(refused) == [("campaign_not_open", "/campaign_id"), ("deadline_passed", None)]


async def test_a_frontend_sees_what_is_possible_at_every_step(place: District) -> None:
    path = f"{PATH}/{await place.complete()}"
    draft = (await place.by_unit.get(path)).json()
    assert possible(draft) == ["edit", "delete", "submit"]
    assert draft["deadline"] == {
        "kind": "application",
        "published_on": "2015-09-14",
        "enforced_at": "2015-09-14T16:00:00Z",
        "source": "campaign",
        "extension_id": None,
        "seconds_left": 146 * 86400 + 14 * 3600,
    }
    submitted = await place.by_unit.post(f"{path}/submission", headers=key())
    assert possible(submitted.json()) == ["withdraw"]
    assert possible((await place.by_committee.get(path)).json()) == [
        "return",
        "pause",
        "decline",
        "endorse",
        "withdraw",
    ]
    assert (await place.by_office.get(path)).status_code == 404


async def test_the_committee_pauses_returns_declines_and_reconsiders(place: District) -> None:
    path = f"{PATH}/{await place.submitted()}"
    steps = [
        ("decline", "declined", "名额有限"),
        ("reconsideration", "submitted", None),
        ("pause", "paused", "等待核实"),
        ("resume", "submitted", None),
        ("return", "returned", "请补充"),
    ]
    for act, status, reason in steps:
        answer = await place.by_committee.post(f"{path}/{act}", json={"reason": reason or "再议"})
        assert (answer.json()["status"], answer.json()["reason"]) == (status, reason)
        read = await place.by_unit.get(path)
        assert (read.json()["reason"], read.headers["etag"]) == (reason, answer.headers["etag"])
    again = await place.by_committee.post(f"{path}/return", json={"reason": "再次"})
    assert (again.status_code, again.json()["state"]) == (409, "returned")


@pytest.mark.parametrize("act", ["return", "pause", "resume", "decline", "reconsideration"])
async def test_only_the_committee_judges_and_says_why(place: District, act: str) -> None:
    path = f"{PATH}/{await place.submitted()}/{act}"
    assert (await place.by_unit.post(path, json={"reason": "自己来"})).status_code == 403
    assert (await place.by_office.post(path, json={"reason": "不可见"})).status_code == 404
    assert (await place.by_committee.post(path, json={})).status_code == 422


async def test_one_cell_saved_by_a_client_that_sends_defaults_leaves_the_others(place: District) -> None:
    path = f"{PATH}/{await place.complete()}"
    before = (await place.by_unit.get(path)).json()
    members = place.world.contract.document["components"]["schemas"]["ApplicationForm"]["properties"]
    body = {name: each["default"] for name, each in members.items() if "default" in each} | {"brand_name": "新名"}
    saved = await place.by_unit.patch(path, json=body, headers={"If-Match": before["etag"]})
    assert {name: saved.json()[name] for name in members} == {name: before[name] for name in members} | {
        "brand_name": "新名"
    }


async def test_what_is_paused_is_neither_sealed_nor_declined(place: District) -> None:
    path = f"{PATH}/{await place.submitted()}"
    paused = await place.by_committee.post(f"{path}/pause", json={"reason": "等待核实"})
    assert possible(paused.json()) == ["return", "resume", "withdraw"]
    assert possible((await place.by_unit.get(path)).json()) == ["withdraw"]
    declined = await place.by_committee.post(f"{path}/decline", json={"reason": "名额有限"})
    sealed = await send_scan(place.by_committee, path, scan(1), paused.headers["etag"])
    assert [(each.status_code, each.json()["state"]) for each in (declined, sealed)] == [(409, "paused")] * 2


async def test_a_draft_is_deleted_by_who_read_its_last_version(place: District) -> None:
    path = f"{PATH}/{await place.complete()}"
    etag = (await place.by_unit.get(path)).headers["etag"]
    assert (await place.by_unit.delete(path)).status_code == 428
    await place.by_committee.patch(path, json={"brand_name": "新名"}, headers={"If-Match": etag})
    assert (await place.by_unit.delete(path, headers={"If-Match": etag})).status_code == 412
    assert (await place.by_unit.delete(path, headers={"If-Match": "*"})).status_code == 204
    assert (await place.by_unit.get(path)).status_code == 404


async def test_what_was_handed_in_is_neither_edited_nor_deleted(place: District) -> None:
    path = f"{PATH}/{await place.submitted()}"
    for answer in (
        await place.by_unit.patch(path, json={"brand_name": "新名"}, headers={"If-Match": "*"}),
        await place.by_committee.delete(path, headers={"If-Match": "*"}),
    ):
        assert (answer.status_code, answer.json()["state"]) == (409, "submitted")


@pytest.mark.parametrize(
    ("cells", "pointer"),
    [
        ({"brand_name": "名" * 201}, "/brand_name"),
        ({"phone": "1" * 201}, "/phone"),
        ({"started_on": 1429574400}, "/started_on"),
        ({"innovation": None}, "/innovation"),
        ({"innovation": "a" * 10_001}, "/innovation"),
        ({"status": "filed"}, "/status"),
        ({"number": "2015-QT-001"}, "/number"),
    ],
)
async def test_a_cell_takes_what_it_is_for(place: District, cells: dict[str, Any], pointer: str) -> None:
    path = f"{PATH}/{await place.complete()}"
    refused = await place.by_unit.patch(path, json=cells, headers={"If-Match": "*"})
    assert (refused.status_code, [each["pointer"] for each in refused.json()["errors"]]) == (422, [pointer])


async def test_lists_are_filtered_and_a_filter_is_taken_literally(world: World, place: District) -> None:
    other = await district(world, place.campaign)
    rows = [
        await world.application(place.campaign, place.unit, brand_name=name, category=category)
        for name, category in (("红马甲", "qingman"), ("100%_满意", "derun"), ("蓝马甲", "derun"))
    ]
    await world.application(place.campaign, other.unit, brand_name="红马甲")

    async def listed(**query: Any) -> list[int]:
        items = (await place.by_committee.get(PATH, params=query)).json()["items"]
        return [[str(row.id) for row in rows].index(item["id"]) for item in items]

    assert await listed() == [0, 1, 2]
    assert await listed(q="马甲") == [0, 2]
    assert await listed(q="0%_") == [1]
    assert await listed(q="%") == [1]
    assert await listed(q="\\") == []
    assert await listed(category=["derun", "meiliang"]) == [1, 2]
    assert await listed(status="submitted") == []
    assert await listed(unit_id=str(other.unit.id)) == []
    assert await listed(campaign_id=str(uuid4())) == []


async def test_years_in_operation_and_a_title_are_asked_for_where_the_notice_does(world: World) -> None:
    asked: dict[str, Any] = {"years_in_operation": 1, "honour_levels": ["national", "provincial"]}
    place = await district(world, await world.campaign(**asked))
    begun = await place.by_unit.post(
        "/api/v1/applications", json={"campaign_id": str(place.campaign.id)}, headers=key()
    )
    (refused,) = begun.json()["findings"]
    assert (begun.status_code, refused["code"], refused["pointer"]) == (409, "title_not_admitted", "/unit_id")
    path = f"/api/v1/applications/{await place.complete()}"
    submission = await place.by_unit.post(f"{path}/submission", headers=key())
    offered = (await place.by_unit.get(path)).json()["actions"]["submit"]["findings"]
    assert submission.json()["findings"] == offered
    titles = "全国文明单位、省级文明单位"
    assert {each["code"]: each["message"] for each in offered} == {
        "title_not_admitted": f"“{place.unit.name}”为区级文明单位，本次活动限以下称号的单位申报：{titles}。",
        "begun_too_late": "“实施时间”不得晚于2014年9月14日：须已实施满 1 年。",
    }
