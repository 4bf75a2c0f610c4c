"""The secrets that sign, and an endpoint that says it is gone."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.models import AuditEvent, Endpoint
from app.models.enums import EndpointStatus
from app.services import jobs
from app.services.handover import endpoints
from app.services.policies.handover.endpoints import CHANGEOVER
from tests.world import World

SECOND = timedelta(seconds=1)


@pytest.fixture
async def endpoint(world: World) -> Endpoint:
    return await world.endpoint(url="https://receiver.example/hooks", secret="whsec_first")


async def test_during_a_changeover_two_secrets_sign_and_never_three(world: World, endpoint: Endpoint) -> None:
    known = ["whsec_first"]
    for _ in range(2):
        async with world.acting(jobs.SYSTEM) as ctx:
            known.insert(0, await endpoints.rotate(ctx, endpoint.id, world.keyring))
    async with world.acting(jobs.SYSTEM) as ctx:
        row, now = await endpoints.get(ctx, endpoint.id), ctx.now
    assert endpoints.live_secrets(row, world.keyring, now) == known[:2]
    assert endpoints.live_secrets(row, world.keyring, now + CHANGEOVER - SECOND) == known[:2]
    assert endpoints.live_secrets(row, world.keyring, now + CHANGEOVER) == known[:1]


async def test_an_endpoint_that_is_gone_is_disabled_once(world: World, endpoint: Endpoint) -> None:
    for _ in range(2):
        async with world.acting(jobs.SYSTEM) as ctx:
            await endpoints.disable(ctx, endpoint.id, "gone")
    async with world.acting(jobs.SYSTEM) as ctx:
        assert (await endpoints.get(ctx, endpoint.id)).status is EndpointStatus.DISABLED
        events = select(func.count()).where(AuditEvent.subject_id == endpoint.id)
        assert await ctx.session.scalar(events) == 1
