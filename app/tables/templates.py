"""An empty list to be filled in: headings with notes, drop-downs, cells that stay texts, and one example."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from app.tables.marking import AUTHOR, HEIGHT, WIDTH, as_text, saved

ROWS = 2000
MADE_AT = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""A time without meaning: the same template is the same bytes, whenever it is drawn."""
HEAD, EXAMPLE = PatternFill("solid", fgColor="FFE7E6E6"), Font(italic=True, color="FF808080")
CHOICES = "选项"
"""The hidden sheet with the words of the drop-downs: a list within a rule has at most 255 characters."""


def draw(data: bytes) -> dict[str, Any]:
    """Return the workbook that the description in JSON asks for."""
    told = json.loads(data)
    book = Workbook()
    notes = book.worksheets[0]
    notes.title, notes.column_dimensions["A"].width = told["notes"]["name"], 100
    for row, line in enumerate(told["notes"]["lines"], 1):
        notes.cell(row, 1, line).alignment = Alignment(wrap_text=True)
    choices = book.create_sheet(CHOICES)
    for sheet in told["sheets"]:
        _draw(book.create_sheet(sheet["name"]), sheet, choices)
    choices.sheet_state = "hidden"
    book.move_sheet(notes, len(book.worksheets))
    book.move_sheet(choices, len(book.worksheets))
    book.active, book.properties.created, book.properties.modified = 0, MADE_AT, MADE_AT
    return {"content": saved(book)}


def _draw(sheet: Any, told: Mapping[str, Any], choices: Any) -> None:
    for place, column in enumerate(told["columns"], 1):
        letter = get_column_letter(place)
        head = sheet.cell(1, place, column["label"])
        head.font, head.fill = Font(bold=True), HEAD
        head.comment = Comment(column["note"], AUTHOR, HEIGHT, WIDTH)
        sheet.column_dimensions[letter].width = column["width"]
        sheet.column_dimensions[letter].number_format = "@"
        if column["example"]:
            as_text(sheet.cell(2, place), column["example"]).font = EXAMPLE
        for row in range(2, ROWS + 2):
            sheet.cell(row, place).number_format = "@"
        if column["choices"]:
            _offer(sheet, f"{letter}2:{letter}{ROWS + 1}", column["choices"], choices)
    sheet.freeze_panes = "A2"


def _offer(sheet: Any, reach: str, words: list[str], choices: Any) -> None:
    """Let the cells offer these words; another is typed with a warning, since a name may be new."""
    place = choices.max_column + (choices.cell(1, 1).value is not None)
    for row, word in enumerate(words, 1):
        as_text(choices.cell(row, place), word)
    letter = get_column_letter(place)
    rule = DataValidation("list", formula1=f"{CHOICES}!${letter}$1:${letter}${len(words)}", errorStyle="warning")
    rule.showErrorMessage = True
    sheet.add_data_validation(rule)
    rule.add(reach)
