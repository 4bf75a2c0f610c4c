"""The example of a frontend, built and driven in a real browser: draft, submission, seal, filing, receipt."""

import shutil
from pathlib import Path

import pytest

from app.models.enums import Role
from tests.imaging.corpus import jpeg
from tests.world import World
from tests.world.cells import FILLED, OWN
from tests.world.filing import District, district
from tests.world.listening import listening
from tests.world.people import PASSWORD, person
from tests.world.programs import chromium, run
from tests.world.uploads import scan

FRONTEND = Path(__file__).parents[2] / "examples" / "frontend"
SCREENS = 10


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("npm") is None, reason="needs Node, as the contract's tools do")
async def test_an_application_goes_its_way_in_the_example_of_a_frontend(running: World, tmp_path: Path) -> None:
    browser = await chromium()
    for step in (("ci", "--no-audit", "--no-fund", "--ignore-scripts"), ("run", "build")):
        made = await run("npm", *step, "--silent", folder=FRONTEND)
        assert made.status == 0, made.everything
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
        values |= {"PINPAI_ADDRESS": address, "CHROMIUM": browser, "PASSWORD": PASSWORD, "FILES": str(tmp_path)}
        ended = await run("node", "e2e/way.mjs", folder=FRONTEND, **values)
    assert ended.status == 0, ended.everything
    assert f"no violation on {SCREENS} screens" in ended.output


async def asking_for_all(world: World) -> District:
    """A campaign with a cell of every control and a recommended order, which asks for two cases."""
    asked = {"years_in_operation": 0, "minimum_filed": 2, "filed_by_kind": [], "cells": OWN}
    return await district(world, await world.sample(**asked))
