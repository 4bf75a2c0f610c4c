import asyncio

from sqlalchemy import select

from app.models import AuditEvent, Committee
from app.models.enums import Role
from app.services.people import committees, units
from app.services.people.committees import CommitteeChange, CommitteeCreate
from tests.world import World, actor_of


async def test_parallel_registrations_get_a_code_each(world: World) -> None:
    office = actor_of(await world.account(Role.OFFICE))
    await world.committee(code="C02")

    async def register(name: str) -> None:
        async with world.acting(office) as ctx:
            await committees.register(ctx, CommitteeCreate(name=name, kind="district_direct"))

    await asyncio.gather(*(register(f"第{number}党工委") for number in range(8)))
    async with world.database.transaction() as session:
        codes = sorted(await session.scalars(select(Committee.code)))
    assert codes == ["C01", "C02", "C03", "C04", "C05", "C06", "C07", "C08", "C09"]


async def test_a_change_that_changes_nothing_leaves_no_trace_and_the_same_version(world: World) -> None:
    committee = await world.committee(leader_name="李文博")
    liaison = actor_of(await world.account(Role.COMMITTEE, committee=committee))
    for title in (None, "书记"):
        async with world.acting(liaison) as ctx:
            body = CommitteeChange(leader_name="李文博", leader_title=title)
            await committees.edit(ctx, committee.id, body, None)
    async with world.viewing(liaison) as view:
        row = (await committees.read(view, committee.id)).row
    assert (row.leader_title, row.version) == ("书记", 2)
    async with world.database.transaction() as session:
        (event,) = await session.scalars(select(AuditEvent))
    assert (event.action, event.data["changed"]) == ("committee.changed", ["leader_title"])


async def test_a_retired_committee_retires_its_units_until_it_is_reinstated(world: World) -> None:
    committee = await world.committee()
    unit = await world.unit(committee)
    office = actor_of(await world.account(Role.OFFICE))
    retired = []
    for act in (committees.retire, lambda ctx, id_: committees.reinstate(ctx, id_, None)):
        async with world.acting(office) as ctx:
            await act(ctx, committee.id)
            row = (await units.read(ctx, unit.id)).row
        retired.append((row.retired, row.retired_at))
    assert retired == [(True, None), (False, None)]
