"""The regulation of waiting before a sign-in: guessing is slow, and locks nobody else out.

Five failures of one account from one address close that pair for a while. An account under attack from many addresses
answers new addresses ever more slowly, but never one from which its owner signed in lately. One address may fail
often, because a whole district may sit behind it. An attempt under way counts like a failure until it is decided.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

WINDOW = timedelta(minutes=15)
FAILURES_PER_PAIR = 5
FAILURES_PER_ADDRESS = 300
FREE_FAILURES = 10
"""Failures of an account in a day, over all addresses, that slow nobody down."""
MANY_FAILURES = 50
REMEMBERED = timedelta(days=1)
"""The time that failures count against an account."""
KNOWN = timedelta(days=30)
"""The time that an address is known after a sign-in."""
UNDER_WAY = timedelta(minutes=1)
"""The time that an undecided attempt counts: longer than any check takes, so it is past when its request died."""

TURNS_PER_ADDRESS = 16
"""Requests of one address that check a secret or wait for it: half a second's work of one core."""
ADDRESSES_AT_ONCE = 128
"""Addresses with such a request: with one check each before two threads, the last one waits some two seconds."""
WAIT_FOR_TURN = timedelta(seconds=5)
"""A person still waits so long; later a request would work for somebody who has gone away."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """Earlier attempts as the rules count them; a time is that of the failure that reached a limit."""

    pair_failed_at: datetime | None
    pair_undecided_at: datetime | None
    address_failed_at: datetime | None
    address_undecided_at: datetime | None
    failures: int
    last_failure_at: datetime | None
    known_address: bool


def seconds_to_wait(seen: Attempts, now: datetime) -> int:
    """0 when the attempt may be made; otherwise at least 1."""
    until = [at + WINDOW for at in (seen.pair_failed_at, seen.address_failed_at) if at]
    if seen.last_failure_at and not seen.known_address:
        until.append(seen.last_failure_at + delay(seen.failures))
    waits = [ceil((instant - now).total_seconds()) for instant in until]
    undecided = (seen.pair_undecided_at, seen.address_undecided_at)
    if any(at + WINDOW > now for at in undecided if at):
        waits.append(1)  # with those being decided at this moment there are as many as may fail
    return max(0, *waits) if waits else 0


def delay(failures: int) -> timedelta:
    """The pause between attempts on an account from new addresses: 1, 2, 4 … 32 seconds, in the end a quarter."""
    if failures < FREE_FAILURES:
        return timedelta()
    return WINDOW if failures >= MANY_FAILURES else timedelta(seconds=min(2 ** (failures - FREE_FAILURES), 32))
