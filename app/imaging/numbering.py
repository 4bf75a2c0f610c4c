"""The numbers of lists, which Word draws and a document does not say: 一、（1）①."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase, ascii_uppercase
from typing import Self

from app.imaging.markup import Element

LEVELS = 9
DIGITS = "〇一二三四五六七八九"
STEMS = "甲乙丙丁戊己庚辛壬癸"
BULLET = "•"
ENDS = "、。．.，,）)】］]："
"""Marks after which no space stands between a number and its text."""
_PLACE = re.compile(r"%([1-9])")
_OWN = re.compile("[\ue000-\uf8ff]")
"""Signs of a font of symbols."""
HIGHEST_ROMAN = 39
ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
MOST = 9_999


@dataclass(slots=True)
class Level:
    """A level of a list: where it starts, how its numbers are written, and with what around them."""

    start: int = 1
    form: str = "decimal"
    text: str = ""


@dataclass(slots=True)
class Numbering:
    """The lists of a document, and how far each of them has come."""

    levels: dict[str, dict[int, Level]]
    abstract_of: dict[str, str]
    of_styles: dict[str, tuple[str | None, str | None, str | None]]
    _counts: dict[str, list[int]] = field(default_factory=dict)
    _restarts: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, numbering: Element, styles: Element) -> Self:
        """Read the lists, and the styles that number their paragraphs."""
        levels = {
            each.attributes.get("abstractNumId", ""): dict(map(_level, each.every("lvl")))
            for each in numbering.every("abstractNum")
        }
        lists = [*numbering.every("num")]
        abstract_of = {each.attributes.get("numId", ""): each.value("abstractNumId") or "" for each in lists}
        made = cls(levels, abstract_of, dict(_styles(styles)))
        made._restarts = {each.attributes.get("numId", ""): dict(_restarts(each)) for each in lists}
        return made

    def number(self, paragraph: Element) -> str:
        """Return the number of the next paragraph, with what stands between it and the text; nothing without one."""
        list_id, depth = self._place(paragraph)
        level = self.levels.get(self.abstract_of.get(list_id, ""), {}).get(depth)
        if level is None:
            return ""
        counts = self._counted(list_id, depth)
        drawn = _PLACE.sub(lambda place: self._drawn(list_id, counts, int(place[1]) - 1), level.text)
        if level.form == "bullet":
            drawn = _OWN.sub(BULLET, drawn)
        return drawn if not drawn or drawn[-1] in ENDS else f"{drawn} "

    def _place(self, paragraph: Element) -> tuple[str, int]:
        """Return the list of a paragraph and the depth in it: its own, or its style's."""
        own = paragraph.value("pPr", "numPr", "numId"), paragraph.value("pPr", "numPr", "ilvl")
        style, seen = paragraph.value("pPr", "pStyle"), set[str]()
        while style and style not in seen and not all(own):
            seen.add(style)
            list_id, depth, style = self.of_styles.get(style, (None, None, None))
            own = own[0] or list_id, own[1] or depth
        depth = own[1] or "0"
        return own[0] or "", int(depth) if depth in "012345678" else 0

    def _counted(self, list_id: str, depth: int) -> list[int]:
        """Count one more at this depth; what lies deeper begins anew."""
        abstract = self.abstract_of[list_id]
        starts = [self._start(abstract, each) for each in range(LEVELS)]
        counts = self._counts.setdefault(abstract, [start - 1 for start in starts])
        for level, start in self._restarts.pop(list_id, {}).items():
            counts[level] = start - 1
        counts[depth] = min(counts[depth] + 1, MOST)
        counts[depth + 1 :] = [start - 1 for start in starts[depth + 1 :]]
        return counts

    def _start(self, abstract: str, depth: int) -> int:
        level = self.levels[abstract].get(depth)
        return level.start if level else 1

    def _drawn(self, list_id: str, counts: list[int], depth: int) -> str:
        level = self.levels[self.abstract_of[list_id]].get(depth, Level())
        return numeral(level.form, max(counts[depth], level.start))


def numeral(form: str, number: int) -> str:
    """Write a number as a list of this form does; as figures where the form, or a number so high, is not known."""
    for names, signs in SIGNS.items():
        if form.startswith(names):
            return signs[number] if number < len(signs) else str(number)
    if form in {"lowerRoman", "upperRoman"}:
        return _roman(number) if form == "lowerRoman" else _roman(number).upper()
    return "" if form in {"none", "bullet"} else str(number)


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return (DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (DIGITS[ones] if ones or not tens else "")


SIGNS: Mapping[tuple[str, ...], Sequence[str]] = {
    ("chineseCounting", "japaneseCounting", "taiwaneseCounting", "ideographDigital"): [*map(_chinese, range(100))],
    ("ideographTraditional",): f"〇{STEMS}",
    ("decimalEnclosedCircle",): ["0", *(chr(ord("①") + place) for place in range(20))],
    ("lowerLetter",): f"0{ascii_lowercase}",
    ("upperLetter",): f"0{ascii_uppercase}",
}
"""The signs of lists by the beginnings of their forms' names, from zero on."""


def _roman(number: int) -> str:
    drawn = ""
    if number > HIGHEST_ROMAN:
        return str(number)
    for value, letters in ROMAN:
        count, number = divmod(number, value)
        drawn += letters * count
    return drawn


def _level(element: Element) -> tuple[int, Level]:
    depth = element.attributes.get("ilvl", "")
    level = Level(
        _number(element.value("start"), 1), element.value("numFmt") or "decimal", element.value("lvlText") or ""
    )
    return int(depth) if depth.isdecimal() else LEVELS, level


def _restarts(element: Element) -> Iterator[tuple[int, int]]:
    for each in element.every("lvlOverride"):
        depth, start = each.attributes.get("ilvl", ""), each.value("startOverride")
        if depth in "012345678" and depth and start is not None:
            yield int(depth), _number(start, 1)


def _styles(styles: Element) -> Iterator[tuple[str, tuple[str | None, str | None, str | None]]]:
    for each in styles.every("style"):
        place = each.value("pPr", "numPr", "numId"), each.value("pPr", "numPr", "ilvl")
        yield each.attributes.get("styleId", ""), (*place, each.value("basedOn"))


def _number(text: str | None, otherwise: int) -> int:
    return min(int(text), MOST) if text and text.isascii() and text.isdecimal() else otherwise
