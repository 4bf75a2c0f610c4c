from datetime import timedelta
from typing import Any
from uuid import uuid4

from app.models import Extension, Plan, PlannedCase
from app.models.enums import CampaignStatus, DeadlineKind, PlanStatus, Role
from app.services.policies.filing.notice import CampaignSettings
from tests.contract.client import ContractClient
from tests.world import NOW, World
from tests.world.filing import District, district


async def figures(client: ContractClient, place: District) -> dict[str, Any]:
    answer = await client.get("/api/v1/progress", params={"campaign_id": str(place.campaign.id)})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def plan(place: District, status: PlanStatus, count: int) -> None:
    submitted = status is not PlanStatus.DRAFT
    row = Plan(
        campaign_id=place.campaign.id,
        committee_id=place.committee.id,
        status=status,
        submitted_at=NOW if submitted else None,
        submitted_cases=[{"name": f"案例{index}"} for index in range(count)] if submitted else None,
    )
    await place.world.add(row)
    cases = (PlannedCase(plan_id=row.id, position=at, name=f"案例{at}", unit_name="某单位") for at in range(count))
    await place.world.add(*cases)


async def test_the_office_sees_every_committee_and_their_sum(world: World) -> None:
    one = await district(world, code="AA")
    other = await district(world, one.campaign, code="BB")
    await world.committee(code="CC")
    await plan(one, PlanStatus.SUBMITTED, 3)
    first, *_ = await one.filed(3)
    await one.by_office.post(f"/api/v1/applications/{first}/acceptance")
    await one.sealed()
    await one.submitted()
    await world.application(one.campaign, one.unit)
    await other.filed(2)
    found = await figures(one.by_office, one)
    assert [row["committee_code"] for row in found["committees"]] == ["AA", "BB", "CC"]
    row = found["committees"][0]
    named = ("planned", "drafted", "submitted", "sealed", "filed", "accepted", "standing", "minimum_met", "plan_status")
    assert [row[name] for name in named] == [3, 1, 1, 1, 2, 1, 3, True, "submitted"]
    assert [(each["standing"], each["minimum_met"]) for each in found["committees"]] == [
        (3, True),
        (2, True),
        (0, False),
    ]
    assert (found["totals"]["standing"], found["totals"]["planned"], found["minimum_filed"]) == (5, 3, 2)


async def test_a_committee_sees_itself_and_a_unit_nothing(world: World) -> None:
    one = await district(world)
    await district(world, one.campaign)
    await plan(one, PlanStatus.DRAFT, 2)
    own = (await figures(one.by_committee, one))["committees"]
    assert [(row["committee_id"], row["planned"], row["plan_status"]) for row in own] == [
        (str(one.committee.id), 2, "draft")
    ]
    params = {"campaign_id": str(one.campaign.id)}
    assert (await one.by_unit.get("/api/v1/progress", params=params)).status_code == 403


async def test_of_a_plan_that_was_never_submitted_the_office_learns_nothing(world: World) -> None:
    one = await district(world)
    await plan(one, PlanStatus.DRAFT, 2)
    row = (await figures(one.by_office, one))["committees"][0]
    assert (row["planned"], row["plan_status"], row["plan_submitted_at"]) == (0, None, None)


async def test_what_is_out_for_correction_is_shown_and_does_not_stand(world: World) -> None:
    one = await district(world)
    first, _ = await one.filed(2)
    body = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
    await one.by_office.post(f"/api/v1/applications/{first}/correction-request", json=body)
    row = (await figures(one.by_committee, one))["committees"][0]
    assert [row[name] for name in ("returned", "out_for_correction", "standing", "minimum_met")] == [1, 1, 1, False]


async def test_an_extension_keeps_one_committee_from_being_overdue(world: World) -> None:
    one = await district(world, code="AA")
    await district(world, one.campaign, code="BB")
    settings = CampaignSettings.model_validate(one.campaign.settings)
    closes_at = settings.closes_at(settings.applications)
    for kind in DeadlineKind:
        extension = Extension(
            campaign_id=one.campaign.id,
            committee_id=one.committee.id,
            kind=kind,
            due_on=closes_at.date(),
            until=closes_at + timedelta(days=1),
            reason="暴雨",
            granted_at=NOW,
            granted_by=one.clerk.id,
        )
        await world.add(extension)
    overdue = []
    for later in (timedelta(microseconds=-1), timedelta(), timedelta(days=1)):
        world.database.clock.stopped_at = closes_at + later
        rows = (await figures(one.by_office, one))["committees"]
        overdue.append([(row["plan_overdue"], row["applications_overdue"]) for row in rows])
    assert overdue == [
        [(False, False), (True, False)],
        [(False, False), (True, True)],
        [(True, True), (True, True)],
    ]


async def test_a_retired_committee_is_shown_if_it_took_part(world: World) -> None:
    one = await district(world, code="AA", retired_at=NOW)
    await world.committee(code="BB", retired_at=NOW)
    assert (await figures(one.by_office, one))["committees"] == []
    await world.application(one.campaign, one.unit)
    assert [row["committee_code"] for row in (await figures(one.by_office, one))["committees"]] == ["AA"]


async def test_a_campaign_one_may_not_see_has_no_progress(world: World) -> None:
    draft = await world.campaign(status=CampaignStatus.DRAFT)
    committee = await world.client_of(Role.COMMITTEE, committee=await world.committee())
    office = await world.client_of(Role.OFFICE)
    address = f"/api/v1/progress?campaign_id={draft.id}"
    assert (await committee.get(address)).status_code == 404
    assert (await office.get(address)).status_code == 200
    assert (await office.get(f"/api/v1/progress?campaign_id={uuid4()}")).status_code == 404
