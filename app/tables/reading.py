"""The sheets of a file as plain values: each cell's text, and what a reader should be told about it."""

import csv
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from openpyxl import load_workbook
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from app.imaging.refusals import ImageRefused
from app.tables.books import CSV, ODS, XLS, XLSX, kind_of, text_of
from app.tables.cells import DAY, ERROR, FORMULA, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, MOST_SHEETS, NUMBER
from app.tables.sheets import LEADING

LONGEST_NAME = 200
_ZEROS = re.compile("0{2,18}")
"""A format of numbers that shows leading zeros."""
_AS_TEXT = re.compile('="(.*)"', re.DOTALL)
"""The way by which a cell of CSV is kept from becoming a number."""
_SEPARATORS = ",;\t"
Cell = tuple[str, str]
Place = tuple[int, int]


@dataclass(slots=True)
class Sheet:
    """A sheet: its cells by row and column from 1, and what of it is hidden or merged."""

    name: str
    hidden: bool = False
    cells: dict[Place, Cell] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    @property
    def covered(self) -> int:
        """The number of cells, up to the last one that says something, that lie under merged ones."""
        last_row = max((row for row, _ in self.cells), default=0)
        last_column = max((column for _, column in self.cells), default=0)
        return sum(
            max(1, min(bottom, last_row) - top + 1) * max(1, min(right, last_column) - left + 1)
            for top, left, bottom, right in self.merged
        )

    def as_facts(self) -> dict[str, Any]:
        cells = [[*place, *cell] for place, cell in sorted(self.cells.items())]
        return {
            "name": self.name,
            "hidden": self.hidden,
            "cells": cells,
            "hidden_rows": self.hidden_rows,
            "hidden_columns": self.hidden_columns,
            "merged": self.merged,
        }


def read(data: bytes) -> dict[str, Any]:
    """Return the sheets of a file as bytes of JSON."""
    sheets = sheets_of(data)
    return {"sheets": json.dumps([each.as_facts() for each in sheets], ensure_ascii=False).encode()}


def sheets_of(data: bytes) -> Sequence[Sheet]:
    """Return the sheets of a file of any kind."""
    kind = kind_of(data)
    return READERS[kind](data)


def _read_text(data: bytes) -> list[Sheet]:
    """Read CSV, whose separator is the one that its first line has most of."""
    text = text_of(data)
    first = text.partition("\n")[0]
    sheet = Sheet("CSV")
    for row, values in enumerate(
        csv.reader(StringIO(text, newline=""), delimiter=max(_SEPARATORS, key=first.count)), 1
    ):
        _require_room(row, len(values))
        sheet.cells |= {(row, column): (_unquoted(value), "") for column, value in enumerate(values, 1) if value}
    _require_few([sheet])
    return [sheet]


def _unquoted(value: str) -> str:
    """Take away what keeps a text of CSV from being a formula or a number."""
    if quoted := _AS_TEXT.fullmatch(value):
        return quoted[1]
    return value[1:] if value.startswith("'") and value[1:].startswith(LEADING) else value


def _read_book(data: bytes) -> list[Sheet]:
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
    except PasswordError as locked:
        raise ImageRefused("locked_table") from locked
    except CalamineError as broken:
        raise ImageRefused("broken_table", reason="unreadable") from broken
    sheets = [each for each in book.sheets_metadata if each.typ is SheetTypeEnum.WorkSheet]
    if len(sheets) > MOST_SHEETS or any(len(each.name) > LONGEST_NAME for each in sheets):
        raise ImageRefused("table_too_large")
    read: list[Sheet] = []
    for each in sheets:
        read.append(_sheet(book, each.name, hidden=each.visible is not SheetVisibleEnum.Visible))
        _require_few(read)
    return read


def _sheet(book: CalamineWorkbook, name: str, *, hidden: bool) -> Sheet:
    found = book.get_sheet_by_name(name)
    _require_room(found.total_height, found.total_width)
    sheet = Sheet(name, hidden)
    first_row, first_column = found.start or (0, 0)
    for row, values in enumerate(found.to_python(skip_empty_area=True), first_row + 1):
        said = ((column, _said(value)) for column, value in enumerate(values, first_column + 1))
        sheet.cells |= {(row, column): cell for column, cell in said if cell[0]}
    for (top, left), (bottom, right) in found.merged_cell_ranges or ():
        sheet.merged.append((top + 1, left + 1, bottom + 1, right + 1))
    return sheet


def _require_few(sheets: Sequence[Sheet]) -> None:
    if sum(len(each.cells) + each.covered for each in sheets) > MOST_CELLS:
        raise ImageRefused("table_too_large")


def _require_room(rows: int, columns: int) -> None:
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise ImageRefused("table_too_large")


def _said(value: object) -> Cell:
    """Return the text of a value as a reader of the sheet sees it, and what the program has made of it."""
    if isinstance(value, bool):
        return "是" if value else "否", ""
    if isinstance(value, int | float):
        return format(Decimal(repr(value)).normalize(), "f"), NUMBER
    if isinstance(value, datetime):
        return (f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M:%S}"), DAY
    if isinstance(value, date | time | timedelta):
        return str(value), DAY
    return str(value), ""


def _read_workbook(data: bytes) -> list[Sheet]:
    """Read the values, and of the newer documents of Excel what only its own parts say."""
    sheets = _read_book(data)
    with suppress(Exception):  # what one library cannot read, the other has read: its cells are values then
        book = load_workbook(BytesIO(data))
        for sheet in sheets:
            _look_closer(sheet, book[sheet.name])
    return sheets


def _look_closer(sheet: Sheet, found: Any) -> None:
    """Note formulas, errors, numbers that are shown with leading zeros, and what is hidden."""
    for cell in _filled(found):
        place = cell.row, cell.column
        text, is_what = sheet.cells.get(place, ("", ""))
        if cell.data_type in {FORMULA, ERROR}:
            formula = str(getattr(cell.value, "text", cell.value))  # one of several cells is an object
            sheet.cells[place] = (text or formula, is_what + (cell.data_type if text else ERROR))
        elif is_what == NUMBER and _ZEROS.fullmatch(str(cell.number_format)):
            sheet.cells[place] = text.zfill(len(cell.number_format)), ""
    sheet.hidden_rows = sorted(row for row, each in found.row_dimensions.items() if each.hidden)
    sheet.hidden_columns = sorted(
        column
        for each in found.column_dimensions.values()
        if each.hidden
        for column in range(each.min or 0, min(each.max or 0, MOST_COLUMNS) + 1)
    )


def _filled(found: Any) -> Iterator[Any]:
    return (cell for row in found.iter_rows() for cell in row if cell.value is not None)


READERS: dict[str, Callable[[bytes], Sequence[Sheet]]] = {
    CSV: _read_text,
    XLS: _read_book,
    ODS: _read_book,
    XLSX: _read_workbook,
}
