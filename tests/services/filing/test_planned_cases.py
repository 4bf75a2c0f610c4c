from typing import Any
from uuid import UUID

import pytest

from app.context import Actor
from app.models import PlannedCase
from app.models.enums import Role
from app.problems import RulesViolated
from app.services.filing import planned_cases, plans
from app.services.filing.plans import CaseLink, PlanCreate, PlanEdit
from tests.world import World
from tests.world.filing import District, district

CASE = {"name": "“红马甲”邻里互助站", "unit_name": "龙华社区"}


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def begun(place: District, actor: Actor, *names: str) -> UUID:
    cases = [CASE | {"name": name} for name in names]
    async with place.world.acting(actor) as ctx:
        return await plans.begin(ctx, PlanCreate.model_validate({"campaign_id": place.campaign.id, "cases": cases}))


async def replaced(place: District, actor: Actor, plan_id: UUID, *cases: dict[str, Any]) -> None:
    async with place.world.acting(actor) as ctx:
        await plans.edit(ctx, plan_id, PlanEdit.model_validate({"cases": cases}), None)


async def rows(place: District, actor: Actor, plan_id: UUID) -> list[tuple[UUID, str | None, UUID | None]]:
    async with place.world.viewing(actor) as view:
        cases = (await plans.read(view, plan_id)).cases
    return [(row.id, row.name, row.application_id) for row in cases]


async def test_a_row_named_by_its_id_keeps_its_application_and_one_not_named_is_gone(place: District) -> None:
    liaison = place.actors[Role.COMMITTEE]
    plan_id = await begun(place, liaison, "甲", "乙")
    application = await place.world.application(place.campaign, place.unit)
    (_, _, _), (kept, _, _) = await rows(place, liaison, plan_id)
    async with place.world.acting(liaison) as ctx:
        await plans.link(ctx, plan_id, kept, CaseLink(application_id=application.id), None)

    await replaced(place, liaison, plan_id, CASE | {"name": "丙"}, CASE | {"id": kept, "name": "丁"})
    (fresh, *third), fourth = await rows(place, liaison, plan_id)
    assert (third, fourth) == (["丙", None], (kept, "丁", application.id))
    assert fresh != kept


async def test_rows_of_another_plan_and_units_of_another_committee_are_unknown_all_at_once(place: District) -> None:
    liaison = place.actors[Role.COMMITTEE]
    other = await district(place.world, place.campaign)
    rival = other.actors[Role.COMMITTEE]
    [(stolen, _, _)] = await rows(other, rival, await begun(other, rival, "甲"))
    plan_id = await begun(place, liaison, "乙")
    with pytest.raises(RulesViolated) as refused:
        await replaced(
            place, liaison, plan_id, {"name": "丙", "unit_id": other.unit.id}, CASE | {"id": stolen, "name": "丁"}
        )
    assert [(each.rule.code, each.pointer) for each in refused.value.findings] == [
        ("unknown_reference", "/cases/1/id"),
        ("unknown_reference", "/cases/0/unit_id"),
    ]
    assert [name for _, name, _ in await rows(place, liaison, plan_id)] == ["乙"]


async def test_a_row_is_read_among_those_of_other_plans_as_alone(place: District) -> None:
    """An application that has gone to the committee of another plan is none of this one's, on whatever page."""
    liaison = place.actors[Role.COMMITTEE]
    other = await district(place.world, place.campaign)
    plan_id = await begun(place, liaison, "甲")
    others = await begun(other, other.actors[Role.COMMITTEE], "乙")
    [(row_id, _, _)] = await rows(place, liaison, plan_id)
    gone = await place.world.application(place.campaign, other.unit)
    async with place.world.database.transaction() as session:
        (await session.get_one(PlannedCase, row_id)).application_id = gone.id
    async with place.world.viewing(liaison) as view:
        alone = await planned_cases.read(view, [plan_id])
        together = await planned_cases.read(view, [plan_id, others])
    assert together[plan_id] == alone[plan_id]
    assert [row.application_id for row in alone[plan_id]] == [None]


async def test_the_office_reads_the_rows_as_submitted_while_the_committee_revises_them(place: District) -> None:
    liaison, clerk = place.actors[Role.COMMITTEE], place.actors[Role.OFFICE]
    plan_id = await begun(place, liaison, "甲", "乙")
    async with place.world.acting(liaison) as ctx:
        await plans.submit(ctx, plan_id)
    async with place.world.acting(clerk) as ctx:
        await plans.send_back(ctx, plan_id, plans.PlanReturn(reason="请修改", due_on=None))
    await replaced(place, liaison, plan_id, CASE | {"name": "丙"})
    assert [name for _, name, _ in await rows(place, clerk, plan_id)] == ["甲", "乙"]
    assert [name for _, name, _ in await rows(place, liaison, plan_id)] == ["丙"]
