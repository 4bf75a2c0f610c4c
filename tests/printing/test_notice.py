"""Notices under a red head: the geometry of GB/T 9704-2012, measured on the drawn page, and the same for Word."""

import re
from collections import defaultdict
from collections.abc import Iterator
from ctypes import c_double, c_uint
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from docx import Document
from docx.oxml.ns import qn

from app.imaging.refusals import ImageRefused
from app.printing.notice import Annex, Grade, Notice
from app.printing.packing import packed, unpacked
from app.printing.pdf import Printer
from app.printing.word import Writer
from tests.world.papers import pages_of, squeezed, text_of_docx

MM = 72 / 25.4
LEFT, RIGHT, TOP, BOTTOM = 28, 210 - 26, 37, 297 - 35
CASES = [[str(number), f"“红马甲”互助站{number}", "龙华社区", "乔屯街道党工委"] for number in range(1, 41)]
COLUMNS = [("序号", 16), ("品牌名称", 54), ("申报单位", 43), ("推荐单位", 43)]
SIGNATURE = ["路北区精神文明建设委员会办公室", "2015年11月16日"]
NOTICE = Notice(
    head="路北区精神文明建设委员会办公室文件",
    number="路北文明办〔2015〕12号",
    title="关于表彰2015年创新工作品牌优秀案例和组织工作先进单位的通报",
    addressees="各镇(乡)街道党（工）委、区直各党（工）委：",
    paragraphs=["甲" * 28 * 40, "现予通报。"],
    annexes=[
        Annex("优秀案例名单", COLUMNS, [Grade("一等奖（2个）", CASES[:2]), Grade("二等奖（38个）", CASES[2:])]),
        Annex("组织工作先进单位名单", [("序号", 16), ("单位", 140)], [Grade("", [["1", "乔屯街道党工委"]])]),
    ],
    signature=SIGNATURE,
    copies="区委办公室、区政府办公室。",
    printed_by="路北区精神文明建设委员会办公室",
    printed_on="2015年11月16日印发",
)


class Glyph(NamedTuple):
    """A character of a page, in millimetres from its left and its top, and its size in points."""

    text: str
    left: float
    base: float
    right: float
    size: float


@pytest.fixture(scope="module")
def printer() -> Printer:
    return Printer()


@pytest.fixture(scope="module")
def pdf(printer: Printer) -> bytes:
    return printer.draw(NOTICE, ())


def glyphs(pdf: bytes, page: int) -> list[Glyph]:
    return [*_glyphs(pdf, page)]


def _glyphs(pdf: bytes, number: int) -> Iterator[Glyph]:
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[number]
        text, height = page.get_textpage(), page.get_height()
        for index in range(text.count_chars()):
            drawn = text.get_text_range(index, 1)
            left, _, right, _ = text.get_charbox(index, loose=True)
            size = pdfium.FPDFText_GetFontSize(text, index)
            if drawn.strip():
                yield Glyph(drawn, left / MM, (height - _base(text, index)) / MM, right / MM, size)


def _base(text: pypdfium2.PdfTextPage, index: int) -> float:
    """The height of the line on which a character stands."""
    x, y = c_double(), c_double()
    assert pdfium.FPDFText_GetCharOrigin(text, index, x, y)
    return y.value


def lines(found: list[Glyph]) -> dict[float, str]:
    """The lines of a page by the height on which they stand."""
    rows = defaultdict[float, list[str]](list)
    for each in found:
        rows[round(each.base, 1)].append(each.text)
    return {height: "".join(texts) for height, texts in sorted(rows.items())}


def rules(pdf: bytes, page: int) -> list[tuple[float, float, float]]:
    """The lines that are drawn across a page: their left, their right and their height, in millimetres."""
    with pypdfium2.PdfDocument(pdf) as document:
        height = document[page].get_height()
        drawn = [each.get_bounds() for each in document[page].get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH])]
    return [
        (round(left / MM), round(right / MM), (height - (bottom + top) / 2) / MM)
        for left, bottom, right, top in drawn
        if top - bottom < 5 and right - left > 400
    ]


def test_a_notice_arrives_as_it_was_sent() -> None:
    assert unpacked(packed(NOTICE, [])) == (NOTICE, [])


def test_a_page_has_22_lines_of_28_characters_28_points_apart(pdf: bytes) -> None:
    full = [each for each in glyphs(pdf, 1) if each.text == "甲"]
    found = lines(full)
    assert [len(line) for line in found.values()] == [28] * 22
    heights = [*found]
    assert {round((below - above) * MM) for above, below in pairwise(heights)} == {28}
    assert {round(each.size) for each in full} == {16}
    assert min(each.left for each in full) == pytest.approx(LEFT, abs=0.2)
    assert max(each.right for each in full) == pytest.approx(RIGHT, abs=0.6)
    assert TOP < heights[0] < TOP + 10
    assert heights[-1] < BOTTOM


def test_the_head_is_red_and_the_number_stands_on_a_red_line(pdf: bytes) -> None:
    found = lines(glyphs(pdf, 0))
    heights = {line: height for height, line in found.items()}
    head, number = heights[NOTICE.head], heights[NOTICE.number]
    assert head - 44 / MM < TOP + 35 < head, "35 mm from the upper edge of the text to the mark of the sender"
    [(left, right, line)] = rules(pdf, 0)
    assert (left, right) == pytest.approx((LEFT, RIGHT), abs=1.5)
    assert 3 < line - number < 5
    with pypdfium2.PdfDocument(pdf) as document:
        colours = {_colour(each) for each in document[0].get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT])}
    assert colours == {(255, 0, 0), (0, 0, 0)}


def _colour(drawn: pypdfium2.PdfObject) -> tuple[int, ...]:
    parts = [c_uint() for _ in range(4)]
    assert pdfium.FPDFPageObj_GetFillColor(drawn, *parts)
    return tuple(part.value for part in parts[:3])


def test_a_title_of_two_lines_has_lines_of_about_one_length_in_the_middle(pdf: bytes) -> None:
    title = [each for each in glyphs(pdf, 0) if round(each.size) == 22]
    rows = [line for line in lines(title).values() if line in NOTICE.title]
    assert "".join(rows) == NOTICE.title
    assert abs(len(rows[0]) - len(rows[1])) <= 4


def test_pages_are_numbered_at_their_outer_side(pdf: bytes) -> None:
    for number in range(3):
        found = glyphs(pdf, number)
        last = max(each.base for each in found)
        foot = [each for each in found if each.base == pytest.approx(last, abs=0.2)]
        assert "".join(each.text for each in foot) == f"—{number + 1}—"
        outer = RIGHT - foot[-1].right if number % 2 == 0 else foot[0].left - LEFT
        assert outer == pytest.approx(14 / MM, abs=1), "a character of 四号"
        assert last == pytest.approx(BOTTOM + 7 + 3.5, abs=1), "its dashes 7 mm below the text"


def test_the_sender_stands_in_the_middle_above_the_date_which_is_four_characters_from_the_right(pdf: bytes) -> None:
    rows = defaultdict[tuple[int, float], list[Glyph]](list)
    for page in range(4):
        for each in glyphs(pdf, page):
            rows[page, round(each.base, 1)].append(each)
    by_text = {"".join(each.text for each in row): row for row in rows.values()}
    sender, dated = (by_text[line] for line in SIGNATURE)
    middles = [(row[0].left + row[-1].right) / 2 for row in (sender, dated)]
    assert middles[0] == pytest.approx(middles[1], abs=2)
    assert RIGHT - dated[-1].right >= 4 * 15.75 / MM - 1


def test_the_lists_are_annexed_and_the_imprint_ends_the_last_page(pdf: bytes) -> None:
    pages = pages_of(pdf)
    assert "附件：1.优秀案例名单2.组织工作先进单位名单" in "".join(pages)
    first = next(number for number, page in enumerate(pages) if page.startswith("附件1"))
    assert pages[first].startswith("附件1优秀案例名单一等奖（2个）序号品牌名称申报单位推荐单位1“红马甲”互助站1")
    assert "序号品牌名称" in pages[first + 1], "the head of a list stands on each page"
    assert pages[-1].startswith("附件2组织工作先进单位名单序号单位1乔屯街道党工委抄送：区委办公室、区政府办公室。")
    *_, above, middle, below = rules(pdf, len(pages) - 1)
    assert below[2] == pytest.approx(BOTTOM, abs=0.5)
    assert above[2] < middle[2] < below[2]


@pytest.mark.parametrize(
    "changed",
    [
        {"number": "", "addressees": "", "printed_by": "", "copies": ""},
        {"head": "W" * 60, "title": "题" * 200, "addressees": "各" * 200},
        {"paragraphs": ["https://example.org/" + "a" * 300], "signature": ["委" * 60, "2015年11月16日"]},
        {"annexes": [], "paragraphs": ["短。"]},
        {"annexes": [Annex("名单", COLUMNS, [Grade("", [["1", "W" * 200, "甲" * 200, "1" * 200]])])]},
    ],
)
def test_nothing_stands_outside_the_page_however_long_it_is(printer: Printer, changed: dict[str, object]) -> None:
    pdf = printer.draw(replace(NOTICE, **changed), ())  # type: ignore[arg-type]
    for page in range(len(pages_of(pdf))):
        found = glyphs(pdf, page)
        assert min(each.left for each in found) >= LEFT - 1
        assert max(each.right for each in found) <= RIGHT + 1


def test_a_character_that_no_font_has_is_refused_in_any_part(printer: Printer) -> None:
    for part in ("head", "number", "title", "addressees", "copies", "printed_by", "printed_on"):
        with pytest.raises(ImageRefused, match="no_glyph"):
            printer.draw(replace(NOTICE, **{part: "𡃁"}), ())  # type: ignore[arg-type]


def test_a_document_of_word_has_the_same_words_margins_and_lines() -> None:
    word = Writer().write(NOTICE, ())
    assert word == Writer().write(NOTICE, ()), "the same notice is the same bytes"
    document, said = Document(BytesIO(word)), text_of_docx(word)
    section = document.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(each.mm) for each in margins if each is not None] == [37, 35, 28, 26]
    for words in (NOTICE.head, NOTICE.number, NOTICE.title, *NOTICE.paragraphs, *NOTICE.signature, NOTICE.printed_on):
        assert squeezed(words) in said
    [text] = [each for each in document.paragraphs if each.text == NOTICE.paragraphs[0]]
    assert (text.paragraph_format.line_spacing, text.runs[0].font.size) == (28 * 12700, 16 * 12700)
    assert [len(table.rows) for table in document.tables] == [3, 39, 2, 2]
    feet = [foot._element for foot in (section.footer, section.even_page_footer)]  # noqa: SLF001
    sides = [re.findall('<w:jc w:val="(\\w+)"', each.xml)[0] for each in feet]
    assert sides == ["right", "left"]
    fields = [[each.get(qn("w:instr")) for each in foot.iter(qn("w:fldSimple"))] for foot in feet]
    assert fields == [["PAGE"], ["PAGE"]]
