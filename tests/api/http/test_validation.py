from typing import Annotated, Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from app.api.http.validation import rejected_parts
from app.inputs import Day, Input, Moment, Name, Reason
from app.models.enums import Language, Role


class Body(Input):
    name: Name
    reason: Reason | None = None
    day: Day | None = None
    moment: Moment | None = None
    role: Role | None = None
    items: Annotated[list[int], Field(max_length=2)] | None = None
    figures: dict[str, int] | None = None


def rejected(body: Any, language: Language = Language.ZH) -> list[tuple[str, str, str]]:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Body).validate_python(body)
    errors = [error | {"loc": ("body", *error["loc"])} for error in caught.value.errors()]
    return [(part.pointer, part.code, part.detail) for part in rejected_parts(errors, language)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ("/name", "missing", "必须填写。")),
        ({"name": 1}, ("/name", "string_type", "应为文字。")),
        ({"name": " "}, ("/name", "string_too_short", "至少 1 个字符。")),
        ({"name": "名" * 101}, ("/name", "string_too_long", "不能超过 100 个字符。")),
        ({"name": "a", "reason": "b"}, ("/reason", "string_too_short", "至少 2 个字符。")),
        ({"name": "a\ud800"}, ("/name", "forbidden_character", "第 2 个字符（U+D800）无法保存，请删去。")),
        ({"name": "a", "items": [1, 2, 3]}, ("/items", "too_long", "不能超过 2 项。")),
        ({"name": "a", "items": [1, "x"]}, ("/items/1", "int_parsing", "应为整数。")),
        ({"name": "a", "day": 5}, ("/day", "date_parsing", "应为日期，如 2015-09-14。")),
        ({"name": "a", "day": "2200-01-01"}, ("/day", "out_of_reach", "年份须在 1900 与 2200 之间。")),
        ({"name": "a", "moment": "x"}, ("/moment", "datetime_parsing", "应为时刻，如 2015-09-14T23:59:59+08:00。")),
        ({"name": "a", "nmae": "b"}, ("/nmae", "extra_forbidden", "不认识的项目。")),
        ({"name": "a", "a/b~c": "b"}, ("/a~1b~0c", "extra_forbidden", "不认识的项目。")),
        ({"name": "a", "\ud800": "b"}, ("", "string_unicode", "含有不完整的字符。")),
    ],
)
def test_a_rejected_part_is_named_and_explained(body: Any, expected: tuple[str, str, str]) -> None:
    assert rejected(body) == [expected]


def test_all_rejected_parts_are_listed() -> None:
    assert [pointer for pointer, _, _ in rejected({"items": ["x", "y"], "role": "king"})] == [
        "/name",
        "/role",
        "/items/0",
        "/items/1",
    ]


def test_the_detail_is_in_the_callers_language() -> None:
    assert rejected({"name": "名" * 101}, Language.EN) == [("/name", "string_too_long", "At most 100 characters.")]


def test_of_very_many_only_a_hundred_are_told() -> None:
    assert len(rejected({"name": "a", "figures": {str(number): "x" for number in range(1000)}})) == 100


def test_the_alternative_that_a_body_chose_is_no_member_of_it() -> None:
    error = {"type": "missing", "loc": ("body", "count", "count")}
    bodies: list[Any] = [{"basis": "count"}, {"basis": "score"}, {}, None]
    found = [rejected_parts([error], Language.ZH, body)[0].pointer for body in bodies]
    assert found == ["/count", "/count/count", "/count/count", "/count/count"]
