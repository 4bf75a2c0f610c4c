"""Messages that the example accepts: those that Pinpai signed just now, each once in effect."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from httpx2 import AsyncClient

from app.services.policies.handover.deliveries import Message
from tests.handover.processes import receiver, running
from tests.world.ports import free_port

OLD, NEW, FOREIGN = (f"whsec_{letter * 43}=" for letter in "AEI")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Sent:
    """A message as it is on its way."""

    body: bytes
    headers: dict[str, str]

    def with_headers(self, **headers: str) -> "Sent":
        return replace(self, headers=self.headers | {name.replace("_", "-"): value for name, value in headers.items()})


def signed(*secrets: str, age: timedelta = timedelta(), name: str = "m-1") -> Sent:
    """A message as Pinpai makes it."""
    message = Message(name, b'{"type":"endpoint.probed"}')
    return Sent(message.body, message.headers(secrets, datetime.now(UTC) - age))


@dataclass
class Example:
    """The example by itself, with nobody behind it to ask."""

    url: str
    database: Path
    answers: list[int] = field(default_factory=list)

    async def statuses_of(self, *messages: Sent) -> list[int]:
        """Status of the answer to each."""
        async with AsyncClient() as client:
            return [
                (await client.post(self.url, content=each.body, headers=each.headers)).status_code for each in messages
            ]

    def kept(self) -> list[tuple[str, int]]:
        """The messages it knows, and how often each came."""
        with closing(sqlite3.connect(self.database)) as database:
            return database.execute("SELECT id, times FROM messages ORDER BY id").fetchall()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def process(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Example]:
    folder, port = tmp_path_factory.mktemp("receiver"), free_port()
    given = {"pinpai_url": "http://127.0.0.1:1", "client_id": "nobody", "client_secret": "none", "pause": "3600"}
    given |= {"database": str(folder / "receiver.db"), "webhook_secrets": f"{OLD},{NEW}"}
    async with running(receiver(folder, port, **given)):
        yield Example(f"http://127.0.0.1:{port}/hooks", folder / "receiver.db")


@pytest.fixture
def example(process: Example) -> Example:
    """It has heard of nothing yet."""
    with closing(sqlite3.connect(process.database)) as database, database:
        database.execute("DELETE FROM messages")
    return process


async def test_a_message_is_taken_with_either_secret_also_while_nobody_is_there_to_ask(example: Example) -> None:
    answers = await example.statuses_of(signed(OLD, name="a"), signed(NEW, name="b"), signed(NEW, OLD, name="c"))
    assert (answers, example.kept()) == ([204] * 3, [("a", 1), ("b", 1), ("c", 1)])


async def test_a_message_that_is_played_again_is_recognised(example: Example) -> None:
    once = signed(OLD)
    again = signed(NEW)  # a later attempt of the same message
    assert await example.statuses_of(once, once, again) == [204, 204, 204]
    assert example.kept() == [("m-1", 3)]


REFUSED: dict[str, Callable[[], Sent]] = {
    "altered": lambda: replace(signed(OLD), body=b'{"type":"endpoint.probeD"}'),
    "under another id": lambda: signed(OLD).with_headers(webhook_id="m-2"),
    "played again later": lambda: signed(OLD, age=6 * MINUTE),
    "made to look fresh": lambda: signed(OLD, age=6 * MINUTE).with_headers(
        webhook_timestamp=str(int(datetime.now(UTC).timestamp()))
    ),
    "from the future": lambda: signed(OLD, age=-6 * MINUTE),
    "by somebody else": lambda: signed(FOREIGN),
    "not signed": lambda: Sent(b"{}", {}),
    "signed in no known way": lambda: signed(OLD).with_headers(webhook_signature="v9,AAAA"),
    "signed in a broken way": lambda: signed(OLD).with_headers(webhook_signature="v1"),
    "not text": lambda: replace(signed(OLD), body=b"\xff\xfe"),
    "at no time": lambda: signed(OLD).with_headers(webhook_timestamp="nan"),
}


@pytest.mark.parametrize("message", REFUSED.values(), ids=REFUSED)
async def test_a_message_is_refused_that_is(example: Example, message: Callable[[], Sent]) -> None:
    assert (await example.statuses_of(message()), example.kept()) == ([401], [])


async def test_a_message_without_end_is_refused(example: Example) -> None:
    assert (await example.statuses_of(replace(signed(OLD), body=b"x" * 70_000)), example.kept()) == ([413], [])
