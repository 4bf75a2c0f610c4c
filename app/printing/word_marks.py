"""Placeholders in a document of Word, however it splits them: `{{name}}`, and blocks `{{#name}}` … `{{/name}}`.

A block repeats the paragraphs from its first mark to its last, or the rows of a table where they are in two cells.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn

Element = Any
"""An element of the tree that python-docx reads; its types do not say which it has."""
MARK = re.compile(r"[{｛]{2}[ 　\xa0]*([#＃/／]?)[ 　\xa0]*([^{}｛｝#＃/／\n]{1,60}?)[ 　\xa0]*[}｝]{2}")
STRAY = re.compile(r"[^\n{}｛｝]{0,20}(?:[{｛]{2}|[}｝]{2})[^\n{}｛｝]{0,20}")
PARAGRAPH, TABLE, ROW, CELL, BOX = (qn(f"w:{name}") for name in ("p", "tbl", "tr", "tc", "txbxContent"))
TEXT = qn("w:t")
BREAKS = frozenset(qn(f"w:{name}") for name in ("tab", "br", "cr", "drawing", "pict", "object", "sym", "ptab"))
"""What stands between texts, so that no placeholder goes over it."""
SECTION = qn("w:sectPr")
OPEN, CLOSE = "#", "/"
_SORTS = {"＃": OPEN, "／": CLOSE}
_WRAPPED = {qn("w:sdt"): qn("w:sdtContent")}


@dataclass(frozen=True, slots=True)
class Mark:
    """A placeholder in a paragraph, with its place in the text: a value, or the first or last mark of a block."""

    sort: str
    name: str
    said: str
    paragraph: Element
    start: int
    end: int
    alone: bool

    @property
    def key(self) -> tuple[Element, int]:
        return self.paragraph, self.start


@dataclass(frozen=True, slots=True)
class Span:
    """A block among the children of one element: the first and the last that it repeats, and its two marks."""

    first: int
    last: int
    opening: Mark
    closing: Mark


def unwrapped(root: Element) -> None:
    """Put the content of controls in their place: bound to data, Word would overwrite what is filled in."""
    for control in [*root.iter(*_WRAPPED)]:
        content = control.find(_WRAPPED[control.tag])
        for each in [*content] if content is not None else ():
            control.addprevious(each)
        control.getparent().remove(control)


def pieces(paragraph: Element) -> Iterator[tuple[Element, str]]:
    """Yield the texts of a paragraph, and a line break for whatever else stands there; not those of its text boxes."""
    for each in paragraph.iter(TEXT, *BREAKS):
        if next(each.iterancestors(PARAGRAPH)) is paragraph:
            yield each, (each.text or "") if each.tag == TEXT else "\n"


def marks_of(paragraph: Element) -> list[Mark]:
    """Return the placeholders of a paragraph, in their order."""
    text = "".join(said for _, said in pieces(paragraph))
    return [_mark(paragraph, text, found) for found in MARK.finditer(text)]


def strays_of(paragraph: Element) -> list[str]:
    """Return where a paragraph has braces that make no placeholder."""
    text = MARK.sub("", "".join(said for _, said in pieces(paragraph)))
    return [found[0].strip() for found in STRAY.finditer(text)]


def boxes_of(paragraph: Element) -> list[Element]:
    """Return the text boxes of a paragraph."""
    return [box for box in paragraph.iter(BOX) if next(box.iterancestors(PARAGRAPH)) is paragraph]


def matched(units: Sequence[Element], without: Collection[Any] = ()) -> tuple[list[Span], list[Mark]]:
    """Return the outermost blocks among these siblings, and the marks that have no partner there."""
    opened, spans, lone = list[tuple[int, Mark]](), list[Span](), list[Mark]()
    for number, unit in enumerate(units):
        for mark in (each for each in _loose(unit) if each.key not in without):
            if mark.sort == OPEN:
                opened.append((number, mark))
            elif all(each.name != mark.name for _, each in opened):
                lone.append(mark)
            else:
                while opened[-1][1].name != mark.name:
                    lone.append(opened.pop()[1])
                first, opening = opened.pop()
                if not opened:
                    spans.append(Span(first, number, opening, mark))
    return spans, [*lone, *(mark for _, mark in opened)]


def _loose(unit: Element) -> list[Mark]:
    """Return the marks of blocks that a paragraph or a row has, but for blocks that are whole within one cell."""
    if unit.tag == PARAGRAPH:
        return [mark for mark in marks_of(unit) if mark.sort]
    if unit.tag == ROW:
        return [mark for cell in unit.iterchildren(CELL) for mark in matched([*cell])[1]]
    return []


def _mark(paragraph: Element, text: str, found: re.Match[str]) -> Mark:
    sort = _SORTS.get(found[1], found[1])
    name = found[2].strip()
    alone = text.strip() == found[0] and not boxes_of(paragraph) and paragraph.find(f".//{SECTION}") is None
    return Mark(sort, name, found[0], paragraph, found.start(), found.end(), alone)
