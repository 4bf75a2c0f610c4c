"""A template as the office uploads it: the placeholders that it has and where, and whatever in it acts.

It tells what it finds; which placeholders there may be is not known here.
"""

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from app.imaging import word
from app.imaging.formats import format_of
from app.imaging.refusals import ImageRefused
from app.printing.filled import MOST_MARKS, spelled
from app.printing.word_marks import (
    CELL,
    MARK,
    PARAGRAPH,
    ROW,
    TABLE,
    Element,
    Mark,
    boxes_of,
    marks_of,
    matched,
    strays_of,
    unwrapped,
)

MOST_WRITTEN = 2**23
"""Bytes of XML, as of a filled form."""
STORIES = {qn("w:document"): "body", qn("w:hdr"): "header", qn("w:ftr"): "footer"}
NOTES = frozenset(qn(f"w:{name}") for name in ("footnotes", "endnotes", "comments"))
Place = dict[str, Any]


def check(data: bytes) -> dict[str, Any]:
    """Return what a template has in it, and itself written anew where nothing in it acts."""
    if not data:
        raise ImageRefused("empty_file", size=0)
    kind = format_of(data)
    if kind != word.NAME:
        raise ImageRefused("unsupported_template", format=kind)
    try:
        parts, active = word.examined(data, MOST_WRITTEN)
    except ImageRefused as refused:  # the reader of documents words it for supporting documents
        if refused.code != "broken_attachment":
            raise
        raise ImageRefused("broken_template", **refused.params) from refused
    content = b"" if active else word.packed(parts)
    if content:
        Document(BytesIO(content))  # what python-docx does not open cannot be filled
    reading = _Reading()
    for name, part in sorted(parts.items()):
        if word.WRITTEN.search(name) and not name.endswith(word.LINKS):
            reading.part(name, part)
    return {
        "marks": reading.marks[: MOST_MARKS + 1],
        "lone": reading.lone[:MOST_MARKS],
        "strays": reading.strays[:MOST_MARKS],
        "active": [
            {"kind": each.kind, "place": _of_part(each.part), "said": each.said} for each in active[:MOST_MARKS]
        ],
        "content": content,
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _of_part(name: str) -> Place:
    """Return the place of something that is known by its part alone."""
    stem = re.sub(r"\A(?:word/)?(?:_rels/)?|\d*\.xml(?:\.rels)?\Z", "", name)
    return {"story": {"document": "body", "header": "header", "footer": "footer"}.get(stem, name)}


class _Reading:
    """The placeholders of a template, found part by part."""

    def __init__(self) -> None:
        self.marks: list[dict[str, Any]] = []
        self.lone: list[dict[str, Any]] = []
        self.strays: list[dict[str, Any]] = []

    def part(self, name: str, content: bytes) -> None:
        """Read a part; of one whose placeholders are never filled, such as notes, they are braces and no more."""
        root = parse_xml(content)
        if root.tag not in STORIES:
            text = "".join(root.itertext()) if root.tag in NOTES else ""
            self.strays += [{"said": found[0], "place": {"story": name}} for found in MARK.finditer(text)]
            return
        unwrapped(root)
        place = {"story": STORIES[root.tag]}
        # The colour of a page stands before its text.
        text = root.find(qn("w:body")) if root.tag == qn("w:document") else root
        self._container([*text], place)

    def _container(self, children: Sequence[Element], place: Place, within: tuple[str, ...] = ()) -> None:
        """Read the children of a text that nothing goes out of: of a story, or a text box."""
        placed = [*_placed(children, place)]
        self._lone(placed)
        self._units(placed, within)

    def _lone(self, placed: Sequence[tuple[Element, Place]]) -> None:
        """Tell the marks without a partner, each at the paragraph or the row that has it."""
        for mark in matched([unit for unit, _ in placed])[1]:
            around = [mark.paragraph, *mark.paragraph.iterancestors()]
            self.lone.append(_told(mark, next(place for unit, place in placed if unit in around)))

    def _units(
        self, placed: Sequence[tuple[Element, Place]], within: tuple[str, ...], without: Collection[Any] = ()
    ) -> None:
        """Read siblings: what a block repeats is within it."""
        spans, _ = matched([unit for unit, _ in placed], without)
        covered = {number for span in spans for number in range(span.first, span.last + 1)}
        for span in spans:
            self.marks.append(_told(span.opening, placed[span.first][1], within))
            inner = {*without, span.opening.key, span.closing.key}
            self._units(placed[span.first : span.last + 1], (*within, spelled(span.opening.name)), inner)
        for number, (unit, place) in enumerate(placed):
            if number not in covered:
                self._unit(unit, place, within, without)

    def _unit(self, unit: Element, place: Place, within: tuple[str, ...], without: Collection[Any]) -> None:
        if unit.tag == PARAGRAPH:
            self._paragraph(unit, place, within)
        elif unit.tag == TABLE:
            rows = [*unit.iterchildren(ROW)]
            numbered = [(row, place if "row" in place else place | {"row": at}) for at, row in enumerate(rows, 1)]
            self._lone(numbered)
            self._units(numbered, within)
        elif unit.tag == ROW:
            for at, cell in enumerate(unit.iterchildren(CELL), 1):
                inside = place if "cell" in place else place | {"cell": at}
                self._units([(each, inside) for each in cell], within, without)
        else:
            for paragraph in unit.iter(PARAGRAPH):
                self._paragraph(paragraph, place, within)

    def _paragraph(self, paragraph: Element, place: Place, within: tuple[str, ...]) -> None:
        self.marks += [_told(mark, place, within) for mark in marks_of(paragraph) if not mark.sort]
        self.strays += [{"said": said, "place": place} for said in strays_of(paragraph)]
        for box in boxes_of(paragraph):
            self._container([*box], place | {"box": True}, within)


def _told(mark: Mark, place: Place, within: Sequence[str] = ()) -> dict[str, Any]:
    said = {"name": mark.name, "said": mark.said, "sort": mark.sort, "alone": mark.alone}
    return said | {"within": [*within], "place": place}


def _placed(children: Sequence[Element], place: Place) -> Iterator[tuple[Element, Place]]:
    """Count paragraphs and tables, as a reader does."""
    counts = {PARAGRAPH: 0, TABLE: 0}
    for each in children:
        if each.tag not in counts or "box" in place:
            yield each, place
            continue
        counts[each.tag] += 1
        yield each, place | {"paragraph" if each.tag == PARAGRAPH else "table": counts[each.tag]}
