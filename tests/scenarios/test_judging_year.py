"""From accepted cases to published awards, told through HTTP alone: six judges, six conflicts, two rounds."""

from typing import Any

import pytest

from app.models.enums import Role
from tests.scenarios.steps import done, no_promise_is_broken, reasons
from tests.scenarios.town_with_judges import JUDGES, TownWithJudges
from tests.world import World
from tests.world.people import person

FIRST, FINAL = "初评", "终评"
MERIT = {
    "红马甲": 96,
    "邻里节": 91,
    "道德讲堂": 88,
    "书香楼道": 85,
    "诚信红黑榜": 80,
    "微笑窗口": 84,
    "文明餐桌": 76,
    "绿色出行": 70,
}
FINALS = {
    "红马甲": {"赵刚": 97, "李静": 96, "王磊": 98},
    "邻里节": {"赵刚": 90, "陈红": 87, "刘洋": 90},
    "道德讲堂": {"李静": 89, "陈红": 88, "刘洋": 87},
    "书香楼道": {"李静": 70, "陈红": 71, "王磊": 72},
}
WAVE = {"邻里节": 86, "道德讲堂": 95}
"""What the further judges give the two that stood closest to the cut."""

CONFLICTS = {
    ("红马甲", "周敏"): "评委与申报单位同属一个单位，须回避。",
    ("书香楼道", "赵刚"): "评委与申报单位同属一个党（工）委，须回避。",
    ("微笑窗口", "李静"): "评委与申报方的账号或联系人电话相同，须回避。",
    ("道德讲堂", "王磊"): "评委已申报利害关系，须回避。",
    ("绿色出行", "陈红"): "评委已主动弃评该案例。",
    ("诚信红黑榜", "刘洋"): "主办单位已决定该评委回避。",
}
WHY = {"reason": "工作需要。"}


@pytest.mark.thorough
async def test_from_accepted_cases_to_published_awards(world: World) -> None:
    place = TownWithJudges(world, usernames={"office": (await person(world, Role.OFFICE)).username})
    await place.register_and_apply()
    await the_first_round_is_prepared(place)
    await cases_are_distributed_and_conflicts_kept_out(place)
    await the_judges_score_and_the_last_is_waited_for(place)
    await the_best_four_are_judged_again(place)
    await a_wave_decides_who_is_second(place)
    await awards_are_drafted_and_nobody_learns_of_it(place)
    await they_are_publicised_over_the_holidays(place)
    await objections_are_heard(place)
    await the_notice_is_published(place)
    await an_award_is_revoked(place)
    await no_promise_is_broken(world)


async def the_first_round_is_prepared(place: TownWithJudges) -> None:
    """Blind, all accepted cases; two judges are kept away before anything is given to them."""
    await place.at(9, 15, 14, 0)
    await place.appoint()
    times = {"opens_at": "2015-09-16T09:00:00+08:00", "closes_at": "2015-09-19T18:00:00+08:00"}
    await place.set_up(FIRST, reviews_wanted=3, **times)
    assert (await place.office(f"{place.hrefs[FIRST]}/opening"))["entry_count"] == 8
    declared = done(await place.act("王磊", "interests", organisation_name="翔云社区", reason="曾在该社区任职。"), 201)
    assert [each["kind"] for each in declared["recusals"]] == ["declared"]
    await place.office("recusals", reviewer_id=place.ids["刘洋"], unit_id=place.ids["文化楼社区"], **WHY)
    assert (await place.get("刘洋", "recusals"))["items"] == []
    assert (await place.get("周敏", "rounds"))["total"] == 0


async def cases_are_distributed_and_conflicts_kept_out(place: TownWithJudges) -> None:
    """A case is given by hand, the rest proposed around it; by hand nobody is given what they must keep away from."""
    done(await place.assign(FIRST, ("绿色出行", "陈红")), 201)
    round_ = place.hrefs[FIRST]
    proposal = await place.office(f"{round_}/proposals", kind="full")
    assert (proposal["added_count"], proposal["shortages"]) == (23, [])
    assert {name: proposal["figures"][name] for name in ("reviews", "kept", "lowest_load", "highest_load")} == {
        "reviews": 24,
        "kept": 1,
        "lowest_load": 4,
        "highest_load": 4,
    }
    await place.office(f"proposals/{proposal['id']}/application")
    await place.at(9, 16, 9, 0)
    (case,) = [each for each in await place.given(FIRST, "陈红") if each["brand_name"] == "绿色出行"]
    body = {"kind": "abstained", "reason": "与本人研究课题有关。"}
    done(await place.act("陈红", f"cases/{case['id']}/recusal", **body), 201)
    assert [len(await place.given(FIRST, judge)) for judge in JUDGES] == [4, 4, 4, 4, 3, 4]

    refused = await place.assign(FIRST, *CONFLICTS)
    assert [(each["code"], each["pointer"], each["message"]) for each in refused.json()["findings"]] == [
        ("conflict_of_interest", f"/assignments/{number}", sentence)
        for number, sentence in enumerate(CONFLICTS.values())
    ]
    again = await place.office(f"{round_}/proposals", kind="full")
    assert [again["figures"][name] for name in ("reviews", "kept", "lowest_load", "highest_load")] == [24, 23, 3, 5]
    assert [(each["brand_name"], each["reviewer_name"] != "陈红") for each in again["added"]] == [("绿色出行", True)]
    await place.office(f"proposals/{again['id']}/application")


async def the_judges_score_and_the_last_is_waited_for(place: TownWithJudges) -> None:
    """All but one are in time; the office gives the last one two days more, and closes the round."""
    await place.at(9, 17, 10, 0)
    for judge in JUDGES:
        await place.score_all(FIRST, judge, MERIT, leave=3 if judge == "王磊" else 0)
    round_ = place.hrefs[FIRST]
    late = await place.given(FIRST, "王磊")
    owing = (await place.get("office", f"{round_}/progress"))["judges"]
    assert {each["reviewer_name"]: len(each["outstanding"]) for each in owing if each["to_remind"]} == {
        "王磊": len(late)
    }
    await place.at(9, 19, 18, 0)
    assert reasons(await place.score("王磊", late[0]["id"], 90)) == [("deadline_passed", None)]
    assert reasons(await place.act("office", f"{round_}/closure")) == [("reviews_missing", None)]
    await place.change("PATCH", round_, {"closes_at": "2015-09-20T18:00:00+08:00"})
    await place.score_all(FIRST, "王磊", MERIT)
    await place.office(f"{round_}/closure")
    assert await place.ranking(FIRST) == [
        (1, "红马甲", 3, 96.0),
        (2, "邻里节", 3, 91.0),
        (3, "道德讲堂", 3, 88.0),
        (4, "书香楼道", 3, 85.0),
        (5, "微笑窗口", 3, 84.0),
        (6, "诚信红黑榜", 3, 80.0),
        (7, "文明餐桌", 3, 76.0),
        (8, "绿色出行", 3, 70.0),
    ]


async def the_best_four_are_judged_again(place: TownWithJudges) -> None:
    """Three open reviews each, given by hand; what was kept apart in the first round is kept apart in the second."""
    await place.at(9, 21, 9, 0)
    best = {"intake": "best", "source_round_id": place.hrefs[FIRST].partition("/")[2], "intake_limit": 4}
    times = {"opens_at": "2015-09-21T09:00:00+08:00", "closes_at": "2015-09-25T18:00:00+08:00"}
    await place.set_up(FINAL, reviews_wanted=3, blind=False, cut=2, tie_breaks=["innovation"], **best, **times)
    await place.office(f"{place.hrefs[FINAL]}/opening")
    assert reasons(await place.assign(FINAL, ("绿色出行", "赵刚"))) == [
        ("not_an_entry", "/assignments/0/application_id")
    ]
    pairs = [(case, judge) for case, scores in FINALS.items() for judge in scores]
    done(await place.assign(FINAL, *pairs), 201)
    for judge in {judge for _, judge in pairs}:
        await place.score_all(FINAL, judge, {case: scores.get(judge, 0) for case, scores in FINALS.items()})
    assert await place.ranking(FINAL) == [
        (1, "红马甲", 3, 97.0),
        (2, "邻里节", 3, 89.0),
        (3, "道德讲堂", 3, 88.0),
        (4, "书香楼道", 3, 71.0),
    ]


async def a_wave_decides_who_is_second(place: TownWithJudges) -> None:
    """Two further reviews go to the two at the cut, and to nobody else; they turn the order round."""
    round_ = place.hrefs[FINAL]
    wave = await place.office(f"{round_}/proposals", kind="wave", budget=2)
    assert {each["brand_name"]: each["further_reviews"] for each in wave["open_cases"]} == {"邻里节": 1, "道德讲堂": 1}
    assert [each["reviewer_name"] for each in wave["added"] if each["brand_name"] == "道德讲堂"] == ["赵刚"]
    await place.office(f"proposals/{wave['id']}/application")
    for pair in wave["added"]:
        await place.score_all(FINAL, pair["reviewer_name"], WAVE)
    await place.office(f"{round_}/closure")
    assert await place.ranking(FINAL) == [
        (1, "红马甲", 3, 97.0),
        (2, "道德讲堂", 4, 89.75),
        (3, "邻里节", 4, 88.25),
        (4, "书香楼道", 3, 71.0),
    ]
    assert (await place.get("office", f"{round_}/ranking/verification"))["matches"] is True


async def awards_are_drafted_and_nobody_learns_of_it(place: TownWithJudges) -> None:
    """The best two, one by hand for a reason, and the committee that organised best."""
    await place.at(9, 28, 10, 0)
    draft = await place.office("commendations", campaign_id=place.campaign, title="关于表彰优秀案例的通报")
    place.hrefs["notice"] = notice = f"commendations/{draft['id']}"
    round_id = place.hrefs[FINAL].partition("/")[2]
    case = {"kind": "excellent_case"}
    await place.office(f"{notice}/awards", basis="count", count=2, round_id=round_id, **case)
    by_hand = {"application_ids": [place.cases["微笑窗口"]], "reason": "带动面广，经评审组一致推荐。"}
    await place.office(f"{notice}/awards", basis="by_hand", **case, **by_hand)
    standings = (await place.get("office", f"campaigns/{place.campaign}/committee-indicators"))["committees"]
    assert [(each["committee_code"], each["total"]) for each in standings] == [
        ("QT", 87.33),
        ("WH", 71.0),
        ("JC", 50.67),
    ]
    await place.office(f"{notice}/awards", basis="indicators", kind="advanced_committee", count=1)
    assert reasons(await place.act("office", f"{notice}/publicity")) == [("summary_missing", "/awards")]
    for award in (await place.get("office", "awards"))["items"]:
        place.hrefs[award["name"]] = f"awards/{award['id']}"
        if award["recipient"] == "application":
            wording = {"public_summary": f"{award['name']}简介", "pictures": [2]}
            await place.change("PATCH", f"awards/{award['id']}", wording)
    for name in ("龙华社区", "QT", "周敏", "municipal"):
        assert (await place.get(name, "awards"))["total"] == 0
    assert (await public(place, "awards"))["total"] == 0


async def they_are_publicised_over_the_holidays(place: TownWithJudges) -> None:
    """Monday 9月28日 and five working days: 29 and 30, then 国庆节, then 8, 9 and Saturday the 10th, worked instead."""
    notice = await place.office(f"{place.hrefs['notice']}/publicity")
    window = ("publicity_first_on", "publicity_last_on", "publicity_ends_at")
    assert [notice[name] for name in window] == ["2015-09-29", "2015-10-10", "2015-10-10T16:00:00Z"]
    published = (await public(place, "awards"))["items"]
    assert sorted((each["name"], each["certificate_number"]) for each in published) == [
        ("乔屯街道党工委", None),
        ("微笑窗口", None),
        ("红马甲", None),
        ("道德讲堂", None),
    ]


async def objections_are_heard(place: TownWithJudges) -> None:
    """A neighbour objects to what was chosen by hand, a resident's letter comes to the office; each is looked into."""
    await place.at(9, 29, 15, 0)
    notice = place.hrefs["notice"]
    body = {"award_id": place.hrefs["微笑窗口"].partition("/")[2], "text": "受益人数与台账不符。"}
    theirs = done(await place.act("文化楼社区", f"{notice}/objections", **body), 201)
    body = {"award_id": place.hrefs["红马甲"].partition("/")[2], "text": "活动并未常年开展。"}
    letter = await place.office(f"{notice}/objections", on_behalf_of="居民张某", **body)
    assert (await public(place, "awards"))["total"] == 4
    await place.at(10, 8, 9, 0)
    answer = {"answer": "经走访核实，活动每周开展。"}
    await place.office(f"objections/{letter['id']}/answer", status="rejected", **answer)

    await place.at(10, 10, 23, 59, 59, microsecond=999_999)
    open_still = [("objections_open", None), ("awards_held", None)]
    refused = reasons(await place.act("office", f"{notice}/publication"))
    assert refused == [("publicity_running", None), *open_still]
    await place.at(10, 11)
    assert reasons(await place.act("翔云社区", f"{notice}/objections", **body)) == [("publicity_over", None)]
    assert reasons(await place.act("office", f"{notice}/publication")) == open_still
    await place.at(10, 12, 9, 0)
    await place.office(f"objections/{theirs['id']}/answer", status="upheld", answer="经核查属实，取消拟表彰。")
    objection = await place.get("文化楼社区", f"objections/{theirs['id']}")
    assert (objection["status"], objection["answer"]) == ("upheld", "经核查属实，取消拟表彰。")
    assert (await place.world.client().get(f"/api/v1/public/{place.hrefs['微笑窗口']}")).status_code == 404


async def the_notice_is_published(place: TownWithJudges) -> None:
    notice = await place.office(f"{place.hrefs['notice']}/publication")
    assert (notice["document_number"], notice["published_at"]) == ("路北文明办〔2015〕1号", "2015-10-12T01:00:00Z")
    published = await public(place, f"commendations/{notice['id']}")
    assert [(each["name"], each["unit_name"], each["certificate_number"]) for each in published["awards"]] == [
        ("红马甲", "龙华社区", "路北文明创建〔2015〕第1号"),
        ("道德讲堂", "翔云社区", "路北文明创建〔2015〕第2号"),
        ("乔屯街道党工委", None, "路北文明创建〔2015〕第3号"),
    ]
    (picture,) = published["awards"][0]["picture_hrefs"]
    assert (await place.world.client().get(picture)).headers["content-type"] == "image/jpeg"
    own = await place.get("翔云社区", place.hrefs["道德讲堂"])
    place.hrefs["certificate"] = f"certificates/{own['verification_code']}"
    assert (await public(place, place.hrefs["certificate"]))["name"] == "道德讲堂"
    assert (await place.get("龙华社区", place.hrefs["道德讲堂"]))["verification_code"] is None


async def an_award_is_revoked(place: TownWithJudges) -> None:
    """It leaves the public; the others, the numbers and the rankings they came of stay as they are."""
    before = [await place.ranking(name) for name in (FIRST, FINAL)]
    await place.at(11, 2, 9, 0)
    await place.office(f"{place.hrefs['道德讲堂']}/revocation", reason="经查实，申报数据不真实。")
    published = (await public(place, "awards"))["items"]
    assert sorted((each["name"], each["certificate_number"]) for each in published) == [
        ("乔屯街道党工委", "路北文明创建〔2015〕第3号"),
        ("红马甲", "路北文明创建〔2015〕第1号"),
    ]
    certificate = await public(place, place.hrefs["certificate"])
    known = {name: value for name, value in certificate.items() if value is not None}
    assert known == {
        "genuine": True,
        "status": "revoked",
        "certificate_number": "路北文明创建〔2015〕第2号",
        "revoked_at": "2015-11-02T01:00:00Z",
    }
    assert [await place.ranking(name) for name in (FIRST, FINAL)] == before
    for name in (FIRST, FINAL):
        assert (await place.get("office", f"{place.hrefs[name]}/ranking/verification"))["matches"] is True


async def public(place: TownWithJudges, path: str) -> Any:
    """Answer to the public."""
    return done(await place.world.client().get(f"/api/v1/public/{path}"))
