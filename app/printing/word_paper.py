"""A form, a list or a letter as a document of Word."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from xml.sax.saxutils import escape

from docx.document import Document as OpenDocument
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm

from app.printing import codes
from app.printing.paper import WIDTH, Figures, Paper
from app.printing.word_figures import illustrated
from app.printing.word_parts import (
    HEAD,
    HEAD_FONT,
    INDENT,
    NEXT_PAGE,
    TITLE,
    TITLE_FONT,
    Style,
    field,
    font_of,
    paragraph,
    parsed,
    run,
    table,
    twips,
)

PAGES = (("第 ", "PAGE"), (" 页　共 ", "NUMPAGES"), (" 页", ""))
CODE_SIDE = 24


def write(document: OpenDocument, paper: Paper, pictures: Sequence[bytes]) -> None:
    """Write a paper, with the pictures of its figures."""
    _lay(document, paper)
    body = document.element.body
    for each in _parts(paper):
        body.insert_element_before(parsed(each), "w:sectPr")
    if paper.code:
        _mark(document, paper.code)
    if paper.figures:
        _show(document, paper.figures, pictures)
    _number(document, paper)


def _lay(document: OpenDocument, paper: Paper) -> None:
    """Lay the pages of a broad paper."""
    if paper.width > WIDTH:
        section = document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)


def _parts(paper: Paper) -> Iterator[str]:
    if paper.annex or paper.code:
        yield _head(paper)
    yield paragraph(paper.title, Style("center", TITLE, TITLE_FONT, after=12))
    if paper.above:
        yield paragraph(paper.above)
    for place, line in enumerate(paper.opening):
        yield paragraph(line, Style(indent=INDENT if place else "", after=4))
    for number, each in enumerate(paper.tables):
        if number:
            yield NEXT_PAGE
        yield table(each, paper.width)
    for line in (*paper.lines, *filter(None, [paper.below])):
        yield paragraph(line)
    for place, line in enumerate(paper.signature):
        yield paragraph(line, Style("right", before=0 if place else 24))


def _head(paper: Paper) -> str:
    """Write the head, with a place for the code at its right."""
    if not paper.code:
        return paragraph(paper.annex, Style(size=HEAD, font=HEAD_FONT))
    tab = f'<w:pPr><w:tabs><w:tab w:val="right" w:pos="{twips(paper.width)}"/></w:tabs></w:pPr>'
    words = f"<w:r><w:rPr>{''.join(font_of(HEAD_FONT, HEAD))}</w:rPr><w:t>{escape(paper.annex)}</w:t><w:tab/></w:r>"
    return f"<w:p>{tab}{words}<w:r><w:drawing/></w:r></w:p>"


def _mark(document: OpenDocument, code: str) -> None:
    """Set the code into its place."""
    place = next(document.element.body.iter(qn("w:drawing")))
    place.append(
        document.part.new_pic_inline(
            BytesIO(codes.drawn(code, "png", scale=8)), width=Mm(CODE_SIDE), height=Mm(CODE_SIDE)
        )
    )


def _show(document: OpenDocument, figures: Figures, pictures: Sequence[bytes]) -> None:
    """Set the pictures on pages of their own, in a table without lines."""
    grid = illustrated(document, pictures, figures.captions, figures.beside)
    for each in (parsed(NEXT_PAGE), parsed(paragraph(figures.title, Style("center", HEAD, HEAD_FONT))), grid):
        document.element.body.insert_element_before(each, "w:sectPr")


def _number(document: OpenDocument, paper: Paper) -> None:
    """Set the foot of every page: what it is of, and at the right its number."""
    tab = f'<w:pPr><w:tabs><w:tab w:val="right" w:pos="{twips(paper.width)}"/></w:tabs></w:pPr>'
    pages = "".join(run(words) + (field(name) if name else "") for words, name in PAGES)
    footer = document.sections[0].footer.part.element
    footer.clear()
    footer.append(parsed(f"<w:p>{tab}{run(escape(paper.foot))}<w:r><w:tab/></w:r>{pages}</w:p>"))
