import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select

from app.context import Actor
from app.models import Account, AuditEvent
from app.models.enums import AccountStatus, Role
from app.problems import Forbidden, NotFound, Problem, RulesViolated
from app.services.people import accounts, codes, hashing
from app.services.people.accounts import AccountChange, AccountCreate
from tests.world import PLENTY, World, actor_of


async def suspend(world: World, actor: Actor, account_id: UUID) -> str:
    try:
        async with world.acting(actor) as ctx:
            await accounts.suspend(ctx, account_id)
    except RulesViolated as refused:
        return " ".join(finding.rule.code for finding in refused.findings)
    except Problem as refused:
        return refused.code()
    return "done"


async def test_two_office_accounts_cannot_remove_each_other(world: World) -> None:
    for _ in range(5):
        first, second = await world.account(Role.OFFICE), await world.account(Role.OFFICE)
        results = await asyncio.gather(
            suspend(world, actor_of(first), second.id), suspend(world, actor_of(second), first.id)
        )
        assert sorted(results) == ["done", "last_office_account"]
        async with world.database.transaction() as session:
            active = select(Account).where(Account.role == Role.OFFICE, Account.status == AccountStatus.ACTIVE)
            (left,) = await session.scalars(active)
            left.status = AccountStatus.DISABLED


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


async def test_only_the_hash_of_a_code_is_stored_and_none_of_a_machine_client(world: World) -> None:
    office = actor_of(await world.account(Role.OFFICE))
    bodies = {
        role: AccountCreate(username=f"new-{role}", name="新", role=role) for role in (Role.REVIEWER, Role.MUNICIPAL)
    }
    stored = {}
    for role, body in bodies.items():
        async with world.acting(office) as ctx:
            account_id, code = await accounts.invite(ctx, body, PLENTY)
            account = await ctx.session.get_one(Account, account_id)
        stored[role] = (code and hashing.code_hash(code), account.activation_hash, account.activation_expires_at)
    code_hash, activation_hash, expires_at = stored[Role.REVIEWER]
    assert code_hash is not None
    assert (code_hash, expires_at) == (activation_hash, ctx.now + codes.CODE_LIFE)
    assert stored[Role.MUNICIPAL] == (None, None, None)
