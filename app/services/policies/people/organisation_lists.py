"""Lists of committees and units that come as tables: their columns, and the import that their rows are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.comparable import comparable
from app.findings import Finding, Rule
from app.services.policies.people.listed import Column, Entry, ListKind, ReadLists, chosen, described_columns, read
from app.services.policies.people.listed_bodies import ListBody, Row, body_of
from app.tables.cells import ListSheet

COMMITTEE_UNKNOWN = Rule(
    "committee_unknown",
    "{place}：没有党（工）委“{written}”。请在“党（工）委”工作表中加上它，或更正名称；直属单位请填“{direct}”。",
    "{place}: there is no committee “{written}”. Add it to the sheet of committees, or correct the name; for a unit "
    "without one write “{direct}”.",
)
DIRECT = "直属"
"""The word in place of a committee for a unit that has none above it."""
_DIRECT = frozenset(map(comparable, (DIRECT, "直属单位", "区直属", "区直属单位")))
COMMITTEES = ListKind(
    "党（工）委",
    (
        Column(
            "name",
            "党（工）委名称",
            ("党（工）委", "党委名称", "党工委名称", "推荐单位"),
            "全称",
            "示例：乔屯街道党工委",
            True,
        ),
        Column("kind", "类别", ("党（工）委类别", "类型"), "从下拉列表中选择", required=True),
        Column("code", "代码", ("编码", "简称代码"), "大写字母开头，可不填，由系统编排", "QT", figures=True),
        Column("leader_name", "主管领导", ("主管领导姓名", "分管领导", "分管领导姓名"), "姓名", "李文博"),
        Column("leader_title", "主管领导职务", ("分管领导职务", "领导职务", "职务"), "", "党工委副书记"),
        Column("liaison_name", "联络员", ("联络员姓名", "专门人员", "联系人", "联系人姓名"), "姓名", "张静"),
        Column(
            "liaison_phone",
            "联络员电话",
            ("联系电话", "电话", "手机", "联系人电话", "专门人员电话"),
            "如 0315-3724062；多个号码用“、”隔开",
            "0315-3724062",
            figures=True,
        ),
    ),
)
UNITS = ListKind(
    "单位",
    (
        Column("name", "单位名称", ("文明单位", "文明单位名称", "申报单位"), "全称", "示例：龙华社区", True),
        Column(
            "committee",
            "所属党（工）委",
            ("党（工）委", "所属党委", "所属党工委", "主管党（工）委", "上级党（工）委"),
            f"党（工）委名称；没有的填“{DIRECT}”",
            "乔屯街道党工委",
            True,
        ),
        Column(
            "honour_level", "称号级别", ("荣誉级别", "级别", "文明单位级别", "称号"), "从下拉列表中选择", required=True
        ),
        Column("credit_code", "统一社会信用代码", ("信用代码", "社会信用代码"), "18 位，可不填", figures=True),
    ),
)
KINDS = (COMMITTEES, UNITS)


@dataclass(frozen=True, slots=True)
class Known:
    """Names that rows may have: words by their labels, and the kinds of stored committees by comparable name."""

    kinds: Mapping[str, str]
    levels: Mapping[str, str]
    committees: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def named_committees(lists: ReadLists) -> set[str]:
    """Return the names of committees that the units of a list name."""
    named = {each.texts.get("committee", DIRECT) for each in lists.entries[UNITS.sheet]}
    return {name for name in named if comparable(name) not in _DIRECT}


def row_place(body: ListBody, pointer: str) -> str | None:
    """Return the place of a row of its own: a committee that units only name has none."""
    entry, kind = body.origins[pointer]
    return None if kind is UNITS and "/units/" not in pointer else entry.place


def read_sheets(sheets: Sequence[ListSheet]) -> ReadLists:
    return read(sheets, KINDS)


def understood(lists: ReadLists, known: Known) -> ListBody:
    """Make an import of the rows: units under the committees of the list, of the database, or under none."""
    building = _Building(known)
    for entry in lists.entries[COMMITTEES.sheet]:
        building.add_committee(entry)
    for entry in lists.entries[UNITS.sheet]:
        building.add_unit(entry)
    body = {"committees": building.committees, "units": building.units}
    rows = {name: rows for name, rows in body.items() if rows}
    return body_of(rows, building.origins, [*lists.findings, *building.findings])


@dataclass(slots=True)
class _Building:
    """An import that is being made of rows."""

    known: Known
    committees: list[Row] = field(default_factory=list)
    units: list[Row] = field(default_factory=list)
    origins: dict[str, tuple[Entry, ListKind]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    _by_name: dict[str, int] = field(default_factory=dict)
    _members: list[list[Row]] = field(default_factory=list)

    def add_committee(self, entry: Entry) -> None:
        word = self._word(entry, COMMITTEES, "kind", self.known.kinds)
        self._by_name.setdefault(comparable(entry.texts.get("name", "")), len(self.committees))
        self.origins[f"/committees/{len(self.committees)}"] = entry, COMMITTEES
        self._add({**entry.texts, **word})

    def add_unit(self, entry: Entry) -> None:
        level = self._word(entry, UNITS, "honour_level", self.known.levels)
        values: Row = {**{name: text for name, text in entry.texts.items() if name != "committee"}, **level}
        written = entry.texts.get("committee")
        if written is None:
            return
        if comparable(written) in _DIRECT:
            self._append("/units", self.units, values, entry)
        elif (at := self._committee(entry, written)) is not None:
            self._append(f"/committees/{at}/units", self._members[at], values, entry)
        else:
            place = entry.places.get("committee")
            self.findings.append(COMMITTEE_UNKNOWN("/file", place=place, written=written[:100], direct=DIRECT))

    def _committee(self, entry: Entry, written: str) -> int | None:
        """Return the place of a unit's committee in the import; one that is stored is added with nothing to change."""
        name, place = comparable(written), entry.places.get("committee", entry.place)
        if name not in self._by_name and name in self.known.committees:
            present, kind = self.known.committees[name]
            self._by_name[name] = len(self.committees)
            self.origins[f"/committees/{len(self.committees)}"] = Entry(entry.sheet, entry.row, place), UNITS
            self._add({"name": present, "kind": kind})
        return self._by_name.get(name)

    def _add(self, committee: Row) -> None:
        """Append a committee, with room for its units."""
        self._members.append([])
        self.committees.append({**committee, "units": self._members[-1]})

    def _append(self, pointer: str, rows: list[Row], values: Row, entry: Entry) -> None:
        self.origins[f"{pointer}/{len(rows)}"] = entry, UNITS
        rows.append(values)

    def _word(self, entry: Entry, kind: ListKind, name: str, words: Mapping[str, str]) -> dict[str, str]:
        """Return the code of a word; one that is unknown is told, and taken out of the entry."""
        if name not in entry.texts:
            return {}
        label = next(each.label for each in kind.columns if each.name == name)
        code, findings = chosen(entry, label, name, words)
        self.findings += findings
        if code is None:
            del entry.texts[name]
        return {} if code is None else {name: code}


def template(kinds: Sequence[str], levels: Sequence[str], committees: Sequence[str]) -> Row:
    """Describe the empty list: its columns with notes, an example and the words to choose from."""
    choices = {"kind": kinds, "honour_level": levels, "committee": [*committees, DIRECT]}
    return {
        "notes": {"name": "说明", "lines": NOTES},
        "sheets": [{"name": kind.sheet, "columns": described_columns(kind, choices)} for kind in KINDS],
    }


NOTES = [
    "一、“党（工）委”“单位”两张工作表都可以只填一张；第 2 行是示例，不会导入，可以删去。",
    "二、已有的党（工）委按名称、单位按名称和所属党（工）委识别：填写的内容更新，留空的内容不变，名单中没有的不受影响。",
    f"三、单位的“所属党（工）委”填它的名称；没有党（工）委的直属单位填“{DIRECT}”。",
    "四、电话和代码各栏已设为文本格式，请不要改动，以免丢失开头的 0 或末几位。",
    "五、先用“试导入”查看每一行的结果；有问题的，可以取回标注了问题单元格的工作簿，改好后再导入。",
]
