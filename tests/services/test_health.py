"""A part of the deployment that does not answer is named, and waited for no longer than the patience lasts."""

import asyncio
from typing import cast

import pytest

from app.services import health
from app.storage import Storage
from tests.world import World


class Part:
    """A store that answers as it is told to."""

    def __init__(self, seconds: float, error: Exception | None = None) -> None:
        self.seconds, self.error = seconds, error

    async def check(self) -> None:
        await asyncio.sleep(self.seconds)
        if self.error:
            raise self.error


@pytest.mark.parametrize(
    ("store", "away"), [(Part(0), []), (Part(60), ["store"]), (Part(0, OSError("no route")), ["store"])]
)
async def test_a_part_that_fails_or_hangs_is_named(
    world: World, monkeypatch: pytest.MonkeyPatch, store: Part, away: list[str]
) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.5)
    assert await health.away(world.database, cast(Storage, store)) == away
