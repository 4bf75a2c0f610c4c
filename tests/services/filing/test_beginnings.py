"""A campaign says what may be begun in it, and it is begun by the same rules."""

from datetime import datetime

import pytest

from app.models.enums import Role
from tests.world import ZONE, World, key
from tests.world.figures import table
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


@pytest.mark.parametrize("moves", [[], ["publication"], ["publication", "closure"]])
async def test_what_the_office_may_begin_is_what_it_begins(world: World, moves: list[str]) -> None:
    """In a draft, while the campaign runs, and after it; what a notice does not ask for is told in the same words."""
    office = await world.client_of(Role.OFFICE)
    href = (await office.post(PATH, json={"template": "lubei-2015", "year": 2015})).headers["location"]
    for move in moves:
        assert (await office.post(f"{href}/{move}")).is_success
    campaign_id = href.rpartition("/")[2]
    offered = (await office.get(href)).json()["actions"]
    of = {"campaign_id": campaign_id}
    source = {"part": "a", "round_id": campaign_id}
    window = {"opens_at": "2015-10-01T09:00:00+08:00", "closes_at": "2015-10-20T18:00:00+08:00"}
    for act, address, body in (
        ("begin_round", "/api/v1/rounds", of | window | {"name": "初评", "reviews_wanted": 3, "method": "mean"}),
        ("begin_commendation", "/api/v1/commendations", of | {"title": "通报"}),
        ("import_figures", f"{href}/figure-tables", table([{"application_number": "1", "figure": 1}])),
        ("freeze_composite", f"{href}/composites", {"code": "total", "sources": [source]}),
    ):
        made = await office.post(address, json=body, headers=key())
        told = offered[act]["findings"]
        assert made.status_code == 201 if offered[act]["allowed"] else made.status_code == 409, (act, made.text)
        assert made.json().get("findings", [])[: len(told) or None] == told, (act, made.text)
