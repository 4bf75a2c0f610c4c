"""A package for networks that do not meet: a bag (BagIt, RFC 8493) with a page and a table that people can read."""

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from io import StringIO
from uuid import UUID

BAGIT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
COLUMNS = (
    "推荐次序",
    "申报编号",
    "版次",
    "品牌名称",
    "申报单位",
    "推荐单位",
    "奖项",
    "证书编号",
    "推荐编号",
    "内容SHA-256",
    "文件夹",
)
_PAGE = """\
<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font-family:sans-serif}}table{{border-collapse:collapse}}td,th{{border:1px solid #999;padding:4px}}</style>
</head><body><h1>{title}</h1><p>共 {count} 件。每件的全部内容见其文件夹中的 payload.json，<br>
申报表见 form.pdf 和 form.docx；字库缺字的只有 form.docx。</p>
<table><thead><tr>{head}</tr></thead><tbody>
{rows}
</tbody></table></body></html>
"""


@dataclass(frozen=True, slots=True)
class Packed:
    """A file of the package: bytes we have, or bytes in the store under this id."""

    path: str
    sha256: str
    size: int
    content: bytes | None = None
    file_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A case in the index, which names neither its leader nor a telephone."""

    position: int
    number: str
    revision: int
    brand_name: str
    unit_name: str
    committee_name: str
    award_name: str
    certificate_number: str
    nomination_id: str
    digest: str

    @property
    def cells(self) -> list[str]:
        case = (self.position, self.number, self.revision, self.brand_name, self.unit_name, self.committee_name)
        award = (self.award_name, self.certificate_number, self.nomination_id, self.digest, self.number)
        return [str(each) for each in (*case, *award)]


def text(path: str, written: str | bytes) -> Packed:
    """A file whose bytes we write ourselves."""
    content = written.encode() if isinstance(written, str) else written
    return Packed(path, hashlib.sha256(content).hexdigest(), len(content), content)


def index(title: str, listed: Sequence[Listed]) -> list[Packed]:
    """List the package's content for people: a page for the browser, a table for the spreadsheet."""
    return [text("data/index.html", _page(title, listed)), text("data/index.csv", _table(listed))]


def bagged(payload: Sequence[Packed], about: Mapping[str, str]) -> list[Packed]:
    """The complete bag: first the files that identify it, then its content, under the checksums of both."""
    oxum = f"{sum(file.size for file in payload)}.{len(payload)}"
    tags = [
        text("bagit.txt", BAGIT),
        text("bag-info.txt", _tags({**about, "Payload-Oxum": oxum})),
        text("manifest-sha256.txt", _checksums(payload)),
    ]
    return [*tags, text("tagmanifest-sha256.txt", _checksums(tags)), *payload]


def _tags(about: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\n" for name, value in about.items())


def _checksums(files: Iterable[Packed]) -> str:
    return "".join(f"{file.sha256}  {file.path}\n" for file in files)


def _page(title: str, listed: Sequence[Listed]) -> str:
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    rows = "\n".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in case.cells)}</tr>" for case in listed)
    return _PAGE.format(title=escape(title), count=len(listed), head=head, rows=rows)


def _table(listed: Sequence[Listed]) -> bytes:
    """With the mark by which spreadsheets know UTF-8."""
    table = StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    writer.writerows([_no_formula(cell) for cell in case.cells] for case in listed)
    return table.getvalue().encode("utf-8-sig")


def _no_formula(cell: str) -> str:
    """A spreadsheet would calculate what begins like this."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell
