"""A filled form that comes as a workbook: its sheets as tables, and what is told of a cell that is no plain text."""

from collections.abc import Iterator, Sequence

from app.findings import Finding, Rule
from app.models.enums import Severity
from app.services.policies.filing.filled_blocks import Cell, Line, Table
from app.services.policies.people.listed import (
    FORMULA_READ,
    HIDDEN_READ,
    NUMBER_READ,
    OF_TEMPLATE,
    SHEET_HIDDEN,
    place_of,
)
from app.tables.cells import DAY, ERROR, FORMULA, NUMBER, ListSheet

HIDDEN = "h"
"""Mark of a cell in a row or column that is hidden."""
DAY_READ = Rule(
    "date_read",
    "{place}“{label}”是日期，读作“{written}”；可能是表格程序自动改的，请核对。",
    "{place}: “{label}” is a date, and was read as “{written}”. The program may have made it of a text: check it.",
    Severity.ADVICE,
)
RESULT_MISSING = Rule(
    "no_result",
    "{place}“{label}”是没有结果的公式或错误值（{written}），没有填入；原文在未填入的内容中。",
    "{place}: “{label}” is a formula without a result, or an error ({written}). It was not filled in, and is among "
    "what has no place.",
    Severity.ADVICE,
)
TOLD = {
    NUMBER: NUMBER_READ,
    DAY: DAY_READ,
    FORMULA: FORMULA_READ,
    ERROR: RESULT_MISSING,
    HIDDEN: HIDDEN_READ,
}


def tables_of(sheets: Sequence[ListSheet]) -> list[Table]:
    """Return the sheets that are shown as tables, whose rows and columns count as Excel counts them."""
    return [_table(each) for each in sheets if not each.hidden and each.name not in OF_TEMPLATE]


def hidden_findings(sheets: Sequence[ListSheet]) -> Iterator[Finding]:
    """Tell of the sheets that are hidden, and were not read."""
    for each in sheets:
        if each.hidden and each.cells and each.name not in OF_TEMPLATE:
            yield SHEET_HIDDEN("/file", place=place_of(each.name, *min(each.cells)), sheet=each.name)


def _table(sheet: ListSheet) -> Table:
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in sheet.merged}
    rows: list[list[Cell]] = [[] for _ in range(max(sheet.rows, default=0))]
    for (row, column), (text, marks) in sorted(sheet.cells.items()):
        down, across = spans.get((row, column), (1, 1))
        hidden = HIDDEN if row in sheet.hidden_rows or column in sheet.hidden_columns else ""
        rows[row - 1].append(Cell(column, across, down, [Line(text)], marks=marks + hidden))
    return Table(rows, sheet.name)
