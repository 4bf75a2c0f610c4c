"""A list that comes back as the same workbook, each cell that was told about marked and commented."""

import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.comments import Comment
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import PatternFill
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from app.tables.books import XLSX, kind_of
from app.tables.reading import sheets_of
from app.tables.sheets import part_named

ERROR, ADVICE = (PatternFill("solid", fgColor=colour) for colour in ("FFFFC7CE", "FFFFEB9C"))
AUTHOR, WIDTH, HEIGHT = "品牌申报系统", 320, 120
LENGTH = 8
"""Bytes before an order's own that say how long they are."""


def mark(data: bytes) -> dict[str, Any]:
    """Return the workbook with the marks that come before it."""
    end = LENGTH + int.from_bytes(data[:LENGTH], "big")
    marks, source = json.loads(data[LENGTH:end]), data[end:]
    book = load_workbook(BytesIO(source)) if kind_of(source) == XLSX else _fresh(source)
    for sheet in book.worksheets:
        _mark(sheet, [each for each in marks if each["sheet"] == sheet.title])
    return {"content": saved(book)}


class _Archive(ZipFile):
    """An archive whose parts have no time: the same workbook gives the same bytes."""

    def writestr(self, name: Any, data: Any, *_: Any) -> None:
        super().writestr(part_named(name), data)


class _Writer(ExcelWriter):  # type: ignore[misc]  # the library has no types
    """The library's writer, with each sheet in memory: a confined process opens no temporary file."""

    def write_worksheet(self, ws: Any) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        writer = WorksheetWriter(ws, BytesIO())
        writer.write()
        ws._rels = writer._rels
        self._archive.writestr(ws.path[1:], writer.read())
        self.manifest.append(ws)


def saved(book: Any) -> bytes:
    """Return a workbook as a file."""
    out = BytesIO()
    with _Archive(out, "w") as archive:
        _Writer(book, archive).save()
    return out.getvalue()


def _fresh(source: bytes) -> Workbook:
    """Make a workbook of the sheets of a file of another kind, whose cells are texts."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for found in sheets_of(source):
        sheet = book.create_sheet(found.name)
        for (row, column), (text, _) in found.cells.items():
            as_text(sheet.cell(row, column), text)
    return book


def as_text(cell: Any, text: str) -> Any:
    """Have a cell say a text, whatever it begins with, without the characters that no workbook may have."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.number_format, cell.data_type = "@", "s"
    return cell


def _mark(sheet: Any, marks: Sequence[Mapping[str, Any]]) -> None:
    by_cell: dict[str, list[Mapping[str, Any]]] = {}
    for each in marks:
        by_cell.setdefault(_owner(sheet, each["cell"]), []).append(each)
    for place, said in by_cell.items():
        cell = sheet[place]
        cell.fill = ERROR if any(each["refuses"] for each in said) else ADVICE
        cell.comment = Comment(
            ILLEGAL_CHARACTERS_RE.sub("", "\n".join(each["text"] for each in said)), AUTHOR, HEIGHT, WIDTH
        )


def _owner(sheet: Any, place: str) -> str:
    """Return the cell that shows what a merged cell says."""
    if not isinstance(sheet[place], MergedCell):
        return place
    owner: str = next(each.start_cell.coordinate for each in sheet.merged_cells.ranges if place in each)
    return owner
