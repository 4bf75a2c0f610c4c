"""A table as it is written: piece by piece, so that it takes the same memory whatever its length.

XlsxWriter keeps a table in files until it is whole, which a limited process cannot open, and sends nothing before; a
sheet without formulas, pictures and charts is a few parts of XML in a zip, which flow out as they are written.
"""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import TextIOWrapper
from typing import Any, BinaryIO, Protocol
from unicodedata import east_asian_width
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

Value = str | int | float | date | datetime | None
Values = Sequence[Value]
MOST_ROWS = 1_048_576
"""Rows of a sheet, by Excel."""
LONGEST = 32_767
"""Characters of a cell, by Excel."""
NARROWEST, WIDEST = 8, 60
LEADING = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
"""A text that begins so is taken for a formula by programs that open CSV."""
_FIRST_DAY = date(1899, 12, 30)
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_TEXT, _HEAD, _DAY, _TIME = range(4)
"""Formats of cells, by their place in the styles."""

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org"
_MAIN = f"{_OFFICE}/spreadsheetml/2006/main"
_KIND = f"{_OFFICE}/officeDocument/2006/relationships"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = (
    f'{_XML}<Types xmlns="{_OFFICE}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET_TYPE}.styles+xml"/></Types>'
)
_RELATED = (
    f'{_XML}<Relationships xmlns="{_OFFICE}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_KIND}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_RELATED_TO_BOOK = (
    f'{_XML}<Relationships xmlns="{_OFFICE}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_KIND}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_KIND}/styles" Target="styles.xml"/></Relationships>'
)
_NONE = '<xf numFmtId="{number}" fontId="{font}" fillId="{fill}" borderId="0" xfId="0" {applied}>{place}</xf>'
_FORMATS = (
    _NONE.format(number=49, font=0, fill=0, applied='applyNumberFormat="1"', place=""),
    _NONE.format(number=49, font=1, fill=2, applied='applyFont="1" applyFill="1"', place=""),
    _NONE.format(number=164, font=0, fill=0, applied='applyNumberFormat="1"', place=""),
    _NONE.format(number=165, font=0, fill=0, applied='applyNumberFormat="1"', place=""),
    _NONE.format(number=0, font=0, fill=0, applied="", place=""),
)
_NUMBER = len(_FORMATS) - 1
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/>'
    '</numFmts><fonts count="2"><font><sz val="11"/><name val="宋体"/></font>'
    '<font><b/><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid">'
    '<fgColor rgb="FFE7E6E6"/><bgColor indexed="64"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    f'<cellXfs count="{len(_FORMATS)}">{"".join(_FORMATS)}</cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class Sheet(Protocol):
    """A table that is being written."""

    def add(self, rows: Sequence[Values]) -> None: ...
    def end(self) -> None: ...


class TooManyRowsError(Exception):
    """A sheet of Excel has no room for more."""


class CsvSheet:
    """CSV in UTF-8 with a mark by which Excel knows it; text stays text."""

    def __init__(self, out: BinaryIO, _title: str, headings: Sequence[str]) -> None:
        self._text = TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
        self._rows = csv.writer(self._text)
        self.add([headings])

    def add(self, rows: Sequence[Values]) -> None:
        self._rows.writerows(map(_in_csv, row) for row in rows)

    def end(self) -> None:
        self._text.flush()


@dataclass
class XlsxSheet:
    """A workbook of one sheet: its head is frozen and filters; its columns are as wide as what comes first."""

    out: BinaryIO
    title: str
    headings: Sequence[str]
    _zip: ZipFile = field(init=False)
    _part: Any = field(init=False, default=None)
    _rows: int = 0

    def __post_init__(self) -> None:
        self._zip = ZipFile(self.out, "w")

    def add(self, rows: Sequence[Values]) -> None:
        if self._part is None:
            self._begin(rows)
        if self._rows + len(rows) > MOST_ROWS:
            raise TooManyRowsError
        self._part.write("".join(self._row(row) for row in rows).encode())

    def end(self) -> None:
        """Close the sheet and write the other parts, of which one names its last row."""
        self.add([])
        last = letters(len(self.headings))
        self._part.write(f'</sheetData><autoFilter ref="A1:{last}{self._rows}"/></worksheet>'.encode())
        self._part.close()
        for name, written in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _RELATED),
            ("xl/workbook.xml", _book(self.title, f"$A$1:${last}${self._rows}")),
            ("xl/_rels/workbook.xml.rels", _RELATED_TO_BOOK),
            ("xl/styles.xml", _STYLES),
        ):
            self._zip.writestr(part_named(name), written)
        self._zip.close()

    def _begin(self, rows: Sequence[Values]) -> None:
        widths = [max(map(_width, column)) for column in zip(self.headings, *rows, strict=True)]
        columns = "".join(
            f'<col min="{place}" max="{place}" width="{min(max(width + 3, NARROWEST), WIDEST)}" customWidth="1"/>'
            for place, width in enumerate(widths, 1)
        )
        frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        views = f'<sheetViews><sheetView tabSelected="1" workbookViewId="0">{frozen}</sheetView></sheetViews>'
        self._part = self._zip.open(part_named("xl/worksheets/sheet1.xml"), "w")
        self._part.write(f'{_XML}<worksheet xmlns="{_MAIN}">{views}<cols>{columns}</cols><sheetData>'.encode())
        self._part.write(self._row(self.headings, head=True).encode())

    def _row(self, values: Values, *, head: bool = False) -> str:
        self._rows += 1
        cells = "".join(_cells(values, self._rows, _HEAD if head else _TEXT))
        return f'<row r="{self._rows}">{cells}</row>'


SHEETS: dict[str, Callable[[BinaryIO, str, Sequence[str]], Sheet]] = {"csv": CsvSheet, "xlsx": XlsxSheet}


def _cells(values: Values, row: int, text: int) -> Iterator[str]:
    for column, value in enumerate(values, 1):
        place = f"{letters(column)}{row}"
        if isinstance(value, str):
            if value:
                said = f'<is><t xml:space="preserve">{_clean(value)}</t></is>'
                yield f'<c r="{place}" s="{text}" t="inlineStr">{said}</c>'
        elif isinstance(value, datetime):
            yield f'<c r="{place}" s="{_TIME}"><v>{_serial(value)!r}</v></c>'
        elif isinstance(value, date):
            yield f'<c r="{place}" s="{_DAY}"><v>{(value - _FIRST_DAY).days}</v></c>'
        elif value is not None:
            yield f'<c r="{place}" s="{_NUMBER}"><v>{value!r}</v></c>'


def _serial(instant: datetime) -> float:
    """Count the days as Excel does."""
    seconds = (instant.hour * 60 + instant.minute) * 60 + instant.second
    return (instant.date() - _FIRST_DAY).days + seconds / 86_400


def _clean(text: str) -> str:
    """Leave what a cell may have: no control characters, and nothing that Excel would take for one that is escaped."""
    kept = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return escape(_LOOKS_ESCAPED.sub("_x005F_", _NO_XML.sub("", kept)))


def _in_csv(value: Value) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(LEADING) else value
    return "" if value is None else str(value)


def _width(value: Value) -> int:
    """Count the columns that the longest line of a value takes: a Chinese character is two wide."""
    lines = _in_csv(value).split("\n")
    return max(sum(1 + (east_asian_width(each) in "WF") for each in line[:WIDEST]) for line in lines)


def letters(column: int) -> str:
    """Name a column as Excel does: A to Z, AA, AB and on."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _book(title: str, reach: str) -> str:
    name = re.sub(r"[\[\]:*?/\\']", "_", title)[:31] or "Sheet1"
    quoted = escape(f"'{name}'!{reach}")
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_KIND}"><sheets><sheet name={quoteattr(name)} sheetId="1" '
        f'r:id="rId1"/></sheets><definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">'
        f"{quoted}</definedName></definedNames></workbook>"
    )


def part_named(name: str) -> ZipInfo:
    """Name a part, without the time of packing."""
    part = ZipInfo(name)
    part.compress_type = ZIP_DEFLATED
    return part
