"""A filled 附件1 read by its labels: what is printed here reads back exactly, and nothing is lost."""

import json
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.comparable import comparable
from app.imaging.forms import read
from app.inputs import one_line
from app.models.enums import Language
from app.printing.word import Writer
from app.services.filing.campaigns import template
from app.services.policies.filing import filled_plans as policy
from app.services.policies.filing import prints
from app.services.policies.filing.filled_blocks import blocks_of
from app.services.policies.filing.filled_forms import Document
from app.services.policies.filing.filled_plans import FilledPlan
from app.services.policies.filing.filled_sheets import hidden_findings, tables_of
from app.services.policies.filing.filled_values import ANOTHER_NAME
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.own_cells import LONGEST_LINE
from app.tables import reading
from app.tables.lists import _sheet
from tests.world.filled_forms import saved
from tests.world.lists import Sheets, as_csv, by_hand_ods, by_openpyxl, by_xlsxwriter, by_xlwt

SETTINGS = CampaignSettings.model_validate(template("lubei-2015"))
COMMITTEE = "乔屯街道党工委"
LONG = "长" * (LONGEST_LINE + 1)
HEAD = ["计划申报创新案例名称", "实施单位"]
cell = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=30).map(
    lambda text: str(one_line(text))
)


@cache
def writer() -> Writer:
    return Writer()


def understood(data: bytes, committee: str = COMMITTEE) -> FilledPlan:
    found = read(data)
    document = Document(blocks_of(found["blocks"]), found["notes"], found["hidden"], found["drawings"], found["codes"])
    return policy.read(SETTINGS, document, committee)


def table(*rows: list[str], before: str = "") -> bytes:
    def fill(document: Any) -> None:
        if before:
            document.add_paragraph(before)
        made = document.add_table(len(rows), len(rows[0]))
        for written, row in zip(rows, made.rows, strict=True):
            for text, each in zip(written, row.cells, strict=True):
                each.text = text

    return saved(fill)


def cases(plan: FilledPlan) -> list[tuple[str | None, str | None]]:
    return [(row.name, row.unit_name) for row in plan.rows]


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(cell, cell), min_size=1, max_size=20))
def test_our_own_printed_form_reads_back_as_exactly_what_went_out(rows: list[tuple[str, str]]) -> None:
    paper = prints.plan_paper(SETTINGS, COMMITTEE, rows, "状态：草稿")
    plan = understood(writer().write(paper, ()))
    names = {comparable(each) for labels in policy.LABELS.values() for each in labels}
    if not any(comparable(text) in names for row in rows for text in row):
        assert cases(plan) == [(name or None, unit or None) for name, unit in rows if name or unit]
        assert (list(plan.unplaced), list(plan.findings)) == ([], [])
        assert not any(row.findings for row in plan.rows)


def in_sheets(sheets: Sheets, change: Callable[[Any], None] = lambda _: None) -> FilledPlan:
    return of_table(by_openpyxl(sheets, change))


def of_table(data: bytes) -> FilledPlan:
    facts = json.loads(reading.read(data)["sheets"])
    return policy.read(SETTINGS, Document(tables_of([_sheet(each) for each in facts])), COMMITTEE)


def said(plan: FilledPlan) -> list[tuple[str, str]]:
    return [(found.rule.code, found.params["place"]) for row in plan.rows for found in row.findings]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(cell, cell), min_size=1, max_size=20))
def test_a_table_reads_as_exactly_what_was_written_into_it(rows: list[tuple[str, str]]) -> None:
    labels = {comparable(each) for words in policy.LABELS.values() for each in words}
    assume(not any(comparable(text) in labels or text.startswith(("=", "'")) for row in rows for text in row))
    plan = in_sheets({"登记表": [["附件1"], ["文明单位创新工作品牌计划登记表"], HEAD, *map(list, rows)]})
    assert cases(plan) == [(name or None, unit or None) for name, unit in rows if name or unit]
    assert not any(row.findings for row in plan.rows)


def test_what_excel_made_of_a_cell_is_told_at_it_and_nothing_is_lost() -> None:
    def change(book: Any) -> None:
        sheet = book["登记表"]
        sheet.row_dimensions[6].hidden = True
        sheet.merge_cells("C7:C8")

    plan = in_sheets(
        {
            "登记表": [
                ["推荐单位：城关街道党工委"],
                ["序号", *HEAD, "备注"],
                [1, "红马甲", 20150301, None],
                ["２", date(2015, 3, 1), "龙华社区", "待定"],
                [3, "道德讲堂", "=A1", None],
                [4, "邻里节", "站前小学", None],
                [5, "义诊", "区医院", None],
                [6, "送药", None, None],
                [None, LONG, None, None],
            ],
            "备用": [["联系人", "王丽"]],
        },
        change,
    )
    assert cases(plan) == [
        ("红马甲", "20150301"),
        ("2015-03-01", "龙华社区"),
        ("道德讲堂", None),
        ("邻里节", "站前小学"),
        ("义诊", "区医院"),
        ("送药", "区医院"),
    ]
    assert said(plan) == [
        ("number_read", "登记表!C3"),
        ("date_read", "登记表!B4"),
        ("no_result", "登记表!C5"),
        ("hidden_read", "登记表!B6"),
        ("hidden_read", "登记表!C6"),
        ("shared_unit", "登记表!C8"),
    ]
    assert [(each.text[:3], each.place.words["place"]) for each in plan.unplaced] == [
        ("待定", "登记表!D4"),
        ("=A1", "登记表!C5"),
        ("长长长", "登记表!B9"),
        ("联系人", "备用!A1"),
        ("王丽", "备用!B1"),
    ]
    [found] = plan.findings
    assert (found.rule, found.params["place"]) == (ANOTHER_NAME, "登记表!A1")
    assert [row.place.words["place"] for row in plan.rows][:2] == ["登记表!A3", "登记表!A4"]


def test_a_hidden_sheet_is_told_and_not_read() -> None:
    def change(book: Any) -> None:
        book["旧"].sheet_state = "hidden"

    data = by_openpyxl({"登记表": [HEAD, ["红马甲", "龙华社区"]], "旧": [HEAD, ["旧案例", "旧单位"]]}, change)
    sheets = [_sheet(each) for each in json.loads(reading.read(data)["sheets"])]
    assert cases(of_table(data)) == [("红马甲", "龙华社区")]
    assert [each.params["place"] for each in hidden_findings(sheets)] == ["旧!A1"]


@pytest.mark.parametrize("make", [by_xlsxwriter, by_xlwt, by_hand_ods, lambda sheets: as_csv(sheets["单"])])
def test_every_kind_of_table_is_read(make: Callable[[Sheets], bytes]) -> None:
    assert cases(of_table(make({"单": [HEAD, ["红马甲", "龙华社区"]]}))) == [("红马甲", "龙华社区")]


def test_columns_are_found_by_their_labels_wherever_they_stand_and_every_table_counts() -> None:
    plan = understood(
        table(["序号", "实施 单位", "案例名称", "备注"], ["1", "龙华社区", "红马甲", "待定"], ["2", "", "", ""])
    )
    assert cases(plan) == [("红马甲", "龙华社区")]
    assert [(each.text, each.place.row) for each in plan.unplaced] == [("待定", 2)]


def test_what_stands_above_the_labels_and_outside_of_the_table_comes_back() -> None:
    plan = understood(table(["填报说明", ""], HEAD, ["红马甲", "龙华社区"], before="联系人：王丽"))
    assert cases(plan) == [("红马甲", "龙华社区")]
    assert [each.text for each in plan.unplaced] == ["联系人：王丽", "填报说明"]


@pytest.mark.parametrize(("written", "said"), [("党（工）委：乔屯街道 党工委", 0), ("推荐单位：韩城镇党委", 1)])
def test_another_committee_is_told_and_the_own_is_no_finding(written: str, said: int) -> None:
    plan = understood(table(HEAD, ["红马甲", "龙华社区"], before=written))
    assert [finding.rule for finding in plan.findings] == [ANOTHER_NAME] * said
    assert not plan.unplaced


def shared(unit: str) -> FilledPlan:
    """A plan whose second row has the unit of the first, by one cell."""

    def fill(document: Any) -> None:
        made = document.add_table(4, 2)
        for row, texts in zip(made.rows, [HEAD, ["甲", unit], ["乙", ""], ["丙", "文北社区"]], strict=True):
            for each, text in zip(row.cells, texts, strict=True):
                each.text = text
        made.cell(1, 1).merge(made.cell(2, 1))

    return understood(saved(fill))


def test_only_the_first_of_other_committees_is_told_and_no_line_is_lost() -> None:
    lines = [f"推荐单位：第{number}镇党委" for number in range(150)]
    plan = understood(table(HEAD, ["红马甲", "龙华社区"], before="\n".join(lines)))
    assert [(each.rule, each.params["written"]) for each in plan.findings] == [(ANOTHER_NAME, "第0镇党委")]
    assert [each.text for each in plan.unplaced] == lines[1:]


@pytest.mark.parametrize(("unit", "lost"), [("", []), (LONG, [LONG])])
def test_a_cell_that_goes_down_and_has_no_unit_to_be_taken_is_told_once(unit: str, lost: list[str]) -> None:
    """A text that is too long comes back once, however many rows its cell covers."""
    plan = shared(unit)
    assert cases(plan) == [("甲", None), ("乙", None), ("丙", "文北社区")]
    assert [[finding.rule for finding in row.findings] for row in plan.rows] == [
        [policy.ROW_TOO_LONG] * len(lost),
        [],
        [],
    ]
    assert [each.text for each in plan.unplaced] == lost


def test_a_unit_whose_cell_goes_down_several_rows_is_that_of_each_and_told() -> None:
    plan = shared("龙华社区")
    assert cases(plan) == [("甲", "龙华社区"), ("乙", "龙华社区"), ("丙", "文北社区")]
    assert [[finding.rule for finding in row.findings] for row in plan.rows] == [[], [policy.SHARED_UNIT], []]


def test_what_is_too_long_or_too_much_has_no_place_and_is_not_lost() -> None:
    plan = understood(table(HEAD, [LONG, "龙华社区"]))
    assert cases(plan) == [(None, "龙华社区")]
    assert [each.text for each in plan.unplaced] == [LONG]
    many = understood(table(HEAD, *([f"案例{number}", "甲"] for number in range(policy.MOST_ROWS + 2))))
    assert len(many.rows) == policy.MOST_ROWS
    assert [each.text for each in many.unplaced] == ["案例200\t甲", "案例201\t甲"]
    assert [finding.rule for finding in many.findings] == [policy.ROWS_LEFT_OUT]


def test_a_document_without_the_two_columns_is_refused() -> None:
    for rows in ([["案例名称", "备注"], ["红马甲", ""]], [HEAD, ["", ""]]):
        (finding,) = policy.refusal_findings(understood(table(*rows)))
        assert finding.pointer == "/file"
        assert "计划申报创新案例名称" in finding.worded(Language.ZH).message
