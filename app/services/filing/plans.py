"""Plans (附件1): one per committee and campaign.

The office reads a plan as it was last submitted; a committee's revision is visible to it alone until submitted again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Text, bindparam, case, exists, func, literal, select, true

from app.comparable import is_blank
from app.context import ACTOR_COMMITTEE, Context, View, acting_as
from app.database import Query, bound_id, bound_ids
from app.inputs import Day, Input, Reason, unsent
from app.models import Application, AuditEvent, Campaign, Committee, Plan, PlannedCase
from app.models.enums import CampaignStatus, DeadlineKind, PlanStatus, Role
from app.problems import NotFound, RulesViolated
from app.rows import row_type
from app.services.filing import campaigns, concessions, extensions, participations, planned_cases
from app.services.filing.planned_cases import CaseRow, Cases
from app.services.filing.visibility import PLAN_VISIBLE
from app.services.history import create, digest_of, expect, move
from app.services.pages import FilterValue, Listing, Page, among, exactly, updated_since
from app.services.policies import UNKNOWN_REFERENCE, Act, Offered, actions, judge, permit, require_role
from app.services.policies.filing import beginnings, deadlines
from app.services.policies.filing import plans as policy
from app.services.policies.filing.exemptions import Granted
from app.services.policies.filing.notice import CampaignSettings

_FOR_OFFICE = acting_as(Role.OFFICE)
EXAMPLE = [{"name": "“红马甲”邻里互助站", "unit_name": "乔屯街道龙华社区"}, {"name": "道德讲堂进楼院"}]

_CAMPAIGN_ID = bound_id("campaign_id")
_written = select(func.count(PlannedCase.position)).where(PlannedCase.plan_id == Plan.id).scalar_subquery()
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
    .where(PLAN_VISIBLE)
)


@row_type
class PlanSummary:
    """A plan in a list."""

    id: UUID
    version: int
    campaign_id: UUID
    committee_id: UUID
    committee_name: str
    status: PlanStatus
    case_count: int
    submitted_at: datetime | None
    updated_at: datetime


@row_type
class PlanRow(PlanSummary):
    """A plan with its campaign and the extension that applies to it."""

    return_reason: str | None
    was_returned: bool
    leader_name: str | None
    liaison_name: str | None
    liaison_phone: str | None
    committee_code: str
    created_at: datetime
    campaign_status: CampaignStatus
    settings_digest: str
    extension_id: UUID | None
    extension_due_on: date | None
    extension_until: datetime | None
    exemptions: Granted | None
    units_left: Sequence[tuple[int, str]]


@row_type
class PlanMaterial:
    """A plan with the people it names and its rows, as its reader has it."""

    id: UUID
    committee_code: str
    committee_name: str
    leader_name: str | None
    leader_title: str | None
    liaison_name: str | None
    liaison_phone: str | None
    status: PlanStatus
    submitted_at: datetime | None
    return_reason: str | None
    cases: list[dict[str, str | None]]


@row_type
class CampaignState:
    """A campaign's state and its settings."""

    status: CampaignStatus
    settings_digest: str


FILTERS = {
    "campaign_id": exactly(Plan.campaign_id, UUID, "Only of this campaign."),
    "committee_id": exactly(Plan.committee_id, UUID, "Only of this committee."),
    "status": among(Plan.status, PlanStatus, "Only in these states."),
    "updated_since": updated_since(Plan.updated_at),
}
_PLANS = Listing(_SUMMARY, Plan.id, PlanSummary, filters=FILTERS)
_extension = extensions.latest(DeadlineKind.PLAN, Plan.campaign_id, Plan.committee_id)
_was_returned = exists().where(
    AuditEvent.subject_id == Plan.id, AuditEvent.action == literal(policy.RETURN.event.code, Text)
)
_IN_FULL = Query(
    _SUMMARY.add_columns(
        Plan.return_reason,
        _was_returned.label("was_returned"),
        Committee.leader_name,
        Committee.liaison_name,
        Committee.liaison_phone,
        Committee.code.label("committee_code"),
        Plan.created_at,
        Campaign.status.label("campaign_status"),
        Campaign.settings_digest,
        *extensions.joined(_extension),
        concessions.exemptions_of(Plan.campaign_id, Plan.committee_id),
        planned_cases.UNITS_LEFT.label("units_left"),
    )
    .join(Campaign, Campaign.id == Plan.campaign_id)
    .outerjoin(_extension, true())
    .where(Plan.id == bound_ids("plan_ids").any_()),
    PlanRow,
)
_COMMITTEE_ID = bound_id("committee_id")
_OF_CAMPAIGN = Query(
    select(
        Plan.id,
        Committee.code.label("committee_code"),
        Committee.name.label("committee_name"),
        *(Committee.leader_name, Committee.leader_title, Committee.liaison_name, Committee.liaison_phone),
        *(Plan.status, Plan.submitted_at, Plan.return_reason),
        case((_FOR_OFFICE, Plan.submitted_cases), else_=planned_cases.WRITTEN).label("cases"),
    )
    .join(Committee, Committee.id == Plan.committee_id)
    .where(PLAN_VISIBLE, Plan.campaign_id == _CAMPAIGN_ID)
    .where(_COMMITTEE_ID.is_(None) | (Plan.committee_id == _COMMITTEE_ID))
    .order_by(Committee.code, Plan.id),
    PlanMaterial,
)
_LOCKED = select(Plan).where(Plan.id == bindparam("plan_id")).where(PLAN_VISIBLE).with_for_update()
_CAMPAIGN = Query(
    select(Campaign.status, Campaign.settings_digest).where(Campaign.id == _CAMPAIGN_ID).where(campaigns.VISIBLE),
    CampaignState,
)
_OWN_APPLICATION = Query(
    select(Application.id).where(
        Application.id == bound_id("application_id"),
        Application.committee_id == ACTOR_COMMITTEE,
        Application.campaign_id == _CAMPAIGN_ID,
    )
)


class PlanCreate(Input):
    """Begin the plan of your committee."""

    campaign_id: UUID = Field(description="The campaign.")
    cases: Cases = Field([], description="The rows so far, in their order.", examples=[EXAMPLE])


class PlanEdit(Input):
    """Change a plan: what is named is set, the rest stays."""

    cases: Cases = Field(
        default_factory=unsent, description="All rows, in their order; one that is not named any more is gone."
    )


class PlanReturn(Input):
    """Send a plan back to its committee."""

    reason: Reason = Field(description="Improvements to make.", examples=["请填写每个案例的实施单位。"])
    due_on: Day | None = Field(
        None,
        description="A correction date: until its end the committee may submit again. Null leaves the deadline alone.",
        examples=["2015-04-30"],
    )


class CaseLink(Input):
    """Say which application came of a planned case."""

    application_id: UUID = Field(description="An application of your committee in the same campaign.")


class LinkConfirmation(Input):
    """Confirm every link that the reconciliation proposes, or see first which they are."""

    dry_run: Annotated[bool, Field(strict=True)] = Field(
        False, description="Try it, and change nothing: the answer names the links.", examples=[False]
    )


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A plan as the actor may see it, with all that the rules need to judge it."""

    row: PlanRow
    cases: Sequence[CaseRow]
    settings: CampaignSettings
    deadline: deadlines.Deadline
    facts: policy.PlanFacts
    actions: Offered


async def begin(ctx: Context, body: PlanCreate) -> UUID:
    """Begin the committee's plan, as complete or incomplete as it comes."""
    require_role(ctx.actor.role, *beginnings.PLAN.by)
    campaign = await ctx.one(_CAMPAIGN, campaign_id=body.campaign_id)
    if campaign is None:
        raise RulesViolated([UNKNOWN_REFERENCE("/campaign_id")])
    settings = await campaigns.settings_of(ctx, campaign.settings_digest)
    judge(beginnings.PLAN, ctx.actor.role, beginnings.BeginningFacts(campaign.status, settings, ctx.now))
    plan = Plan(campaign_id=body.campaign_id, committee_id=ctx.actor.committee_id)
    create(ctx, plan, beginnings.PLAN.event, cases=sum(not case.is_blank for case in body.cases))
    await planned_cases.replace(ctx, plan, body.cases)
    return plan.id


async def edit(ctx: Context, plan_id: UUID, body: PlanEdit, version: int | None) -> None:
    """Replace the rows; one that is named by its id keeps its application. A submitted plan is submitted anew."""
    plan = await _held(ctx, plan_id, policy.EDIT, version)
    if "cases" not in body.model_fields_set or not await planned_cases.replace(ctx, plan, body.cases):
        return
    record = await read(ctx, plan_id)
    amends = plan.status is PlanStatus.SUBMITTED
    submission = _submission(ctx, plan, record) if amends else {}
    move(ctx, plan, policy.EDIT, record.facts, data=_payload(record), **submission)


async def submit(ctx: Context, plan_id: UUID) -> None:
    """Submit the plan to the office, before the deadline."""
    plan = await get(ctx, plan_id)
    record = await read(ctx, plan_id)
    submission = _submission(ctx, plan, record)
    move(ctx, plan, policy.SUBMIT, record.facts, data=_payload(record), return_reason=None, **submission)
    await planned_cases.forget_left_out(ctx, plan)


async def send_back(ctx: Context, plan_id: UUID, body: PlanReturn) -> None:
    """Return it to the committee with the reason; a correction date becomes an extension for the plan."""
    plan = await get(ctx, plan_id)
    record = await read(ctx, plan_id)
    facts = replace(record.facts, correction_due_on=body.due_on)
    until = facts.open_until
    data = body.model_dump(mode="json") | {"until": until.astimezone(UTC).isoformat() if until else None}
    move(ctx, plan, policy.RETURN, facts, data=data, return_reason=body.reason)
    if body.due_on:
        await extensions.grant_correction(ctx, plan, record.settings, body.due_on, body.reason)


async def link(ctx: Context, plan_id: UUID, case_id: UUID, body: CaseLink, version: int | None) -> None:
    """Link a planned case to the application that came of it; the database lets it belong to one case only."""
    plan = await _held(ctx, plan_id, policy.LINK, version)
    row = await planned_cases.get(ctx, plan, case_id)
    if not await ctx.one(_OWN_APPLICATION, application_id=body.application_id, campaign_id=plan.campaign_id):
        raise RulesViolated([UNKNOWN_REFERENCE("/application_id")])
    if row.application_id != body.application_id:
        await planned_cases.release(ctx, plan, body.application_id)
        _link(ctx, plan, row, body.application_id)


async def confirm_links(ctx: Context, plan_id: UUID, *, dry_run: bool) -> list[tuple[UUID, UUID]]:
    """Link every planned case to the application that is proposed for it; a dry run does the same and rolls it back."""
    plan = await _held(ctx, plan_id, policy.LINK, None)
    _, reconciled = await planned_cases.reconcile(ctx, plan_id)
    proposed = policy.proposed_links(reconciled)
    async with ctx.attempt(dry_run=dry_run):
        rows = await planned_cases.of_plan(ctx, plan)
        for case_id, application_id in proposed:
            await planned_cases.release(ctx, plan, application_id)
            _link(ctx, plan, rows[case_id], application_id)
    return proposed


async def unlink(ctx: Context, plan_id: UUID, case_id: UUID, version: int | None) -> None:
    """Unlink the application from this case."""
    plan = await _held(ctx, plan_id, policy.UNLINK, version)
    row = await planned_cases.get(ctx, plan, case_id)
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
    row = await view.get(_IN_FULL, plan_ids=[plan_id])
    cases = await planned_cases.read(view, [plan_id])
    return await _record(view, row, cases[plan_id])


async def offered(view: View, rows: Sequence[PlanSummary]) -> dict[UUID, Offered]:
    """Return the acts on each of these plans, for the rows of a list."""
    ids = [row.id for row in rows]
    found, cases = await view.rows(_IN_FULL, plan_ids=ids), await planned_cases.read(view, ids)
    return {row.id: (await _record(view, row, cases[row.id])).actions for row in found}


async def _record(view: View, row: PlanRow, cases: Sequence[CaseRow]) -> PlanRecord:
    settings = await campaigns.settings_for(view, row)
    deadline = deadlines.effective(settings, DeadlineKind.PLAN, participations.extension_of(row))
    facts = policy.PlanFacts(
        row.status,
        settings,
        view.now,
        row.campaign_status,
        cases,
        deadline,
        leader_named=not is_blank(row.leader_name),
        liaison_named=not (is_blank(row.liaison_name) or is_blank(row.liaison_phone)),
        units_left=row.units_left,
    )
    return PlanRecord(row, cases, settings, deadline, facts, actions(policy.ACTS, view.actor.role, facts))


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[PlanSummary]:
    return await _PLANS.page(view, after=after, limit=limit, **filters)


async def of_campaign(view: View, campaign_id: UUID, committee_id: UUID | None) -> Sequence[PlanMaterial]:
    """Every visible plan of a campaign, or of one committee in it: to the office as it was last submitted."""
    return await view.rows(_OF_CAMPAIGN, campaign_id=campaign_id, committee_id=committee_id)


async def _held(ctx: Context, plan_id: UUID, act: Act[PlanStatus, policy.PlanFacts], version: int | None) -> Plan:
    """The plan, locked, if the actor may do this to it as it was read."""
    plan = await get(ctx, plan_id)
    permit(act, role=ctx.actor.role, status=plan.status)
    expect(plan, version)
    return plan


def _link(ctx: Context, plan: Plan, row: PlannedCase, application_id: UUID) -> None:
    row.application_id = application_id
    move(ctx, plan, policy.LINK, data={"case_id": str(row.id), "application_id": str(application_id)})


def _submission(ctx: Context, plan: Plan, record: PlanRecord) -> dict[str, Any]:
    """Return the columns that a submission sets."""
    cases = [planned_cases.as_submitted(row) for row in record.cases]
    promised = planned_cases.promised(plan, cases, only_adds=policy.only_adds(record.facts))
    return {"submitted_at": ctx.now, "submitted_cases": cases, "promised_cases": promised}


def _payload(record: PlanRecord) -> dict[str, object]:
    """Digest the rows for the history: they are not columns of the plan, so its own digest does not cover them."""
    cases = [planned_cases.as_submitted(row) for row in record.cases]
    return {"cases": len(cases), "cases_digest": digest_of(cases)}
