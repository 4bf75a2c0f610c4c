"""The table of what is deleted by itself."""

from datetime import datetime, timedelta

import pytest

from app.findings import CHINA
from app.services.policies.people.retention import KEPT, Periods, due_before, is_missed, is_night

PERIODS = Periods(trace=timedelta(days=184), notice=timedelta(days=730), value=timedelta(days=1095))
NOW = datetime(2015, 4, 21, 2, tzinfo=CHINA)


@pytest.mark.parametrize("name", KEPT)
def test_everything_has_a_period_and_is_missed_two_nights_after_it(name: str) -> None:
    due = due_before(name, PERIODS, NOW)
    assert due <= NOW
    assert [is_missed(name, PERIODS, due - timedelta(days=days), NOW) for days in (0, 2, 3)] == [False, False, True]


@pytest.mark.parametrize(("hour", "night"), [(0, False), (1, True), (4, True), (5, False), (13, False)])
def test_the_night_is_that_of_the_place(hour: int, night: bool) -> None:
    assert is_night(NOW.replace(hour=hour)) is night
