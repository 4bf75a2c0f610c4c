"""Answers that are made once: as long as the database says that nothing was written."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest

from app.api.http import published
from app.api.http.output import Out
from app.api.http.published import Shelf
from app.context import View
from tests.world import NOW


class Said(Out):
    """An answer."""

    words: str


@dataclass
class Fake:
    """A database in a state, and how often an answer was made of it."""

    state: str = "7:7:"
    now: Any = NOW
    made: list[str] = field(default_factory=list)

    async def snapshot(self) -> str:
        return self.state

    async def make(self) -> Said:
        self.made.append(self.state)
        return Said(words=self.state * 100)

    async def ask(self, shelf: Shelf, address: str = "/awards?") -> str:
        return (await shelf.at(address, cast("View", self), self.make)).snapshot


async def test_an_answer_is_made_once_in_each_state() -> None:
    shelf, fake = Shelf(), Fake()
    assert [await fake.ask(shelf) for _ in range(3)] == ["7:7:"] * 3
    fake.state = "7:8:7"
    assert [await fake.ask(shelf) for _ in range(2)] == ["7:8:7"] * 2
    assert fake.made == ["7:7:", "7:8:7"]
    fake.now += published.LASTS - timedelta(microseconds=1)
    await fake.ask(shelf)
    assert len(fake.made) == 2
    fake.now += timedelta(microseconds=1)
    await fake.ask(shelf)
    assert len(fake.made) == 3


async def test_what_nobody_asked_for_the_longest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf, fake = Shelf(), Fake()
    one = await shelf.at("/a?", cast("View", fake), fake.make)
    monkeypatch.setattr(published, "MOST_BYTES", 2 * len(one.packed))
    for address in ("/b?", "/a?", "/c?", "/a?", "/b?"):
        await fake.ask(shelf, address)
    assert len(fake.made) == 4  # only b was made again
