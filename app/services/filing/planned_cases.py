"""Planned cases: the rows of a plan, replaced as a whole, each with the application that came of it."""

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import (
    Integer,
    Text,
    Uuid,
    and_,
    case,
    cast,
    column,
    delete,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import LateralFromClause

from app.context import ACTOR_COMMITTEE, Context, View, acting_as
from app.database import Query, bound_id, bound_ids
from app.findings import Finding
from app.inputs import AsRead, Cell, Input
from app.models import Application, ApplicationVersion, Committee, Plan, PlannedCase, Unit
from app.models.enums import ApplicationStatus, PlanStatus, Role
from app.problems import NotFound
from app.rows import row_type, values_of
from app.services.filing import visibility
from app.services.policies import UNKNOWN_REFERENCE, refuse
from app.services.policies.filing.applications import FILED_STATES
from app.services.policies.filing.plans import unit_name_findings

_FOR_OFFICE = acting_as(Role.OFFICE)
_PLAN_ID, _PLAN_IDS = bound_id("plan_id"), bound_ids("plan_ids")
_id = itemgetter("id")
_LEFT_OUT = PlannedCase.position.is_(None)
_CASE = {"id": Uuid, "position": Integer, "name": Text, "unit_id": Uuid, "unit_name": Text, "category": Text}
_submitted = (
    func.jsonb_to_recordset(Plan.submitted_cases)
    .table_valued(*[column(name, kind) for name, kind in _CASE.items()])
    .render_derived(name="as_submitted", with_types=True)
)
_visible = union_all(
    select(
        PlannedCase.id,
        PlannedCase.position,
        PlannedCase.name,
        PlannedCase.unit_id,
        func.coalesce(Unit.name, PlannedCase.unit_name).label("unit_name"),
        PlannedCase.category,
        PlannedCase.plan_id,
    )
    .outerjoin(Unit, Unit.id == PlannedCase.unit_id)
    .where(~_FOR_OFFICE, PlannedCase.plan_id == _PLAN_IDS.any_(), ~_LEFT_OUT),
    select(*_submitted.c, Plan.id.label("plan_id"))
    .select_from(Plan)
    .join(_submitted, true())
    .where(_FOR_OFFICE, Plan.id == _PLAN_IDS.any_()),
).subquery("visible")
_planned = (
    select(_visible, PlannedCase.application_id.label("linked_id"))
    .outerjoin(PlannedCase, PlannedCase.id == _visible.c.id)
    .subquery("planned")
)
_theirs = (
    select(Application.id, Plan.id.label("plan_id"))
    .join(Plan, and_(Plan.campaign_id == Application.campaign_id, Plan.committee_id == Application.committee_id))
    .where(Plan.id == _PLAN_IDS.any_())
    .subquery("theirs")
)
_known = or_(~_FOR_OFFICE, Application.filed_version_id.is_not(None))
_filed_name = ApplicationVersion.brand_name
_applying = aliased(Unit)
_WITH_APPLICATION = (
    select(
        *[_planned.c[name] for name in _CASE],
        case((_known, Application.id)).label("application_id"),
        case((_known, Application.number)).label("application_number"),
        case((_FOR_OFFICE, _filed_name), else_=Application.brand_name).label("application_brand_name"),
        visibility.STATUS.label("application_status"),
        case((_known, _applying.name)).label("application_unit_name"),
    )
    .outerjoin(Application, Application.id == _theirs.c.id)
    .outerjoin(_applying, _applying.id == Application.unit_id)
    .outerjoin(ApplicationVersion, and_(_FOR_OFFICE, ApplicationVersion.id == Application.filed_version_id))
    .order_by(_planned.c.position, Application.id)
)
"""The office sees that an application exists and its state; its identity only once it was filed."""

_cells = (
    *("id", PlannedCase.id, "position", PlannedCase.position, "name", PlannedCase.name),
    *("unit_id", PlannedCase.unit_id, "unit_name", func.coalesce(Unit.name, PlannedCase.unit_name)),
    *("category", PlannedCase.category),
)
WRITTEN = func.coalesce(
    select(func.jsonb_agg(aggregate_order_by(func.jsonb_build_object(*_cells), PlannedCase.position)))
    .outerjoin(Unit, Unit.id == PlannedCase.unit_id)
    .where(PlannedCase.plan_id == Plan.id, ~_LEFT_OUT)
    .correlate(Plan)
    .scalar_subquery(),
    literal_column("'[]'::jsonb", JSONB),
)
"""The rows of a plan as its committee has written them, whether it has submitted them or not."""

_left = func.jsonb_build_array(PlannedCase.position, Committee.name)
UNITS_LEFT = func.coalesce(
    select(func.jsonb_agg(aggregate_order_by(_left, PlannedCase.position)))
    .join(Unit, Unit.id == PlannedCase.unit_id)
    .join(Committee, Committee.id == Unit.committee_id)
    .where(PlannedCase.plan_id == Plan.id, ~_LEFT_OUT, ~_FOR_OFFICE, Unit.committee_id != Plan.committee_id)
    .correlate(Plan)
    .scalar_subquery(),
    literal_column("'[]'::jsonb", JSONB),
)
"""Rows that name a unit which has left the plan's committee, with the committee it is in now."""

_measured = func.coalesce(Plan.promised_cases, Plan.submitted_cases)
_promised = (
    func.jsonb_to_recordset(case((Plan.submitted_at.is_not(None), _measured)))
    .table_valued(column("id", Uuid), column("name", Text))
    .render_derived(name="promised", with_types=True)
)
_itself = func.jsonb_build_object(literal_column("'id'"), cast(_promised.c.id, Text))
_dropped = ~Plan.submitted_cases.op("@>", is_comparison=True)(func.jsonb_build_array(_itself))
_filed = or_(*(Application.status == status for status in sorted(FILED_STATES)))


def delivery() -> LateralFromClause:
    """Select what a plan promised and what of it stands filed: the one count that every reader is given."""
    names = func.jsonb_agg(_promised.c.name).filter(_dropped)
    return (
        select(
            func.count(type_=Integer).label("planned"),
            func.count(type_=Integer).filter(_filed).label("delivered"),
            func.coalesce(names, literal_column("'[]'::jsonb", JSONB)).label("dropped"),
        )
        .select_from(_promised)
        .outerjoin(PlannedCase, PlannedCase.id == _promised.c.id)
        .outerjoin(Application, Application.id == PlannedCase.application_id)
        .correlate(Plan)
        .lateral("delivery")
    )


@row_type
class CaseRow:
    """A row of a plan, and the application that came of it."""

    id: UUID
    position: int
    name: str | None
    unit_id: UUID | None
    unit_name: str | None
    category: str | None
    application_id: UUID | None
    application_number: str | None
    application_brand_name: str | None
    application_status: ApplicationStatus | None
    application_unit_name: str | None
    plan_id: UUID


@row_type
class ReconciledRow:
    """A row of a plan beside its application; either may be missing, never both."""

    id: UUID | None
    position: int | None
    name: str | None
    unit_id: UUID | None
    unit_name: str | None
    category: str | None
    application_id: UUID | None
    application_number: str | None
    application_brand_name: str | None
    application_status: ApplicationStatus | None
    application_unit_name: str | None


@row_type
class DeliveredPlan:
    """A plan with what it promised, how much of that stands filed, and the names it no longer has."""

    id: UUID
    committee_name: str
    planned: int
    delivered: int
    dropped: list[str]


@row_type
class OwnUnit:
    """A unit of the actor's committee, or one that the plan names already: it may have been moved since."""

    id: UUID
    name: str


_linked = and_(_planned.c.linked_id == _theirs.c.id, _planned.c.plan_id == _theirs.c.plan_id)
_CASES = Query(
    _WITH_APPLICATION.add_columns(_planned.c.plan_id).select_from(_planned.outerjoin(_theirs, _linked)), CaseRow
)
_RECONCILED = Query(_WITH_APPLICATION.select_from(_planned.outerjoin(_theirs, _linked, full=True)), ReconciledRow)
_delivery = delivery()
_DELIVERED = Query(
    select(Plan.id, Committee.name.label("committee_name"), *_delivery.c)
    .join(Committee, Committee.id == Plan.committee_id)
    .join(_delivery, true())
    .where(Plan.id == _PLAN_ID, visibility.PLAN_VISIBLE),
    DeliveredPlan,
)
_OWN_UNITS = Query(
    select(Unit.id, Unit.name).where(
        Unit.id == bound_ids("unit_ids").any_(),
        or_(
            Unit.committee_id == ACTOR_COMMITTEE,
            select(PlannedCase.id).where(PlannedCase.plan_id == _PLAN_ID, PlannedCase.unit_id == Unit.id).exists(),
        ),
    ),
    OwnUnit,
)


class PlannedCaseInput(Input):
    """A row of the plan. A draft may leave out any of its cells; a new row without any is left out."""

    id: UUID | None = Field(
        None,
        description="The row it was, which keeps its application; null for a new row, or the same word for word.",
        examples=[None],
    )
    name: Cell = Field(None, description="计划申报创新案例名称", examples=["“红马甲”邻里互助站"])
    unit_id: UUID | None = Field(
        None,
        description="实施单位, if it is one of your units; `unit_name` is then left out, or its name.",
        examples=[None],
    )
    unit_name: Cell = Field(None, description="实施单位 in words.", examples=["乔屯街道龙华社区"])
    category: Cell = Field(
        None, description="内容分类: a category code of the campaign, if known.", examples=["qingman"]
    )
    application_id: AsRead = None
    application_number: AsRead = None
    application_brand_name: AsRead = None
    application_status: AsRead = None

    @property
    def is_blank(self) -> bool:
        """Return true for a row of 附件1 that was left empty."""
        return not (self.id or self.name or self.unit_id or self.unit_name or self.category)


def _each_once(cases: list[PlannedCaseInput]) -> list[PlannedCaseInput]:
    named = [case.id for case in cases if case.id]
    if len(set(named)) < len(named):
        raise PydanticCustomError("not_unique", "An item occurs twice.")
    return cases


Cases = Annotated[
    list[PlannedCaseInput],
    Field(max_length=200, description="The rows, in their order."),
    AfterValidator(_each_once),
]


async def read(view: View, plan_ids: Sequence[UUID]) -> dict[UUID, list[CaseRow]]:
    """Return the rows of each plan: to its committee as they are, to the office as they were last submitted."""
    found: dict[UUID, list[CaseRow]] = {plan_id: [] for plan_id in plan_ids}
    for row in await view.rows(_CASES, plan_ids=list(plan_ids)):
        found[row.plan_id].append(row)
    return found


async def reconcile(view: View, plan_id: UUID) -> tuple[DeliveredPlan, Sequence[ReconciledRow]]:
    """Return a plan, and the same rows beside all applications of the committee; NotFound unless visible."""
    plan = await view.get(_DELIVERED, plan_id=plan_id)
    return plan, await view.rows(_RECONCILED, plan_ids=[plan_id])


async def get(ctx: Context, plan: Plan, case_id: UUID) -> PlannedCase:
    """Find one row of the plan; NotFound unless it has such a row."""
    row = await ctx.session.get(PlannedCase, case_id)
    if row is None or row.plan_id != plan.id or row.position is None:
        raise NotFound
    return row


async def of_plan(ctx: Context, plan: Plan) -> dict[UUID | None, PlannedCase]:
    """Find all rows of the plan, by their ids."""
    of_plan = select(PlannedCase).where(PlannedCase.plan_id == plan.id).order_by(PlannedCase.position)
    rows = await ctx.session.scalars(of_plan)
    return {row.id: row for row in rows}


def promised(plan: Plan, submitted: list[dict[str, object]], *, only_adds: bool) -> list[dict[str, object]]:
    """Return what a plan is measured by once these rows are submitted: if they only add, the earlier ones stay."""
    kept = set(map(_id, submitted))
    before = (plan.promised_cases or plan.submitted_cases or []) if only_adds else []
    return [*submitted, *(row for row in before if _id(row) not in kept)]


def as_submitted(row: CaseRow) -> dict[str, object]:
    """Return a row as the plan keeps it for the office: its content, without the application that came of it."""
    kept = {name: value for name, value in values_of(row).items() if name in _CASE}
    return {name: str(value) if isinstance(value, UUID) else value for name, value in kept.items()}


async def replace(ctx: Context, plan: Plan, cases: Sequence[PlannedCaseInput]) -> bool:
    """Make these the plan's rows, in this order, and return true if that changes any.

    Of a plan that was returned, the submitted ones keep their links.
    """
    present = await of_plan(ctx, plan)
    refuse([*_unknown_rows(cases, present), *await _unknown_units(ctx, plan, cases)])
    before = [(row.id, row.position, _cells_of(row)) for row in present.values() if row.position]
    kept = _matched([given for given in cases if not given.is_blank], present)
    after = [(row.id if row else None, at, _cells_of(given)) for at, (given, row) in enumerate(kept, 1)]
    for position, (given, known) in enumerate(kept, 1):
        row = known or PlannedCase(plan_id=plan.id)
        row.position, (row.name, row.category, row.unit_id, row.unit_name) = position, _cells_of(given)
        ctx.session.add(row)
    stay = {row.id for _, row in kept if row}
    await _leave_out(ctx, plan, [row for row in present.values() if row.id not in stay])
    return before != after


def _cells_of(row: PlannedCase | PlannedCaseInput) -> tuple[str | None, str | None, UUID | None, str | None]:
    """Return what a row says; the name of a unit that is chosen is the unit's."""
    return row.name, row.category, row.unit_id, None if row.unit_id else row.unit_name


def _matched(
    cases: Sequence[PlannedCaseInput], present: Mapping[UUID | None, PlannedCase]
) -> list[tuple[PlannedCaseInput, PlannedCase | None]]:
    """Find the row that each case is: the one it names or, without a name, one that says the same word for word."""
    named = {given.id for given in cases}
    free = [row for row in present.values() if row.id not in named]
    found = []
    for given in cases:
        alike = (row for row in free if given.id is None and _cells_of(row) == _cells_of(given))
        row = present.get(given.id) or next(alike, None)
        free = [each for each in free if each is not row]
        found.append((given, row))
    return found


async def _leave_out(ctx: Context, plan: Plan, rows: Sequence[PlannedCase]) -> None:
    """Delete rows, but for those that the plan still has as it was submitted before the office returned it."""
    registered = set(map(_id, plan.submitted_cases or [])) if plan.status is PlanStatus.RETURNED else set()
    for row in rows:
        row.position = None
        if str(row.id) not in registered:
            await ctx.session.delete(row)


async def forget_left_out(ctx: Context, plan: Plan) -> None:
    """Delete the rows that a revision has left out, once it replaces what was submitted before."""
    await ctx.session.execute(delete(PlannedCase).where(PlannedCase.plan_id == plan.id, _LEFT_OUT))


async def release(ctx: Context, plan: Plan, application_id: UUID) -> None:
    """Take an application from a row that the revision has left out, so that another row can have it."""
    held = PlannedCase.plan_id == plan.id, PlannedCase.application_id == application_id, _LEFT_OUT
    await ctx.session.execute(update(PlannedCase).where(*held).values(application_id=None))


def _unknown_rows(cases: Sequence[PlannedCaseInput], present: dict[UUID | None, PlannedCase]) -> list[Finding]:
    return [
        UNKNOWN_REFERENCE(f"/cases/{index}/id")
        for index, given in enumerate(cases)
        if given.id and given.id not in present
    ]


async def _unknown_units(ctx: Context, plan: Plan, cases: Sequence[PlannedCaseInput]) -> list[Finding]:
    named = {given.unit_id for given in cases if given.unit_id}
    known = {row.id: row.name for row in await ctx.rows(_OWN_UNITS, unit_ids=list(named), plan_id=plan.id)}
    return [finding for index, given in enumerate(cases) for finding in _of_unit(given, known, f"/cases/{index}")]


def _of_unit(given: PlannedCaseInput, known: Mapping[UUID, str], pointer: str) -> Iterator[Finding]:
    if given.unit_id and given.unit_id not in known:
        yield UNKNOWN_REFERENCE(f"{pointer}/unit_id")
    elif given.unit_id and given.unit_name:
        yield from unit_name_findings(given.unit_name, known[given.unit_id], f"{pointer}/unit_name")
