"""Clients that others generate of the contract: each is compiled strictly, two go a unit's way against a server."""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from app.models.enums import Role
from tests.imaging.corpus import jpeg
from tests.world import NOW, World
from tests.world.filing import district
from tests.world.listening import listening
from tests.world.people import PASSWORD, person

SCRIPT = Path(__file__).parents[2] / "openapi" / "generators.sh"
GENERATED = 6


@pytest_asyncio.fixture(loop_scope="session")
async def running(world: World) -> AsyncIterator[World]:
    """The clock runs: sessions are opened by password."""
    clock = world.database.clock
    clock.stopped_at, clock.offset = None, NOW - datetime.now(UTC)
    yield world
    clock.offset = timedelta()


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node, as the contract's tools do")
async def test_every_generated_client_compiles_and_two_of_them_submit(running: World, tmp_path: Path) -> None:
    place = await district(running)
    unit = await person(running, Role.UNIT, unit=place.unit)
    for number in range(5):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg(quality=60 + number))
    async with listening(running) as address:
        output, code = await generate(
            PINPAI_ADDRESS=address,
            PINPAI_USERNAME=unit.username,
            PINPAI_PASSWORD=PASSWORD,
            PINPAI_CATEGORY="qingman",
            PINPAI_PICTURES=str(tmp_path),
        )
    assert code == 0, output
    assert output.count("then submitted: “红马甲”邻里互助站, 5 pictures") == 2, output
    if shutil.which("java"):
        assert output.count(": ok") == GENERATED + 1, output


async def generate(**environment: str) -> tuple[str, int | None]:
    process = await asyncio.create_subprocess_exec(
        SCRIPT,
        env=os.environ | {"PYTHON": sys.executable} | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return output.decode(), process.returncode


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node, as the contract's tools do")
async def test_a_mock_made_of_the_document_alone_answers_every_operation() -> None:
    asking = await asyncio.create_subprocess_exec(
        "bash", SCRIPT.with_name("mock.sh"), "--try", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await asking.communicate()
    assert asking.returncode == 0, said.decode()
