"""A seat is taken, and ended, under its lock."""

import asyncio
from collections import Counter

from sqlalchemy import func, select

from app.models import Account, AuditEvent
from app.models.enums import AccountStatus, Role
from app.problems import SeatNotOpen
from app.services.people import seats, units
from app.services.people.seats import SeatCreate
from app.services.people.units import UnitCreate
from tests.world import PLENTY, World, actor_of


async def test_nothing_is_entered_once_somebody_uses_an_account(world: World) -> None:
    """Entries on paper race with the activation: each is done before it, or not at all."""
    committee, clerk = await world.committee(), actor_of(await world.account(Role.OFFICE))
    liaison = await world.account(Role.COMMITTEE, committee=committee)
    await becomes(world, liaison, AccountStatus.INVITED)
    async with world.acting(clerk) as ctx:
        seat_id = await seats.grant(ctx, SeatCreate(committee_id=committee.id, reason="来函"))
    taken = await seats.take(world.database, clerk, seat_id)

    async def enter(number: int) -> str:
        try:
            async with world.acting(taken) as ctx:
                await seats.confirm(ctx)
                body = UnitCreate(name=f"第{number}号单位", honour_level="district")
                await units.register(ctx, body, PLENTY)
        except SeatNotOpen:
            return "refused"
        return "done"

    async def activate() -> str:
        async with world.acting(actor_of(liaison)) as ctx:
            row = await ctx.session.get_one(Account, liaison.id)
            row.status = AccountStatus.ACTIVE
            await seats.end_where_used(ctx, row)
        return "activated"

    outcomes = Counter(await asyncio.gather(*map(enter, range(4)), activate(), *map(enter, range(4, 8))))
    assert outcomes["activated"] == 1
    assert outcomes["done"] + outcomes["refused"] == 8
    last = select(func.max(AuditEvent.ordinal))
    async with world.database.transaction() as session:
        entered = await session.scalar(last.where(AuditEvent.action == "unit.created"))
        ended = await session.scalar(last.where(AuditEvent.action == "seat.ended"))
    assert ended is not None
    assert (entered or 0) < ended
    assert await enter(9) == "refused"


async def becomes(world: World, account: Account, status: AccountStatus) -> None:
    async with world.database.transaction() as session:
        (await session.get_one(Account, account.id)).status = status
