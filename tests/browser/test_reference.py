"""The page of the contract, used in a real Chromium: read, searched, signed in to, and asked through."""

import asyncio
import json
import shutil
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from app.api.http.grouping import DOMAINS, OTHERS
from app.models.enums import Role
from tests.world import NOW, World
from tests.world.filing import district
from tests.world.listening import listening
from tests.world.people import PASSWORD, person

ROOT = Path(__file__).parents[2]
ABSENT = 77
pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(shutil.which("node") is None, reason="needs Node, as the contract's tools do"),
]


@pytest_asyncio.fixture(loop_scope="session")
async def running(world: World) -> AsyncIterator[World]:
    """The clock runs: sessions are opened by password."""
    clock = world.database.clock
    clock.stopped_at, clock.offset = None, NOW - datetime.now(UTC)
    yield world
    clock.offset = timedelta()


async def output(*command: str | Path) -> tuple[str, str, int | None]:
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    said, complaints = await process.communicate()
    return said.decode().strip(), complaints.decode(), process.returncode


async def chromium() -> str:
    path, why, code = await output(ROOT / "tests" / "browser" / "chromium.sh")
    if code == ABSENT:
        pytest.skip(why)
    assert code == 0, why
    return path


async def test_the_page_is_read_searched_and_signed_in_to(running: World) -> None:
    unit = await person(running, Role.UNIT, unit=(await district(running)).unit)
    async with listening(running) as address:
        said, why, code = await output(ROOT / "openapi" / "page.sh", await chromium(), address, unit.username, PASSWORD)
    assert code == 0, why
    found = json.loads(said)
    navigation = found.pop("navigation")
    assert [name for name in (*DOMAINS.values(), OTHERS) if name not in navigation] == []
    assert "审核盖章" in found.pop("first")
    assert found == {"foreign": [], "errors": [], "tooWide": [], "role": "unit", "tried": 200}
