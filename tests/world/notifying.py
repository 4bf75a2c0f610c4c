"""Notifications: the events passed on until none is left, and feeds as people read them."""

import asyncio
from typing import Any

from sqlalchemy import exists, select

from app import chain
from app.models import AuditEvent
from app.services import events
from app.services.notifying import tellings
from tests.contract.client import ContractClient
from tests.world import World
from tests.world.chain import loose

FOLLOWER = "notifications"


async def hand_on(world: World) -> None:
    """Number the events and write their notifications, as a worker does."""
    await number(world)
    handed = [await events.follow(world.database, FOLLOWER, tellings.tell)]  # the first time it only begins
    while any(handed[-2:]) or len(handed) < 2:
        handed.append(await events.follow(world.database, FOLLOWER, tellings.tell))


async def number(world: World) -> None:
    """Until all have one: what other databases of the same server are doing holds the numbers back."""
    while await _unnumbered(world):
        if not await chain.number(world.database, loose()):
            await asyncio.sleep(0.05)


async def _unnumbered(world: World) -> bool:
    async with world.database.transaction() as session:
        return bool(await session.scalar(select(exists().where(AuditEvent.sequence.is_(None)))))


async def feed(client: ContractClient, **query: Any) -> list[dict[str, Any]]:
    answer = await client.get("/api/v1/notifications", params={"limit": 100} | query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def kinds(client: ContractClient) -> list[str]:
    """Kinds of a person's notifications, the oldest first."""
    return [each["kind"] for each in reversed(await feed(client))]
