"""A notice under a red head as a document of Word, in the layout of official documents (GB/T 9704-2012)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from docx.document import Document as OpenDocument
from docx.oxml.ns import qn
from docx.shared import Mm

from app.printing.notice import (
    BOTTOM,
    LEFT,
    LINE,
    RIGHT,
    SIZE,
    SMALL,
    TITLE,
    TOP,
    TRACKING,
    WIDTH,
    Annex,
    Notice,
    balanced,
)
from app.printing.paper import Cell, CellKind, Row, Table
from app.printing.word_parts import (
    HEAD_FONT,
    LAST,
    TITLE_FONT,
    Style,
    field,
    paragraph,
    parsed,
    points,
    run,
    table,
    twips,
)

RED = "FF0000"
MARK_FROM_TOP = 99
"""Points from the margin to the mark of the sender: 35 mm."""
FOOT = 20
"""Millimetres from the edge of the page to its number."""
EXACT, SPACED = points(LINE), points(TRACKING)
CHARACTER = SIZE + TRACKING
"""Height of a line and what characters stand nearer, in Word's units; and points of one character."""
THICK, THIN = 8, 6
"""Eighths of a point."""
DATED, BOTH = 56, '<w:gridSpan w:val="2"/>'
"""Millimetres of the date in the imprint, and what a line without one covers."""
ROWS = Style(size=SMALL * 2, line=22 * 20)
HEADING = Style(size=SIZE * 2, font=HEAD_FONT, line=EXACT)


def write(document: OpenDocument, paper: Notice, _: Sequence[bytes]) -> None:
    """Write a notice with its lists."""
    _lay(document)
    body = document.element.body
    annexes = chain.from_iterable(_annexed(paper, *each) for each in enumerate(paper.annexes, 1))
    for each in (*_head(paper), *_text(paper), *annexes, *_imprint(paper), LAST):
        body.insert_element_before(parsed(each), "w:sectPr")


def _lay(document: OpenDocument) -> None:
    """Set the margins, 22 lines a page, and the number of each page at its outer side."""
    section, body = document.sections[0], document.element.body
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin, section.footer_distance = Mm(LEFT), Mm(RIGHT), Mm(FOOT)
    for grid in body.sectPr.findall(qn("w:docGrid")):
        body.sectPr.remove(grid)
    body.sectPr.append(parsed(f'<w:docGrid w:type="lines" w:linePitch="{EXACT}"/>'))
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        number = f"{_number('— ')}{field('PAGE', SMALL * 2)}{_number(' —')}"
        place = f'<w:pPr><w:ind w:left="{SMALL * 20}" w:right="{SMALL * 20}"/><w:jc w:val="{side}"/></w:pPr>'
        root = footer.part.element
        root.clear()
        root.append(parsed(f"<w:p>{place}{number}</w:p>"))


def _number(words: str) -> str:
    return run(words, SMALL * 2)


def _head(paper: Notice) -> Iterator[str]:
    """Write what stands above the red line, and the line."""
    width = WIDTH / 25.4 * 72
    size = max(TITLE, min(44, int(width / max(len(paper.head), 1))))
    yield paragraph(paper.head, Style("center", size * 2, TITLE_FONT, RED, before=MARK_FROM_TOP))
    yield from (_line(""), _line(""))
    border = f'<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="11" w:color="{RED}"/></w:pBdr>'
    yield _line(paper.number, "center", form=border)
    yield from (_line(""), _line(""))


def _text(paper: Notice) -> Iterator[str]:
    """Write the notice itself, up to its date."""
    yield _title(paper.title)
    yield _line("")
    if paper.addressees:
        yield _line(paper.addressees)
    yield from (_line(each, "both", first=2) for each in paper.paragraphs)
    listed = paper.listed
    if listed:
        yield _line("")
        yield from (
            _line(f"附件：{each}" if not place else each, left=5 if place else 2) for place, each in enumerate(listed)
        )
    yield from (_line(""), _line(""))
    for line, indent in zip(paper.signature, paper.indents, strict=True):
        yield _line(line, "right", right=indent)


def _annexed(paper: Notice, number: int, annex: Annex) -> Iterator[str]:
    """Write a list on pages of its own."""
    numbered = f"附件{number}" if len(paper.annexes) > 1 else "附件"
    yield paragraph(numbered, replace(HEADING, on_next_page=True))
    yield _line("")
    yield _title(annex.title)
    yield _line("")
    for part in annex.parts:
        if part.heading:
            yield paragraph(part.heading, HEADING)
        head = Row([Cell(label, CellKind.LABEL) for label, _ in annex.columns], 9)
        kinds = [CellKind.VALUE, *[CellKind.LINE] * (len(annex.columns) - 1)]
        rows = [Row([Cell(*each) for each in zip(row, kinds, strict=True)], 9) for row in part.rows]
        yield table(Table([width for _, width in annex.columns], [head, *rows], heads=1), WIDTH, ROWS)
        yield _line("")


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


def _title(words: str) -> str:
    side = points((WIDTH / 25.4 * 72 - balanced(words)) / 2)
    narrowed = f'<w:ind w:left="{side}" w:right="{side}"/>'
    return paragraph(words, Style("center", TITLE * 2, TITLE_FONT, line=700, indent=narrowed))


def _line(
    words: str, place: str = "left", *, first: float = 0, left: float = 0, right: float = 0, form: str = ""
) -> str:
    """Write a paragraph of the text, with its indents in characters."""
    indents = {"firstLine": first, "left": left, "right": right}
    indent = "".join(f' w:{name}="{points(count * CHARACTER)}"' for name, count in indents.items() if count)
    return paragraph(
        words,
        Style(place, SIZE * 2, line=EXACT, spaced=SPACED, form=form, indent=f"<w:ind{indent}/>" if indent else ""),
    )
