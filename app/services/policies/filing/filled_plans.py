"""A filled 附件1 that comes as a Word document or a table: the rows of the plan, and whatever was put into none.

Rows are read below the two labels, in whichever columns and tables these stand. Nothing is guessed unseen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.comparable import comparable, is_blank
from app.findings import Finding, Rule
from app.inputs import one_line
from app.models.enums import Severity
from app.services.policies.filing import prints
from app.services.policies.filing.controls import SHOWN
from app.services.policies.filing.filled_blocks import HIDDEN, NOTES, Block, Cell, Figure, Line, Place, Table
from app.services.policies.filing.filled_forms import NOT_PICTURES, NOT_THE_FORM, Document
from app.services.policies.filing.filled_sheets import TOLD
from app.services.policies.filing.filled_tables import Labels, Loose
from app.services.policies.filing.filled_values import ANOTHER_NAME
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.own_cells import LONGEST_LINE
from app.services.policies.people.listed import NOTES as TEMPLATE_NOTES
from app.tables.cells import ERROR

NAME, UNIT, NUMBER = "name", "unit_name", "number"
MOST_ROWS = 200
SHEET = "登记表"
LABELS = {
    NAME: ("计划申报创新案例名称", "计划申报案例名称", "创新案例名称", "案例名称", "品牌名称", "创新品牌名称"),
    UNIT: ("实施单位", "申报单位", "承办单位", "单位名称"),
    NUMBER: ("序号", "编号"),
}
"""The words for the columns; the first is that of the form."""
WIDTHS = (60, 40)
TOLD_IN_TEMPLATE = (
    f"一、在“{SHEET}”中每行填写一个计划申报的案例，最多 {MOST_ROWS} 行；两栏的表头请保留。",
    "二、填好后上传本文件，即成为实施计划的草稿，核对后再报送。",
)
"""What the template says beside the words of the form."""
ROW_TOO_LONG = Rule(
    "not_placed",
    "{place}“{label}”的内容过多（{count}，该栏最多 {maximum}），没有填入；原文在未填入的内容中。",
    "{place_en}: “{label}” is too long ({count}, of which the cell takes {maximum}): it was not filled in, and is "
    "among what has no place.",
    Severity.ADVICE,
)
SHARED_UNIT = Rule(
    "shared_unit",
    "{place}的实施单位与上面的行合并为一格，读作“{written}”。",
    "{place_en}: the cell of the unit is merged with the one above, and was taken for “{written}”.",
    Severity.ADVICE,
)
ROWS_LEFT_OUT = Rule(
    "rows_left_out",
    "文件中的案例多于 {maximum} 行，其余没有填入；原文在未填入的内容中。",
    "The file has more than {maximum} cases: the others were not filled in, and are among what has no place.",
    Severity.ADVICE,
)


@dataclass(slots=True)
class PlannedRow:
    """A row of the file as it was understood, and what is to be said about it."""

    place: Place
    name: str | None = None
    unit_name: str | None = None
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FilledPlan:
    """A plan as it was understood: its rows, what has no place, and what concerns all of it."""

    rows: Sequence[PlannedRow]
    unplaced: Sequence[Loose]
    findings: Sequence[Finding]


def read(settings: CampaignSettings, document: Document, committee: str) -> FilledPlan:
    """Read a document as 附件1 of a campaign, for a committee with this name."""
    reading = _Reading(_furniture(settings), {comparable(settings.recommender), comparable("推荐单位")})
    reading.blocks(document.blocks)
    unplaced = [*reading.loose, *(Loose(each, NOTES) for each in document.notes)]
    unplaced += [Loose(each, HIDDEN) for each in document.hidden]
    others = [each for each in reading.committees if not _is_named(each.text, committee)]
    findings = [_another(settings, each, committee) for each in others[:1]]
    unplaced += others[1:]
    pictures = document.drawings + reading.pictures
    findings += [NOT_PICTURES("/file", count=pictures)] if pictures else []
    left = reading.rows[MOST_ROWS:]
    if left:
        findings.append(ROWS_LEFT_OUT("/rows", maximum=MOST_ROWS))
        unplaced += [Loose("\t".join(filter(None, (each.name, each.unit_name))), each.place) for each in left]
    return FilledPlan(reading.rows[:MOST_ROWS], unplaced, findings)


def template(settings: CampaignSettings) -> Mapping[str, object]:
    """Describe the empty form as a workbook: the two columns of the form, and no example, which would be a case."""
    paper = prints.blank_paper(settings, prints.FormKind.PLAN)
    names = {NAME: "一个案例一行", UNIT: "实施单位的全称；已登记的单位按名称对应"}
    columns = [
        {"label": LABELS[name][0], "note": note, "width": width, "example": "", "choices": []}
        for (name, note), width in zip(names.items(), WIDTHS, strict=True)
    ]
    lines = [f"{paper.annex}　{paper.title}", *TOLD_IN_TEMPLATE, paper.below]
    return {"notes": {"name": TEMPLATE_NOTES, "lines": lines}, "sheets": [{"name": SHEET, "columns": columns}]}


def refusal_findings(plan: FilledPlan) -> list[Finding]:
    """Refuse a document in which no row of the plan was found."""
    return [] if plan.rows else [NOT_THE_FORM("/file", first=LABELS[NAME][0], second=LABELS[UNIT][0])]


def _is_named(line: str, committee: str) -> bool:
    """Return true for a line that names this committee, or none."""
    name = _named(line)
    return is_blank(name) or comparable(name) == comparable(committee)


def _named(line: str) -> str:
    """Return the name that follows the label of a line."""
    return line.replace("：", ":").partition(":")[2].strip()


def _another(settings: CampaignSettings, line: Loose, committee: str) -> Finding:
    """Say that the file names another committee than the one whose plan it becomes."""
    said = {"label": settings.recommender, "written": _named(line.text)[:SHOWN], "present": committee}
    return ANOTHER_NAME("/file", **said, **line.place.words)


def _furniture(settings: CampaignSettings) -> frozenset[str]:
    """Return the words of the empty form outside of its table."""
    paper = prints.blank_paper(settings, prints.FormKind.PLAN)
    return frozenset(map(comparable, filter(None, (paper.title, paper.annex, paper.below, paper.above))))


class _Reading:
    """The rows below the labels of a document, and everything else."""

    def __init__(self, furniture: frozenset[str], whose: set[str]) -> None:
        self.rows: list[PlannedRow] = []
        self.loose: list[Loose] = []
        self.committees: list[Loose] = []
        self.pictures = 0
        self._furniture, self._whose = furniture, whose
        self._labels = Labels(
            {comparable(each): name for name, labels in LABELS.items() for each in labels}, frozenset()
        )
        self._tables = self._lines = 0

    def blocks(self, blocks: Sequence[Block]) -> None:
        """Read what stands outside of tables, and each table."""
        for block in blocks:
            if isinstance(block, Table):
                self._tables += 1
                self._table(block, self._tables)
            elif isinstance(block, Figure):
                self.pictures += 1
            else:
                self._lines += 1
                self._line(block.text.strip(), Place(0, self._lines))

    def _line(self, text: str, place: Place) -> None:
        """Keep a line that is no word of the empty form; one that begins with 推荐单位 names the committee."""
        label, colon, _ = text.replace("：", ":").partition(":")
        if colon and comparable(label) in self._whose:
            self.committees.append(Loose(text, place))
        elif text and comparable(text) not in self._furniture:
            self.loose.append(Loose(text, place))

    def _table(self, table: Table, number: int) -> None:
        columns: Mapping[str, int] = {}
        shared: tuple[str | None, int] = None, 0  # the unit of a cell that goes down, and the row below the last
        for at, cells in enumerate(table.rows):
            place = Place(number, at + 1, table.sheet)
            if found := self._header(cells):
                columns, shared = found, (None, 0)
            elif columns:
                unit = self._row(cells, columns, place, shared[0] if shared[1] > at else None)
                cell = _at(cells, columns[UNIT])
                shared = (unit, at + cell.rows) if cell else shared
            else:
                self._left(cells, place)

    def _header(self, cells: Sequence[Cell]) -> dict[str, int]:
        """Return the columns of a row of labels; of any other none."""
        named = {name: cell.column for cell in cells if (name := self._labels.name(cell.text))}
        return named if {NAME, UNIT} <= named.keys() else {}

    def _row(self, cells: Sequence[Cell], columns: Mapping[str, int], place: Place, above: str | None) -> str | None:
        """Read a row, whose unit may be that of a cell above; return its unit. What is wrong with it is told here."""
        row, index = PlannedRow(place), len(self.rows)
        taken = {name: _at(cells, column) for name, column in columns.items()}
        row.name = self._value(taken[NAME], NAME, row, index)
        row.unit_name = self._value(taken[UNIT], UNIT, row, index)
        if above and taken[UNIT] is None and row.name:
            row.unit_name = above
            below = replace(place, column=columns[UNIT])
            row.findings.append(SHARED_UNIT(f"/rows/{index}/{UNIT}", written=above, **below.words))
        number = taken.get(NUMBER)
        rest = [each for each in cells if each not in (taken[NAME], taken[UNIT])]
        self._left([each for each in rest if not (each is number and each.text.strip(" .、．").isdecimal())], place)
        if row.name or row.unit_name:
            self.rows.append(row)
        return row.unit_name

    def _value(self, cell: Cell | None, name: str, row: PlannedRow, index: int) -> str | None:
        """Return a cell as one line; a text that is too long has no place."""
        if cell is None:
            return None
        self._within(cell, row.place)
        text = str(one_line(cell.text))
        if is_blank(text):
            return None
        place, pointer = replace(row.place, column=cell.column), f"/rows/{index}/{name}"
        said = {"label": LABELS[name][0]} | place.words
        row.findings += [TOLD[mark](pointer, written=text[:SHOWN], **said) for mark in cell.marks]
        if len(text) <= LONGEST_LINE and ERROR not in cell.marks:
            return text
        if len(text) > LONGEST_LINE:
            row.findings.append(ROW_TOO_LONG(pointer, count=len(text), maximum=LONGEST_LINE, **said))
        self.loose.append(Loose(cell.text, place))
        return None

    def _left(self, cells: Sequence[Cell], place: Place) -> None:
        """Keep the texts of cells that have no place, and read the tables in them."""
        for cell in cells:
            at = replace(place, column=cell.column)
            self._within(cell, at)
            for line in cell.text.split("\n"):
                self._line(line.strip(), at)

    def _within(self, cell: Cell, place: Place) -> None:
        """Count the pictures in a cell, and keep the words of tables in it."""
        for block in cell.blocks:
            if isinstance(block, Figure):
                self.pictures += 1
            elif isinstance(block, Table):
                texts = _texts(block)
                self.loose += [Loose(text, place) for text in texts if text]


def _at(cells: Sequence[Cell], column: int) -> Cell | None:
    """Return the cell that covers a column."""
    return next((each for each in cells if each.column <= column < each.end), None)


def _texts(table: Table) -> Iterator[str]:
    """Yield the words of a table, and of those within it."""
    for line in table.lines:
        if isinstance(line, Line):
            yield line.text.strip()
