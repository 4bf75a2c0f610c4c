from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx2 import Response

from tests.contract.client import ContractClient
from tests.world import World, key
from tests.world.filing import District, district
from tests.world.handover import nominating
from tests.world.judging import judging

CORRECTION = {"reason_codes": ["seal_unclear"], "remark": "请重新扫描盖章件。", "due_on": "2015-09-25"}
DISQUALIFICATION = {"reason_codes": ["untrue"], "remark": "材料与事实不符。"}


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def act(client: ContractClient, application_id: UUID, noun: str, body: Any = None) -> Response:
    return await client.post(f"/api/v1/applications/{application_id}/{noun}", json=body)


async def check(place: District, decision: str, *application_ids: UUID, **body: Any) -> Response:
    body |= {"decision": decision, "application_ids": [str(each) for each in application_ids]}
    return await place.by_office.post("/api/v1/checks", json=body)


def results(answer: Response) -> list[tuple[bool, list[str]]]:
    assert answer.status_code == 200, answer.text
    return [(item["done"], [finding["code"] for finding in item["findings"]]) for item in answer.json()["items"]]


async def test_the_office_accepts_what_was_filed(place: District) -> None:
    first, _ = await place.filed(2)
    accepted = await act(place.by_office, first, "acceptance")
    assert accepted.json()["status"] == "accepted"
    again = await act(place.by_office, first, "acceptance")
    assert (again.status_code, again.json()["state"]) == (409, "accepted")


async def test_the_office_disqualifies_for_reasons_of_the_campaign(place: District) -> None:
    first, _ = await place.filed(2)
    refused = await act(place.by_office, first, "disqualification", DISQUALIFICATION | {"reason_codes": ["mood"]})
    assert [(each["code"], each["pointer"]) for each in refused.json()["findings"]] == [
        ("unknown_reason", "/reason_codes/0")
    ]
    done = (await act(place.by_office, first, "disqualification", DISQUALIFICATION)).json()
    assert (done["status"], done["reason_codes"], done["reason"]) == (
        "disqualified",
        ["untrue"],
        "材料与事实不符。",
    )


REVERSAL = {"reason": "误点，应为另一件。"}


def codes(answer: Response) -> list[str]:
    assert answer.status_code == 409, answer.text
    return [finding["code"] for finding in answer.json()["findings"]]


@pytest.mark.parametrize(("noun", "body"), [("acceptance", None), ("disqualification", DISQUALIFICATION)])
async def test_a_decision_is_taken_back_with_a_reason(place: District, noun: str, body: Any) -> None:
    first, _ = await place.filed(2)
    await act(place.by_office, first, noun, body)
    assert (await act(place.by_committee, first, "check-reversal", REVERSAL)).status_code == 403
    assert (await act(place.by_office, first, "check-reversal", {})).status_code == 422
    back = (await act(place.by_office, first, "check-reversal", REVERSAL)).json()
    assert (back["status"], back["reason_codes"], back["reason"]) == ("filed", [], None)
    events = (await place.by_office.get("/api/v1/audit-events", params={"subject_id": str(first)})).json()["items"]
    taken = [each["data"]["reason"] for each in events if each["action"] == "application.check_taken_back"]
    assert taken == [REVERSAL["reason"]]
    assert (await act(place.by_office, first, "acceptance")).status_code == 200


async def test_decisions_on_many_are_taken_back_as_one(place: District) -> None:
    ids = await place.filed(2)
    await check(place, "disqualify", *ids, reason_codes=["untrue"])
    assert (await check(place, "take_back", *ids)).status_code == 422, "without its reason"
    assert results(await check(place, "take_back", *ids, remark="整批误点。")) == [(True, [])] * 2
    assert [await place.status(each) for each in ids] == ["filed"] * 2


async def test_a_correction_is_recalled_with_its_days_until_it_has_begun(place: District) -> None:
    first, second = await place.filed(2)
    for each in (first, second):
        await act(place.by_office, each, "correction-request", CORRECTION)
    recalled = (await act(place.by_office, first, "check-reversal", REVERSAL)).json()
    assert (recalled["status"], recalled["deadline"]["source"]) == ("filed", "campaign")
    assert (await act(place.by_office, first, "acceptance")).json()["status"] == "accepted"
    address = f"/api/v1/applications/{second}"
    etag = (await place.by_unit.get(address)).json()["etag"]
    await place.by_unit.patch(address, json={"effects": "果" * 600}, headers={"If-Match": etag})
    assert codes(await act(place.by_office, second, "check-reversal", REVERSAL)) == ["correction_begun"]


async def test_what_was_accepted_is_disqualified_or_sent_back_later(place: District) -> None:
    first, second = await place.filed(2)
    await check(place, "accept", first, second)
    assert (await act(place.by_office, first, "disqualification", DISQUALIFICATION)).json()["status"] == "disqualified"
    assert (await act(place.by_office, second, "correction-request", CORRECTION)).json()["status"] == "returned"


LATER = {
    "disqualification": DISQUALIFICATION,
    "correction-request": CORRECTION,
    "check-reversal": REVERSAL,
}


async def test_an_acceptance_on_which_an_award_stands_does_not_give_way(world: World) -> None:
    place = await nominating(world)
    for noun, body in LATER.items():
        assert codes(await act(place.by_office, place.cases[0], noun, body)) == ["award_stands"]
    revoked = {"reason": "抄袭"}
    assert (await place.by_office.post(f"/api/v1/awards/{place.awards[0].id}/revocation", json=revoked)).is_success
    assert (await act(place.by_office, place.cases[0], "disqualification", DISQUALIFICATION)).is_success


async def test_an_acceptance_does_not_give_way_while_it_is_judged(world: World) -> None:
    made = await judging(world, cases=1)
    for noun, body in LATER.items():
        assert codes(await act(made.by_office, made.cases[0].id, noun, body)) == ["under_review"]


async def test_a_correction_becomes_an_extension_and_goes_the_same_way_again(world: World, place: District) -> None:
    first, second = await place.filed(2)
    asked = (await act(place.by_office, first, "correction-request", CORRECTION)).json()
    assert (asked["status"], asked["deadline"]["published_on"], asked["deadline"]["source"]) == (
        "returned",
        "2015-09-25",
        "extension",
    )
    world.database.clock.stopped_at = world.database.clock.stopped_at.replace(month=9, day=25, hour=23)  # type: ignore[union-attr]  # it is stopped
    address = f"/api/v1/applications/{first}"
    draft = (await place.by_unit.get(address)).json()
    edited = await place.by_unit.patch(address, json={"effects": "果" * 600}, headers={"If-Match": draft["etag"]})
    assert edited.status_code == 200, edited.text
    assert (await place.by_unit.post(f"{address}/submission", headers=key())).status_code == 200
    await place.seal(first)
    filed = await place.file(first)
    assert filed.status_code == 201, filed.text  # alone: with the other it makes two
    application = (await place.by_office.get(address)).json()
    assert (application["status"], application["effects"], application["reason_codes"]) == ("filed", "果" * 600, [])
    assert (await act(place.by_committee, second, "acceptance")).status_code == 403


async def test_a_correction_needs_a_day_to_come(place: District) -> None:
    first, _ = await place.filed(2)
    refused = await act(place.by_office, first, "correction-request", CORRECTION | {"due_on": "2015-04-20"})
    assert [(each["code"], each["pointer"]) for each in refused.json()["findings"]] == [
        ("deadline_in_the_past", "/due_on")
    ]


async def test_a_bulk_check_tells_what_became_of_each(world: World, place: District) -> None:
    first, second, third = await place.filed(3)
    await act(place.by_office, second, "acceptance")
    unseen = await place.sealed()
    answer = await check(place, "accept", third, second, unseen, uuid4(), first)
    assert results(answer) == [
        (True, []),
        (False, ["wrong_state"]),
        (False, ["unknown_reference"]),
        (False, ["unknown_reference"]),
        (True, []),
    ]
    assert [await place.status(each) for each in (first, second, third)] == ["accepted"] * 3
    assert answer.json()["items"][1]["findings"][0]["pointer"] == "/application_ids/1"


async def test_a_bulk_check_crosses_committees(world: World, place: District) -> None:
    other = await district(world, place.campaign)
    ids = [*await place.filed(2), *await other.filed(2)]
    assert results(await check(place, "request_correction", *ids, **CORRECTION)) == [(True, [])] * 4
    extensions = (await place.by_office.get("/api/v1/extensions")).json()
    assert {row["application_id"] for row in extensions["items"]} == {str(each) for each in ids}


async def test_a_bulk_disqualification_takes_no_day(place: District) -> None:
    ids = await place.filed(2)
    assert results(await check(place, "disqualify", *ids, **DISQUALIFICATION, due_on="2015-09-25")) == [
        (True, []),
        (True, []),
    ]
    assert (await place.by_office.get("/api/v1/extensions")).json()["total"] == 0


@pytest.mark.parametrize(
    ("decision", "missing"),
    [("request_correction", ["/reason_codes", "/due_on"]), ("disqualify", ["/reason_codes"])],
)
async def test_a_decision_says_what_it_needs(place: District, decision: str, missing: list[str]) -> None:
    answer = await check(place, decision, uuid4())
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        (pointer, "missing") for pointer in missing
    ]


async def test_only_the_office_checks(place: District) -> None:
    first, _ = await place.filed(2)
    for client in (place.by_unit, place.by_committee):
        assert (await act(client, first, "acceptance")).status_code == 403
        assert (await act(client, first, "correction-request", CORRECTION)).status_code == 403
        body = {"decision": "accept", "application_ids": [str(first)]}
        assert (await client.post("/api/v1/checks", json=body)).status_code == 403
    assert (await act(place.by_office, await place.sealed(), "acceptance")).status_code == 404


async def test_of_what_is_being_corrected_the_office_sees_every_byte_as_it_was_filed(
    world: World, place: District
) -> None:
    first, _ = await place.filed(2)
    await act(place.by_office, first, "correction-request", CORRECTION)
    address = f"/api/v1/applications/{first}"
    asked = [
        address,
        "/api/v1/applications",
        "/api/v1/applications?q=红马甲",
        "/api/v1/applications?q=绿马甲",
        "/api/v1/applications?category=qingman",
        "/api/v1/applications?category=derun",
    ]
    draft = (await place.by_unit.get(address)).json()
    asked += [f"{address}/images/{image['id']}" for image in draft["images"]]
    before = [(await place.by_office.get(each)).content for each in asked]
    changes = {"brand_name": "“绿马甲”邻里互助站", "category": "derun", "practices": "改" * 500}
    edited = await place.by_unit.patch(address, json=changes, headers={"If-Match": draft["etag"]})
    assert edited.status_code == 200, edited.text
    assert edited.json()["brand_name"] == "“绿马甲”邻里互助站"
    picture = draft["images"][0]
    gone = await place.by_unit.delete(f"{address}/images/{picture['id']}", headers={"If-Match": picture["etag"]})
    assert gone.status_code == 200, gone.text
    assert [(await place.by_office.get(each)).content for each in asked] == before
    assert [row["id"] for row in (await place.by_office.get(asked[2])).json()["items"]].count(str(first)) == 1
    assert (await place.by_office.get(asked[3])).json()["items"] == []


async def test_why_a_committee_returned_a_correction_to_its_unit_is_not_the_offices_business(place: District) -> None:
    first, _ = await place.filed(2)
    address = f"/api/v1/applications/{first}"
    asked = (await act(place.by_office, first, "correction-request", CORRECTION)).json()
    assert asked["reason"] == CORRECTION["remark"]
    assert (await place.by_unit.post(f"{address}/submission", headers=key())).status_code == 200
    assert (await act(place.by_committee, first, "return", {"reason": "数据仍然不实。"})).status_code == 200
    seen = [(await client.get(address)).json() for client in (place.by_unit, place.by_office)]
    assert [(each["status"], each["reason"]) for each in seen] == [("returned", "数据仍然不实。"), ("returned", None)]


async def test_the_office_holds_another_etag_after_every_act_it_can_see(place: District) -> None:
    first, _ = await place.filed(2)
    address = f"/api/v1/applications/{first}"
    etags = [(await place.by_office.get(address)).headers["etag"]]
    for noun, body in (("correction-request", CORRECTION), ("submission", None)):
        client = place.by_unit if noun == "submission" else place.by_office
        assert (await client.post(f"{address}/{noun}", json=body, headers=key())).status_code == 200
        etags.append((await place.by_office.get(address)).headers["etag"])
    await place.seal(first)
    assert (await place.file(first)).status_code == 201
    etags.append((await place.by_office.get(address)).headers["etag"])
    assert len(set(etags)) == 4
