"""Working days of the Chinese calendar: holidays are none, the Saturdays and Sundays worked instead are (调休)."""

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase


def is_working_day(day: date) -> bool:
    return _china().is_working_day(day)


def working_days_after(day: date, count: int) -> tuple[date, date]:
    """The first and the last of a number (at least 1) of working days after a day, which is itself not counted.

    《中华人民共和国民法典》第二百零一条: the day a period begins on is not counted.
    """
    return _china().get_nth_working_day(day, 1), _china().get_nth_working_day(day, count)


@cache
def _china() -> "HolidayBase":
    """The State Council's yearly arrangement as far as it is published; beyond it, the statutory holidays alone."""
    from holidays import country_holidays  # noqa: PLC0415  # 12 MB that only a process needs which publicises awards

    return country_holidays("CN")
