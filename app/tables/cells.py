"""A list that came as a table, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 5000, 200, 20
MOST_CELLS = 50_000
"""Cells of all sheets that say something, and those under merged ones: a list of 2000 units has a third."""
NUMBER, DAY, FORMULA, ERROR = "n", "d", "f", "e"
"""What a cell is besides a text; the last two as openpyxl names them."""


class ListCell(NamedTuple):
    """A cell: its text, and letters for what it is besides: a number, a day, a formula, an error."""

    text: str
    marks: str = ""


NOTHING = ListCell("")


@dataclass(frozen=True)  # no slots: the merged cells are found once
class ListSheet:
    """A sheet of a file: its cells by row and column from 1, and what of it is hidden or merged."""

    name: str
    cells: Mapping[tuple[int, int], ListCell]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: Sequence[tuple[int, int, int, int]] = ()

    @cached_property
    def rows(self) -> Sequence[int]:
        """The rows that say something."""
        return sorted({row for row, _ in self.cells})

    @cached_property
    def _owners(self) -> Mapping[tuple[int, int], tuple[int, int]]:
        """The cell that shows what a merged one says, of each that shows nothing itself."""
        last = (max(self.rows, default=0), max((column for _, column in self.cells), default=0))
        return {
            (row, column): (top, left)
            for top, left, bottom, right in self.merged
            for row in range(top, min(bottom, last[0]) + 1)
            for column in range(left, min(right, last[1]) + 1)
        }

    def at(self, row: int, column: int, *, across: bool = False) -> ListCell:
        """Return a cell; one merged with those above says what they say, and `across` also those beside."""
        owner = self._owners.get((row, column), (row, column))
        return self.cells.get(owner if across or owner[1] == column else (row, column), NOTHING)
