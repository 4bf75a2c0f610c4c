"""Lists of organisations as they are understood: heads, cells that Excel changed, rows, and what is told."""

from collections.abc import Sequence
from typing import Any

import pytest

from app.comparable import comparable
from app.services.policies.people import organisation_lists as policy
from app.services.policies.people.listed import place_of, read_text
from app.services.policies.people.organisation_lists import Known
from app.tables.cells import ListCell, ListSheet

KNOWN = Known(
    {"镇(乡)街道党（工）委": "township_subdistrict"},
    {"区级文明单位": "district"},
    {"乔屯街道党工委": ("乔屯街道党工委", "township_subdistrict")},
)
HEAD = ["单位名称", "所属党（工）委", "称号级别", "统一社会信用代码"]
ROW = ["龙华社区", "直属", "区级文明单位"]


def sheet(*rows: Sequence[Any], name: str = "单位", **more: Any) -> ListSheet:
    """A sheet of these rows; a pair is a cell that is no plain text."""
    cells = {
        (row, column): ListCell(*value) if isinstance(value, tuple) else ListCell(value)
        for row, values in enumerate(rows, 1)
        for column, value in enumerate(values, 1)
        if value
    }
    return ListSheet(name, cells, **more)


def told(*sheets: ListSheet) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The body of the import, and the findings with their cells."""
    found = policy.understood(policy.read_sheets(sheets), KNOWN)
    return dict(found.body), [(each.rule.code, str(each.params.get("place", ""))) for each in found.findings]


UNIT = {"name": "龙华社区", "honour_level": "district"}
HEADS: dict[str, Sequence[Sequence[Any]]] = {
    "as in the template": [HEAD, ROW],
    "below a title and an empty row": [["路北区文明单位名单"], [], HEAD, ROW],
    "with other words, spaces and stars": [["*文明单位 名称：", "主管党(工)委", "级　别"], ROW],
    "in another order, numbered, with remarks": [
        ["序号", *HEAD[:3], "备注"],
        ["1", *ROW, "新"],
    ],
    "with rows between": [HEAD, [], ROW, [], ["　"]],
    "levels by their codes": [HEAD, [*ROW[:2], "district"]],
}


@pytest.mark.parametrize("name", HEADS)
def test_a_list_is_known_by_its_head(name: str) -> None:
    assert told(sheet(*HEADS[name])) == ({"units": [UNIT]}, [])


def test_a_head_may_have_two_rows_of_which_the_upper_one_is_merged() -> None:
    rows = [
        ["党（工）委名称", "类别", "主管领导", "", "联络员", ""],
        ["", "", "姓名", "职务", "姓名", "电话"],
        ["甲党委", "镇(乡)街道党（工）委", "李文博", "书记", "张静", "0315-3724062"],
    ]
    merged = [(1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 1, 4), (1, 5, 1, 6)]
    body, findings = told(sheet(*rows, name="名单", merged=merged))
    assert findings == []
    assert body["committees"] == [
        {
            "name": "甲党委",
            "kind": "township_subdistrict",
            "leader_name": "李文博",
            "leader_title": "书记",
            "liaison_name": "张静",
            "liaison_phone": "0315-3724062",
            "units": [],
        }
    ]


def test_a_merged_committee_is_that_of_every_unit_beside_it() -> None:
    rows = [HEAD, ["甲", "乔屯街道党工委", "区级文明单位"], ["乙", "", "区级文明单位"]]
    body, findings = told(sheet(*rows, merged=[(2, 2, 3, 2)]))
    assert findings == []
    assert [each["name"] for each in body["committees"][0]["units"]] == ["甲", "乙"]
    assert told(sheet(*rows))[1] == [("cell_empty", "单位!B3")], "a cell that is only empty is not the one above"


CELLS: dict[str, tuple[Any, list[str], str | None]] = {
    "a text": ("91350100M000100Y43", [], "91350100M000100Y43"),
    "a number": (("913501", "n"), ["number_read"], "913501"),
    "too many figures for Excel": (("913501000001000043", "n"), ["digits_lost"], "913501000001000043"),
    "a power of ten": ("9.13501E+17", ["digits_lost"], "9.13501E+17"),
    "a power of ten with all its figures": ("1.38E+2", ["number_read"], "138"),
    "a date": (("2015-03-05", "d"), ["date_read"], "2015-03-05"),
    "a formula": (("913501", "f"), ["formula_read"], "913501"),
    "a formula that is a number": (("913501", "nf"), ["number_read", "formula_read"], "913501"),
    "a formula without a result": (("=A1", "e"), ["no_result"], "=A1"),
    "several lines": ("9135\n0100", ["lines_joined"], "9135 0100"),
    "spaces at the ends": ("　91350100M000100Y43 ", [], "91350100M000100Y43"),
    "nothing to be seen": ("\u200b　", [], None),
}


@pytest.mark.parametrize("name", CELLS)
def test_what_excel_made_of_a_cell_is_told_at_it(name: str) -> None:
    value, codes, text = CELLS[name]
    body, findings = told(sheet(HEAD, [*ROW, value]))
    assert findings == [(code, "单位!D2") for code in codes]
    assert body["units"][0].get("credit_code") == text


def test_what_is_hidden_left_out_or_unknown_is_told_where_it_is() -> None:
    rows = [
        [*HEAD, "电话", "单位名称"],
        [*ROW, "", "1", "别名"],
        ["示例：某社区", "某党委"],
        ["甲", "直属", "区级文明单位"],
    ]
    body, findings = told(
        sheet(*rows, hidden_rows=frozenset({4}), hidden_columns=frozenset({2})),
        sheet(["一些文字"], name="封面"),
        sheet(HEAD, ROW, name="旧表", hidden=True),
        sheet(["填写说明"], name="说明"),
    )
    assert [each["name"] for each in body["units"]] == ["龙华社区", "甲"]
    assert findings == [
        ("heading_repeated", "单位!F1"),
        ("heading_unknown", "单位!E1"),
        ("example_left_out", "单位!A3"),
        ("hidden_read", "单位!A4"),
        ("hidden_read", "单位!B1"),
        ("sheet_left_out", "封面!A1"),
        ("sheet_hidden", "旧表!A1"),
    ]


def test_a_head_that_lacks_a_column_and_a_file_without_a_list_are_refused() -> None:
    assert told(sheet(HEAD[:2], ROW[:2]))[1] == [("heading_missing", "单位!A1")]
    assert told(sheet(["姓名", "电话"], ["李文博", "0315"]))[1] == [("not_a_list", ""), ("sheet_left_out", "单位!A1")]
    assert told(sheet(HEAD))[1] == [("no_rows", "")]


def test_places_and_texts_are_as_excel_has_them() -> None:
    assert [place_of("单位", 7, column) for column in (1, 26, 27, 200)] == [
        "单位!A7",
        "单位!Z7",
        "单位!AA7",
        "单位!GR7",
    ]
    assert read_text(ListCell(" 两\r\n行　字 ")) == "两 行 字"


def test_every_kind_of_list_has_headings_that_name_one_column_each() -> None:
    for kind in policy.KINDS:
        words = [word for column in kind.columns for word in (column.label, *column.others)]
        found = {word: kind.named(comparable(word)) for word in words}
        assert [column.name for column in found.values() if column] == [
            column.name for column in kind.columns for _ in (column.label, *column.others)
        ]
