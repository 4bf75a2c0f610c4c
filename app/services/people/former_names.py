"""Former names (曾用名) of committees and units: kept when they are renamed, read beside the present one, searched."""

from datetime import date, datetime
from itertools import chain
from typing import Annotated, Any, TypeVar

from pydantic import Field
from sqlalchemy import ColumnElement, Select, Text, case, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from app.context import Context
from app.models import Committee, FormerName, Unit
from app.services.history import change
from app.services.pages import compared
from app.services.policies import Event, refuse
from app.services.policies.people import former_names as policy

Organisation = TypeVar("Organisation", Committee, Unit)
EffectiveOn = Annotated[
    date,
    Field(
        description="更名日期, the day from which the new `name` holds by the decision that gave it: not after today, "
        "not before the last renaming. By default it holds from now. Without a new name it corrects the day of the "
        "last renaming.",
        examples=["2015-04-01"],
    ),
]
_NONE = literal_column("'[]'::jsonb", JSONB)
_HOLDER = {Committee: FormerName.committee_id, Unit: FormerName.unit_id}


async def change_and_remember(
    ctx: Context, row: Committee | Unit, event: Event, changes: dict[str, Any], effective_on: date | None
) -> None:
    """Change an organisation; if that renames it, keep the name it had until now, or until that day.

    Without a new name the day corrects that of the last renaming.
    """
    dated = await _date(ctx, row, effective_on, renamed="name" in changes)
    if changes or dated:
        change(ctx, row, event, data=dated, **changes)


async def _date(ctx: Context, row: Committee | Unit, effective_on: date | None, *, renamed: bool) -> dict[str, str]:
    """Keep the end of the name before, and return what the history says of the day."""
    if not renamed and effective_on is None:
        return {}
    holder = _HOLDER[type(row)]
    latest = select(FormerName).where(holder == row.id).order_by(FormerName.until.desc(), FormerName.id.desc())
    former = (await ctx.session.scalars(latest.limit(2))).all()
    ends = [each.until for each in former]
    refuse(policy.findings(effective_on, ends, ctx.now, renamed=renamed))
    until = policy.end(effective_on, ends, ctx.now, renamed=renamed)
    if renamed:
        ctx.session.add(FormerName(**{holder.key: row.id}, name=row.name, until=until))
    elif until == ends[0]:
        return {}
    else:
        former[0].until = until
    return {"effective_on": effective_on.isoformat()} if effective_on else {}


def listed(kind: type[Committee | Unit]) -> ColumnElement[list[dict[str, Any]]]:
    """Select the former names of each row, the latest first: each began where the one before ended, or with the row.

    When the first began is not known where it ended before the row was there.
    """
    earlier = func.lag(FormerName.until).over(order_by=(FormerName.until, FormerName.id))
    begun = case((kind.created_at <= FormerName.until, kind.created_at))
    held = (
        select(
            FormerName.name,
            func.coalesce(earlier, begun).label("since"),
            FormerName.until,
        )
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
