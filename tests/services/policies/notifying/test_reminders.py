"""Due reminders: every position of the clock among the windows, and every beginning of a debt."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pydantic import ValidationError

from app.services.filing.campaigns import template
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.notifying import reminders as policy

DEADLINE = datetime(2015, 9, 14, 16, tzinfo=UTC)
WEEK, THREE, DAY, HOURS = (timedelta(days=7), timedelta(days=3), timedelta(days=1), timedelta(hours=3))
WINDOWS = [WEEK, THREE, DAY, HOURS]
LONG_AGO = DEADLINE - timedelta(days=100)
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("left", "due"),
    [
        (WEEK + MOMENT, None),
        (WEEK, WEEK),
        (THREE + MOMENT, WEEK),
        (THREE, THREE),
        (DAY + MOMENT, THREE),
        (DAY, DAY),
        (HOURS + MOMENT, DAY),
        (HOURS, HOURS),
        (MOMENT, HOURS),
        (timedelta(), None),
        (-MOMENT, None),
    ],
)
@pytest.mark.parametrize("windows", [WINDOWS, WINDOWS[::-1]])
def test_the_nearest_window_that_has_opened_is_due(
    left: timedelta, due: timedelta | None, windows: list[timedelta]
) -> None:
    assert policy.due_window(DEADLINE - left, DEADLINE, windows, LONG_AGO) == due


@pytest.mark.parametrize(
    ("owed_for", "left", "due"),
    [
        (WEEK, DAY + MOMENT, THREE),
        (THREE, DAY + MOMENT, THREE),
        (THREE - MOMENT, DAY + MOMENT, None),
        (THREE - MOMENT, DAY, DAY),
        (HOURS - MOMENT, MOMENT, None),
    ],
)
def test_a_window_that_opened_before_anything_was_owed_is_no_occasion(
    owed_for: timedelta, left: timedelta, due: timedelta | None
) -> None:
    assert policy.due_window(DEADLINE - left, DEADLINE, WINDOWS, DEADLINE - owed_for) == due


def test_a_campaign_without_windows_reminds_nobody() -> None:
    assert policy.due_window(DEADLINE - MOMENT, DEADLINE, [], LONG_AGO) is None


@pytest.mark.parametrize(
    ("passed", "due"),
    [
        (-MOMENT, False),
        (timedelta(), True),
        (policy.AFTERMATH - MOMENT, True),
        (policy.AFTERMATH, False),
    ],
)
def test_who_missed_a_deadline_is_told_from_the_deadline_on_for_a_while(passed: timedelta, *, due: bool) -> None:
    assert policy.is_aftermath(DEADLINE + passed, DEADLINE) is due


def test_an_occasion_is_a_deadline_and_a_window_of_it() -> None:
    campaign, moved = UUID(int=1), DEADLINE + timedelta(days=1)
    occasions = {policy.occasion(campaign, at, window) for at in (DEADLINE, moved) for window in (None, *WINDOWS)}
    assert len(occasions) == 10
    assert policy.occasion(campaign, DEADLINE, DAY) == policy.occasion(campaign, DEADLINE.astimezone(), DAY)


def notice(*reminders: object) -> CampaignSettings:
    return CampaignSettings.model_validate(template("lubei-2015") | {"reminders": list(reminders)})


def test_a_campaign_says_how_long_before_in_days_or_hours() -> None:
    assert CampaignSettings.model_validate(template("lubei-2015")).leads() == WINDOWS
    assert notice("P10D", "PT99H").leads() == [timedelta(days=10), timedelta(hours=99)]
    assert notice().leads() == []


@pytest.mark.parametrize("wrong", ["P0D", "7D", "PT0H", "P1W", "P1DT3H", "-P1D", "P100D", "PT3M", 7, None])
def test_another_way_of_writing_it_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        notice(wrong)


@pytest.mark.parametrize("same", [("P7D", "P7D"), ("P1D", "PT24H")])
def test_a_reminder_occurs_once(same: tuple[str, str]) -> None:
    with pytest.raises(ValidationError, match="occurs twice"):
        notice(*same)
