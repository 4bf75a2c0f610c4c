"""The regulation of renaming (更名): the day from which a name holds, and until when the one before it did."""

from collections.abc import Sequence
from datetime import date, datetime, time

from app.findings import CHINA, Finding, Rule

RENAMED_IN_FUTURE = Rule(
    "renamed_in_future",
    "更名日期（{effective_on}）尚未到；请自该日起再登记新名称。",
    "The new name holds from {effective_on}, which is still to come: enter it on that day or later.",
)
RENAMED_BEFORE_LAST_TIME = Rule(
    "renamed_before_last_time",
    "更名日期（{effective_on}）早于上一次更名（{last}）；请核对日期。",
    "The new name holds from {effective_on}, before the renaming of {last}: check the date.",
)
NEVER_RENAMED = Rule(
    "never_renamed",
    "名称没有改变，也没有曾用名，更名日期无处可记；请同时填写新名称。",
    "The name stays and there is no former one, so there is no renaming to date: send the new name as well.",
)
_POINTER = "/effective_on"


def findings(effective_on: date | None, ends: Sequence[datetime], now: datetime, *, renamed: bool) -> list[Finding]:
    """Judge the day of a renaming, or without a new name that of the last one, by the ends of the former names."""
    if effective_on is None:
        return []
    if not renamed and not ends:
        return [NEVER_RENAMED(_POINTER)]
    if effective_on > now.astimezone(CHINA).date():
        return [RENAMED_IN_FUTURE(_POINTER, effective_on=effective_on)]
    last = next((end.astimezone(CHINA).date() for end in _before(ends, renamed=renamed)), effective_on)
    params = {"effective_on": effective_on, "last": last}
    return [RENAMED_BEFORE_LAST_TIME(_POINTER, **params)] if effective_on < last else []


def end(effective_on: date | None, ends: Sequence[datetime], now: datetime, *, renamed: bool) -> datetime:
    """Return the end of the name before: now, or the beginning of that day, but never before it took another's place.

    `ends` are those of the former names, the latest first.
    """
    if effective_on is None:
        return now
    return max([datetime.combine(effective_on, time(), CHINA), *_before(ends, renamed=renamed)])


def _before(ends: Sequence[datetime], *, renamed: bool) -> Sequence[datetime]:
    """Return the end of the former name before the one that is dated, if there is one."""
    return ends[:1] if renamed else ends[1:2]
