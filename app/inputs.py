"""Input: the base of every input model and the few types all of them are made of.

PostgreSQL refuses NUL, JSON lets lone surrogates through, and bidirectional overrides make a text look like another:
they stop here, with a pointer to the field.
"""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.comparable import is_blank

_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)


FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Between them a date is one in every time zone."""
AnyDay = TypeVar("AnyDay", bound=date)
Item = TypeVar("Item")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(_DAY.pattern + r"T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII)


class Input(BaseModel):
    """A request's body: unknown members are refused, so that a typing mistake never passes for a wish."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)


def _plain(text: object) -> object:
    """Clean a string before it is measured, and empty one in which nobody sees anything."""
    text = _cleaned(text)
    return "" if isinstance(text, str) and is_blank(text) else text


def _cleaned(text: object) -> object:
    """Clean a string before it is measured: lengths and patterns apply to the stored value, and are in the contract."""
    if not isinstance(text, str):
        return text
    text = text.replace("\r\n", "\n")  # as some systems end their lines
    if _FORBIDDEN.search(text):
        raise PydanticCustomError("forbidden_character", "Contains a control character.")
    return unicodedata.normalize("NFC", text)


def _one_line(text: object) -> object:
    if isinstance(text, str) and re.search(r"[\n\t\u2028\u2029]", text.strip()):
        raise PydanticCustomError("forbidden_character", "Contains a line break or a tab.")
    return text


def _written_day(value: object) -> object:
    """Pydantic would take a number for seconds since 1970; nobody who sends one means a date."""
    if not isinstance(value, date) and not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise PydanticCustomError("date_parsing", "Not a date.")
    return value


def _written_moment(value: object) -> object:
    if not isinstance(value, datetime) and not (isinstance(value, str) and _MOMENT.fullmatch(value)):
        raise PydanticCustomError("datetime_parsing", "Not an instant.")
    return value


def _within_reach(value: AnyDay) -> AnyDay:
    if not FIRST_YEAR < value.year < LAST_YEAR:
        raise PydanticCustomError("out_of_reach", "Not within reach.", {"first": FIRST_YEAR, "last": LAST_YEAR})
    return value


def unsent() -> Any:
    """Represent a member that a merge patch leaves out and that cannot be null: only what was sent is ever applied."""
    return None


Prose = Annotated[str, BeforeValidator(_plain)]
AsTyped = Annotated[
    str, StringConstraints(strip_whitespace=False, min_length=1, max_length=128), BeforeValidator(_cleaned)
]
"""A password: spaces at its ends belong to it; the same characters always give the same bytes (NFC)."""
Line = Annotated[str, StringConstraints(min_length=1), BeforeValidator(_plain), BeforeValidator(_one_line)]
Name = Annotated[Line, Field(max_length=100)]
Reason = Annotated[
    Prose,
    Field(min_length=2, max_length=500, description="Reason; kept in the history, and visible to those concerned."),
]
Phone = Annotated[
    str,
    StringConstraints(min_length=1, max_length=30, pattern=r"^[0-9+()（）\-\s转]{5,30}$"),
    BeforeValidator(_plain),
    BeforeValidator(_one_line),
]
"""Not made of Line: a pattern declared after its validators would apply, and be missing from the contract."""
Email = Annotated[
    str,
    StringConstraints(
        min_length=6,
        max_length=254,
        pattern=r"^[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$",
    ),
    BeforeValidator(_plain),
    BeforeValidator(_one_line),
]
"""An address in ASCII, bare: with nothing in it that would mean something in a header."""
NumberFormat = Annotated[
    str,
    StringConstraints(min_length=1, max_length=60, pattern=r"^[^{}]*(\{year\}[^{}]*)?\{number\}[^{}]*$"),
    BeforeValidator(_plain),
    BeforeValidator(_one_line),
]
"""The pattern of a number: `{number}` once, `{year}` before it if at all."""
Day = Annotated[date, BeforeValidator(_written_day), AfterValidator(_within_reach)]
Moment = Annotated[AwareDatetime, BeforeValidator(_written_moment), AfterValidator(_within_reach)]
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]


def each_once(items: list[Item]) -> list[Item]:
    if len(set(items)) < len(items):
        raise PydanticCustomError("not_unique", "An item occurs twice.")
    return items


ApplicationIds = Annotated[
    list[UUID],
    Field(
        min_length=1,
        max_length=200,
        description="The applications, each once.",
        json_schema_extra={"uniqueItems": True},
    ),
    AfterValidator(each_once),
]
AssignmentIds = Annotated[
    list[UUID],
    Field(
        min_length=1,
        max_length=500,
        description="The assignments, each once.",
        json_schema_extra={"uniqueItems": True},
    ),
    AfterValidator(each_once),
]
