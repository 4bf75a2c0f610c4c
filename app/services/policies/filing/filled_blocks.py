"""A filled form as the limited process reads it: lines, pictures with their captions, and tables."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from app.services.policies.filing.forms import LONGEST_CAPTION
from app.services.policies.people.listed import place_of

Plain = Mapping[str, Any]
"""A block as the process returns it."""
_FIGURE = r"\s*图\s*([0-9０-９]{1,2}|[一二三四五六七八九十]{1,2})"
_NUMBERED = re.compile(rf"{_FIGURE}(?:　|\s*[、.．:：]\s*|\s+|(?=[^0-9０-９])|$)")


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a table, or a line outside of tables, counted from one; of a sheet a cell in the row."""

    table: int
    row: int
    sheet: str = ""
    column: int = 1

    @property
    def words(self) -> dict[str, str]:
        """The place in both languages, for sentences."""
        if self.sheet:
            return dict.fromkeys(("place", "place_en"), place_of(self.sheet, self.row, self.column))
        if self.table in _ELSEWHERE:
            place, place_en = _ELSEWHERE[self.table]
            return {"place": place, "place_en": place_en}
        if not self.table:
            return {"place": f"表格外第{self.row}段", "place_en": f"Paragraph {self.row} outside of tables"}
        if self.table == 1:
            return {"place": f"第{self.row}行", "place_en": f"Row {self.row}"}
        return {"place": f"第{self.table}个表格第{self.row}行", "place_en": f"Row {self.row} of table {self.table}"}


HIDDEN, NOTES = Place(-1, 0), Place(-2, 0)
_ELSEWHERE = {-1: ("隐藏文字", "Hidden text"), -2: ("脚注或尾注", "A note at the foot or the end")}


@dataclass(slots=True)
class Line:
    """A paragraph, or a part of one; a caption belongs to its picture and to nothing else."""

    text: str
    place: Place | None = None
    is_caption: bool = False


@dataclass(slots=True)
class Figure:
    """A picture, by its number in the document."""

    number: int
    place: Place | None = None


@dataclass(slots=True)
class Cell:
    """A cell of a table, with what is in it, and whether it was read already."""

    column: int
    columns: int
    rows: int
    blocks: Sequence["Block"]
    taken: bool = False
    marks: str = ""
    """Of a cell of a sheet, what it is besides a text."""

    @property
    def end(self) -> int:
        return self.column + self.columns

    @property
    def text(self) -> str:
        return "\n".join(each.text for each in self.blocks if isinstance(each, Line)).strip()

    @property
    def holds_more(self) -> bool:
        """Return true if it has pictures or tables in it, so that it is no label."""
        return not all(isinstance(each, Line) for each in self.blocks)


@dataclass(slots=True)
class Table:
    """A table by its rows, each with the cells that begin in it; of a workbook the sheet of this name."""

    rows: Sequence[Sequence[Cell]]
    sheet: str = ""

    @property
    def lines(self) -> Iterator[Line | Figure]:
        """The rows within a text, their cells with tabs between them, and pictures and tables within them below."""
        for row in self.rows:
            yield Line("\t".join(cell.text.replace("\n", " ") for cell in row))
            for block in (block for cell in row for block in cell.blocks):
                if isinstance(block, Table):
                    yield from block.lines
                elif isinstance(block, Figure):
                    yield block


Block: TypeAlias = Line | Figure | Table


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture in the document, its caption, and its place."""

    number: int
    caption: str
    place: Place


def blocks_of(plain: Sequence[Plain]) -> list[Block]:
    """Return blocks as the rules read them, of those that the limited process made."""
    return [_block(**each) for each in plain]


def _block(text: str = "", picture: int | None = None, rows: Sequence[Sequence[Plain]] | None = None) -> Block:
    if rows is not None:
        return Table([[_cell(**cell) for cell in row] for row in rows])
    return Line(text) if picture is None else Figure(picture)


def _cell(column: int, columns: int, rows: int, blocks: Sequence[Plain]) -> Cell:
    return Cell(column, columns, rows, blocks_of(blocks))


def pictured(lines: Sequence[Line | Figure], place: Place, *, strict: bool) -> list[Shown]:
    """Return the pictures among lines with their captions, which are marked: below them, or else all above them.

    Within the text of a cell only a numbered line (图1) is a caption.
    """
    kept = [each for each in lines if isinstance(each, Figure) or _may_caption(each, strict=strict)]
    if not any(isinstance(each, Figure) for each in kept):
        return []
    above = isinstance(kept[0], Line) and isinstance(kept[-1], Figure)
    beside = [None, *kept[:-1]] if above else [*kept[1:], None]
    return [
        Shown(each.number, _caption(near), each.place or place)
        for each, near in zip(kept, beside, strict=True)
        if isinstance(each, Figure)
    ]


def put_beside(rows: Sequence[Sequence[Cell]]) -> None:
    """Put a caption that stands in the cell below a picture, or above it, beside the picture."""
    for row, cells in enumerate(rows):
        for cell in cells:
            alone = not cell.taken and not cell.text and any(isinstance(each, Figure) for each in cell.blocks)
            near = [*_at(rows, row + 1, cell), *_at(rows, row - 1, cell)] if alone else []
            for other in near[:1]:
                other.taken = True
                cell.blocks = [*cell.blocks, Line(other.text)]


def _caption(near: Line | Figure | None) -> str:
    """Take the line beside a picture for its caption, without its number."""
    if not isinstance(near, Line):
        return ""
    near.is_caption = True
    return _NUMBERED.sub("", near.text, count=1).strip()


def _may_caption(line: Line, *, strict: bool) -> bool:
    said = line.text.strip()
    return bool(0 < len(said) <= LONGEST_CAPTION and (_NUMBERED.match(said) or not strict))


def _at(rows: Sequence[Sequence[Cell]], row: int, cell: Cell) -> list[Cell]:
    """Return the cell at the same column of another row, if it has a short text alone."""
    there = [each for each in (rows[row] if 0 <= row < len(rows) else []) if each.column == cell.column]
    return [each for each in there if not each.taken and not each.holds_more and 0 < len(each.text) <= LONGEST_CAPTION]
