from datetime import datetime, timedelta

import pytest

from app.services.policies.backups import GRACE, RETRY, STEP, is_due, is_overdue, resume_after
from tests.world import NOW

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def _ago(age: timedelta | None) -> datetime | None:
    return None if age is None else NOW - age


@pytest.mark.parametrize(
    ("taken", "failed", "due"),
    [
        (None, None, True),
        (DAY, None, True),
        (DAY - SECOND, None, False),
        (None, RETRY - SECOND, False),
        (None, RETRY, True),
        (2 * DAY, RETRY - SECOND, False),
        (DAY - SECOND, DAY, False),
    ],
)
def test_a_backup_is_due_when_the_last_is_old_and_no_failure_is_fresh(
    taken: timedelta | None, failed: timedelta | None, due: bool
) -> None:
    assert is_due(DAY, _ago(taken), _ago(failed), NOW) is due


@pytest.mark.parametrize(("age", "overdue"), [(None, True), (DAY + GRACE, False), (DAY + GRACE + SECOND, True)])
def test_a_backup_is_overdue_after_its_grace(age: timedelta | None, overdue: bool) -> None:
    assert is_overdue(DAY, _ago(age), NOW) is overdue


@pytest.mark.parametrize("reached", [0, 1, STEP - 1, STEP, 5 * STEP + 7])
def test_numbers_go_on_far_beyond_what_may_have_been_given(reached: int) -> None:
    assert STEP < resume_after(reached, 0) - reached <= 2 * STEP
    assert resume_after(0, reached) == resume_after(reached)
