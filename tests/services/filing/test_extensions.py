import asyncio
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.context import Actor
from app.models import Application, AuditEvent, Extension, Plan
from app.models.enums import DeadlineKind, ExtensionCause, Role
from app.problems import Problem, RulesViolated
from app.services.filing import applications, extensions
from app.services.filing.campaigns import DeadlineMove, move_deadline
from app.services.filing.extensions import ExtensionCreate, ExtensionRevocation
from app.services.policies.filing.notice import CampaignSettings
from tests.world import ZONE, World, actor_of
from tests.world.statements import Counting


def until(day: int, **target: Any) -> ExtensionCreate:
    return ExtensionCreate(deadline=DeadlineKind.APPLICATION, due_on=date(2015, 9, day), reason="连日暴雨", **target)


async def office(world: World) -> Actor:
    return actor_of(await world.account(Role.OFFICE))


async def test_of_two_clerks_who_grant_the_same_day_one_is_told_that_it_is_not_later(world: World) -> None:
    campaign, committee, actor = await world.campaign(), await world.committee(), await office(world)
    body = until(18, campaign_id=campaign.id, committee_id=committee.id)

    async def grant() -> str:
        try:
            async with world.acting(actor) as ctx:
                await extensions.grant(ctx, body)
        except RulesViolated as refused:
            return refused.findings[0].rule.code
        return "granted"

    assert sorted(await asyncio.gather(*[grant() for _ in range(5)])) == ["deadline_not_later"] * 4 + ["granted"]


async def test_the_furthest_of_the_extensions_that_stand_counts(world: World) -> None:
    campaign, committee, actor = await world.campaign(), await world.committee(), await office(world)
    account = await world.account(Role.COMMITTEE, committee=committee)
    filed = await world.filed(campaign, await world.unit(committee))
    async with world.acting(actor) as ctx:
        whole = await extensions.grant(ctx, until(18, campaign_id=campaign.id, committee_id=committee.id))
        one = await extensions.grant(ctx, until(25, campaign_id=campaign.id, application_id=filed.id))

    async def counts() -> tuple[Any, date]:
        async with world.viewing(actor_of(account)) as view:
            deadline = (await applications.read(view, filed.id)).deadline
        return deadline.extension_id, deadline.due_on

    assert await counts() == (one, date(2015, 9, 25))
    async with world.acting(actor) as ctx:
        await extensions.revoke(ctx, one, ExtensionRevocation(reason="误批"))
    assert await counts() == (whole, date(2015, 9, 18))
    move = DeadlineMove(deadline=DeadlineKind.APPLICATION, due_on=date(2015, 9, 30), reason="统一延期")
    async with world.acting(actor) as ctx:
        await move_deadline(ctx, campaign.id, move)
    assert await counts() == (None, date(2015, 9, 30))


async def test_a_correction_gives_an_application_or_a_committees_plan_until_the_end_of_the_day(world: World) -> None:
    campaign, committee, actor = await world.campaign(), await world.committee(), await office(world)
    filed = await world.filed(campaign, await world.unit(committee))
    plan = Plan(campaign_id=campaign.id, committee_id=committee.id)
    await world.add(plan)
    settings = CampaignSettings.model_validate(campaign.settings)
    async with world.acting(actor) as ctx:
        for subject in (await ctx.session.get_one(Application, filed.id), plan):
            await extensions.grant_correction(ctx, subject, settings, date(2015, 10, 1), "请补正")
    async with world.database.transaction() as session:
        rows = (await session.scalars(select(Extension).order_by(Extension.id))).all()
    assert [(row.kind, row.application_id) for row in rows] == [
        (DeadlineKind.APPLICATION, filed.id),
        (DeadlineKind.PLAN, None),
    ]
    assert {(row.cause, row.committee_id, row.until, row.granted_by) for row in rows} == {
        (ExtensionCause.CORRECTION, committee.id, datetime(2015, 10, 2, tzinfo=ZONE), actor.id)
    }


async def test_grants_and_revocations_leave_a_trace_with_their_committee(world: World) -> None:
    campaign, committee, actor = await world.campaign(), await world.committee(), await office(world)
    async with world.acting(actor) as ctx:
        granted = await extensions.grant(ctx, until(18, campaign_id=campaign.id, committee_id=committee.id))
    async with world.acting(actor) as ctx:
        await extensions.revoke(ctx, granted, ExtensionRevocation(reason="误批"))
    with pytest.raises(Problem):
        async with world.acting(actor) as ctx:
            await extensions.revoke(ctx, granted, ExtensionRevocation(reason="误批"))
    async with world.database.transaction() as session:
        events = (await session.scalars(select(AuditEvent).order_by(AuditEvent.id))).all()
    assert [(event.action, event.subject_type, event.subject_id) for event in events] == [
        ("extension.granted", "extension", granted),
        ("extension.revoked", "extension", granted),
    ]
    assert {(event.campaign_id, event.committee_id) for event in events} == {(campaign.id, committee.id)}
    assert events[0].after_digest == events[1].before_digest


@pytest.mark.parametrize("rows", [1, 7])
async def test_a_page_costs_one_statement_whatever_its_length(world: World, rows: int) -> None:
    campaign, actor = await world.campaign(), await office(world)
    for _ in range(rows):
        committee = await world.committee()
        async with world.acting(actor) as ctx:
            await extensions.grant(ctx, until(18, campaign_id=campaign.id, committee_id=committee.id))
    async with world.viewing(actor) as view:
        counting = Counting(view.reader)
        filters = dict.fromkeys(("campaign_id", "committee_id", "application_id", "active"))
        page = await extensions.search(replace(view, reader=counting), after=None, limit=50, **filters)
    assert (len(page.rows), counting.count) == (rows, 1)
