from dataclasses import replace

from app.context import ANONYMOUS
from app.services.filing import public_campaigns
from tests.world import World
from tests.world.statements import Counting


async def test_a_campaign_is_read_by_anybody_with_two_statements(world: World) -> None:
    campaign = await world.campaign()
    async with world.viewing(ANONYMOUS) as view:
        counting = Counting(view.reader)
        found = await public_campaigns.read(replace(view, reader=counting), campaign.id)
    assert (found.row.name, found.documents, counting.count) == (campaign.name, [], 2)
