from datetime import datetime
from typing import Any
from uuid import uuid4

from app.database import Clock
from app.models import Campaign, Committee
from app.models.enums import ApplicationStatus, CampaignStatus, Role
from tests.contract.client import ContractClient
from tests.world import ZONE, World, key

URL = "/api/v1/plans"
LATE = datetime(2015, 4, 23, 9, 0, tzinfo=ZONE)
"""The morning after the plans' deadline."""
CASE = {"name": "“红马甲”邻里互助站", "unit_name": "龙华社区", "category": "qingman"}
NAMED = {"leader_name": "李文博", "liaison_name": "张静", "liaison_phone": "0315-3724062"}
OTHER = {"name": "道德讲堂", "unit_name": "翔云社区"}


def codes(answer: Any) -> list[tuple[str, str | None]]:
    assert answer.status_code == 409, answer.text
    return [(finding["code"], finding["pointer"]) for finding in answer.json()["findings"]]


def matching(answer: Any) -> dict[str, str]:
    return {"If-Match": answer.headers["etag"]}


def names(answer: Any) -> list[str]:
    return [case["name"] for case in answer.json()["cases"]]


async def begun(client: ContractClient, campaign: Campaign, *cases: dict[str, Any]) -> str:
    made = await client.post(URL, json={"campaign_id": str(campaign.id), "cases": cases})
    assert made.status_code == 201, made.text
    return str(made.headers["location"])


async def submitted(client: ContractClient, campaign: Campaign, *cases: dict[str, Any]) -> str:
    plan = await begun(client, campaign, *cases)
    answer = await client.post(f"{plan}/submission", headers=key())
    assert answer.json()["status"] == "submitted", answer.text
    return plan


async def committee_and_office(world: World) -> tuple[Campaign, Committee, ContractClient, ContractClient]:
    campaign, committee = await world.campaign(), await world.committee(**NAMED)
    client = await world.client_of(Role.COMMITTEE, committee=committee)
    return campaign, committee, client, await world.client_of(Role.OFFICE)


async def test_a_plan_is_drafted_revised_submitted_and_amended(world: World) -> None:
    campaign, committee, client, office = await committee_and_office(world)
    unit = await world.unit(committee, name="龙华社区")
    plan = await begun(client, campaign, {"name": "道德讲堂"}, {"name": "诚信红黑榜", "unit_id": str(unit.id)})
    draft = await client.get(plan)
    assert [(case["name"], case["unit_name"]) for case in draft.json()["cases"]] == [
        ("道德讲堂", None),
        ("诚信红黑榜", "龙华社区"),
    ]
    assert codes(await client.post(f"{plan}/submission", headers=key())) == [("required", "/cases/0/unit_name")]
    assert (await office.get(plan)).status_code == 404

    first, second = draft.json()["cases"]
    rows = [{"id": second["id"], **CASE}, OTHER, {"id": first["id"], "name": "道德讲堂", "unit_name": "区直机关"}]
    revised = await client.patch(plan, json={"cases": rows}, headers=matching(draft))
    assert [case["id"] for case in revised.json()["cases"]][::2] == [second["id"], first["id"]]
    assert names(revised) == [CASE["name"], "道德讲堂", "道德讲堂"]
    stale = await client.patch(plan, json={"cases": []}, headers=matching(draft))
    assert stale.status_code == 412

    done = await client.post(f"{plan}/submission", headers=key())
    assert (done.json()["status"], done.json()["submitted_at"]) == ("submitted", "2015-04-21T02:00:00Z")
    assert (await office.get(plan)).json()["cases"] == done.json()["cases"]
    amended = await client.patch(plan, json={"cases": [OTHER, CASE]}, headers=matching(done))
    assert amended.json()["status"] == "submitted"
    assert names(await office.get(plan)) == [OTHER["name"], CASE["name"]]
    assert codes(await client.patch(plan, json={"cases": []}, headers=matching(amended))) == [("empty_plan", "/cases")]
    assert names(await client.get(plan)) == [OTHER["name"], CASE["name"]]


async def test_there_is_one_plan_per_committee_and_running_campaign(world: World) -> None:
    campaign, committee, client, office = await committee_and_office(world)
    await begun(client, campaign)
    again = await client.post(URL, json={"campaign_id": str(campaign.id)})
    assert codes(again) == [("already_exists", "/campaign_id")]

    states = (CampaignStatus.CLOSED, "campaign_not_open"), (CampaignStatus.DRAFT, "unknown_reference")
    for status, code in states:
        other = await world.campaign(status=status)
        refused = await client.post(URL, json={"campaign_id": str(other.id)})
        assert codes(refused) == [(code, "/campaign_id")]
    for stranger in (office, await world.client_of(Role.UNIT, unit=await world.unit(committee))):
        assert (await stranger.post(URL, json={"campaign_id": str(campaign.id)})).status_code == 403


async def test_a_draft_is_begun_and_saved_after_the_deadline_but_not_handed_in(world: World, clock: Clock) -> None:
    campaign, _, client, _ = await committee_and_office(world)
    clock.stopped_at = LATE
    plan = await begun(client, campaign, CASE, OTHER)
    saved = await client.patch(plan, json={"cases": [OTHER, CASE]}, headers={"If-Match": "*"})
    assert saved.status_code == 200
    late = await client.post(f"{plan}/submission", headers=key())
    assert codes(late) == [("deadline_passed", None)]
    assert saved.json()["actions"]["submit"] == {"allowed": False, "findings": late.json()["findings"]}


async def test_a_submitted_plan_is_closed_by_the_deadline_and_opened_by_an_extension(
    world: World, clock: Clock
) -> None:
    campaign, committee, client, office = await committee_and_office(world)
    plan = await submitted(client, campaign, CASE, OTHER)
    clock.stopped_at = LATE
    closed = await client.patch(plan, json={"cases": [CASE]}, headers={"If-Match": "*"})
    assert codes(closed) == [("deadline_passed", None), ("few_planned_cases", "/cases")]
    assert (await client.get(plan)).json()["deadline"]["source"] == "campaign"

    extension = {
        "campaign_id": str(campaign.id),
        "committee_id": str(committee.id),
        "deadline": "plan",
        "due_on": "2015-04-24",
        "reason": "材料迟到",
    }
    await office.post("/api/v1/extensions", json=extension)
    deadline = (await client.get(plan)).json()["deadline"]
    assert (deadline["source"], deadline["published_on"]) == ("extension", "2015-04-24")
    reopened = await client.patch(plan, json={"cases": [CASE]}, headers={"If-Match": "*"})
    assert reopened.status_code == 200


async def test_what_a_committee_revises_is_not_shown_before_it_is_handed_in_again(world: World, clock: Clock) -> None:
    campaign, _, client, office = await committee_and_office(world)
    plan = await submitted(client, campaign, CASE)
    clock.stopped_at = LATE
    past = await office.post(f"{plan}/return", json={"reason": "请补充案例", "due_on": "2015-04-22"})
    assert codes(past) == [("deadline_in_the_past", "/due_on")]
    back = await office.post(f"{plan}/return", json={"reason": "请补充案例", "due_on": "2015-04-24"})
    assert (back.json()["status"], back.json()["return_reason"]) == ("returned", "请补充案例")
    assert back.json()["actions"]["return"]["findings"][0]["code"] == "wrong_state"
    extensions = (await client.get("/api/v1/extensions")).json()["items"]
    assert [(row["deadline"], row["cause"], row["reason"], row["published_on"]) for row in extensions] == [
        ("plan", "correction", "请补充案例", "2015-04-24")
    ]

    draft = await client.patch(plan, json={"cases": [OTHER, {"name": "草稿"}]}, headers={"If-Match": "*"})
    assert names(draft) == [OTHER["name"], "草稿"]
    assert names(await office.get(plan)) == [CASE["name"]]
    assert [row["case_count"] for row in (await office.get(URL)).json()["items"]] == [1]
    assert [row["case_count"] for row in (await client.get(URL)).json()["items"]] == [2]
    assert [case["name"] for case in (await office.get(f"{plan}/reconciliation")).json()["missing"]] == [CASE["name"]]

    await client.patch(plan, json={"cases": [OTHER]}, headers={"If-Match": "*"})
    again = await client.post(f"{plan}/submission", headers=key())
    assert (again.json()["status"], again.json()["return_reason"]) == ("submitted", None)
    assert names(await office.get(plan)) == [OTHER["name"]]


async def test_only_its_committee_and_the_office_know_of_a_plan(world: World) -> None:
    campaign, committee, client, office = await committee_and_office(world)
    plan = await submitted(client, campaign, CASE)
    case = (await client.get(plan)).json()["cases"][0]["id"]
    strangers = [
        await world.client_of(Role.UNIT, unit=await world.unit(committee)),
        await world.client_of(Role.COMMITTEE, committee=await world.committee()),
    ]
    link = f"{plan}/cases/{case}/application"
    for stranger in strangers:
        assert (await stranger.get(URL)).json()["total"] == 0
        answers = [
            await stranger.get(plan),
            await stranger.get(f"{plan}/reconciliation"),
            await stranger.patch(plan, json={"cases": []}, headers={"If-Match": "*"}),
            await stranger.post(f"{plan}/submission", headers=key()),
            await stranger.post(f"{plan}/return", json={"reason": "不行"}),
            await stranger.put(link, json={"application_id": str(uuid4())}, headers={"If-Match": "*"}),
            await stranger.delete(link, headers={"If-Match": "*"}),
        ]
        assert [answer.status_code for answer in answers] == [404] * 7
    assert (await client.post(f"{plan}/return", json={"reason": "不行"})).status_code == 403
    assert (await office.patch(plan, json={"cases": []}, headers={"If-Match": "*"})).status_code == 403
    assert (await office.delete(link, headers={"If-Match": "*"})).status_code == 403
    assert (await office.post(f"{plan}/submission", headers=key())).status_code == 403


async def test_rows_name_only_what_is_the_committees(world: World) -> None:
    campaign, committee, client, _ = await committee_and_office(world)
    plan = await begun(client, campaign, CASE)
    foreign = await world.unit(await world.committee())
    own = await world.unit(committee)
    rows = [{"name": "甲", "unit_id": str(own.id)}, {"name": "乙", "unit_id": str(foreign.id)}]
    unknown = await client.patch(
        plan, json={"cases": [*rows, {"id": str(uuid4()), "name": "丙"}]}, headers={"If-Match": "*"}
    )
    assert codes(unknown) == [("unknown_reference", "/cases/2/id"), ("unknown_reference", "/cases/1/unit_id")]
    once = (await client.get(plan)).json()["cases"][0]["id"]
    wrong: list[Any] = [
        [{"id": once, "name": "甲"}, {"id": once, "name": "乙"}],
        [{"name": "甲" * 201}],
        [{"name": "甲"}] * 201,
        None,
    ]
    for cases in wrong:
        assert (await client.patch(plan, json={"cases": cases}, headers={"If-Match": "*"})).status_code == 422
    await client.patch(plan, json={"cases": [CASE | {"category": "none"}]}, headers={"If-Match": "*"})
    assert codes(await client.post(f"{plan}/submission", headers=key())) == [
        ("few_planned_cases", "/cases"),
        ("unknown_category", "/cases/0/category"),
    ]


async def test_a_case_is_linked_to_one_application_and_keeps_it(world: World) -> None:
    campaign, committee, client, _ = await committee_and_office(world)
    unit = await world.unit(committee)
    mine, sibling = [await world.application(campaign, unit) for _ in range(2)]
    elsewhere = await world.application(await world.campaign(), unit)
    foreign = await world.application(campaign, await world.unit(await world.committee()))
    plan = await submitted(client, campaign, CASE, OTHER)
    before = await client.get(plan)
    first, second = (case["id"] for case in before.json()["cases"])

    async def link(case: str, application_id: Any, headers: dict[str, str]) -> Any:
        body = {"application_id": str(application_id)}
        return await client.put(f"{plan}/cases/{case}/application", json=body, headers=headers)

    linked = await link(first, mine.id, matching(before))
    assert linked.json()["cases"][0]["application_number"] == mine.number
    assert (await link(first, sibling.id, matching(before))).status_code == 412
    for unknown in (elsewhere.id, foreign.id, uuid4()):
        assert codes(await link(second, unknown, matching(linked))) == [("unknown_reference", "/application_id")]
    assert codes(await link(second, mine.id, matching(linked))) == [("already_exists", "/application_id")]
    assert (await link(str(uuid4()), sibling.id, matching(linked))).status_code == 404

    kept = await client.patch(plan, json={"cases": [OTHER, {"id": first, **CASE}]}, headers=matching(linked))
    assert [case["application_id"] for case in kept.json()["cases"]] == [None, str(mine.id)]
    free = await client.delete(f"{plan}/cases/{first}/application", headers=matching(kept))
    assert [case["application_id"] for case in free.json()["cases"]] == [None, None]
    assert (await client.delete(f"{plan}/cases/{first}/application", headers=matching(free))).status_code == 404


async def test_a_deleted_draft_frees_its_case(world: World) -> None:
    campaign, committee, client, _ = await committee_and_office(world)
    draft = await world.application(campaign, await world.unit(committee))
    plan = await begun(client, campaign, CASE)
    case = (await client.get(plan)).json()["cases"][0]["id"]
    body = {"application_id": str(draft.id)}
    await client.put(f"{plan}/cases/{case}/application", json=body, headers={"If-Match": "*"})
    gone = await client.delete(f"/api/v1/applications/{draft.id}", headers={"If-Match": "*"})
    assert gone.status_code == 204
    left = (await client.get(plan)).json()["cases"]
    assert [(row["id"], row["application_status"]) for row in left] == [(case, None)]


async def test_plan_and_delivery_are_reconciled_and_the_office_learns_only_what_was_filed(world: World) -> None:
    campaign, committee, client, office = await committee_and_office(world)
    unit = await world.unit(committee)
    draft = await world.application(campaign, unit, brand_name="草稿", status=ApplicationStatus.SUBMITTED)
    spare = await world.application(campaign, unit, brand_name="未列入计划")
    filed = await world.filed(campaign, unit, brand_name="“红马甲”")
    await world.filed(await world.campaign(), unit, brand_name="去年的")
    plan = await submitted(client, campaign, CASE, OTHER, {"name": "红黑榜", "unit_name": "法院"})
    cases = [case["id"] for case in (await client.get(plan)).json()["cases"]]
    for case, application in zip(cases, (filed, draft), strict=False):
        body = {"application_id": str(application.id)}
        answer = await client.put(f"{plan}/cases/{case}/application", json=body, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text

    async def read_plan(reader: ContractClient) -> tuple[list[Any], list[str], list[Any]]:
        found = (await reader.get(f"{plan}/reconciliation")).json()
        members = [f"application_{name}" for name in ("id", "number", "brand_name", "status")]
        linked, unplanned = ([[row[m] for m in members] for row in found[part]] for part in ("linked", "unplanned"))
        return linked, [row["name"] for row in found["missing"]], unplanned

    red = [str(filed.id), filed.number, "“红马甲”", "filed"]
    assert await read_plan(client) == (
        [red, [str(draft.id), draft.number, "草稿", "submitted"]],
        ["红黑榜"],
        [[str(spare.id), spare.number, "未列入计划", "draft"]],
    )
    assert await read_plan(office) == (
        [red, [None, None, None, "submitted"]],
        ["红黑榜"],
        [[None, None, None, "draft"]],
    )
    planned = (await office.get(plan)).json()["cases"]
    assert [(case["application_number"], case["application_status"]) for case in planned] == [
        (filed.number, "filed"),
        (None, "submitted"),
        (None, None),
    ]


async def test_a_link_is_proposed_and_only_filed_links_count_for_the_indicator(world: World) -> None:
    campaign, committee, client, office = await committee_and_office(world)
    unit = await world.unit(committee, name="龙华社区")
    plan = await submitted(client, campaign, {"name": "红马甲", "unit_id": str(unit.id)}, OTHER)
    application = await world.filed(campaign, unit, brand_name="“红 马甲”")

    async def figures() -> tuple[Any, ...]:
        found = (await office.get(f"{plan}/reconciliation")).json()
        rows = (await office.get(f"/api/v1/campaigns/{campaign.id}/committee-indicators")).json()["committees"]
        [share] = [one["value"] for one in rows[0]["indicators"] if one["code"] == "planned_delivered"]
        return found["planned"], found["delivered"], found["dropped"], found["proposed_links"], share

    case = (await client.get(plan)).json()["cases"][0]["id"]
    proposal = {"case_id": case, "application_id": str(application.id)}
    assert await figures() == (2, 0, [], [proposal], 0)
    assert (await client.get(f"{plan}/reconciliation")).json()["proposed_links"] == [proposal]
    link = f"{plan}/cases/{case}/application"
    await client.put(link, json={"application_id": str(application.id)}, headers={"If-Match": "*"})
    assert await figures() == (2, 1, [], [], 0.5)


async def test_all_proposed_links_are_confirmed_in_one_act_that_can_be_tried_first(world: World) -> None:
    campaign, committee, client, office = await committee_and_office(world)
    unit = await world.unit(committee, name="龙华社区")
    cases = [{"name": name, "unit_id": str(unit.id)} for name in ("红马甲", "银发课堂")]
    plan = await submitted(client, campaign, *cases, OTHER)
    names = {str((await world.filed(campaign, unit, brand_name=each["name"])).id): each["name"] for each in cases}
    rows = {row["id"]: row["name"] for row in (await client.get(plan)).json()["cases"]}

    async def missing() -> list[str]:
        return [row["name"] for row in (await client.get(f"{plan}/reconciliation")).json()["missing"]]

    assert (await office.post(f"{plan}/links")).status_code == 403
    tried = (await client.post(f"{plan}/links", json={"dry_run": True})).json()
    assert tried["dry_run"]
    assert [rows[link["case_id"]] for link in tried["links"]] == ["红马甲", "银发课堂"]
    assert all(rows[link["case_id"]] == names[link["application_id"]] for link in tried["links"])
    assert await missing() == ["红马甲", "银发课堂", OTHER["name"]]
    done = await client.post(f"{plan}/links")
    assert (done.status_code, done.json()["links"], done.json()["dry_run"]) == (200, tried["links"], False)
    assert [row["application_id"] is not None for row in done.json()["cases"]] == [True, True, False]
    assert await missing() == [OTHER["name"]]
    again = await client.post(f"{plan}/links")
    assert (again.json()["links"], again.json()["etag"]) == ([], done.json()["etag"])


async def test_a_plan_keeps_what_it_promised_at_its_deadline(world: World, clock: Clock) -> None:
    campaign, committee, client, office = await committee_and_office(world)
    plan = await submitted(client, campaign, CASE, OTHER, {"name": "红黑榜", "unit_name": "法院"})
    rows = [{name: row[name] for name in ("id", *OTHER)} for row in (await client.get(plan)).json()["cases"]]

    async def amended(*cases: dict[str, Any]) -> tuple[int, list[str]]:
        answer = await client.patch(plan, json={"cases": cases}, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
        found = (await office.get(f"{plan}/reconciliation")).json()
        return found["planned"], found["dropped"]

    assert await amended(*rows[:2]) == (2, [])
    granted = {"campaign_id": str(campaign.id), "committee_id": str(committee.id), "deadline": "plan"}
    extension = await office.post(
        "/api/v1/extensions", json=granted | {"due_on": "2015-04-30", "reason": "暴雨"}, headers=key()
    )
    assert extension.status_code == 201, extension.text
    clock.stopped_at = LATE
    assert await amended(rows[0]) == (2, ["道德讲堂"])
    assert await amended(rows[0], {"name": "新案例", "unit_name": "法院"}) == (3, ["道德讲堂"])


async def test_a_plan_submitted_in_time_counts_until_its_correction_is_submitted(world: World, clock: Clock) -> None:
    """Whenever the office returns it, and whatever its committee writes meanwhile."""
    campaign, committee, client, office = await committee_and_office(world)
    filed = await world.filed(campaign, await world.unit(committee))
    plan = await submitted(client, campaign, CASE, OTHER)
    first = (await client.get(plan)).json()["cases"][0]["id"]
    link = {"application_id": str(filed.id)}
    await client.put(f"{plan}/cases/{first}/application", json=link, headers={"If-Match": "*"})

    async def figures() -> tuple[Any, ...]:
        found = (await office.get(f"{plan}/reconciliation")).json()
        rows = (await office.get(f"/api/v1/campaigns/{campaign.id}/committee-indicators")).json()["committees"]
        shares = {one["code"]: one["value"] for one in rows[0]["indicators"]}
        linked = [row["application_number"] for row in found["linked"]]
        return linked, found["planned"], found["delivered"], shares["planned_delivered"], shares["plan_in_time"]

    clock.stopped_at = LATE
    returns = (await office.get(plan)).json()["actions"]["return"]
    assert (returns["allowed"], [each["code"] for each in returns["findings"]]) == (True, ["extension_needed"])
    assert (await office.post(f"{plan}/return", json={"reason": "请补充案例"})).status_code == 200
    assert await figures() == ([filed.number], 2, 1, 0.5, 1)
    submission = (await client.get(plan)).json()["actions"]["submit"]["findings"]
    assert [each["code"] for each in submission] == ["deadline_passed", "extension_needed"]

    rewritten = await client.patch(plan, json={"cases": [OTHER]}, headers={"If-Match": "*"})
    assert names(rewritten) == [OTHER["name"]]
    assert [row["case_count"] for row in (await client.get(URL)).json()["items"]] == [1]
    assert await figures() == ([filed.number], 2, 1, 0.5, 1)
    row = rewritten.json()["cases"][0]["id"]
    gone = await client.put(f"{plan}/cases/{first}/application", json=link, headers={"If-Match": "*"})
    assert gone.status_code == 404
    again = await client.put(f"{plan}/cases/{row}/application", json=link, headers={"If-Match": "*"})
    assert again.json()["cases"][0]["application_number"] == filed.number

    granted = {"campaign_id": str(campaign.id), "committee_id": str(committee.id), "deadline": "plan"}
    await office.post("/api/v1/extensions", json=granted | {"due_on": "2015-04-24", "reason": "补正"}, headers=key())
    assert (await client.post(f"{plan}/submission", headers=key())).status_code == 200
    assert await figures() == ([filed.number], 1, 1, 1, 1)


async def test_a_plan_is_sent_back_as_it_was_read(world: World) -> None:
    campaign, committee, client, _ = await committee_and_office(world)
    unit = await world.unit(committee, name="龙华社区")
    plan = await begun(client, campaign, CASE, {"name": "红黑榜", "unit_id": str(unit.id)}, {"name": "道德讲堂"})
    read = await client.get(plan)
    again = await client.patch(plan, json={"cases": read.json()["cases"]}, headers=matching(read))
    assert again.status_code == 200, again.text
    assert (again.json()["cases"], again.headers["etag"]) == (read.json()["cases"], read.headers["etag"])
    unchanged = await client.patch(plan, json={}, headers=matching(again))
    assert unchanged.json()["cases"] == read.json()["cases"]
    whole = await client.patch(plan, json=read.json(), headers=matching(again))
    named = {each["pointer"]: each["detail"] for each in whole.json()["errors"]}
    assert named.keys() == {f"/{name}" for name in read.json().keys() - {"cases"}}
    assert named["/status"] == "请求中没有“status”这一项：写错了，或只供读取，请去掉。"
    other = [{"name": "红黑榜", "unit_id": str(unit.id), "unit_name": "翔云社区"}]
    refused = await client.patch(plan, json={"cases": other}, headers={"If-Match": "*"})
    assert codes(refused) == [("other_unit_name", "/cases/0/unit_name")]


async def test_a_plan_of_a_committee_that_names_nobody_is_handed_in_with_advice(world: World) -> None:
    campaign, committee = await world.campaign(), await world.committee(leader_name="李文博", liaison_name="张静")
    client = await world.client_of(Role.COMMITTEE, committee=committee)
    plan = await begun(client, campaign, CASE, OTHER)
    submit = (await client.get(plan)).json()["actions"]["submit"]
    assert (submit["allowed"], [each["code"] for each in submit["findings"]]) == (True, ["liaison_missing"])
    assert (await client.post(f"{plan}/submission", headers=key())).status_code == 200


async def test_the_list_is_filtered(world: World) -> None:
    campaign, committee, client, office = await committee_and_office(world)
    other = await world.committee()
    theirs = await submitted(await world.client_of(Role.COMMITTEE, committee=other), campaign, CASE)
    mine = await submitted(client, campaign, CASE)
    await office.post(f"{mine}/return", json={"reason": "请补充"})

    async def found(**params: Any) -> list[str]:
        return [f"{URL}/{row['id']}" for row in (await office.get(URL, params=params)).json()["items"]]

    assert await found() == [theirs, mine]
    assert await found(committee_id=str(committee.id)) == [mine]
    assert await found(campaign_id=str(uuid4())) == []
    assert await found(status="submitted") == [theirs]
    assert await found(status=["submitted", "returned"]) == [theirs, mine]


async def test_the_deadline_itself_is_exclusive(world: World, clock: Clock) -> None:
    campaign, _, client, _ = await committee_and_office(world)
    plan = await begun(client, campaign, CASE, OTHER)
    clock.stopped_at = datetime(2015, 4, 23, tzinfo=ZONE)
    assert codes(await client.post(f"{plan}/submission", headers=key())) == [("deadline_passed", None)]
    clock.stopped_at = datetime(2015, 4, 22, 23, 59, 59, 999_999, tzinfo=ZONE)
    assert (await client.post(f"{plan}/submission", headers=key())).status_code == 200
