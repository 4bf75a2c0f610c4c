"""A paper as data, which says what stands where; two writers draw it, one as PDF and one for Word."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

WIDTH, BROAD = 160, 247
"""Millimetres between the margins of a page of A4, upright and lying: the columns of a table share them."""
LINE_HEIGHT = 12
"""Millimetres of a row with one line."""


class CellKind(StrEnum):
    """Kind of a cell, by which its writer sets it."""

    LABEL = "label"
    SIDE = "side"  # a label down the side of several rows
    VALUE = "value"
    LINE = "line"  # a value at the left
    PROSE = "prose"  # a text of several paragraphs, over as many pages as it needs
    HINT = "hint"  # words of the empty form


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell and how many columns and rows it covers; `name` is the member of the form that fills it."""

    text: str
    kind: CellKind = CellKind.VALUE
    columns: int = 1
    rows: int = 1
    name: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells that begin in a row, and its least height in millimetres."""

    cells: Sequence[Cell]
    height: int = LINE_HEIGHT


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the widths of its columns, and how many of its rows head each page of it."""

    columns: Sequence[int]
    rows: Sequence[Row]
    heads: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Pictures, numbered in their order: their captions, and how many stand beside each other."""

    title: str
    captions: Sequence[str]
    beside: int


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper: above the table, the table (each but the first on a page of its own), below it, pictures, the foot.

    `code` is read by machines, from a scan of the first page; a paper wider than a page lies. Of a letter, `opening`
    are the addressee and what is said above the table, `signature` the lines at its end.
    """

    title: str
    annex: str
    above: str
    tables: Sequence[Table]
    below: str
    foot: str
    figures: Figures | None = None
    code: str = ""
    lines: Sequence[str] = field(default_factory=list)
    width: int = WIDTH
    opening: Sequence[str] = field(default_factory=list)
    signature: Sequence[str] = field(default_factory=list)

    @property
    def written(self) -> str:
        """The paper as JSON, in which form it reaches its writer."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def read(cls, written: str) -> Self:
        """Read it back, as a writer needs it."""
        plain = json.loads(written)
        figures = plain.pop("figures")
        tables = [_table(**table) for table in plain.pop("tables")]
        return cls(**plain, tables=tables, figures=Figures(**figures) if figures else None)

    @property
    def text(self) -> str:
        """All words of the paper, in which a font may lack a character."""
        cells = (cell.text for table in self.tables for row in table.rows for cell in row.cells)
        captions = self.figures.captions if self.figures else ()
        said = (*self.opening, *self.lines, *self.signature)
        return "".join((self.title, self.annex, self.above, self.below, self.foot, *said, *cells, *captions))

    @property
    def codes(self) -> list[str]:
        """The code that is drawn on it, if there is one."""
        return [self.code] if self.code else []

    @property
    def cells(self) -> dict[str, str]:
        """The texts of the cells of a form, by the members that fill them."""
        cells = (cell for table in self.tables for row in table.rows for cell in row.cells)
        return {cell.name: cell.text for cell in cells if cell.name}

    @property
    def rows(self) -> dict[str, str]:
        """The texts of the rows of a list, each by its first words."""
        listed = (row.cells for table in self.tables if table.heads for row in table.rows[table.heads :])
        return {" ".join(cell.text for cell in row[:2]): "".join(cell.text for cell in row) for row in listed}


def _table(rows: Sequence[dict[str, Any]], columns: Sequence[int], heads: int) -> Table:
    return Table(columns, [Row([Cell(**cell) for cell in row["cells"]], row["height"]) for row in rows], heads)
