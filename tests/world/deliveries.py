"""Nominations as plain rows with their events, endpoints, and a worker that delivers."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select

from app.models import (
    Application,
    Campaign,
    Delivery,
    DeliveryAttempt,
    Endpoint,
    Nomination,
    Unit,
)
from app.outgoing import Outgoing
from app.services import events, jobs
from app.services.handover import deliveries
from app.services.history import create, move
from app.services.policies.handover.nominations import NOMINATE, WITHDRAW
from app.settings import Settings
from app.worker import Task
from tests.world import NOW, World
from tests.world.notifying import number
from tests.world.receiver import Receiver
from tests.world.worker import work_off

SECRET = "whsec_" + "c2VjcmV0" * 5 + "c2V="
BASE = "https://pinpai.example"
Owner = Any
"""asyncpg's connection, which is generic for the type checker only."""


@dataclass
class Delivering:
    """A campaign with a unit whose cases are nominated, and what is needed to push that."""

    world: World
    settings: Settings
    campaign: Campaign
    unit: Unit
    owner: Owner
    outgoing: Outgoing = field(default_factory=Outgoing)

    async def endpoint(self, receiver: Receiver, part: str = "", **values: Any) -> Endpoint:
        """An address that may be pushed to."""
        row = await self.world.endpoint(**({"url": receiver.url + part, "secret": SECRET} | values))
        self.outgoing = allowing(receiver, self.outgoing)
        return row

    async def nominate(self, application: Application | None = None, **values: Any) -> Nomination:
        """A case put forward; no rule was asked."""
        application = application or await self.world.filed(self.campaign, self.unit)
        plain = {"position": 1, "reason": "做法成熟", "payload": {}, "payload_digest": "9f" * 32, "prepared_at": NOW}
        async with jobs.acting(self.world.database) as ctx:
            application = await ctx.session.get_one(Application, application.id)
            of = {"campaign_id": self.campaign.id, "application_id": application.id}
            row = Nomination(version_id=application.filed_version_id, **(of | plain | values))
            return create(ctx, row, NOMINATE.event)

    async def withdraw(self, nomination: Nomination) -> None:
        async with jobs.acting(self.world.database) as ctx:
            row = await ctx.session.get_one(Nomination, nomination.id)
            move(ctx, row, WITHDRAW, withdrawn_at=ctx.now, withdrawal_reason="误报")

    async def announce(self) -> None:
        """Number what happened, and let deliveries follow it."""
        await owing(self.world)

    @property
    def means(self) -> deliveries.Means:
        return deliveries.Means(self.outgoing, self.world.keyring, BASE)

    @property
    def tasks(self) -> dict[str, Task]:
        return {deliveries.TASK: partial(deliveries.deliver, self.world.database, self.means)}

    async def work(self, workers: int = 1) -> None:
        """Do what is due, also what is due only once something before it is done."""
        left = None
        while left != (found := await self.jobs()):
            left = found
            every = [work_off(self.settings, self.world.database, self.tasks) for _ in range(workers)]
            await asyncio.gather(*every)

    async def hurry(self) -> None:
        """Let the time pass that jobs wait."""
        await self.owner.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")

    async def jobs(self) -> list[tuple[Any, ...]]:
        rows = await self.owner.fetch("SELECT status::text, attempts, failure FROM procrastinate_jobs ORDER BY id")
        return [tuple(row) for row in rows]

    async def deliveries(self) -> list[Delivery]:
        async with self.world.database.transaction() as session:
            return list(await session.scalars(select(Delivery).order_by(Delivery.id)))

    async def tries(self) -> list[DeliveryAttempt]:
        async with self.world.database.transaction() as session:
            return list(await session.scalars(select(DeliveryAttempt).order_by(DeliveryAttempt.id)))

    async def nomination(self, nomination: Nomination) -> Nomination:
        async with self.world.database.transaction() as session:
            return await session.get_one(Nomination, nomination.id)


async def delivering(world: World, settings: Settings, owner: Owner) -> Delivering:
    campaign = await world.campaign()
    return Delivering(world, settings, campaign, await world.unit(await world.committee()), owner)


async def owing(world: World) -> None:
    """Number the events and queue their deliveries to active endpoints, as a worker does."""
    await number(world)
    while await events.follow(world.database, "deliveries", deliveries.offer):
        continue


def allowing(receiver: Receiver, others: Outgoing) -> Outgoing:
    """To this receiver too; what is silent is waited for no longer than a busy machine needs to answer."""
    return Outgoing(others.hosts | {receiver.authority}, loopback=True, connecting=2.0, answering=2.0)


@contextmanager
def pushing(app: FastAPI, outgoing: Outgoing) -> Iterator[None]:
    """The API, configured to push there."""
    before, app.state.outgoing = app.state.outgoing, outgoing
    yield
    app.state.outgoing = before


def duplicates(receiver: Receiver) -> int:
    """Number of messages that came again, by their ids."""
    return sum(count - 1 for count in Counter(message.id for message in receiver.received).values())
