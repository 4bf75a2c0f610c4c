"""Lists that come as tables: their columns are found by headings, and whatever Excel made of a cell is told at it.

A sheet is one of those whose headings it has. What was understood otherwise than it is written is advice; what cannot
be understood refuses, with the cell's place as Excel names it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from app.comparable import comparable, is_blank
from app.findings import Finding, Rule
from app.models.enums import Severity
from app.tables.cells import DAY, ERROR, FORMULA, NUMBER, ListCell, ListSheet
from app.tables.sheets import letters

NOT_A_LIST = Rule(
    "not_a_list",
    "文件中没有找到清单：没有哪张工作表的表头有“{first}”。请下载模板，把内容填入模板后上传。",
    "The file has no list: no sheet has a heading “{first}”. Download the template, fill it in, and send that.",
)
HEADING_MISSING = Rule(
    "heading_missing",
    "{place}：表头缺少“{label}”一栏，请补上，或使用模板。",
    "{place}: the head has no column “{label}”. Add it, or use the template.",
)
HEADING_REPEATED = Rule(
    "heading_repeated",
    "{place}：表头“{label}”出现了不止一次，采用了最左边的一栏。",
    "{place}: the heading “{label}” occurs more than once; the leftmost column counts.",
    Severity.ADVICE,
)
HEADING_UNKNOWN = Rule(
    "heading_unknown",
    "{place}：不认识表头“{written}”，这一栏没有读取。",
    "{place}: the heading “{written}” is not known, and its column was not read.",
    Severity.ADVICE,
)
SHEET_LEFT_OUT = Rule(
    "sheet_left_out",
    "{place}：工作表“{sheet}”没有清单的表头，没有读取。",
    "{place}: the sheet “{sheet}” has no head of a list, and was not read.",
    Severity.ADVICE,
)
SHEET_HIDDEN = Rule(
    "sheet_hidden",
    "{place}：工作表“{sheet}”是隐藏的，没有读取；需要的请取消隐藏。",
    "{place}: the sheet “{sheet}” is hidden, and was not read. Show it if it is meant.",
    Severity.ADVICE,
)
HIDDEN_READ = Rule(
    "hidden_read",
    "{place}：这一行或列是隐藏的（或被筛选掉的），仍然读取了；不需要的请删除。",
    "{place}: this row or column is hidden or filtered out, and was read all the same. Delete it if it is not meant.",
    Severity.ADVICE,
)
EXAMPLE_LEFT_OUT = Rule(
    "example_left_out",
    "{place}：这是示例行，没有读取。",
    "{place}: this is the example, and was not read.",
    Severity.ADVICE,
)
NUMBER_READ = Rule(
    "number_read",
    "{place}“{label}”是按数字存放的，读作“{written}”；开头如有 0，已经丢失，请核对。",
    "{place}: “{label}” is stored as a number, and was read as “{written}”. Zeros it began with are lost: check it.",
    Severity.ADVICE,
)
DIGITS_LOST = Rule(
    "digits_lost",
    "{place}“{label}”写的是“{written}”：已被表格程序当作数字，后几位已丢失。请把单元格设为“文本”格式，重新填写。",
    "{place}: “{label}” says “{written}”: it was taken for a number, and its last digits are lost. Format the cell as "
    "text, and type it again.",
)
DATE_READ = Rule(
    "date_read",
    "{place}“{label}”是日期（{written}），可能是表格程序自动改的。请把单元格设为“文本”格式，重新填写。",
    "{place}: “{label}” is a date ({written}), perhaps made by the program. Format the cell as text, and type it "
    "again.",
)
FORMULA_READ = Rule(
    "formula_read",
    "{place}“{label}”是公式，读取了它的结果“{written}”。",
    "{place}: “{label}” is a formula; its result “{written}” was read.",
    Severity.ADVICE,
)
NO_RESULT = Rule(
    "no_result",
    "{place}“{label}”是没有结果的公式或错误值（{written}）。请改填文字。",
    "{place}: “{label}” is a formula without a result, or an error ({written}). Type the text instead.",
)
LINES_JOINED = Rule(
    "lines_joined",
    "{place}“{label}”中有换行，已改为空格。",
    "{place}: “{label}” has line breaks, which became spaces.",
    Severity.ADVICE,
)
CELL_EMPTY = Rule("cell_empty", "{place}：“{label}”必须填写。", "{place}: “{label}” is required.")
WORD_UNKNOWN = Rule(
    "word_unknown",
    "{place}“{label}”写的是“{written}”，应为以下之一：{words}。",
    "{place}: “{label}” says “{written}”, and must be one of {words}.",
)
EXAMPLE = "示例"
"""The word with which the example of a template begins."""
NOTES = "说明"
"""The sheet of a template that explains it."""
OF_TEMPLATE = frozenset({NOTES, "选项"})
COUNTED = frozenset(map(comparable, ("序号", "编号", "备注", "NO", "NO.")))
"""Headings of columns that number the rows or remark on them: they are left out unsaid."""
DEEPEST_HEAD = 15
"""Rows of a sheet among which its head is looked for, below titles and remarks."""
MOST_EXACT = 15
"""Digits that a number of Excel keeps."""
_POWER = re.compile(r"([0-9])(?:\.([0-9]+))?E\+?([0-9]{1,2})", re.IGNORECASE)
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the member it fills, its heading and other words for it, and how it is read."""

    name: str
    label: str
    others: Sequence[str] = ()
    note: str = ""
    example: str = ""
    required: bool = False
    figures: bool = False
    """True for a telephone number or a code, whose zeros and last digits matter."""


@dataclass(frozen=True)  # no slots: its words are compared once
class ListKind:
    """A kind of list: the name of its sheet, and its columns; the first says what a row is about."""

    sheet: str
    columns: Sequence[Column]

    @cached_property
    def _by_word(self) -> Mapping[str, Column]:
        return {comparable(word): each for each in reversed(self.columns) for word in (each.label, *each.others)}

    def named(self, heading: str) -> Column | None:
        """Return the column that has this heading, which is as it is compared."""
        return self._by_word.get(heading.strip("*:()（）"))


@dataclass(slots=True)
class Entry:
    """A row as it was read: the texts of its members, and the place of each."""

    sheet: str
    row: int
    place: str
    texts: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Table:
    """A sheet that is a list: its kind, the last row of its head, and its columns by their number."""

    kind: ListKind
    sheet: ListSheet
    head: int
    columns: Mapping[int, Column]


@dataclass(frozen=True, slots=True)
class ReadLists:
    """The rows of a file by their kind, and what is to be said about its cells."""

    entries: Mapping[str, Sequence[Entry]]
    findings: Sequence[Finding]


def read(sheets: Sequence[ListSheet], kinds: Sequence[ListKind]) -> ReadLists:
    """Read every sheet that is one of these lists; tell of the others, and of every cell that is not plain."""
    entries: dict[str, list[Entry]] = {kind.sheet: [] for kind in kinds}
    findings: list[Finding] = []
    known = False
    for sheet in sheets:
        table = None if sheet.hidden else _table(sheet, kinds)
        known = known or table is not None
        if table is None:
            findings += _left_out(sheet)
        else:
            findings += _head_findings(table)
            entries[table.kind.sheet] += _entries(table, findings)
    if not known:
        findings = [NOT_A_LIST("/file", first=kinds[0].columns[0].label), *findings]
    return ReadLists(entries, findings)


def described_columns(kind: ListKind, choices: Mapping[str, Sequence[str]]) -> list[dict[str, object]]:
    """Describe the columns of an empty list, with the words to choose from."""
    return [
        {
            "label": each.label,
            "note": f"{each.note or each.label}（{'必填' if each.required else '选填'}）",
            "width": max(16, 2 * len(each.label) + 4, len(each.example) + 8),
            "example": each.example or next(iter(choices.get(each.name, ())), ""),
            "choices": [*choices.get(each.name, ())],
        }
        for each in kind.columns
    ]


def place_of(sheet: str, row: int, column: int) -> str:
    """Name a cell as Excel does: `单位!C7`."""
    return f"{sheet}!{letters(column)}{row}"


def chosen(entry: Entry, table_label: str, name: str, words: Mapping[str, str]) -> tuple[str | None, list[Finding]]:
    """Return the code of a word that a cell says by its label or its code, or why it is none."""
    written = entry.texts[name]
    for label, code in words.items():
        if comparable(written) in {comparable(label), comparable(code)}:
            return code, []
    said = {"place": entry.places[name], "label": table_label, "written": written[:_SHOWN], "words": [*words]}
    return None, [WORD_UNKNOWN("/file", **said)]


def _table(sheet: ListSheet, kinds: Sequence[ListKind]) -> Table | None:
    """Find the head with the most known headings: one row, or two of which the upper one is over several columns."""
    best: Table | None = None
    for row in (each for each in sheet.rows if each <= DEEPEST_HEAD):
        for upper in (None, row - 1):
            headings = _headings(sheet, row, upper)
            for kind in kinds:
                found = {column: kind.named(comparable(text)) for column, text in headings.items()}
                columns = {column: each for column, each in found.items() if each}
                names = {each.name for each in columns.values()}
                enough = kind.columns[0].name in names and len(names) > 1
                if enough and len(names) > (len({each.name for each in best.columns.values()}) if best else 0):
                    best = Table(kind, sheet, row, columns)
    return best


def _headings(sheet: ListSheet, row: int, upper: int | None) -> dict[int, str]:
    """Return the headings of a row; with an upper row, its words before those that are too short by themselves."""
    columns = sorted({column for at, column in sheet.cells if at in {row, upper}})
    said: dict[int, str] = {}
    for column in columns:
        own = sheet.at(row, column, across=True).text
        above = sheet.at(upper, column, across=True).text if upper else ""
        said[column] = own if not above or comparable(above) == comparable(own) else f"{above}{own}"
    return {column: text for column, text in said.items() if not is_blank(text)}


def _left_out(sheet: ListSheet) -> Iterator[Finding]:
    if sheet.cells and sheet.name not in OF_TEMPLATE:
        rule = SHEET_HIDDEN if sheet.hidden else SHEET_LEFT_OUT
        yield rule("/file", place=place_of(sheet.name, *min(sheet.cells)), sheet=sheet.name)


def _head_findings(table: Table) -> Iterator[Finding]:
    sheet, first = table.sheet, min(table.columns)
    names = [each.name for each in table.columns.values()]
    for column in table.kind.columns:
        if column.required and column.name not in names:
            place = place_of(sheet.name, table.head, first)
            yield HEADING_MISSING("/file", place=place, label=column.label)
    for number, column in table.columns.items():
        if column.name in [each.name for at, each in table.columns.items() if at < number]:
            yield HEADING_REPEATED("/file", place=place_of(sheet.name, table.head, number), label=column.label)
    last = max(column for _, column in sheet.cells)
    for number in set(range(1, last + 1)) - table.columns.keys():
        written = sheet.at(table.head, number, across=True).text
        says = any(at > table.head and column == number for at, column in sheet.cells)
        if says and written and comparable(written) not in COUNTED:
            place = place_of(sheet.name, table.head, number)
            yield HEADING_UNKNOWN("/file", place=place, written=written[:_SHOWN])


def _entries(table: Table, findings: list[Finding]) -> Iterator[Entry]:
    """Yield the rows below the head that say something, but for the example."""
    sheet = table.sheet
    columns = {column.name: number for number, column in sorted(table.columns.items(), reverse=True)}
    first = columns[table.kind.columns[0].name]
    for row in (each for each in sheet.rows if each > table.head):
        place = place_of(sheet.name, row, first)
        if EXAMPLE in sheet.at(row, first).text[: len(EXAMPLE) + 1]:
            findings.append(EXAMPLE_LEFT_OUT("/file", place=place))
            continue
        cells = {name: sheet.at(row, number) for name, number in columns.items()}
        if all(is_blank(sheet.cells.get((row, number), ListCell("")).text) for number in columns.values()):
            continue
        entry = Entry(sheet.name, row, place)
        for name, cell in cells.items():
            findings += _take(table, entry, columns[name], cell)
        hidden = [place_of(sheet.name, row, first)] if row in sheet.hidden_rows else []
        findings += [HIDDEN_READ("/file", place=each) for each in hidden]
        yield entry
    for number in sheet.hidden_columns & table.columns.keys():
        findings.append(HIDDEN_READ("/file", place=place_of(sheet.name, table.head, number)))


def _take(table: Table, entry: Entry, number: int, cell: ListCell) -> list[Finding]:
    """Note what a cell says, and return what is to be told about it."""
    column = table.columns[number]
    entry.places[column.name] = place = place_of(entry.sheet, entry.row, number)
    if is_blank(cell.text):
        return [CELL_EMPTY("/file", place=place, label=column.label)] if column.required else []
    entry.texts[column.name] = read_text(cell)
    said = {"place": place, "label": column.label, "written": cell.text[:_SHOWN]}
    return [rule("/file", **said) for rule in _told(column, cell)]


def read_text(cell: ListCell) -> str:
    """Return what a cell says: one line, and a power of ten written out."""
    text = " ".join(cell.text.split())
    power = _POWER.fullmatch(text)
    return _written_out(power) if power and not _is_short(power) else text


def _told(column: Column, cell: ListCell) -> Iterator[Rule]:
    """Yield what is to be said about a cell that is not a plain text."""
    power = _POWER.fullmatch(cell.text.strip()) if column.figures else None
    if ERROR in cell.marks:
        yield NO_RESULT
    elif DAY in cell.marks:
        yield DATE_READ
    elif (NUMBER in cell.marks and len(cell.text.split(".")[0].lstrip("-")) > MOST_EXACT) or (
        power and _is_short(power)
    ):
        yield DIGITS_LOST
    elif column.figures and (NUMBER in cell.marks or power):
        yield NUMBER_READ
    if FORMULA in cell.marks:
        yield FORMULA_READ
    if "\n" in cell.text.strip():
        yield LINES_JOINED


def _is_short(power: re.Match[str]) -> bool:
    """Return true if a power of ten has fewer digits than the number had."""
    return len(power[2] or "") < int(power[3])


def _written_out(power: re.Match[str]) -> str:
    return power[1] + (power[2] or "")[: int(power[3])]
