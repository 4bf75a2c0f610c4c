from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from app.models import Commendation, Extension, Plan
from app.models.enums import AwardBasis, AwardStatus, CampaignStatus, DeadlineKind, PlanStatus, Role
from tests.contract.client import ContractClient
from tests.world import NOW, World
from tests.world.commending import award
from tests.world.filing import District, district
from tests.world.statements import noted

AFTER_THE_PLANS = NOW + timedelta(days=3)


async def standings(client: ContractClient, campaign_id: UUID) -> list[dict[str, Any]]:
    answer = await client.get(f"/api/v1/campaigns/{campaign_id}/committee-indicators")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["committees"])


async def values(place: District) -> dict[str, tuple[float, float]]:
    """Value and points of every indicator of the committee."""
    rows = await standings(place.by_office, place.campaign.id)
    (row,) = [row for row in rows if row["committee_id"] == str(place.committee.id)]
    return {each["code"]: (each["value"], each["points"]) for each in row["indicators"]}


async def planned(place: District, count: int, **values: Any) -> None:
    row = Plan(
        campaign_id=place.campaign.id,
        committee_id=place.committee.id,
        **(
            {
                "status": PlanStatus.SUBMITTED,
                "submitted_at": NOW,
                "submitted_cases": [{"name": f"案例{at}"} for at in range(count)],
            }
            | values
        ),
    )
    await place.world.add(row)


async def accepted(place: District, application_id: UUID) -> None:
    answer = await place.by_office.post(f"/api/v1/applications/{application_id}/acceptance")
    assert answer.status_code == 200, answer.text


async def awarded(place: District, application_id: UUID, kind: str = "excellent_case", **values: Any) -> None:
    read = (await place.by_office.get(f"/api/v1/applications/{application_id}/versions")).json()
    commendation = Commendation(campaign_id=place.campaign.id, title="通报")
    await place.world.add(commendation)
    of = {"application_id": application_id, "version_id": UUID(read["items"][-1]["id"])}
    by_hand = {"kind": kind, "basis": AwardBasis.BY_HAND, "reason": "好"}
    await award(place.world, commendation, **(of | by_hand | values))


async def test_a_committee_that_did_all_it_should_is_first_and_is_told_why(world: World) -> None:
    one = await district(world, code="AA")
    other = await district(world, one.campaign, code="BB")
    await planned(one, 3)
    for application_id in await one.filed(3):
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
        "上报 2 件，最低 2 件；最后一件于 4月21日 10:00 上报，截止 9月15日 00:00。",
        "计划 0 件，完成 2 件。",
        "上报 2 件，满分 5 件。",
        "上报 2 件，一次通过 0 件。",
        "获奖案例 0 件，满分 3 件。",
    ]


async def test_a_plan_under_an_extension_is_in_time_until_it_is_revoked(world: World) -> None:
    place = await district(world)
    await planned(place, 2, submitted_at=AFTER_THE_PLANS)
    assert (await values(place))["plan_in_time"] == (0, 0)
    granted = Extension(
        campaign_id=place.campaign.id,
        committee_id=place.committee.id,
        kind=DeadlineKind.PLAN,
        due_on=AFTER_THE_PLANS.date(),
        until=AFTER_THE_PLANS + timedelta(hours=1),
        reason="暴雨",
        granted_at=NOW,
        granted_by=place.clerk.id,
    )
    await world.add(granted)
    assert (await values(place))["plan_in_time"] == (1, 15)
    async with world.database.transaction() as session:
        (await session.get_one(Extension, granted.id)).revoked_at = NOW
    assert (await values(place))["plan_in_time"] == (0, 0)


async def test_a_returned_plan_does_not_count_and_a_draft_takes_no_part(world: World) -> None:
    returned, draft = await district(world), await district(world)
    await planned(returned, 2, status=PlanStatus.RETURNED)
    await planned(draft, 2, status=PlanStatus.DRAFT, submitted_at=None, submitted_cases=None)
    await draft.submitted()
    assert (await values(returned))["plan_in_time"] == (0, 0)
    assert await standings(draft.by_office, draft.campaign.id) == []


async def test_what_was_sent_back_is_not_accepted_at_the_first_check(world: World) -> None:
    place = await district(world)
    first, second = await place.filed(2)
    await accepted(place, first)
    body = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
    sent_back = await place.by_office.post(f"/api/v1/applications/{second}/correction-request", json=body)
    assert sent_back.status_code == 200, sent_back.text
    found = await values(place)
    assert found["accepted_at_first_check"] == (0.5, 7.5)
    assert (found["filed_count"], found["filed_in_time"]) == ((1, 3), (1, 20))


async def test_an_award_counts_once_a_case_and_not_when_it_fell(world: World) -> None:
    place = await district(world)
    first, second = await place.filed(2)
    await awarded(place, first)
    await awarded(place, first, kind="people_s_choice")
    await awarded(place, second, status=AwardStatus.REVOKED)
    assert (await values(place))["awards_won"] == (1, 6.67)


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


async def test_many_committees_cost_no_more_statements_than_one(world: World) -> None:
    place = await district(world)
    await planned(place, 2)
    await standings(place.by_office, place.campaign.id)
    counts = []
    for _ in range(2):
        with noted(world.database) as statements:
            await standings(place.by_office, place.campaign.id)
        counts.append(len(statements))
        for _ in range(3):
            await planned(await district(world, place.campaign), 1)
    assert counts[0] == counts[1]
