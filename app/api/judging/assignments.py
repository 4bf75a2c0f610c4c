"""Assignments over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Chosen, Once, Paging, Reads, filtered_by
from app.api.http.output import Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.context import View
from app.models.enums import AssignmentOrigin, ConflictReason, ReviewStatus, WithdrawalCause
from app.problems import RulesViolated, WrongState
from app.services.judging import assignments
from app.services.judging.assignments import AssignmentsCreate, AssignmentsWithdrawal

router = Router("/rounds/{round_id}", tags=["assignments"])
Filters = Annotated[Chosen, filtered_by(assignments.FILTERS)]
RoundId = Annotated[UUID, Path(description="The round.")]
Label = Annotated[str, Field(max_length=200)]


class DismissalOut(Out):
    """A conflict of interest that keeps the reviewer from nothing, by decision of the office."""

    conflict: ConflictReason = Field(description="Conflict that was dismissed.")
    reason: str = Field(
        description="Reason of the office.", max_length=500, examples=["电话系社区公用，已核实并无利害关系。"]
    )
    made_at: Instant = Field(description="Time of the dismissal.")
    made_by: Label = Field(description="By whom.", examples=["张弓"])


class AssignmentOut(Out):
    """A case given to a reviewer (分配)."""

    id: ResourceId
    round_id: UUID = Field(description="The round.")
    application_id: UUID = Field(description="The application.")
    application_number: Label = Field(description="申报编号", examples=["2015-QT-001"])
    case_number: int | None = Field(description="Its number in the round.", ge=1, le=100_000, examples=[17])
    brand_name: Label | None = Field(description="品牌名称", examples=["“红马甲”邻里互助站"])
    unit_name: Label = Field(description="申报单位", examples=["乔屯街道龙华社区"])
    committee_name: Label = Field(description="推荐单位", examples=["乔屯街道党工委"])
    reviewer_id: UUID = Field(description="The reviewer, by account.")
    reviewer_name: Label = Field(description="评委", examples=["赵敏"])
    reviewer_organisation: Label = Field(description="评委所在单位", examples=["唐山师范学院"])
    origin: AssignmentOrigin = Field(description="Given by hand, or by a proposal.")
    proposal_id: UUID | None = Field(description="The proposal it came of.", examples=[None])
    assigned_at: Instant = Field(description="Time of the assignment.")
    assigned_by: Label = Field(description="By whom.", examples=["张弓"])
    review_status: ReviewStatus | None = Field(description="State of the review; null before it is begun.")
    submitted_at: Instant | None = Field(description="Time at which the review was submitted.", examples=[None])
    standing: bool = Field(description="True if it counts: nobody withdrew it.", examples=[True])
    conflict: ConflictReason | None = Field(
        description="A conflict of interest that was found after it was given, and waits for the office's decision."
    )
    dismissals: list[DismissalOut] = Field(description="Conflicts that the office dismissed.", max_length=6)
    withdrawn_at: Instant | None = Field(description="Time of the withdrawal.", examples=[None])
    withdrawn_by: Label | None = Field(description="By whom; a reviewer who kept away withdrew it.", examples=[None])
    withdrawal_cause: WithdrawalCause | None = Field(description="Cause of the withdrawal.")
    withdrawal_reason: str | None = Field(description="In the office's words.", max_length=500, examples=[None])


class AssignmentPage(Page[AssignmentOut]):
    """One page of a round's assignments, oldest first."""


class AssignmentsOut(Out):
    """Several assignments that one act made or withdrew, oldest first."""

    assignments: list[AssignmentOut] = Field(description="All of them.", max_length=500)

    @classmethod
    async def read(cls, view: View, ids: Sequence[UUID]) -> Self:
        return cls(assignments=[AssignmentOut.model_validate(row) for row in await assignments.named(view, ids)])


@router.get("/assignments")
async def list_assignments(round_id: RoundId, view: Reads, filters: Filters, page: Paging) -> AssignmentPage:
    """List who reviews what in a round, oldest first. Office only: to everybody else there is none."""
    found = await assignments.search(view, round_id, **filters, **page.binds)
    return AssignmentPage.of(found, [AssignmentOut.model_validate(row) for row in found.rows])


@router.post(
    "/assignments", status_code=201, location="/rounds/{round_id}/assignments", raises=[WrongState, RulesViolated]
)
async def create_assignments(round_id: RoundId, body: AssignmentsCreate, ctx: Once) -> AssignmentsOut:
    """Give cases to reviewers, one or up to 500 at once: all of them, or none. Office only, in an open round.

    Every pair that may not be is listed, with a pointer to it: no case of the round, not on the panel, a conflict of
    interest and which, assigned already, or more than the reviewer takes. Reviewers see them once the round begins.
    """
    ids = await assignments.assign_by_hand(ctx, round_id, body)
    return await AssignmentsOut.read(ctx, ids)


@router.post("/assignment-withdrawals", raises=[WrongState, RulesViolated])
async def withdraw_assignments(round_id: RoundId, body: AssignmentsWithdrawal, ctx: Once) -> AssignmentsOut:
    """Take assignments back, one or up to 500 at once: all of them, or none. Office only, in an open round.

    A review that was handed in bars it, unless `despite_reviews` is true: then it counts no longer, and stays known.
    """
    await assignments.withdraw_by_hand(ctx, round_id, body)
    return await AssignmentsOut.read(ctx, body.assignment_ids)
