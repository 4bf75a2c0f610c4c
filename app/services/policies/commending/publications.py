"""The regulation of publicity (公示) and publication (通报): the length of a window, and the numbers of documents."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.findings import Finding, Rule
from app.models.enums import Severity
from app.services.policies.commending.working_days import Arrangement, published_until, working_days_after
from app.services.policies.filing.notice import CampaignSettings

CALENDAR_NOT_PUBLISHED = Rule(
    "calendar_not_published",
    "公示将至 {last_on}，而节假日安排的数据只到 {until}；{year} 年的放假和调休日期请先在活动设置中填写。",
    "The publicity would run to {last_on}, and the calendar knows the holidays until {until}: enter "
    "those of {year} in the campaign's settings first.",
    Severity.ADVICE,
)
NUMBER_TAKEN = Rule("number_taken", "发文字号“{number}”已经使用。", "The document number “{number}” is taken.")


@dataclass(frozen=True, slots=True)
class Window:
    """The days of publicity, and the instant it ends, exclusive."""

    first_on: date | None
    last_on: date | None
    ends_at: datetime


def window(settings: CampaignSettings, publicised_at: datetime) -> Window:
    """The campaign's number of days, to the end of the last in its zone; a window of no days ends at once."""
    count, day = settings.commendation.publicity_days, publicised_at.astimezone(settings.zone).date()
    if not count:
        return Window(None, None, publicised_at)
    if in_working_days(settings):
        first_on, last_on = working_days_after(day, count, arrangement(settings))
    else:
        first_on, last_on = day + timedelta(days=1), day + timedelta(days=count)
    return Window(first_on, last_on, settings.end_of(last_on))


def in_working_days(settings: CampaignSettings) -> bool:
    return settings.commendation.publicity_counts == "working_days"


def arrangement(settings: CampaignSettings) -> Arrangement:
    """Return the days that the office entered for its campaign."""
    return Arrangement(frozenset(settings.commendation.days_off), frozenset(settings.commendation.days_worked))


def calendar_advice(settings: CampaignSettings, publicised_at: datetime) -> list[Finding]:
    """Advise where the window reaches into a year that neither the calendar nor the office has the holidays of."""
    last_on, until = window(settings, publicised_at).last_on, published_until()
    if (
        last_on is None
        or not in_working_days(settings)
        or last_on <= until
        or arrangement(settings).covers(last_on.year)
    ):
        return []
    return [CALENDAR_NOT_PUBLISHED(year=last_on.year, until=until, last_on=last_on)]


@dataclass(frozen=True, slots=True)
class Series:
    """The running numbers of one wording in one year: the text before the number, and the text after it."""

    before: str
    after: str

    def numbered(self, number: int) -> str:
        return f"{self.before}{number}{self.after}"

    def next_after(self, given: Iterable[str]) -> int:
        """One more than the highest number in use; a number that was skipped stays free for the office to choose."""
        running = re.compile(rf"{re.escape(self.before)}([0-9]+){re.escape(self.after)}")
        return 1 + max((int(found[1]) for found in map(running.fullmatch, given) if found), default=0)


def series(wording: str, year: int) -> Series:
    """The series that a wording such as `路北文明办〔{year}〕{number}号` has in a year."""
    before, _, after = wording.replace("{year}", str(year)).partition("{number}")
    return Series(before, after)


def number_findings(number: str, given: Iterable[str]) -> list[Finding]:
    """A finding if the number is in use already."""
    return [NUMBER_TAKEN("/document_sequence", number=number)] if number in given else []
