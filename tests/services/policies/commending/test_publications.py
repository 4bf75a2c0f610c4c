from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from app.models.enums import Language
from app.services.filing.campaigns import template
from app.services.policies.commending.publications import calendar_advice, number_findings, series, window
from app.services.policies.commending.working_days import published_until
from app.services.policies.filing.notice import CampaignSettings
from tests.world import ZONE

TEMPLATE = template("lubei-2015")


def settings(days: int, **changes: Any) -> CampaignSettings:
    commendation = TEMPLATE["commendation"] | {"publicity_days": days}
    return CampaignSettings.model_validate(TEMPLATE | {"commendation": commendation} | changes)


@pytest.mark.parametrize(
    ("days", "publicised_on", "first_on", "last_on"),
    [
        (1, date(2015, 11, 9), date(2015, 11, 10), date(2015, 11, 10)),
        (5, date(2015, 11, 9), date(2015, 11, 10), date(2015, 11, 16)),
        (5, date(2015, 11, 13), date(2015, 11, 16), date(2015, 11, 20)),
        (5, date(2015, 11, 14), date(2015, 11, 16), date(2015, 11, 20)),
        (3, date(2015, 4, 30), date(2015, 5, 4), date(2015, 5, 6)),
        (2, date(2015, 9, 2), date(2015, 9, 6), date(2015, 9, 7)),
        (5, date(2015, 9, 30), date(2015, 10, 8), date(2015, 10, 13)),
    ],
    ids=["the next", "over a weekend", "from a Friday", "from a Saturday", "labour day", "a Sunday worked", "national"],
)
def test_so_many_working_days_follow_the_day_of_publicising(
    days: int, publicised_on: date, first_on: date, last_on: date
) -> None:
    for hour in (0, 23):
        at = datetime.combine(publicised_on, datetime.min.time(), ZONE).replace(hour=hour)
        found = window(settings(days), at)
        assert (found.first_on, found.last_on) == (first_on, last_on)
        assert found.ends_at == datetime.combine(last_on + timedelta(days=1), datetime.min.time(), ZONE)


def test_the_day_is_the_one_it_is_in_the_campaigns_time_zone() -> None:
    at = datetime(2015, 11, 9, 16, 30, tzinfo=UTC)  # the 10th in Shanghai
    assert window(settings(1), at).first_on == date(2015, 11, 11)
    elsewhere = window(settings(1, timezone="Europe/London"), at)
    assert (elsewhere.first_on, elsewhere.ends_at) == (date(2015, 11, 10), datetime(2015, 11, 11, tzinfo=UTC))


@pytest.mark.parametrize(
    ("days", "publicised_on", "first_on", "last_on"),
    [
        (1, date(2015, 11, 13), date(2015, 11, 14), date(2015, 11, 14)),
        (7, date(2015, 9, 30), date(2015, 10, 1), date(2015, 10, 7)),
        (30, date(2027, 12, 31), date(2028, 1, 1), date(2028, 1, 30)),
    ],
    ids=["a Saturday", "the whole holiday", "a year without a calendar"],
)
def test_calendar_days_count_whatever_day_they_are(
    days: int, publicised_on: date, first_on: date, last_on: date
) -> None:
    at = datetime.combine(publicised_on, datetime.min.time(), ZONE)
    counted = TEMPLATE["commendation"] | {"publicity_days": days, "publicity_counts": "calendar_days"}
    found = window(settings(days, commendation=counted), at)
    assert (found.first_on, found.last_on) == (first_on, last_on)
    assert found.ends_at == datetime.combine(last_on + timedelta(days=1), datetime.min.time(), ZONE)
    assert calendar_advice(settings(days, commendation=counted), at) == []


def test_a_window_of_no_days_ends_as_it_begins() -> None:
    at = datetime(2015, 11, 9, 10, tzinfo=ZONE)
    found = window(settings(0), at)
    assert (found.first_on, found.last_on, found.ends_at) == (None, None, at)


WORDING = "路北文明办〔{year}〕{number}号"


@pytest.mark.parametrize(
    ("wording", "given", "expected"),
    [
        (WORDING, [], "路北文明办〔2015〕1号"),
        (
            WORDING,
            ["路北文明办〔2015〕1号", "路北文明办〔2015〕12号", "路北文明办〔2015〕3号"],
            "路北文明办〔2015〕13号",
        ),
        (WORDING, ["路北文明办〔2014〕7号", "别的〔2015〕8号", "路北文明办〔2015〕附号"], "路北文明办〔2015〕1号"),
        ("No. {number}", ["No. 9", "No. 10"], "No. 11"),
        ("{number}", ["41", "x42"], "42"),
        ("{year}.{number}(a)", ["2015.4(a)", "2015x7(a)"], "2015.5(a)"),
    ],
)
def test_the_next_number_follows_the_highest_of_its_wording_and_year(
    wording: str, given: list[str], expected: str
) -> None:
    running = series(wording, 2015)
    assert running.numbered(running.next_after(given)) == expected


def test_a_number_somebody_has_is_refused() -> None:
    given = ["路北文明办〔2015〕12号"]
    assert number_findings("路北文明办〔2015〕13号", given) == []
    [finding] = number_findings("路北文明办〔2015〕12号", given)
    assert (finding.rule.code, finding.pointer) == ("number_taken", "/document_sequence")


def test_where_the_calendar_ends_the_office_is_advised_to_enter_the_days() -> None:
    """And what it enters counts: 2 January is off, and the Saturday after it is worked."""
    year = published_until().year + 1
    at = datetime(year, 1, 1, 9, tzinfo=ZONE)
    days = [date(year, 1, day) for day in range(2, 20)]
    saturday = next(day for day in days if day.weekday() == 5)
    monday = next(day for day in days if day.weekday() == 0)
    (advice,) = calendar_advice(settings(5), at)
    assert not advice.refuses
    for language in Language:
        assert str(year) in advice.worded(language).message
    assert calendar_advice(settings(5), at.replace(year=year - 1, month=3)) == []
    commendation = TEMPLATE["commendation"] | {"publicity_days": 5}
    commendation |= {"days_off": [str(monday)], "days_worked": [str(saturday)]}
    entered = CampaignSettings.model_validate(TEMPLATE | {"commendation": commendation})
    assert calendar_advice(entered, at) == []
    before = datetime.combine(saturday - timedelta(days=1), datetime.min.time(), ZONE)
    assert window(entered, before).first_on == saturday
    assert window(entered, before).last_on == window(settings(5), before).last_on


def test_no_day_is_both_off_and_worked() -> None:
    both = {"days_off": ["2027-02-08"], "days_worked": ["2027-02-08"]}
    with pytest.raises(ValidationError, match="off and worked"):
        CampaignSettings.model_validate(TEMPLATE | {"commendation": TEMPLATE["commendation"] | both})
