from uuid import UUID

import pytest
from sqlalchemy import select

from app.models import Account, AuditEvent
from app.models.enums import AccountStatus, Role
from app.problems import NotFound, RulesViolated
from app.services.people import hashing, invitations
from tests.world import World, actor_of


async def test_the_host_recovers_a_disabled_office_account_but_takes_no_other(world: World) -> None:
    await invitations.invite_first_office(world.database, "Office", "区文明办管理员")
    async with world.database.transaction() as session:
        (account,) = await session.scalars(select(Account).where(Account.username == "office"))
        account.status = AccountStatus.DISABLED
    code = await invitations.invite_first_office(world.database, "office", "区文明办管理员")
    async with world.database.transaction() as session:
        recovered = await session.get_one(Account, account.id)
    assert (recovered.status, recovered.activation_hash) == (AccountStatus.INVITED, hashing.code_hash(code))
    reviewer = await world.account(Role.REVIEWER)
    with pytest.raises(RulesViolated):
        await invitations.invite_first_office(world.database, reviewer.username, "区文明办管理员")


async def awaits(world: World, account_id: UUID) -> bool:
    async with world.database.transaction() as session:
        account = await session.get_one(Account, account_id)
        return account.activation_hash is not None and account.activation_confirmed_at is None


async def test_the_host_is_the_second_person_where_the_office_has_none(world: World) -> None:
    clerk, reviewer = await world.account(Role.OFFICE), await world.account(Role.REVIEWER)
    async with world.acting(actor_of(clerk)) as ctx:
        await invitations.invite_again(ctx, reviewer.id)
    assert await awaits(world, reviewer.id)
    await invitations.confirm_on_host(world.database, reviewer.username.upper())
    assert not await awaits(world, reviewer.id)
    with pytest.raises(RulesViolated):
        await invitations.confirm_on_host(world.database, reviewer.username)
    with pytest.raises(NotFound):
        await invitations.confirm_on_host(world.database, "nobody")


async def test_the_history_names_who_issued_a_code_and_who_confirmed_it(world: World) -> None:
    first, second, reviewer = [await world.account(role) for role in (Role.OFFICE, Role.OFFICE, Role.REVIEWER)]
    async with world.acting(actor_of(first)) as ctx:
        await invitations.invite_again(ctx, reviewer.id)
    async with world.acting(actor_of(second)) as ctx:
        await invitations.confirm_code(ctx, reviewer.id)
    async with world.database.transaction() as session:
        events = await session.scalars(
            select(AuditEvent).where(AuditEvent.subject_id == reviewer.id).order_by(AuditEvent.ordinal)
        )
        told = [(event.action, event.actor_id, event.actor_name) for event in events]
    assert told == [
        ("account.code_issued", first.id, first.name),
        ("account.code_confirmed", second.id, second.name),
    ]
