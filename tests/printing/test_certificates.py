"""Certificates, drawn in both formats: golden pages, and texts of any length in their place."""

from collections.abc import Iterator, Sequence
from io import BytesIO

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from docx import Document
from docx.enum.section import WD_ORIENT

from app.imaging.refusals import ImageRefused
from app.printing.certificates import SIZES, TEXT_HEIGHT, TEXT_WIDTH, Certificate, Certificates
from app.printing.packing import packed, unpacked
from app.printing.pdf import Printer
from app.printing.word import Writer
from tests.world.papers import pages_of, squeezed, text_of_docx

MM = 72 / 25.4
LEFT, TOP = (297 - TEXT_WIDTH) / 2, 64
CODE = "7K4M-Q2XA-9TCE-H5WP"


def certificate(*paragraphs: str, number: str = "路北文明创建〔2015〕第7号") -> Certificate:
    signature = ["路北区精神文明建设委员会办公室", "2015年11月16日"]
    return Certificate(
        "荣誉证书", paragraphs, number, f"https://example.org/{CODE}", f"核验码：{CODE}\n扫码", signature
    )


SHORT = certificate("王芳同志：", "被评为先进个人。")
USUAL = certificate("乔屯街道龙华社区：", "你单位申报的“红马甲”在品牌创建年活动中被评为优秀案例一等奖。", "特颁此证。")
LONG = certificate("社" * 200 + "：", f"你单位申报的“{'品' * 200}”在{'活' * 200}中被评为{'奖' * 80}。", "特颁此证。")
WIDE = certificate("W" * 120 + "：", "https://example.org/" + "a" * 200)


@pytest.fixture(scope="module")
def printer() -> Printer:
    return Printer()


def lines_of(pdf: bytes, page: int = 0) -> Iterator[tuple[float, float, float, float]]:
    """The places of the characters of a page, in millimetres from its left and its top."""
    with pypdfium2.PdfDocument(pdf) as document:
        text = document[page].get_textpage()
        height = document[page].get_height()
        for index in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(index, loose=True)
            if text.get_text_range(index, 1).strip():
                yield left / MM, (height - top) / MM, right / MM, (height - bottom) / MM


def drawn(printer: Printer, items: Sequence[Certificate]) -> bytes:
    return printer.draw(Certificates("荣誉证书", items), ())


def test_certificates_arrive_as_they_were_sent() -> None:
    paper = Certificates("荣誉证书", [SHORT, USUAL])
    assert unpacked(packed(paper, [])) == (Certificates("荣誉证书", [*map(_listed, paper.items)]), [])


def _listed(each: Certificate) -> Certificate:
    """The same with a list where JSON has no other."""
    return Certificate(each.title, [*each.paragraphs], each.number, each.code, each.proof, [*each.signature])


def test_a_certificate_is_a_lying_page_with_its_words_and_its_code(printer: Printer) -> None:
    pdf, word = drawn(printer, [SHORT, USUAL]), Writer().write(Certificates("荣誉证书", [SHORT, USUAL]), ())
    pages = pages_of(pdf)
    for page, item in zip(pages, (SHORT, USUAL), strict=True):
        words = [*item.paragraphs, f"编号：{item.number}", f"核验码：{CODE}", *item.signature]
        assert [each for each in map(squeezed, words) if each not in page] == []
        assert [each for each in map(squeezed, words) if each not in text_of_docx(word)] == []
    with pypdfium2.PdfDocument(pdf) as document:
        assert [round(side / MM) for side in document[0].get_size()] == [297, 210]
    document, [section] = Document(BytesIO(word)), Document(BytesIO(word)).sections
    assert (section.orientation, *(round(each.mm) for each in (section.page_width, section.page_height) if each)) == (
        *(WD_ORIENT.LANDSCAPE, 297, 210),
    )
    assert len(document.inline_shapes) == 2, "a code for each"


@pytest.mark.parametrize(("item", "size"), [(SHORT, SIZES[0]), (USUAL, SIZES[0]), (LONG, 10), (WIDE, 14)])
def test_a_text_of_any_length_stands_in_its_place_in_the_largest_size(
    printer: Printer, item: Certificate, size: int
) -> None:
    assert item.size == size
    pdf = drawn(printer, [item])
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == 1
        sizes = {round(each.get_font_size()) for each in _texts(document[0])}
    assert size in sizes
    said = squeezed("".join(item.paragraphs))
    place = [*lines_of(pdf)][len("荣誉证书") :][: len(said)]
    assert min(each[0] for each in place) >= LEFT - 0.5
    assert max(each[2] for each in place) <= LEFT + TEXT_WIDTH + 0.5
    assert min(each[1] for each in place) >= TOP - 0.5
    assert max(each[3] for each in place) <= TOP + TEXT_HEIGHT + 4


def _texts(page: pypdfium2.PdfPage) -> Iterator[pypdfium2.PdfTextObj]:
    yield from page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT])


def test_the_same_certificates_are_the_same_bytes(printer: Printer) -> None:
    paper = Certificates("荣誉证书", [USUAL])
    assert drawn(printer, [USUAL]) == drawn(printer, [USUAL])
    assert Writer().write(paper, ()) == Writer().write(paper, ())


def test_a_character_that_no_font_has_is_refused_in_any_part(printer: Printer) -> None:
    for item in (certificate("𡃁"), certificate("甲", number="𡃁")):
        with pytest.raises(ImageRefused, match="no_glyph"):
            drawn(printer, [item])
