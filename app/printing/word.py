"""Papers as documents of Word, by python-docx, whose own files are read before the process is confined."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as OpenDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Mm

from app.printing import word_booklet, word_certificates, word_filled, word_notice, word_paper, word_report
from app.printing.booklet import Booklet
from app.printing.certificates import Certificates
from app.printing.filled import Filled
from app.printing.notice import Notice
from app.printing.packing import Printable
from app.printing.paper import WIDTH, Paper
from app.printing.report import Report
from app.printing.word_parts import BODY, FONT, font_of, parsed

WRITERS: Mapping[type[Printable], Callable[[OpenDocument, Any, Sequence[bytes]], None]] = {
    Paper: word_paper.write,
    Booklet: word_booklet.write,
    Certificates: word_certificates.write,
    Notice: word_notice.write,
    Report: word_report.write,
    Filled: word_filled.write,
}


UNUSED = frozenset(
    {
        "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects",
        "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail",
    }
)
"""Kinds of links to parts of the first document that are left behind."""


class Writer:
    """The empty document from which each paper begins."""

    def __init__(self) -> None:
        document = Document()
        _lighten(document)
        section, styles = document.sections[0], document.styles
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm((210 - WIDTH) / 2)
        section.top_margin, section.bottom_margin = Mm(22), Mm(24)
        section.footer.is_linked_to_previous = section.even_page_footer.is_linked_to_previous = False
        normal = styles["Normal"].element.get_or_add_rPr()
        normal.clear()
        for each in font_of(FONT, BODY):
            normal.append(parsed(each))
        empty = BytesIO()
        document.save(empty)
        self._empty = empty.getvalue()
        self.write(Paper("", "", "", (), "", ""), ())

    def write(self, paper: Printable, pictures: Sequence[bytes]) -> bytes:
        """Write a paper, with its pictures; one with a template begins from that, which is the first of them."""
        empty = self._empty
        if isinstance(paper, Filled):
            empty, *pictures = pictures
        document = Document(BytesIO(empty))
        document.core_properties.title = paper.title
        document.core_properties.author = ""
        WRITERS[type(paper)](document, paper, pictures)
        written = BytesIO()
        document.save(written)
        return _undated(written)


def _lighten(document: OpenDocument) -> None:
    """Remove what python-docx begins with and no paper uses: looks of tables, a copy of all looks, a picture."""
    for style in list(document.styles):
        if style.type is WD_STYLE_TYPE.TABLE and style.name != "Normal Table":
            style.delete()
    for source in (document.part.rels, document.part.package.rels):
        for name in [name for name, link in source.items() if link.reltype in UNUSED]:
            del source[name]


def _undated(written: BytesIO) -> bytes:
    """Pack the parts anew without the time of packing, so that the same paper is the same bytes."""
    packed = BytesIO()
    with ZipFile(written) as dated, ZipFile(packed, "w", ZIP_DEFLATED) as undated:
        for part in dated.infolist():
            undated.writestr(ZipInfo(part.filename), dated.read(part), ZIP_DEFLATED)
    return packed.getvalue()
