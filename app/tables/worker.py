"""The limited process that writes one table: `python -m app.tables.worker`.

On standard input are lines of JSON: the table's head, then pages of its list, at last `null`. The file goes to standard
output as it is written. If the last line is missing, the file is not ended, and so cannot be taken for a whole one.
"""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.imaging.confinement import confine
from app.imaging.orders import allow_cpu, become_quiet
from app.tables.sheets import SHEETS, Value

CPU_SECONDS = 600
YES, NO = "是", "否"
SAYS = ("name", "message", "text", "title", "username")
"""The members of which one says what an object is."""


def main() -> None:
    """Write the table that standard input has."""
    pages, out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    head = json.loads(pages.readline())
    zone = ZoneInfo(head["zone"])
    become_quiet()
    confine()
    allow_cpu(CPU_SECONDS)
    columns = head["columns"]
    sheet = SHEETS[head["form"]](out, head["title"], [column["heading"] for column in columns])
    for line in pages:
        page = json.loads(line)
        if page is None:
            sheet.end()
            out.flush()
            return
        sheet.add([[_value(row, column, zone) for column in columns] for row in page["items"]])
        out.flush()


def _value(row: Mapping[str, Any], column: Mapping[str, Any], zone: ZoneInfo) -> Value:
    """Return a member of a row as a cell has it."""
    value = row[column["name"]]
    if column["kind"] == "time" and isinstance(value, str):
        return datetime.fromisoformat(value).astimezone(zone)
    if column["kind"] == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return _said(value, column, zone)


def _said(value: Any, column: Mapping[str, Any], zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list):
        return "；".join(filter(None, (_said(each, column, zone) for each in value)))
    if isinstance(value, dict):
        return _object(value, column, zone)
    return str(column["labels"].get(str(value), value))


def _object(members: Mapping[str, Any], column: Mapping[str, Any], zone: ZoneInfo) -> str:
    """Say an object by its name, or else by all that it has, under the headings that its members have."""
    named: Sequence[str] = [members[name] for name in SAYS if isinstance(members.get(name), str)]
    if named:
        return named[0]
    known = [(each["heading"], _inline(_value(members, each, zone))) for each in column["members"]]
    said = known or [(name, _said(value, column, zone)) for name, value in members.items()]
    return "，".join(f"{heading}：{words}" for heading, words in said if words)


def _inline(value: Value) -> str:
    if value is None:
        return ""
    return f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)


if __name__ == "__main__":
    main()
