from dataclasses import dataclass

import pytest_asyncio

from app.models import Committee, Unit
from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.uploads import photo, read, send_photo
from tests.world import World, key


@dataclass
class Draft:
    """A unit's draft, and the unit's client."""

    committee: Committee
    unit: Unit
    client: ContractClient
    href: str


@pytest_asyncio.fixture(loop_scope="session")
async def draft(world: World) -> Draft:
    campaign = await world.campaign()
    committee = await world.committee(code="QT")
    unit = await world.unit(committee)
    client = await world.client_of(Role.UNIT, unit=unit)
    made = await client.post("/api/v1/applications", json={"campaign_id": str(campaign.id)}, headers=key())
    return Draft(committee, unit, client, made.headers["location"])


async def test_a_picture_comes_in_is_made_clean_and_goes_out_again(world: World, draft: Draft) -> None:
    sent = await send_photo(draft.client, draft.href, photo(1, comment=b"SECRET"), "志愿者义诊")
    assert sent.status_code == 201, sent.text
    image = sent.json()
    assert sent.headers["location"] == f"{draft.href}/images/{image['id']}"
    assert (image["slot"], image["caption"], image["width"], image["height"]) == (1, "志愿者义诊", 800, 600)

    application = await read(draft.client, draft.href)
    assert image == await read(draft.client, sent.headers["location"])
    assert image["application_etag"] == application["etag"]
    assert application["image_count"] == 1
    assert [each["id"] for each in application["images"]] == [image["id"]]

    content = await draft.client.get(image["content_href"])
    assert content.content.startswith(b"\xff\xd8\xff")
    assert b"SECRET" not in content.content
    assert len(content.content) == image["size"]
    assert {name: content.headers[name] for name in ("content-type", "etag", "content-disposition")} == {
        "content-type": "image/jpeg",
        "etag": f'"{image["sha256"]}"',
        "content-disposition": f"attachment; filename*=UTF-8''{application['number']}-1.jpg",
    }
