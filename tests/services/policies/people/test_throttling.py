from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.services.policies.people.throttling import Attempts, delay, seconds_to_wait

NOW = datetime(2015, 4, 21, 2, 0, tzinfo=UTC)
NONE = {
    "pair_failed_at": None,
    "pair_undecided_at": None,
    "address_failed_at": None,
    "address_undecided_at": None,
    "failures": 0,
    "last_failure_at": None,
    "known_address": False,
}


def ago(**duration: float) -> datetime:
    return NOW - timedelta(**duration)


@pytest.mark.parametrize(
    ("seen", "seconds"),
    [
        ({}, 0),
        ({"pair_failed_at": ago(minutes=14)}, 60),
        ({"pair_failed_at": ago(minutes=14), "known_address": True}, 60),
        ({"pair_failed_at": ago(minutes=15)}, 0),
        ({"pair_undecided_at": ago(seconds=1)}, 1),
        ({"pair_undecided_at": ago(minutes=15)}, 0),
        ({"address_failed_at": ago(minutes=15, seconds=-0.2)}, 1),
        ({"address_undecided_at": ago(seconds=59)}, 1),
        ({"failures": 9, "last_failure_at": NOW}, 0),
        ({"failures": 10, "last_failure_at": NOW}, 1),
        ({"failures": 12, "last_failure_at": ago(seconds=1)}, 3),
        ({"failures": 49, "last_failure_at": NOW}, 32),
        ({"failures": 50, "last_failure_at": NOW}, 900),
        ({"failures": 5000, "last_failure_at": NOW, "known_address": True}, 0),
        ({"pair_failed_at": ago(minutes=10), "failures": 50, "last_failure_at": NOW}, 900),
    ],
)
def test_how_long_an_attempt_has_to_wait(seen: dict[str, Any], seconds: int) -> None:
    assert seconds_to_wait(Attempts(**(NONE | seen)), NOW) == seconds


def test_the_pause_only_ever_grows() -> None:
    pauses = [delay(failures) for failures in range(100)]
    assert pauses == sorted(pauses)
