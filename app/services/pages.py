"""Pages of a list: a total order by id, an opaque cursor, and the count of what the caller may see."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, overload
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, Uuid, bindparam, func, or_, select

from app.context import View
from app.database import Query, Row
from app.rows import R_co, builder

Rows = Select[*tuple[Any, ...]]


def contains(text: ColumnElement[str], *columns: Any) -> ColumnElement[bool]:
    """One of the columns has the text in it, as typed: no letter of it is a wildcard, and case does not matter."""
    return text.is_(None) | or_(*(func.strpos(func.lower(column), func.lower(text)) > 0 for column in columns))


@dataclass(frozen=True, slots=True)
class Page(Generic[R_co]):
    """The rows of one page, where the next one begins, and how many there are in all."""

    rows: Sequence[R_co]
    next_id: UUID | None
    total: int


class Listing(Generic[R_co]):
    """A statement read page by page, in the order of its id column: UUIDv7, so oldest (or newest) first.

    The statement gets one more column, the total, which is not part of a typed row.
    """

    @overload
    def __init__(self: "Listing[Row]", statement: Rows, key: Any, *, newest_first: bool = False) -> None: ...
    @overload
    def __init__(self, statement: Rows, key: Any, row: type[R_co], *, newest_first: bool = False) -> None: ...
    def __init__(self, statement: Rows, key: Any, row: type[Any] = dict, *, newest_first: bool = False) -> None:
        after = bindparam("after", type_=Uuid)
        total = select(func.count()).select_from(statement.order_by(None).subquery())
        self._total = Query(total.with_only_columns(func.count().label("total")))
        self._rows = Query(
            statement.add_columns(total.scalar_subquery().label("total"))
            .where(after.is_(None) | (key < after if newest_first else key > after))
            .order_by(key.desc() if newest_first else key)
            .limit(bindparam("limit", type_=Integer))
        )
        built = builder(row, [column.name for column in statement.exported_columns])
        self._built = built if row is dict else lambda record: built(record[:-1])

    async def page(self, view: View, *, after: UUID | None, limit: int, **filters: Any) -> Page[R_co]:
        found = await view.records(self._rows, after=after, limit=limit + 1, **filters)
        page, more = found[:limit], len(found) > limit
        total = found[0]["total"] if found else await self._count(view, after, filters)
        return Page([self._built(record) for record in page], page[-1]["id"] if more else None, total)

    async def _count(self, view: View, after: UUID | None, filters: dict[str, Any]) -> int:
        row = await view.one(self._total, **filters) if after else None
        return row["total"] if row else 0


def cursor_of(row_id: UUID | None) -> str | None:
    return base64.urlsafe_b64encode(row_id.bytes).decode().rstrip("=") if row_id else None


def id_of(cursor: str | None) -> UUID | None:
    """The row a cursor stands at; ValueError for one that nobody was given."""
    if cursor is None:
        return None
    return UUID(bytes=base64.urlsafe_b64decode(cursor + "=="))
