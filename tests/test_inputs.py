from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.comparable import comparable
from app.inputs import ApplicationIds, AsTyped, Cell, Code, Day, Input, Line, Moment, Name, Phone, Prose, Reason


class Form(Input):
    line: Line | None = None
    prose: Prose | None = None
    name: Name | None = None
    reason: Reason | None = None
    phone: Phone | None = None
    cell: Cell = None
    secret: AsTyped | None = None
    code: Code | None = None
    day: Day | None = None
    moment: Moment | None = None
    ids: ApplicationIds | None = None
    share: float | None = None


def taken(**member: Any) -> Any:
    [name] = member
    return getattr(Form.model_validate(member), name)


def refused(**member: Any) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as caught:
        Form.model_validate(member)
    return [(str(error["loc"][0]), error["type"]) for error in caught.value.errors()]


@pytest.mark.parametrize(
    ("pasted", "prose", "line"),
    [
        *(("第一\x0b第二", "第一\n第二", "第一 第二"), ("第一\f第二", "第一\n第二", "第一 第二")),
        *(("第一\r第二", "第一\n第二", "第一 第二"), ("第一\r\n第二", "第一\n第二", "第一 第二")),
        *(("第一\x85第二", "第一\n第二", "第一 第二"), ("第一\r\x07第二", "第一\n第二", "第一 第二")),
        *(("第一\x07第二", "第一第二", "第一第二"), ("第一\x1f第二", "第一第二", "第一第二")),
        *(("e\x1email", "e-mail", "e-mail"), ("\u202a3724062\u202c", "3724062", "3724062")),
        *((f"文明{each}单位", "文明单位", "文明单位") for each in "\x00\x1b\x7f\u202e\u2066\u2069\ufdd0\ufffe\uffff"),
        *((f"第一{each}第二", f"第一{each}第二", "第一 第二") for each in "\n\t\u2028\u2029"),
    ],
    ids=ascii,
)
def test_what_word_pastes_is_kept_as_a_text(pasted: str, prose: str, line: str) -> None:
    assert (taken(prose=pasted), taken(line=pasted), taken(name=pasted), taken(cell=pasted)) == (
        *(prose, line, line, line),
    )


@pytest.mark.parametrize("text", ["a\x00b", "a\x0bb", "a\u202eb", "a\ud800b"], ids=ascii)
def test_of_a_password_nothing_is_dropped_unseen(text: str) -> None:
    assert refused(secret=text) == [("secret", "forbidden_character")]


@given(st.text())
def test_whatever_can_be_stored_fits_a_cell_of_a_draft(text: str) -> None:
    kept = taken(cell=text[:200])
    assert kept is None or (comparable(kept) and len(kept) <= 200)


@pytest.mark.parametrize("kind", ["line", "prose", "name", "reason", "phone", "code"])
@pytest.mark.parametrize("half", [chr(0xD800), chr(0xDFFF)])
def test_half_a_character_is_refused(kind: str, half: str) -> None:
    assert refused(**{kind: f"文明{half}单位"})[0][0] == kind


@pytest.mark.parametrize(
    "text",
    [
        "文明单位",
        "𠀀𪜀",
        "志愿者👨\u200d👩\u200d👧",
        "“品牌”——《要点》",
        "a b",
        "e-mail: x@y",
        "\u200f文",
        "{}%_\\'\"<&>",
    ],
)
def test_what_is_text_is_taken_as_it_is(text: str) -> None:
    assert taken(line=text) == taken(prose=text) == text


def test_canonically_equal_texts_become_the_same() -> None:
    assert taken(line="e\u0301") == taken(prose="e\u0301") == "é"


@pytest.mark.parametrize("blank", ["", " ", "\t\n ", "\u3000", "\xa0"])
def test_a_line_of_nothing_is_refused(blank: str) -> None:
    assert refused(line=blank) == [("line", "string_too_short")]


def test_white_space_around_is_dropped() -> None:
    assert taken(line=" \u3000品牌 \n") == "品牌"


@pytest.mark.parametrize(
    ("kind", "longest"),
    [("name", "名" * 100), ("reason", "因" * 500), ("code", "a" * 40), ("phone", "3724062".ljust(60, "办"))],
    ids=["name", "reason", "code", "phone"],
)
def test_every_text_has_an_end(kind: str, longest: str) -> None:
    assert taken(**{kind: longest}) == longest
    assert refused(**{kind: longest + longest[0]})[0][1].endswith("too_long")


def test_a_reason_says_something() -> None:
    assert refused(reason="好")[0][1].endswith("too_short")


@pytest.mark.parametrize("phone", ["3724062", "（0315）3724062转8", "３７２４０６２", "3724062、13900000000（张主任）"])
def test_phones_as_people_write_them(phone: str) -> None:
    assert taken(phone=phone) == phone


@pytest.mark.parametrize("phone", ["1234", "-----", "()()()", "张主任", "1" * 18])
def test_a_phone_has_a_number_in_it(phone: str) -> None:
    assert refused(phone=phone) == [("phone", "invalid_phone")]


@pytest.mark.parametrize("code", ["A", "1a", "a-b", "品牌", "a b", "a\n"])
def test_a_code_is_for_machines(code: str) -> None:
    assert refused(code=code + "x") == [("code", "string_pattern_mismatch")]


def test_a_member_nobody_knows_is_refused() -> None:
    assert refused(nmae="品牌") == [("nmae", "extra_forbidden")]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), "NaN"])
def test_a_number_is_one(number: Any) -> None:
    assert refused(share=number) == [("share", "finite_number")]


@pytest.mark.parametrize("day", ["2015-09-14", "1901-01-01", "2199-12-31", "2016-02-29"])
def test_a_day(day: str) -> None:
    assert taken(day=day) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "wrong",
    [
        *(1442188800, 0, -1, 1.5, True, [], {}, "1442188800", "20150914", "2015-9-14", "2015-09-14T00:00:00"),
        *("2015-02-29", "1900-12-31", "2200-01-01", "9999-12-31", "0001-01-01", "２０１５-09-14", "2015-09-14x"),
    ],
)
def test_what_is_no_day_is_refused(wrong: Any) -> None:
    assert refused(day=wrong)[0][0] == "day"


@pytest.mark.parametrize("moment", ["2015-09-14T16:00:00Z", "2015-09-15T00:00+08:00", "2015-09-14T16:00:00.000Z"])
def test_a_moment(moment: str) -> None:
    assert taken(moment=moment) == datetime(2015, 9, 14, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "wrong",
    [
        *(1442246400, 1e300, True, "1442246400", "2015-09-14", "2015-09-14 16:00:00Z", "2015-09-14T25:00:00Z"),
        *("9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_what_is_no_moment_is_refused(wrong: Any) -> None:
    assert refused(moment=wrong)[0][0] == "moment"


def test_a_moment_needs_its_zone() -> None:
    assert refused(moment="2015-09-14T16:00:00") == [("moment", "timezone_aware")]


def test_nothing_is_named_twice() -> None:
    one, other = uuid4(), uuid4()
    assert taken(ids=[one, other]) == [one, other]
    assert refused(ids=[one, other, one]) == [("ids", "not_unique")]
    assert refused(ids=[]) == [("ids", "too_short")]
    assert refused(ids=[uuid4() for _ in range(201)]) == [("ids", "too_long")]
