"""Lists of organisations as people make them: by Excel, WPS and LibreOffice, and by exports that call themselves so."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import xlsxwriter
import xlwt
from httpx2 import Response

from tests.contract.client import ContractClient

PATH = "/api/v1/organisation-lists"
COMMITTEES: list[list[Any]] = [
    ["党（工）委名称", "类别", "代码", "主管领导", "联络员", "联络员电话"],
    ["乔屯街道党工委", "镇(乡)街道党（工）委", "QT", "李文博", "张静", "0315-3724062"],
    ["区教育局党委", "区直党（工）委", None, None, "王丽", "13900000000"],
]
UNITS: list[list[Any]] = [
    ["序号", "单位名称", "所属党（工）委", "称号级别", "统一社会信用代码"],
    [1, "龙华社区", "乔屯街道党工委", "市级文明单位", "91350100M000100Y43"],
    [2, "站前小学", "区教育局党委", "全国文明单位", None],
    [3, "区档案馆", "直属", "区级文明单位", None],
]
Sheets = Mapping[str, Sequence[Sequence[Any]]]
BOOK: Sheets = {"党（工）委": COMMITTEES, "单位": UNITS}


async def send_list(client: ContractClient, data: bytes, *, name: str = "清单.xlsx", **more: Any) -> Response:
    """Send a file to be imported; `to` is another address."""
    path, headers = more.pop("path", PATH) + more.pop("to", ""), more.pop("headers", {})
    return await client.post(path, data=more, files={"file": (name, data)}, headers=headers)


def by_openpyxl(sheets: Sheets, change: Callable[[Any], None] = lambda _: None) -> bytes:
    """A workbook, as `change` leaves it."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    change(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def by_xlsxwriter(sheets: Sheets) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return out.getvalue()


def by_xlwt(sheets: Sheets) -> bytes:
    """The older kind (.xls)."""
    book = xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(at, column, value)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def by_hand_ods(sheets: Sheets) -> bytes:
    """A workbook of LibreOffice with nothing but its cells."""
    space = "urn:oasis:names:tc:opendocument:xmlns"
    tables = "".join(
        f'<table:table table:name="{name}">{"".join(map(_ods_row, rows))}</table:table>'
        for name, rows in sheets.items()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0" office:version="1.2"><office:body>'
        f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content, **MANIFEST})


MANIFEST = {
    "META-INF/manifest.xml": '<?xml version="1.0"?><manifest:manifest '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
}


def as_csv(rows: Sequence[Sequence[Any]], encoding: str = "utf-8", separator: str = ",") -> bytes:
    lines = (separator.join("" if value is None else str(value) for value in row) for row in rows)
    return "\r\n".join(lines).encode(encoding)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_part(data: bytes, name: str, content: str | bytes) -> bytes:
    """The same archive with a part more, or with another in its place."""
    with ZipFile(BytesIO(data)) as archive:
        return zipped({each: archive.read(each) for each in archive.namelist() if each != name} | {name: content})


def _ods_row(row: Sequence[Any]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, int):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
