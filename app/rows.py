"""Rows of a query: a slots dataclass whose fields are the statement's labels, checked at import.

A row is built by position, which costs half of a dictionary. The type checker treats it as frozen; at runtime it is
not, because a frozen dataclass costs four times as much to make.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from types import UnionType
from typing import Any, Union, dataclass_transform, get_args, get_origin, get_type_hints

from typing_extensions import TypeVar

T = TypeVar("T")
R = TypeVar("R", default=dict[str, Any])
R_co = TypeVar("R_co", default=dict[str, Any], covariant=True)
"""The type of a query's rows; a dictionary unless it names one."""


@dataclass_transform(frozen_default=True)
def row_type(cls: type[T]) -> type[T]:
    """Declare the type of a query's rows. Nobody changes a row: `replace(row, name=value)` makes another."""
    return dataclass(slots=True)(cls)


def values_of(row: Any) -> dict[str, Any]:
    """The row's fields by name, for an answer that has more members than the row."""
    return {name: getattr(row, name) for name in row.__match_args__}


def builder(row: type[R], labels: Sequence[str]) -> Callable[[Any], R]:
    """Build rows from records with these labels; TypeError names every field that is not as the statement has it.

    PostgreSQL answers codes as text; a field whose type is an enumeration gets the member.
    """
    if row is dict:
        return row
    names = [field.name for field in fields(row)]  # type: ignore[arg-type]  # every row type is a dataclass
    _check(row, names, list(labels))
    hints = get_type_hints(row)
    codes = [(place, known) for place, name in enumerate(names) if (known := _members(hints[name]))]
    return _decoding(row, codes) if codes else lambda record: row(*record)


def _check(row: type[Any], names: list[str], labels: list[str]) -> None:
    if names == labels:
        return
    complaints = [f"{name} is no column" for name in names if name not in labels] + [
        f"{label} is no field" for label in labels if label not in names
    ]
    raise TypeError(f"{row.__qualname__}: {', '.join(complaints) or f'the columns come as {labels}'}")


def _decoding(row: type[R], codes: Sequence[tuple[int, dict[str | None, StrEnum | None]]]) -> Callable[[Any], R]:
    def build(record: Any) -> R:
        values = [*record]
        for place, known in codes:
            values[place] = known[values[place]]
        return row(*values)

    return build


def _members(hint: Any) -> dict[str | None, StrEnum | None]:
    """The enumeration a field is declared as, by code; empty for any other field."""
    kinds = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return {None: None} | {member.value: member for member in kind}
    return {}
