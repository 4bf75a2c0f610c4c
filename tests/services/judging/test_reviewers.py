from typing import Any

from sqlalchemy import select

from app.models import Account, AuditEvent, Reviewer
from app.models.enums import Role
from app.services.judging import reviewers
from app.services.judging.reviewers import ReviewerProfile
from tests.world import World, actor_of


async def put(world: World, account: Account, **values: Any) -> bool:
    body = ReviewerProfile(**{"organisation": "唐山师范学院", "maximum_load": 30} | values)
    async with world.acting(actor_of(await world.account(Role.OFFICE))) as ctx:
        return await reviewers.put(ctx, account.id, body, None)


async def actions(world: World) -> list[str]:
    async with world.database.transaction() as session:
        found = select(AuditEvent.action).where(AuditEvent.action.startswith("reviewer.")).order_by(AuditEvent.id)
        return [*await session.scalars(found)]


async def test_only_the_first_profile_is_new_and_the_same_again_is_no_change(world: World) -> None:
    account = await world.account(Role.REVIEWER)
    loads = (30, 30, 20)
    assert [await put(world, account, maximum_load=load) for load in loads] == [True, False, False]
    assert await actions(world) == ["reviewer.registered", "reviewer.changed"]


async def test_a_unit_brings_its_committee_with_it(world: World) -> None:
    account, unit = await world.account(Role.REVIEWER), await world.unit(await world.committee())
    await put(world, account, unit_id=unit.id)
    async with world.database.transaction() as session:
        profile = (await session.scalars(select(Reviewer))).one()
    assert (profile.unit_id, profile.committee_id) == (unit.id, unit.committee_id)
