"""The numbers in a phone cell, however they were typed: several of them, with extensions, names and remarks."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from app.comparable import UNSEEN

HIDDEN = "***"
SHORTEST, LONGEST = 5, 17
"""Digits of a number: a service number has five; country code and number have fifteen, with `00` before them."""

_DASHES = re.compile(r"[\u2010-\u2015\u2212\u2500\u30fc]")
_UNSEEN = re.compile(UNSEEN)
_REMARK = re.compile(r"\((?!\D{0,4}\d{1,6}\s*\))[^()]*[^\d\s()+./-][^()]*\)")
"""A remark such as (张主任): not (转8011), and no area code."""
_BRACKETED = re.compile(r"(?<=\d)\s*\(\s*(\d{1,6})\s*\)(?!\s*\d)")
"""An extension in brackets behind its number: 84889922(3366)."""
_GAP = re.compile(r"(?<=\d{7})\s+(?=[+(]|0\d{2,3}\b|\d{7})")
"""A space that ends a number where the next one begins."""
_NUMBER = re.compile(
    r"(?P<again>[/、]\s*)?(?P<digits>[+(]*\d(?:[\s().-]*\d)*)"
    r"(?:[\s().-]*(?:转接?|分机号?|内线|ext[a-z]*|x|#)[\s.:-]*(?P<extension>\d{1,6}))?"
)
_GAP_WITHIN = r"[\s()（）.\-\u2010-\u2015\u2212\uff0d]{0,2}"
_MOBILE = rf"[1１][3-9３-９]\d{_GAP_WITHIN}\d{{4}}{_GAP_WITHIN}\d{{4}}"
_FIXED = rf"[0０][1-9１-９]\d{{1,2}}{_GAP_WITHIN}\d{{3,4}}{_GAP_WITHIN}\d{{4}}"
_CALLED = rf"(?<=电话|手机|座机|联系|拨打|热线)(?P<said>[^\d\n]{{0,6}})(?!{_MOBILE}|{_FIXED})\d{{3,4}}[\s-]?\d{{4}}"
_IN_PROSE = re.compile(rf"(?<!\d)(?:(?:[+＋]|00)?86{_GAP_WITHIN})?(?:{_MOBILE}|{_FIXED})(?!\d)|{_CALLED}(?!\d)")
"""Numbers of persons and offices within a text: figures, dates and service numbers such as 12345 are none."""
_COUNTRY = re.compile(r"^(00)?86(?=1\d{10}$)")


@dataclass(frozen=True, slots=True)
class Number:
    """One number: its groups of digits as typed, and its extension or nothing."""

    groups: tuple[str, ...]
    extension: str

    @property
    def digits(self) -> str:
        return "".join(self.groups)

    @property
    def dialled(self) -> str:
        """The number as it is dialled within the country; one switchboard has many extensions."""
        return _COUNTRY.sub("", self.digits) + ("-" + self.extension if self.extension else "")


def numbers(text: str) -> list[Number]:
    """Return the numbers in a text, in their order; 2345651/52 are two of them."""
    found: list[Number] = []
    for again, groups, extension in _written(text):
        length = sum(map(len, groups))
        if SHORTEST <= length <= LONGEST:
            found.append(Number(groups, extension))
        elif again and found and length < SHORTEST:
            found.append(Number((*found[-1].groups[:-1], found[-1].groups[-1][:-length] + groups[0]), extension))
    return found


def dialled(text: str | None) -> list[str] | None:
    """Return what is compared of a phone cell; None where it has no number."""
    return [each.dialled for each in numbers(text or "")] or None


def in_prose(text: str) -> list[str]:
    """Return everything within a text that reads like a telephone number, as it was typed."""
    return [match[0].removeprefix(match["said"] or "") for match in _IN_PROSE.finditer(text)]


def without_numbers(text: str) -> str:
    """Return a text for readers whom its telephone numbers do not concern."""
    return _IN_PROSE.sub(lambda match: (match["said"] or "") + HIDDEN, text)


def _written(text: str) -> Iterator[tuple[bool, tuple[str, ...], str]]:
    """Yield each run of digits: true if it may replace the end of the one before, its groups, its extension."""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", _UNSEEN.sub(" ", text)).casefold())
    plain = _GAP.sub(";", _BRACKETED.sub(r"转\1", _REMARK.sub(";", plain)))
    for match in _NUMBER.finditer(plain):
        yield bool(match["again"]), tuple(re.findall(r"\d+", match["digits"])), match["extension"] or ""
