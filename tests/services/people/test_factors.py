from sqlalchemy import select

from app.keyring import Keyring, new_key
from app.models import AuditEvent, Factor
from app.models.enums import Role
from app.services.people import factors
from tests.world import NOW, World, actor_of
from tests.world.factors import Totp, with_totp
from tests.world.people import person


async def proven(world: World, phone: Totp, keyring: Keyring) -> bool:
    """True if the owner of a factor proves it with its present code."""
    async with world.database.transaction() as session:
        factor = await session.get_one(Factor, phone.id)
    account = await world.account(Role.OFFICE)
    async with world.acting(actor_of(account)) as ctx:
        account.id = factor.account_id
        return await factors.proves(ctx, keyring, account, phone.code(NOW))


async def test_a_secret_of_ones_own_in_the_row_of_another_opens_nothing(world: World) -> None:
    """By somebody who may write into the database, but does not have its key."""
    _, mine = await with_totp(world, await person(world, Role.REVIEWER))
    _, theirs = await with_totp(world, await person(world, Role.OFFICE))
    async with world.database.transaction() as session:
        own, other = await session.get_one(Factor, mine.id), await session.get_one(Factor, theirs.id)
        other.secret, other.last_step = own.secret, 0
    assert not await proven(world, Totp(theirs.id, mine.app), world.app.state.keyring)


async def test_a_factor_whose_key_is_lost_opens_nothing(world: World) -> None:
    _, phone = await with_totp(world, await person(world, Role.REVIEWER))
    async with world.database.transaction() as session:
        (await session.get_one(Factor, phone.id)).last_step = 0
    assert not await proven(world, phone, Keyring.of([new_key()]))
    assert await proven(world, phone, world.app.state.keyring)


async def test_the_history_of_an_account_tells_its_factors(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    client, phone = await with_totp(world, account)
    await client.delete(f"/api/v1/account/factors/{phone.id}")
    async with world.database.transaction() as session:
        events = await session.scalars(
            select(AuditEvent).where(AuditEvent.subject_id == account.id).order_by(AuditEvent.ordinal)
        )
        told = [(event.action, event.data.get("kind"), event.actor_id) for event in events]
    assert told == [
        ("account.signed_in", None, account.id),
        ("account.factor_begun", "totp", account.id),
        ("account.factor_added", "totp", account.id),
        ("account.factor_removed", "totp", account.id),
    ]
