"""The page of the contract, used in a real Chromium: read, searched, signed in to, and asked through."""

import json
import shutil
from pathlib import Path

import pytest

from app.api.http.grouping import DOMAINS, OTHERS
from app.models.enums import Role
from tests.world import World
from tests.world.filing import district
from tests.world.listening import listening
from tests.world.people import PASSWORD, person
from tests.world.programs import chromium, run

PAGE = Path(__file__).parents[2] / "openapi" / "page.sh"
pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(shutil.which("node") is None, reason="needs Node, as the contract's tools do"),
]


async def test_the_page_is_read_searched_and_signed_in_to(running: World) -> None:
    unit = await person(running, Role.UNIT, unit=(await district(running)).unit)
    async with listening(running) as address:
        ended = await run(PAGE, await chromium(), address, unit.username, PASSWORD)
    assert ended.status == 0, ended.complaints
    found = json.loads(ended.output)
    navigation = found.pop("navigation")
    assert [name for name in (*DOMAINS.values(), OTHERS) if name not in navigation] == []
    assert any("审核盖章" in each for each in found.pop("nearest")), "beside what has the word in an example"
    assert found == {"foreign": [], "errors": [], "tooWide": [], "role": "unit", "tried": 200}
