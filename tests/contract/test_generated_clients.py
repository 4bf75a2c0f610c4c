"""Clients that others generate of the contract: each is compiled strictly, two go a unit's way against a server."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from app.models.enums import Role
from tests.contract.operations import OPERATIONS
from tests.imaging.corpus import jpeg
from tests.world import World
from tests.world.filing import district
from tests.world.listening import listening
from tests.world.people import PASSWORD, person
from tests.world.programs import run

SCRIPT = Path(__file__).parents[2] / "openapi" / "generators.sh"
SETTINGS = SCRIPT.parent / "clients/python/openapi-python-client.yaml"
GENERATED = 6


def test_the_generator_for_python_is_told_what_every_answer_of_bytes_is() -> None:
    """It reads the first type of an answer, knows JSON, and leaves an answer of an unknown type out of the client."""
    told = set(re.findall(r"^  (\S+/\S+):", SETTINGS.read_text("utf-8"), re.MULTILINE))
    contents = [each.get("content", {}) for one in OPERATIONS for each in one.responses.values()]
    first = {next(iter(content)) for content in contents if content}
    assert first - told == {"application/json", "application/problem+json"}


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node, as the contract's tools do")
async def test_every_generated_client_compiles_and_two_of_them_submit(running: World, tmp_path: Path) -> None:
    place = await district(running)
    unit = await person(running, Role.UNIT, unit=place.unit)
    for number in range(5):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg(quality=60 + number))
    async with listening(running) as address:
        ended = await run(
            SCRIPT,
            PYTHON=sys.executable,
            PINPAI_ADDRESS=address,
            PINPAI_USERNAME=unit.username,
            PINPAI_PASSWORD=PASSWORD,
            PINPAI_CATEGORY="qingman",
            PINPAI_PICTURES=str(tmp_path),
        )
    assert ended.status == 0, ended.everything
    assert ended.output.count("then submitted: “红马甲”邻里互助站, 5 pictures") == 2, ended.output
    if shutil.which("java"):
        assert ended.output.count(": ok") == GENERATED + 1, ended.output


@pytest.mark.thorough
@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node, as the contract's tools do")
async def test_a_mock_made_of_the_document_alone_answers_every_operation() -> None:
    asked = await run("bash", SCRIPT.with_name("mock.sh"), "--try")
    assert asked.status == 0, asked.everything
