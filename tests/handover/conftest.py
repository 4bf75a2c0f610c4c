"""A real `pinpai serve` for the tests of the hand-over, its clock in the year of the notice."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from pydantic import TypeAdapter

from app.settings import Settings
from tests.handover.both_sides import District, Owner
from tests.handover.processes import running, server
from tests.world import NOW, World
from tests.world.ports import free_port


@pytest.fixture(scope="session")
def offset() -> timedelta:
    return NOW - datetime.now(UTC)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def district(
    settings: Settings, owner: Owner, offset: timedelta, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[District]:
    port = free_port()
    given = environment_of(port, offset)
    program = server(settings, tmp_path_factory.mktemp("district"), **given)
    async with running(program):
        yield District(f"http://127.0.0.1:{program.port}", port, owner, given)


@pytest.fixture
def world(world: World, offset: timedelta) -> Iterator[World]:
    """The same world, whose clock runs as the server's does."""
    clock = world.database.clock
    clock.stopped_at, clock.offset = None, offset
    yield world
    clock.offset = timedelta()


def environment_of(port: int, offset: timedelta) -> dict[str, str]:
    moved = TypeAdapter(timedelta).dump_python(offset, mode="json")
    return {"PINPAI_WEBHOOK_HOSTS": f"127.0.0.1:{port}", "PINPAI_CLOCK_OFFSET": str(moved)}
