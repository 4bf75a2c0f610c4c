"""Plans (附件1): one per committee and campaign.

The office is shown a plan as it was last handed in: what a committee revises is its own until it is handed in again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import Integer, Text, Uuid, and_, bindparam, case, column, func, not_, or_, select, true, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from app.context import ACTOR_COMMITTEE, Context, View, acting_as
from app.database import Query, Row
from app.findings import Finding
from app.inputs import Code, Day, Input, Line, Name, Reason
from app.models import Application, ApplicationVersion, Campaign, Committee, Plan, PlannedCase, Unit
from app.models.enums import CampaignStatus, DeadlineKind, PlanStatus, Role
from app.problems import NotFound, RulesViolated
from app.services.filing import campaigns, extensions, participations, visibility
from app.services.history import create, digest_of, expect, move
from app.services.pages import Listing, Page, among, exactly
from app.services.policies import UNKNOWN_REFERENCE, Act, actions, permit, refuse, require_role
from app.services.policies.filing import deadlines
from app.services.policies.filing import plans as policy
from app.services.policies.filing.deadlines import Deadline
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.plans import PlanFacts

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
        visibility.STATUS.label("application_status"),
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

VISIBLE = or_(
    and_(acting_as(Role.COMMITTEE), Plan.committee_id == ACTOR_COMMITTEE),
    and_(_FOR_OFFICE, Plan.submitted_at.is_not(None)),
)
"""A committee sees its own, the office what was once submitted, nobody else any."""

_CAMPAIGN_ID = bindparam("campaign_id", type_=Uuid)
_written = select(func.count()).where(PlannedCase.plan_id == Plan.id).scalar_subquery()
_SUMMARY = (
    select(
        Plan.id,
        Plan.version,
        Plan.campaign_id,
        Plan.committee_id,
        Committee.name.label("committee_name"),
        Plan.status,
        case((_FOR_OFFICE, func.jsonb_array_length(Plan.submitted_cases)), else_=_written).label("case_count"),
        Plan.submitted_at,
        Plan.updated_at,
    )
    .join(Committee, Committee.id == Plan.committee_id)
    .where(VISIBLE)
)
FILTERS = {
    "campaign_id": exactly(Plan.campaign_id, UUID, "Only of this campaign."),
    "committee_id": exactly(Plan.committee_id, UUID, "Only of this committee."),
    "status": among(Plan.status, PlanStatus, "Only in these states.", max_length=3),
}
_PLANS = Listing(_SUMMARY, Plan.id, filters=FILTERS)
_extension = extensions.latest(DeadlineKind.PLAN, Plan.campaign_id, Plan.committee_id)
_PLAN = Query(
    _SUMMARY.add_columns(
        Plan.return_reason,
        Plan.created_at,
        Campaign.status.label("campaign_status"),
        Campaign.settings_digest,
        *extensions.joined(_extension),
    )
    .join(Campaign, Campaign.id == Plan.campaign_id)
    .outerjoin(_extension, true())
    .where(Plan.id == _PLAN_ID)
)
_LOCKED = select(Plan).where(Plan.id == bindparam("plan_id")).where(VISIBLE).with_for_update()
_CAMPAIGN = Query(select(Campaign.status).where(Campaign.id == _CAMPAIGN_ID).where(campaigns.VISIBLE))
_OWN_APPLICATION = Query(
    select(Application.id).where(
        Application.id == bindparam("application_id", type_=Uuid),
        Application.committee_id == ACTOR_COMMITTEE,
        Application.campaign_id == _CAMPAIGN_ID,
    )
)


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


class PlanCreate(Input):
    """Begin the plan of your committee."""

    campaign_id: UUID = Field(description="The campaign.")
    cases: Cases = Field([], description="The rows so far, in their order.", examples=[EXAMPLE])


class PlanEdit(Input):
    """Replace the rows of a plan."""

    cases: Cases = Field(description="All rows, in their order; one that is not named any more is gone.")


class PlanReturn(Input):
    """Send a plan back to its committee."""

    reason: Reason = Field(description="What to improve.", examples=["请填写每个案例的实施单位。"])
    due_on: Day | None = Field(
        None,
        description="A correction date: until its end the committee may submit again. Null leaves the deadline alone.",
        examples=["2015-04-30"],
    )


class CaseLink(Input):
    """Say which application came of a planned case."""

    application_id: UUID = Field(description="An application of your committee in the same campaign.")


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A plan as the actor may see it, with all that the rules need to judge it."""

    row: Row
    cases: Sequence[Row]
    settings: CampaignSettings
    deadline: Deadline
    facts: PlanFacts
    actions: dict[str, list[Finding]]


async def begin(ctx: Context, body: PlanCreate) -> UUID:
    """Begin the committee's plan, as complete or incomplete as it comes."""
    require_role(ctx.actor.role, Role.COMMITTEE)
    campaign = await ctx.one(_CAMPAIGN, campaign_id=body.campaign_id)
    if campaign is None:
        raise RulesViolated([UNKNOWN_REFERENCE("/campaign_id")])
    refuse(policy.running_findings(CampaignStatus(campaign["status"]), "/campaign_id"))
    plan = Plan(campaign_id=body.campaign_id, committee_id=ctx.actor.committee_id)
    create(ctx, plan, policy.CREATED, cases=len(body.cases))
    await _replace_cases(ctx, plan, body.cases)
    return plan.id


async def edit(ctx: Context, plan_id: UUID, body: PlanEdit, version: int | None) -> None:
    """Replace the rows; one that is named by its id keeps its application. What stands submitted is handed in anew."""
    plan = await _held(ctx, plan_id, policy.EDIT, version)
    await _replace_cases(ctx, plan, body.cases)
    record = await read(ctx, plan_id)
    amends = plan.status is PlanStatus.SUBMITTED
    move(ctx, plan, policy.EDIT, record.facts, data=_told(record), **(_handed_in(ctx, record) if amends else {}))


async def submit(ctx: Context, plan_id: UUID) -> None:
    """Hand the plan to the office, before the deadline."""
    plan = await get(ctx, plan_id)
    record = await read(ctx, plan_id)
    handed_in = _handed_in(ctx, record)
    move(ctx, plan, policy.SUBMIT, record.facts, data=_told(record), return_reason=None, **handed_in)


async def send_back(ctx: Context, plan_id: UUID, body: PlanReturn) -> None:
    """Return it to the committee with the reason; a correction date becomes an extension for the plan."""
    plan = await get(ctx, plan_id)
    record = await read(ctx, plan_id)
    late = policy.correction_findings(record.settings, body.due_on, ctx.now)
    data = body.model_dump(mode="json")
    move(ctx, plan, policy.RETURN, record.facts, findings=late, data=data, return_reason=body.reason)
    if body.due_on:
        await extensions.grant_correction(ctx, plan, record.settings, body.due_on, body.reason)


async def link(ctx: Context, plan_id: UUID, case_id: UUID, body: CaseLink, version: int | None) -> None:
    """Say which application came of a planned case; the database lets it belong to one case only."""
    plan = await _held(ctx, plan_id, policy.LINK, version)
    row = await _case(ctx, plan, case_id)
    if not await ctx.one(_OWN_APPLICATION, application_id=body.application_id, campaign_id=plan.campaign_id):
        raise RulesViolated([UNKNOWN_REFERENCE("/application_id")])
    row.application_id = body.application_id
    move(ctx, plan, policy.LINK, data={"case_id": str(case_id), "application_id": str(body.application_id)})


async def unlink(ctx: Context, plan_id: UUID, case_id: UUID, version: int | None) -> None:
    """Say that the application did not come of this case after all."""
    plan = await _held(ctx, plan_id, policy.UNLINK, version)
    row = await _case(ctx, plan, case_id)
    if row.application_id is None:
        raise NotFound
    data = {"case_id": str(case_id), "application_id": str(row.application_id)}
    row.application_id = None
    move(ctx, plan, policy.UNLINK, data=data)


async def get(ctx: Context, plan_id: UUID) -> Plan:
    """The plan, locked for a change; NotFound unless the actor may see it."""
    return await ctx.lock(_LOCKED, plan_id=plan_id)


async def read(view: View, plan_id: UUID) -> PlanRecord:
    """One plan with its cases, deadline and what may be done with it now; NotFound unless visible."""
    row = await _row(view, plan_id)
    settings = await campaigns.settings_of(view, row["settings_digest"])
    deadline = deadlines.effective(settings, DeadlineKind.PLAN, participations.later_deadline(row))
    cases = await _shown_cases(view, plan_id)
    campaign_status = CampaignStatus(row["campaign_status"])
    facts = PlanFacts(PlanStatus(row["status"]), settings, view.now, campaign_status, cases, deadline)
    return PlanRecord(row, cases, settings, deadline, facts, actions(policy.ACTS, view.actor.role, facts))


async def reconcile(view: View, plan_id: UUID) -> tuple[Row, Sequence[Row]]:
    """The plan, and its cases beside the committee's applications; NotFound unless visible."""
    return await _row(view, plan_id), await view.rows(_RECONCILED, plan_id=plan_id)


async def search(view: View, *, after: UUID | None, limit: int, **filters: Any) -> Page:
    return await _PLANS.page(view, after=after, limit=limit, **filters)


async def _row(view: View, plan_id: UUID) -> Row:
    return await view.get(_PLAN, plan_id=plan_id)


async def _held(ctx: Context, plan_id: UUID, act: Act[PlanStatus, PlanFacts], version: int | None) -> Plan:
    """The plan, locked, if the actor may do this to it as it was read."""
    plan = await get(ctx, plan_id)
    permit(act, role=ctx.actor.role, status=plan.status)
    expect(plan, version)
    return plan


async def _case(ctx: Context, plan: Plan, case_id: UUID) -> PlannedCase:
    row = await ctx.session.get(PlannedCase, case_id)
    if row is None or row.plan_id != plan.id:
        raise NotFound
    return row


def _handed_in(ctx: Context, record: PlanRecord) -> dict[str, Any]:
    return {"submitted_at": ctx.now, "submitted_cases": [_as_submitted(row) for row in record.cases]}


def _told(record: PlanRecord) -> dict[str, Any]:
    """The rows are not columns of the plan, so its history carries their digest itself."""
    cases = [_as_submitted(row) for row in record.cases]
    return {"cases": len(cases), "cases_digest": digest_of(cases)}


async def _shown_cases(view: View, plan_id: UUID) -> Sequence[Row]:
    """The rows of a plan the reader may see: the committee's as they are, the office's as they were submitted."""
    return await view.rows(_CASES, plan_id=plan_id)


def _as_submitted(row: Row) -> dict[str, Any]:
    """What the plan keeps of a row for the office: what it says, not which application came of it."""
    return {name: str(row[name]) if isinstance(row[name], UUID) else row[name] for name in _CASE}


async def _replace_cases(ctx: Context, plan: Plan, cases: Sequence[PlannedCaseInput]) -> None:
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
