"""Filled forms as Word and WPS make them."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm
from docx.table import _Cell
from httpx2 import Response

from tests.contract.client import ContractClient
from tests.world import FORM

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ROWS = [
    ["推荐单位", "乔屯街道党工委（由所在党（工）委盖章）"],
    ["申报单位", "龙华社区"],
    ["品 牌　名 称", FORM["brand_name"]],
    ["申报单位负责人", "李文博", "职务", "党支部书记"],
    ["联系电话：", "0315-3724062"],
    ["内容分类", "☑情满路北　□诚铸路北"],
    ["实施时间", "2015年3月至8月"],
    ["创新特点", "变“等群众上门”为“送服务上门”。"],
    ["主\n要\n做\n法", "一是建章立制。\n二是分片包户。"],
    ["社会效果（300字以内）", "居民满意度明显提高。"],
]
"""附件2 as an office fills it in."""


def filled(
    rows: Sequence[Sequence[str]] = ROWS, *, pictures: Sequence[tuple[bytes, str]] = (), after: Sequence[str] = ()
) -> bytes:
    """A document with these rows in a table of four columns, whose last cell goes on to the right."""
    return saved(lambda document: _fill(document, rows, pictures, after))


def saved(make: Callable[[Document], object]) -> bytes:
    """The bytes of a document that is made so."""
    document, buffer = docx.Document(), BytesIO()
    make(document)
    document.save(buffer)
    return buffer.getvalue()


def _fill(
    document: Document, rows: Sequence[Sequence[str]], pictures: Sequence[tuple[bytes, str]], after: Sequence[str]
) -> None:
    document.add_paragraph("附件2")
    document.add_paragraph("文明单位创新工作品牌申报表")
    table = document.add_table(len(rows), 4)
    for place, row in enumerate(rows):
        cells = table.rows[place].cells
        if len(row) < len(cells):
            cells[len(row) - 1].merge(cells[-1])
        for cell, text in zip(cells, row, strict=False):
            cell.text = ""
            write(cell, text)
    for picture, caption in pictures:
        document.add_picture(BytesIO(picture), width=Mm(50))
        document.add_paragraph(caption)
    for line in after:
        document.add_paragraph(line)


def write(cell: _Cell, text: str) -> None:
    """Write a text of several paragraphs."""
    first, *others = text.split("\n")
    cell.paragraphs[0].add_run(first)
    for line in others:
        cell.add_paragraph(line)


def paragraph(inner: str) -> Any:
    """A paragraph of these runs."""
    return parse_xml(f"<w:p {nsdecls('w', 'wp', 'a', 'r')} {OTHERS}>{inner}</w:p>")


OTHERS = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def text_box(*lines: str) -> str:
    """A text box as Word writes it: once for itself, and once more for older versions."""
    inside = "".join(f"<w:p>{run(line)}</w:p>" for line in lines)
    box = f"<w:txbxContent>{inside}</w:txbxContent>"
    shape = f"<wps:wsp><wps:txbx>{box}</wps:txbx></wps:wsp>"
    graphic = f'<a:graphic><a:graphicData uri="wps">{shape}</a:graphicData></a:graphic>'
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor>{graphic}</wp:anchor></w:drawing>'
        f"</mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


async def send_form(client: ContractClient, campaign: Any, data: bytes, **fields: Any) -> Response:
    return await _send(client, f"/api/v1/campaigns/{campaign}/filled-forms", data, fields)


async def send_plan(client: ContractClient, campaign: Any, data: bytes, **fields: Any) -> Response:
    return await _send(client, f"/api/v1/campaigns/{campaign}/filled-plans", data, fields)


async def send_forms(client: ContractClient, campaign: Any, *forms: bytes, **fields: Any) -> Response:
    """Send several, named by their numbers or by `names`, for the units of `unit_ids` if there are any."""
    names = fields.get("names") or [f"{number}.docx" for number in range(len(forms))]
    files = [("files", (name, data, WORD)) for name, data in zip(names, forms, strict=True)]
    said: dict[str, Any] = {"dry_run": fields.get("dry_run", "false")}
    said |= {"unit_ids": [*map(str, fields["unit_ids"])]} if "unit_ids" in fields else {}
    headers = fields.get("headers", {})
    return await client.post(f"/api/v1/campaigns/{campaign}/filled-form-batch", files=files, data=said, headers=headers)


async def _send(client: ContractClient, href: str, data: bytes, fields: dict[str, Any]) -> Response:
    files = {"file": ("表.docx", data, WORD)}
    said = {name: str(value) for name, value in fields.items() if name != "headers"}
    return await client.post(href, files=files, data=said, headers=fields.get("headers", {}))


def plan_form(*rows: Sequence[str], after: str = "") -> bytes:
    """附件1 with these rows below its two labels."""

    def fill(document: Document) -> None:
        written = [["计划申报创新案例名称", "实施单位"], *rows]
        made = document.add_table(len(written), 2)
        for row, texts in zip(made.rows, written, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
        if after:
            document.add_paragraph(after)

    return saved(fill)
