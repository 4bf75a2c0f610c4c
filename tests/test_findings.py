import ast
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.findings import Finding, Rule, Sentence, refusing
from app.models.enums import Language, LimitKind, Severity
from app.services import policies

SHORT = Rule("short", "少于 {minimum}，截至 {day}。", "Fewer than {minimum} on {day}.")
ADVICE = Rule("advice", "建议。", "Advised.", Severity.ADVICE)


def test_a_rule_called_with_its_parameters_is_a_finding() -> None:
    assert SHORT("/images", minimum=5) == Finding(SHORT, "/images", {"minimum": 5})


def test_a_finding_is_told_in_two_languages_with_its_figures() -> None:
    finding = SHORT("/images", minimum=5, day=date(2015, 9, 14))
    assert finding.worded(Language.ZH).model_dump(mode="json") == {
        "code": "short",
        "severity": "error",
        "message": "少于 5，截至 2015年9月14日。",
        "pointer": "/images",
        "params": {"minimum": 5, "day": "2015-09-14"},
    }
    assert finding.worded(Language.EN).message == "Fewer than 5 on 2015-09-14."


def test_a_name_with_quotation_marks_is_quoted_with_single_ones_inside() -> None:
    inside, outside = Rule("inside", "首先是“{name}”。", "“{name}” first."), Rule("outside", "{name}。", "{name}.")
    assert inside(name="“红马甲”互助站").worded(Language.ZH).message == "首先是“‘红马甲’互助站”。"
    assert inside(name="红马甲").worded(Language.EN).message == "“红马甲” first."
    assert outside(name="“红马甲”互助站").worded(Language.ZH).message == "“红马甲”互助站。"


def test_a_decimal_is_said_without_a_power_and_without_a_zero_that_nobody_typed() -> None:
    scored = Rule("scored", "{score} 分", "{score} points")
    given = (0.0, 86.5, 100.0, 1e-7, -3)
    assert [scored(score=each).worded(Language.EN).message.split()[0] for each in given] == [
        *("0", "86.5", "100", "0.0000001", "-3")
    ]


def test_an_instant_is_told_in_utc() -> None:
    at = datetime(2015, 9, 15, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert ADVICE(at=at).worded(Language.ZH).params == {"at": "2015-09-14T16:00:00Z"}


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (timedelta(minutes=1), "2015年9月14日23:58与2015年9月14日23:59"),
        (timedelta(seconds=1), "2015年9月14日23:58:00与2015年9月14日23:58:01"),
        (timedelta(microseconds=1), "2015年9月14日23:58:00.000000与2015年9月14日23:58:00.000001"),
        (timedelta(0), "2015年9月14日23:58与2015年9月14日23:58"),
    ],
)
def test_two_instants_of_one_sentence_are_said_as_exactly_as_tells_them_apart(later: timedelta, expected: str) -> None:
    at = datetime(2015, 9, 14, 15, 58, tzinfo=UTC)
    assert Sentence("{at}与{until}", "").say(Language.ZH, at=at, until=at + later) == expected


def test_a_finding_about_a_part_is_placed_in_the_whole() -> None:
    assert SHORT("/phone").under("/items/3").pointer == "/items/3/phone"
    assert SHORT().under("/items/3").pointer == "/items/3"


def test_only_errors_refuse() -> None:
    findings = [ADVICE(), SHORT(), ADVICE()]
    assert refusing(findings) == [SHORT()]
    assert refusing([ADVICE()]) == []


def test_a_word_of_a_vocabulary_is_said_and_sent_as_its_code() -> None:
    rule = Rule("example", "原为“{limit}”。", "It was {limit}.")
    found = [rule(limit=LimitKind.NARRATIVE_MAXIMUM).worded(language) for language in Language]
    assert [each.message for each in found] == ["原为“文字最多字数”。", "It was narrative maximum."]
    assert [each.model_dump(mode="json")["params"] for each in found] == [{"limit": "narrative_maximum"}] * 2


def test_rules_are_given_words_of_vocabularies_not_their_codes() -> None:
    """A code that has become a mere string is shown to people."""
    given = [
        f"{path.name}:{keyword.value.lineno}"
        for path in Path(str(policies.__file__)).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.isupper()
        for keyword in node.keywords
        if isinstance(keyword.value, ast.Attribute) and keyword.value.attr == "value"
    ]
    assert given == []
