from pathlib import Path
from typing import Any

import pytest

from app.models.enums import CampaignStatus
from tests import imaging
from tests.contract.client import ContractClient
from tests.scenarios.steps import done, read
from tests.world import World
from tests.world.filing import District, district
from tests.world.uploads import scan


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def add(client: ContractClient, campaign_id: Any, number: int = 1, *, public: bool = True) -> Any:
    files = {"file": ("工作要点.pdf", scan(number), "application/pdf")}
    data = {"kind": "priorities", "title": "2015年工作要点", "public": str(public).lower()}
    return await client.post(f"/api/v1/campaigns/{campaign_id}/documents", files=files, data=data)


async def test_the_notice_its_deadlines_documents_and_contact_are_read_without_an_account(
    world: World, place: District
) -> None:
    document = done(await add(place.by_office, place.campaign.id), 201)
    done(await add(place.by_office, place.campaign.id, 2, public=False), 201)
    answer = await world.client().get(f"/api/v1/public/campaigns/{place.campaign.id}")
    page = done(answer)
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert (page["organizer"]["contact_name"], page["organizer"]["phone"]) == ("张弓", "3724062")
    assert [phase["name"] for phase in page["phases"]] == ["发动部署", "活动实施", "案例征集", "评选表彰"]
    assert page["requirements"].splitlines()[0].startswith("1、加强组织领导。")
    assert page["application_deadline"] == {
        "opens_at": page["application_deadline"]["opens_at"],
        "published_on": "2015-09-14",
        "enforced_at": "2015-09-14T16:00:00Z",
    }
    assert [each["id"] for each in page["documents"]] == [document["id"]]
    href = page["documents"][0]["content_href"]
    content = await world.client().get(href)
    known = await world.client().get(href, headers={"If-None-Match": content.headers["etag"]})
    assert (content.headers["content-type"], known.status_code) == ("application/pdf", 304)

    done(await place.by_office.post(f"/api/v1/documents/{document['id']}/removal"))
    again = await place.by_office.post(f"/api/v1/documents/{document['id']}/removal")
    assert again.json()["findings"][0]["code"] == "already_removed"
    assert (await read(world.client(), f"/api/v1/public/campaigns/{place.campaign.id}"))["documents"] == []
    assert (await world.client().get(href)).status_code == 404


async def test_a_photograph_of_a_page_is_taken_and_what_is_not_is_named(place: District) -> None:
    href, data = f"/api/v1/campaigns/{place.campaign.id}/documents", {"kind": "notice", "title": "通知"}
    page = (Path(imaging.__file__).parent / "turned.heic").read_bytes()
    word = b"PK\x03\x04[Content_Types].xmlPK\x03\x04word/document.xml"
    taken, refused = [
        await place.by_office.post(href, files={"file": ("通知", sent)}, data=data | {"public": "true"})
        for sent in (page, word)
    ]
    assert [each["code"] for each in refused.json()["findings"]] == ["unsupported_scan"]
    assert "Word (DOCX) 文档" in refused.json()["findings"][0]["message"]
    assert (taken.status_code, taken.json()["media_type"]) == (201, "image/jpeg")


async def test_a_draft_is_not_public_and_only_the_office_adds_documents(world: World, place: District) -> None:
    draft = await world.campaign(status=CampaignStatus.DRAFT, year=2016)
    hidden = done(await add(place.by_office, draft.id), 201)
    assert (await world.client().get(f"/api/v1/public/campaigns/{draft.id}")).status_code == 404
    assert (await world.client().get(f"/api/v1/public/documents/{hidden['id']}/content")).status_code == 404
    assert (await add(place.by_committee, place.campaign.id)).status_code == 403
    shown = done(await add(place.by_office, place.campaign.id, 3), 201)
    listed = await read(place.by_unit, f"/api/v1/campaigns/{place.campaign.id}/documents")
    assert [each["id"] for each in listed["items"]] == [shown["id"]]
