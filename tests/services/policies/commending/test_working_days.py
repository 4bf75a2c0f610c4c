"""Against the State Council's arrangements for 2015 (国办发明电〔2014〕28号; 国发明电〔2015〕1号 for 9月3日)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.policies.commending.working_days import is_working_day, working_days_after


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2015, 1, 4), True),  # a Sunday, for New Year's Day
        (date(2015, 2, 19), False),  # Spring Festival
        (date(2015, 2, 28), True),  # a Saturday, for it
        (date(2015, 9, 3), False),  # the seventieth anniversary of victory
        (date(2015, 9, 6), True),  # a Sunday, for it
        (date(2015, 10, 7), False),
        (date(2015, 10, 10), True),  # a Saturday, for National Day
        (date(2015, 10, 17), False),  # any Saturday
        (date(2015, 10, 19), True),  # any Monday
    ],
)
def test_holidays_are_not_worked_and_some_weekends_are(day: date, worked: bool) -> None:
    assert is_working_day(day) is worked


@pytest.mark.parametrize(
    ("publicised", "count", "window"),
    [
        (date(2015, 9, 28), 5, (date(2015, 9, 29), date(2015, 10, 10))),  # over National Day, the Saturday counts
        (date(2015, 10, 8), 5, (date(2015, 10, 9), date(2015, 10, 14))),
        (date(2015, 10, 16), 1, (date(2015, 10, 19), date(2015, 10, 19))),  # a Friday
        (date(2015, 10, 19), 5, (date(2015, 10, 20), date(2015, 10, 26))),
    ],
)
def test_the_day_it_begins_on_is_not_counted(publicised: date, count: int, window: tuple[date, date]) -> None:
    assert working_days_after(publicised, count) == window


@given(st.dates(date(2008, 1, 1), date(2040, 1, 1)), st.integers(1, 30))
def test_a_window_holds_exactly_so_many_working_days(day: date, count: int) -> None:
    first, last = working_days_after(day, count)
    days = [day + timedelta(days=step) for step in range(1, (last - day).days + 1)]
    assert next(each for each in days if is_working_day(each)) == first
    assert sum(map(is_working_day, days)) == count
    assert is_working_day(last)
