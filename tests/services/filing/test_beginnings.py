"""A campaign says what may be begun in it, and it is begun by the same rules."""

from datetime import datetime

import pytest

from app.models.enums import Role
from tests.world import ZONE, World, key
from tests.world.filing import district

PATH = "/api/v1/campaigns"


@pytest.mark.parametrize("at", [datetime(2015, 4, 21, 10, tzinfo=ZONE), datetime(2015, 9, 15, tzinfo=ZONE)])
async def test_what_a_campaign_says_may_be_begun_is_what_is_begun(world: World, at: datetime) -> None:
    """A unit with a title that is admitted and one without, a committee, in time and late: the same findings."""
    place = await district(world, await world.campaign(honour_levels=["national", "municipal"]))
    titled = await world.unit(place.committee, honour_level="municipal")
    world.database.clock.stopped_at = at
    by_titled = await world.client_of(Role.UNIT, unit=titled)
    body = {"campaign_id": str(place.campaign.id)}
    for client, act, address, more in (
        (place.by_unit, "begin_application", "applications", {}),
        (by_titled, "begin_application", "applications", {}),
        (place.by_committee, "begin_application", "applications", {"unit_id": str(titled.id)}),
        (place.by_committee, "begin_plan", "plans", {}),
    ):
        offered = (await client.get(f"{PATH}/{place.campaign.id}")).json()["actions"][act]
        made = await client.post(f"/api/v1/{address}", json=body | more, headers=key())
        assert (made.status_code == 201, made.json().get("findings", [])) == (offered["allowed"], offered["findings"])
