"""The day of a renaming: not ahead, not before the last one, and nothing to date where nothing was renamed."""

from collections.abc import Sequence
from datetime import date, datetime

import pytest

from app.findings import CHINA
from app.services.policies.people.former_names import end, findings

NOW = datetime(2015, 4, 21, 10, tzinfo=CHINA)
MARCH, APRIL = datetime(2015, 3, 1, tzinfo=CHINA), datetime(2015, 4, 10, 9, tzinfo=CHINA)
TODAY, TOMORROW = date(2015, 4, 21), date(2015, 4, 22)


@pytest.mark.parametrize(
    ("effective_on", "ends", "renamed", "code"),
    [
        (None, [], False, None),
        (None, [APRIL], True, None),
        (TODAY, [], True, None),
        (TODAY, [], False, "never_renamed"),
        (TOMORROW, [], False, "never_renamed"),
        (TOMORROW, [], True, "renamed_in_future"),
        (TOMORROW, [APRIL], False, "renamed_in_future"),
        (date(1949, 10, 1), [], True, None),
        (date(2015, 4, 10), [APRIL, MARCH], True, None),
        (date(2015, 4, 9), [APRIL, MARCH], True, "renamed_before_last_time"),
        (date(2015, 4, 9), [APRIL, MARCH], False, None),
        (date(2015, 3, 1), [APRIL, MARCH], False, None),
        (date(2015, 2, 28), [APRIL, MARCH], False, "renamed_before_last_time"),
        (date(1949, 10, 1), [APRIL], False, None),
    ],
)
def test_a_day_is_judged_by_today_and_by_the_renaming_before(
    effective_on: date | None, ends: Sequence[datetime], renamed: bool, code: str | None
) -> None:
    found = findings(effective_on, ends, NOW, renamed=renamed)
    assert [(each.rule.code, each.pointer) for each in found] == ([(code, "/effective_on")] if code else [])


@pytest.mark.parametrize(
    ("effective_on", "ends", "renamed", "expected"),
    [
        (None, [APRIL], True, NOW),
        (TODAY, [], True, datetime(2015, 4, 21, tzinfo=CHINA)),
        (date(2015, 4, 10), [APRIL], True, APRIL),
        (date(2015, 4, 10), [APRIL], False, datetime(2015, 4, 10, tzinfo=CHINA)),
        (date(2015, 3, 1), [APRIL, MARCH], False, MARCH),
    ],
)
def test_the_name_before_ends_with_the_day_but_not_before_it_began(
    effective_on: date | None, ends: Sequence[datetime], renamed: bool, expected: datetime
) -> None:
    assert end(effective_on, ends, NOW, renamed=renamed) == expected
