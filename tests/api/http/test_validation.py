import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core._pydantic_core import list_all_errors

from app import api, services
from app.api.http.sentences import MISTAKES, PYTHONS_OWN, SENTENCES, detail
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


ERRORS: dict[str, dict[str, Any]] = {each["type"]: each["example_context"] or {} for each in list_all_errors()} | {
    "file_type": {},
    "unknown_cursor": {},
    "repeated_part": {},
}


def test_every_kind_of_error_has_a_chinese_sentence() -> None:
    assert SENTENCES.keys() | PYTHONS_OWN | {"value_error"} >= ERRORS.keys()
    assert SENTENCES.keys().isdisjoint(PYTHONS_OWN)
    for code, context in ERRORS.items():
        assert any("\u4e00" <= character for character in detail(code, context, Language.ZH)), code


@pytest.mark.parametrize(
    ("code", "context", "chinese", "english"),
    [
        ("file_type", {}, "应为文件，而不是文字。", "It must be a file, not text."),
        ("value_error", {"error": ValueError("<class 'str'>")}, "内容无效。", "It is not valid."),
        (
            "value_error",
            {"error": ValueError("a code occurs twice")},
            "内容无效：代码有重复。",
            "It is not valid: a code occurs twice.",
        ),
        ("enum", {"expected": "'a', 'b' or 'c'"}, "应为以下之一：a、b、c。", "It must be one of a, b, c."),
    ],
)
def test_no_words_of_python_are_in_an_answer(code: str, context: dict[str, Any], chinese: str, english: str) -> None:
    assert [detail(code, context, language) for language in (Language.ZH, Language.EN)] == [chinese, english]


def contradictions() -> Iterator[str]:
    """The words of every `ValueError` that an input raises."""
    for folder in (*services.__path__, *api.__path__):
        for path in Path(folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                raised = node.exc if isinstance(node, ast.Raise) else None
                if isinstance(raised, ast.Call) and ast.unparse(raised.func) == "ValueError":
                    yield from (str(each.value) for each in raised.args if isinstance(each, ast.Constant))
                if isinstance(node, ast.FunctionDef) and node.name == "_mistakes":
                    tuples = [each for each in ast.walk(node) if isinstance(each, ast.Tuple)]
                    last = [each.elts[-1] for each in tuples]
                    yield from (str(each.value) for each in last if isinstance(each, ast.Constant))


def test_every_contradiction_of_members_has_a_chinese_sentence() -> None:
    assert set(contradictions()) <= MISTAKES.keys()
