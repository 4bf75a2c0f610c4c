from app.models.enums import AwardStatus, CommendationStatus
from app.printing.notice import Notice
from app.services.commending import notices
from tests.world import World, actor_of
from tests.world.commending import Commending, commending
from tests.world.statements import noted


async def listed(place: Commending) -> list[str]:
    async with place.world.viewing(actor_of(place.clerk)) as view:
        sheet = await notices.publication(view, place.commendation.id)
    assert isinstance(sheet.paper, Notice)
    return [row[1] for annex in sheet.paper.annexes for part in annex.parts for row in part.rows]


async def test_a_notice_lists_the_awards_in_the_order_of_the_commendation_in_as_many_statements(world: World) -> None:
    place = await commending(world, (1, 90.0), (2, 80.0), (3, 70.0))
    await place.award(0, position=3)
    await listed(place)  # parses the settings
    with noted(world.database) as few:
        await listed(place)
    await place.award(1, position=2)
    await place.award(2, position=1, status=AwardStatus.DROPPED)
    with noted(world.database) as many:
        names = await listed(place)
    assert len(few) == len(many)
    filed = [case.brand_name for case in place.cases]
    assert names == [filed[1], filed[0]], "what was dropped is not listed"
    await place.stands(CommendationStatus.PUBLISHED, AwardStatus.AWARDED)
    assert len(await listed(place)) == 3
