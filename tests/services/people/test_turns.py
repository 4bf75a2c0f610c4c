import asyncio
from datetime import timedelta

import pytest

from app.problems import Problem
from app.services.people import turns
from app.services.policies.people.throttling import ADDRESSES_AT_ONCE, TURNS_PER_ADDRESS

HERE, THERE = "10.0.0.1", "2001:db8::1"


class Holder:
    """Requests that hold a turn until they are told to go on."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.gone_on = asyncio.Event()

    async def request(self, address: str) -> str:
        try:
            async with turns.turn(address):
                self.inside.append(address)
                await self.gone_on.wait()
        except Problem as refused:
            return f"{type(refused).__name__} {refused.retry_after}"
        return "done"

    def send(self, *addresses: str) -> list[asyncio.Task[str]]:
        return [asyncio.create_task(self.request(address)) for address in addresses]


async def settled() -> None:
    for _ in range(1000):
        await asyncio.sleep(0)


async def test_an_address_has_one_turn_at_a_time_and_the_others_have_theirs() -> None:
    holder = Holder()
    requests = holder.send(HERE, HERE, HERE, THERE, "2001:db8::2", "::ffff:10.0.0.1")
    await settled()
    assert holder.inside == [HERE, THERE]
    holder.gone_on.set()
    assert await asyncio.gather(*requests) == ["done"] * 6


async def test_a_long_line_of_one_address_sends_away_at_once() -> None:
    holder = Holder()
    requests = holder.send(*[HERE] * (TURNS_PER_ADDRESS + 2), THERE)
    await settled()
    assert [task.result() for task in requests if task.done()] == ["TooManyRequests 1"] * 2
    holder.gone_on.set()
    assert (await asyncio.gather(*requests)).count("done") == TURNS_PER_ADDRESS + 1


async def test_very_many_addresses_are_too_many() -> None:
    holder = Holder()
    requests = holder.send(*[f"10.0.1.{n}" for n in range(ADDRESSES_AT_ONCE + 1)], "10.0.1.0")
    await settled()
    assert requests[ADDRESSES_AT_ONCE].result() == "Unavailable 2"
    holder.gone_on.set()
    assert (await asyncio.gather(*requests)).count("done") == ADDRESSES_AT_ONCE + 1


async def test_nobody_waits_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "WAIT_FOR_TURN", timedelta(milliseconds=10))
    holder = Holder()
    first, second = holder.send(HERE, HERE)
    assert await second == "Unavailable 2"
    holder.gone_on.set()
    assert await first == "done"


async def test_a_request_that_dies_in_line_or_in_its_turn_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "ADDRESSES_AT_ONCE", 1)
    holder = Holder()
    requests = holder.send(HERE, HERE, HERE)
    await settled()
    for task in requests[:2]:
        task.cancel()
    await settled()
    assert holder.inside == [HERE, HERE]
    holder.gone_on.set()
    assert await requests[2] == "done"
    assert await holder.send(THERE)[0] == "done"
