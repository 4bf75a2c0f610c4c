from pathlib import Path

import pytest

from app.api.http import openapi
from app.main import create_app
from app.settings import Settings

COMMITTED = Path(__file__).parents[2] / "openapi" / "openapi.json"


def generated() -> str:
    """As on a machine where nothing is configured."""
    return openapi.dump(create_app(Settings.model_construct()))


@pytest.fixture(scope="module")
def once() -> str:
    return generated()


@pytest.mark.thorough
def test_the_committed_contract_is_what_the_code_says(once: str) -> None:
    assert COMMITTED.read_text("utf-8") == once, "run `make openapi` and commit the difference"


@pytest.mark.thorough
def test_the_same_code_says_the_same_every_time(once: str) -> None:
    assert generated() == once
