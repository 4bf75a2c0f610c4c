"""A report as a document of Word, in the layout of official documents; its charts are pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import chain

from docx.document import Document as OpenDocument
from docx.image.image import Image
from docx.oxml.ns import qn
from docx.shared import Length, Mm

from app.printing.official import WIDTH
from app.printing.report import Report, Section
from app.printing.word_official import CHARACTER, HEADING, lay, line, listing, signed, title
from app.printing.word_parts import LAST, paragraph, parsed, points

TALLEST = 200
"""Greatest height of a chart in millimetres: a page has 225."""
HEADED = replace(HEADING, indent=f'<w:ind w:firstLine="{points(2 * CHARACTER)}"/>', form="<w:keepNext/>")
PLACE = (
    '<w:p><w:pPr><w:spacing w:before="200" w:after="200"/><w:jc w:val="center"/></w:pPr><w:r><w:drawing/></w:r></w:p>'
)


def write(document: OpenDocument, paper: Report, pictures: Sequence[bytes]) -> None:
    """Write a report, with the pictures of its charts in their order."""
    lay(document)
    body = document.element.body
    sections = chain.from_iterable(map(_section, paper.sections))
    for each in (*_opening(paper), *sections, line(""), line(""), *signed(paper.signature), LAST):
        body.insert_element_before(parsed(each), "w:sectPr")
    for place, chart, picture in zip(body.iter(qn("w:drawing")), paper.charts, pictures, strict=True):
        place.append(document.part.new_pic_inline(BytesIO(picture), **_size(picture)))
        place[0].docPr.set("descr", chart.title)


def _opening(paper: Report) -> Iterator[str]:
    yield title(paper.title)
    yield line("")
    if paper.addressees:
        yield line(paper.addressees)
    yield from (line(each, "both", first=2) for each in paper.opening)


def _section(section: Section) -> Iterator[str]:
    yield paragraph(section.heading, HEADED)
    yield from (line(each, "both", first=2) for each in section.paragraphs)
    yield from [PLACE] * len(section.charts)
    if section.columns:
        yield listing(section.columns, section.rows)
        yield line("")


def _size(picture: bytes) -> dict[str, Length]:
    """Return the size in which a chart fits between the margins."""
    sides = Image.from_blob(picture)
    scale = min(WIDTH / sides.px_width, TALLEST / sides.px_height)
    return {"width": Mm(sides.px_width * scale), "height": Mm(sides.px_height * scale)}
