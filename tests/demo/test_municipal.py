"""The other side of the play, without the play."""

import asyncio
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from demo.cast import Person
from demo.client import Client
from demo.errors import CannotPlay
from demo.municipal import EXAMPLE, ExampleReceiver, StandIn
from demo.narrator import Narrator
from demo.pushing import listens
from tests.demo.served import in_the_morning, served
from tests.world import World
from tests.world.handover import NOMINATIONS, Nominating, nominating
from tests.world.ports import free_port
from tests.world.worker import number_all

AGREES = {"agrees": True, "missing": [], "unknown": [], "different": [], "superseded": []}


def person_of(place: Nominating, url: str) -> Person:
    token = place.by_municipal.headers["authorization"].removeprefix("Bearer ")
    return Person("市文明办", "", Client(url, token), Narrator(lambda _: None))


async def looked(place: Nominating, system: StandIn, *answers: str) -> Mapping[str, Any]:
    await number_all(place.world.database)
    return await asyncio.to_thread(system.look, *answers)


async def answers_to(place: Nominating, nomination: dict[str, Any]) -> list[str]:
    kept = await place.by_office.get(f"{NOMINATIONS}/{nomination['id']}/answers")
    return [each["kind"] for each in kept.json()["items"]]


@pytest.mark.thorough
async def test_where_the_example_is_not_its_part_is_played_by_hand(world: World, settings: Settings) -> None:
    place = await nominating(world, 2)
    async with served(in_the_morning(settings)) as url:
        system = StandIn(person_of(place, url), str(place.campaign.id), 0)
        first = await place.nominated(0)
        assert await looked(place, system, "received", "accepted", "decided") == AGREES
        second = await place.nominated(1)
        assert await looked(place, system, "received", "returned") == AGREES
        assert await looked(place, system, "accepted") == AGREES
    assert [await place.status(each) for each in (first, second)] == ["decided", "returned"]
    assert await answers_to(place, first) == ["received", "accepted", "decided"]
    assert await answers_to(place, second) == ["received", "returned"]


def example(folder: Path, **given: str) -> ExampleReceiver:
    plain = {"pinpai_url": "http://127.0.0.1:1", "client_id": "nobody", "client_secret": "none", "pause": "3600"}
    return ExampleReceiver("", plain | {"database": str(folder / "receiver.db")} | given)


@pytest.mark.thorough
def test_an_example_that_fails_says_why_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CannotPlay, match=r"^The example receiver failed: httpx2\.ConnectError: .*refused$"):
        example(tmp_path).look("received")


@pytest.mark.thorough
def test_an_example_that_cannot_listen_says_so_and_has_ended(tmp_path: Path) -> None:
    receiver, address = example(tmp_path, database=str(tmp_path)), f"127.0.0.1:{free_port()}"
    with (
        pytest.raises(CannotPlay, match=f"^The example receiver does not start at {address}.$"),
        receiver.listening(address, "", "received"),
    ):
        raise AssertionError
    assert not listens(address)


@pytest.mark.thorough
def test_whatever_happens_nobody_goes_on_listening(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"

    def break_off() -> None:
        with example(tmp_path).listening(address, "", "received"):
            assert listens(address)
            raise CannotPlay("broken off")

    with pytest.raises(CannotPlay, match="broken off"):
        break_off()
    assert not listens(address)


def test_what_the_play_sets_up_is_what_the_example_keeps() -> None:
    with closing(sqlite3.connect(":memory:")) as kept:
        kept.executescript((EXAMPLE / "schema.sql").read_text("utf-8"))
        assert kept.execute("UPDATE position SET last = 7 RETURNING *").fetchall() == [(1, 7)]
