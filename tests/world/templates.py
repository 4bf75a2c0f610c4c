"""Templates of papers as an office writes them in Word, and what they say once they are filled."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

import docx
from docx.document import Document

from app.printing.filled import Filled, spelled
from app.printing.word import Writer
from tests.contract.client import ContractClient


def template(lay: Callable[[Document], object]) -> bytes:
    """Make a document of Word."""
    document, file = docx.Document(), BytesIO()
    lay(document)
    document.save(file)
    return file.getvalue()


def of_lines(*lines: str) -> bytes:
    """Make one of paragraphs."""
    return template(lambda document: [document.add_paragraph(line) for line in lines])


def of_rows(*rows: Sequence[str]) -> bytes:
    """Make one of a table."""

    def lay(document: Document) -> None:
        table = document.add_table(0, len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text

    return template(lay)


def filled(
    data: bytes,
    values: Mapping[str, Any],
    pictures: Sequence[bytes] = (),
    drawn: Mapping[str, str] | None = None,
    whole: str = "",
) -> Document:
    """Fill a template, whose placeholders are named as the values are, with these."""
    names = {spelled(name): name for name in _named(values)}
    paper = Filled("", names, values, drawn or {}, whole=whole)
    assert Filled.read(paper.written) == paper
    return docx.Document(BytesIO(Writer().write(paper, [data, *pictures])))


def lines_of(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def rows_of(document: Document) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]


def _named(values: Mapping[str, Any]) -> list[str]:
    inner = [name for each in values.values() if isinstance(each, list) for item in each for name in _named(item)]
    return [*values, *inner]


def address(campaign_id: Any, paper: str = "") -> str:
    """Return the address of the templates of a campaign, or of one of them."""
    return f"/api/v1/campaigns/{campaign_id}/paper-templates{paper and f'/{paper}'}"


async def put(client: ContractClient, href: str, data: bytes, etag: str = "*", **form: str) -> Any:
    """Send a template."""
    files = {"file": ("模板.docx", data, "application/octet-stream")}
    return await client.put(href, files=files, data=form, headers={"If-Match": etag})


PLAN = of_lines("填报单位：{{推荐单位}}", "{{#案例}}", "{{案例名称}}／{{实施单位}}", "{{/案例}}")
"""A template of 附件1."""
