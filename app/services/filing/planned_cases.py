"""The rows of a plan (计划申报创新案例名称, 实施单位), and the applications that came of them."""

from collections.abc import Sequence
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import Integer, Text, Uuid, and_, bindparam, case, column, func, not_, or_, select, true, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from app.context import ACTOR_COMMITTEE, Context, View, acting_as
from app.database import Query, Row
from app.findings import Finding
from app.inputs import Code, Input, Line, Name
from app.models import Application, ApplicationVersion, Plan, PlannedCase, Unit
from app.models.enums import Role
from app.services.policies import UNKNOWN_REFERENCE, refuse

_FOR_OFFICE = acting_as(Role.OFFICE)
_PLAN_ID = bindparam("plan_id", type_=Uuid)
_CASE = {"id": Uuid, "position": Integer, "name": Text, "unit_id": Uuid, "unit_name": Text, "category": Text}
_submitted = (
    func.jsonb_to_recordset(Plan.submitted_cases)
    .table_valued(*[column(name, kind) for name, kind in _CASE.items()])
    .render_derived(name="as_submitted", with_types=True)
)
_shown = union_all(
    select(
        PlannedCase.id,
        PlannedCase.position,
        PlannedCase.name,
        PlannedCase.unit_id,
        func.coalesce(Unit.name, PlannedCase.unit_name).label("unit_name"),
        PlannedCase.category,
    )
    .outerjoin(Unit, Unit.id == PlannedCase.unit_id)
    .where(not_(_FOR_OFFICE), PlannedCase.plan_id == _PLAN_ID),
    select(*_submitted.c).select_from(Plan).join(_submitted, true()).where(_FOR_OFFICE, Plan.id == _PLAN_ID),
).subquery("shown")
_planned = (
    select(_shown, PlannedCase.application_id.label("linked_id"))
    .outerjoin(PlannedCase, PlannedCase.id == _shown.c.id)
    .subquery("planned")
)
_theirs = (
    select(Application.id)
    .join(Plan, and_(Plan.campaign_id == Application.campaign_id, Plan.committee_id == Application.committee_id))
    .where(Plan.id == _PLAN_ID)
    .subquery("theirs")
)
_known = or_(not_(_FOR_OFFICE), Application.filed_version_id.is_not(None))
_filed_name = ApplicationVersion.content["form"]["brand_name"].astext
_WITH_APPLICATION = (
    select(
        *[_planned.c[name] for name in _CASE],
        case((_known, Application.id)).label("application_id"),
        case((_known, Application.number)).label("application_number"),
        case((_FOR_OFFICE, _filed_name), else_=Application.brand_name).label("application_brand_name"),
        Application.status.label("application_status"),
    )
    .outerjoin(Application, Application.id == _theirs.c.id)
    .outerjoin(ApplicationVersion, and_(_FOR_OFFICE, ApplicationVersion.id == Application.filed_version_id))
    .order_by(_planned.c.position, Application.id)
)
"""The office knows that an application is there and where it stands; which one it is, once that was filed."""

_linked = _planned.c.linked_id == _theirs.c.id
_CASES = Query(_WITH_APPLICATION.select_from(_planned.outerjoin(_theirs, _linked)))
_RECONCILED = Query(_WITH_APPLICATION.select_from(_planned.outerjoin(_theirs, _linked, full=True)))
_OWN_UNITS = Query(
    select(Unit.id).where(
        Unit.committee_id == ACTOR_COMMITTEE, Unit.id == bindparam("unit_ids", type_=ARRAY(Uuid)).any_()
    )
)


EXAMPLE = [{"name": "“红马甲”邻里互助站", "unit_name": "乔屯街道龙华社区"}, {"name": "道德讲堂进楼院"}]


class PlannedCaseInput(Input):
    """A row of the plan. A draft may leave out who carries it out."""

    id: UUID | None = Field(
        None, description="The row it was, which keeps its application; null for a new row.", examples=[None]
    )
    name: Annotated[Line, Field(max_length=200)] = Field(
        description="计划申报创新案例名称", examples=["“红马甲”邻里互助站"]
    )
    unit_id: UUID | None = Field(
        None, description="实施单位, if it is one of your units; then `unit_name` is left out.", examples=[None]
    )
    unit_name: Name | None = Field(None, description="实施单位 in words.", examples=["乔屯街道龙华社区"])
    category: Code | None = Field(None, description="A category code of the campaign, if known.", examples=["qingman"])

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if self.unit_id and self.unit_name:
            raise ValueError("unit_id and unit_name exclude each other")
        return self


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


async def shown(view: View, plan_id: UUID) -> Sequence[Row]:
    """The rows of a plan the reader may see: the committee's as they are, the office's as they were submitted."""
    return await view.rows(_CASES, plan_id=plan_id)


async def reconciled(view: View, plan_id: UUID) -> Sequence[Row]:
    """The same rows, and after them the applications (without a row) that nobody planned."""
    return await view.rows(_RECONCILED, plan_id=plan_id)


def as_submitted(row: Row) -> dict[str, Any]:
    """What the plan keeps of a row for the office: what it says, not which application came of it."""
    return {name: str(row[name]) if isinstance(row[name], UUID) else row[name] for name in _CASE}


async def replace(ctx: Context, plan: Plan, cases: Sequence[PlannedCaseInput]) -> None:
    """Make these the plan's rows, in this order."""
    rows = await ctx.session.scalars(select(PlannedCase).where(PlannedCase.plan_id == plan.id))
    present: dict[UUID | None, PlannedCase] = {row.id: row for row in rows}
    refuse([*_unknown_rows(cases, present), *await _unknown_units(ctx, cases)])
    for position, given in enumerate(cases, 1):
        row = present.pop(given.id, None) or PlannedCase(plan_id=plan.id)
        row.position, row.name, row.category = position, given.name, given.category
        row.unit_id, row.unit_name = given.unit_id, given.unit_name
        ctx.session.add(row)
    for gone in present.values():
        await ctx.session.delete(gone)


def _unknown_rows(cases: Sequence[PlannedCaseInput], present: dict[UUID | None, PlannedCase]) -> list[Finding]:
    return [
        UNKNOWN_REFERENCE(f"/cases/{index}/id")
        for index, given in enumerate(cases)
        if given.id and given.id not in present
    ]


async def _unknown_units(ctx: Context, cases: Sequence[PlannedCaseInput]) -> list[Finding]:
    named = {given.unit_id for given in cases if given.unit_id}
    known = {row["id"] for row in await ctx.rows(_OWN_UNITS, unit_ids=list(named))} | {None}
    return [
        UNKNOWN_REFERENCE(f"/cases/{index}/unit_id") for index, given in enumerate(cases) if given.unit_id not in known
    ]
