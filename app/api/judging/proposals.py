"""Proposed distributions over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Body, Path
from pydantic import Field

from app.algorithms.instance import Shortage
from app.api.http.dependencies import LateEffect, Once, Paging, Reads, Viewer
from app.api.http.output import Action, Instant, Out, Page, ResourceId, VersionTag, actions_of
from app.api.http.routing import Router
from app.context import View
from app.findings import FindingOut
from app.models.enums import ProposalKind, ProposalStatus
from app.problems import RulesViolated, WrongState
from app.rows import values_of
from app.services.judging import proposals
from app.services.judging.distributions import Load
from app.services.judging.proposals import (
    NamedCase,
    NamedReviewer,
    ProposalApplication,
    ProposalCreate,
    ProposalRecord,
    ProposalReversal,
)
from app.services.policies.judging import proposals as policy
from app.services.policies.judging.proposals import OpenCase

router = Router(tags=["proposals"])
RoundId = Annotated[UUID, Path(description="The round.")]
ProposalId = Annotated[UUID, Path(description="The proposal.")]
Label = Annotated[str, Field(max_length=200)]
Count = Annotated[int, Field(ge=0)]


class CaseOfProposal(Out):
    """A case, named."""

    application_id: UUID = Field(description="The application.")
    application_number: str = Field(description="申报编号", max_length=40, examples=["2015-QT-001"])
    case_number: int | None = Field(description="The case's number in the round.", ge=1, examples=[17])
    brand_name: Label | None = Field(description="品牌名称", examples=["“红马甲”邻里互助站"])
    committee_name: Label = Field(description="党（工）委", examples=["乔屯街道党工委"])


class ReviewerOfProposal(Out):
    """A reviewer, named."""

    reviewer_id: UUID = Field(description="The reviewer's account.")
    reviewer_name: Label = Field(description="姓名", examples=["李文博"])
    reviewer_organisation: Label = Field(description="所在单位", examples=["唐山师范学院"])


class PairOut(CaseOfProposal, ReviewerOfProposal):
    """A case for a reviewer."""

    @classmethod
    def of(cls, case: NamedCase, reviewer: NamedReviewer) -> Self:
        return cls(**values_of(case), **values_of(reviewer))


class LoadOut(ReviewerOfProposal):
    """Number of a reviewer's cases in the round, now and under the proposal."""

    before: Count = Field(description="Cases that stood when it was proposed.", examples=[0])
    after: Count = Field(description="Cases once it is applied.", examples=[12])
    minimum: Count = Field(description="The least the reviewer shall have.", examples=[0])
    maximum: Count = Field(description="The most the reviewer can have.", examples=[15])

    @classmethod
    def of(cls, record: ProposalRecord, load: Load) -> Self:
        return cls(**values_of(record.reviewers[load.reviewer_id]) | values_of(load))


class ShortageOut(CaseOfProposal):
    """A case that does not get all its reviews, and the constraint that binds."""

    wanted: Count = Field(description="Reviews it should have.", examples=[3])
    given: Count = Field(description="Reviews it would have.", examples=[1])
    eligible: Count = Field(description="Reviewers of the panel without a conflict.", examples=[1])
    full: Count = Field(description="Eligible reviewers who have as many cases as they can take.", examples=[0])
    finding: FindingOut = Field(description="The constraint that binds, in a sentence: blocks, or loads.")
    blocked: list[FindingOut] = Field(
        description="Conflicts of the others of the panel: their number by reason.", max_length=20
    )

    @classmethod
    def of(cls, record: ProposalRecord, shortage: Shortage, view: View) -> Self:
        case = record.cases[shortage.case]
        return cls(
            wanted=shortage.wanted,
            given=shortage.given,
            eligible=shortage.eligible,
            full=shortage.full,
            finding=policy.shortage_finding(case, shortage, len(record.result.loads)).worded(view.language),
            blocked=[each.worded(view.language) for each in policy.block_findings(shortage.blocked)],
            **values_of(case),
        )


class OpenCaseOut(CaseOfProposal):
    """A case a wave spends reviews on, and why: its rank may lie on either side of the cut."""

    rank: int = Field(description="Its rank by the scores there were.", ge=1, examples=[21])
    rank_low: int = Field(description="The best rank it may well have.", ge=1, examples=[14])
    rank_high: int = Field(description="The worst rank it may well have.", ge=1, examples=[29])
    further_reviews: int = Field(description="Reviews that it gets beside the current ones.", ge=1, examples=[2])
    finding: FindingOut = Field(description="The same in a sentence.")

    @classmethod
    def of(cls, record: ProposalRecord, chosen: OpenCase, view: View) -> Self:
        case, (low, high) = record.cases[chosen.case], chosen.interval
        return cls(
            rank=chosen.rank,
            rank_low=low,
            rank_high=high,
            further_reviews=chosen.extra,
            finding=policy.open_finding(case, chosen, record.result.cut).worded(view.language),
            **values_of(case),
        )


class ProposalFiguresOut(Out):
    """Quality of the distribution."""

    reviews: Count = Field(description="Assignments in force once it is applied.", examples=[120])
    kept: Count = Field(description="Of these, how many stood before.", examples=[0])
    connected: bool = Field(
        description="Does a chain of common cases lead from every reviewer to every other? "
        "Without it strict and lenient ones cannot be distinguished.",
        examples=[True],
    )
    lowest_load: Count = Field(description="The least cases of any reviewer.", examples=[11])
    highest_load: Count = Field(description="The most cases of any reviewer.", examples=[12])
    most_of_one_committee: Count = Field(
        description="The most cases of one committee that any one reviewer has: the lower, the better spread.",
        examples=[2],
    )
    expertise_share: float | None = Field(
        description="Share of the reviews by a reviewer who knows the category; null when there are none.",
        ge=0,
        le=1,
        examples=[0.93],
    )


class LeftOutOut(CaseOfProposal, ReviewerOfProposal):
    """An assignment that the proposal had withdrawn and that was not restored."""

    finding: FindingOut = Field(description="Reason: a conflict, or a new assignment meanwhile.")

    @classmethod
    def of(cls, record: ProposalRecord, left_out: tuple[UUID, UUID, str], view: View) -> Self:
        application_id, reviewer_id, reason = left_out
        case, reviewer = record.cases[application_id], record.reviewers[reviewer_id]
        finding = policy.left_out_finding(case, reviewer, reason).worded(view.language)
        return cls(finding=finding, **values_of(case), **values_of(reviewer))


class ReversalOut(Out):
    """Undoing of a proposal."""

    reason: str = Field(description="Reason.", max_length=500, examples=["评审组成员有变动，重新分配。"])
    withdrawn_count: Count = Field(description="Assignments of the proposal taken back.", examples=[120])
    reinstated_count: Count = Field(description="Assignments that were restored.", examples=[0])
    left_out: list[LeftOutOut] = Field(description="Assignments that were not restored, each with its reason.")

    @classmethod
    def of(cls, record: ProposalRecord, view: View) -> Self | None:
        reversal = record.result.reversal
        if reversal is None:
            return None
        left_out = [LeftOutOut.of(record, each, view) for each in reversal.left_out]
        return cls(**values_of(reversal) | {"left_out": left_out})


class ProposalSummary(Out):
    """A proposal in a list."""

    id: ResourceId
    etag: VersionTag
    round_id: UUID = Field(description="The round.")
    kind: ProposalKind = Field(description="A distribution of the whole round, or a wave of further reviews.")
    status: ProposalStatus = Field(description="State.")
    seed: int = Field(description="Seed that decided between equals.", ge=0, examples=[20150914])
    budget: int | None = Field(description="Further reviews a wave might spend.", ge=1, examples=[None])
    added_count: Count = Field(description="Assignments it makes.", examples=[120])
    withdrawn_count: Count = Field(description="Assignments it withdraws.", examples=[0])
    shortage_count: Count = Field(description="Cases that do not get all their reviews.", examples=[0])
    proposed_at: Instant = Field(description="Time of creation.")
    proposed_by: Label = Field(description="By whom.", examples=["张弓"])
    applied_at: Instant | None = Field(description="Time at which it was applied; null before.", examples=[None])
    undone_at: Instant | None = Field(description="Time at which it was undone; null before.", examples=[None])


class ProposalOut(ProposalSummary):
    """A proposal: who would get what, what would be withdrawn, where it falls short and why."""

    outdated: bool = Field(
        description="Cases, panel, conflicts or assignments have changed since: it can no longer be applied.",
        examples=[False],
    )
    added: list[PairOut] = Field(description="Cases to be given to reviewers, in the order of the cases.")
    withdrawn: list[PairOut] = Field(description="Cases to be taken from reviewers; none whose review is begun.")
    loads: list[LoadOut] = Field(description="The panel, with everybody's load before and after.")
    shortages: list[ShortageOut] = Field(description="Cases without all their reviews, each with what binds.")
    underloads: list[FindingOut] = Field(description="Reviewers for whom fewer cases are left than their minimum.")
    open_cases: list[OpenCaseOut] = Field(description="Of a wave: the cases it chose, and why; else empty.")
    figures: ProposalFiguresOut = Field(description="Quality of the distribution.")
    reversal: ReversalOut | None = Field(description="Undoing of the proposal; null unless it was undone.")
    actions: dict[str, Action] = actions_of(policy.ACTS)

    @classmethod
    async def read(cls, view: View, proposal_id: UUID, *, just_made: bool = False) -> Self:
        record = await proposals.read(view, proposal_id, just_made=just_made)
        result = record.result
        return cls(
            outdated=record.outdated,
            added=[PairOut.of(*pair) for pair in record.added],
            withdrawn=[PairOut.of(*pair) for pair in record.withdrawn],
            loads=[LoadOut.of(record, load) for load in result.loads],
            shortages=[ShortageOut.of(record, shortage, view) for shortage in result.shortages],
            underloads=[
                policy.underload_finding(record.reviewers[each.judge], each).worded(view.language)
                for each in result.underloads
            ],
            open_cases=[OpenCaseOut.of(record, chosen, view) for chosen in result.open_cases],
            figures=ProposalFiguresOut.model_validate(result.figures),
            reversal=ReversalOut.of(record, view),
            actions=Action.by_name(record.actions, view.language),
            **values_of(record.row),
        )


class ProposalPage(Page[ProposalSummary]):
    """One page of proposals, newest first."""


@router.get("/rounds/{round_id}/proposals")
async def list_proposals(round_id: RoundId, view: Reads, page: Paging) -> ProposalPage:
    """List the proposals of a round, newest first. Office only."""
    found = await proposals.search(view, round_id=round_id, **page.binds)
    return ProposalPage.of(found, [ProposalSummary.model_validate(row) for row in found.rows])


@router.post(
    "/rounds/{round_id}/proposals", status_code=201, location="/proposals/{out.id}", raises=[WrongState, RulesViolated]
)
async def create_proposal(round_id: RoundId, body: ProposalCreate, look: Viewer, effect: LateEffect) -> ProposalOut:
    """Compute a distribution of the cases, and store it for inspection: nothing is assigned yet. Office only.

    `full` gives every case of an open round its number of reviews: no conflicts, loads within their bounds and even,
    cases spread over committees, expertise preferred, current assignments changed as little as possible. `wave` spends
    a budget of further reviews on the cases whose rank may lie on either side of the round's cut, and keeps all current
    assignments. If that is impossible, `shortages` names the constraint that binds.
    """
    proposal_id = await proposals.propose(look, effect, round_id, body)
    return await ProposalOut.read(await effect.begun(), proposal_id, just_made=True)


@router.get("/proposals/{proposal_id}")
async def read_proposal(proposal_id: ProposalId, view: Reads) -> ProposalOut:
    """Read a proposal: who gets what, where it falls short and why, and whether it is outdated. Office only."""
    return await ProposalOut.read(view, proposal_id)


@router.post("/proposals/{proposal_id}/application", raises=[WrongState, RulesViolated])
async def apply_proposal(
    proposal_id: ProposalId, body: Annotated[ProposalApplication, Body(default_factory=ProposalApplication)], ctx: Once
) -> ProposalOut:
    """Put a proposal in force, all of it as one act. Office only.

    Refused as `proposal_outdated` when cases, panel, conflicts or assignments have changed since it was made, and as
    `proposal_has_shortages` when cases lack reviews, unless `despite_shortages` is true.
    """
    await proposals.apply(ctx, proposal_id, body)
    return await ProposalOut.read(ctx, proposal_id)


@router.post("/proposals/{proposal_id}/reversal", raises=[WrongState, RulesViolated])
async def undo_proposal(proposal_id: ProposalId, body: ProposalReversal, ctx: Once) -> ProposalOut:
    """Undo an applied proposal: assignments it added are withdrawn, those it withdrew are restored. Office only.

    Refused as `review_begun` when one of its cases is being judged already, unless `despite_reviews` is true.
    Assignments that conflict meanwhile are left out and listed in `reversal`.
    """
    await proposals.undo(ctx, proposal_id, body)
    return await ProposalOut.read(ctx, proposal_id)
