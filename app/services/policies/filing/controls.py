"""The controls of a campaign's own cells: one table has all that differs between them."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.comparable import comparable, is_filled
from app.findings import Finding, Rule
from app.models.enums import CellControl, CellNeed
from app.periods import DATE, ONGOING, span, written
from app.phones import numbers
from app.services.policies import REQUIRED
from app.services.policies.filing.narratives import count_characters
from app.services.policies.filing.own_cells import (
    LARGEST,
    LONGEST_ADDRESS,
    LONGEST_LINE,
    LONGEST_TEXT,
    MOST_ROWS,
    PERIOD,
    Json,
    OwnCell,
    Value,
    Values,
    storable,
)

PERSON, LINK = ("name", "role", "title", "phone"), ("name", "url")
SHOWN = 50
"""Characters of what was typed that a sentence quotes."""

FIELD_TOO_LONG = Rule(
    "field_too_long",
    "“{label}”不得超过 {maximum} 个字符，现有 {count} 个。",
    "“{label}” may have at most {maximum} characters; it has {count}.",
)
FIELD_TOO_SHORT = Rule(
    "field_too_short",
    "“{label}”不得少于 {minimum} 个字符，现有 {count} 个。",
    "“{label}” needs at least {minimum} characters; it has {count}.",
)
NO_PHONE_NUMBER = Rule(
    "no_phone_number",
    "“{label}”中没有电话号码：“{value}”；请写成 0315-3724062 或 13900000000，多个号码用“、”隔开。",
    "There is no number in “{label}”: “{value}”. Write it like 0315-3724062 or 13900000000, several with “、” between.",
)
NO_SUCH_CELL = Rule("no_such_cell", "申报表没有“{name}”一栏。", "The form has no cell “{name}”.")
TEXT_TOO_LONG = Rule(
    "text_too_long",
    "“{label}”不得超过 {maximum} 字，现有 {count} 字。",
    "“{label}” may have at most {maximum} characters (字); it has {count}.",
)
TEXT_TOO_SHORT = Rule(
    "text_too_short",
    "“{label}”不得少于 {minimum} 字，现有 {count} 字。",
    "“{label}” needs at least {minimum} characters (字); it has {count}.",
)
NUMBER_TOO_LARGE = Rule(
    "number_too_large",
    "“{label}”不得大于 {maximum}，现为 {count}。",
    "“{label}” may be at most {maximum}; it is {count}.",
)
NUMBER_TOO_SMALL = Rule(
    "number_too_small",
    "“{label}”不得小于 {minimum}，现为 {count}。",
    "“{label}” must be at least {minimum}; it is {count}.",
)
TOO_MANY_ROWS = Rule(
    "too_many_rows",
    "“{label}”最多 {maximum} 项，现有 {count} 项。",
    "“{label}” may have at most {maximum} entries; it has {count}.",
)
TOO_FEW_ROWS = Rule(
    "too_few_rows",
    "“{label}”至少 {minimum} 项，现有 {count} 项。",
    "“{label}” needs at least {minimum} entries; it has {count}.",
)
UNSUITABLE = Rule(
    "unsuitable_value",
    "“{label}”填写的不是{kind}：“{value}”；请改为{example}。",
    "“{label}” does not have the form of its cell ({kind}): “{value}”. Write it like {example_en}.",
)
UNKNOWN_OPTION = Rule("unknown_option", "“{label}”没有“{value}”这一选项。", "“{label}” has no such option: “{value}”.")
PERIOD_REVERSED = Rule(
    "invalid_period", "“{label}”的结束时间早于开始时间。", "The end of “{label}” is before its beginning."
)


@dataclass(frozen=True, slots=True)
class Kind:
    """All that differs between the controls: how a value is tidied, judged, measured, and put as JSON Schema."""

    holds: tuple[type, ...]
    schema: Callable[[OwnCell], Json]
    example: tuple[str, str]
    tidy: Callable[[OwnCell, Value], Value] = lambda _, value: value
    findings: Callable[[OwnCell, Value], Iterable[Finding]] = lambda *_: ()
    measure: Callable[[Value], float] = lambda _: 0
    bounds: tuple[Rule, Rule] | None = None


def unsuitable(cell: OwnCell, value: str, pointer: str | None = None, label: str = "") -> Finding:
    example, example_en = KINDS[cell.control].example
    said = {"kind": cell.control, "value": value[:SHOWN], "example": example, "example_en": example_en}
    return UNSUITABLE(pointer, label=label or cell.name, **said)


def _string(cell: OwnCell, **limits: Value) -> Json:
    return {"type": "string"} | ({"minLength": 1} if cell.need is CellNeed.REQUIRED else {}) | limits


def _line_schema(cell: OwnCell) -> Json:
    shortest = {"minLength": cell.minimum} if cell.minimum else {}
    return _string(cell, maxLength=cell.maximum or LONGEST_LINE, **shortest)


def _number_schema(cell: OwnCell) -> Json:
    return {
        "type": "number",
        "minimum": -LARGEST if cell.minimum is None else cell.minimum,
        "maximum": LARGEST if cell.maximum is None else cell.maximum,
    }


def _period_schema(_: OwnCell) -> Json:
    forms = (DATE, f"({DATE}|{ONGOING})")
    ends = {
        name: {"type": "string", "title": PERIOD[name]["end"], "pattern": f"^{form}$"}
        for name, form in zip(PERIOD, forms, strict=True)
    }
    start, end = PERIOD
    together = {start: [end], end: [start]}
    return {"type": "object", "properties": ends, "dependentRequired": together, "additionalProperties": False}


def _choice_schema(cell: OwnCell) -> Json:
    return {"type": "string", "oneOf": [{"const": each.code, "title": each.name} for each in cell.options]}


def _consent_schema(cell: OwnCell) -> Json:
    """A pledge that must be given is an enumeration: generators of forms give a constant by themselves."""
    return {"type": "boolean"} | ({"enum": [True]} if cell.need is CellNeed.REQUIRED else {})


def _list_schema(cell: OwnCell, required: str, **members: Json) -> Json:
    needed = 1 if cell.need is CellNeed.REQUIRED else 0
    items = {"type": "object", "properties": members, "required": [required], "additionalProperties": False}
    maximum = MOST_ROWS if cell.maximum is None else cell.maximum
    return {"type": "array", "minItems": cell.minimum or needed, "maxItems": maximum, "items": items}


def _persons_schema(cell: OwnCell) -> Json:
    plain = {name: {"type": "string", "title": _MEMBERS[name], "maxLength": LONGEST_LINE} for name in PERSON}
    role = {"role": _choice_schema(cell) | {"title": "角色"}} if cell.options else {}
    return _list_schema(cell, "name", **plain | role)


def _links_schema(cell: OwnCell) -> Json:
    url = {"type": "string", "title": "网址", "maxLength": LONGEST_ADDRESS, "pattern": f"^{_ADDRESS.pattern}$"}
    return _list_schema(cell, "url", name={"type": "string", "title": "名称", "maxLength": LONGEST_LINE}, url=url)


_MEMBERS = {"name": "姓名", "role": "角色", "title": "职务", "phone": "联系电话", "url": "网址"}
_ADDRESS = re.compile(r"[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#]+\.[^\s]+")
_FIGURES = re.compile(r"-?([0-9]{1,13}|[1-9][0-9]{0,2}(,[0-9]{3}){1,4})(\.[0-9]{1,4})?")


def _tidied_number(_: OwnCell, value: Value) -> Value:
    """Read a number as people write it, 1,200 and １２．５; what may be another number, as 12,5, stays as it is."""
    if not isinstance(value, str):
        return value
    figures = unicodedata.normalize("NFKC", value).strip()
    return storable(float(figures.replace(",", ""))) if _FIGURES.fullmatch(figures) else value


def _tidied_line(_: OwnCell, value: Value) -> Value:
    return re.sub(r"[\n\t\u2028\u2029]+", " ", value) if isinstance(value, str) else value


def _tidied_date(_: OwnCell, value: Value) -> Value:
    return written(value) if isinstance(value, str) else value


def _tidied_period(_: OwnCell, value: Value) -> Value:
    return {name: written(each) for name, each in value.items() if each} if isinstance(value, Mapping) else value


def _tidied_choice(cell: OwnCell, value: Value) -> Value:
    """Take the name of an option for its code."""
    names = {comparable(option.name): option.code for option in cell.options}
    return names.get(comparable(value), value) if isinstance(value, str) else value


def _tidied_persons(cell: OwnCell, value: Value) -> Value:
    if not isinstance(value, list):
        return value
    return [
        {name: _tidied_choice(cell, each) if name == "role" else each for name, each in row.items()} for row in value
    ]


def _date_findings(cell: OwnCell, value: str) -> Iterator[Finding]:
    if not span(value):
        yield unsuitable(cell, value)


def _period_findings(cell: OwnCell, value: Values) -> Iterator[Finding]:
    spans = {name: span(value.get(name, "")) for name in PERIOD}
    for name, found in spans.items():
        if name not in value:
            yield REQUIRED(f"/{name}", label=cell.name)
        elif not found and (name, value[name]) != ("ended_on", ONGOING):
            yield unsuitable(cell, value[name], f"/{name}")
    start, end = spans.values()
    if start and end and end[1] < start[0]:
        yield PERIOD_REVERSED("/started_on", label=cell.name)


def _choice_findings(cell: OwnCell, value: str) -> Iterator[Finding]:
    yield from _option_findings(cell, value, None, cell.name)


def _option_findings(cell: OwnCell, code: str, pointer: str | None, label: str) -> Iterator[Finding]:
    if code not in {option.code for option in cell.options}:
        yield UNKNOWN_OPTION(pointer, label=label, value=code[:SHOWN])


def _phone_findings(cell: OwnCell, value: str) -> Iterator[Finding]:
    if not numbers(value):
        yield NO_PHONE_NUMBER(label=cell.name, value=value[:SHOWN])


def _in_row(cell: OwnCell, place: int, member: str) -> str:
    """The words for a member of a row, which say which row it is."""
    return f"{cell.name}第{place + 1}项{_MEMBERS[member]}"


def _row_findings(cell: OwnCell, place: int, row: Values, members: Sequence[str], needed: str) -> Iterator[Finding]:
    """A row has its name or address, and no member of another kind of list."""
    if not is_filled(row.get(needed, "")):
        yield REQUIRED(f"/{place}/{needed}", label=_in_row(cell, place, needed))
    yield from (NO_SUCH_CELL(f"/{place}/{name}", name=_MEMBERS[name]) for name in row if name not in members)


def _persons_findings(cell: OwnCell, value: Sequence[Values]) -> Iterator[Finding]:
    for place, row in enumerate(value):
        role, phone = row.get("role"), row.get("phone")
        yield from _row_findings(cell, place, row, PERSON, "name")
        if cell.options and role:
            yield from _option_findings(cell, role, f"/{place}/role", _in_row(cell, place, "role"))
        if phone and not numbers(phone):
            yield NO_PHONE_NUMBER(f"/{place}/phone", label=_in_row(cell, place, "phone"), value=phone)


def _links_findings(cell: OwnCell, value: Sequence[Values]) -> Iterator[Finding]:
    for place, row in enumerate(value):
        yield from _row_findings(cell, place, row, LINK, "url")
        if (url := row.get("url")) and not _ADDRESS.fullmatch(url):
            yield unsuitable(cell, url, f"/{place}/url", _in_row(cell, place, "url"))


_DAY = "2015-03-01、2015-03 或 2015", "2015-03-01, 2015-03 or 2015"
_ROWS = (TOO_FEW_ROWS, TOO_MANY_ROWS)
KINDS: Mapping[CellControl, Kind] = {
    CellControl.LINE: Kind(
        (str,),
        _line_schema,
        ("一行文字", "a line of text"),
        _tidied_line,
        measure=len,
        bounds=(FIELD_TOO_SHORT, FIELD_TOO_LONG),
    ),
    CellControl.TEXT: Kind(
        (str,),
        lambda cell: _string(cell, maxLength=LONGEST_TEXT),
        ("文字", "text"),
        measure=count_characters,
        bounds=(TEXT_TOO_SHORT, TEXT_TOO_LONG),
    ),
    CellControl.NUMBER: Kind(
        (int, float),
        _number_schema,
        ("数字，如 1200 或 12.5，小数不超过四位", "1200 or 12.5, with at most four decimals"),
        _tidied_number,
        measure=lambda value: value,
        bounds=(NUMBER_TOO_SMALL, NUMBER_TOO_LARGE),
    ),
    CellControl.DATE: Kind((str,), lambda cell: _string(cell, pattern=f"^{DATE}$"), _DAY, _tidied_date, _date_findings),
    CellControl.PERIOD: Kind(
        (dict,),
        _period_schema,
        (f"{_DAY[0]}，仍在进行的结束时间写“至今”", f"{_DAY[1]}, or `ongoing` for an end that is not yet"),
        _tidied_period,
        _period_findings,
    ),
    CellControl.CHOICE: Kind(
        (str,), _choice_schema, ("其中一个选项", "one of the options"), _tidied_choice, _choice_findings
    ),
    CellControl.PHONE: Kind(
        (str,),
        lambda cell: _string(cell, maxLength=LONGEST_LINE),
        ("0315-3724062 或 13900000000", "0315-3724062 or 13900000000"),
        _tidied_line,
        _phone_findings,
    ),
    CellControl.CONSENT: Kind((bool,), _consent_schema, ("是或否", "true or false")),
    CellControl.PERSONS: Kind(
        (list,),
        _persons_schema,
        ("逐人填写的姓名", "a name for each person"),
        _tidied_persons,
        _persons_findings,
        len,
        _ROWS,
    ),
    CellControl.LINKS: Kind(
        (list,),
        _links_schema,
        ("网址，如 https://example.org/video", "an address like https://example.org/video"),
        findings=_links_findings,
        measure=len,
        bounds=_ROWS,
    ),
}
