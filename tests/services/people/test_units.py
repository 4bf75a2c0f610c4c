from uuid import UUID, uuid4

import pytest

from app.context import Actor
from app.models.enums import Role
from app.problems import Forbidden, RulesViolated
from app.services.people import units
from app.services.people.units import UnitChange, UnitCreate
from tests.world import NOW, PLENTY, World, actor_of


async def register(world: World, actor: Actor, committee_id: UUID | None) -> str:
    place = {"committee_id": committee_id} if committee_id else {}
    body = UnitCreate(name=f"单位{uuid4().hex}", honour_level="district", **place)
    try:
        async with world.acting(actor) as ctx:
            await units.register(ctx, body, PLENTY)
    except RulesViolated as refused:
        return " ".join(f"{finding.rule.code} {finding.pointer}" for finding in refused.findings)
    except Forbidden:
        return "forbidden"
    return "done"


async def test_who_may_register_a_unit_where(world: World) -> None:
    own, other, retired = await world.committee(), await world.committee(), await world.committee(retired_at=NOW)
    office = actor_of(await world.account(Role.OFFICE))
    committee = actor_of(await world.account(Role.COMMITTEE, committee=own))
    unit = actor_of(await world.account(Role.UNIT, unit=await world.unit(own)))
    table = [
        (office, own.id, "done"),
        (office, None, "required /committee_id"),
        (office, uuid4(), "unknown_reference /committee_id"),
        (office, retired.id, "retired /committee_id"),
        (committee, None, "done"),
        (committee, own.id, "done"),
        (committee, other.id, "unknown_reference /committee_id"),
        (unit, own.id, "forbidden"),
    ]
    results = [await register(world, actor, committee_id) for actor, committee_id, _ in table]
    assert results == [expected for *_, expected in table]


async def test_a_null_clears_the_credit_code_and_a_member_that_is_not_named_stays(world: World) -> None:
    unit = await world.unit(await world.committee(), credit_code="91350100M000100Y43")
    office = actor_of(await world.account(Role.OFFICE))
    async with world.acting(office) as ctx:
        await units.edit(ctx, unit.id, UnitChange(honour_level="national"), None)
        kept = (await units.read(ctx, unit.id)).row
        await units.edit(ctx, unit.id, UnitChange(credit_code=None), None)
        cleared = (await units.read(ctx, unit.id)).row
    assert (kept.credit_code, cleared.credit_code) == ("91350100M000100Y43", None)
    assert (cleared.name, cleared.honour_level, cleared.version) == (unit.name, "national", 3)


async def test_a_unit_reads_itself_and_does_not_change_itself(world: World) -> None:
    unit = await world.unit(await world.committee())
    actor = actor_of(await world.account(Role.UNIT, unit=unit))
    async with world.viewing(actor) as view:
        assert (await units.read(view, unit.id)).row.name == unit.name
    with pytest.raises(Forbidden):
        async with world.acting(actor) as ctx:
            await units.retire(ctx, unit.id)
