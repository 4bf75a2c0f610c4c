"""Printed forms read back, cell by cell: as PDF by the lines that are drawn, as Word document by its table."""

import re
from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import pairwise

import pypdfium2
import pypdfium2.raw as pdfium
from docx import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

BLANKS = re.compile(r"\s+")
LINE = 1.5
"""Points below which a drawn thing is a line."""


def squeezed(text: str) -> str:
    """The text without blanks, of which a page has others."""
    return BLANKS.sub("", text)


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [squeezed(page.get_textpage().get_text_range()) for page in document]


def of_pdf(pdf: bytes) -> dict[str, str]:
    """The value beside each label, of all pages one after the other."""
    with pypdfium2.PdfDocument(pdf) as document:
        return _paired(row for page in document for row in _rows(page))


def of_docx(docx: bytes) -> dict[str, str]:
    """The same of a Word document, where a cell over several rows counts at its first."""
    found, seen = [], set[object]()
    for row in (row for table in Document(BytesIO(docx)).tables for row in table.rows):
        cells = [*dict.fromkeys(cell._tc for cell in row.cells)]  # noqa: SLF001
        found.append([squeezed("".join(map(_written, cell.iter()))) for cell in cells if cell not in seen])
        seen.update(cells)
    return _paired(found)


def table_of_pdf(pdf: bytes) -> list[list[str]]:
    """The rows of a table of all pages, its head once."""
    with pypdfium2.PdfDocument(pdf) as document:
        rows = [row for page in document for row in _rows(page)]
    return [row for number, row in enumerate(rows) if not number or row != rows[0]]


def table_of_docx(docx: bytes) -> list[list[str]]:
    """The same of a Word document."""
    return [[squeezed(cell.text) for cell in row.cells] for row in Document(BytesIO(docx)).tables[0].rows]


def text_of_docx(docx: bytes) -> str:
    """All words of a Word document but those of its foot."""
    return squeezed("".join(map(_written, Document(BytesIO(docx)).element.body.iter())))


def _paired(rows: Iterable[Sequence[str]]) -> dict[str, str]:
    """Labels and values by turns; a cell more is a label at the side, and a label that comes again goes on."""
    values: dict[str, str] = {}
    for row in rows:
        pairs = row[len(row) % 2 :]
        for label, value in zip(pairs[::2], pairs[1::2], strict=True):
            values[label] = values.get(label, "") + value
    return values


def _written(node: BaseOxmlElement) -> str:
    return node.text or "" if node.tag == qn("w:t") else ""


def _rows(page: pypdfium2.PdfPage) -> list[list[str]]:
    """Between two lines across the page is a row; between two lines down it, that go through it, a cell."""
    drawn = [each.get_bounds() for each in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH])]
    across = [(left, bottom, right) for left, bottom, right, top in drawn if top - bottom < LINE]
    down = [(left, bottom, top) for left, bottom, right, top in drawn if right - left < LINE]
    heights = sorted({round(bottom) for _, bottom, _ in across}, reverse=True)
    text = page.get_textpage()
    rows = []
    for top, bottom in pairwise(heights):
        middle = (top + bottom) / 2
        edges = sorted({round(left) for left, low, high in down if low < middle < high})
        cells = [squeezed(text.get_text_bounded(left, bottom, right, top)) for left, right in pairwise(edges)]
        rows.append(cells)
    return rows
