from typing import Any

import pytest

from tests.contract.client import ContractClient
from tests.scenarios import steps
from tests.scenarios.steps import done, read, reasons
from tests.world import World, key
from tests.world.filing import District, district
from tests.world.uploads import scan

URL = "/api/v1/announcements"


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def send(place: District, **more: Any) -> Any:
    body = {"campaign_id": str(place.campaign.id), "title": "关于补报的通知", "text": "请于25日前补报。"} | more
    return await place.by_office.post(URL, json=body, headers=key())


async def feed(client: ContractClient) -> list[str]:
    return [each["text"] for each in (await read(client, "/api/v1/notifications"))["items"]]


async def test_the_longest_announcement_is_read_in_the_feed(place: District) -> None:
    done(await send(place, audience="all", text="字" * 2000), 201)
    assert len(await feed(place.by_committee)) == 1


async def test_those_who_have_not_filed_are_told_with_an_attachment_and_the_office_sees_who_has_read_it(
    world: World, place: District
) -> None:
    other = await district(world, place.campaign)
    filed = [await steps.sealed(other.by_unit, other.by_committee, place.campaign.id) for _ in range(2)]
    done(await steps.file(other.by_committee, place.campaign.id, *filed), 201)
    files, about = {"file": ("a.pdf", scan(5), "application/pdf")}, {"kind": "attachment", "title": "填写说明"}
    href = f"/api/v1/campaigns/{place.campaign.id}/documents"
    document = done(await place.by_office.post(href, files=files, data=about | {"public": "false"}), 201)["id"]

    sent = done(await send(place, audience="not_filed", to_units=True, document_ids=[document]), 201)
    assert [each["id"] for each in sent["committees"]] == [str(place.committee.id)]
    told = f"{place.campaign.name}：关于补报的通知"
    for client in (place.by_committee, place.by_unit):
        assert told in await feed(client)
        seen = await read(client, f"{URL}/{sent['id']}")
        assert (seen["text"], seen["committees"]) == ("请于25日前补报。", [])
        assert (await client.get(f"/api/v1/documents/{document}/content")).status_code == 200
    for client in (other.by_committee, other.by_unit):
        assert told not in await feed(client)
        assert (await client.get(f"{URL}/{sent['id']}")).status_code == 404
        assert (await client.get(f"/api/v1/documents/{document}/content")).status_code == 404

    newest = (await read(place.by_committee, "/api/v1/notifications"))["items"][0]["id"]
    done(await place.by_committee.post("/api/v1/notifications/readings", json={"up_to": newest}))
    readers = await read(place.by_office, f"{URL}/{sent['id']}/readers?read=true")
    assert [(each["name"], each["committee_name"]) for each in readers["items"]] == [
        (place.liaison.name, place.committee.name)
    ]
    assert (await read(place.by_office, f"{URL}/{sent['id']}/readers"))["total"] == 2
    assert (await place.by_committee.get(f"{URL}/{sent['id']}/readers")).status_code == 403


async def test_an_announcement_goes_to_committees_that_there_are(place: District) -> None:
    unknown = {"audience": "chosen", "committee_ids": [str(place.unit.id)], "document_ids": [str(place.unit.id)]}
    assert reasons(await send(place, **unknown)) == [
        ("unknown_reference", "/committee_ids/0"),
        ("unknown_reference", "/document_ids/0"),
    ]
    assert (await send(place, audience="chosen")).status_code == 422
    body = {"campaign_id": str(place.campaign.id), "title": "通知", "text": "请补报。", "audience": "all"}
    assert (await place.by_committee.post(URL, json=body, headers=key())).status_code == 403
