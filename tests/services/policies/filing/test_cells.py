"""A campaign's own cells: what is kept of what is typed, what is found in it, and that the schema says the same."""

import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.models.enums import Language
from app.services.history import canonical
from app.services.policies.filing import cells
from app.services.policies.filing.own_cells import CellValue, OwnCell
from tests.world.cells import DEFINED, FILLED, IN_WORDS, OWN, ROLES, cell

WIRE: TypeAdapter[Any] = TypeAdapter(dict[str, CellValue | None])
BY_CODE = {each.code: each for each in DEFINED}


def kept(code: str, value: Any) -> Any:
    """The value that is stored of one that was sent."""
    patch = WIRE.validate_python({code: value})
    return cells.patched(DEFINED, {}, patch).get(code)


def found(code: str, stored: Any) -> list[tuple[str, str | None]]:
    findings = cells.cell_findings([BY_CODE[code]], {} if stored is None else {code: stored})
    return [(finding.rule.code, (finding.pointer or "").removeprefix(f"/cells/{code}")) for finding in findings]


@pytest.mark.parametrize(
    ("code", "sent", "stored", "findings"),
    [
        ("slogan", "第一行\n第二行", "第一行 第二行", []),
        ("slogan", "\u3164", None, [("required", "")]),
        ("slogan", "-----", "-----", [("required", "")]),
        ("slogan", "字" * 21, "字" * 21, [("field_too_long", "")]),
        ("slogan", [{"name": "甲"}], [{"name": "甲"}], [("unsuitable_value", "")]),
        ("outlook", None, None, [("advised", "")]),
        ("outlook", "好", "好", [("text_too_short", "")]),
        ("outlook", "word " * 10 + "word", "word " * 10 + "word", [("text_too_long", "")]),
        ("people", "１,２００.50", 1200.5, []),
        *(("people", odd, odd, [("unsuitable_value", "")]) for odd in ("12,5", "1,2,3", "100 200", "0,200", "1,2000")),
        ("people", " 1，200 ", 1200, []),
        ("people", 12.0, 12, []),
        ("people", 0, 0, [("number_too_small", "")]),
        ("people", "5001", 5001, [("number_too_large", "")]),
        ("people", 0.12345, "0.12345", [("unsuitable_value", "")]),
        ("people", 10**30, str(10**30), [("unsuitable_value", "")]),
        ("people", "约三百人", "约三百人", [("unsuitable_value", "")]),
        ("since", "2015年3月起", "2015-03", []),
        ("since", "至今", "ongoing", [("unsuitable_value", "")]),
        ("run", {"started_on": "2014年", "ended_on": "至今"}, {"started_on": "2014", "ended_on": "ongoing"}, []),
        ("run", {"started_on": "2014", "ended_on": " "}, {"started_on": "2014"}, [("required", "/ended_on")]),
        (
            "run",
            {"started_on": "2015", "ended_on": "2014"},
            {"started_on": "2015", "ended_on": "2014"},
            [("invalid_period", "/started_on")],
        ),
        ("run", "2014年至今", "2014年至今", [("unsuitable_value", "")]),
        ("scale", "全 街道", "town", []),
        ("scale", "全省", "全省", [("unknown_option", "")]),
        ("hotline", "找张主任", "找张主任", [("no_phone_number", "")]),
        ("pledge", False, False, [("required", "")]),
        ("run", {"started_on": 2014, "ended_on": True}, None, [("unsuitable_value", "/ended_on")]),
        ("video", ["https://example.org/1"], [{"url": "https://example.org/1"}], []),
        ("video", ["宣传片"], [{"name": "宣传片"}], [("required", "/0/url")]),
        ("team", ["李文博", 7, None, {"name": 123}], [{"name": "李文博"}, {"name": "7"}, {"name": "123"}], []),
        ("people", True, True, [("unsuitable_value", "")]),
        ("people", False, False, [("unsuitable_value", "")]),
        ("pledge", "同意", "同意", [("unsuitable_value", "")]),
        ("team", [{}, {"name": "甲", "role": "联系人", "title": ""}], [{"name": "甲", "role": "contact"}], []),
        ("team", [], None, []),
        ("team", [{"role": "boss", "phone": "无"}], None, None),
        ("team", [{"name": str(n)} for n in range(4)], [{"name": str(n)} for n in range(4)], [("too_many_rows", "")]),
        ("video", [{"url": "见附件"}], [{"url": "见附件"}], [("unsuitable_value", "/0/url")]),
        ("video", [{"name": "片", "title": "x"}], None, [("required", "/0/url"), ("no_such_cell", "/0/title")]),
    ],
)
def test_what_can_be_stored_is_and_the_rest_is_found(code: str, sent: Any, stored: Any, findings: Any) -> None:
    value = kept(code, sent)
    if stored is not None or findings == [] or sent is None:
        assert value == stored
        assert type(value) is type(stored)
    if findings is None:
        findings = [("required", "/0/name"), ("unknown_option", "/0/role"), ("no_phone_number", "/0/phone")]
    assert found(code, value) == findings


def test_a_finding_in_a_list_says_which_row_it_is() -> None:
    team = {"team": [{"name": "甲"}, {"name": "乙", "phone": "无"}], "people": "约三百人"}
    said = [
        each.worded(Language.ZH).message for each in cells.cell_findings([BY_CODE["team"], BY_CODE["people"]], team)
    ]
    assert [each.partition("：")[0] for each in said] == [
        "“栏目team第2项联系电话”中没有电话号码",
        "“栏目people”填写的不是数字",
    ]


@given(st.sampled_from(sorted(FILLED)), st.text(max_size=200))
def test_one_odd_cell_never_loses_the_others(code: str, odd: str) -> None:
    stored = cells.patched(DEFINED, {}, WIRE.validate_python(FILLED | {code: odd}))
    assert {name: stored[name] for name in FILLED if name != code} == {
        name: value for name, value in FILLED.items() if name != code
    }
    cells.cell_findings(DEFINED, stored)
    assert cells.patched(DEFINED, {}, WIRE.validate_python(stored)) == stored, "what is read may be sent back"


def test_a_patch_touches_what_it_names_alone() -> None:
    """RFC 7396: null clears a member, objects are merged, lists are replaced."""
    patch = {"run": {"ended_on": "2016"}, "people": None, "team": [{"name": "甲"}]}
    changed = {"run": {"started_on": "2014", "ended_on": "2016"}, "team": [{"name": "甲"}]}
    rest = {name: value for name, value in FILLED.items() if name != "people"}
    assert cells.patched(DEFINED, FILLED, patch) == rest | changed
    assert cells.patched(DEFINED, FILLED, None) == {}
    assert [each.pointer for each in cells.unknown_findings(DEFINED, {"none": "x", "gone": None})] == ["/cells/none"]


def test_the_schema_accepts_what_is_complete_and_refuses_what_the_rules_refuse() -> None:
    schema = cells.schema(DEFINED, Language.ZH)
    validator = jsonschema_rs.Draft202012Validator(schema)
    assert (cells.cell_findings(DEFINED, FILLED), list(validator.iter_errors(FILLED))) == ([], [])
    for code, wrong in {
        "slogan": "字" * 21,
        "people": 5001,
        "since": "三月",
        "run": {"started_on": "2014"},
        "scale": "全省",
        "pledge": False,
        "team": [{"title": "主任"}],
        "video": [{"url": "见附件"}],
    }.items():
        errors = [error.instance_path[0] for error in validator.iter_errors(FILLED | {code: wrong})]
        assert (set(errors), bool(found(code, wrong))) == ({code}, True)
    assert {error.message for error in validator.iter_errors({})} == {
        '"slogan" is a required property',
        '"pledge" is a required property',
    }


@pytest.mark.parametrize(
    "day", ["9999-99-99", "2015-13", "2015-02-30", "1850", "2200", "2015-12-31", "2015-03", "2199"]
)
def test_the_schema_of_a_date_is_as_strict_as_the_rule(day: str) -> None:
    validator = jsonschema_rs.Draft202012Validator(cells.schema(DEFINED, Language.ZH))
    for code, value in {"since": day, "run": {"started_on": day, "ended_on": "ongoing"}}.items():
        accepted = not found(code, value) or day == "2015-02-30"  # no pattern knows how long February is
        assert validator.is_valid(FILLED | {code: value}) is accepted


def test_numbers_are_written_in_the_same_digits_by_every_reader() -> None:
    written = canonical({"cells": [0.0001, 12, 999999999999.1234, -0.5]})
    assert written == b'{"cells":[0.0001,12,999999999999.1234,-0.5]}'  # as JSON.stringify writes them
    assert canonical(json.loads(written)) == written


def test_judges_and_everybody_read_what_was_declared_for_them_and_no_telephone_number() -> None:
    told = {each.code: each.text for each in cells.in_words(DEFINED, FILLED)}
    assert told == IN_WORDS
    open_round, blind = (
        {each.code: each.text for each in cells.for_judges(DEFINED, FILLED, blind=blind)} for blind in (False, True)
    )
    public = {each.code: each.text for each in cells.for_public(DEFINED, FILLED)}
    team = {"team": "李文博，执笔人\n张弓"}
    assert open_round == {code: text for code, text in IN_WORDS.items() if code != "hotline"} | team
    assert blind == {code: text for code, text in open_round.items() if code not in ("people", "team", "village")}
    assert public == {code: text for code, text in open_round.items() if code not in ("pledge", "village")}


def test_a_telephone_number_in_a_public_cell_is_found_at_submission_and_hidden_from_everybody() -> None:
    odd = FILLED | {"outlook": "找张静13900000000", "team": [{"name": "张弓 0315-3724062"}]}
    found = {each.pointer: each for each in cells.cell_findings(DEFINED, odd) if each.rule.code == "number_hidden"}
    assert {place: each.params["numbers"] for place, each in found.items()} == {
        "/cells/outlook": "13900000000",
        "/cells/team": "0315-3724062",
    }
    for read in (cells.for_public(DEFINED, odd), cells.for_judges(DEFINED, odd, blind=False)):
        said = {each.code: (each.value, each.text) for each in read}
        assert said["outlook"] == ("找张静***", "找张静***")
        assert said["team"] == ([{"name": "张弓 ***"}], "张弓 ***")


@pytest.mark.parametrize(
    ("code", "change", "tighter"),
    [
        ("slogan", {"name": "口号", "help": "一句话。"}, False),
        ("slogan", {"need": "optional", "maximum": 30}, False),
        ("slogan", {"maximum": 19}, True),
        ("slogan", {"control": "text"}, True),
        ("outlook", {"need": "required"}, True),
        ("outlook", {"minimum": 3}, True),
        ("since", {"blind": True}, False),
        ("people", {"blind": False}, True),
        ("since", {"public": False}, False),
        ("pledge", {"public": True}, True),
        ("village", {"stamp": "基层党委盖章"}, False),
        ("village", {"stamp": None}, False),
        ("outlook", {"stamp": "村（社区）盖章", "blind": True, "public": False}, True),
        ("scale", {"options": [{"code": "town", "name": "全街道"}]}, True),
        ("video", None, True),
    ],
)
def test_cells_may_be_loosened_but_not_tightened(code: str, change: dict[str, Any] | None, tighter: bool) -> None:
    new = [OwnCell.model_validate(each | (change or {}) if each["code"] == code else each) for each in OWN]
    left = [each for each in new if change or each.code != code]
    assert cells.taken_back(DEFINED, left) == ([] if change else [code])
    assert bool(cells.taken_back(DEFINED, left) or cells.tightened(DEFINED, left)) is tighter


def test_the_committee_is_told_whose_stamp_the_paper_should_bear_too() -> None:
    found = cells.stamp_findings(DEFINED)
    assert [(each.pointer, each.refuses, each.worded(Language.ZH).message) for each in found] == [
        ("/cells/village", False, "申报表“栏目village”一栏应有“村（社区）盖章”，盖章前请核对。")
    ]


def test_a_cell_that_nobody_stamps_is_stored_as_before_there_were_stamps() -> None:
    assert [each.code for each in DEFINED if "stamp" in each.stored()] == ["village"]


@pytest.mark.parametrize(("need", "tighter"), [("required", True), ("advised", False)])
def test_a_cell_may_be_added_that_nobody_must_fill(need: str, tighter: bool) -> None:
    added = OwnCell.model_validate(cell("more", "line", need=need))
    assert bool(cells.tightened(DEFINED, [*DEFINED, added])) is tighter


@pytest.mark.parametrize(
    "definition",
    [
        cell("a", "line", maximum=201),
        cell("a", "line", minimum=3, maximum=2),
        cell("a", "date", maximum=3),
        cell("a", "choice"),
        cell("a", "line", options=ROLES),
        cell("a", "choice", options=ROLES * 2),
        cell("a", "phone"),
        cell("a", "text", stamp="盖章", public=False),
        cell("a", "text", stamp="盖章", blind=True),
        cell("a", "persons", stamp="盖章", blind=True, public=False),
    ],
)
def test_a_definition_that_contradicts_itself_is_refused(definition: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        OwnCell.model_validate(definition)
