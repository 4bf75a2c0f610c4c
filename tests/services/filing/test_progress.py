from dataclasses import replace
from uuid import uuid4

import pytest

from app.models.enums import Role
from app.problems import Forbidden, NotFound
from app.services.filing import progress
from tests.world import World, actor_of
from tests.world.filing import district
from tests.world.statements import Counting


@pytest.mark.parametrize("count", [1, 6])
async def test_it_costs_one_statement_however_many_committees_there_are(world: World, count: int) -> None:
    place = await district(world)
    for _ in range(count - 1):
        await world.application(place.campaign, await world.unit(await world.committee()))
    async with world.viewing(place.actors[Role.OFFICE]) as view:
        await progress.read(view, place.campaign.id)  # parses the campaign's settings, once per process
        counting = Counting(view.reader)
        found = await progress.read(replace(view, reader=counting), place.campaign.id)
    assert (len(found.committees), found.totals.drafted, counting.count) == (count, count - 1, 1)


async def test_a_campaign_without_committees_has_no_figures_yet(world: World) -> None:
    campaign, office = await world.campaign(), actor_of(await world.account(Role.OFFICE))
    async with world.viewing(office) as view:
        found = await progress.read(view, campaign.id)
        with pytest.raises(NotFound):
            await progress.read(view, uuid4())
    assert (list(found.committees), found.totals.planned, found.minimum_filed) == ([], 0, 2)


async def test_a_unit_reads_none(world: World) -> None:
    place = await district(world)
    async with world.viewing(place.actors[Role.UNIT]) as view:
        with pytest.raises(Forbidden):
            await progress.read(view, place.campaign.id)
