from dataclasses import replace

from app.models.enums import Role
from app.services.filing import statistics
from tests.world import NOW, World
from tests.world.filing import district
from tests.world.statements import Counting


async def test_what_was_filed_is_counted_in_one_statement_by_every_dimension(world: World) -> None:
    place = await district(world)
    topic = {"category": "qingman", "topic": "spring_rain"}
    ids = [await place.sealed(**topic), await place.sealed(category="qingman")]
    assert (await place.file(*ids)).status_code == 201
    await place.sealed(category="derun", topic="thrift")  # nobody has filed it
    async with world.viewing(place.actors[Role.OFFICE]) as view:
        counting = Counting(view.reader)
        found = await statistics.read(replace(view, reader=counting), place.campaign.id)
    counts = {name: {row.code: row.count for row in rows} for name, rows in found.counts.items()}
    assert counts == {
        "status": {"filed": 2},
        "category": {"qingman": 2},
        "topic": {"spring_rain": 1, None: 1},
        "honour_level": {place.unit.honour_level: 2},
        "committee_kind": {place.committee.kind: 2},
        "committee": {place.committee.code: 2},
        "day": {f"{NOW:%Y-%m-%d}": 2},
    }
    assert found.stages == dict.fromkeys(("drafted", "submitted", "sealed"), 3) | {
        "planned": 0,
        "filed": 2,
        "accepted": 0,
        "awarded": 0,
    }
    assert found.funnel.committees == 1
    assert counting.count == 2, "the campaign with its stages, and all counts at once"
