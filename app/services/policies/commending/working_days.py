"""Working days of the Chinese calendar: holidays are none, the Saturdays and Sundays worked instead are (调休)."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Days that the office enters, for a year whose arrangement the calendar does not have, or that differ from it."""

    off: AbstractSet[date] = field(default_factory=frozenset)
    worked: AbstractSet[date] = field(default_factory=frozenset)

    def covers(self, year: int) -> bool:
        return any(day.year == year for day in (*self.off, *self.worked))


AS_PUBLISHED = Arrangement()
FIRST_YEAR, LAST_YEAR = 2015, 2100


def is_working_day(day: date, entered: Arrangement = AS_PUBLISHED) -> bool:
    return day in entered.worked or (day not in entered.off and _china().is_working_day(day))


def working_days_after(day: date, count: int, entered: Arrangement = AS_PUBLISHED) -> tuple[date, date]:
    """The first and the last of a number (at least 1) of working days after a day, which is itself not counted.

    《中华人民共和国民法典》第二百零一条: the day a period begins on is not counted.
    """
    found: list[date] = []
    while len(found) < count:
        day += timedelta(days=1)
        if is_working_day(day, entered):
            found.append(day)
    return found[0], found[-1]


@cache
def published_until() -> date:
    """The last day of the last year whose arrangement the calendar has: every one has weekends that are worked."""
    known = type(_china())(years=range(FIRST_YEAR, LAST_YEAR))
    return date(max(known.weekend_workdays).year, 12, 31)


@cache
def _china() -> "HolidayBase":
    """The State Council's yearly arrangement as far as it is published; beyond it, the statutory holidays alone."""
    from holidays import country_holidays  # noqa: PLC0415  # 12 MB that only a process needs which has awards to publicise

    return country_holidays("CN")
