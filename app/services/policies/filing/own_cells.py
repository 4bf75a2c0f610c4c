"""A cell that a campaign adds to 附件2: its definition, and everything that can be stored in one."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import chain
from math import isfinite
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StringConstraints,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from app.comparable import comparable
from app.inputs import Cell, Code, Contradiction, Input, Name, Prose, null_if_blank, one_line, repeated
from app.models.enums import CellControl, CellNeed, Language

Value: TypeAlias = Any
"""A value of JSON, of any type."""
Json = dict[str, Value]
Values = Mapping[str, Value]
"""Values of a campaign's own cells, by code."""
MOST_CELLS, MOST_ROWS = 20, 20
LONGEST_LINE, LONGEST_ADDRESS, LONGEST_TEXT = 200, 500, 10_000
LONGEST_WORDS = 17_000
"""A full list of persons in words."""
LARGEST, DECIMALS = 10**12, 4
"""Within them every reader writes a number in the same digits, so that digests agree."""
PERIOD = {
    "started_on": {"end": "开始时间", "end_en": "start"},
    "ended_on": {"end": "结束时间", "end_en": "end"},
}
"""The two ends of a period, and their words."""
ROW = ("name", "role", "title", "phone", "url")

Control = Literal[
    CellControl.LINE,
    CellControl.TEXT,
    CellControl.NUMBER,
    CellControl.DATE,
    CellControl.PERIOD,
    CellControl.CHOICE,
    CellControl.PHONE,
    CellControl.CONSENT,
    CellControl.PERSONS,
    CellControl.LINKS,
]
CONTROLS = CellControl.only(*Control.__args__)  # type: ignore[attr-defined]  # the members of a literal

BOUNDS: Mapping[CellControl, tuple[int, int]] = {
    CellControl.LINE: (0, LONGEST_LINE),
    CellControl.TEXT: (0, LONGEST_TEXT),
    CellControl.NUMBER: (-LARGEST, LARGEST),
    CellControl.PERSONS: (0, MOST_ROWS),
    CellControl.LINKS: (0, MOST_ROWS),
}
"""The least and the greatest that a limit of a cell may be, where it has limits."""
STAMPED = frozenset({CellControl.LINE, CellControl.TEXT, CellControl.CHOICE})
"""Controls of an opinion, which somebody stamps."""
NO_BOUNDS = 1, 0
"""Nothing lies between them."""


def _as_text(value: object) -> object:
    """Write a number, or true, where a text stands: one odd member never loses the other cells."""
    return json.dumps(value) if isinstance(value, int | float) else value


_Odd = BeforeValidator(_as_text)
_Member = Annotated[Cell, _Odd]


class Period(TypedDict, total=False):
    """A period in a cell of the campaign's own."""

    __pydantic_config__ = ConfigDict(extra="forbid", str_strip_whitespace=True)  # type: ignore[misc]  # read by Pydantic

    started_on: Annotated[_Member, Field(description="Beginning: a day, a month or a year.", examples=["2015-03"])]
    ended_on: Annotated[_Member, Field(description="End, likewise, or `ongoing` (至今).", examples=["ongoing"])]


_Address = Annotated[
    Annotated[str, StringConstraints(max_length=LONGEST_ADDRESS), BeforeValidator(one_line)] | None,
    BeforeValidator(null_if_blank),
    _Odd,
]


class Row(TypedDict, total=False):
    """A row of a list in a cell of the campaign's own: a person, or a link."""

    __pydantic_config__ = ConfigDict(extra="forbid", str_strip_whitespace=True)  # type: ignore[misc]  # read by Pydantic

    name: Annotated[_Member, Field(description="姓名, or the words of a link.", examples=["李文博"])]
    role: Annotated[_Member, Field(description="角色 of a person: a code of the cell's options.", examples=["author"])]
    title: Annotated[_Member, Field(description="职务 of a person.", examples=["党支部书记"])]
    phone: Annotated[_Member, Field(description="联系电话 of a person.", examples=["13900000000"])]
    url: Annotated[_Address, Field(description="网址 of a link.", examples=["https://example.org/video/7"])]


def storable(value: object) -> object:
    """Keep a number that readers would write in different digits as a text, and drop rows without anything in them."""
    if isinstance(value, list):
        return [_as_row(row) for row in value if row not in ({}, None, "")]
    if not isinstance(value, int | float) or isinstance(value, bool):
        return value
    if not isfinite(value):
        raise PydanticCustomError("finite_number", "No number.")
    if abs(value) > LARGEST or _decimals(value) > DECIMALS:
        return str(value)
    return int(value) if value == int(value) else value


def _as_row(value: object) -> object:
    """Take a text in a list for the row that it stands for: an address for a link, anything else for a name."""
    text = _as_text(value)
    return {"url" if "://" in text else "name": text} if isinstance(text, str) else value


def _decimals(value: float) -> int:
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _tag(value: object) -> str:
    """The alternative of a value by its type in JSON; the brackets tell it from the name of a member."""
    if isinstance(value, bool):
        return "<boolean>"
    kinds = {int: "<number>", float: "<number>", dict: "<object>", list: "<array>"}
    return kinds.get(type(value), "<string>")


_Text = Annotated[Annotated[str, StringConstraints(max_length=LONGEST_TEXT)] | None, BeforeValidator(null_if_blank)]
_Number = Annotated[Value, WithJsonSchema({"type": "number", "minimum": -LARGEST, "maximum": LARGEST})]
CellValue = Annotated[
    Annotated[_Text, Tag("<string>")]
    | Annotated[StrictBool, Tag("<boolean>")]
    | Annotated[_Number, Tag("<number>")]
    | Annotated[Period, Tag("<object>")]
    | Annotated[Annotated[list[Row], Field(max_length=MOST_ROWS)], Tag("<array>")],
    Discriminator(_tag),
    BeforeValidator(storable),
]
"""Everything that can be stored in a cell; whether it suits the cell is a rule of the submission."""
_texts: Json = {"type": "object", "additionalProperties": {"type": "string", "maxLength": LONGEST_ADDRESS}}
StoredValue = Annotated[
    Value,
    WithJsonSchema(
        _texts
        | {
            "type": ["string", "boolean", "number", "object", "array"],
            "maxLength": LONGEST_TEXT,
            "minimum": -LARGEST,
            "maximum": LARGEST,
            "maxItems": MOST_ROWS,
            "items": _texts,
        }
    ),
]
"""The same as it is answered: members that are not filled are left out."""


class CellOption(Input):
    """An option of a choice, or a role of a person."""

    code: Code = Field(description="Stable code, which is what is stored.", examples=["author"])
    name: Name = Field(description="名称", examples=["执笔人"])


class OwnCell(Input):
    """A cell that the campaign adds to 附件2."""

    code: Code = Field(description="Stable code: its member of an application's `cells`.", examples=["team"])
    name: Name = Field(description="名称", examples=["创建团队"])
    name_en: Annotated[Prose, Field(max_length=100)] = Field(
        "", description="Name in English; empty for none.", examples=["Team"]
    )
    control: Control = Field(
        description="The way in which it is filled.", json_schema_extra=CONTROLS, examples=["persons"]
    )
    need: CellNeed = Field(description="It must, should or may be filled; a consent (承诺) is given by true.")
    blind: Annotated[bool, Field(strict=True)] = Field(
        description="True if it is hidden from the judges of a blind round; a telephone number always is.",
        examples=[True],
    )
    public: Annotated[bool, Field(strict=True)] = Field(
        description="True if everybody reads it with an award; telephone numbers are left out.", examples=[False]
    )
    minimum: Annotated[int, Field(strict=True, ge=-LARGEST, le=LARGEST)] | None = Field(
        None,
        description="The least: characters of a line, 字 of a text, a number, or rows of a list; null for none.",
        examples=[None],
    )
    maximum: Annotated[int, Field(strict=True, ge=-LARGEST, le=LARGEST)] | None = Field(
        None,
        description=f"The most: 1 (but of a number) to {LONGEST_LINE}, {LONGEST_TEXT}, {LARGEST} or {MOST_ROWS}.",
        examples=[10],
    )
    options: list[CellOption] = Field(
        [], description="Options of a choice, or roles of persons; empty: any role.", max_length=50
    )
    stamp: Name | None = Field(
        None,
        description="Words beside the stamp of a body below those who recommend, which gives its opinion in this cell "
        "and stamps the same paper; it is blind, and not public. Null for none.",
        examples=["村（社区）盖章"],
    )
    help: Annotated[Prose, Field(max_length=500)] = Field("", description="填写说明", examples=["按贡献大小排列。"])

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for contradiction in chain(self._of_limits(), self._of_options(), self._of_stamp()):
            raise contradiction
        if self.control is CellControl.PHONE and self.public:
            raise self.contradiction("a telephone number is not public", "public")
        return self

    def _of_limits(self) -> Iterator[Contradiction]:
        least, most = BOUNDS.get(self.control, NO_BOUNDS)
        for name in ("minimum", "maximum"):
            limit = getattr(self, name)
            if name == "maximum" and self.control is not CellControl.NUMBER:
                least = max(least, 1)  # nothing could be filled in
            if limit is not None and not least <= limit <= most:
                yield self.contradiction("a cell of this kind has no such limit", name)
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            yield self.contradiction("a cell's minimum is above its maximum", "maximum")

    def _of_options(self) -> Iterator[Contradiction]:
        if self.options and self.control not in {CellControl.CHOICE, CellControl.PERSONS}:
            yield self.contradiction("a cell of this kind has no options", "options")
        if self.control is CellControl.CHOICE and not self.options:
            yield self.contradiction("a choice needs options", "options")
        for index in repeated([option.code for option in self.options]):
            yield self.contradiction("a code occurs twice", "options", index, "code")
        for index in repeated([comparable(option.name) for option in self.options]):
            yield self.contradiction("two options have the same name", "options", index, "name")

    def _of_stamp(self) -> Iterator[Contradiction]:
        if self.stamp and self.control not in STAMPED:
            yield self.contradiction("a cell of this kind is not stamped", "stamp")
        if self.stamp and (self.public or not self.blind):
            yield self.contradiction("an opinion is blind, and not public", "public" if self.public else "blind")

    def stored(self) -> Json:
        """Return the stored document: without a stamp as it was before there were any, with its digest."""
        return self.model_dump(mode="json", exclude=None if self.stamp else {"stamp"})

    def said(self, language: Language) -> str:
        return self.name_en if self.name_en and language is Language.EN else self.name
