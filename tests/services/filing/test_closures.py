from typing import Any

from sqlalchemy import update

from app.models import Campaign, Commendation, Delivery, Objection, Swap
from app.models.enums import CommendationStatus, ObjectionStatus, SwapStatus
from tests.contract.client import ContractClient
from tests.world import NOW, World
from tests.world.commending import planned
from tests.world.deliveries import SECRET
from tests.world.filing import District
from tests.world.handover import nominating
from tests.world.judging import judging
from tests.world.notifying import number


def codes(findings: list[dict[str, Any]]) -> list[str]:
    return [each["code"] for each in findings]


async def advice(office: ContractClient, campaign: Campaign) -> list[dict[str, Any]]:
    """Advice on closing, which the campaign tells as its dry run does."""
    path = f"/api/v1/campaigns/{campaign.id}"
    offered = (await office.get(path)).json()["actions"]["close"]
    assert offered["allowed"]
    tried = (await office.post(f"{path}/closure", json={"dry_run": True})).json()
    assert tried["change"]["findings"] == tried["actions"]["close"]["findings"] == offered["findings"]
    return list(offered["findings"])


async def under_way(world: World, place: District) -> None:
    """Set everything going that the office may still be busy with."""
    await judging(world, campaign=place.campaign)
    (filed,) = await place.filed(1)
    draft, public = (
        Commendation(campaign_id=place.campaign.id, title="通报", status=status)
        for status in (CommendationStatus.DRAFT, CommendationStatus.PUBLICISED)
    )
    await world.add(draft, public)
    await world.add(
        Swap(
            campaign_id=place.campaign.id,
            committee_id=place.committee.id,
            application_id=filed,
            replacement_id=await place.sealed(),
            status=SwapStatus.REQUESTED,
            reason="误报。",
            requested_at=NOW,
            requested_by=place.liaison.id,
        )
    )


async def test_everything_that_is_open_is_said_before_a_campaign_is_closed_and_when_it_is(world: World) -> None:
    nominees = await nominating(world)
    place, campaign = nominees.district, nominees.campaign
    assert codes(await advice(place.by_office, campaign)) == ["plans_owed"]
    await planned(place, 1)
    assert await advice(place.by_office, campaign) == []
    await under_way(world, place)
    await nominees.nominated()
    objection = {"commendation_id": nominees.commendation.id, "award_id": nominees.awards[0].id, "text": "有异议。"}
    await world.add(Objection(**objection, status=ObjectionStatus.OPEN, raised_by=place.liaison.id, raised_at=NOW))
    found = await advice(place.by_office, campaign)
    assert codes(found) == [
        "still_open",
        "checks_open",
        "swaps_open",
        "rounds_open",
        "commendations_drafted",
        "publicity_open",
        "objections_unanswered",
        "nominations_open",
    ]
    assert {each["severity"] for each in found} == {"advice"}
    closed = (await place.by_office.post(f"/api/v1/campaigns/{campaign.id}/closure")).json()
    assert (closed["status"], closed["change"]["findings"]) == ("closed", found)


async def test_a_message_on_its_way_and_a_committee_below_its_own_minimum_are_open(world: World) -> None:
    nominees = await nominating(world, minimum_filed=1)
    place, campaign = nominees.district, nominees.campaign
    other = await world.committee(name="区直机关党工委")
    nomination = await nominees.nominated()
    endpoint = await world.endpoint(url="https://city.example/in", secret=SECRET)
    await number(world)
    message = {"endpoint_id": endpoint.id, "nomination_id": nomination["id"], "event": 1, "type": "nomination.prepared"}
    await world.add(Delivery(**message))
    found = {each["code"]: each for each in await advice(place.by_office, campaign)}
    assert found["filings_owed"]["params"]["names"] == "区直机关党工委 0/1"
    assert found["deliveries_pending"]["params"] == {"count": 1}
    async with world.database.transaction() as session:
        await session.execute(update(type(other)).where(type(other).id == other.id).values(retired_at=NOW))
    assert "filings_owed" not in codes(await advice(place.by_office, campaign))
