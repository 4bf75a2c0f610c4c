"""A period's dates are read as people write them, and kept as ISO 8601 writes them, no more exact than they are."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.periods import lasting, span, written


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        *(
            (each, "2015-03")
            for each in ("2015-03", "2015.03", "2015年3月起", "2015年3月份", "２０１５－０３", "自2015年3月以来")
        ),
        *((each, "2015-03-01") for each in ("2015/03/01", "2015-3-1", "2015年3月1日", " 2015-03-01\u200b")),
        *((each, "2015") for each in ("2015", "2015年", "2015年起")),
        *((each, "ongoing") for each in ("至今", "ongoing", "仍在进行")),
        *(
            (each, each)
            for each in (
                "2014年3月至今",
                "2015-02-29",
                "2015年13月",
                "去年",
                "1850",
                "2015-03-01T00:00",
                "",
                "20150301",
            )
        ),
    ],
)
def test_a_date_is_read_as_people_write_it(typed: str, expected: str) -> None:
    assert written(typed) == expected


@given(st.dates(date(1901, 1, 1), date(2199, 12, 31)))
def test_a_day_is_within_its_month_and_that_within_its_year(day: date) -> None:
    iso = day.isoformat()
    spans = [span(iso[:length]) for length in (4, 7, 10)]
    assert spans[2] == (day, day)
    assert all(each and each[0] <= day <= each[1] for each in spans)
    assert [written(iso[:length]) for length in (4, 7, 10)] == [iso[:4], iso[:7], iso]


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        (("2014", "ongoing"), "2014年至今"),
        (("2015-03", "2015-08-31"), "2015年3月至2015年8月31日"),
        (("2015-03", None), "2015年3月"),
        ((None, "2015"), "至2015年"),
        ((None, None), ""),
    ],
)
def test_a_period_is_said_as_far_as_it_is_known(ends: tuple[str | None, str | None], words: str) -> None:
    assert lasting(*ends) == words


@given(st.text())
def test_what_is_stored_is_read_as_itself(text: str) -> None:
    assert written(written(text)) == written(text)
