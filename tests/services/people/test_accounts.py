import asyncio
from uuid import UUID

from sqlalchemy import select

from app.context import Actor
from app.models import Account
from app.models.enums import AccountStatus, Role
from app.problems import Problem, RulesViolated
from app.services.people import accounts, codes, hashing
from app.services.people.accounts import AccountCreate
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
