import pytest
from sqlalchemy import select

from app.models import AuditEvent
from app.models.enums import Role
from app.problems import Forbidden, NotFound
from app.services.people import accounts
from app.services.people.accounts import AccountChange
from tests.world import World, actor_of


async def test_a_new_role_clears_the_organisation_and_tells_the_history_how_many_sessions_ended(world: World) -> None:
    office = await world.account(Role.OFFICE)
    account = await world.account(Role.UNIT, unit=await world.unit(await world.committee()))
    for _ in range(2):
        await world.sign_in(account)
    async with world.acting(actor_of(office)) as ctx:
        await accounts.edit(ctx, account.id, AccountChange(role=Role.REVIEWER, name="李文博"), None)
        row = (await accounts.read(ctx, account.id)).row
    assert (row.role, row.name, row.committee_id, row.unit_id) == (Role.REVIEWER, "李文博", None, None)
    async with world.database.transaction() as session:
        (event,) = await session.scalars(select(AuditEvent))
    assert (event.action, event.data["sessions_ended"]) == ("account.reassigned", 2)
    assert set(event.data["changed"]) == {"role", "name", "committee_id", "unit_id"}


async def test_a_committee_edits_a_unit_s_account_but_does_not_move_it(world: World) -> None:
    committee = await world.committee()
    unit, sibling = await world.unit(committee), await world.unit(committee)
    account = await world.account(Role.UNIT, unit=unit)
    liaison = actor_of(await world.account(Role.COMMITTEE, committee=committee))
    async with world.acting(liaison) as ctx:
        await accounts.edit(ctx, account.id, AccountChange(name="张静"), None)
    for change in (AccountChange(unit_id=sibling.id), AccountChange(role=Role.UNIT)):
        with pytest.raises(Forbidden):
            async with world.acting(liaison) as ctx:
                await accounts.edit(ctx, account.id, change, None)
    stranger = actor_of(await world.account(Role.COMMITTEE, committee=await world.committee()))
    with pytest.raises(NotFound):
        async with world.acting(stranger) as ctx:
            await accounts.edit(ctx, account.id, AccountChange(name="王"), None)
    async with world.viewing(liaison) as view:
        row = (await accounts.read(view, account.id)).row
    assert (row.name, row.unit_id, row.version) == ("张静", unit.id, 2)
