"""Lists of figures (外部得分) that come as tables: their two columns, and the rows of an import that they are."""

import re
from collections.abc import Sequence
from unicodedata import normalize

from app.services.policies.people.listed import Column, Entry, ListKind, ReadLists, described_columns, read
from app.services.policies.people.listed_bodies import ListBody, Row, body_of
from app.tables.cells import ListSheet

FIGURES = ListKind(
    "外部得分",
    (
        Column("application_number", "申报编号", ("编号", "案例编号"), "如 2015-QT-001", "示例：2015-QT-001", True),
        Column("figure", "数值", ("得分", "票数", "得票数", "分数"), "数字，不带单位", "1286", True),
    ),
)
NOTES = [
    "一、每行一件已受理的案例；第 2 行是示例，不会导入，可以删去。",
    "二、数据来源、起止日期、佐证和说明在上传时填写，不在表中。",
]
_NUMBER = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?")


def read_sheets(sheets: Sequence[ListSheet]) -> ReadLists:
    """Read the sheets that are lists of figures."""
    return read(sheets, (FIGURES,))


def understood(lists: ReadLists) -> ListBody:
    """Make rows of an import."""
    entries = lists.entries[FIGURES.sheet]
    origins = {f"/figures/{at}": (entry, FIGURES) for at, entry in enumerate(entries)}
    rows = [_row(entry) for entry in entries]
    return body_of({"figures": rows} if rows else {}, origins, lists.findings)


def template() -> Row:
    """Describe the empty list."""
    return {
        "notes": {"name": "说明", "lines": NOTES},
        "sheets": [{"name": FIGURES.sheet, "columns": described_columns(FIGURES, {})}],
    }


def _row(entry: Entry) -> Row:
    """Return what a row says, with its figure as a number if it is one."""
    written = normalize("NFKC", entry.texts.get("figure", ""))
    said: Row = {"figure": float(written.replace(",", ""))} if _NUMBER.fullmatch(written) else {}
    return {**entry.texts, **said}
