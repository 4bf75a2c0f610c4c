"""The example of a frontend, built and driven in a real browser: draft, submission, seal, filing, receipt."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from app.models.enums import Role
from tests.imaging.corpus import jpeg
from tests.world import NOW, World
from tests.world.cells import FILLED, OWN
from tests.world.filing import District, district
from tests.world.listening import listening
from tests.world.people import PASSWORD, person
from tests.world.uploads import scan

FRONTEND = Path(__file__).parents[2] / "examples" / "frontend"
CHROMIUM = Path(__file__).with_name("chromium.sh")
WITHOUT = 77
"""The status by which the script says that no Chromium can be had."""
SCREENS = 10


@pytest_asyncio.fixture(loop_scope="session")
async def running(world: World) -> AsyncIterator[World]:
    """The clock runs: sessions are opened by password."""
    clock = world.database.clock
    clock.stopped_at, clock.offset = None, NOW - datetime.now(UTC)
    yield world
    clock.offset = timedelta()


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("npm") is None, reason="needs Node, as the contract's tools do")
async def test_an_application_goes_its_way_in_the_example_of_a_frontend(running: World, tmp_path: Path) -> None:
    chromium = await chromium_or_skip()
    for step in (("ci", "--no-audit", "--no-fund", "--ignore-scripts"), ("run", "build")):
        output, code = await run("npm", *step, "--silent")
        assert code == 0, output
    place = await asking_for_all(running)
    await place.sealed(cells=FILLED, brand_name="道德讲堂进楼门")
    people = {
        "UNIT": await person(running, Role.UNIT, unit=place.unit),
        "COMMITTEE": await person(running, Role.COMMITTEE, committee=place.committee),
        "OFFICE": await person(running),
    }
    for number in range(5):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg(quality=60 + number))
    (tmp_path / "scan.pdf").write_bytes(scan())
    async with listening(running) as address:
        values = {name: account.username for name, account in people.items()}
        values |= {"PINPAI_ADDRESS": address, "CHROMIUM": chromium, "PASSWORD": PASSWORD, "FILES": str(tmp_path)}
        output, code = await run("node", "e2e/way.mjs", **values)
    assert code == 0, output
    assert f"no violation on {SCREENS} screens" in output


async def asking_for_all(world: World) -> District:
    """A campaign with a cell of every control and a recommended order, which asks for two cases."""
    asked = {"years_in_operation": 0, "minimum_filed": 2, "filed_by_kind": [], "cells": OWN}
    return await district(world, await world.sample(**asked))


async def chromium_or_skip() -> str:
    output, code = await run("bash", str(CHROMIUM))
    if code == WITHOUT:
        pytest.skip(output)
    assert code == 0, output
    return output.splitlines()[-1]


async def run(*command: str, **environment: str) -> tuple[str, int | None]:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=FRONTEND,
        env=os.environ | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return output.decode(), process.returncode
