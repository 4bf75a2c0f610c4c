from app.models import Commendation
from app.models.enums import CommendationStatus, Role
from app.services.commending import unit_records
from tests.world import World, actor_of
from tests.world.handover import nominating
from tests.world.statements import noted


async def test_how_many_cases_there_are_makes_no_more_statements(world: World) -> None:
    place = await nominating(world, 1)
    counts = []
    for _ in range(2):
        async with world.viewing(actor_of(place.district.member)) as view:
            with noted(world.database) as sent:
                await unit_records.search(view, place.district.unit.id, after=None, limit=50)
        counts.append(len(sent))
        await place.case()
    assert counts[0] == counts[1]


async def test_an_award_is_in_it_once_it_may_be_seen(world: World) -> None:
    place = await nominating(world, 1)
    async with world.database.transaction() as session:
        row = await session.get_one(Commendation, place.commendation.id)
        row.status, row.published_at = CommendationStatus.DRAFT, None
    found = {}
    for actor in (place.district.member, place.district.clerk):
        async with world.viewing(actor_of(actor)) as view:
            page = await unit_records.search(view, place.district.unit.id, after=None, limit=50)
        found[actor.role] = [len(row.awards) for row in page.rows]
    assert found == {Role.UNIT: [0], Role.OFFICE: [1]}
