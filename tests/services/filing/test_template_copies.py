"""Templates of a campaign that is begun as a copy of another."""

from uuid import UUID

import pytest
from sqlalchemy import select

from app.models import File, PaperTemplate
from tests.scenarios.steps import done, read
from tests.world import World, key
from tests.world.filing import District, district
from tests.world.papers import squeezed, text_of_docx
from tests.world.templates import PLAN, address, put


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def test_a_copy_of_a_campaign_takes_its_templates_over(place: District) -> None:
    href = address(place.campaign.id, "plan_form")
    done(await put(place.by_office, href, PLAN))
    body = {"copy_of": str(place.campaign.id), "year": 2016}
    copied = done(await place.by_office.post("/api/v1/campaigns", json=body, headers=key()), 201)["id"]
    done(await put(place.by_office, href, PLAN))
    taken = await read(place.by_office, address(copied, "plan_form"))
    assert taken["template"]["placeholders"] == ["cases", "committee_name", "name", "unit_name"]
    answer = await place.by_office.get(f"/api/v1/campaigns/{copied}/forms/plan", params={"format": "docx"})
    assert text_of_docx(answer.content) == squeezed("填报单位：")
    async with place.world.database.transaction() as session:
        of_copy = await session.scalar(
            select(File.state)
            .join(PaperTemplate, PaperTemplate.file_id == File.id)
            .where(PaperTemplate.campaign_id == UUID(copied))
        )
    assert of_copy == "stored"
