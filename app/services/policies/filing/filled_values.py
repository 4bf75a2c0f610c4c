"""Values of the cells of a filled form, each understood by its control; what is not is kept as it was written."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.comparable import comparable
from app.findings import Finding, Rule
from app.inputs import one_line
from app.models.enums import CellControl, Severity
from app.periods import ONGOING, lasted, lasting
from app.phones import numbers
from app.services.policies.filing.controls import KINDS, SHOWN
from app.services.policies.filing.filled_tables import Entry, Loose
from app.services.policies.filing.own_cells import LONGEST_LINE, LONGEST_TEXT, MOST_ROWS, PERIOD, OwnCell, Value

READ_AS = Rule(
    "read_as",
    "{place}“{label}”写的是“{written}”，读作“{understood}”。",
    "{place_en}: “{label}” says “{written}”, which was taken for “{understood}”.",
    Severity.ADVICE,
)
NOT_UNDERSTOOD = Rule(
    "not_understood",
    "{place}“{label}”写的是“{written}”，没有读懂，已照原文填入，请核对改正。",
    "{place_en}: “{label}” says “{written}”, which was not understood, and was filled in as it is: look at it, and "
    "correct it.",
    Severity.ADVICE,
)
NOT_PLACED = Rule(
    "not_placed",
    "{place}“{label}”的内容过多（{count}，该栏最多 {maximum}），没有填入；原文在未填入的内容中。",
    "{place_en}: “{label}” is too long ({count}, of which the cell takes {maximum}): it was not filled in, and is "
    "among what has no place.",
    Severity.ADVICE,
)
ANOTHER_NAME = Rule(
    "another_name",
    "{place}“{label}”写的是“{written}”，与“{present}”不同；草稿属于后者，请核对。",
    "{place_en}: “{label}” says “{written}”, not “{present}”, whose draft this is: make sure that it is meant.",
    Severity.ADVICE,
)
_TICKED, _BOXES = "■☑☒√✓✔●", "□☐○◯"
_BOX = re.compile(f"[{_TICKED}{_BOXES}]")
_BEFORE = re.compile(rf"([{_TICKED}{_BOXES}]+)\s*([^{_TICKED}{_BOXES}]+)")
_BEHIND = re.compile(rf"([^{_TICKED}{_BOXES}]+)\s*([{_TICKED}{_BOXES}]+)")
_STILL = re.compile("今|目前|现在|持续|长期|进行中|实施中|仍在|ongoing")
_ADDRESS = re.compile(r"\w+://.*|www\..*", re.ASCII)
_GAPS = "，,：: \t"
_PARTS = re.compile(r"\s*[，,\t]\s*")
_YES, _NO = {"是", "同意", "承诺", "已承诺", "同意承诺"}, {"否", "不同意", "不承诺"}
MEMBERS = {
    "姓名": "name",
    "名称": "name",
    "标题": "name",
    "名字": "name",
    "角色": "role",
    "分工": "role",
    "职责": "role",
    "职务": "title",
    "职称": "title",
    "电话": "phone",
    "联系电话": "phone",
    "手机": "phone",
    "手机号": "phone",
    "手机号码": "phone",
    "网址": "url",
    "链接": "url",
    "地址": "url",
}
"""Heads of the columns of a list within a cell."""


@dataclass(slots=True)
class ReadCell:
    """A cell while it is read: its entry, its words, and what is said about it."""

    entry: Entry
    label: str
    findings: list[Finding] = field(default_factory=list)
    unplaced: list[Loose] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.entry.text

    def say(self, rule: Rule, **params: Any) -> None:
        said = {"label": self.label, "written": self.text[:SHOWN]} | self.entry.place.words | params
        self.findings.append(rule(pointer_of(self.entry.name), **said))

    def unclear(self) -> Value:
        """Keep a text as it was written; what a draft's cell cannot hold has no place."""
        self.say(NOT_UNDERSTOOD)
        return self.line()

    def line(self) -> str | None:
        """Return a text as one line."""
        return self._within(_one(self.text), LONGEST_LINE)

    def prose(self) -> str | None:
        """Return a text of several lines."""
        return self._within(self.text, LONGEST_TEXT)

    def listed(self, rows: Sequence[Mapping[str, str]]) -> Value:
        """Return the rows of a list, if it holds so many, and they are not too long."""
        longest = max((len(each) for row in rows for name, each in row.items() if name != "url"), default=0)
        if len(rows) <= MOST_ROWS and longest <= LONGEST_LINE:
            return [*rows] or None
        self._leave(*((len(rows), MOST_ROWS) if len(rows) > MOST_ROWS else (longest, LONGEST_LINE)))
        return None

    def _within(self, text: Value, maximum: int) -> str | None:
        if len(text) <= maximum:
            return text or None
        self._leave(len(text), maximum)
        return None

    def _leave(self, count: int, maximum: int) -> None:
        self.say(NOT_PLACED, count=count, maximum=maximum)
        self.unplaced.append(Loose(self.text, self.entry.place))


def pointer_of(name: str) -> str:
    """Return the member of an application that a cell fills."""
    return {"period": "/started_on", "recommender": "/committee_name", "applicant": "/unit_name"}.get(name, f"/{name}")


def _one(text: str) -> str:
    return str(one_line(text))


def unstamped(text: str, stamp: str) -> str:
    """Return what is stamped without the words beside the stamp."""
    for words in (f"（{stamp}）", f"({stamp})", stamp):
        text = text.removesuffix(words).rstrip()
    return text


def named(cell: ReadCell, present: str, stamp: str) -> Value:
    """Compare a name with that of whose draft this is."""
    said = unstamped(_one(cell.text), stamp)
    if said and comparable(said) != comparable(present):
        cell.say(ANOTHER_NAME, written=said[:SHOWN], present=present)
    return said or None


def period(cell: ReadCell) -> Value:
    """Read a period; that it still runs is said where the file does not say so."""
    ends = lasted(cell.text)
    if ends is None:
        return cell.unclear()
    if ends[1] == ONGOING and not _STILL.search(cell.text):
        cell.say(READ_AS, understood=lasting(*ends))
    return {name: end for name, end in zip(PERIOD, ends, strict=True) if end}


def chosen(cell: ReadCell, options: Mapping[str, str]) -> Value:
    """Take the option that is ticked, or named."""
    ticked = _ticks(cell.text)
    if ticked == []:
        return None
    if ticked is not None and len(ticked) > 1:
        return cell.unclear()
    said = cell.text if ticked is None else ticked[0]
    alike = {comparable(name): code for name, code in options.items()}
    if code := alike.get(comparable(said)):
        return code
    within = [name for name in options if comparable(name) in comparable(said)]
    if len(within) != 1:
        return cell.unclear()
    cell.say(READ_AS, understood=within[0])
    return options[within[0]]


def _ticks(text: str) -> list[str] | None:
    """Return what is ticked; None where there are no boxes."""
    if not _BOX.search(text):
        return None
    found = [(signs, said.strip()) for signs, said in _BEFORE.findall(text)]
    if not _BOX.match(text.strip()):
        found = [(signs, said.strip()) for said, signs in _BEHIND.findall(text)]
    return [said for signs, said in found if set(signs) & {*_TICKED}]


def tidied(own: OwnCell, cell: ReadCell) -> Value:
    """Understand a value as its control would tidy it."""
    kind = KINDS[own.control]
    value = kind.tidy(own, cell.prose() if own.control is CellControl.TEXT else cell.line())
    if value is not None and (type(value) not in kind.holds or [*kind.findings(own, value)]):
        cell.say(NOT_UNDERSTOOD)
    return value


def _consent(_: OwnCell, cell: ReadCell) -> Value:
    ticked, said = _ticks(cell.text), comparable(cell.text)
    if ticked is not None:
        return True if ticked else None
    if said in _YES or said in _NO:
        return said in _YES
    return cell.unclear()


def _persons(own: OwnCell, cell: ReadCell) -> Value:
    roles = {comparable(option.name): option.code for option in own.options}
    return cell.listed([*(_person(parts, roles, cell) for parts in _rows(cell)), *_by_heads(cell, roles)])


def _person(parts: Sequence[str], roles: Mapping[str, str], cell: ReadCell) -> dict[str, str]:
    """Read a row that has no heads: the name first, a role by its word, a telephone number by its digits."""
    person, others = {"name": parts[0]}, []
    for part in parts[1:]:
        if comparable(part) in roles and "role" not in person:
            person |= {"role": roles[comparable(part)]}
        elif numbers(part) and "phone" not in person:
            person |= {"phone": part}
        else:
            others.append(part)
    free = [name for name in ("role", "title") if name not in person and not (name == "role" and roles)]
    if len(others) > len(free):
        return {"name": "，".join(parts)}
    if len(others) < len(free) and others:
        cell.say(READ_AS, written="，".join(parts)[:SHOWN], understood=f"{parts[0]}，职务：{others[0]}")
        free = ["title"]
    return {**person, **dict(zip(free, others, strict=False))}


def _links(_: OwnCell, cell: ReadCell) -> Value:
    lines = [*cell.entry.lines, *("，".join(filter(None, row)) for row in _unheaded(cell))]
    return cell.listed([*(_link(line.strip()) for line in lines if line.strip()), *_by_heads(cell, {})])


def _link(line: str) -> dict[str, str]:
    """Read an address, and the words before it."""
    found = _ADDRESS.search(line)
    name, url = (line[: found.start()], found[0]) if found else (line, "")
    return {member: text for member, text in (("name", name.rstrip(_GAPS)), ("url", url)) if text}


def _rows(cell: ReadCell) -> list[list[str]]:
    """Return the rows of a list, each as its parts, but for those of a table that has heads."""
    lines = [_PARTS.split(line.strip()) for line in cell.entry.lines if line.strip()]
    plain = [[each for each in row if each] for row in _unheaded(cell)]
    return [*lines, *filter(None, plain)]


def _unheaded(cell: ReadCell) -> Sequence[Sequence[str]]:
    return [] if _is_headed(cell.entry.rows) else cell.entry.rows


def _by_heads(cell: ReadCell, roles: Mapping[str, str]) -> list[dict[str, str]]:
    """Read a table whose first row says what its columns are."""
    if not _is_headed(cell.entry.rows):
        return []
    heads, *rows = cell.entry.rows
    members = [MEMBERS.get(comparable(each), "") for each in heads]
    found = [{name: each for name, each in zip(members, row, strict=False) if name and each} for row in rows]
    return [
        {name: roles.get(comparable(each), each) if name == "role" else each for name, each in row.items()}
        for row in found
        if row
    ]


def _is_headed(rows: Sequence[Sequence[str]]) -> bool:
    """Return true if every column of a table says what it is."""
    return bool(rows) and all(comparable(each) in MEMBERS for each in rows[0])


UNDERSTOOD: Mapping[CellControl, Callable[[OwnCell, ReadCell], Value]] = {
    CellControl.PERIOD: lambda _, cell: period(cell),
    CellControl.CHOICE: lambda own, cell: chosen(cell, {each.name: each.code for each in own.options}),
    CellControl.CONSENT: _consent,
    CellControl.PERSONS: _persons,
    CellControl.LINKS: _links,
}
"""The controls whose values are put into words on paper, and have to be read from them."""
