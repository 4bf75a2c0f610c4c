import asyncio
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.context import Actor
from app.models import AuditEvent, Campaign
from app.models.enums import DeadlineKind, Role
from app.problems import StaleVersion
from app.services.filing import planned_cases, plans
from app.services.filing.campaigns import DeadlineMove, move_deadline
from app.services.filing.plans import CaseLink, PlanCreate, PlanEdit
from tests.world import World, actor_of
from tests.world.statements import Counting

CASE = {"name": "“红马甲”邻里互助站", "unit_name": "龙华社区"}


async def liaison(world: World) -> tuple[Campaign, Actor]:
    account = await world.account(Role.COMMITTEE, committee=await world.committee())
    return await world.campaign(), actor_of(account)


async def begun(world: World, campaign: Campaign, actor: Actor, rows: int = 2) -> UUID:
    async with world.acting(actor) as ctx:
        return await plans.begin(ctx, PlanCreate.model_validate({"campaign_id": campaign.id, "cases": [CASE] * rows}))


async def test_of_two_editors_of_one_version_one_wins(world: World) -> None:
    campaign, actor = await liaison(world)
    plan_id = await begun(world, campaign, actor)

    async def edit(name: str) -> str:
        body = PlanEdit.model_validate({"cases": [CASE | {"name": name}]})
        try:
            async with world.acting(actor) as ctx:
                await plans.edit(ctx, plan_id, body, 1)
        except StaleVersion:
            return "stale"
        return name

    done = await asyncio.gather(*[edit(name) for name in ("甲", "乙", "丙")])
    assert sorted(done)[:2] == ["stale", "stale"]
    async with world.viewing(actor) as view:
        assert [case.name for case in (await plans.read(view, plan_id)).cases] == [
            max(done, key=lambda name: name != "stale")
        ]


async def test_of_five_who_begin_the_plan_one_does(world: World) -> None:
    campaign, actor = await liaison(world)

    async def begin() -> bool:
        try:
            await begun(world, campaign, actor)
        except IntegrityError:
            return False
        return True

    assert sorted(await asyncio.gather(*[begin() for _ in range(5)])) == [False] * 4 + [True]


async def test_one_application_is_linked_to_one_case_also_in_a_race(world: World) -> None:
    campaign, committee = await world.campaign(), await world.committee()
    actor = actor_of(await world.account(Role.COMMITTEE, committee=committee))
    application = await world.application(campaign, await world.unit(committee))
    plan_id = await begun(world, campaign, actor, rows=4)
    async with world.viewing(actor) as view:
        cases = [row.id for row in (await plans.read(view, plan_id)).cases]

    async def link(case_id: UUID) -> bool:
        try:
            async with world.acting(actor) as ctx:
                await plans.link(ctx, plan_id, case_id, CaseLink(application_id=application.id), None)
        except IntegrityError:
            return False
        return True

    assert sorted(await asyncio.gather(*[link(case_id) for case_id in cases])) == [False] * 3 + [True]


@pytest.mark.parametrize("rows", [1, 9])
async def test_reading_costs_the_same_whatever_the_length(world: World, rows: int) -> None:
    campaign, committee = await world.campaign(), await world.committee()
    unit = await world.unit(committee)
    actor = actor_of(await world.account(Role.COMMITTEE, committee=committee))
    plan_id = await begun(world, campaign, actor, rows)
    for _ in range(rows):
        await world.application(campaign, unit)

    async with world.viewing(actor) as view:
        await plans.read(view, plan_id)  # parses the campaign's settings, once per process

        async def cost(read: Any, *args: Any, **options: Any) -> int:
            counting = Counting(view.reader)
            await read(replace(view, reader=counting), *args, **options)
            return counting.count

        filters = dict.fromkeys(("campaign_id", "committee_id", "status"))
        assert await cost(plans.read, plan_id) == 2
        assert await cost(planned_cases.reconcile, plan_id) == 2
        assert await cost(plans.search, after=None, limit=50, **filters) == 1
        assert await cost(plans.offered, (await plans.search(view, after=None, limit=50, **filters)).rows) == 2
        assert len((await planned_cases.reconcile(view, plan_id))[1]) == 2 * rows


async def test_a_moved_deadline_is_the_plans_deadline(world: World) -> None:
    campaign, actor = await liaison(world)
    plan_id = await begun(world, campaign, actor)
    move = DeadlineMove(deadline=DeadlineKind.PLAN, due_on=date(2015, 4, 30), reason="统一延期")
    async with world.acting(actor_of(await world.account(Role.OFFICE))) as ctx:
        await move_deadline(ctx, campaign.id, move)
    async with world.viewing(actor) as view:
        deadline = (await plans.read(view, plan_id)).deadline
    assert (deadline.source, deadline.due_on) == ("campaign", date(2015, 4, 30))


async def test_the_history_tells_each_act_and_the_digest_of_the_rows(world: World) -> None:
    campaign, actor = await liaison(world)
    plan_id = await begun(world, campaign, actor)
    async with world.acting(actor) as ctx:
        await plans.submit(ctx, plan_id)
    for name in ("甲", "甲", "乙"):  # the second says nothing new
        async with world.acting(actor) as ctx:
            await plans.edit(ctx, plan_id, PlanEdit.model_validate({"cases": [CASE | {"name": name}]}), None)
    async with world.database.transaction() as session:
        events = (await session.scalars(select(AuditEvent).order_by(AuditEvent.id))).all()
    assert [event.action for event in events] == ["plan.created", "plan.submitted", "plan.edited", "plan.edited"]
    assert {event.subject_id for event in events} == {plan_id}
    assert [event.data["cases"] for event in events] == [2, 2, 1, 1]
    assert len({event.data["cases_digest"] for event in events[1:]}) == 3
    assert "submitted_cases" in events[2].data["changed"]
