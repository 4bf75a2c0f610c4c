"""Basis of all tables: names of constraints, types, identity and version."""

from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Column, Computed, DateTime, Enum, Index, Integer, MetaData, Text, inspect
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.util import immutabledict
from uuid_utils.compat import uuid7

from app.comparable import same_value


class _Json(JSONB):
    """A document, compared as JSON: Python takes true for 1, and would not write the change of one into the other."""

    def compare_values(self, x: Any, y: Any) -> bool:
        return same_value(x, y)


class Base(DeclarativeBase):
    """Every table has a UUIDv7 key: sortable by the time of its making, guessable by nobody."""

    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pkey",
            "fk": "%(table_name)s_%(column_0_name)s_fkey",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "ck": "%(table_name)s_%(constraint_name)s_check",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: _Json,
        list[str]: _Json,
        list[dict[str, Any]]: _Json,
        list[int]: _Json,
        StrEnum: Enum(
            StrEnum,
            native_enum=False,
            create_constraint=True,
            length=32,
            values_callable=lambda kind: [member.value for member in kind],
        ),
    }

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)

    def __init__(self, **values: Any) -> None:
        """Apply the columns' defaults at once, not at the flush: the history digests what is really stored."""
        for name, default in _defaults(type(self)).items():
            if name not in values:
                values[name] = default(None) if callable(default) else default
        for name, value in values.items():
            setattr(self, name, value)


DERIVED = {"derived": True}
"""Mark of a column that follows from others of its row: it is no part of what the history digests."""


BY_LISTS_ALONE = immutabledict({"exclude_properties": ["searched", "grams"]})
"""Mark of a model that leaves `searched_columns` to its table: only the database writes and only lists read them."""


def searched_columns(*columns: str) -> tuple[Column[str], Column[list[int]], Index]:
    """Make the columns of a row's searched text and its grams, and their index: the table's, not the model's."""
    text = lines(*columns)
    searched = Column("searched", Text, Computed(text, persisted=True), nullable=False, info=DERIVED)
    kept = Computed(f"grams({text}, true)", persisted=True)
    return searched, Column("grams", ARRAY(Integer), kept, nullable=False, info=DERIVED), grams_index()


def lines(*columns: str) -> str:
    """The comparable forms of some columns, one a line, in SQL."""
    return " || E'\\n' || ".join(f"coalesce(comparable({name}), '')" for name in columns)


def grams_index() -> Index:
    """The index of grams, with no more of the newest than a search soon walks through."""
    return Index(None, "grams", postgresql_using="gin", postgresql_with={"gin_pending_list_limit": "512"})


class Versioned:
    """A row people edit: `version` counts its changes, is its ETag, and decides between two editors."""

    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


@cache
def _defaults(model: type[Base]) -> dict[str, Any]:
    """A model's columns that have a default, with the value or what makes it."""
    columns: Any = inspect(model).columns
    return {column.key: column.default.arg for column in columns if column.default is not None}
