"""The labels of a filled form, wherever they stand in its tables, and what stands beside them or below."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Self

from app.comparable import comparable
from app.services.policies.filing.filled_blocks import (
    Block,
    Cell,
    Figure,
    Line,
    Place,
    Shown,
    Table,
    pictured,
    put_beside,
)

_ORNAMENTS = re.compile(r"^(?:[*★☆●○•·※]+|[(（]?[0-9一二三四五六七八九十]{1,3}[)）、.．]|[①-⑳])+")
_REMARK = re.compile(r"\([^()]*\)$")
_ENDS = ":：*"
_COLON = re.compile("[:：]")
LONGEST_REMARK = 80
"""Characters of a label with what its form says about how to fill it in."""


@dataclass(frozen=True, slots=True)
class Loose:
    """A text that belongs to no label."""

    text: str
    place: Place


@dataclass(slots=True)
class Entry:
    """A label as it was found, and what was written for it."""

    name: str
    label: str
    place: Place
    lines: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    """Rows of a table within the cell, where its value is a list."""

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip()


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels by the form in which they are compared, and which cells hold lists."""

    names: Mapping[str, str]
    lists: frozenset[str]

    def name(self, text: str) -> str | None:
        """Return the cell that a text is the label of: numbered, starred, spaced, or with a remark in brackets."""
        if not 0 < len(text) <= LONGEST_REMARK:
            return None
        plain = _ORNAMENTS.sub("", comparable(text)).strip(_ENDS)
        return self.names.get(plain) or self.names.get(_REMARK.sub("", plain).strip(_ENDS))

    def parted(self, line: str) -> tuple[str, str, str] | None:
        """Part a line that begins with a label and a colon: the cell, the label and the value."""
        label, *value = _COLON.split(line, maxsplit=1)
        name = self.name(label) if value else None
        return (name, label.strip(), value[0].strip()) if name else None


@dataclass(slots=True)
class Reading:
    """A document as a form: its labels with their values, its pictures, and everything else."""

    labels: Labels
    entries: list[Entry] = field(default_factory=list)
    pictures: list[Shown] = field(default_factory=list)
    loose: list[Loose] = field(default_factory=list)
    _tables: int = 0
    _lines: int = 0

    @classmethod
    def of(cls, blocks: Sequence[Block], labels: Labels, furniture: frozenset[str]) -> Self:
        """Read a document; its furniture is the words of the empty form, which nobody filled in."""
        reading = cls(labels)
        reading.body(blocks, furniture)
        return reading

    def body(self, blocks: Sequence[Block], furniture: frozenset[str]) -> None:
        """Read what stands outside of tables, and each table."""
        for is_table, run in groupby(blocks, lambda block: isinstance(block, Table)):
            found = [*run]
            self._container(found, Place(0, self._lines + 1), furniture, each_line=True)
            self._lines += 0 if is_table else sum(isinstance(block, Line) for block in found)

    def _table(self, table: Table, furniture: frozenset[str]) -> None:
        self._tables += 1
        number, rows = self._tables, table.rows
        entered = [self._entries(rows, place, Place(number, place + 1)) for place in range(len(rows))]
        for entry, cells in (each for row in entered for each in row):
            self.entries.append(entry)
            for cell in cells:
                if entry.name == "images":
                    self._container(cell.blocks, entry.place, furniture)
                else:
                    self._value(entry, cell, furniture)
        put_beside(rows)
        for place, row in enumerate(rows, 1):
            for cell in row:
                if not cell.taken:
                    self._container(cell.blocks, Place(number, place), furniture)

    def _entries(self, rows: Sequence[Sequence[Cell]], row: int, place: Place) -> list[tuple[Entry, list[Cell]]]:
        """Return the labels of a row, each with the cells of its value: the next one, or the one below."""
        found = []
        for index, cell in enumerate(rows[row]):
            name = None if cell.taken or cell.holds_more else self.labels.name(cell.text)
            if name is None:
                continue
            cell.taken = True
            cells = self._beside(rows, row, index) or self._under(rows, row, cell)
            for each in cells:
                each.taken = True
            found.append((Entry(name, cell.text, place), cells))
        return found

    def _beside(self, rows: Sequence[Sequence[Cell]], row: int, index: int) -> list[Cell]:
        """Return the cell at the right of a label, and those below it that the label goes down beside."""
        label = rows[row][index]
        lines = rows[row][index + 1 : index + 2]
        for further in rows[row + 1 : row + label.rows]:
            lines = [*lines, *[each for each in further if each.column >= label.end][:1]]
        return [each for each in lines if self._may_be_value(each)]

    def _under(self, rows: Sequence[Sequence[Cell]], row: int, label: Cell) -> list[Cell]:
        below = rows[row + label.rows] if row + label.rows < len(rows) else []
        return [each for each in below if each.column == label.column and self._may_be_value(each)][:1]

    def _may_be_value(self, cell: Cell) -> bool:
        return not cell.taken and (cell.holds_more or self.labels.name(cell.text) is None)

    def _value(self, entry: Entry, cell: Cell, furniture: frozenset[str]) -> None:
        """Read the cell of a value: its lines; tables in it that have labels of their own are read as such."""
        lines: list[Line | Figure] = []
        for block in cell.blocks:
            if not isinstance(block, Table):
                lines.append(block)
            elif entry.name in self.labels.lists:
                entry.rows += [[each.text for each in row] for row in block.rows]
            elif self._is_labelled(block):
                self._table(block, furniture)
            else:
                lines += block.lines
        self.pictures += pictured(lines, entry.place, strict=True)
        entry.lines += [each.text for each in lines if isinstance(each, Line) and not each.is_caption]

    def _is_labelled(self, table: Table) -> bool:
        """Return true if a table, or one within it, has a label."""
        cells = [cell for row in table.rows for cell in row]
        within = [block for cell in cells for block in cell.blocks if isinstance(block, Table)]
        return any(self.labels.name(cell.text) for cell in cells) or any(map(self._is_labelled, within))

    def _container(
        self, blocks: Sequence[Block], place: Place, furniture: frozenset[str], *, each_line: bool = False
    ) -> None:
        """Read what belongs to no label: lines that begin with one themselves, pictures, tables, and texts."""
        whole = "\n".join(block.text for block in blocks if isinstance(block, Line))
        known = furniture if comparable(whole) not in furniture else furniture | {*map(comparable, whole.split("\n"))}
        lines: list[Line | Figure] = []
        entry: Entry | None = None
        row = place.row
        for block in blocks:
            own = Place(place.table, row)
            row += each_line and isinstance(block, Line)
            if isinstance(block, Table):
                self._table(block, furniture)
            elif isinstance(block, Figure):
                lines.append(Figure(block.number, own))
            elif found := self.labels.parted(block.text) or self._headed(block.text):
                entry = Entry(found[0], found[1], own, [found[2]])
                self.entries.append(entry)
            elif entry and not each_line:
                entry.lines.append(block.text)
            elif block.text.strip() and comparable(block.text) not in known:
                lines.append(Line(block.text, own))
        self._left(lines, place)

    def _left(self, lines: Sequence[Line | Figure], place: Place) -> None:
        """Keep the pictures with their captions, and the texts that no label claims."""
        self.pictures += pictured(lines, place, strict=False)
        texts = [each for each in lines if isinstance(each, Line) and not each.is_caption]
        self.loose += [Loose(each.text.strip(), each.place or place) for each in texts]

    def _headed(self, line: str) -> tuple[str, str, str] | None:
        """Take a line that is a label, and nothing else, for the head of the lines below it."""
        name = self.labels.name(line)
        return (name, line.strip(), "") if name else None
