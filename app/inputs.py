"""Input: the base of every input model and the few types all of them are made of.

Word and PowerPoint paste control characters: those that break a line break it here, the others are dropped, as are
bidirectional overrides, which make a text look like another. Half a character cannot be stored: it is refused, with a
pointer to the field and its position in the text.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Self, TypeVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.comparable import is_blank
from app.periods import FIRST_YEAR, LAST_YEAR
from app.phones import numbers

_HALF = r"\ud800-\udfff"
_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff"
_BREAK = re.compile(r"\r\n|[\r\x0b\x0c\x85]")
"""Line ends of other systems; Word's manual line break (U+000B) and page break (U+000C)."""
_HYPHEN = "\x1e"
"""Word's hyphen that breaks no line. Its optional one (U+001F) and its mark of a cell's end (U+0007) mean nothing."""
_DROPPED = re.compile(f"[{_CONTROLS}]")
_UNSTORABLE = re.compile(f"[{_HALF}]")
_FORBIDDEN = re.compile(f"[{_CONTROLS}{_HALF}]")
_BREAKS_IN_A_LINE = re.compile(r"[\n\t\u2028\u2029]+")

AnyDay = TypeVar("AnyDay", bound=date)
Item = TypeVar("Item")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(_DAY.pattern + r"T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII)


class Contradiction(ValueError):
    """Members that contradict each other, and the place of the one that must change."""

    def __init__(self, words: str, *path: str | int) -> None:
        super().__init__(words)
        self.path = path


class Input(BaseModel):
    """A request's body: unknown members are refused, so that a typing mistake never passes for a wish."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, allow_inf_nan=False, defer_build=True)

    def with_one_of(self, *names: str) -> Self:
        """Require exactly one of these members: the second that was given must go, or the first is missing."""
        given = [name for name in names if getattr(self, name) is not None]
        if len(given) != 1:
            words = f"{', '.join(names[:-1])} and {names[-1]}"
            raise self.contradiction(f"exactly one of {words} is needed", [*given[1:], *names][0])
        return self

    @staticmethod
    def contradiction(words: str, *path: str | int) -> Contradiction:
        """Say, below the member that must change, what members contradict each other in."""
        return Contradiction(words, *path)


def repeated(items: Sequence[object]) -> Iterator[int]:
    """Yield the places of items that have occurred before."""
    return (index for index, item in enumerate(items) if item in items[:index])


def plain(text: object) -> object:
    """Clean a string before it is measured, and empty one in which nobody sees anything."""
    text = _cleaned(text)
    return "" if isinstance(text, str) and is_blank(text) else text


def _cleaned(text: object) -> object:
    """Clean a string before it is measured: lengths and patterns apply to the stored value, and are in the contract."""
    if not isinstance(text, str):
        return text
    _refuse(_UNSTORABLE, text)
    broken = _BREAK.sub("\n", text).replace(_HYPHEN, "-")
    return unicodedata.normalize("NFC", _DROPPED.sub("", broken))


def _as_typed(text: object) -> object:
    """Leave a secret as it is but for its form: nothing of it is dropped unseen."""
    if not isinstance(text, str):
        return text
    text = text.replace("\r\n", "\n")  # as some systems end their lines
    _refuse(_FORBIDDEN, text)
    return unicodedata.normalize("NFC", text)


def _refuse(characters: re.Pattern[str], text: str) -> None:
    if found := characters.search(text):
        place = {"position": found.start() + 1, "code": f"U+{ord(found[0]):04X}"}
        raise PydanticCustomError("forbidden_character", "A character cannot be stored.", place)


def one_line(text: object) -> object:
    """Make a line of a text: where it breaks, and at a tab, is a space."""
    text = plain(text)
    return _BREAKS_IN_A_LINE.sub(" ", text.strip()) if isinstance(text, str) else text


def null_if_blank(text: object) -> object:
    """Leave nothing where nobody sees anything once the text is cleaned."""
    return plain(text) or None if isinstance(text, str) else text


def _with_a_number(text: str) -> str:
    if not numbers(text):
        raise PydanticCustomError("invalid_phone", "No telephone number.")
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


AsRead = Annotated[Any, Field(exclude=True, description="As it was read; ignored.", examples=[None])]
"""A member of what was read that is sent back with the rest, and that nobody sets."""


def unsent() -> Any:
    """Represent a member that a merge patch leaves out and that cannot be null: only what was sent is ever applied."""
    return None


Prose = Annotated[str, BeforeValidator(plain)]
AsTyped = Annotated[
    str, StringConstraints(strip_whitespace=False, min_length=1, max_length=128), BeforeValidator(_as_typed)
]
"""A password: spaces at its ends belong to it; the same characters always give the same bytes (NFC)."""
Line = Annotated[str, StringConstraints(min_length=1), BeforeValidator(one_line)]
Cell = Annotated[
    Annotated[str, StringConstraints(max_length=200), BeforeValidator(one_line)] | None,
    BeforeValidator(null_if_blank),
]
"""A cell of a draft: whatever can be stored, and null where nobody sees anything. What it must be is a rule."""
Name = Annotated[Line, Field(max_length=100)]
Reason = Annotated[
    Prose,
    Field(min_length=2, max_length=500, description="Reason; kept in the history, and visible to those concerned."),
]
Phone = Annotated[
    str,
    Field(max_length=60, json_schema_extra={"pattern": r"[0-9０-９]([^0-9０-９]*[0-9０-９]){4}"}),
    BeforeValidator(one_line),
    AfterValidator(_with_a_number),
]
"""A number as people write it, or several, with extensions and names: what was typed is kept."""
Email = Annotated[
    str,
    StringConstraints(
        min_length=6,
        max_length=254,
        pattern=r"^[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$",
    ),
    BeforeValidator(one_line),
]
"""An address in ASCII, bare: with nothing in it that would mean something in a header.

Not made of Line: a pattern declared after its validators would apply, and be missing from the contract.
"""
NumberFormat = Annotated[
    str,
    StringConstraints(min_length=1, max_length=60, pattern=r"^[^{}]*(\{year\}[^{}]*)?\{number\}[^{}]*$"),
    BeforeValidator(one_line),
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
