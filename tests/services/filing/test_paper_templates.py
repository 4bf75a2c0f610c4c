"""Templates of two people at once."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.file_names import DOCX
from app.models import File
from app.models.enums import FileState, PaperKind, Role
from app.printing.filled import Filled
from app.printing.paper import Paper
from app.services.filing import paper_templates
from app.services.filing.prints import Sheet
from app.services.policies.filing.paper_templates import PaperLayout
from app.services.policies.filing.prints import PrintFormat
from tests.scenarios.steps import done
from tests.world import World
from tests.world.filing import District, district
from tests.world.templates import PLAN, address, put

WAITING = """
    SELECT EXISTS (
        SELECT FROM pg_stat_activity WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0)"""
"""True once a transaction waits for another one."""


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def test_of_two_at_once_one_comes_first(place: District) -> None:
    href = address(place.campaign.id, "plan_form")
    answers = await asyncio.gather(*(put(place.by_office, href, PLAN, '"0"') for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_a_file_that_two_campaigns_give_up_at_once_is_cleared_away(place: District) -> None:
    done(await put(place.by_office, address(place.campaign.id, "plan_form"), PLAN))
    body = {"copy_of": str(place.campaign.id), "year": 2016}
    copy = UUID((await place.by_office.post("/api/v1/campaigns", json=body)).json()["id"])
    clerk, paper = place.actors[Role.OFFICE], PaperKind.PLAN_FORM
    async with place.world.acting(clerk) as first:
        await paper_templates.remove(first, place.campaign.id, paper, None)
        await first.flush()
        second = asyncio.create_task(removed(place, copy))
        while not second.done() and not await first.session.scalar(text(WAITING)):
            continue
    await second
    async with place.world.database.transaction() as session:
        files = await session.scalars(select(File.state).where(File.media_type == DOCX))
        assert [*files] == [FileState.CONDEMNED]


async def removed(place: District, campaign_id: UUID) -> None:
    async with place.world.acting(place.actors[Role.OFFICE]) as ctx:
        await paper_templates.remove(ctx, campaign_id, PaperKind.PLAN_FORM, None)


async def test_a_paper_without_a_template_stays_as_it_is(place: District) -> None:
    paper = Paper("题", "", "推荐单位：甲", (), "", "")
    sheet = Sheet(paper, ["题"], kind=PaperKind.PLAN_FORM, campaign_id=place.campaign.id)
    async with place.world.viewing(place.actors[Role.OFFICE]) as view:
        assert await paper_templates.applied(view, sheet, PrintFormat.PDF, PaperLayout.IN_FORCE) is sheet
    done(await put(place.by_office, address(place.campaign.id, "plan_form"), PLAN))
    async with place.world.viewing(place.actors[Role.OFFICE]) as view:
        assert await paper_templates.applied(view, sheet, PrintFormat.PDF, PaperLayout.BUILT_IN) is sheet
        laid = await paper_templates.applied(view, sheet, PrintFormat.DOCX, PaperLayout.IN_FORCE)
    assert isinstance(laid.paper, Filled)
    assert (laid.paper.values["committee_name"], len(laid.pictures)) == ("甲", 1)
