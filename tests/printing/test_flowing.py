"""Long runs without places for a break: no part of a paper is drawn outside its cell or its page."""

from collections.abc import Iterator
from io import BytesIO

import pypdfium2
import pytest
from PIL import Image

from app.printing.paper import Cell, CellKind, Figures, Paper, Row, Table
from app.printing.pdf import Printer
from app.printing.word import Writer
from tests.world.papers import of_docx, of_pdf, pages_of, squeezed

RUNS = (
    "https://example.org/a-b/?c=" + "a" * 200,
    "W" * 180,
    "13900000000" * 10,
    "a\u00a0b" * 60,
    "！" * 120,
    "（" * 120,
    "“中”、——" * 30,
)
LABELS = ("职务", "电话", "做法", "效果", "名称", "单位")
LEFT, RIGHT = 25 / 25.4 * 72, 185 / 25.4 * 72
SLACK = 1
"""Points by which a glyph may lean over its own width."""


def photograph() -> bytes:
    file = BytesIO()
    Image.new("RGB", (40, 30)).save(file, "JPEG")
    return file.getvalue()


def full_of(run: str) -> Paper:
    """A paper with this run in each kind of cell and in every width of the forms."""

    def label(number: int, columns: int = 1) -> Cell:
        return Cell(LABELS[number], CellKind.LABEL, columns)

    form = [
        Row([label(0, 2), Cell(run), label(1), Cell(run)]),
        Row([Cell("简介", CellKind.SIDE, rows=2), label(2), Cell(f"网址{run}等", CellKind.PROSE, columns=3)]),
        Row([label(3), Cell(run, CellKind.LINE, columns=3)]),
    ]
    plan = [Row([label(4), Cell(run, CellKind.LINE)]), Row([label(5), Cell(run)])]
    tables = [Table((12, 28, 56, 24, 40), form), Table((100, 60), plan)]
    return Paper(run, "附件", run, tables, run, "", Figures("图", [run, run], 2), lines=[run])


def glyphs(pdf: bytes) -> Iterator[tuple[str, float, float, float]]:
    """Each glyph with its left, bottom and right; PDFium makes up the ends of lines."""
    with pypdfium2.PdfDocument(pdf) as document:
        for text in (page.get_textpage() for page in document):
            for place in range(text.count_chars()):
                left, bottom, right, _ = text.get_charbox(place)
                if (character := text.get_text_range(place, 1)).strip():
                    yield character, left, bottom, right


@pytest.fixture(scope="module")
def printer() -> Printer:
    return Printer()


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run[:10])
def test_a_long_run_stays_within_its_cell_and_its_page_and_reads_as_it_was_written(printer: Printer, run: str) -> None:
    paper, pictures = full_of(run), [photograph()] * 2
    pdf = printer.draw(paper, pictures)
    outside = [each for each in glyphs(pdf) if each[1] < LEFT - SLACK or each[2] < 0 or each[3] > RIGHT + SLACK]
    assert outside == []
    expected = {label: squeezed(run) for label in LABELS} | {"做法": squeezed(f"网址{run}等")}
    assert of_pdf(pdf) == expected
    assert of_docx(Writer().write(paper, pictures)) == expected | {squeezed(run): squeezed(run)}, "with captions"
    first, *_, last = pages_of(pdf)
    assert first.startswith(f"附件{squeezed(run) * 2}"), "the title, and what is above the tables"
    assert last.startswith(f"图{squeezed(run) * 2}"), "captions"


def test_words_that_fit_are_not_broken(printer: Printer) -> None:
    words = "Internationalization of neighbourhoods " * 6
    page, *_ = pypdfium2.PdfDocument(printer.draw(Paper("", "", words, (), "", ""), ()))
    lines = page.get_textpage().get_text_range().splitlines()
    assert {word for line in lines for word in line.split()} >= set(words.split())
    assert all(word in words.split() for line in lines[:-1] for word in line.split() if word.isascii())
