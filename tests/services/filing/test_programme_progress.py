from dataclasses import replace

import pytest

from app.models import Programme
from app.models.enums import Role
from app.services.filing import programme_progress
from tests.world import World, actor_of
from tests.world.filing import district
from tests.world.statements import Counting

SAID = {"title": "征集活动", "year": 2015, "organizer": "路北区文明办", "minimum_filed": 3}


@pytest.mark.parametrize("batches", [2, 12])
async def test_all_numbers_come_by_one_statement_beside_that_of_the_campaigns(world: World, batches: int) -> None:
    programme = Programme(title="征集活动", year=2015, settings=SAID)
    await world.add(programme)
    place, other = await district(world), await world.committee()
    campaigns = [place.campaign, *[await world.campaign() for _ in range(batches - 1)]]
    for position, campaign in enumerate(campaigns, 1):
        await world.put(campaign, programme_id=programme.id, position=position, batch=f"第{position}批")
    await world.filed(campaigns[0], place.unit)
    await world.filed(campaigns[1], place.unit)
    await world.application(campaigns[1], place.unit)
    async with world.viewing(actor_of(place.clerk)) as view:
        counting = Counting(view.reader)
        page = await programme_progress.search(replace(view, reader=counting), programme.id, after=None, limit=20)
        rest = await programme_progress.search(view, programme.id, after=place.committee.id, limit=20)
    found = [(each.row.committee_id, each.filed, each.missing) for each in page.rows]
    assert found == [(place.committee.id, 2, 1), (other.id, 0, 3)]
    assert [each.filed for each in page.rows[0].campaigns] == [1, 1] + [0] * (batches - 2)
    assert [each.batch for each in page.rows[0].campaigns] == [f"第{position}批" for position in range(1, batches + 1)]
    assert [each.row.committee_id for each in rest.rows] == [other.id]
    assert counting.count == 2
    async with world.viewing(place.actors[Role.COMMITTEE]) as view:
        own = await programme_progress.search(view, programme.id, after=None, limit=20)
    assert [each.row.committee_id for each in own.rows] == [place.committee.id]
