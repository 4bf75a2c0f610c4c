"""Findings of the doctor about events and jobs."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from uuid_utils.compat import uuid7

from app import doctor
from app.doctor import INVARIANTS, WORKER_INVARIANTS, examine
from app.embedded import Servers
from app.keyring import new_key
from app.models import Follower
from app.services import jobs
from app.services.history import mark
from app.settings import Environment, Settings
from tests.world import World
from tests.world.tampering import Owner, tamper
from tests.world.worker import MARK, number_all


async def broken(world: World) -> set[str]:
    every = INVARIANTS | WORKER_INVARIANTS
    async with world.database.transaction() as session:
        return {words for words, statement in every.items() if (await session.scalars(text(statement))).all()}


def old_id() -> UUID:
    """An id made two minutes ago."""
    return UUID(int=uuid7().int - (120_000 << 80))


async def events(world: World, count: int) -> None:
    async with jobs.acting(world.database) as ctx:
        for _ in range(count):
            mark(ctx, uuid4(), MARK)


async def test_events_on_their_way_are_in_order(world: World) -> None:
    await events(world, 3)
    assert await broken(world) == set()
    await number_all(world.database)
    await world.add(Follower(name="slow", position=0))
    await events(world, 1)
    assert await broken(world) == set()


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        ("DELETE FROM audit_events WHERE sequence = 2", "the numbers of events have a gap"),
        ("UPDATE audit_events SET sequence = 7 WHERE sequence = 3", "the numbers of events have a gap"),
    ],
)
async def test_a_gap_is_found(world: World, owner: Owner, harm: str, found: str) -> None:
    await events(world, 3)
    await number_all(world.database)
    await tamper(owner, harm)
    assert await broken(world) == {found}


async def test_what_waits_for_more_than_a_minute_is_found(world: World, owner: Owner) -> None:
    await events(world, 1)
    await owner.execute("UPDATE audit_events SET id = $1", old_id())
    assert await broken(world) == {"an event has waited for its number for more than a minute: is there a worker?"}
    await number_all(world.database)
    assert await broken(world) == set()
    await world.add(Follower(name="slow", position=0))
    assert await broken(world) == {"a follower of the events is more than a minute behind"}


async def test_what_failed_for_good_is_found(world: World, owner: Owner) -> None:
    async with jobs.acting(world.database) as ctx:
        await jobs.enqueue(ctx, "mail")
    assert await broken(world) == set()
    await owner.execute("UPDATE procrastinate_jobs SET status = 'failed'")
    assert await broken(world) == {"a job failed for good (see GET /api/v1/jobs)"}


async def findings(settings: Settings, **changed: Any) -> str:
    return "\n".join(await examine(settings.model_copy(update=changed)))


async def test_a_key_that_is_missing_is_found(world: World, settings: Settings) -> None:
    endpoint = await world.endpoint(url="https://receiver.example/", secret="whsec_first")
    assert "PINPAI_SECRET_KEYS" not in await findings(settings)
    other = (SecretStr(new_key()),)
    assert f"the endpoint {endpoint.id}: put its key back" in await findings(settings, secret_keys=other)


async def test_a_talkative_log_is_found_in_production(world: World, settings: Settings, servers: Servers) -> None:
    alter = f'ALTER DATABASE "{servers.database}"'
    servers.postgres.administer(f"{alter} SET log_min_duration_statement = 0")
    try:
        assert "into its log" not in await findings(settings)
        assert "log_min_duration_statement" in await findings(settings, environment=Environment.PRODUCTION)
    finally:
        servers.postgres.administer(f"{alter} RESET log_min_duration_statement")


async def test_a_kernel_without_a_layer_is_found(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def missing() -> list[str]:
        return ["Landlock"]

    assert "imaging" not in await findings(settings)
    monkeypatch.setattr(doctor, "missing_confinement", missing)
    assert "This kernel confines imaging workers without Landlock" in await findings(settings)
