"""Tables as strangers send them: what Excel made of a cell, and what no library is to open."""

from collections.abc import AsyncIterator, Callable
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
import pytest_asyncio

from app.imaging import ImageRefused, ImagingPool
from app.tables.cells import ListCell
from app.tables.lists import draw_template, mark_list, read_lists, reading_pool
from tests.world.lists import BOOK, as_csv, by_hand_ods, by_openpyxl, by_xlwt, with_part, zipped


def bomb() -> bytes:
    """Return 128 MB of which a zip makes next to nothing; as a constant, each worker would keep them for the run."""
    return b"".join((b"<a>", b" " * 2**27, b"</a>"))


LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><a>&a;</a>'
LINKED = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
    'Target="file:///c:/x.xlsx" TargetMode="External"/></Relationships>'
)
LOCKED = '<a xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:encryption-data/></a>'
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FINE = by_openpyxl(BOOK)
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty_file"),
    "a picture": (lambda: b"\xff\xd8\xff\xe0 JFIF", "unsupported_table"),
    "a page that calls itself .xls": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "unsupported_table"),
    "a document": (lambda: zipped({"word/document.xml": "<a/>"}), "unsupported_table"),
    "a program": (lambda: b"\x7fELF\0\0\0", "unsupported_table"),
    "half a file": (lambda: FINE[: len(FINE) // 2], "broken_table"),
    "a zip bomb": (lambda: with_part(FINE, "xl/worksheets/sheet1.xml", bomb()), "table_too_large"),
    "a bomb of another part": (lambda: with_part(FINE, "xl/media/image1.png", bomb()), "table_too_large"),
    "billion laughs": (lambda: with_part(FINE, "xl/sharedStrings.xml", LAUGHS), "broken_table"),
    "an entity from outside": (lambda: with_part(FINE, "xl/workbook.xml", OUTSIDE), "broken_table"),
    "macros": (lambda: with_part(FINE, "xl/vbaProject.bin", b"x"), "active_table"),
    "an embedded object": (lambda: with_part(FINE, "xl/embeddings/oleObject1.bin", b"x"), "active_table"),
    "a link": (lambda: with_part(FINE, "xl/externalLinks/_rels/externalLink1.xml.rels", LINKED), "active_table"),
    "macros of LibreOffice": (lambda: with_part(by_hand_ods(BOOK), "Basic/a.xml", "<a/>"), "active_table"),
    "a locked .ods": (lambda: with_part(by_hand_ods(BOOK), "META-INF/manifest.xml", LOCKED), "locked_table"),
    "10 000 sheets": (
        lambda: zipped({"xl/workbook.xml": "<a/>"} | {f"xl/worksheets/sheet{n}.xml": "<a/>" for n in range(10_000)}),
        "table_too_large",
    ),
    "21 sheets": (lambda: by_xlwt({f"第{n}张": [["单位名称"]] for n in range(21)}), "table_too_large"),
    "many cells in few rows": (lambda: by_xlwt({f"第{n}张": [["x"] * 200] * 60 for n in range(5)}), "table_too_large"),
    "much that is merged": (
        lambda: by_openpyxl({"单位": [["x"] * 200, *[["x"]] * 300]}, merged_across),
        "table_too_large",
    ),
    "a sheet of a long name": (lambda: by_hand_ods({"单" * 201: [["单位名称"]]}), "table_too_large"),
    "a million rows": (lambda: as_csv([["单位名称"], *[["x"]] * 1_000_000]), "table_too_large"),
    "many rows of the older kind": (lambda: by_xlwt({"单位": [["x"]] * 6000}), "table_too_large"),
    "a cell at the end of a sheet": (lambda: by_openpyxl({"单位": [["x"]]}, far_away), "broken_table"),
    "a locked workbook": (lambda: OLD + bytes(504) + "EncryptedPackage".encode("utf-16-le"), "locked_table"),
    "macros of the older kind": (
        lambda: OLD + bytes(504) + "Workbook_VBA_PROJECT".encode("utf-16-le"),
        "active_table",
    ),
    "an older document": (lambda: OLD + bytes(504) + "WordDocument".encode("utf-16-le"), "unsupported_table"),
    "the older kind, broken": (lambda: OLD + bytes(504) + "Workbook".encode("utf-16-le"), "broken_table"),
    "an unknown encoding": (lambda: "单位名称".encode() + b"\xff\xff\xff", "broken_table"),
}


def far_away(book: Any) -> None:
    book.worksheets[0]["XFD1048576"] = "x"


def merged_across(book: Any) -> None:
    for row in range(2, 302):
        book.worksheets[0].merge_cells(start_row=row, end_row=row, start_column=1, end_column=200)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def pool() -> AsyncIterator[ImagingPool]:
    async with reading_pool() as ready:
        yield ready


@pytest.mark.parametrize("name", REFUSED)
async def test_what_acts_calls_or_has_no_end_is_refused(pool: ImagingPool, name: str) -> None:
    made, code = REFUSED[name]
    with pytest.raises(ImageRefused) as refused:
        await read_lists(pool, made())
    assert refused.value.code == code


async def test_a_cell_is_what_a_reader_sees_and_says_what_excel_made_of_it(pool: ImagingPool) -> None:
    def change(book: Any) -> None:
        sheet = book.worksheets[0]
        sheet["A3"], sheet["B3"], sheet["C3"] = 13800138000, date(2015, 3, 5), "=1+1"
        sheet["D3"], sheet["D3"].number_format = 315, "0000"
        sheet["E3"], sheet["F3"] = True, "#N/A"
        sheet["A6"], sheet["B6"] = "两\n行", "x" * 32_767
        sheet.merge_cells("A8:A9")
        sheet["A8"], sheet["B9"] = "合", "同"
        sheet.row_dimensions[6].hidden = True
        sheet.column_dimensions["B"].hidden = True
        book.create_sheet("藏").sheet_state = "hidden"

    sheet, hidden = await read_lists(pool, by_openpyxl({"单位": [["名称"]]}, change))
    assert sheet.cells == {
        (1, 1): ListCell("名称"),
        (3, 1): ListCell("13800138000", "n"),
        (3, 2): ListCell("2015-03-05", "d"),
        (3, 3): ListCell("=1+1", "e"),
        (3, 4): ListCell("0315"),
        (3, 5): ListCell("是"),
        (3, 6): ListCell("#N/A", "e"),
        (6, 1): ListCell("两\n行"),
        (6, 2): ListCell("x" * 32_767),
        (8, 1): ListCell("合"),
        (9, 2): ListCell("同"),
    }
    assert (sheet.hidden_rows, sheet.hidden_columns, hidden.hidden) == (frozenset({6}), frozenset({2}), True)
    assert [sheet.at(row, 1).text for row in (8, 9, 10)] == ["合", "合", ""]


async def test_the_result_of_a_formula_is_read(pool: ImagingPool) -> None:
    data = by_openpyxl({"单位": [["=A2"]]})
    cell = '<c r="A1" t="str"><f>A2</f><v>龙华社区</v></c>'
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f'<row r="1">{cell}</row></sheetData></worksheet>'
    )
    [read] = await read_lists(pool, with_part(data, "xl/worksheets/sheet1.xml", sheet))
    assert read.cells == {(1, 1): ListCell("龙华社区", "f")}


async def test_the_same_template_has_the_same_bytes_whenever_it_is_drawn(pool: ImagingPool) -> None:
    column = {"label": "单位名称", "note": "全称", "width": 20, "example": "示例：甲", "choices": ["甲", "乙"]}
    told = {"notes": {"name": "说明", "lines": ["一"]}, "sheets": [{"name": "单位", "columns": [column]}]}
    drawn = await draw_template(pool, told)
    with ZipFile(BytesIO(drawn)) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("docProps/core.xml").count(b"1980-01-01T00:00:00Z") == 2
    assert await draw_template(pool, told) == drawn
    assert openpyxl.load_workbook(BytesIO(drawn)).sheetnames == ["单位", "说明", "选项"]


async def test_a_text_of_csv_stays_what_it_was_before_it_was_protected(pool: ImagingPool) -> None:
    [sheet] = await read_lists(pool, as_csv([['="0315"', "'=1", "'x", ""], [], ["'-"]]))
    assert [cell.text for cell in sheet.cells.values()] == ["0315", "=1", "'x", "-"]


async def test_a_workbook_that_is_marked_keeps_its_pictures_and_a_merged_cell_is_marked_where_it_shows(
    pool: ImagingPool,
) -> None:
    from PIL import Image  # noqa: PLC0415 -- of this test alone

    def change(book: Any) -> None:
        picture = BytesIO()
        Image.new("RGB", (9, 9)).save(picture, "PNG")
        book.worksheets[0].add_image(openpyxl.drawing.image.Image(picture), "D4")
        book.worksheets[0].merge_cells("A1:B2")

    mark = {"sheet": "单位", "cell": "B2", "text": "请核对", "refuses": True}
    marked = await mark_list(pool, by_openpyxl({"单位": [["名称"]]}, change), [mark, mark | {"text": "又"}])
    assert openpyxl.load_workbook(BytesIO(marked))["单位"]["A1"].comment.text == "请核对\n又"
    with ZipFile(BytesIO(marked)) as archive:
        assert "xl/media/image1.png" in archive.namelist()
