"""A booklet of cases as a document of Word: cover and contents, and in a second section the cases from page 1 on."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from docx.document import Document as OpenDocument
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from app.printing.booklet import BESIDE, Booklet, Case
from app.printing.paper import WIDTH
from app.printing.word_figures import illustrated
from app.printing.word_parts import (
    BODY,
    CAPTION,
    HEAD,
    HEAD_FONT,
    INDENT,
    LAST,
    TITLE,
    TITLE_FONT,
    Style,
    field,
    font_of,
    paragraph,
    parsed,
    run,
    twips,
)

COVER, PART, NAME, LABEL = 68, 28, 40, 28
"""Half points of the title on the cover, of a heading in a case and of its name; millimetres of the labels."""
LINKED = r"\h"
BEGINS = (
    '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>'
    rf'<w:r><w:instrText xml:space="preserve"> TOC \o "1-1" {LINKED} \z \u </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
)
ENDS = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
"""The two ends of Word's own contents, which it makes anew from the headings of the first level."""


def write(document: OpenDocument, paper: Booklet, pictures: Sequence[bytes]) -> None:
    """Write a booklet; Word brings its contents up to date when it is opened."""
    body = document.element.body
    for each in (*_cover(paper), *_contents(paper), _section(body.sectPr)):
        body.insert_element_before(parsed(each), "w:sectPr")
    for number, (case, shown) in enumerate(paper.illustrated(pictures), 1):
        for each in _case(number, case):
            body.insert_element_before(parsed(each), "w:sectPr")
        if shown:
            body.insert_element_before(illustrated(document, shown, case.captions, BESIDE), "w:sectPr")
            body.insert_element_before(parsed(LAST), "w:sectPr")
    _number(document, body.sectPr)


def _cover(paper: Booklet) -> Iterator[str]:
    for place, line in enumerate(paper.cover):
        yield paragraph(line, Style("center", COVER, TITLE_FONT, before=0 if place else 160))
    yield paragraph(paper.occasion, Style("center", HEAD, before=30))
    for place, line in enumerate(paper.issuer):
        yield paragraph(line, Style("center", HEAD, before=0 if place else 220))


def _contents(paper: Booklet) -> Iterator[str]:
    """Write the contents as Word's own: it makes them anew when it opens the file, for it alone knows the pages."""
    yield paragraph(paper.contents, Style("center", TITLE, TITLE_FONT, after=12, on_next_page=True))
    dots = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{twips(WIDTH)}"/></w:tabs><w:spacing w:after="120"/>'
    for number, case in enumerate(paper.cases, 1):
        page = field(f"PAGEREF {_mark(number)} {LINKED}", BODY, until="")
        line = f"{run(escape(case.title), BODY)}<w:r><w:tab/></w:r>{page}"
        link = f'<w:hyperlink w:anchor="{_mark(number)}" w:history="1">{line}</w:hyperlink>'
        first, last = BEGINS if number == 1 else "", ENDS if number == len(paper.cases) else ""
        yield f"<w:p><w:pPr>{dots}</w:pPr>{first}{link}{last}</w:p>"


def _section(last: BaseOxmlElement) -> str:
    """End the section of cover and contents, which lies as the last one does and has no foot."""
    size, margins = last.find(qn("w:pgSz")), last.find(qn("w:pgMar"))
    written = [
        "".join(f' w:{name.split("}")[-1]}="{value}"' for name, value in each.items()) for each in (size, margins)
    ]
    laid = f"<w:pgSz{written[0]}/><w:pgMar{written[1]}/>"
    return f'<w:p><w:pPr><w:sectPr><w:type w:val="nextPage"/>{laid}</w:sectPr></w:pPr></w:p>'


def _case(number: int, case: Case) -> Iterator[str]:
    yield f'<w:bookmarkStart w:id="{number}" w:name="{_mark(number)}"/>'
    yield paragraph(case.title, Style("center", NAME, TITLE_FONT, after=4, on_next_page=number > 1, level=1))
    yield f'<w:bookmarkEnd w:id="{number}"/>'
    for line in case.honours:
        yield paragraph(line, Style("center"))
    yield from (_fact(*each, first=not place) for place, each in enumerate(case.facts))
    for text in case.texts:
        yield paragraph(
            text.heading, Style(size=PART, font=HEAD_FONT, before=12, after=6, form="<w:keepNext/>", level=2)
        )
        for line in text.said.split("\n"):
            yield paragraph(line, Style("both", indent=INDENT, after=3))
    if case.captions:
        yield paragraph("", Style(after=6))


def _fact(label: str, value: str, *, first: bool) -> str:
    """Write a label, and beside it a value that keeps its own left edge."""
    at = twips(LABEL)
    above = f'<w:spacing w:before="{240 if first else 40}" w:after="0"/>'
    laid = f'<w:tabs><w:tab w:val="left" w:pos="{at}"/></w:tabs>{above}'
    said = f'<w:ind w:left="{at}" w:hanging="{at}"/>'
    name = f"<w:r><w:rPr>{''.join(font_of(HEAD_FONT, BODY))}</w:rPr><w:t>{escape(label)}</w:t><w:tab/></w:r>"
    return f"<w:p><w:pPr>{laid}{said}</w:pPr>{name}{run(escape(value), BODY)}</w:p>"


def _number(document: OpenDocument, last: BaseOxmlElement) -> None:
    """Number the pages of the cases."""
    last.find(qn("w:pgMar")).addnext(parsed('<w:pgNumType w:start="1"/>'))
    footer = document.sections[-1].footer.part.element
    footer.clear()
    number = f"{run('— ', CAPTION)}{field('PAGE', CAPTION)}{run(' —', CAPTION)}"
    footer.append(parsed(f'<w:p><w:pPr><w:jc w:val="center"/></w:pPr>{number}</w:p>'))


def _mark(number: int) -> str:
    return f"case{number}"
