"""Turns before secrets are checked: one at a time for each address, a few waiting, the others told to come again.

Argon2 takes 19 MiB and some 30 ms of a core, so whoever floods it makes everybody wait. Each address has at most one
check before the hashing threads: a newcomer waits for one check of each address that is ahead, however many one sent.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from app.addresses import network_of
from app.problems import TooManyRequests, Unavailable
from app.services.policies.people.throttling import ADDRESSES_AT_ONCE, TURNS_PER_ADDRESS, WAIT_FOR_TURN


@dataclass(slots=True)
class _Line:
    """The requests of one address: the one whose turn it is, and those behind it."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    length: int = 0


_LINES: dict[str, _Line] = {}
"""Those of this process; the attempts themselves are counted in the database."""


@asynccontextmanager
async def turn(address: str) -> AsyncIterator[None]:
    """Hold the address's turn; TooManyRequests or Unavailable, at once or after a short wait, where there is none."""
    network = network_of(address)
    line = _line_of(network)
    line.length += 1
    try:
        await _reached(line)
        try:
            yield
        finally:
            line.turn.release()
    finally:
        line.length -= 1
        if not line.length:
            del _LINES[network]


def _line_of(network: str) -> _Line:
    if network not in _LINES and len(_LINES) >= ADDRESSES_AT_ONCE:
        raise Unavailable(retry_after=2)
    line = _LINES.setdefault(network, _Line())
    if line.length >= TURNS_PER_ADDRESS:
        raise TooManyRequests(retry_after=1)
    return line


async def _reached(line: _Line) -> None:
    try:
        async with asyncio.timeout(WAIT_FOR_TURN.total_seconds()):
            await line.turn.acquire()
    except TimeoutError:
        raise Unavailable(retry_after=2) from None
