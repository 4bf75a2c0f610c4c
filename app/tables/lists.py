"""Lists that come as tables (.xlsx, .xls, .ods, .csv), through the limited process that opens them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.imaging import ImagingPool, Workers
from app.tables.cells import ListCell, ListSheet

PROGRAM = ("app.tables.reader",)
RESTS_AFTER = 300


async def read_lists(pool: Workers, data: bytes) -> list[ListSheet]:
    """Read the sheets of a file, or refuse it with the rule it breaks."""
    facts = await pool.run("table", data)
    return [_sheet(each) for each in json.loads(facts["sheets"])]


async def mark_list(pool: Workers, data: bytes, marks: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the file as a workbook with its cells marked and commented."""
    told = json.dumps(marks, ensure_ascii=False).encode()
    content: bytes = (await pool.run("marks", len(told).to_bytes(8, "big") + told + data))["content"]
    return content


async def draw_template(pool: Workers, told: Mapping[str, Any]) -> bytes:
    """Return an empty list as a workbook."""
    content: bytes = (await pool.run("template", json.dumps(told, ensure_ascii=False).encode()))["content"]
    return content


def reading_pool() -> ImagingPool:
    """The process that opens tables: it starts at the first, and rests when there are no more."""
    return ImagingPool(1, program=PROGRAM, rests_after=RESTS_AFTER)


def _sheet(facts: Mapping[str, Any]) -> ListSheet:
    cells = {(row, column): ListCell(text, marks) for row, column, text, marks in facts["cells"]}
    return ListSheet(
        facts["name"],
        cells,
        facts["hidden"],
        frozenset(facts["hidden_rows"]),
        frozenset(facts["hidden_columns"]),
        [(top, left, bottom, right) for top, left, bottom, right in facts["merged"]],
    )
