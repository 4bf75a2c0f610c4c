"""Filled forms as Word and WPS write them are read; hostile ones are refused before they cost anything."""

from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from app.imaging import FormDocument, ImageRefused, ImagingPool, forms, read_form
from app.imaging.numbering import numeral
from tests.world.filled_forms import filled, paragraph, run, saved, text_box
from tests.world.uploads import photo, word

INSERTED, DELETED = "<w:ins>{}</w:ins>", "<w:del><w:r><w:delText>{}</w:delText></w:r></w:del>"


def lines(*inner: str) -> list[str]:
    """The lines of a document with these paragraphs."""

    def make(document: Document) -> None:
        for each in inner:
            document.element.body.insert_element_before(paragraph(each), "w:sectPr")

    return [block["text"] for block in forms.read(saved(make))["blocks"] if "text" in block]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (run("一") + INSERTED.format(run("二")) + DELETED.format("三"), ["一二"]),
        (f"{run('一')}<w:r><w:br/></w:r>{run('二')}<w:r><w:tab/></w:r>{run('三')}", ["一", "二\t三"]),
        (f"<w:r><w:br w:type='page'/></w:r>{run('一')}", ["一"]),
        (f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>{run('一')}", ["一"]),
        ("<w:r><w:sym w:font='Wingdings 2' w:char='F052'/></w:r>" + run("同意"), ["☑同意"]),
        ("<w:r><w:t> 一 </w:t></w:r>", ["一"]),
        ("<w:r><w:t xml:space='preserve'>一\n二 </w:t></w:r>", ["一 二 "]),
        (run("一") + text_box("甲", "乙"), ["一", "甲", "乙"]),
        (text_box("甲"), ["甲"]),
        (f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('单击此处')}</w:sdtContent></w:sdt>", [""]),
        (f"<w:sdt><w:sdtContent>{run('内')}</w:sdtContent></w:sdt>", ["内"]),
        (f"<w:hyperlink>{run('链')}</w:hyperlink><w:fldSimple w:instr='PAGE'>{run('1')}</w:fldSimple>", ["链1"]),
        (f"<w:r><w:ruby><w:rt>{run('zi')}</w:rt><w:rubyBase>{run('字')}</w:rubyBase></w:ruby></w:r>", ["字"]),
    ],
)
def test_a_paragraph_says_what_its_reader_sees(inner: str, expected: list[str]) -> None:
    assert lines(inner) == expected


def test_paragraphs_whose_end_was_deleted_are_one_and_hidden_text_is_told() -> None:
    gone = "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>"
    assert lines(gone + run("一"), run("二")) == ["一二"]
    hidden = f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r>{run('一')}"
    data = saved(lambda document: document.element.body.insert_element_before(paragraph(hidden), "w:sectPr"))
    assert forms.read(data)["hidden"] == ["隐"]


def test_the_numbers_of_lists_are_read_as_they_are_drawn() -> None:
    number = "<w:pPr><w:numPr><w:ilvl w:val='{}'/><w:numId w:val='77'/></w:numPr></w:pPr>"
    levels = [("chineseCounting", "%1、"), ("decimal", "（%2）"), ("bullet", "\uf06c")]
    written = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (form, text) in enumerate(levels)
    )

    def make(document: Document) -> None:
        numbering = document.part.numbering_part.element
        numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{written}</w:abstractNum>'))
        numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
        for depth, text in ((0, "建章"), (1, "甲"), (1, "乙"), (2, "点"), (0, "包户"), (1, "丙")):
            document.element.body.insert_element_before(paragraph(number.format(depth) + run(text)), "w:sectPr")

    found = [block["text"] for block in forms.read(saved(make))["blocks"]]
    assert found == ["一、建章", "（1）甲", "（2）乙", "• 点", "二、包户", "（1）丙"]
    drawn = {"chineseCounting": "二十一", "upperRoman": "XXI", "lowerLetter": "u", "decimalEnclosedCircle": "21"}
    assert {form: numeral(form, 21) for form in drawn} == drawn


def test_a_cell_that_is_merged_down_or_across_is_one() -> None:
    def make(document: Document) -> None:
        table = document.add_table(3, 3)
        table.cell(0, 0).merge(table.cell(2, 0)).text = "主要做法"
        table.cell(0, 1).merge(table.cell(0, 2)).text = "甲"
        table.cell(1, 1).text = "乙"

    [table] = [block for block in forms.read(saved(make))["blocks"] if "rows" in block]
    shape = [[(cell["column"], cell["columns"], cell["rows"]) for cell in row] for row in table["rows"]]
    assert shape == [[(0, 1, 3), (1, 2, 1)], [(1, 1, 1), (2, 1, 1)], [(1, 1, 1), (2, 1, 1)]]


async def test_pictures_come_out_in_their_order_as_they_were_put_in(pool: ImagingPool) -> None:
    pictures = [(photo(1), "图1"), (photo(2, kind="PNG"), "图2"), (photo(1), "图3")]
    found: FormDocument = await read_form(pool, filled(pictures=pictures))
    assert list(found.pictures) == [data for data, _ in pictures]
    assert [block["picture"] for block in found.blocks if "picture" in block] == [0, 1, 2]


def packed(body: str) -> bytes:
    """A document with this body, packed as tightly as can be."""
    return word(text=(b"<w:sectPr", body.encode() + b"<w:sectPr"))


def bomb() -> bytes:
    buffer = BytesIO(word())
    with ZipFile(buffer, "a", ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("word/more.xml", b"<x>" + b" " * 2**24 + b"</x>")
    return buffer.getvalue()


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb": (bomb, "broken_attachment"),
    "a million elements": (lambda: packed("<w:p/>" * 2**21), "broken_attachment"),
    "ten thousand tables": (lambda: packed("<w:tbl><w:tr><w:tc/></w:tr></w:tbl>" * 10_000), "broken_form"),
    "tables in tables": (lambda: packed("<w:tbl><w:tr><w:tc>" * 300 + "</w:tc></w:tr></w:tbl>" * 300), "broken_form"),
    "a hidden novel": (
        lambda: packed(f"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{'字' * 300_000}</w:t></w:r></w:p>"),
        "broken_form",
    ),
    "hidden lines": (
        lambda: packed(f"<w:p>{'<w:r><w:rPr><w:vanish/></w:rPr><w:t>字</w:t></w:r>' * 20_001}</w:p>"),
        "broken_form",
    ),
    "a novel": (lambda: packed(f"<w:p>{run('字' * 300_000)}</w:p>"), "broken_form"),
    "laughs": (
        lambda: word(part=("word/more.xml", b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><x>&c;</x>')),
        "broken_attachment",
    ),
    "a file of the host": (
        lambda: word(text=(b"<w:document", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document')),
        "broken_attachment",
    ),
    "macros": (lambda: word(part=("word/vbaProject.bin", b"x")), "active_scan"),
    "runs in runs": (lambda: packed(f"<w:p>{'<w:r>' * 200}{'</w:r>' * 200}</w:p>"), "broken_form"),
}


@pytest.mark.parametrize(("made", "code"), HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_hostile_document_is_refused(pool: ImagingPool, made: Callable[[], bytes], code: str) -> None:
    with pytest.raises(ImageRefused) as refused:
        await read_form(pool, made())
    assert refused.value.code == code
