"""A template of the office filled with the values of a paper, by the placeholders that its upload was checked for."""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from io import BytesIO
from typing import Any

from docx.document import Document as OpenDocument
from docx.image.image import Image
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.parts.story import StoryPart
from docx.shared import Length, Mm

from app.printing import codes
from app.printing.filled import CODE, Filled, spelled
from app.printing.word_figures import size_of
from app.printing.word_marks import (
    CELL,
    PARAGRAPH,
    ROW,
    SECTION,
    TABLE,
    TEXT,
    Element,
    Mark,
    Span,
    boxes_of,
    marks_of,
    matched,
    pieces,
    unwrapped,
)
from app.printing.word_paper import CODE_SIDE
from app.printing.word_parts import LAST, NEXT_PAGE, parsed

Scope = Mapping[str, Any]
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
ONCE = tuple(f"{{http://schemas.microsoft.com/office/word/2010/wordml}}{name}" for name in ("paraId", "textId"))
BOOKMARKS = (qn("w:bookmarkStart"), qn("w:bookmarkEnd"))
DRAWN = qn("wp:docPr")


def write(document: OpenDocument, paper: Filled, pictures: Sequence[bytes]) -> None:
    """Fill an open template, its headers and footers too; the pictures are those after the template."""
    body = document.element.body
    unwrapped(body)
    filler = _Filler(paper, pictures, document.part)
    if paper.whole:
        filler.copies([each for each in body if each.tag != SECTION], body)
    else:
        filler.units([*body], [paper.values])
    for story in (each.target_part for each in document.part.rels.values() if each.reltype in {RT.HEADER, RT.FOOTER}):
        unwrapped(story.element)
        _Filler(paper, pictures, story).units([*story.element], [paper.values])
        _mend(story.element)
    _mend(body)


class _Filler:
    """The filling of a story: the text, a header or a footer."""

    def __init__(self, paper: Filled, pictures: Sequence[bytes], part: StoryPart) -> None:
        self._paper, self._pictures, self._part = paper, pictures, part

    def copies(self, units: Sequence[Element], body: Element) -> None:
        """Fill a copy of the whole text for each item of a list, each from a new page on."""
        for number, item in enumerate(self._paper.values[self._paper.whole]):
            copied = [_copy(unit) for unit in units]
            for each in copied:
                body.insert_element_before(each, "w:sectPr")
            if number:
                _begin_page(copied[0])
            self.units(copied, [self._paper.values, item])
        for unit in units:
            body.remove(unit)

    def units(self, units: Sequence[Element], scopes: Sequence[Scope]) -> None:
        """Fill siblings, blocks among them once for each of their items."""
        spans, _ = matched(units)
        covered = {number for span in spans for number in range(span.first, span.last + 1)}
        for number, unit in enumerate(units):
            if number not in covered:
                self._unit(unit, scopes)
        for span in spans:
            self._repeat(units[span.first : span.last + 1], span, scopes)

    def _repeat(self, units: Sequence[Element], span: Span, scopes: Sequence[Scope]) -> None:
        lone = [mark.paragraph for mark in (span.opening, span.closing) if mark.alone]
        _put(span.closing, "")
        _put(span.opening, "")
        kept = [unit for unit in units if unit not in lone]
        for item in self._value(span.opening.name, scopes) or ():
            copied = [_copy(unit) for unit in kept]
            for each in copied:
                units[0].addprevious(each)
            self.units(copied, [*scopes, item])
        for unit in units:
            unit.getparent().remove(unit)

    def _unit(self, unit: Element, scopes: Sequence[Scope]) -> None:
        if unit.tag == PARAGRAPH:
            self._paragraph(unit, scopes)
        elif unit.tag == TABLE:
            self.units([*unit.iterchildren(ROW)], scopes)
        elif unit.tag == ROW:
            for cell in unit.iterchildren(CELL):
                self.units([*cell], scopes)
        else:
            for paragraph in [*unit.iter(PARAGRAPH)]:
                self._paragraph(paragraph, scopes)

    def _paragraph(self, paragraph: Element, scopes: Sequence[Scope]) -> None:
        for box in boxes_of(paragraph):
            self.units([*box], scopes)
        marks = marks_of(paragraph)
        if len(marks) == 1 and marks[0].alone:
            self._alone(marks[0], scopes)
            return
        for mark in reversed(marks):
            _put(mark, self._text(mark, scopes))

    def _alone(self, mark: Mark, scopes: Sequence[Scope]) -> None:
        """Fill a paragraph that is one placeholder: with a picture, or with as many paragraphs as the text has."""
        drawn = self._paper.drawn.get(self._name(mark))
        if drawn:
            value = str(self._value(mark.name, scopes) or "")
            run = _put(mark, "")
            if value:
                run.append(self._drawing(drawn, value))
            return
        *before, last = self._text(mark, scopes).split("\n")
        for line in before:
            copied = _copy(mark.paragraph)
            mark.paragraph.addprevious(copied)
            _put(marks_of(copied)[0], line)
        _put(mark, last)

    def _drawing(self, drawn: str, value: str) -> Element:
        size: tuple[Length, Length] = (Mm(CODE_SIDE), Mm(CODE_SIDE))
        if drawn == CODE:
            picture = codes.drawn(value, "png", scale=8)
        else:
            picture = self._pictures[int(value)]
            size = size_of(Image.from_blob(picture), self._paper.beside)
        drawing = OxmlElement("w:drawing")
        drawing.append(self._part.new_pic_inline(BytesIO(picture), *size))
        return drawing

    def _text(self, mark: Mark, scopes: Sequence[Scope]) -> str:
        value = self._value(mark.name, scopes)
        return NOT_XML.sub("", value) if isinstance(value, str) and self._name(mark) not in self._paper.drawn else ""

    def _name(self, mark: Mark) -> str:
        return self._paper.names.get(spelled(mark.name), "")

    def _value(self, said: str, scopes: Sequence[Scope]) -> Any:
        """Return a value by its placeholder, from the innermost block that has it."""
        name = self._paper.names.get(spelled(said), "")
        return next((scope[name] for scope in reversed(scopes) if name in scope), None)


def _put(mark: Mark, value: str) -> Element:
    """Put a text in the place of a placeholder, in the look of its first character; return the run that has it."""
    position, first = 0, None
    for piece, text in [*pieces(mark.paragraph)]:
        start, end = mark.start - position, mark.end - position
        position += len(text)
        if start < len(text) and end > 0 and piece.tag == TEXT:
            put = value if first is None else ""
            first = piece if first is None else first
            _set(piece, text[: max(start, 0)] + put + text[max(end, 0) :])
    assert first is not None, "a placeholder has a text"
    return first.getparent()


def _set(piece: Element, said: str) -> None:
    """Set a text, with its line breaks."""
    piece.text, *others = said.split("\n")
    piece.set(SPACE, "preserve")
    for line in reversed(others):
        text = OxmlElement("w:t")
        text.text = line
        text.set(SPACE, "preserve")
        piece.addnext(text)
        piece.addnext(OxmlElement("w:br"))


def _copy(unit: Element) -> Element:
    """Copy an element without what a document has only once."""
    copied = deepcopy(unit)
    for each in copied.iter():
        for name in ONCE:
            each.attrib.pop(name, None)
    for each in [*copied.iter(*BOOKMARKS)]:
        each.getparent().remove(each)
    return copied


def _begin_page(unit: Element) -> None:
    if unit.tag == PARAGRAPH:
        unit.get_or_add_pPr().get_or_add_pageBreakBefore()
    else:
        unit.addprevious(parsed(NEXT_PAGE))


def _mend(root: Element) -> None:
    """Give back what Word needs: a paragraph at the end of a cell, a picture's own number; a table has rows."""
    for table in [each for each in root.iter(TABLE) if each.find(ROW) is None]:
        table.getparent().remove(table)
    for cell in root.iter(CELL):
        if len(cell) == 0 or cell[-1].tag != PARAGRAPH:
            cell.append(parsed(LAST))
    if not any(each.tag in {PARAGRAPH, TABLE} for each in root):
        root.insert(0, parsed(LAST))
    for number, each in enumerate(root.iter(DRAWN), 1):
        each.set("id", str(number))
