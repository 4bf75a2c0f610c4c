"""Certificates as a document of Word, each on a page of its own."""

from collections.abc import Iterator, Sequence
from io import BytesIO

from docx.document import Document as OpenDocument
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm

from app.printing import codes
from app.printing.certificates import PITCH, TEXT_HEIGHT, TEXT_WIDTH, Certificate, Certificates
from app.printing.filled import is_placeholder
from app.printing.word_parts import LAST, TITLE_FONT, Style, paragraph, parsed, points, twips

CODE_SIDE, PROOF, SIGNED = 28, 92, 100
"""Millimetres of the columns at the foot: the code, what proves it, and who signs."""
FOOT_HEIGHT = 40
TITLE, SMALL, SIGNATURE = 96, 21, 32
"""Sizes in half points."""
RED, GOLD = "B3121D", "B58A2A"
FRAME = "".join(
    f'<w:{side} w:val="thickThinSmallGap" w:sz="24" w:space="28" w:color="{GOLD}"/>'
    for side in ("top", "left", "bottom", "right")
)


def write(document: OpenDocument, paper: Certificates, _: Sequence[bytes]) -> None:
    """Write the certificates in their order."""
    section, body = document.sections[0], document.element.body
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm((297 - TEXT_WIDTH) / 2)
    section.top_margin, section.bottom_margin = Mm(30), Mm(15)
    borders = parsed(f'<w:pgBorders w:offsetFrom="page">{FRAME}</w:pgBorders>')
    body.sectPr.find(qn("w:pgMar")).addnext(borders)
    for number, item in enumerate(paper.items):
        for each in _parts(item, first=number == 0):
            body.insert_element_before(parsed(each), "w:sectPr")
    body.insert_element_before(parsed(LAST), "w:sectPr")
    coded = [item for item in paper.items if not is_placeholder(item.code)]
    for place, item in zip(body.iter(qn("w:drawing")), coded, strict=True):
        drawn = BytesIO(codes.drawn(item.code, "png", scale=4))
        place.append(document.part.new_pic_inline(drawn, width=Mm(CODE_SIDE - 2), height=Mm(CODE_SIDE - 2)))


def _parts(item: Certificate, *, first: bool) -> Iterator[str]:
    heading = Style("center", TITLE, TITLE_FONT, RED, spaced=240, after=20, on_next_page=not first)
    yield paragraph(item.title, heading)
    said = "".join(_said(item, place, line) for place, line in enumerate(item.paragraphs))
    proof = "".join(paragraph(line, Style(size=SMALL)) for line in (f"编号：{item.number}", *item.proof.split("\n")))
    signed = "".join(paragraph(line, Style("center", SIGNATURE)) for line in item.signature)
    code = paragraph(item.code) if is_placeholder(item.code) else "<w:p><w:r><w:drawing/></w:r></w:p>"
    cells = zip((CODE_SIDE, PROOF, SIGNED), (code, proof, signed), strict=True)
    foot = "".join(_cell(width, inner) for width, inner in cells)
    grid = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in (CODE_SIDE, PROOF, SIGNED))
    yield (
        f'<w:tbl><w:tblPr><w:tblW w:w="{twips(TEXT_WIDTH)}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
        f"{_row(TEXT_HEIGHT, _cell(TEXT_WIDTH, said, columns=3, place='top'))}{_row(FOOT_HEIGHT, foot)}</w:tbl>"
    )


def _said(item: Certificate, place: int, line: str) -> str:
    """Write a paragraph; the first addresses somebody if it ends so."""
    addresses = place == 0 and line.endswith("：")
    indent = "" if addresses else f'<w:ind w:firstLineChars="200" w:firstLine="{item.size * 40}"/>'
    return paragraph(line, Style(size=item.size * 2, line=points(item.size * PITCH), indent=indent))


def _row(height: int, cells: str) -> str:
    return f'<w:tr><w:trPr><w:trHeight w:val="{twips(height)}" w:hRule="exact"/></w:trPr>{cells}</w:tr>'


def _cell(width: int, inner: str, *, columns: int = 1, place: str = "bottom") -> str:
    spans = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{twips(width)}" w:type="dxa"/>{spans}<w:vAlign w:val="{place}"/></w:tcPr>'
        f"{inner}</w:tc>"
    )
