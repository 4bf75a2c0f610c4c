from datetime import datetime
from typing import Any

import pytest

from app.database import Clock
from tests.contract.client import ContractClient
from tests.scenarios import steps
from tests.scenarios.steps import act, done, id_of, no_promise_is_broken, read, reasons
from tests.world import ZONE, World, key
from tests.world.filing import District, district
from tests.world.uploads import scan

AFTER = datetime(2015, 9, 16, 9, 0, tzinfo=ZONE)
"""The deadline of applications has passed."""
WHY = {"reason": "误将未定稿的一件上报。"}


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def filed(place: District, count: int = 2) -> list[str]:
    hrefs = [await steps.sealed(place.by_unit, place.by_committee, place.campaign.id) for _ in range(count)]
    done(await steps.file(place.by_committee, place.campaign.id, *hrefs), 201)
    return hrefs


async def ask(client: ContractClient, one: str, instead: str) -> Any:
    body = {"application_id": id_of(one), "replacement_id": id_of(instead)} | WHY
    return await client.post("/api/v1/swaps", json=body, headers=key())


async def ask_for_scan(client: ContractClient, href: str, number: int) -> Any:
    files = {"file": ("盖章.pdf", scan(number), "application/pdf")}
    return await client.post(f"{href}/scan-swaps", files=files, data={"reason": "原扫描件模糊。"})


async def test_after_the_deadline_one_case_takes_the_place_of_another_by_one_act(
    world: World, place: District, clock: Clock
) -> None:
    wrong, other = await filed(place)
    right = await steps.sealed(place.by_unit, place.by_committee, place.campaign.id, brand_name="道德讲堂进楼院")
    clock.stopped_at = AFTER
    refused = await steps.file(place.by_committee, place.campaign.id, right)
    assert ("deadline_passed", "/application_ids/0") in reasons(refused)

    swap = done(await ask(place.by_committee, wrong, right), 201)
    href = f"/api/v1/swaps/{swap['id']}"
    assert reasons(await ask(place.by_committee, other, right)) == [("swap_pending", "/replacement_id")]
    both = [("swap_pending", "/application_id"), ("swap_pending", "/replacement_id")]
    assert reasons(await ask(place.by_committee, wrong, right)) == both
    seen = await read(place.by_office, href)
    assert (seen["replacement_name"], seen["actions"]["consent"]["allowed"]) == ("道德讲堂进楼院", True)
    assert (await place.by_office.get(right)).status_code == 404
    consented = done(await place.by_office.post(f"{href}/consent", json={"answer": "同意。"}))
    assert (consented["status"], consented["answer"]) == ("consented", "同意。")
    states = [(await read(place.by_unit, each))["status"] for each in (wrong, right, other)]
    assert states == ["withdrawn", "filed", "filed"]
    receipt = await read(place.by_committee, f"/api/v1/filings/{consented['filing_id']}")
    assert [item["application_id"] for item in receipt["items"]] == [id_of(right)]
    assert done(await act(place.by_office, right, "acceptance"))["status"] == "accepted"
    assert (await place.by_office.post(f"{href}/consent", json={})).status_code == 409
    history = [event["action"] for event in (await read(place.by_office, f"{wrong}/history"))["items"]]
    assert {"application.swap_requested", "application.swapped_out"} <= set(history)
    await no_promise_is_broken(world)


async def test_a_blurred_scan_is_exchanged_and_the_content_is_filed_as_it_was(world: World, place: District) -> None:
    one, _ = await filed(place)
    before = await read(place.by_office, one)
    swap = done(await ask_for_scan(place.by_committee, one, 901), 201)
    href = f"/api/v1/swaps/{swap['id']}"
    old = await place.by_office.get(f"{one}/endorsement/scan")
    new = await place.by_office.get(f"{href}/scan")
    assert new.content != old.content
    done(await place.by_office.post(f"{href}/consent", json={}))
    assert (await place.by_office.get(f"{one}/endorsement/scan")).content == new.content
    after = await read(place.by_office, one)
    assert (after["status"], after["content_digest"]) == ("filed", before["content_digest"])
    seal = await read(place.by_committee, f"{one}/endorsement")
    assert (seal["endorsed_by_name"], seal["covers_content"]) == (place.liaison.name, True)
    await no_promise_is_broken(world)


async def test_what_the_check_has_decided_on_is_not_exchanged_and_the_words_say_so(place: District) -> None:
    one, other = await filed(place)
    swap = done(await ask_for_scan(place.by_committee, one, 902), 201)
    done(await act(place.by_office, one, "acceptance"))
    refused = await place.by_office.post(f"/api/v1/swaps/{swap['id']}/consent", json={})
    assert refused.json()["findings"][0]["message"] == (
        "现为“已受理”，不能再调换：调换只能在形式审查作出决定之前进行。"
    )
    late = await ask_for_scan(place.by_committee, one, 903)
    assert reasons(late)[0][0] == "checked_already"
    declined = await place.by_office.post(f"/api/v1/swaps/{swap['id']}/refusal", json={"answer": "已受理。"})
    assert done(declined)["status"] == "declined"
    again = done(await ask_for_scan(place.by_committee, other, 904), 201)
    href = f"/api/v1/swaps/{again['id']}"
    for client in (place.by_committee, place.by_unit):
        assert (await client.post(f"{href}/consent", json={})).status_code in {403, 404}
    back = await place.by_committee.post(f"{href}/withdrawal", headers={"If-Match": again["etag"]})
    assert done(back)["status"] == "withdrawn"


async def test_only_two_cases_of_one_committee_in_one_campaign_are_exchanged(place: District) -> None:
    one, other = await filed(place)
    elsewhere = await district(place.world, place.campaign)
    foreign = await steps.sealed(elsewhere.by_unit, elsewhere.by_committee, place.campaign.id)
    for instead, code in (
        (foreign, "unknown_reference"),
        (one, "unknown_reference"),
        (other, "replacement_not_sealed"),
    ):
        assert reasons(await ask(place.by_committee, one, instead)) == [(code, "/replacement_id")]
    assert (await ask(place.by_unit, one, other)).status_code == 403


async def test_whoever_succeeds_a_committee_reads_and_withdraws_its_requests(world: World, place: District) -> None:
    one, other = await filed(place)
    swaps = [done(await ask_for_scan(place.by_committee, each, 905 + at), 201) for at, each in enumerate((one, other))]
    successor = await district(world, place.campaign)
    hrefs = [f"/api/v1/swaps/{each['id']}" for each in swaps]
    assert (await successor.by_committee.get(hrefs[0])).status_code == 404
    merged = {"successor_id": str(successor.committee.id), "reason": "两个街道合并。"}
    done(await place.by_office.post(f"/api/v1/committees/{place.committee.id}/merger", json=merged))
    seen = await read(successor.by_committee, hrefs[0])
    assert seen["actions"]["withdraw"]["allowed"]
    assert {each["id"] for each in (await read(successor.by_committee, "/api/v1/swaps"))["items"]} == {
        each["id"] for each in swaps
    }
    back = await successor.by_committee.post(f"{hrefs[0]}/withdrawal", headers={"If-Match": seen["etag"]})
    assert done(back)["status"] == "withdrawn"
    assert done(await place.by_office.post(f"{hrefs[1]}/consent", json={}))["status"] == "consented"
