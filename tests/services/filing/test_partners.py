import asyncio
from uuid import UUID

import pytest

from app.context import Context
from app.models import Unit
from app.models.enums import Role
from app.problems import Problem
from app.services.filing import applications, participations, partners
from app.services.filing.cells import ApplicationForm
from app.services.filing.partners import PartnerNamed, PartnersSet
from app.services.people import units
from app.services.people.units import UnitChange
from tests.world import World, actor_of
from tests.world.filing import District, district


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def name(place: District, application_id: UUID, *units: Unit) -> str:
    body = PartnersSet(partners=[PartnerNamed(unit_id=unit.id, name=None) for unit in units])
    try:
        async with place.world.acting(place.actors[Role.UNIT]) as ctx:
            await partners.name(ctx, application_id, body, None)
    except Problem as refusal:
        return refusal.code()
    return "done"


async def submit(place: District, application_id: UUID) -> str:
    try:
        async with place.world.acting(place.actors[Role.UNIT]) as ctx:
            await participations.locked(ctx, place.campaign.id, place.committee.id)
            await applications.submit(ctx, application_id)
    except Problem as refusal:
        return refusal.code()
    return "done"


async def test_what_is_submitted_at_the_moment_a_partner_is_named_has_none_that_has_not_agreed(
    world: World, place: District
) -> None:
    """In either order: it is submitted alone, or not at all until the partner agrees."""
    unit = await world.unit(await world.committee())
    for named_first in (False, True):
        application_id = await place.complete()
        acts = [name(place, application_id, unit), submit(place, application_id)]
        named, submitted = await asyncio.gather(*(acts if named_first else acts[::-1]))
        if not named_first:
            named, submitted = submitted, named
        assert (named, submitted) in {("done", "rules-violated"), ("wrong-state", "done")}


async def test_who_saves_a_draft_while_its_partner_is_renamed_finds_it_by_both_names(
    world: World, place: District
) -> None:
    unit = await world.unit(await world.committee(), name="新华里社区")
    application_id = await place.complete()
    assert await name(place, application_id, unit) == "done"

    async def save() -> None:
        async with world.acting(place.actors[Role.UNIT]) as ctx:
            await applications.edit(ctx, application_id, ApplicationForm(brand_name="另一品牌"), None)

    async with world.acting(place.actors[Role.OFFICE]) as ctx:
        await units.edit(ctx, unit.id, UnitChange(name="新华路社区"), None)
        await ctx.flush()
        saving = asyncio.create_task(save())
        await asyncio.sleep(0.1)  # it waits for the name by now
        assert not saving.done()
    await saving
    for text in ("新华里", "新华路", "另一品牌"):
        async with world.viewing(place.actors[Role.UNIT]) as view:
            page = await applications.search(view, after=None, limit=10, q=text)
        assert [row.id for row in page.rows] == [application_id], text


async def test_of_two_sides_that_write_at_once_each_finds_what_the_other_did(world: World, place: District) -> None:
    unit = await world.unit(await world.committee())
    partner = actor_of(await world.account(Role.UNIT, unit=unit))
    application_id = await place.complete()
    assert await name(place, application_id, unit) == "done"

    async def agree() -> str:
        try:
            async with world.acting(partner) as ctx:
                await partners.agree(ctx, application_id)
        except Problem as refusal:
            return refusal.code()
        return "done"

    agreed = await asyncio.gather(agree(), agree())
    assert sorted(agreed) == ["done", "rules-violated"]

    async def seen(ctx: Context) -> list[object]:
        return [each["agreed_at"] for each in (await applications.read(ctx, application_id)).row.partners]

    async with world.acting(partner) as ctx:
        assert None not in await seen(ctx)
