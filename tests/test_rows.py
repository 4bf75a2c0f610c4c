"""Typed rows: checked against the statement at import, made by position, and never a surprise to their reader."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Text, bindparam, cast, select

from app.context import ANONYMOUS
from app.database import Database, Query
from app.models import Committee
from app.models.enums import OrganisationStatus
from app.rows import row_type, values_of
from app.services.pages import Listing
from tests.world import World

_NAMES = select(Committee.id, Committee.code, Committee.name).order_by(Committee.code)


@row_type
class Named:
    """A committee in a list."""

    id: UUID
    code: str
    name: str


@row_type
class Whole(Named):
    """The same with more columns: the statement adds them, the type inherits."""

    kind: str
    retired_at: datetime | None


NAMED = Query(_NAMES, Named)
WHOLE = Query(_NAMES.add_columns(Committee.kind, Committee.retired_at), Whole)
LISTED = Listing(_NAMES.order_by(None), Committee.id, Named)


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ((Committee.id, Committee.code), "name is no column"),
        ((Committee.id, Committee.code, Committee.name, Committee.kind), "kind is no field"),
        ((Committee.id, Committee.name, Committee.code), r"the columns come as \['id', 'name', 'code'\]"),
        ((Committee.id, Committee.code, Committee.name.label("title")), "name is no column, title is no field"),
        ((Committee.id, Committee.code, Committee.name, Committee.name), r"the columns come as \["),
    ],
    ids=["missing", "additional", "order", "renamed", "twice"],
)
def test_a_row_that_is_not_as_its_statement_is_refused_at_import(columns: tuple[object, ...], complaint: str) -> None:
    with pytest.raises(TypeError, match=f"^Named: .*{complaint}"):
        Query(select(*columns), Named)  # type: ignore[call-overload]  # columns of any type
    with pytest.raises(TypeError, match=f"^Named: .*{complaint}"):
        Listing(select(*columns), Committee.id, Named)  # type: ignore[call-overload]  # columns of any type


async def test_a_row_has_what_its_type_says(world: World) -> None:
    made = await world.committee()
    async with world.database.reading() as reader:
        assert await NAMED.rows(reader) == [Named(made.id, made.code, made.name)]
        assert await WHOLE.one(reader) == Whole(made.id, made.code, made.name, made.kind, None)


@row_type
class Coded:
    """A code that may be missing."""

    code: OrganisationStatus | None


async def test_a_code_is_a_member_of_its_enumeration_and_null_stays_null(database: Database) -> None:
    retired = OrganisationStatus.RETIRED
    given = bindparam("given", type_=Text)
    query = Query(select(cast(given, Text).label("code")), Coded)
    async with database.reading() as reader:
        assert [await query.one(reader, given=each) for each in (retired.value, None)] == [Coded(retired), Coded(None)]
        with pytest.raises(KeyError):
            await query.one(reader, given="no such code")


async def test_a_page_of_typed_rows_has_its_total_beside_them(world: World) -> None:
    made = [await world.committee() for _ in range(3)]
    async with world.viewing(ANONYMOUS) as view:
        first = await LISTED.page(view, after=None, limit=2)
        rest = await LISTED.page(view, after=first.next_id, limit=2)
    assert [row.id for row in (*first.rows, *rest.rows)] == sorted(each.id for each in made)
    assert (first.total, rest.total, first.next_id, rest.next_id) == (3, 3, first.rows[-1].id, None)


class Output(BaseModel):
    """An answer made from a row."""

    model_config = ConfigDict(from_attributes=True)
    code: str
    name: str


def test_an_answer_is_made_from_a_row_and_a_changed_row_is_another() -> None:
    row = Named(UUID(int=1), "A", "甲")
    other = replace(row, name="乙")
    assert (row.name, other.name) == ("甲", "乙")
    assert Output.model_validate(other).model_dump() == {"code": "A", "name": "乙"}
    assert values_of(other) == {"id": UUID(int=1), "code": "A", "name": "乙"}
