from dataclasses import replace
from typing import Any

import pytest

from app.models import Programme
from app.models.enums import ApplicationStatus
from app.services.filing import applications
from tests.world import World, actor_of
from tests.world.filing import district
from tests.world.statements import Counting

SAID = {"title": "征集活动", "year": 2015, "organizer": "路北区文明办"}


@pytest.mark.parametrize("others", [1, 20])
async def test_siblings_cost_no_statement_of_their_own(world: World, others: int) -> None:
    rules = {"entries_per_unit": {"most": 1}, "one_batch": "refused", "maximum_filed": 50}
    programme = Programme(title="征集活动", year=2015, settings=SAID | rules)
    await world.add(programme)
    place = await district(world)
    other = await world.campaign()
    await world.put(place.campaign, programme_id=programme.id, position=1, entry="品牌案例")
    await world.put(other, programme_id=programme.id, position=2, entry="微视频")
    application = await place.complete()
    for _ in range(others):
        await world.application(other, place.unit, status=ApplicationStatus.SUBMITTED)
        await world.filed(other, place.unit)
    async with world.viewing(actor_of(place.member)) as view:
        await applications.read(view, application)  # the settings are parsed once
        counting = Counting(view.reader)
        found = (await applications.read(replace(view, reader=counting), application)).facts.siblings
    assert found is not None
    assert (found.entries, found.batches, found.filed) == (["微视频"], [], others)
    assert counting.count == 2


@pytest.mark.parametrize("rules", [None, {}])
async def test_nothing_is_looked_up_where_no_rule_asks(world: World, rules: dict[str, Any] | None) -> None:
    place = await district(world)
    if rules is not None:
        programme = Programme(title="征集活动", year=2015, settings=SAID | rules)
        await world.add(programme)
        await world.put(place.campaign, programme_id=programme.id, position=1)
    application = await place.complete()
    async with world.viewing(actor_of(place.member)) as view:
        assert (await applications.read(view, application)).facts.siblings is None
