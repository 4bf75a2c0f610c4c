"""The year of the notice, as it goes in the district: told through HTTP alone, by everybody who takes part."""

from itertools import pairwise
from typing import Any

from app.services.history import digest_of
from tests.scenarios.steps import (
    act,
    begin,
    complete,
    done,
    edit,
    file,
    id_of,
    no_promise_is_broken,
    picture,
    read,
    reasons,
    seal,
    sealed,
    submitted,
)
from tests.scenarios.town import Town, town
from tests.world import World, key

LATE = [("deadline_passed", None)]
CASES = [
    {"name": "“红马甲”邻里互助站", "unit_name": "龙华社区", "category": "qingman"},
    {"name": "道德讲堂", "unit_name": "翔云社区"},
    {"name": "诚信红黑榜", "unit_name": "建材市场"},
]
REASON = {"reason": "请补充活动开展的具体数据。"}


async def test_a_year_from_the_notice_to_the_formal_check(world: World) -> None:
    place = await town(world)
    await the_office_publishes_the_notice(place)
    await the_plans_are_registered_in_time_or_not(place)
    longhua, xiangyun = await the_units_write_and_their_committee_chooses(place)
    third = await the_committee_files_and_holds_a_receipt(place, longhua, xiangyun)
    late = await whoever_is_late_is_refused_until_the_office_extends(place)
    await the_office_checks(place, longhua, xiangyun, third, late)
    await what_was_sent_back_is_corrected_after_the_deadline(place, xiangyun)
    await plan_and_delivery_are_reconciled(place, longhua)
    await everything_can_be_read_back(place, longhua)
    await strangers_have_seen_nothing(place, longhua)
    await no_promise_is_broken(world)


async def the_office_publishes_the_notice(place: Town) -> None:
    await place.at(4, 9, 15, 0)
    await place.settle()
    draft = done(await place.post("office", "campaigns", template="lubei-2015", year=2015), 201)
    place.campaign = draft["id"]
    committee = await place.by("QT")
    assert (await committee.get(f"/api/v1/campaigns/{place.campaign}")).status_code == 404
    done(await place.post("office", f"campaigns/{place.campaign}/publication"))
    notice = (await place.get("龙华社区", f"campaigns/{place.campaign}"))["settings"]
    pictures = [notice["images"][name] for name in ("minimum", "maximum", "roles", "long_side", "smallest")]
    assert (notice["minimum_filed"], pictures, notice["applications"]["due_on"]) == (
        2,
        [5, 8, [], 0, 0],
        "2015-09-14",
    )
    assert [category["name"] for category in notice["categories"]] == ["德润路北", "美靓路北", "情满路北", "诚铸路北"]
    too_early = await committee.post("/api/v1/applications", json=application(place, "龙华社区"), headers=key())
    assert reasons(too_early) == [("not_yet_open", None)]


async def the_plans_are_registered_in_time_or_not(place: Town) -> None:
    """One plan comes in the last second of 4月22日; the other a second too late, and then by an extension."""
    await place.at(4, 20, 9, 0)
    plans = {}
    for code in ("QT", "WH"):
        body = {"campaign_id": place.campaign, "cases": CASES if code == "QT" else CASES[:1]}
        plans[code] = f"plans/{done(await place.post(code, 'plans', **body), 201)['id']}"
    place.ids |= {f"plan {code}": id_of(plan) for code, plan in plans.items()}
    await place.at(4, 22, 23, 59, 59, microsecond=999_999)
    assert (await submit_plan(place, "QT")).json()["status"] == "submitted"
    await place.at(4, 23)
    assert reasons(await submit_plan(place, "WH"))[0] == ("deadline_passed", None)
    assert {row["committee_code"]: row["plan_overdue"] for row in await progress(place)} == {"QT": False, "WH": True}
    await extend(place, "WH", "plan", "2015-04-24")
    assert (await submit_plan(place, "WH")).json()["deadline"]["source"] == "extension"
    done(await place.post("office", f"{plans['QT']}/return", reason="请核对实施单位。", due_on="2015-04-30"))
    await place.at(4, 30, 17, 0)
    assert (await submit_plan(place, "QT")).json()["status"] == "submitted"


async def the_units_write_and_their_committee_chooses(place: Town) -> tuple[str, str]:
    """A form with holes is refused with everything that is missing; what the committee returns comes back better."""
    await place.at(6, 1, 9, 0)
    unit, committee = await place.by("龙华社区"), await place.by("QT")
    longhua = await begin(unit, place.campaign)
    missing = reasons(await act(unit, longhua, "submission"))
    assert [code for code, _ in missing] == ["required"] * 10 + ["narrative_too_short", "too_few_images"]
    possible = (await read(unit, longhua))["actions"]["submit"]
    assert [(each["code"], each["pointer"]) for each in possible["findings"]] == missing
    await complete(unit, longhua)
    done(await act(unit, longhua, "submission"))
    assert done(await act(committee, longhua, "return", REASON))["reason"] == REASON["reason"]
    done(await edit(unit, longhua, effects="果" * 700))
    assert done(await act(unit, longhua, "submission"))["versions"] == 2

    xiangyun = await submitted(await place.by("翔云社区"), place.campaign, brand_name="道德讲堂")
    assert done(await act(committee, xiangyun, "decline", REASON))["status"] == "declined"
    assert done(await act(committee, xiangyun, "reconsideration", REASON))["status"] == "submitted"
    return longhua, xiangyun


async def the_committee_files_and_holds_a_receipt(place: Town, longhua: str, xiangyun: str) -> str:
    """One alone is refused, two are filed, a third follows; two of three may not be taken back one by one."""
    await place.at(9, 14, 20, 0)
    unit, committee = await place.by("龙华社区"), await place.by("QT")
    done(await seal(committee, longhua))
    assert reasons(await file(committee, place.campaign, longhua)) == [("too_few_applications", "/application_ids")]
    assert reasons(await file(committee, place.campaign, longhua, xiangyun)) == [
        ("wrong_state", "/application_ids/1"),
        ("seal_missing", "/application_ids/1"),
    ]
    done(await seal(committee, xiangyun))
    receipt = done(await file(committee, place.campaign, longhua, xiangyun), 201)
    assert (receipt["number"], receipt["size"], receipt["filed_at"]) == ("2015-QT-R01", 2, "2015-09-14T12:00:00Z")
    covered = {name: receipt[name] for name in ("number", "campaign_id", "committee_id", "filed_at")}
    items = [{name: item[name] for name in ("application_number", "version", "digest")} for item in receipt["items"]]
    assert receipt["digest"] == digest_of(covered | {"items": items})
    genuine = await read(place.world.client(), f"/api/v1/public/receipts/{receipt['verification_code']}")
    assert {name: genuine[name] for name in ("number", "size", "filed_at")} == {
        name: receipt[name] for name in ("number", "size", "filed_at")
    }
    assert receipt["digest"].startswith(genuine["short_digest"])
    assert (await place.world.client().get("/api/v1/public/receipts/2222-2222-2222-2222")).status_code == 404

    third = await sealed(unit, committee, place.campaign, brand_name="楼道议事会")
    await place.at(9, 14, 23, 59, 59, microsecond=999_999)
    committee = await place.by("QT")
    assert done(await file(committee, place.campaign, third), 201)["number"] == "2015-QT-R02"
    two = {"application_ids": [id_of(longhua), id_of(third)], "reason": "材料有误。"}
    several = await committee.post("/api/v1/withdrawals", json=two, headers=key())
    assert reasons(several) == [("too_few_applications", "/application_ids")]
    assert done(await act(committee, third, "withdrawal", {"reason": "材料有误。"}))["status"] == "withdrawn"
    again = await act(committee, longhua, "withdrawal", {})
    assert reasons(again) == [("too_few_applications", None)]
    return third


async def whoever_is_late_is_refused_until_the_office_extends(place: Town) -> list[str]:
    await place.at(9, 14, 22, 0)
    late = [await sealed(await place.by("文化楼社区"), await place.by("WH"), place.campaign) for _ in range(2)]
    await place.at(9, 15)
    committee = await place.by("WH")
    assert [code for code, _ in reasons(await file(committee, place.campaign, *late))] == ["deadline_passed"] * 2
    assert reasons(await act(committee, late[0], "withdrawal", {})) == LATE
    assert [row["applications_overdue"] for row in await progress(place)] == [False, True]
    await extend(place, "WH", "application", "2015-09-16")
    assert (await read(committee, late[0]))["deadline"]["source"] == "extension"
    done(await file(committee, place.campaign, *late), 201)
    return late


async def the_office_checks(place: Town, longhua: str, xiangyun: str, third: str, late: list[str]) -> None:
    """One is accepted, one sent back, one ruled out; each for itself, and what was withdrawn is past deciding."""
    await place.at(9, 20, 9, 0)
    office = await place.by("office")
    bulk = {"decision": "accept", "application_ids": [id_of(href) for href in (longhua, third, late[0])]}
    results = done(await office.post("/api/v1/checks", json=bulk))["items"]
    assert [(item["done"], [finding["code"] for finding in item["findings"]]) for item in results] == [
        (True, []),
        (False, ["wrong_state"]),
        (True, []),
    ]
    ruled_out = {"reason_codes": ["untrue"], "remark": "材料与事实不符。"}
    assert done(await act(office, late[1], "disqualification", ruled_out))["status"] == "disqualified"
    sent_back = {"reason_codes": ["images_unclear"], "remark": "第二幅图片无法辨认。", "due_on": "2015-09-25"}
    assert done(await act(office, xiangyun, "correction-request", sent_back))["status"] == "returned"
    figures = {row["committee_code"]: row for row in await progress(place)}
    assert [figures["QT"][name] for name in ("standing", "accepted", "out_for_correction", "withdrawn")] == [1, 1, 1, 1]
    assert [figures["WH"][name] for name in ("standing", "accepted", "disqualified")] == [1, 1, 1]


async def what_was_sent_back_is_corrected_after_the_deadline(place: Town, xiangyun: str) -> None:
    """It goes the same way again until its own date, while the office goes on seeing what was filed."""
    await place.at(9, 25, 23, 0)
    unit, committee, office = [await place.by(name) for name in ("翔云社区", "QT", "office")]
    asked_for = await read(unit, xiangyun)
    assert (asked_for["deadline"]["published_on"], asked_for["reason_codes"]) == ("2015-09-25", ["images_unclear"])
    filed = await read(office, xiangyun)
    second = asked_for["images"][1]
    done(await unit.delete(f"{xiangyun}/images/{second['id']}", headers={"If-Match": second["etag"]}))
    await picture(unit, xiangyun)
    assert await read(office, xiangyun) == filed
    done(await act(unit, xiangyun, "submission"))
    done(await seal(committee, xiangyun))
    assert done(await file(committee, place.campaign, xiangyun), 201)["items"][0]["version"] == 4
    await place.at(9, 26)
    office = await place.by("office")
    assert (await read(office, xiangyun))["images"][1]["id"] != filed["images"][1]["id"]
    assert done(await act(office, xiangyun, "acceptance"))["status"] == "accepted"


async def plan_and_delivery_are_reconciled(place: Town, longhua: str) -> None:
    plan = f"plans/{place.ids['plan QT']}"
    cases, etag = (await place.get("QT", plan))["cases"], (await place.get("QT", plan))["etag"]
    link = f"/api/v1/{plan}/cases/{cases[0]['id']}/application"
    body = {"application_id": id_of(longhua)}
    done(await (await place.by("QT")).put(link, json=body, headers={"If-Match": etag}))
    found = await place.get("office", f"{plan}/reconciliation")
    assert [case["application_id"] for case in found["linked"]] == [id_of(longhua)]
    assert [case["name"] for case in found["missing"]] == ["道德讲堂", "诚信红黑榜"]
    assert [each["application_status"] for each in found["unplanned"]] == ["accepted", "withdrawn"]
    totals = (await place.get("office", f"progress?campaign_id={place.campaign}"))["totals"]
    assert {name: count for name, count in totals.items() if count} == {
        "planned": 4,
        "accepted": 3,
        "disqualified": 1,
        "withdrawn": 1,
        "standing": 3,
    }


async def everything_can_be_read_back(place: Town, longhua: str) -> None:
    """The history of one application, by its unit; the audit list, by the office."""
    history = (await place.get("龙华社区", f"applications/{id_of(longhua)}/history?limit=100"))["items"]
    moves = [event["action"].partition(".")[2] for event in reversed(history) if event["data"].get("to")]
    assert moves == ["submitted", "returned", "submitted", "endorsed", "filed", "accepted"]
    digests = [(event["before_digest"], event["after_digest"]) for event in reversed(history)]
    changes = [pair for pair, event in zip(digests, reversed(history), strict=True) if is_about(event, longhua)]
    assert all(before == after for (_, after), (before, _) in pairwise(changes))
    filings = (await place.get("office", "audit-events?action=filing.made"))["items"]
    assert [event["actor_name"] for event in filings] == ["QT联络员", "WH联络员", "QT联络员", "QT联络员"]


async def strangers_have_seen_nothing(place: Town, longhua: str) -> None:
    for name in ("reviewer", "municipal"):
        client = await place.by(name)
        assert (await client.get(longhua)).status_code == 404
        for listing in ("applications", "filings", "plans", "extensions"):
            assert (await place.get(name, listing))["items"] == []
    assert (await (await place.by("WH")).get(longhua)).status_code == 404
    assert (await place.world.client().get(longhua)).status_code == 401


def application(place: Town, unit: str) -> dict[str, str]:
    return {"campaign_id": place.campaign, "unit_id": place.ids[unit]}


def is_about(event: dict[str, Any], href: str) -> bool:
    return bool(event["subject_id"] == id_of(href))


async def submit_plan(place: Town, code: str) -> Any:
    return await (await place.by(code)).post(f"/api/v1/plans/{place.ids[f'plan {code}']}/submission", headers=key())


async def extend(place: Town, code: str, deadline: str, due_on: str) -> None:
    body = {"campaign_id": place.campaign, "committee_id": place.ids[code], "deadline": deadline, "due_on": due_on}
    done(await place.post("office", "extensions", reason="连日暴雨，材料无法按时送达。", **body), 201)


async def progress(place: Town) -> list[Any]:
    found: list[Any] = (await place.get("office", f"progress?campaign_id={place.campaign}"))["committees"]
    return found
