"""Units (文明单位): each under one committee; registered, changed, retired, reinstated, never deleted."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from app import credit_codes
from app.comparable import bare
from app.context import ACTOR_COMMITTEE, ACTOR_UNIT, Context, View, acting_as
from app.database import Query, bound_id
from app.inputs import Input, Name, unsent
from app.models import Committee, Unit
from app.models.enums import CreditCodeDoubt, Role
from app.problems import RulesViolated
from app.rows import row_type
from app.services import limits
from app.services.history import change, create, differing, expect
from app.services.pages import FilterValue, Listing, Page, among, exactly, searching, updated_since
from app.services.people import committees, former_names, vocabularies
from app.services.people.former_names import EffectiveOn
from app.services.policies import (
    REQUIRED,
    UNKNOWN_REFERENCE,
    Offered,
    Record,
    actions,
    judge,
    permit,
    refuse,
    require_role,
)
from app.services.policies.constraints import ALREADY_EXISTS
from app.services.policies.limits import TOO_MANY_UNITS, Quotas
from app.services.policies.people import units as policy
from app.services.policies.people.committees import status_of
from app.services.policies.people.units import UNIT_RETIRED, UnitFacts
from app.services.policies.people.vocabularies import HONOUR_LEVEL, MOST_WORDS, HonourLevel

VISIBLE = or_(
    acting_as(Role.OFFICE),
    and_(acting_as(Role.COMMITTEE), Unit.committee_id == ACTOR_COMMITTEE),
    and_(acting_as(Role.UNIT), Unit.id == ACTOR_UNIT),
)
"""The office sees all, a committee its own, a unit itself, nobody else any."""


@row_type
class UnitRow:
    """A unit with the name of its committee; `retired` counts the retirement of either."""

    id: UUID
    version: int
    committee_id: UUID
    committee_name: str
    direct: bool
    name: str
    honour_level: str
    credit_code: str | None
    credit_code_doubt: CreditCodeDoubt | None
    retired: bool
    retired_at: datetime | None
    created_at: datetime
    updated_at: datetime


@row_type
class UnitDetail(UnitRow):
    """A unit by itself, with the names it had."""

    former_names: list[dict[str, str]]


_another = aliased(Unit)
_has_the_code = and_(_another.credit_code == Unit.credit_code, _another.id != Unit.id)
_SHARED = and_(acting_as(Role.OFFICE), exists().where(_has_the_code))
"""No two units of a committee have one code, and only the office sees units of several."""
_RETIRED = or_(Unit.retired_at.is_not(None), Committee.retired_at.is_not(None))
_UNITS = (
    select(
        Unit.id,
        Unit.version,
        Unit.committee_id,
        Committee.name.label("committee_name"),
        Committee.direct,
        Unit.name,
        Unit.honour_level,
        Unit.credit_code,
        Unit.credit_code_doubt,
        _RETIRED.label("retired"),
        Unit.retired_at,
        Unit.created_at,
        Unit.updated_at,
    )
    .join(Committee, Committee.id == Unit.committee_id)
    .where(VISIBLE)
)
_UNIT = Query(_UNITS.add_columns(former_names.listed(Unit)).where(Unit.id == bound_id("unit_id")), UnitDetail)
FILTERS = {
    "committee_id": exactly(Unit.committee_id, UUID, "Only of this committee."),
    "direct": exactly(Committee.direct, bool, "Only those without a committee (true), or only the others (false)."),
    "honour_level": among(
        Unit.honour_level, HonourLevel, "Only of these levels; an unknown code finds nothing.", max_length=MOST_WORDS
    ),
    "retired": exactly(
        _RETIRED, bool, "Only those that count as retired (true), themselves or their committee; or the others."
    ),
    "shared_code": exactly(
        _SHARED, bool, "Only those whose credit code another unit that you see has, too (true); or the others."
    ),
    "credit_code_doubt": among(
        Unit.credit_code_doubt, CreditCodeDoubt, "Only those whose code is doubtful so, and not confirmed."
    ),
    "updated_since": updated_since(Unit.updated_at),
    "q": searching(
        "In the name, a former name or the credit code.",
        Unit.__table__.c.searched,
        Unit.__table__.c.grams,
        partial(former_names.found, Unit),
    ),
}
_PAGES = Listing(_UNITS, Unit.id, UnitRow, filters=FILTERS)
_LOCKED = select(Unit).where(Unit.id == bindparam("unit_id")).where(VISIBLE).with_for_update()
_BY_CODE = (
    select(Unit).where(Unit.credit_code == bindparam("credit_code"), Unit.retired_at.is_(None)).where(VISIBLE).limit(1)
)
_PARENT = select(Committee).where(Committee.id == bindparam("committee_id")).where(committees.VISIBLE)


def _checked(code: str) -> str:
    plain = bare(code)
    if not credit_codes.FORM.fullmatch(plain):
        raise PydanticCustomError("invalid_credit_code", "Not a unified social credit code.")
    return plain


CreditCode = Annotated[
    str,
    Field(
        max_length=40,
        description="统一社会信用代码: 18 letters and figures; in groups, in full width or in lower case, too. One that"
        " fails its check digit (GB 32100-2015) is taken, with advice until the office confirms it. No two units of a"
        " committee have the same.",
        examples=["91350100M000100Y43"],
    ),
    AfterValidator(_checked),
]
UnitName = Annotated[Name, Field(description="单位名称; a committee has no two of the same.", examples=["龙华社区"])]


class UnitEntry(Input):
    """A unit as a list of units has it."""

    name: UnitName
    honour_level: HonourLevel
    credit_code: CreditCode | None = Field(None)


class UnitCreate(UnitEntry):
    """Register a unit: under a committee, or without one."""

    committee_id: UUID | None = Field(
        None,
        description="The committee; a committee may leave it out and means itself. The office writes null for a unit "
        "that no committee stands above (直属单位), and acts for it then.",
    )


class UnitChange(Input):
    """Change a unit: what is named is set, null clears, the rest stays."""

    name: UnitName = Field(default_factory=unsent)
    effective_on: EffectiveOn = Field(default_factory=unsent)
    honour_level: HonourLevel = Field(default_factory=unsent)
    credit_code: CreditCode | None = Field(None)


async def register(ctx: Context, body: UnitCreate, most: Quotas) -> UUID:
    """Register a unit: the office under any committee or under none, a committee under itself."""
    require_role(ctx.actor.role, *policy.KEEPERS)
    committee = await _parent(ctx, body)
    refuse([UNIT_RETIRED("/committee_id")] if committee.retired_at else [])
    if ctx.actor.role is Role.COMMITTEE:
        await limits.hold(ctx, committee.id)
        of_committee = Unit.committee_id == committee.id
        await limits.require_one_more(ctx, TOO_MANY_UNITS, most.units_per_committee, of_committee)
    await vocabularies.require(ctx, HONOUR_LEVEL, {"/honour_level": body.honour_level})
    unit = Unit(**(body.model_dump() | {"committee_id": committee.id}))
    await _refuse_shared_code(ctx, unit.credit_code)
    return create(ctx, unit, policy.CREATED).id


async def _parent(ctx: Context, body: UnitCreate) -> Committee:
    """Return the committee a new unit belongs to, or the one that stands for units without any."""
    committee_id = body.committee_id or ctx.actor.committee_id
    if committee_id is None and "committee_id" in body.model_fields_set:
        return await committees.of_direct_units(ctx)
    if committee_id is None:
        raise RulesViolated([REQUIRED("/committee_id", label="党（工）委（直属单位填 null）")])
    committee: Committee | None = await ctx.find(_PARENT, committee_id=committee_id)
    if committee is None:
        raise RulesViolated([UNKNOWN_REFERENCE("/committee_id")])
    return committee


async def edit(ctx: Context, unit_id: UUID, body: UnitChange, version: int | None) -> None:
    """Change what was named and differs."""
    unit = await get(ctx, unit_id)
    permit(policy.CHANGE, role=ctx.actor.role, status=status_of(unit.retired_at))
    expect(unit, version)
    values = body.model_dump(exclude_unset=True)
    effective_on = values.pop("effective_on", None)
    changes = differing(unit, values)
    await vocabularies.require(ctx, HONOUR_LEVEL, {"/honour_level": changes.get("honour_level")})
    await _refuse_shared_code(ctx, changes.get("credit_code"))
    await former_names.change_and_remember(ctx, unit, policy.CHANGE.event, changes, effective_on)


async def _refuse_shared_code(ctx: Context, code: str | None) -> None:
    """Refuse the office a code that some unit has; a committee is not to learn it, and the office finds it later."""
    if ctx.actor.role is Role.OFFICE and code:
        holder: Unit | None = await ctx.find(_BY_CODE, credit_code=code)
        refuse([ALREADY_EXISTS("/credit_code")] if holder else [])


async def retire(ctx: Context, unit_id: UUID) -> None:
    """Retire a unit: it begins nothing new; nothing it has is touched."""
    unit = await get(ctx, unit_id)
    permit(policy.RETIRE, role=ctx.actor.role, status=status_of(unit.retired_at))
    change(ctx, unit, policy.RETIRE.event, retired_at=ctx.now)


async def reinstate(ctx: Context, unit_id: UUID, version: int | None) -> None:
    """Let a retired unit take part again, as far as its committee does."""
    unit = await get(ctx, unit_id)
    permit(policy.REINSTATE, role=ctx.actor.role, status=status_of(unit.retired_at))
    expect(unit, version)
    change(ctx, unit, policy.REINSTATE.event, retired_at=None)


async def confirm_credit_code(ctx: Context, unit_id: UUID) -> None:
    """Settle the doubt about a unit's code: it is the one in use."""
    unit = await get(ctx, unit_id)
    judge(policy.CONFIRM_CREDIT_CODE, ctx.actor.role, facts_of(unit))
    change(ctx, unit, policy.CONFIRM_CREDIT_CODE.event, credit_code_doubt=None)


async def get(ctx: Context, unit_id: UUID) -> Unit:
    """The unit, locked for a change; NotFound unless the actor may see it."""
    return await ctx.lock(_LOCKED, unit_id=unit_id)


async def read(view: View, unit_id: UUID) -> Record[UnitDetail]:
    """One unit; NotFound unless visible."""
    row = await view.get(_UNIT, unit_id=unit_id)
    return Record(row, _actions(view, row))


async def offered(view: View, rows: Sequence[UnitRow]) -> dict[UUID, Offered]:
    """Return the acts on each of these units, for the rows of a list."""
    return {row.id: _actions(view, row) for row in rows}


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[UnitRow]:
    return await _PAGES.page(view, after=after, limit=limit, **filters)


def _actions(view: View, row: UnitRow) -> Offered:
    return actions(policy.ACTS, view.actor.role, facts_of(row))


def facts_of(unit: Unit | UnitRow) -> UnitFacts:
    """Return the values that the rules of a unit judge."""
    return UnitFacts(status_of(unit.retired_at), unit.credit_code, unit.credit_code_doubt)
