"""Former names (曾用名) of committees and units: kept when they are renamed, read beside the present one, searched."""

from datetime import datetime
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, Text, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from app.context import Context
from app.models import Committee, FormerName, Unit
from app.services.history import change
from app.services.pages import compared
from app.services.policies import Event

Organisation = TypeVar("Organisation", Committee, Unit)
_NONE = literal_column("'[]'::jsonb", JSONB)
_HOLDER = {Committee: FormerName.committee_id, Unit: FormerName.unit_id}


def change_and_remember(ctx: Context, row: Committee | Unit, event: Event, changes: dict[str, Any]) -> None:
    """Change an organisation; if that renames it, keep the name it had until now."""
    if "name" in changes:
        holder = {_HOLDER[type(row)].key: row.id}
        ctx.session.add(FormerName(**holder, name=row.name, until=ctx.now))
    change(ctx, row, event, **changes)


def listed(kind: type[Committee | Unit]) -> ColumnElement[list[dict[str, Any]]]:
    """Select the former names of each row, the latest first: each began where the one before ended, or with the row."""
    earlier = func.lag(FormerName.until).over(order_by=(FormerName.until, FormerName.id))
    held = (
        select(FormerName.name, func.coalesce(earlier, kind.created_at).label("since"), FormerName.until)
        .where(_HOLDER[kind] == kind.id)
        .correlate(kind)
        .subquery()
    )
    one = func.jsonb_build_object(*chain.from_iterable((column.key, column) for column in held.c))
    return (
        select(func.coalesce(func.jsonb_agg(aggregate_order_by(one, held.c.until.desc())), _NONE))
        .scalar_subquery()
        .label("former_names")
    )


def of(kind: type[Organisation], alike: list[str]) -> Select[Organisation, str, datetime]:
    """Select and lock those in use that had a name which looks like one of these, with that name and its last day."""
    return (
        select(kind, FormerName.name, FormerName.until)
        .join(FormerName, _HOLDER[kind] == kind.id)
        .where(kind.retired_at.is_(None), compared(FormerName.name).in_(alike))
        .order_by(FormerName.until)
        .with_for_update(key_share=True, of=kind)
    )


def found(kind: type[Committee | Unit], asked: ColumnElement[str]) -> ColumnElement[bool]:
    """Compare the former names of each row with a comparable text."""
    return kind.id.in_(select(_HOLDER[kind]).where(func.strpos(compared(FormerName.name), asked) > 0))


def searched(kind: type[Committee | Unit]) -> ColumnElement[str]:
    """Select the former names of each row as one text, for the search."""
    names = func.string_agg(FormerName.name, literal_column("chr(10)"), type_=Text)
    return (
        select(func.coalesce(names, literal_column("''")))
        .where(_HOLDER[kind] == kind.id)
        .correlate(kind)
        .scalar_subquery()
    )
