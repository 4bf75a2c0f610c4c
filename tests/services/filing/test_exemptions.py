import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from app.models import AuditEvent
from app.models.enums import LimitKind, Role
from app.problems import RulesViolated
from app.services.filing import exemptions
from app.services.filing.exemptions import ExemptionCreate, ExemptionRevocation
from tests.world import World, actor_of
from tests.world.statements import Counting


def enough(value: int, **target: Any) -> ExemptionCreate:
    return ExemptionCreate(limit=LimitKind.MINIMUM_FILED, value=value, reason="仅有一家文明单位", **target)


async def test_of_two_clerks_who_grant_the_same_one_is_told_that_it_is_not_looser(world: World) -> None:
    campaign, committee, clerk = await world.campaign(), await world.committee(), await world.account(Role.OFFICE)
    body = enough(1, campaign_id=campaign.id, committee_id=committee.id)

    async def grant() -> str:
        try:
            async with world.acting(actor_of(clerk)) as ctx:
                await exemptions.grant(ctx, body)
        except RulesViolated as refused:
            return refused.findings[0].rule.code
        return "granted"

    assert sorted(await asyncio.gather(*[grant() for _ in range(4)])) == ["granted"] + ["limit_not_looser"] * 3


async def test_the_history_has_the_figures_before_and_after_and_the_reason(world: World) -> None:
    campaign, committee, clerk = await world.campaign(), await world.committee(), await world.account(Role.OFFICE)
    async with world.acting(actor_of(clerk)) as ctx:
        granted = await exemptions.grant(ctx, enough(1, campaign_id=campaign.id, committee_id=committee.id))
    async with world.acting(actor_of(clerk)) as ctx:
        await exemptions.revoke(ctx, granted, ExemptionRevocation(reason="误批"))
    async with world.database.transaction() as session:
        events = (await session.scalars(select(AuditEvent).order_by(AuditEvent.id))).all()
    first, last = events
    assert (first.action, first.data) == (
        "exemption.granted",
        {"limit": "minimum_filed", "from": 2, "to": 1, "reason": "仅有一家文明单位"},
    )
    assert (last.action, last.data["value"], last.data["reason"]) == ("exemption.revoked", 1, "误批")
    assert {(event.campaign_id, event.committee_id) for event in events} == {(campaign.id, committee.id)}


@pytest.mark.parametrize("rows", [1, 7])
async def test_a_page_costs_one_statement_whatever_its_length(world: World, rows: int) -> None:
    campaign, clerk = await world.campaign(), actor_of(await world.account(Role.OFFICE))
    for _ in range(rows):
        committee = await world.committee()
        async with world.acting(clerk) as ctx:
            await exemptions.grant(ctx, enough(1, campaign_id=campaign.id, committee_id=committee.id))
    async with world.viewing(clerk) as view:
        counting = Counting(view.reader)
        filters = dict.fromkeys(exemptions.FILTERS)
        page = await exemptions.search(replace(view, reader=counting), after=None, limit=50, **filters)
    assert (len(page.rows), counting.count) == (rows, 1)
