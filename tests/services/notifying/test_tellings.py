"""Recipients of notifications: every act, every reader of a feed, and what each of them does not get."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import update

from app.models import Account
from app.models.enums import Role, RoundKind
from app.services import jobs
from app.services.commending import publications
from app.services.commending.publications import PublicationCreate
from app.services.notifying import tellings
from tests.contract.client import ContractClient
from tests.world import ZONE, World, actor_of, key
from tests.world.commending import commending
from tests.world.factors import FACTORS, second_step, with_totp
from tests.world.filing import District, district
from tests.world.handover import nominating
from tests.world.judging import Judging, judging
from tests.world.notifying import feed, hand_on, kinds, number
from tests.world.people import ANOTHER, PASSWORD, at, attempt, enter, person
from tests.world.statements import noted
from tests.world.winners import name_persons, name_units, of_committee, of_unit, winners
from tests.world.worker import event

REASON = {"reason": "请补充活动开展的具体数据。"}


class Town(District):
    """A district with a colleague of each, and a neighbour: those who are told, and those who must not be."""

    others: dict[str, ContractClient]


@pytest.fixture
async def town(world: World) -> Town:
    place = Town(**vars(await district(world)))
    neighbour = await world.committee()
    place.others = {
        "unit colleague": await world.client_of(Role.UNIT, unit=place.unit),
        "committee colleague": await world.client_of(Role.COMMITTEE, committee=place.committee),
        "office colleague": await world.client_of(Role.OFFICE),
        "sister unit": await world.client_of(Role.UNIT, unit=await world.unit(place.committee)),
        "other unit": await world.client_of(Role.UNIT, unit=await world.unit(neighbour)),
        "other committee": await world.client_of(Role.COMMITTEE, committee=neighbour),
        "reviewer": await world.client_of(Role.REVIEWER),
        "municipal": await world.client_of(Role.MUNICIPAL),
    }
    return place


async def notified(town: Town) -> dict[str, list[str]]:
    """Notifications of everybody since the beginning; people without any are left out."""
    await hand_on(town.world)
    everybody = {"unit": town.by_unit, "committee": town.by_committee, "office": town.by_office} | town.others
    return {name: news_of for name, client in everybody.items() if (news_of := await kinds(client))}


async def done(client: ContractClient, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = await client.post(path, json=body, headers=key())
    assert answer.is_success, answer.text
    return dict(answer.json())


async def test_a_submission_is_told_to_the_committee(town: Town) -> None:
    application = await town.complete()
    await done(town.by_unit, f"/api/v1/applications/{application}/submission")
    submitted = ["application.submitted"]
    assert await notified(town) == {"committee": submitted, "committee colleague": submitted}


async def test_a_return_is_told_with_its_reason(town: Town) -> None:
    application = await town.submitted()
    await done(town.by_committee, f"/api/v1/applications/{application}/return", REASON)
    assert await notified(town) == {
        "unit": ["application.returned"],
        "unit colleague": ["application.returned"],
        "committee": ["application.submitted"],
        "committee colleague": ["application.submitted", "application.returned"],
    }
    [notice] = await feed(town.by_unit)
    assert notice["text"] == "“‘红马甲’邻里互助站”被退回修改。"
    assert notice["details"] == ["原因：请补充活动开展的具体数据。"]
    assert (notice["subject_id"], notice["link"]) == (str(application), None)


async def test_a_filing_is_a_receipt_for_the_committee_and_news_for_its_units(town: Town) -> None:
    await town.filed(2)
    filed = await notified(town)
    assert filed["committee"][-1] == filed["committee colleague"][-1] == "filing.made"
    assert filed["unit"].count("application.filed") == 2
    assert filed["office"] == filed["office colleague"] == ["arrival.filing"]
    assert sorted(filed) == ["committee", "committee colleague", "office", "office colleague", "unit", "unit colleague"]
    assert (await feed(town.by_committee))[0]["text"] == "已上报2件申报，回执编号2015-C01-R01。"


async def test_the_offices_decisions_are_told_to_unit_and_committee(town: Town) -> None:
    accepted, corrected, disqualified = await town.filed(3)
    await hand_on(town.world)
    checks = "/api/v1/applications/{}/{}"
    correction = {"reason_codes": ["seal_unclear", "other"], "remark": "请重新扫描", "due_on": "2015-09-25"}
    await done(town.by_office, checks.format(accepted, "acceptance"))
    await done(town.by_office, checks.format(corrected, "correction-request"), correction)
    await done(town.by_office, checks.format(disqualified, "disqualification"), {"reason_codes": ["untrue"]})
    decided = ["application.accepted", "application.correction_requested", "application.disqualified"]
    after = await notified(town)
    assert {name: news_of[-3:] for name, news_of in after.items() if "office" not in name} == dict.fromkeys(
        ["unit", "unit colleague", "committee", "committee colleague"], decided
    )
    [disqualification, request, _] = (await feed(town.by_unit))[:3]
    assert request["text"] == "“‘红马甲’邻里互助站”被退回补正，请于2015年9月25日24:00前重新上报。"
    assert request["details"] == ["原因：盖章不清；其他；请重新扫描"]
    assert disqualification["details"] == ["原因：材料失实"]


async def test_a_correction_asked_for_before_the_deadline_is_due_at_the_deadline(town: Town) -> None:
    """The rule, the notice and the application itself say the later of both."""
    case, _ = await town.filed(2)
    href = f"/api/v1/applications/{case}"
    body = {"reason_codes": ["seal_unclear"], "due_on": "2015-05-10"}
    answer = await done(town.by_office, f"{href}/correction-request", body)
    assert answer["status"] == "returned"
    await hand_on(town.world)
    assert (await feed(town.by_unit))[0]["text"].endswith("被退回补正，请于2015年9月14日24:00前重新上报。")
    deadline = (await town.by_unit.get(href)).json()["deadline"]
    assert (deadline["source"], deadline["published_on"]) == ("campaign", "2015-09-14")


async def test_handling_the_same_events_again_tells_nobody_twice(town: Town) -> None:
    await town.filed(2)
    before = await notified(town)
    async with jobs.acting(town.world.database) as ctx:
        rows = [event(number, "filing.made") for number in range(1, 100)]
        await tellings.tell(ctx, rows)
    assert await notified(town) == before


async def test_telling_sends_the_same_statements_however_many_are_told(town: Town) -> None:
    async with town.world.database.transaction() as session:
        await session.execute(update(Account).values(email="all@example.org"))
    counts: list[int] = []
    for _ in range(2):
        for _ in range(1 + 3 * len(counts)):
            await town.submitted()
        await number(town.world)
        async with jobs.acting(town.world.database) as ctx:
            rows = [event(number, "application.submitted") for number in range(1, 500)]
            with noted(town.world.database) as sent:
                await tellings.tell(ctx, rows)
        counts.append(len(sent))
    assert counts == [6, 6]


async def test_a_committee_is_told_what_happens_to_its_plan_under_another_account(town: Town) -> None:
    colleague, cases = town.others["committee colleague"], [{"name": "道德讲堂", "unit_name": "翔云社区"}]
    body = {"campaign_id": str(town.campaign.id), "cases": cases}
    plan = (await town.by_committee.post("/api/v1/plans", json=body)).json()
    changed = await colleague.patch(
        f"/api/v1/plans/{plan['id']}", json={"cases": cases * 2}, headers={"If-Match": plan["etag"]}
    )
    assert changed.status_code == 200
    await done(town.by_committee, f"/api/v1/plans/{plan['id']}/submission")
    await done(town.by_office, f"/api/v1/plans/{plan['id']}/return", {"reason": "请写明单位", "due_on": "2015-04-30"})
    assert await notified(town) == {
        "committee": ["change.plan", "plan.returned"],
        "committee colleague": ["change.plan", "plan.submitted", "plan.returned"],
    }
    told = (await feed(colleague))[0]
    assert (told["text"], told["details"]) == (
        "实施计划登记表被退回修改，请于2015年4月30日24:00前重新报送。",
        ["原因：请写明单位"],
    )


async def test_changes_of_one_day_are_told_once(town: Town) -> None:
    application = await town.complete()
    path = f"/api/v1/applications/{application}"
    for name in ("甲", "乙", "丙"):
        etag = (await town.by_committee.get(path)).json()["etag"]
        await town.by_committee.patch(path, json={"brand_name": name}, headers={"If-Match": etag})
        await hand_on(town.world)
    changed = ["change.application"]
    assert await notified(town) == dict.fromkeys(["unit", "unit colleague", "committee colleague"], changed)
    etag = (await town.by_unit.get(path)).json()["etag"]
    await town.by_unit.patch(path, json={"brand_name": "丁"}, headers={"If-Match": etag})
    assert await notified(town) == dict.fromkeys(["unit", "unit colleague", "committee colleague"], changed)


async def test_a_later_deadline_is_told_to_whom_it_helps(town: Town) -> None:
    filed = await town.filed(2)
    await hand_on(town.world)
    plain = {"campaign_id": str(town.campaign.id), "deadline": "application", "due_on": "2015-09-18", "reason": "暴雨"}
    whole = await done(town.by_office, "/api/v1/extensions", plain | {"committee_id": str(town.committee.id)})
    own = plain | {"application_id": str(filed[0]), "due_on": "2015-09-20"}
    await done(town.by_office, "/api/v1/extensions", own)
    await done(town.by_office, f"/api/v1/extensions/{whole['id']}/revocation", {"reason": "误批"})
    extended = {
        name: [kind for kind in news_of if "extension" in kind] for name, news_of in (await notified(town)).items()
    }
    three, one = ["extension.granted", "extension.granted", "extension.revoked"], ["extension.granted"]
    assert {name: news_of for name, news_of in extended.items() if news_of} == {
        "unit": one,
        "unit colleague": one,
        "committee": three,
        "committee colleague": three,
    }
    [revoked, second, first] = (await feed(town.by_committee))[:3]
    assert first["text"] == "案例申报的截止时间延至2015年9月18日24:00。"
    assert second["details"] == ["“‘红马甲’邻里互助站”"]
    assert revoked["text"] == "案例申报延至2015年9月18日24:00的决定已撤销。"


async def test_a_moved_deadline_is_told_to_those_who_still_owe(town: Town) -> None:
    await town.submitted()
    path = f"/api/v1/campaigns/{town.campaign.id}/deadline-moves"
    await done(town.by_office, path, {"deadline": "plan", "due_on": "2015-04-24", "reason": "连日暴雨"})
    await done(town.by_office, path, {"deadline": "application", "due_on": "2015-09-18", "reason": "连日暴雨"})
    await town.complete()
    await done(town.by_office, path, {"deadline": "application", "due_on": "2015-09-20", "reason": "连日暴雨"})
    told = {name: news_of.count("campaign.deadline_moved") for name, news_of in (await notified(town)).items()}
    committees = dict.fromkeys(["committee", "committee colleague", "other committee"], 3)
    assert {name: count for name, count in told.items() if count} == committees | {"unit": 2, "unit colleague": 2}
    notice = (await feed(town.by_unit))[0]
    assert notice["text"].endswith("的案例申报截止时间调整为2015年9月20日24:00。")
    assert notice["details"] == ["原因：连日暴雨"]


async def test_nobody_is_told_of_a_deadline_that_is_moved_in_a_draft(town: Town) -> None:
    draft = {"template": "lubei-2015", "year": 2015}
    path = f"/api/v1/campaigns/{(await town.by_office.post('/api/v1/campaigns', json=draft)).json()['id']}"
    moved = {"deadline": "application", "due_on": "2015-09-20", "reason": "尚未商定"}
    await done(town.by_office, f"{path}/deadline-moves", moved)
    await done(town.by_office, f"{path}/publication")
    announced = ["campaign.published"]
    committees = ("committee", "committee colleague", "other committee")
    assert await notified(town) == dict.fromkeys(committees, announced)
    for client in (town.by_committee, town.by_unit):
        assert "尚未商定" not in (await client.get(f"{path}/history")).text


async def test_what_is_registered_of_a_committee_is_told_once_a_day(town: Town) -> None:
    committee = f"/api/v1/committees/{town.committee.id}"
    for name in ("新甲社区", "新乙社区"):
        unit = {"name": name, "honour_level": "district", "committee_id": str(town.committee.id)}
        assert (await town.by_office.post("/api/v1/units", json=unit)).status_code == 201
    etag = (await town.by_office.get(committee)).json()["etag"]
    await town.by_office.patch(committee, json={"name": "改名后的党工委"}, headers={"If-Match": etag})
    changed = ["change.committee"]
    assert await notified(town) == {"committee": changed, "committee colleague": changed}


async def test_an_award_is_told_when_it_is_published_and_not_before(world: World) -> None:
    place = await commending(world, (1, 90.0), (2, 80.0))
    won, objected = await place.award(0), await place.award(1)
    committee_award = await place.award(
        0,
        position=3,
        application_id=None,
        version_id=None,
        kind="advanced_committee",
        to_committee_id=place.committees[1].id,
        to_committee_name="第二街道党工委",
    )
    people = await place.everybody_else() | {"office": place.by_office}
    another = await world.client_of(Role.OFFICE)

    async def everybody() -> dict[str, list[str]]:
        await hand_on(world)
        return {name: news_of for name, client in people.items() if (news_of := await kinds(client))}

    async with world.acting(actor_of(place.clerk)) as ctx:
        await publications.publicise(ctx, place.commendation.id)
    objection = {"award_id": str(objected.id), "text": "与实际不符"}
    lodged = await done(people["reviewer"], f"{place.path}/objections", objection)
    assert await everybody() == {"office": ["objection.raised"]}
    await done(another, f"/api/v1/objections/{lodged['id']}/answer", {"status": "upheld", "answer": "属实"})
    assert await everybody() == {"office": ["objection.raised"], "reviewer": ["answer.objection"]}
    world.database.clock.stopped_at = datetime(2015, 4, 29, tzinfo=ZONE)
    async with world.acting(actor_of(place.clerk)) as ctx:
        await publications.publish(ctx, place.commendation.id, PublicationCreate(document_sequence=12))
    assert await everybody() == {
        "office": ["objection.raised"],
        "reviewer": ["answer.objection"],
        "own unit": ["award.awarded"],
        "own committee": ["award.awarded"],
        "committee": ["award.awarded"],
    }
    [case], [organiser] = await feed(people["own unit"]), await feed(people["committee"])
    assert case["text"] == "“第1号品牌”获“优秀案例”（路北文明办〔2015〕12号）。"
    assert organiser["text"] == "“第二街道党工委”获“组织工作先进单位”（路北文明办〔2015〕12号）。"
    assert (case["subject_id"], organiser["subject_id"]) == (str(won.id), str(committee_award.id))
    assert (await people["own unit"].get(f"/api/v1/awards/{case['subject_id']}")).status_code == 200


async def test_awards_of_a_unit_and_its_people_are_told_to_the_unit_and_to_its_committee(world: World) -> None:
    place = await winners(world)
    await name_units(place, 0)
    await name_persons(place, of_unit(place, "王芳"), of_committee(place, "李强", 1))
    people = await place.everybody_else()
    async with world.acting(actor_of(place.clerk)) as ctx:
        await publications.publicise(ctx, place.commendation.id)
    world.database.clock.stopped_at = datetime(2015, 4, 29, tzinfo=ZONE)
    async with world.acting(actor_of(place.clerk)) as ctx:
        await publications.publish(ctx, place.commendation.id, PublicationCreate(document_sequence=12))
    await hand_on(world)
    unit, committee = place.units[0].name, place.committees[1].name
    notice = "（路北文明办〔2015〕12号）。"
    own = {
        f"“{unit}”获“优秀组织单位”{notice}",
        f"“{unit}王芳”获“先进个人”{notice}",
    }
    told = {who: {each["text"] for each in await feed(client)} for who, client in people.items()}
    assert {who: texts for who, texts in told.items() if texts} == {
        "own unit": own,
        "own committee": own,
        "committee": {f"“{committee}李强”获“先进个人”{notice}"},
    }


async def test_the_answers_to_a_nomination_are_told_to_unit_committee_and_office(world: World) -> None:
    place = await nominating(world)
    people = place.owners | {"office": place.by_office, "municipal": place.by_municipal, **await place.everybody_else()}
    made = await place.nominated()
    for kind in ("received", "returned", "accepted", "decided"):
        await place.answer(made, kind)
    await place.answer(made, "decided", "again", result="省级示范案例")
    await hand_on(world)
    told = {name: await feed(client) for name, client in people.items()}
    kinds_of = {name: [each["kind"] for each in reversed(feed_of)] for name, feed_of in told.items()}
    owners = ["nomination.prepared", "nomination.returned", "nomination.accepted", *["answer.nomination"] * 2]
    offices = ["nomination.returned", "answer.nomination", "answer.nomination"]
    found = {name: [kind for kind in of if "nomination" in kind] for name, of in kinds_of.items()}
    assert {name: of for name, of in found.items() if of} == {"unit": owners, "committee": owners, "office": offices}
    [last, _, _, returned] = told["unit"][:4]
    assert last["text"] == "市文明办对“第1号品牌”的评定结果：省级示范案例。"
    assert returned["details"] == ["原因：电话有误。"]


async def test_notices_have_the_names_of_their_campaign(world: World) -> None:
    place = await district(world, await world.sample(years_in_operation=0, recommended_order="optional", cells=[]))
    await place.filed(2)
    await hand_on(world)
    told = [each["text"] for each in await feed(place.by_unit) if each["kind"] == "application.filed"]
    assert {text.partition("”")[2] for text in told} == {"已上报云山文明办。"}


async def test_a_judge_is_told_of_new_cases_but_not_how_many_nor_which(world: World) -> None:
    judged = await judging(world, cases=4, judges=3)
    await assigned(judged, (0, 0), (1, 0), (2, 1))
    await hand_on(world)
    await assigned(judged, (3, 0))
    await hand_on(world)
    feeds = [await feed(client) for client in judged.by_judge]
    news = "“初评”有新的案例分配给您评审。"
    assert [[each["text"] for each in news_of] for news_of in feeds] == [[news, news], [news], []]
    subjects = {(each["subject_type"], each["subject_id"], *each["details"]) for news_of in feeds for each in news_of}
    assert subjects == {("round", str(judged.round.id))}


async def test_a_returned_sheet_is_told_to_the_clerk_who_entered_it_and_not_to_its_judge(world: World) -> None:
    judged = await judging(world, cases=1, judges=1, kind=RoundKind.LIVE, blind=False)
    given, second = await judged.assign(judged.cases[0], judged.judges[0]), await world.client_of(Role.OFFICE)
    scores = {"scores": [{"code": each["code"], "score": 90} for each in judged.round.criteria]}
    path = f"/api/v1/rounds/{judged.round.id}/assignments/{given.id}/sheet"
    sheet = await done(judged.by_office, path, scores)
    await done(second, f"/api/v1/reviews/{sheet['id']}/reopening", {"reason": "与评分表不符。"})
    await hand_on(world)
    assert [await kinds(each) for each in (judged.by_office, second, judged.by_judge[0])] == [
        ["review.reopened"],
        [],
        [],
    ]


async def test_a_judge_who_must_keep_away_is_told_nothing(world: World) -> None:
    judged = await judging(world, cases=1, judges=1)
    await assigned(judged, (0, 0))
    recusal = {"reviewer_id": str(judged.judges[0].id), "application_id": str(judged.cases[0].id), "reason": "回避"}
    await done(judged.by_office, "/api/v1/recusals", recusal)
    await hand_on(world)
    assert await feed(judged.by_judge[0]) == []


async def assigned(judged: Judging, *places: tuple[int, int]) -> None:
    wanted = [
        {"application_id": str(judged.cases[case].id), "reviewer_id": str(judged.judges[judge].id)}
        for case, judge in places
    ]
    await done(judged.by_office, f"/api/v1/rounds/{judged.round.id}/assignments", {"assignments": wanted})


async def test_an_owner_is_told_of_everything_that_changes_how_the_account_is_entered(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    client, phone = await with_totp(world, account)
    for body in ({"email": "li@example.org"}, {"mail": False}):
        assert (await client.patch("/api/v1/account", json=body, headers={"If-Match": "*"})).status_code == 200
    await client.post(f"{FACTORS}/recovery-codes")
    await client.delete(f"{FACTORS}/{phone.id}")
    changed = {"current_password": PASSWORD, "new_password": ANOTHER}
    assert (await client.put("/api/v1/account/password", json=changed)).status_code == 204
    await hand_on(world)
    assert await kinds(client) == [
        "account.factor_added",
        "account.edited",
        "account.recovery_codes_issued",
        "account.factor_removed",
        "account.password_changed",
    ]


async def test_an_owner_is_told_who_issued_a_code_and_the_office_that_it_waits(world: World) -> None:
    committee = await world.committee()
    account = await person(world, Role.UNIT, unit=await world.unit(committee))
    liaison = await world.account(Role.COMMITTEE, committee=committee)
    manager, owner, office = (
        await world.sign_in(liaison),
        await enter(world, account),
        await world.client_of(Role.OFFICE),
    )
    address = f"/api/v1/accounts/{account.id}"
    await done(manager, f"{address}/invitation")
    await done(office, f"{address}/invitation")
    await hand_on(world)
    by_office, by_manager = await feed(owner)
    assert by_manager["text"].startswith(f"{liaison.name}为您的账号发放了激活码")
    assert by_office["text"].startswith("主办单位为您的账号发放了激活码")
    assert (by_manager["subject_type"], by_manager["subject_id"]) == ("account", str(account.id))
    assert [each["text"] for each in await feed(office)] == [
        f"{liaison.name}为“{account.name}”发放了激活码，待另一人确认。"
    ]
    assert await feed(manager) == []


async def test_an_invitation_of_somebody_new_is_no_news_unless_it_is_a_clerk(world: World) -> None:
    first, second = await world.client_of(Role.OFFICE), await world.client_of(Role.OFFICE)
    for username, role in (("reviewer", "reviewer"), ("clerk", "office")):
        made = {"username": username, "name": username, "role": role}
        await done(first, "/api/v1/accounts", made)
    await hand_on(world)
    assert ["“clerk”" in each["text"] for each in await feed(second)] == [True]
    assert await feed(first) == []


async def test_an_owner_is_told_of_what_looks_like_somebody_else(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    client, phone = await with_totp(world, account)
    codes = iter(phone.recovery_codes)
    for address in ("127.0.0.1", "10.2.3.4", "10.2.3.4"):
        asked = await attempt(at(world, address), account.username)
        assert (await second_step(at(world, address), asked.json()["challenge"], "000000")).status_code == 401
        step = await second_step(at(world, address), asked.json()["challenge"], next(codes))
        assert step.status_code == 201
    await hand_on(world)
    told = await kinds(client)
    assert [told.count(f"account.{kind}") for kind in ("recovery_code_used", "new_address", "second_step_refused")] == [
        3,
        1,
        1,
    ]
    assert any("10.2.3.4" in each["text"] for each in await feed(client))


async def test_who_is_suspended_reads_it_when_they_are_back(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    office = await world.client_of(Role.OFFICE)
    address = f"/api/v1/accounts/{account.id}/suspension"
    await done(office, address)
    await hand_on(world)
    assert (await office.delete(address)).status_code == 200
    await hand_on(world)
    assert await kinds(await enter(world, account)) == ["account.suspended", "account.reinstated"]
