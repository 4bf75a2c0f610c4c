"""Plans over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Self
from uuid import UUID

from fastapi import Body, Path
from pydantic import Field

from app.api.http.dependencies import Chosen, Ctx, IfMatch, Once, Paging, Reads, filtered_by
from app.api.http.output import (
    Action,
    CountedPage,
    EffectiveDeadline,
    Instant,
    LetterHref,
    Out,
    ResourceId,
    VersionTag,
    actions_of,
    row_actions_of,
)
from app.api.http.routing import Router
from app.context import View
from app.models.enums import ApplicationStatus, PlanStatus
from app.problems import RulesViolated, WrongState
from app.rows import values_of
from app.services.filing import planned_cases, plans
from app.services.filing.planned_cases import DeliveredPlan, ReconciledRow
from app.services.filing.plans import CaseLink, LinkConfirmation, PlanCreate, PlanEdit, PlanReturn
from app.services.policies.filing import plans as policy

router = Router("/plans", tags=["plans"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(plans.FILTERS)]
PlanId = Annotated[UUID, Path(description="The plan.")]
CaseId = Annotated[UUID, Path(description="The planned case.")]
Label = Annotated[str, Field(max_length=200)]
Number = Annotated[str, Field(max_length=40)]


class ApplicationOfPlan(Out):
    """An application, as a plan's readers may know of it: to the office, which one it is only once it was filed."""

    application_id: UUID | None = Field(description="Id of the application.", examples=[None])
    application_number: Number | None = Field(description="申报编号", examples=["2015-QT-001"])
    application_brand_name: Label | None = Field(description="品牌名称", examples=["“红马甲”邻里互助站"])
    application_status: ApplicationStatus | None = Field(description="State; null when there is none.")


class PlannedCaseOut(ApplicationOfPlan):
    """A row of the plan, and the application that came of it."""

    id: ResourceId
    name: Label | None = Field(description="计划申报创新案例名称; null in a draft.", examples=["“红马甲”邻里互助站"])
    unit_id: UUID | None = Field(description="实施单位, if it is a known unit.", examples=[None])
    unit_name: Label | None = Field(description="实施单位", examples=["乔屯街道龙华社区"])
    category: Label | None = Field(
        description="内容分类: a category code of the campaign, if known.", examples=["qingman"]
    )


class PlanSummary(Out):
    """A plan in a list."""

    id: ResourceId
    etag: VersionTag
    campaign_id: UUID = Field(description="The campaign.")
    committee_id: UUID = Field(description="The committee.")
    committee_name: Label = Field(description="党（工）委", examples=["乔屯街道党工委"])
    status: PlanStatus = Field(description="State.")
    case_count: int = Field(description="Number of planned cases.", ge=0, le=200, examples=[3])
    submitted_at: Instant | None = Field(description="Time of the last submission or amendment; null before.")
    updated_at: Instant = Field(description="Time of the last change.")
    actions: dict[str, Action] | None = row_actions_of(policy.ACTS)


class PlanOut(PlanSummary):
    """A plan (附件1): its cases, its deadline, and what may be done with it now."""

    cases: list[PlannedCaseOut] = Field(description="The rows, in their order.", max_length=200)
    return_reason: str | None = Field(description="Reason of the last return.", max_length=500, examples=[None])
    letter_href: LetterHref | None = Field(
        description="The last return as a letter (退回修改通知书); null if it was never sent back.", examples=[None]
    )
    created_at: Instant = Field(description="Time of creation.")
    deadline: EffectiveDeadline = Field(description="The deadline that counts for it.")
    actions: dict[str, Action] = actions_of(policy.ACTS)

    @classmethod
    async def read(cls, view: View, plan_id: UUID) -> Self:
        record = await plans.read(view, plan_id)
        letter = f"/api/v1/plans/{plan_id}/return-letter" if record.row.was_returned else None
        return cls(
            letter_href=letter,
            cases=[PlannedCaseOut.model_validate(case) for case in record.cases],
            deadline=EffectiveDeadline.of(record.deadline, view.now),
            actions=Action.by_name(record.actions, view.language),
            **values_of(record.row),
        )


class ProposedLink(Out):
    """A planned case and the application that seems to have come of it."""

    case_id: UUID = Field(description="Row of the plan.")
    application_id: UUID = Field(description="The application.")


class LinkedPlanOut(PlanOut):
    """A plan, with the links that were confirmed."""

    dry_run: bool = Field(description="True when nothing was changed.", examples=[False])
    links: list[ProposedLink] = Field(description="Links that were made, or tried.", max_length=200)


class PlanPage(CountedPage[PlanSummary]):
    """One page of plans, oldest first."""


class ReconciliationOut(Out):
    """The plan compared with the applications that came of it."""

    plan_id: UUID = Field(description="The plan.")
    committee_name: Label = Field(description="党（工）委", examples=["乔屯街道党工委"])
    linked: list[PlannedCaseOut] = Field(description="Planned, and there is an application.", max_length=200)
    missing: list[PlannedCaseOut] = Field(description="Planned, and no application is linked.", max_length=200)
    unplanned: list[ApplicationOfPlan] = Field(description="Applications that no planned case is linked to.")
    planned: int = Field(description="Cases it is measured by: those of its deadline, and added since.", ge=0)
    delivered: int = Field(description="Those of them whose application stands filed, as the indicators count.", ge=0)
    dropped: list[Label] = Field(
        description="Names of measured cases that the plan left out after its deadline.",
        max_length=1000,
        examples=[["道德讲堂进楼院"]],
    )
    proposed_links: list[ProposedLink] = Field(
        description="Missing cases, each with the one unplanned application of its name and unit: link it, if so.",
        max_length=200,
    )

    @classmethod
    def of(cls, plan: DeliveredPlan, rows: Sequence[ReconciledRow]) -> Self:
        cases = [PlannedCaseOut.model_validate(row) for row in rows if row.id]
        return cls(
            plan_id=plan.id,
            committee_name=plan.committee_name,
            linked=[case for case in cases if case.application_status],
            missing=[case for case in cases if not case.application_status],
            unplanned=[ApplicationOfPlan.model_validate(row) for row in rows if not row.id],
            planned=plan.planned,
            delivered=plan.delivered,
            dropped=plan.dropped,
            proposed_links=_links(policy.proposed_links(rows)),
        )


def _links(pairs: Sequence[tuple[UUID, UUID]]) -> list[ProposedLink]:
    return [ProposedLink(case_id=case, application_id=its) for case, its in pairs]


@router.get("", offers=plans.offered)
async def list_plans(view: Reads, filters: Filters, page: Paging) -> PlanPage:
    """List the plans you may see, oldest first: a committee its own, the office what was once submitted."""
    found = await plans.search(view, **filters, **page.binds)
    return PlanPage.of(found, [PlanSummary.model_validate(row) for row in found.rows])


@router.post("", status_code=201, raises=[RulesViolated])
async def create_plan(body: PlanCreate, ctx: Ctx) -> PlanOut:
    """Begin your committee's plan for a campaign, as complete or incomplete as you have it. Committee only.

    There is one per committee and campaign. The campaign must be published; a draft may be begun at any time.
    """
    return await PlanOut.read(ctx, await plans.begin(ctx, body))


@router.get("/{plan_id}")
async def read_plan(plan_id: PlanId, view: Reads) -> PlanOut:
    """Read a plan: its cases, its deadline, and for each act whether and why not it is possible.

    The office reads it as it was last submitted, also while the committee revises it.
    """
    return await PlanOut.read(view, plan_id)


@router.patch("/{plan_id}", raises=[WrongState, RulesViolated])
async def update_plan(plan_id: PlanId, body: PlanEdit, version: IfMatch, ctx: Ctx) -> PlanOut:
    """Change a plan (JSON Merge Patch): `cases`, if sent, replace its rows. Committee only.

    The rows can be sent back as they were read. A row that names its `id` keeps its identity and its application; a
    row that is not named any more is gone. A draft may be incomplete. A submitted plan is amended by it: until the
    deadline, by the rules of a submission, and the office sees the amended one at once.
    """
    await plans.edit(ctx, plan_id, body, version)
    return await PlanOut.read(ctx, plan_id)


@router.post("/{plan_id}/submission", raises=[WrongState, RulesViolated])
async def submit_plan(plan_id: PlanId, ctx: Once) -> PlanOut:
    """Hand the plan to the office, before its deadline. Committee only."""
    await plans.submit(ctx, plan_id)
    return await PlanOut.read(ctx, plan_id)


@router.post("/{plan_id}/return", raises=[WrongState, RulesViolated])
async def return_plan(plan_id: PlanId, body: PlanReturn, ctx: Ctx) -> PlanOut:
    """Return a submitted plan to its committee, with the reason. Office only.

    A correction date extends the committee's plan deadline to the end of that day.
    """
    await plans.send_back(ctx, plan_id, body)
    return await PlanOut.read(ctx, plan_id)


@router.put("/{plan_id}/cases/{case_id}/application", raises=[WrongState, RulesViolated])
async def link_case(plan_id: PlanId, case_id: CaseId, body: CaseLink, version: IfMatch, ctx: Ctx) -> PlanOut:
    """Say which application came of a planned case, at any time. Committee only.

    It must be of the same committee and campaign, and it belongs to one planned case at most.
    """
    await plans.link(ctx, plan_id, case_id, body, version)
    return await PlanOut.read(ctx, plan_id)


@router.post("/{plan_id}/links", raises=[WrongState])
async def confirm_links(
    plan_id: PlanId, ctx: Ctx, body: Annotated[LinkConfirmation | None, Body()] = None
) -> LinkedPlanOut:
    """Confirm every link that the reconciliation proposes (`proposed_links`), in one act. Committee only.

    The answer names them; with `dry_run` it is tried, and nothing stays. Each is taken back like any other link.
    """
    dry_run = body is not None and body.dry_run
    links = await plans.confirm_links(ctx, plan_id, dry_run=dry_run)
    return LinkedPlanOut(**dict(await PlanOut.read(ctx, plan_id)), dry_run=dry_run, links=_links(links))


@router.delete("/{plan_id}/cases/{case_id}/application", raises=[WrongState])
async def unlink_case(plan_id: PlanId, case_id: CaseId, version: IfMatch, ctx: Ctx) -> PlanOut:
    """Take back that an application came of a planned case. Committee only."""
    await plans.unlink(ctx, plan_id, case_id, version)
    return await PlanOut.read(ctx, plan_id)


@router.get("/{plan_id}/reconciliation")
async def read_plan_reconciliation(plan_id: PlanId, view: Reads) -> ReconciliationOut:
    """Compare plan and delivery: cases with their application, cases without one, applications that nobody planned.

    The office sees the state of each application, and its identity only once it was filed. An extension of the plan's
    deadline lets a committee hand in late or add cases; it takes none back that stood at the campaign's deadline.
    """
    return ReconciliationOut.of(*await planned_cases.reconcile(view, plan_id))
