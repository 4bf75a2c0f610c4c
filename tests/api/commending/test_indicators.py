from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from app.models.enums import CampaignStatus, Role
from tests.contract.client import ContractClient
from tests.world import NOW, World
from tests.world.commending import accepted, awarded, planned
from tests.world.filing import district

AFTER_THE_PLANS = NOW + timedelta(days=3)


async def standings(client: ContractClient, campaign_id: UUID) -> list[dict[str, Any]]:
    answer = await client.get(f"/api/v1/campaigns/{campaign_id}/committee-indicators")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["committees"])


async def test_a_committee_that_did_all_it_should_is_first_and_is_told_why(world: World) -> None:
    one = await district(world, code="AA")
    other = await district(world, one.campaign, code="BB")
    cases = await one.filed(3)
    await planned(one, 3, cases)
    for application_id in cases:
        await accepted(one, application_id)
        await awarded(one, application_id)
    await other.filed(2)
    await world.committee()
    rows = await standings(one.by_office, one.campaign.id)
    assert [(row["committee_code"], row["rank"], row["total"]) for row in rows] == [("AA", 1, 94.0), ("BB", 2, 26.0)]
    assert [(each["code"], each["value"], each["points"]) for each in rows[0]["indicators"]] == [
        ("plan_in_time", 1, 15),
        ("filed_in_time", 1, 20),
        ("planned_delivered", 1, 15),
        ("filed_count", 3, 9),
        ("accepted_at_first_check", 1, 15),
        ("awards_won", 3, 20),
    ]
    assert [each["explanation"] for each in rows[1]["indicators"]] == [
        "没有报送的实施计划。",
        "上报 2 件，最低 2 件；最后一件于2015年4月21日10:00上报，截止时间：2015年9月14日24:00。",
        "计划 0 件（以登记截止时为准），已关联并上报 0 件。",
        "上报 2 件，满分 5 件。",
        "上报 2 件，一次通过 0 件。",
        "获奖案例 0 件，满分 3 件。",
    ]


async def test_the_office_alone_reads_it_of_campaigns_there_are(world: World) -> None:
    place, draft = await district(world), await world.campaign(status=CampaignStatus.DRAFT)
    assert await standings(place.by_office, draft.id) == []
    missing = await place.by_office.get(f"/api/v1/campaigns/{uuid4()}/committee-indicators")
    assert missing.status_code == 404
    clients = [
        place.by_unit,
        place.by_committee,
        *[await world.client_of(role) for role in (Role.REVIEWER, Role.MUNICIPAL)],
    ]
    for client in clients:
        for campaign_id in (place.campaign.id, draft.id, uuid4()):
            assert (await client.get(f"/api/v1/campaigns/{campaign_id}/committee-indicators")).status_code == 403
