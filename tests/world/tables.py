"""Tables that the API answers, read back without the code that wrote them."""

import csv
from io import BytesIO, StringIO
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMATS = ("text", "head", "day", "time", "number")


def of_csv(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf"), "Excel knows UTF-8 by its mark"
    return [*csv.reader(StringIO(data.decode("utf-8-sig"), newline=""))]


def of_xlsx(data: bytes) -> list[list[Any]]:
    """Rows of the sheet: texts as they are, all else as its format and its number."""
    return [[_value(cell) for cell in row] for row in _filled(sheet_of(data))]


def sheet_of(data: bytes) -> ET.Element:
    with ZipFile(BytesIO(data)) as book:
        assert book.testzip() is None
        return ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # it is ours


def _filled(sheet: ET.Element) -> list[list[ET.Element | None]]:
    """The cells of each row at their places, of which the empty ones are not written."""
    rows = []
    for row in sheet.iter(f"{MAIN}row"):
        cells = {_column(cell.attrib["r"]): cell for cell in row}
        rows.append([cells.get(place) for place in range(1, max(cells, default=0) + 1)])
    width = max(map(len, rows))
    return [row + [None] * (width - len(row)) for row in rows]


def _column(place: str) -> int:
    number = 0
    for letter in place.rstrip("0123456789"):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _value(cell: ET.Element | None) -> Any:
    if cell is None:
        return ""
    if cell.attrib.get("t") == "inlineStr":
        return "".join(cell.itertext())
    return FORMATS[int(cell.attrib["s"])], float(cell.findtext(f"{MAIN}v") or "nan")
