"""A filled 附件1 read by its labels: what is printed here reads back exactly, and nothing is lost."""

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
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
from app.services.policies.filing.filled_values import ANOTHER_NAME
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.own_cells import LONGEST_LINE
from tests.world.filled_forms import saved

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
