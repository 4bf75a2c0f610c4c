"""Lists of earlier wins (以往获奖) that come as tables: their columns, and the awards that their rows are."""

import re
from collections.abc import Sequence

from app.services.policies.people.listed import Column, Entry, ListKind, ReadLists, described_columns, read
from app.services.policies.people.listed_bodies import ListBody, Row, body_of
from app.tables.cells import ListSheet

WINS = ListKind(
    "以往获奖",
    (
        Column("unit_name", "获奖单位", ("单位", "单位名称"), "当时或现在的名称", "示例：翔云道社区", True),
        Column("year", "年度", ("年份", "获奖年度", "获奖年份"), "四位数字", "2013", True),
        Column("award", "奖项", ("奖项名称", "获奖名称"), "提示中使用的说法", "优秀案例一等奖", True),
        Column("kind", "奖项代码", ("奖项种类代码",), "与活动设置中的代码一致", "excellent_case", True),
        Column("grade", "等次代码", (), "与活动设置中的代码一致；没有等次的不填", "first"),
        Column("brand_name", "品牌名称", ("案例名称", "品牌"), "没有指明品牌的不填", "邻里一家亲"),
    ),
)
NOTES = [
    "一、每行一项以往获奖；第 2 行是示例，不会导入，可以删去。",
    "二、清单中已有的不会改动；年度、代码、单位、品牌都相同的算同一项。",
    "三、本系统内颁发的奖项不必录入。",
]
_YEAR = re.compile(r"([0-9０-９]{4})\s*年?度?")


def read_sheets(sheets: Sequence[ListSheet]) -> ReadLists:
    """Read the sheets that are lists of earlier wins."""
    return read(sheets, (WINS,))


def understood(lists: ReadLists) -> ListBody:
    """Make awards of the rows."""
    entries = lists.entries[WINS.sheet]
    origins = {f"/wins/{at}": (entry, WINS) for at, entry in enumerate(entries)}
    rows = [_row(entry) for entry in entries]
    return body_of({"wins": rows} if rows else {}, origins, lists.findings)


def template() -> Row:
    """Describe the empty list."""
    return {
        "notes": {"name": "说明", "lines": NOTES},
        "sheets": [{"name": WINS.sheet, "columns": described_columns(WINS, {})}],
    }


def _row(entry: Entry) -> Row:
    """Return what a row says, with its year as a number if it is one."""
    year = _YEAR.fullmatch(entry.texts.get("year", ""))
    return {**entry.texts} | ({"year": int(year[1])} if year else {})
