"""The debts that reminders are made of: whose each is, and the deadline that counts for it."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import update

from app.models import Extension, Plan
from app.models.enums import ApplicationStatus, ExtensionCause, PlanStatus
from app.services import jobs
from app.services.notifying import owed
from tests.world import NOW, ZONE, World
from tests.world.filing import District, district

CLOSES = datetime(2015, 9, 15, tzinfo=ZONE)
LATER = datetime(2015, 9, 20, tzinfo=ZONE)


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def test_an_extension_moves_the_deadline_and_begins_what_is_owed_anew(place: District) -> None:
    own = await place.world.application(place.campaign, place.unit)
    other = await place.world.application(place.campaign, place.unit, status=ApplicationStatus.SUBMITTED)
    granted = datetime(2015, 9, 10, tzinfo=ZONE)
    await place.world.add(
        Extension(
            campaign_id=place.campaign.id,
            committee_id=place.committee.id,
            application_id=own.id,
            kind="application",
            cause=ExtensionCause.GRANT,
            due_on=LATER.date(),
            until=LATER,
            reason="暴雨",
            granted_at=granted,
            granted_by=place.clerk.id,
        )
    )
    async with jobs.acting(place.world.database) as ctx:
        found = {
            one.row.name: (one.deadline, one.since, one.row.waits_for_unit) for one in await owed.applications(ctx)
        }
    assert found == {own.number: (LATER, granted, True), other.number: (CLOSES, NOW, False)}


async def test_a_plan_is_owed_before_it_is_begun_and_until_it_is_handed_in(place: District) -> None:
    plans: list[set[UUID | None]] = []
    async with jobs.acting(place.world.database) as ctx:
        plans.append({one.row.plan_id for one in await owed.plans(ctx)})
    plan = Plan(campaign_id=place.campaign.id, committee_id=place.committee.id)
    await place.world.add(plan)
    for status in (PlanStatus.DRAFT, PlanStatus.RETURNED, PlanStatus.SUBMITTED):
        async with jobs.acting(place.world.database) as ctx:
            await ctx.session.execute(update(Plan).values(status=status))
            plans.append({one.row.plan_id for one in await owed.plans(ctx)})
    assert plans == [{None}, {plan.id}, {plan.id}, set()]


async def test_no_plan_is_owed_where_none_is_asked_for(world: World) -> None:
    place = await district(world, await world.sample())
    async with jobs.acting(world.database) as ctx:
        owing = await owed.plans(ctx), [each.row.committee_id for each in await owed.filings(ctx)]
    assert owing == ([], [place.committee.id])
