from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.world import NOW, World, key
from tests.world.filing import District, district

CORRECTION = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def events(client: ContractClient, address: str, **params: Any) -> list[dict[str, Any]]:
    answer = await client.get(address, params={"limit": 100, **params})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def actions(found: list[dict[str, Any]]) -> list[str]:
    return [event["action"] for event in found]


async def history(client: ContractClient, application_id: UUID) -> list[str]:
    return actions(await events(client, f"/api/v1/applications/{application_id}/history"))


async def test_owners_read_the_whole_history_newest_first(place: District) -> None:
    first, *_ = await place.filed(2)
    await place.by_office.post(f"/api/v1/applications/{first}/acceptance")
    expected = ["application.accepted", "application.filed", "application.submitted", "image.added"]
    assert await history(place.by_unit, first) == expected
    assert await history(place.by_committee, first) == expected


async def test_the_office_is_told_of_handing_in_and_deciding_and_not_of_work_in_between(place: District) -> None:
    first, *_ = await place.filed(2)
    address = f"/api/v1/applications/{first}"
    await place.by_office.post(f"{address}/correction-request", json=CORRECTION)
    draft = (await place.by_unit.get(address)).json()
    before = (await place.by_office.get(f"{address}/history")).content
    await place.by_unit.patch(address, json={"brand_name": "另一个名称"}, headers={"If-Match": draft["etag"]})
    assert (await place.by_office.get(f"{address}/history")).content == before
    assert await history(place.by_office, first) == [
        "extension.granted",
        "application.correction_requested",
        "application.filed",
        "application.submitted",
    ]
    assert (await history(place.by_unit, first))[0] == "application.edited"


async def test_what_was_never_filed_has_no_history_for_the_office(place: District) -> None:
    application_id = await place.sealed()
    address = f"/api/v1/applications/{application_id}/history"
    assert (await place.by_office.get(address)).status_code == 404
    assert (await place.by_committee.get(address)).status_code == 200


async def test_an_event_says_who_what_and_when_in_the_readers_language(place: District) -> None:
    first, *_ = await place.filed(2)
    address = f"/api/v1/applications/{first}/history"
    filed = (await events(place.by_office, address))[0]
    named = ("action", "summary", "actor_role", "actor_id", "at", "subject_id")
    assert [filed[name] for name in named] == [
        "application.filed",
        "上报",
        "committee",
        str(place.liaison.id),
        "2015-04-21T02:00:00Z",
        str(first),
    ]
    assert filed["data"]["from"] == "endorsed"
    assert filed["before_digest"] != filed["after_digest"]
    english = await place.by_office.get(address, headers={"Accept-Language": "en"})
    assert english.json()["items"][0]["summary"] == "Filed it with the office"


async def test_values_before_and_after_are_read_by_those_whom_they_concern(world: World, place: District) -> None:
    committee = f"/api/v1/committees/{place.committee.id}"
    liaison = {"liaison_name": "李文博", "liaison_phone": "13900139000"}
    changed = await place.by_committee.patch(committee, json=liaison, headers={"If-Match": "*"})
    assert changed.status_code == 200, changed.text
    read = {
        who: [each["changes"] for each in await events(client, f"{committee}/history")]
        for who, client in {"committee": place.by_committee, "office": place.by_office, "unit": place.by_unit}.items()
    }
    kept = {each["name"]: each["after"] for each in read["committee"][0]}
    assert kept == liaison
    assert read == {"committee": read["committee"], "office": read["committee"], "unit": [[]]}
    listed = await events(place.by_office, "/api/v1/audit-events", action="committee.changed")
    assert (listed[0]["changes"], listed[0]["data"]) == (read["office"][0], {"changed": [*liaison]})


async def test_of_a_draft_the_owners_alone_read_the_values(place: District) -> None:
    first, *_ = await place.filed(2)
    address = f"/api/v1/applications/{first}"
    await place.by_office.post(f"{address}/correction-request", json=CORRECTION)
    await place.by_unit.patch(address, json={"phone": "13900139000"}, headers={"If-Match": "*"})
    for client in (place.by_unit, place.by_committee):
        [change] = (await events(client, f"{address}/history"))[0]["changes"]
        assert (change["name"], change["after"]) == ("phone", "13900139000")
    for where in (f"{address}/history", "/api/v1/audit-events"):
        answer = await place.by_office.get(where, params={"limit": 100})
        assert "13900139000" not in answer.text, where


async def test_staff_of_the_office_is_not_named_to_others(place: District) -> None:
    first, *_ = await place.filed(2)
    await place.by_office.post(f"/api/v1/applications/{first}/acceptance")
    address = f"/api/v1/applications/{first}/history"
    seen = [(await events(client, address))[0] for client in (place.by_unit, place.by_office)]
    assert [(event["actor_id"], event["actor_name"]) for event in seen] == [
        (None, "主办单位"),
        (str(place.clerk.id), place.clerk.name),
    ]


@pytest.mark.parametrize(
    "kind",
    [
        *("application", "campaign", "committee", "unit", "account", "filing", "plan"),
        *("announcement", "document", "extension", "exemption", "swap"),
    ],
)
async def test_what_does_not_exist_has_no_history(place: District, kind: str) -> None:
    assert (await place.by_office.get(f"/api/v1/{kind}s/{uuid4()}/history")).status_code == 404


async def test_every_kind_of_object_has_its_history(place: District) -> None:
    first, *_ = await place.filed(2)
    await place.by_office.post(f"/api/v1/applications/{first}/correction-request", json=CORRECTION)
    await place.by_office.post(f"/api/v1/campaigns/{place.campaign.id}/closure")
    filing = (await events(place.by_committee, "/api/v1/filings"))[0]["id"]
    extension = (await events(place.by_committee, "/api/v1/extensions"))[0]["id"]
    for address, expected in (
        (f"filings/{filing}", ["filing.made"]),
        (f"extensions/{extension}", ["extension.granted"]),
        (f"campaigns/{place.campaign.id}", ["campaign.closed"]),
        (f"committees/{place.committee.id}", []),
        (f"units/{place.unit.id}", []),
        (f"accounts/{place.liaison.id}", []),
    ):
        assert actions(await events(place.by_committee, f"/api/v1/{address}/history")) == expected


async def test_the_office_lists_all_that_happened_and_others_what_they_did(place: District) -> None:
    await place.filed(2)
    unit, committee = Role.UNIT.value, Role.COMMITTEE.value
    everything = await events(place.by_office, "/api/v1/audit-events")
    assert {event["actor_role"] for event in everything} == {unit, committee}
    own = await events(place.by_committee, "/api/v1/audit-events")
    assert actions(own) == actions([event for event in everything if event["actor_role"] == committee])
    assert sorted(actions(own)) == ["application.filed", "application.filed", "filing.made"]


async def test_of_drafts_the_office_learns_that_something_happened_and_no_more(place: District) -> None:
    application_id = await place.submitted()
    reason = {"reason": "“红马甲”的数据不实。"}
    await place.by_committee.post(f"/api/v1/applications/{application_id}/return", json=reason)
    seen = [
        (await events(client, "/api/v1/audit-events", action="application.returned"))[0]["data"]
        for client in (place.by_office, place.by_committee)
    ]
    assert [data.get("reason") for data in seen] == [None, "“红马甲”的数据不实。"]
    assert seen[0] == {}


async def test_the_list_is_filtered_and_paged(world: World, place: District) -> None:
    first, _ = await place.filed(2)
    other = await district(world)
    world.database.clock.stopped_at = NOW + timedelta(hours=1)
    await other.filed(2)
    address = "/api/v1/audit-events"
    for params, count in (
        ({"action": "filing.made"}, 2),
        ({"action": ["filing.made", "application.filed"]}, 6),
        ({"subject_id": str(first), "action": "application.filed"}, 1),
        ({"actor_id": str(place.liaison.id)}, 3),
        ({"committee_id": str(place.committee.id), "action": "application.filed"}, 2),
        ({"campaign_id": str(place.campaign.id), "action": "filing.made"}, 1),
        ({"since": "2015-04-21T03:00:00Z", "action": "filing.made"}, 1),
        ({"until": "2015-04-21T03:00:00Z", "action": "filing.made"}, 1),
        ({"actor_id": str(uuid4())}, 0),
    ):
        assert len(await events(place.by_office, address, **params)) == count, params
    page = (await place.by_office.get(address, params={"limit": 4})).json()
    rest = (await place.by_office.get(address, params={"limit": 100, "cursor": page["next_cursor"]})).json()
    ids = [event["id"] for event in page["items"] + rest["items"]]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == page["total"] == rest["total"]


async def test_a_refused_act_leaves_no_trace(place: District) -> None:
    first, _ = await place.filed(2)
    before = len(await events(place.by_office, "/api/v1/audit-events"))
    refused = await place.by_committee.post(f"/api/v1/applications/{first}/withdrawal", json={}, headers=key())
    assert refused.status_code == 409
    assert len(await events(place.by_office, "/api/v1/audit-events")) == before


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2015-09-14T12:00:00"])
async def test_an_instant_out_of_reach_or_without_offset_is_refused(place: District, instant: str) -> None:
    answer = await place.by_office.get("/api/v1/audit-events", params={"since": instant})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/since"]
