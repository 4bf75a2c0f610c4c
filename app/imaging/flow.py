"""Lines of text, pictures and tables of a Word document, in the order in which they are read.

What was deleted under tracked changes is not there any more; what was inserted is.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from app.imaging.markup import Element
from app.imaging.numbering import Numbering
from app.imaging.refusals import ImageRefused

Block = dict[str, Any]
"""A line (`text`), a picture by its number (`picture`), or a table (`rows` of cells, each with its `blocks`)."""
MOST_TABLES, MOST_BLOCKS, MOST_CHARACTERS = 200, 20_000, 200_000
GONE = frozenset({"del", "moveFrom", "instrText", "delText", "delInstrText", "rt", "pPr", "rPr", "sectPr", "tblPr"})
"""Elements of which nobody reads anything: what was deleted, codes of fields, properties."""
DRAWN = frozenset({"drawing", "pict", "object"})
SIGNS = {"☑": "F052 F053 F054 F0FE F0FC F050 F0FD F0FB", "□": "F0A8 F0A3 F06F F02A F030 F071 F072", "●": "F06C F09F"}
"""Boxes and ticks of the fonts Wingdings and Wingdings 2, by their codes."""
_SIGN = {code: sign for sign, codes in SIGNS.items() for code in codes.split()}
UNKNOWN_SIGN = "〓"
"""The mark of Chinese printers for a sign that they do not have."""
_CODE = re.compile("[0-9A-F]{4}")
SYMBOLS = ("Wingdings", "Symbol", "Webdings")


class Flow:
    """The reading of one document: its lists go on from paragraph to paragraph, its pictures are numbered."""

    def __init__(self, numbering: Numbering, targets: Mapping[str, str]) -> None:
        self.pictures: list[str] = []
        """The parts of the pictures, in their order; one that is shown twice is there twice."""
        self.hidden: list[str] = []
        """Texts that their author does not see."""
        self.drawings = 0
        """Charts, shapes and the like, without words and not pictures."""
        self._numbering = numbering
        self._targets = targets
        self._tables, self._blocks, self._characters = 0, 0, 0

    def blocks(self, container: Element) -> list[Block]:
        """Return what a body, a cell or a text box has."""
        lines = _Lines(self)
        for each in container.children:
            lines.take(each)
        lines.end()
        return lines.blocks

    def counted(self, block: Block) -> Block:
        """Count a block; a document with more than a form can have is refused."""
        self._blocks += 1
        self._characters += len(block.get("text", ""))
        self._tables += "rows" in block
        if self._blocks > MOST_BLOCKS or self._characters > MOST_CHARACTERS or self._tables > MOST_TABLES:
            raise ImageRefused("broken_form", reason="too_large")
        return block

    def hide(self, text: str) -> None:
        """Keep a text that its author does not see, which counts like any other."""
        if text.strip():
            self.hidden.append(self.counted({"text": text})["text"])

    def number(self, paragraph: Element) -> str:
        return self._numbering.number(paragraph)

    def picture(self, relation: str | None) -> Block | None:
        """Return a picture that the document carries; None where it only refers to one."""
        part = self._targets.get(relation or "")
        if part is None:
            return None
        self.pictures.append(part)
        return self.counted({"picture": len(self.pictures) - 1})

    def table(self, table: Element) -> Block:
        """Return a table; a cell that is merged down is a cell of its first row."""
        above: dict[int, Block] = {}
        rows = [self._row(each, above) for each in _rows(table)]
        return self.counted({"rows": rows})

    def _row(self, row: Element, above: dict[int, Block]) -> list[Block]:
        cells: list[Block] = []
        column = _count(row.value("trPr", "gridBefore"), 0)
        for each in _within(row, "tc"):
            columns = _count(each.value("tcPr", "gridSpan"), 1)
            cell = {"column": column, "columns": columns, "rows": 1, "blocks": self.blocks(each)}
            if each.under("tcPr", "hMerge") and each.value("tcPr", "hMerge") != "restart" and cells:
                _add(cells[-1], cell, columns=columns)
            elif each.under("tcPr", "vMerge") and each.value("tcPr", "vMerge") != "restart" and column in above:
                _add(above[column], cell, rows=1)
            else:
                above[column] = cell
                cells.append(cell)
            column += columns
        return cells


class _Lines:
    """The blocks of one container, of which the last line may go on."""

    def __init__(self, flow: Flow) -> None:
        self.blocks: list[Block] = []
        self._flow = flow
        self._text: list[str] = []
        self._after: list[Block] = []
        self._has_pictures = False

    def take(self, element: Element) -> None:
        """Take in a child of a container."""
        if element.name in GONE:
            return
        if element.name == "p":
            self._paragraph(element)
        elif element.name == "tbl":
            self.end()
            self.blocks.append(self._flow.table(element))
        else:
            for each in _shown(element):
                self.take(each)

    def end(self) -> None:
        """End a line that was left open: its paragraph's end is deleted, and there is no other paragraph."""
        if self._text or self._after:
            self._break()

    def _paragraph(self, paragraph: Element) -> None:
        if number := self._flow.number(paragraph):
            self._text.append(number)
        self._run(paragraph)
        if not paragraph.under("pPr", "rPr", "del"):
            self._break()

    def _break(self) -> None:
        """End the line: pictures within it follow it."""
        text = "".join(self._text)
        if text or not (self._after or self._has_pictures):
            self.blocks.append(self._flow.counted({"text": text}))
        self.blocks += self._after
        self._text, self._after, self._has_pictures = [], [], False

    def _run(self, element: Element) -> None:
        """Take in a paragraph, a run, or what holds runs together."""
        for each in _shown(element):
            if each.name in GONE:
                continue
            if each.name == "r" and each.says("rPr", "vanish"):
                self._flow.hide("".join(part.text for part in each.every("t")))
            elif each.name == "t":
                self._text.append(_written(each))
            elif each.name in _MARKS:
                self._text.append(_MARKS[each.name](each))
            elif each.name in {"br", "cr"}:
                self._new_line(each)
            elif each.name in DRAWN:
                self._drawing(each)
            else:
                self._run(each)

    def _new_line(self, element: Element) -> None:
        """Break the line; a page that ends within a paragraph breaks nothing where no text came before."""
        if element.attributes.get("type") in {"page", "column"} and not self._text:
            return
        self._break()

    def _drawing(self, drawing: Element) -> None:
        """Take in the pictures of a drawing, and the texts of its boxes after the line."""
        found = [self._flow.picture(_relation(each)) for each in _pictures(drawing)]
        boxes = [block for box in _boxes(drawing) for block in self._flow.blocks(box)]
        pictures = [each for each in found if each]
        if not found and not boxes:
            self._flow.drawings += 1
        if any(self._text):
            self._after += [*pictures, *boxes]
        else:
            self.blocks += [*pictures, *boxes]
            self._has_pictures = True


def _sign(element: Element) -> str:
    """Return the sign of a font of symbols."""
    code = element.attributes.get("char", "").upper()
    if element.attributes.get("font", "").startswith(SYMBOLS) or code.startswith("F0"):
        return _SIGN.get(code, UNKNOWN_SIGN)
    return chr(int(code, 16)) if _CODE.fullmatch(code) else UNKNOWN_SIGN


_MARKS: Mapping[str, Callable[[Element], str]] = {
    "tab": lambda _: "\t",
    "ptab": lambda _: "\t",
    "noBreakHyphen": lambda _: "-",
    "sym": _sign,
}


def _written(element: Element) -> str:
    """Return the text of a run as Word shows it, to which a line break of the XML is a space."""
    kept = element.attributes.get("space") == "preserve"
    return (element.text if kept else element.text.strip(" \t\r\n")).replace("\n", " ")


def _shown(element: Element) -> list[Element]:
    """Return what is shown of an element: of several ways to show one thing the first, and no words of a prompt."""
    if element.says("sdtPr", "showingPlcHdr"):
        return []
    found: list[Element] = []
    for each in element.children:
        if each.name == "AlternateContent":
            way = each.child("Choice") or each.child("Fallback")
            found += _shown(way) if way else []
        elif each.name not in {"sdtPr", "sdtEndPr"}:
            found.append(each)
    return found


def _rows(table: Element) -> list[Element]:
    return [row for row in _within(table, "tr") if not row.under("trPr", "del")]


def _within(element: Element, name: str) -> list[Element]:
    """Return the rows of a table, or the cells of a row, whatever holds some of them together."""
    found: list[Element] = []
    for each in _shown(element):
        if each.name == name:
            if not each.under("tcPr", "cellDel"):
                found.append(each)
        elif each.name not in GONE and each.name not in {"tbl", "p", "trPr"}:
            found += _within(each, name)
    return found


def _pictures(drawing: Element) -> list[Element]:
    """Return the pictures of a drawing, but for those within its text boxes."""
    return [each for each in _outside(drawing) if each.name in {"blip", "imagedata"}]


def _boxes(drawing: Element) -> list[Element]:
    return [each for each in _outside(drawing) if each.name == "txbxContent"]


def _outside(drawing: Element) -> list[Element]:
    """Return all elements of a drawing, of text boxes only themselves."""
    found: list[Element] = []
    for each in _shown(drawing):
        found.append(each)
        if each.name != "txbxContent":
            found += _outside(each)
    return found


def _relation(picture: Element) -> str | None:
    return picture.attributes.get("embed" if picture.name == "blip" else "id")


def _add(cell: Block, more: Block, *, columns: int = 0, rows: int = 0) -> None:
    """Put what a merged cell has into the one that it is merged with."""
    cell["columns"] += columns
    cell["rows"] += rows
    if any(block.get("text", True) for block in more["blocks"]):
        cell["blocks"] += more["blocks"]


def _count(text: str | None, otherwise: int) -> int:
    return min(int(text), 63) if text and text.isascii() and text.isdecimal() else otherwise
