from app.context import ANONYMOUS
from app.models import Programme
from app.models.enums import AwardStatus, CampaignStatus, CommendationStatus
from app.services.commending import public_programmes
from tests.world import World
from tests.world.commending import commending

SAID = {"title": "征集活动", "year": 2015, "organizer": "路北区文明办"}


async def test_the_campaigns_come_in_their_order_with_what_is_public_of_each(world: World) -> None:
    place = await commending(world, (1, 90.0))
    await place.award(0, status=AwardStatus.AWARDED)
    programme, draft = Programme(title="征集活动", year=2015, settings=SAID), CampaignStatus.DRAFT
    await world.add(programme)
    first, hidden = await world.campaign(), await world.campaign(status=draft)
    for position, campaign in enumerate((first, place.campaign, hidden), 1):
        await world.put(campaign, programme_id=programme.id, position=position, batch=f"第{position}批")
    async with world.viewing(ANONYMOUS) as view:
        before = await public_programmes.read(view, programme.id)
    assert [each.commendation_ids for each in before.campaigns] == [[], []]
    await place.stands(CommendationStatus.PUBLISHED, AwardStatus.AWARDED)
    async with world.viewing(ANONYMOUS) as view:
        found = await public_programmes.read(view, programme.id)
    assert [(each.row.batch, each.commendation_ids) for each in found.campaigns] == [
        ("第1批", []),
        ("第2批", [place.commendation.id]),
    ]
