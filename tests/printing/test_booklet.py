"""Booklets: page numbers that lead to their cases, as PDF and in Word's own contents."""

from io import BytesIO

import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn
from PIL import Image

from app.printing.booklet import Booklet, Case, Text
from app.printing.packing import packed, unpacked
from app.printing.pdf import Printer
from app.printing.word import Writer
from tests.world.papers import pages_of


def picture(shade: int, sides: tuple[int, int] = (60, 40)) -> bytes:
    file = BytesIO()
    Image.new("RGB", sides, (shade, 0, 0)).save(file, "JPEG")
    return file.getvalue()


CASES = [
    Case(
        "红马甲",
        ["一等奖"],
        [["申报单位", "龙华社区"]],
        [Text("创新点", "甲" * 2000)],
        ["图1　义诊", "图2　巡逻"],
    ),
    Case("蓝马甲 <&>", [], [["申报单位", "裕华社区"]], [Text("创新点", "第一段。\n第二段。")], []),
    Case("绿马甲", [], [["申报单位", "福乐园"]], [Text("创新点", "植树。")], ["图1　植树"]),
]
BOOKLET = Booklet(["创新工作品牌", "案例汇编"], "关于表彰的通报", ["区文明办", "2015年12月"], "目　录", CASES)
PICTURES = [picture(10), picture(20, (40, 60)), picture(30)]


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return Printer().draw(BOOKLET, PICTURES)


def test_it_goes_to_its_writer_and_back_unchanged() -> None:
    assert unpacked(packed(BOOKLET, PICTURES)) == (BOOKLET, PICTURES)
    assert [len(shown) for _, shown in BOOKLET.illustrated(PICTURES)] == [2, 0, 1]


def test_the_contents_name_the_page_on_which_each_case_begins(pdf: bytes) -> None:
    pages = pages_of(pdf)
    outline = [(each.get_title(), each.get_dest().get_index()) for each in pypdfium2.PdfDocument(pdf).get_toc()]
    assert [title for title, _ in outline] == [case.title for case in CASES]
    numbers = [pages[index].rsplit("—", 2)[1] for _, index in outline]
    assert numbers[0] == "1"
    for (title, _), number in zip(outline, numbers, strict=True):
        assert f"{title}{'.'}".replace(" ", "") in pages[1]
        assert f".{number}" in pages[1]
    assert ["—" in page for page in pages[:2]] == [False, False], "cover and contents have no number"


def test_a_case_begins_a_page_and_shows_its_pictures_with_their_captions(pdf: bytes) -> None:
    document = pypdfium2.PdfDocument(pdf)
    images = [sum(1 for _ in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])) for page in document]
    assert sum(images) == len(PICTURES)
    captions = [caption.replace("　", "") for case in CASES for caption in case.captions]
    whole = "".join(pages_of(pdf))
    assert [caption in whole for caption in captions] == [True] * len(captions)


def test_word_has_a_field_for_the_contents_and_headings_to_make_it_of() -> None:
    written = Writer().write(BOOKLET, PICTURES)
    body = Document(BytesIO(written)).element.body
    fields = [each.text for each in body.iter(qn("w:instrText"))]
    assert [each.split()[0] for each in fields] == ["TOC"]
    anchors = [each.get(qn("w:anchor")) for each in body.iter(qn("w:hyperlink"))]
    assert anchors == [each.get(qn("w:name")) for each in body.iter(qn("w:bookmarkStart"))]
    levels = [each.get(qn("w:val")) for each in body.iter(qn("w:outlineLvl"))]
    assert levels == ["0", "1"] * len(CASES)
    ids = [each.get("id") for each in body.iter(qn("wp:docPr"))]
    assert len(set(ids)) == len(PICTURES)

    assert Writer().write(BOOKLET, PICTURES) == written
