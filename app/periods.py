"""实施时间: a day, or a month or a year where no more is known, and an end that is not yet.

Written as in ISO 8601: `2015`, `2015-03`, `2015-03-01`; `ongoing` is an end that is not yet.
"""

import re
import unicodedata
from calendar import monthrange
from datetime import date

from app.comparable import UNSEEN

ONGOING = "ongoing"
STARTS = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
ENDS = rf"({STARTS}|{ONGOING})"
YEAR = r"(19(0[1-9]|[1-9][0-9])|2[01][0-9]{2})"
MONTH = rf"{YEAR}-(0[1-9]|1[0-2])"
DAY = rf"{MONTH}-(0[1-9]|[12][0-9]|3[01])"
DATE = rf"({DAY}|{MONTH}|{YEAR})"
"""Exact but for the last days of months."""
FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Between them a date is one in every time zone."""

_UNSEEN = re.compile(UNSEEN)
_STILL = {ONGOING, "present", "..", "今", "至今", "迄今", "现在", "至现在", "目前", "至目前", "持续", "持续至今"}
_STILL |= {"持续进行", "仍在进行", "仍在实施", "进行中", "实施中", "长期"}
_WRITTEN = re.compile(
    r"(?:自|从|至)?(?P<year>\d{4})(?:年|[-./](?=\d)|$|(?=[起以开]))"
    r"(?:(?P<month>\d{1,2})(?:月份?|[-./](?=\d)|$|(?=[起以开]))"
    r"(?:(?P<day>\d{1,2})[日号]?)?)?(?:起|以来|开始)?",
    re.ASCII,
)
_SINCE = ("起", "以来", "开始")
_UNTIL = ("至", "到")
_BETWEEN = re.compile(r"至|到|[\u2012-\u2015\u2500~\u301c\u30fc]+|-+")
_MONTHS = re.compile(r"(\d{4})[./](\d{1,2})[-\u2012-\u2015~](\d{1,2})", re.ASCII)
"""Two months of a year: what parts them is not what parts the year from the first."""
_PART = re.compile(r"(?:(\d{1,2})月份?)?(?:(\d{1,2})[日号])?", re.ASCII)
"""A day or a month of which the other end has the year."""


def written(text: str) -> str:
    """Return a day, month or year as ISO 8601 writes it, and `ongoing` for 至今; any other text as it is."""
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    if plain in _STILL:
        return ONGOING
    match = _WRITTEN.fullmatch(plain)
    if not match:
        return text
    parts = [part for part in match.group("year", "month", "day") if part]
    iso = "-".join([parts[0], *(part.zfill(2) for part in parts[1:])])
    return iso if span(iso) else text


def span(text: str) -> tuple[date, date] | None:
    """Return the first and the last day that it may mean; None for what is no day, month or year."""
    if not re.fullmatch(STARTS, text, re.ASCII):
        return None
    year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
    if not FIRST_YEAR < year < LAST_YEAR:
        return None
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return first, first
    last_month = month or 12
    return first, date(year, last_month, monthrange(year, last_month)[1])


def lasted(text: str) -> tuple[str | None, str | None] | None:
    """Read a period as a form has it, 2015年3月至8月, 2015.3—2015.8, 2015年起; None for what may be another."""
    plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold().removesuffix("止")
    if short := _MONTHS.fullmatch(plain):
        plain = "{}年{}月至{}月".format(*short.groups())
    alone = written(plain)
    if alone == ONGOING or (span(alone) and plain.startswith(_UNTIL)):
        return None, alone
    if span(alone):
        return alone, ONGOING if plain.endswith(_SINCE) else None
    ends = {
        found for split in _BETWEEN.finditer(plain) if (found := _ends(plain[: split.start()], plain[split.end() :]))
    }
    return ends.pop() if len(ends) == 1 else None


def _ends(start: str, end: str) -> tuple[str | None, str | None] | None:
    """Read the two ends of a period, of which one may leave out what the other says."""
    begun, ended = written(start), written(end)
    if span(begun) and (part := _PART.fullmatch(end)):
        ended = _completed(begun, *part.groups())
    elif span(ended) and (part := _PART.fullmatch(start)) and part[1]:
        begun = _completed(ended, *part.groups())
    else:
        part = None
    first, last = span(begun), span(ended)
    known = (first or not start) and (last or ended == ONGOING)
    reversed_by_us = part and first and last and last[1] < first[0]
    return (begun or None, ended) if known and not reversed_by_us else None


def _completed(known: str, month: str | None, day: str | None) -> str:
    """Complete a month, or a day, by the year, or the month, that the other end has."""
    parts = [known[:4], month or known[5:7], *([day] if day else [])]
    return "-".join(part.zfill(2) for part in parts)


def spoken(text: str) -> str:
    """Say a day, month or year, or an end that is not yet, as a form does; any other text as it is."""
    if text == ONGOING:
        return "今"
    parts = text.split("-") if span(text) else []
    return "".join(f"{int(part)}{unit}" for part, unit in zip(parts, "年月日", strict=False)) or text


def lasting(started_on: str | None, ended_on: str | None) -> str:
    """Say a period as a form does, as far as its ends are known."""
    return spoken(started_on or "") + (f"至{spoken(ended_on)}" if ended_on else "")
