from datetime import datetime
from typing import Any

import pytest

from app.models.enums import CampaignStatus, Role
from tests.contract.client import ContractClient
from tests.world import NO_COUNTED_ROWS, ZONE, World, key
from tests.world.actions import possible, told
from tests.world.filing import district

PATH = "/api/v1/campaigns"
TYPE = "urn:problem-type:pinpai:"


@pytest.fixture
async def office(world: World) -> ContractClient:
    return await world.client_of(Role.OFFICE)


async def begun(office: ContractClient, **body: Any) -> tuple[str, dict[str, Any]]:
    made = await office.post(PATH, json={"template": "lubei-2015", "year": 2015} | body)
    assert made.status_code == 201, made.text
    campaign: dict[str, Any] = made.json()
    assert made.headers["location"] == f"{PATH}/{campaign['id']}"
    assert made.headers["etag"] == campaign["etag"] == '"1"'
    return made.headers["location"], campaign


async def test_a_copy_says_where_it_still_names_last_year(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    last = (await office.post(PATH, json={"template": "lubei-2015", "year": 2015})).json()
    copy = (await office.post(PATH, json={"copy_of": last["id"], "year": 2016})).json()
    assert last["actions"]["publish"]["findings"] == []
    publish = copy["actions"]["publish"]
    assert publish["allowed"], "it is advice"
    texts = {finding["pointer"]: finding["params"]["text"] for finding in publish["findings"]}
    assert texts["/settings/phases/1/description"] == "2015年精神文明建设工作要点"
    published = (await office.post(f"{PATH}/{copy['id']}/publication")).json()
    assert "publish" in published["actions"]
    assert "still_names_year" not in str(published["actions"])


async def test_a_campaign_is_begun_edited_published_and_closed(office: ContractClient) -> None:
    path, draft = await begun(office)
    settings = draft["settings"] | {"minimum_filed": 3}
    edited = await office.put(path, json=settings, headers={"If-Match": draft["etag"]})
    assert (edited.status_code, edited.json()["settings"]["minimum_filed"]) == (200, 3)
    published = await office.post(f"{path}/publication")
    assert (published.json()["status"], published.json()["published_at"]) == ("published", "2015-04-21T02:00:00Z")
    moved = await office.post(
        f"{path}/deadline-moves", json={"deadline": "plan", "due_on": "2015-04-24", "reason": "雨天"}
    )
    assert moved.json()["plan_deadline"] == {
        "opens_at": "2015-04-09T16:00:00Z",
        "published_on": "2015-04-24",
        "enforced_at": "2015-04-24T16:00:00Z",
        "seconds_left": 3 * 86400 + 14 * 3600,
        "kind": "plan",
        "source": "campaign",
        "extension_id": None,
    }
    closed = await office.post(f"{path}/closure")
    assert (closed.json()["status"], closed.json()["etag"]) == ("closed", '"5"')
    again = await office.post(f"{path}/closure")
    assert (again.status_code, again.json()["state"]) == (409, "closed")


async def test_a_campaign_tells_the_office_its_acts_and_others_what_they_may_begin(
    world: World, office: ContractClient
) -> None:
    path, draft = await begun(office)
    assert possible(draft) == ["edit", "publish", "move_deadline", "add_document"]
    published = (await office.post(f"{path}/publication")).json()
    of_itself = ["edit", "move_deadline", "extend", "exempt", "add_document", "announce", "close"]
    assert possible(published) == [*of_itself, "begin_round", "begin_commendation"]
    closed = (await office.post(f"{path}/closure")).json()
    acts = ["edit", "publish", "move_deadline", "extend", "exempt", "add_document", "announce", "close"]
    still = {"add_document", "announce"}
    begun_in = {
        "begin_round": ["campaign_not_open"],
        "import_figures": ["campaign_not_open", "unknown_figure_source"],
        "freeze_composite": ["campaign_not_open", "unknown_composite"],
        "begin_commendation": [],
    }
    moved = {act: [] if act in still else ["wrong_state"] for act in acts} | {"reopen": []}
    assert told(closed) == moved | begun_in
    refused = (await office.post(f"{path}/publication")).json()
    assert refused["state"] == closed["actions"]["publish"]["findings"][0]["params"]["state"] == "closed"

    committee = await world.committee()
    begins = {Role.COMMITTEE: ["begin_application", "begin_plan"], Role.UNIT: ["begin_application"]}
    for role in (Role.COMMITTEE, Role.UNIT, Role.REVIEWER, Role.MUNICIPAL):
        unit = await world.unit(committee) if role is Role.UNIT else None
        client = await world.client_of(role, committee=committee if role is Role.COMMITTEE else None, unit=unit)
        offered = told((await client.get(path)).json())
        assert offered == {act: ["campaign_not_open"] for act in begins.get(role, [])}
    assert all("actions" not in row for row in (await office.get(PATH)).json()["items"])


async def test_everything_a_frontend_needs_is_in_one_answer(world: World) -> None:
    campaign = await world.campaign()
    unit = await world.client_of(Role.UNIT, unit=await world.unit(await world.committee()))
    read = (await unit.get(f"{PATH}/{campaign.id}")).json()
    assert [category["name"] for category in read["settings"]["categories"]] == [
        "德润路北",
        "美靓路北",
        "情满路北",
        "诚铸路北",
    ]
    assert read["settings"]["field_labels"]["leader_name"] == "申报单位负责人"
    assert read["settings"]["field_lengths"]["brand_name"] == 60
    assert read["answered_at"] == "2015-04-21T02:00:00Z"
    assert read["application_deadline"]["enforced_at"] == "2015-09-14T16:00:00Z"


async def test_after_publication_the_refusal_names_every_hurtful_change(office: ContractClient) -> None:
    path, draft = await begun(office)
    await office.post(f"{path}/publication")
    settings = draft["settings"] | {"minimum_filed": 3, "categories": draft["settings"]["categories"][:3]}
    settings |= {"reason": "更正。"}
    refused = await office.put(path, json=settings, headers={"If-Match": "*"})
    assert refused.status_code == 409
    assert [(each["code"], each["pointer"]) for each in refused.json()["findings"]] == [
        ("hurtful_change", "/minimum_filed"),
        ("hurtful_change", "/categories"),
    ]


ANY = {"If-Match": "*"}


async def test_a_change_after_publication_is_tried_reasoned_recorded_and_taken_back(office: ContractClient) -> None:
    path, draft = await begun(office)
    await office.post(f"{path}/publication")
    looser = draft["settings"] | {"minimum_filed": 1}
    silent = await office.put(path, json=looser, headers=ANY)
    assert [(each["code"], each["pointer"]) for each in silent.json()["findings"]] == [("required", "/reason")]
    why = {"reason": "今年名额减少。"}
    seen = (await office.put(path, json=looser | why | {"dry_run": True}, headers=ANY)).json()
    assert (seen["settings"]["minimum_filed"], seen["change"]["dry_run"]) == (2, True)
    assert seen["change"]["changed"] == [{"pointer": "/minimum_filed", "old": "2", "new": "1"}]
    done = (await office.put(path, json=looser | why, headers=ANY)).json()
    assert (done["settings"]["minimum_filed"], done["change"]["dry_run"]) == (1, False)
    events = (await office.get("/api/v1/audit-events", params={"subject_id": done["id"]})).json()["items"]
    (edited,) = [each["data"] for each in events if each["action"] == "campaign.edited"]
    assert (edited["changes"], edited["reason"]) == ([{"pointer": "/minimum_filed", "old": 2, "new": 1}], why["reason"])
    back = await office.put(path, json=draft["settings"] | {"reason": "笔误，改回。"}, headers=ANY)
    assert (back.status_code, back.json()["settings"]["minimum_filed"]) == (200, 2)


async def test_an_earlier_deadline_and_a_closing_say_who_is_not_done(world: World) -> None:
    place = await district(world)
    await place.complete()
    path = f"{PATH}/{place.campaign.id}"
    move = {"deadline": "application", "due_on": "2015-09-01", "reason": "提前评审。"}
    refused = await place.by_office.post(f"{path}/deadline-moves", json=move)
    assert [each["code"] for each in refused.json()["findings"]] == ["deadline_earlier"]
    tried = await place.by_office.post(f"{path}/deadline-moves", json=move | {"despite_earlier": True, "dry_run": True})
    assert [each["committee_id"] for each in tried.json()["change"]["concerned"]] == [str(place.committee.id)]
    assert tried.json()["application_deadline"]["published_on"] == "2015-09-14"
    seen = (await place.by_office.post(f"{path}/closure", json={"dry_run": True})).json()
    said = [each["code"] for each in seen["change"]["findings"]]
    assert (seen["status"], said) == ("published", ["plans_owed", "still_open", "filings_owed"])
    assert (await place.by_office.post(f"{path}/closure")).json()["status"] == "closed"
    again = await place.by_office.post(f"{path}/reopening", json={"reason": "误点结束。"})
    assert (again.json()["status"], again.json()["closed_at"]) == ("published", None)


async def test_what_a_draft_was_is_the_offices_alone(world: World) -> None:
    """Also once it is published: the values of its edits are nobody else's, in particulars or differences."""
    place = await district(world)
    path, draft = await begun(place.by_office)
    edited = draft["settings"] | {"theme": "尚未商定的主题"}
    await place.by_office.put(path, json=edited, headers={"If-Match": draft["etag"]})
    published = (await place.by_office.post(f"{path}/publication")).json()
    edited |= {"theme": "公布的主题", "reason": "更正主题。"}
    await place.by_office.put(path, json=edited, headers={"If-Match": published["etag"]})
    for client, knows in ((place.by_office, True), (place.by_committee, False), (place.by_unit, False)):
        history = (await client.get(f"{path}/history")).json()["items"]
        assert [each["action"] for each in history].count("campaign.edited") == 2
        told_of_draft = [each for each in history if each["data"].get("to") == "draft"]
        assert ("尚未商定的主题" in str(told_of_draft)) == knows
        assert "公布的主题" in str(history[0]["data"])


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 428, "if-match-required"),
        ({"If-Match": '"7"'}, 412, "stale-version"),
        ({"If-Match": 'W/"1", "8"'}, 412, "stale-version"),
        ({"If-Match": "1"}, 422, "invalid-request"),
        ({"If-Match": '"1'}, 422, "invalid-request"),
    ],
)
async def test_a_change_says_which_version_it_changes(
    office: ContractClient, headers: dict[str, str], status: int, code: str
) -> None:
    path, draft = await begun(office)
    refused = await office.put(path, json=draft["settings"], headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (status, TYPE + code)


async def test_a_length_or_label_of_no_cell_is_refused_by_name(office: ContractClient) -> None:
    path, draft = await begun(office)
    settings = draft["settings"]
    wrong = {
        name: settings[name] | {"summary": value}
        for name, value in {"field_lengths": 300, "field_labels": "摘要"}.items()
    }
    refused = await office.put(path, json=settings | wrong, headers={"If-Match": "*"})
    assert refused.status_code == 409
    assert [(each["code"], each["pointer"]) for each in refused.json()["findings"]] == [
        ("no_such_cell", "/field_labels/summary"),
        ("no_such_cell", "/field_lengths/summary"),
    ]


async def test_settings_that_are_wrong_are_named_one_by_one(office: ContractClient) -> None:
    path, draft = await begun(office)
    wrong = draft["settings"] | {"minimum_filed": 0, "timezone": "Mars/Olympus", "images": {"minimum": 5}, "more": 1}
    refused = await office.put(path, json=wrong, headers={"If-Match": "*"})
    assert refused.status_code == 422
    assert sorted(each["pointer"] for each in refused.json()["errors"]) == [
        "/images/maximum",
        "/minimum_filed",
        "/more",
        "/timezone",
    ]
    assert "Mars" not in refused.text


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.UNIT, Role.REVIEWER])
async def test_others_read_what_is_published_and_change_nothing(
    world: World, office: ContractClient, role: Role
) -> None:
    path, draft = await begun(office)
    committee = await world.committee()
    unit = await world.unit(committee) if role is Role.UNIT else None
    client = await world.client_of(role, committee=committee if role is Role.COMMITTEE else None, unit=unit)
    assert (await client.get(path)).status_code == 404
    assert (await client.get(PATH)).json()["total"] == 0
    assert (await client.post(f"{path}/publication")).status_code == 404
    await office.post(f"{path}/publication")
    assert (await client.get(path)).status_code == 200
    acts = [
        await client.post(PATH, json={"template": "lubei-2015", "year": 2015}),
        await client.put(path, json=draft["settings"], headers={"If-Match": "*"}),
        await client.post(f"{path}/closure"),
        await client.post(f"{path}/publication"),
        await client.post(
            f"{path}/deadline-moves", json={"deadline": "plan", "due_on": "2015-04-24", "reason": "雨天"}
        ),
    ]
    assert [each.status_code for each in acts] == [403] * len(acts)


async def test_of_plans_that_are_not_asked_for_nothing_is_said(world: World) -> None:
    place = await district(world, await world.sample())
    office, by_committee, path = place.by_office, place.by_committee, f"{PATH}/{place.campaign.id}"
    await world.application(place.campaign, place.unit)
    plan = {"campaign_id": str(place.campaign.id)}
    later = {"deadline": "plan", "due_on": "2015-10-10", "reason": "雨天"}
    told = {"audience": "without_plan", "title": "催报", "text": "请报送。"}
    refused = [
        await by_committee.get(f"{path}/forms/plan"),
        await by_committee.post("/api/v1/plans", json=plan, headers=key()),
        await office.post(f"{path}/deadline-moves", json=later),
        await office.post("/api/v1/extensions", json=plan | later | {"committee_id": str(place.committee.id)}),
        await office.post("/api/v1/announcements", json=plan | told, headers=key()),
    ]
    assert [(each["code"], each["pointer"]) for answer in refused for each in answer.json()["findings"]] == [
        ("no_plan_stage", None),
        ("no_plan_stage", "/campaign_id"),
        ("no_plan_stage", "/deadline"),
        ("no_plan_stage", "/deadline"),
        ("nobody_concerned", "/audience"),
    ]
    pages = [(await office.get(each)).json() for each in (path, f"/api/v1/public/campaigns/{place.campaign.id}")]
    assert [(page["plan_deadline"], bool(page["application_deadline"])) for page in pages] == [(None, True)] * 2
    world.database.clock.stopped_at = datetime(2015, 12, 1, tzinfo=ZONE)
    progress = (await office.get("/api/v1/progress", params=plan)).json()["committees"]
    assert [(each["plan_overdue"], each["applications_overdue"]) for each in progress] == [(False, True)]
    closing = (await office.post(f"{path}/closure", json={"dry_run": True})).json()["change"]
    assert [each["plan_open"] for each in closing["concerned"]] == [False]
    assert "plans_owed" not in {each["code"] for each in closing["findings"]}


async def test_the_list_is_walked_by_its_cursor(world: World, office: ContractClient) -> None:
    ids = [str((await world.campaign(status=CampaignStatus.CLOSED)).id) for _ in range(5)]
    found, cursor = list[str](), None
    while True:
        page = (await office.get(PATH, params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        found += [row["id"] for row in page["items"]]
        assert page["total"] == 5
        if (cursor := page["next_cursor"]) is None:
            break
    assert found == ids
    assert (await office.get(PATH, params={"status": "draft"})).json() == NO_COUNTED_ROWS


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("cursor=nonsense", "/cursor"), ("limit=0", "/limit"), ("limit=101", "/limit"), ("status=open", "/status/0")],
)
async def test_a_wrong_filter_is_named(office: ContractClient, query: str, pointer: str) -> None:
    refused = await office.get(f"{PATH}?{query}")
    assert (refused.status_code, [each["pointer"] for each in refused.json()["errors"]]) == (422, [pointer])


@pytest.mark.parametrize(
    "body",
    [
        {"year": 2015},
        {"template": "lubei-2015", "copy_of": "0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071", "year": 2015},
        {"template": "other", "year": 2015},
        {"template": "lubei-2015", "year": "2015"},
        {"template": "lubei-2015", "year": 1999},
    ],
)
async def test_what_is_no_beginning_is_refused(office: ContractClient, body: dict[str, Any]) -> None:
    assert (await office.post(PATH, json=body)).status_code == 422


async def test_the_longest_settings_are_told_before_and_after(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    draft = (await office.post("/api/v1/campaigns", json={"template": "lubei-2015", "year": 2016})).json()
    criteria = [
        {
            "code": f"c{n}",
            "name": "影响力",
            "weight": 1,
            "minimum": 0,
            "maximum": 100,
            "anchors": [],
            "description": "说" * 5000,
        }
        for n in range(20)
    ]
    path, body = f"/api/v1/campaigns/{draft['id']}", draft["settings"] | {"criteria": criteria, "dry_run": True}
    seen = await office.put(path, json=body, headers=ANY)
    assert (seen.status_code, len(seen.json()["change"]["changed"][0]["new"]) > 100_000) == (200, True)


@pytest.mark.parametrize(
    ("cell", "status"), [("caption", 200), ("brand_name", 200), ("category", 409), ("started_on", 409)]
)
async def test_what_is_typed_has_a_length_and_what_is_chosen_has_none(world: World, cell: str, status: int) -> None:
    office = await world.client_of(Role.OFFICE)
    draft = (await office.post("/api/v1/campaigns", json={"template": "lubei-2015", "year": 2016})).json()
    path, bare = f"/api/v1/campaigns/{draft['id']}", draft["settings"] | {"field_lengths": {}}
    assert (await office.put(path, json=bare, headers=ANY)).status_code == 200
    put = await office.put(path, json=bare | {"field_lengths": {cell: 90}}, headers=ANY)
    assert put.status_code == status
