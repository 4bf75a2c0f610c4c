"""A notice under a red head as a document of Word, in the layout of official documents (GB/T 9704-2012)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from docx.document import Document as OpenDocument

from app.printing.notice import Annex, Notice
from app.printing.official import BOTTOM, SMALL, TITLE, WIDTH
from app.printing.word_official import EXACT, HEADING, lay, line, listing, signed, title
from app.printing.word_parts import LAST, TITLE_FONT, Style, paragraph, parsed, twips

RED = "FF0000"
MARK_FROM_TOP = 99
"""Points from the margin to the mark of the sender: 35 mm."""
THICK, THIN = 8, 6
"""Eighths of a point."""
DATED, BOTH = 56, '<w:gridSpan w:val="2"/>'
"""Millimetres of the date in the imprint, and what a line without one covers."""


def write(document: OpenDocument, paper: Notice, _: Sequence[bytes]) -> None:
    """Write a notice with its lists."""
    lay(document)
    body = document.element.body
    annexes = chain.from_iterable(_annexed(paper, *each) for each in enumerate(paper.annexes, 1))
    for each in (*_head(paper), *_text(paper), *annexes, *_imprint(paper), LAST):
        body.insert_element_before(parsed(each), "w:sectPr")


def _head(paper: Notice) -> Iterator[str]:
    """Write what stands above the red line, and the line."""
    width = WIDTH / 25.4 * 72
    size = max(TITLE, min(44, int(width / max(len(paper.head), 1))))
    yield paragraph(paper.head, Style("center", size * 2, TITLE_FONT, RED, before=MARK_FROM_TOP))
    yield from (line(""), line(""))
    border = f'<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="11" w:color="{RED}"/></w:pBdr>'
    yield line(paper.number, "center", form=border)
    yield from (line(""), line(""))


def _text(paper: Notice) -> Iterator[str]:
    """Write the notice itself, up to its date."""
    yield title(paper.title)
    yield line("")
    if paper.addressees:
        yield line(paper.addressees)
    yield from (line(each, "both", first=2) for each in paper.paragraphs)
    listed = paper.listed
    if listed:
        yield line("")
        yield from (
            line(f"附件：{each}" if not place else each, left=5 if place else 2) for place, each in enumerate(listed)
        )
    yield from (line(""), line(""))
    yield from signed(paper.signature)


def _annexed(paper: Notice, number: int, annex: Annex) -> Iterator[str]:
    """Write a list on pages of its own."""
    numbered = f"附件{number}" if len(paper.annexes) > 1 else "附件"
    yield paragraph(numbered, replace(HEADING, on_next_page=True))
    yield line("")
    yield title(annex.title)
    yield line("")
    for part in annex.parts:
        if part.heading:
            yield paragraph(part.heading, HEADING)
        yield listing(annex.columns, part.rows)
        yield line("")


def _imprint(paper: Notice) -> Iterator[str]:
    """Write who gets copies, and who printed it when, at the foot of the last page."""
    if not paper.printed_by:
        return
    rows = [(f"抄送：{paper.copies}", "")] if paper.copies else []
    rows.append((paper.printed_by, paper.printed_on))
    top = twips(297 - BOTTOM) - len(rows) * EXACT
    place = f'<w:tblpPr w:horzAnchor="margin" w:vertAnchor="page" w:tblpXSpec="left" w:tblpY="{top}"/>'
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:color="auto"/>'
        for side, size in (("top", THICK), ("bottom", THICK), ("insideH", THIN))
    )
    form = f'<w:tblW w:w="{twips(WIDTH)}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
    grid = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in (WIDTH - DATED, DATED))
    written = "".join(f"<w:tr>{_imprinted(*row)}</w:tr>" for row in rows)
    laid = f'<w:tblPr>{place}{form}<w:tblLayout w:type="fixed"/></w:tblPr>'
    yield f"<w:tbl>{laid}<w:tblGrid>{grid}</w:tblGrid>{written}</w:tbl>"


def _imprinted(said: str, dated: str) -> str:
    """Write a line of it, which a date ends."""
    cells = [(said, "left", WIDTH - DATED), (dated, "right", DATED)] if dated else [(said, "left", WIDTH)]
    return "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{twips(width)}" w:type="dxa"/>{"" if dated else BOTH}</w:tcPr>'
        f"{paragraph(words, Style(place, SMALL * 2, line=EXACT))}</w:tc>"
        for words, place, width in cells
    )
