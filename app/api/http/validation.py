"""The findings of Pydantic, put for a clerk: the place, a stable code, a sentence, and never the value."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from app.findings import Sentence
from app.models.enums import Language
from app.problems import RejectedPart

MOST = 100
ALTERNATIVE = "basis"
"""The member that says which of several bodies is meant."""
_OTHER = Sentence("内容无效。", "It is not valid.")
_SENTENCES = {
    "missing": Sentence("必须填写。", "It is required."),
    "extra_forbidden": Sentence("不认识的项目。", "It is not a member of this request."),
    "string_too_short": Sentence("至少 {min_length} 个字符。", "At least {min_length} characters."),
    "string_too_long": Sentence("不能超过 {max_length} 个字符。", "At most {max_length} characters."),
    "string_type": Sentence("应为文字。", "It must be a string."),
    "string_unicode": Sentence("含有不完整的字符。", "It contains half a character."),
    "string_pattern_mismatch": Sentence("格式不正确。", "It does not have the right form."),
    "forbidden_character": Sentence(
        "第 {position} 个字符（{code}）无法保存，请删去。",
        "Character {position} ({code}) cannot be stored: delete it.",
    ),
    "invalid_phone": Sentence(
        "没有电话号码；请写成 0315-3724062 或 13900000000，多个号码用“、”隔开。",
        "There is no number in it: write it like 0315-3724062 or 13900000000, several with “、” between.",
    ),
    "int_type": Sentence("应为整数。", "It must be an integer."),
    "int_parsing": Sentence("应为整数。", "It must be an integer."),
    "bool_type": Sentence("应为 true 或 false。", "It must be true or false."),
    "bool_parsing": Sentence("应为 true 或 false。", "It must be true or false."),
    "greater_than_equal": Sentence("不能小于 {ge}。", "It must be at least {ge}."),
    "less_than_equal": Sentence("不能大于 {le}。", "It must be at most {le}."),
    "too_short": Sentence("至少 {min_length} 项。", "At least {min_length} items."),
    "too_long": Sentence("不能超过 {max_length} 项。", "At most {max_length} items."),
    "not_unique": Sentence("同一项不得重复。", "No item may occur twice."),
    "enum": Sentence("应为以下之一：{expected}。", "It must be one of {expected}."),
    "literal_error": Sentence("应为以下之一：{expected}。", "It must be one of {expected}."),
    "repeated_part": Sentence("同一项目只能提交一次。", "It may be sent once only."),
    "malformed_etag": Sentence(
        '应为读取时得到的 ETag，连同双引号，如 "3"。', 'It must be the ETag that was read, in its quotation marks: "3".'
    ),
    "unknown_cursor": Sentence("游标无效。", "It is not a cursor of this list."),
    "invalid_credit_code": Sentence(
        "不是统一社会信用代码：应为 18 位数字和大写字母。",
        "It is not a unified social credit code: 18 letters and figures.",
    ),
    "too_many_units": Sentence("各党（工）委的单位合计不能超过 {limit} 个。", "At most {limit} units in all."),
    "uuid_parsing": Sentence("应为 UUID。", "It must be a UUID."),
    "date_from_datetime_parsing": Sentence("应为日期，如 2015-09-14。", "It must be a date like 2015-09-14."),
    "date_parsing": Sentence("应为日期，如 2015-09-14。", "It must be a date like 2015-09-14."),
    "datetime_parsing": Sentence(
        "应为时刻，如 2015-09-14T23:59:59+08:00。", "It must be an instant like 2015-09-14T23:59:59+08:00."
    ),
    "out_of_reach": Sentence("年份须在 {first} 与 {last} 之间。", "Its year must lie between {first} and {last}."),
    "timezone_aware": Sentence("时间须带时区，如 +08:00。", "The time needs an offset like +08:00."),
    "union_tag_not_found": Sentence("缺少 {discriminator}。", "It needs {discriminator}."),
    "union_tag_invalid": Sentence(
        "{discriminator} 应为以下之一：{expected_tags}。", "{discriminator} must be one of {expected_tags}."
    ),
    "file_type": Sentence("应为文件，而不是文字。", "It must be a file, not text."),
    "list_type": Sentence("应为数组。", "It must be an array."),
    "dict_type": Sentence("应为对象。", "It must be an object."),
    "model_attributes_type": Sentence("应为 JSON 对象。", "It must be a JSON object."),
    "value_error": Sentence("内容无效：{error}。", "It is not valid: {error}."),
}


def rejected_parts(errors: Iterable[Any], language: Language, body: Any = None) -> list[RejectedPart]:
    """The rejected parts of a request, in the order Pydantic found them; more than a hundred help nobody."""
    return [_part(error, language, body) for error in islice(errors, MOST)]


def _part(error: dict[str, Any], language: Language, body: Any) -> RejectedPart:
    where, *path = error["loc"] or ("body",)
    if path and isinstance(body, dict) and path[0] == body.get(ALTERNATIVE):
        del path[0]  # Pydantic names the alternative first, which is no member of the body
    known = where in ("body", "query", "path", "header", "cookie")
    return RejectedPart(
        location=where if known else "body",
        pointer=_pointer(path if known else [where, *path]),
        code=_code(error),
        detail=_SENTENCES.get(_code(error), _OTHER).say(language, **error.get("ctx", {})),
    )


def _code(error: dict[str, Any]) -> str:
    """Pydantic counts a checked text as it counts a list; FastAPI says in words of Python that a part is no file."""
    code: str = error["type"]
    if code == "value_error" and "Expected UploadFile" in str(error.get("msg")):
        return "file_type"
    return f"string_{code}" if code in {"too_short", "too_long"} and isinstance(error.get("input"), str) else code


def _pointer(path: Sequence[str | int]) -> str:
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return pointer.encode(errors="replace").decode()  # JSON lets half a character through, an answer cannot
