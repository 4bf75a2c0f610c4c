"""Grants under races: one stands at a time, and what was read at the head of a request is judged anew."""

import asyncio

import pytest
from sqlalchemy.exc import IntegrityError

from app.context import Actor
from app.models.enums import Role
from app.problems import NotFound
from app.services.handover import grants, nominations
from app.services.handover.grants import GrantCreate
from tests.world import World, actor_of
from tests.world.handover import granted, nominating


async def made(world: World, by: Actor, body: GrantCreate) -> bool:
    try:
        async with world.acting(by) as ctx:
            await grants.make(ctx, body)
    except IntegrityError:
        return False
    return True


async def test_of_two_grants_at_once_one_stands(world: World) -> None:
    clerk, client = await world.account(Role.OFFICE), await world.account(Role.MUNICIPAL)
    body = GrantCreate(account_id=client.id, campaign_id=(await world.campaign()).id)
    outcomes = await asyncio.gather(*(made(world, actor_of(clerk), body) for _ in range(4)))
    assert sum(outcomes) == 1


async def test_a_command_of_a_client_asks_for_its_grant_again(world: World) -> None:
    place = await nominating(world, 1)
    nomination = await place.nominated()
    client = await world.account(Role.MUNICIPAL)
    grant = await granted(world, client, place.campaign)
    async with world.acting(actor_of(client)) as ctx:
        await nominations.get(ctx, nomination["id"])
    async with world.acting(actor_of(place.district.clerk)) as ctx:
        await grants.revoke(ctx, grant.id)
    with pytest.raises(NotFound):
        async with world.acting(actor_of(client)) as ctx:
            await nominations.get(ctx, nomination["id"])
