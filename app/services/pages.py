"""Pages of a list: filters, a total order by id, an opaque cursor, and the count of what the caller may see."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, Generic, Literal, Protocol, get_args, get_origin, overload
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    SQLColumnExpression,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.types import TypeEngine

from app.context import View
from app.database import Query, Row, bound_id
from app.inputs import Moment, Name
from app.rows import R, R_co, builder

Rows = Select[*tuple[Any, ...]]
Expression = SQLColumnExpression[object]
"""A column, or any other expression of a statement."""
Sought = Callable[[ColumnElement[str]], ColumnElement[bool]]
"""A condition on the comparable form of what is searched for."""
Identity = SQLColumnExpression[UUID]
"""The expression a list is ordered by, and its cursor made of."""
FilterValue = UUID | str | int | datetime | Sequence[UUID] | Sequence[str] | None
"""The value of a list's filter; None for one that was not sent."""

_SQL_TYPES: tuple[tuple[type, TypeEngine[Any]], ...] = (
    (UUID, Uuid()),
    (bool, Boolean()),
    (int, Integer()),
    (datetime, DateTime(timezone=True)),
    (str, Text()),
)
"""The SQL type a filter's value is bound as: the first that fits, since a bool is an int."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of a list: the type of its value, its description in the contract, and the condition it sets.

    Nothing is filtered by a value that is not sent, unless there is a default. `limits` are Pydantic's, such as
    `max_length`. Its name, of the query parameter and of the bind parameter alike, is its key in the list's `FILTERS`.
    """

    kind: Any
    description: str
    condition: Callable[[ColumnElement[Any]], ColumnElement[bool]]
    default: FilterValue = None
    limits: Mapping[str, Any] = field(default_factory=dict)

    def clause(self, name: str) -> ColumnElement[bool]:
        """Return the condition on the bind parameter of that name."""
        value: ColumnElement[Any] = bindparam(name, type_=_sql_type(self.kind))
        condition = self.condition(value)
        return value.is_(None) | condition if self.default is None else condition


def exactly(column: Expression, kind: Any, description: str, **limits: object) -> Filter:
    """Filter by one value of a column."""
    return Filter(kind, description, lambda value: column == value, limits=limits)


def among(column: Expression, kind: Any, description: str, max_length: int | None = None) -> Filter:
    """Filter by several values of a column, any of which matches: up to a maximum, or all of a vocabulary."""
    limits = {"max_length": max_length or len(kind)}
    return Filter(list[kind], description, lambda value: column == value.any_(), limits=limits)


def updated_since(instant: Expression, note: str = "") -> Filter:
    """Filter by the time of the last change, for who keeps a copy: an index has it, the order stays that of ids."""
    return Filter(Moment, f"{_UPDATED_SINCE} {note}".strip(), lambda value: instant >= value)


_UPDATED_SINCE = (
    "Only those last changed at or after this instant. To keep a copy, ask from some minutes before you last asked: a "
    "change is dated by its beginning, and is seen at its end."
)


def containing(description: str, *columns: Expression) -> Filter:
    """Filter by a text that one of the columns has in it."""
    return Filter(Name, description, lambda text: _has(text, columns))


Filters = Mapping[str, Filter]
NO_FILTERS: Filters = MappingProxyType({})
NO_SORTS: Mapping[str, Expression] = MappingProxyType({})


def offered(filters: Filters) -> Filters:
    """Return the filters of a list, and with one by state the choice to count the rows in each."""
    counting = Filter(
        bool, "True: with `counts`, the rows in each state by all other filters.", lambda _: true(), default=False
    )
    return {**filters, COUNTS: counting} if STATUS in filters else filters


def clauses(filters: Mapping[str, Filter]) -> list[ColumnElement[bool]]:
    """Return the conditions of a list's filters; a `Listing` applies them by itself."""
    return [each.clause(name) for name, each in filters.items()]


def contains(text: ColumnElement[str], *columns: Expression) -> ColumnElement[bool]:
    """Apply `containing` by hand, where a statement is no `Listing`."""
    return text.is_(None) | _has(text, columns)


def _has(text: ColumnElement[str], columns: Sequence[Expression]) -> ColumnElement[bool]:
    """Search for what a reader sees: no letter of the text is a wildcard."""
    return or_(*(func.strpos(compared(column), compared(text)) > 0 for column in columns))


def searching(description: str, text: Expression, grams: Expression, beside: Sought | None = None) -> Filter:
    """Filter by what a searched text has in it, which its grams find, or by what is found beside it."""

    def condition(asked: ColumnElement[str]) -> ColumnElement[bool]:
        found = _found(text, grams, compared(asked))
        return or_(found, beside(compared(asked))) if beside else found

    return Filter(Name, description, condition)


def _found(text: Expression, grams: Expression, asked: ColumnElement[str]) -> ColumnElement[bool]:
    has_all = grams.op("@>", is_comparison=True)(func.grams(asked, func.length(asked) == 1))
    return and_(has_all, func.strpos(text, asked) > 0)


def named(name: str, value: Expression) -> tuple[Expression, Expression]:
    """Name a member of an object that the database makes."""
    return literal_column(f"'{name}'"), value


def compared(text: Expression) -> ColumnElement[str]:
    """Compute `comparable` where the columns are; case is all that PostgreSQL may fold otherwise, beyond ASCII."""
    return func.comparable(text, type_=Text)


def _sql_type(kind: Any) -> TypeEngine[Any]:
    if kind is Moment:
        return DateTime(timezone=True)
    if get_origin(kind) is Annotated:
        return _sql_type(get_args(kind)[0])
    if get_origin(kind) is list:
        return ARRAY(_sql_type(get_args(kind)[0]))
    if get_origin(kind) is Literal:
        return _sql_type(type(get_args(kind)[0]))
    return next(sql for python, sql in _SQL_TYPES if issubclass(kind, python))


COUNTS = "counts"
"""The parameter that asks for them."""
STATUS = "status"
"""The filter by state: a list that has it can count its rows in each state, for the tabs of a screen."""
COUNTED = 1000
"""The rows that a list counts: to count on would cost as much as to read them all."""


@dataclass(frozen=True, slots=True)
class StateCount:
    """The rows of a list in one state: all of them, or so many at least."""

    status: str
    count: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Page(Generic[R_co]):
    """The rows of one page, where the next one begins, and how many there are in all, or at least."""

    rows: Sequence[R_co]
    next_id: UUID | None
    total: int
    total_exact: bool = True
    counts: Sequence[StateCount] = ()

    @classmethod
    def counted(cls, rows: Sequence[R_co], next_id: UUID | None, found: int) -> "Page[R_co]":
        """A page of a list of which so many rows were found; none was looked for beyond the first too many."""
        return cls(rows, next_id, min(found, COUNTED), found <= COUNTED)

    def of(self, rows: Sequence[R]) -> "Page[R]":
        """The same page, with something made of each of its rows."""
        return Page(rows, self.next_id, self.total, self.total_exact, self.counts)


class Listing(Generic[R_co]):
    """A statement read page by page, in the order of its id column: UUIDv7, so oldest (or newest) first.

    The filters' conditions are part of the statement. It gets one more column, the total, which is not part of a typed
    row. `tie` is the key beside which the values of the `sorts` are, if it is another.
    """

    @overload
    def __init__(
        self: "Listing[Row]",
        statement: Rows,
        key: Identity,
        *,
        filters: Filters = ...,
        newest_first: bool = False,
        sorts: Mapping[str, Expression] = ...,
        tie: Identity | None = ...,
    ) -> None: ...
    @overload
    def __init__(
        self,
        statement: Rows,
        key: Identity,
        row: type[R_co],
        *,
        filters: Filters = ...,
        newest_first: bool = False,
        sorts: Mapping[str, Expression] = ...,
        tie: Identity | None = ...,
    ) -> None: ...
    def __init__(
        self,
        statement: Rows,
        key: Identity,
        row: type[Any] = dict,
        *,
        filters: Filters = NO_FILTERS,
        newest_first: bool = False,
        sorts: Mapping[str, Expression] = NO_SORTS,
        tie: Identity | None = None,
    ) -> None:
        self._in_states = _in_each_state(statement, key, filters) if STATUS in filters else None
        statement = statement.where(*clauses(filters))
        after = bound_id("after")
        matching = statement.order_by(None).with_only_columns(key, maintain_column_froms=True)
        counted = matching.limit(bindparam("counted", type_=Integer)).subquery()
        total = select(func.count().label("total")).select_from(counted)
        self._total = Query(total)
        limit = bindparam("limit", type_=Integer)
        counting = statement.add_columns(total.scalar_subquery().label("total")).limit(limit)
        beyond = key < after if newest_first else key > after
        self._rows = Query(counting.where(after.is_(None) | beyond).order_by(key.desc() if newest_first else key))
        self._sorted = {name: Query(_sorted(counting, by, key if tie is None else tie)) for name, by in sorts.items()}
        built = builder(row, [column.name for column in statement.exported_columns])
        self._built = built if row is dict else lambda record: built(record[:-1])

    async def page(self, view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[R_co]:
        return await self._page(view, self._rows, after, limit, filters)

    async def sorted_page(
        self, view: View, by: str | None, *, after: UUID | None, limit: int, **filters: FilterValue
    ) -> Page[R_co]:
        """Return a page in the order of one of the list's `sorts`, or of its ids."""
        return await self._page(view, self._sorted[by] if by else self._rows, after, limit, filters)

    async def _page(
        self, view: View, query: Query[Any], after: UUID | None, limit: int, filters: dict[str, FilterValue]
    ) -> Page[R_co]:
        counts = await self._counts(view, filters) if filters.pop(COUNTS, None) else ()
        found = await view.records(query, after=after, limit=limit + 1, counted=COUNTED + 1, **filters)
        page, more = found[:limit], len(found) > limit
        total = found[0]["total"] if found else await self._count(view, after, filters)
        counted = Page.counted([self._built(record) for record in page], page[-1]["id"] if more else None, total)
        return replace(counted, counts=counts)

    async def _counts(self, view: View, filters: Mapping[str, FilterValue]) -> list[StateCount]:
        """Count the rows in each state, by all other filters."""
        assert self._in_states is not None, "it has no states to count"
        asked = {name: value for name, value in filters.items() if name not in {STATUS, COUNTS}}
        (found,) = await view.records(self._in_states, counted=COUNTED + 1, **asked)
        return [StateCount(status, min(count, COUNTED), count <= COUNTED) for status, count in found.items()]

    async def _count(self, view: View, after: UUID | None, filters: Mapping[str, FilterValue]) -> int:
        row = await view.one(self._total, counted=COUNTED + 1, **filters) if after else None
        return row["total"] if row else 0


def _in_each_state(statement: Rows, key: Identity, filters: Filters) -> Query[Row]:
    """Count the rows in each state, up to the bound, in one statement."""
    others = clauses({name: each for name, each in filters.items() if name != STATUS})
    matching = statement.where(*others).order_by(None).with_only_columns(key, maintain_column_froms=True)
    counted = bindparam("counted", type_=Integer)

    def count(status: str) -> ColumnElement[int]:
        such = matching.where(filters[STATUS].condition(cast(array([status]), ARRAY(Text)))).limit(counted).subquery()
        return select(func.count()).select_from(such).scalar_subquery().label(status)

    (states,) = get_args(filters[STATUS].kind)
    return Query(select(*map(count, get_args(states) or [each.value for each in states])))


class Search(Protocol[R_co]):
    """The function that reads one page of a concept's list."""

    async def __call__(self, view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[R_co]: ...


BATCH = 1000
"""The rows that are read at once where a whole list is wanted."""


async def whole(view: View, search: Search[R], filters: Filters, **wanted: FilterValue) -> list[R]:
    """Every row of a list, read in batches; filters that are not named are not set."""
    rows: list[R] = []
    page = await search(view, after=None, limit=BATCH, **(dict.fromkeys(filters) | wanted))
    while page.next_id:
        rows += page.rows
        page = await search(view, after=page.next_id, limit=BATCH, **(dict.fromkeys(filters) | wanted))
    return [*rows, *page.rows]


def _sorted(statement: Rows, by: Expression, tie: Identity) -> Rows:
    """Read a list by the values of an expression, and by id where they are equal; the cursor is the last row's id.

    An index on both is of use where the id is that of the table with the values; no value may be missing.
    """
    after = bound_id("after")
    last = statement.limit(None).with_only_columns(by, maintain_column_froms=True).where(tie == after).subquery()
    there = tuple_(by, tie) > tuple_(select(*last.c).scalar_subquery(), after)
    return statement.where(by.is_not(None), after.is_(None) | there).order_by(by, tie)


def cursor_of(row_id: UUID | None) -> str | None:
    return base64.urlsafe_b64encode(row_id.bytes).decode().rstrip("=") if row_id else None


def id_of(cursor: str | None) -> UUID | None:
    """Return the row of a cursor; ValueError for one that we never sent."""
    if cursor is None:
        return None
    return UUID(bytes=base64.urlsafe_b64decode(cursor + "=="))
