"""Reviews (评审): a judge's scores for a case, saved, submitted and reopened; and their readers.

A change of a review locks its round against closing, so that no review changes after the closing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Text, Uuid, and_, bindparam, cast, func, select, true
from sqlalchemy.orm import aliased

from app.context import ACTOR_ID, Context, View, acting_as
from app.database import Query, bound_id, bound_ids
from app.inputs import AsRead, Code, Input, Prose, Reason
from app.models import Account, Application, ApplicationVersion, Assignment, Review, Round, RoundEntry
from app.models.enums import ReviewStatus, Role, RoundKind, RoundStatus
from app.rows import row_type
from app.services.history import NOTHING_YET, create, expect, move
from app.services.judging import cases
from app.services.judging.visibility import IN_FORCE, ROUND_VISIBLE, hold_round
from app.services.pages import Filter, FilterValue, Listing, Page, among, exactly, updated_since
from app.services.policies import Offered, actions, judge, permit, require_role
from app.services.policies.filing.criteria import GivenScore
from app.services.policies.judging import reviews as policy
from app.services.policies.judging.rounds import Criteria

FILTERS = {
    "application_id": exactly(Assignment.application_id, UUID, "Only of this application."),
    "reviewer_id": exactly(Assignment.reviewer_id, UUID, "Only by this judge."),
    "status": among(Review.status, ReviewStatus, "Only in these states.", max_length=3),
    "updated_since": updated_since(Review.updated_at),
    "standing": Filter(
        bool,
        "False: those instead that count no longer, because the assignment was withdrawn.",
        lambda value: IN_FORCE.self_group() == value,
        default=True,
    ),
}
_ROUND_ID, _APPLICATION_ID = bound_id("round_id"), bound_id("application_id")
_TERMS = (
    *(Round.criteria, Round.status.label("round_status"), Round.kind, Round.scans_needed),
    *(Round.opens_at, Round.closes_at),
)
_clerk, _checker = aliased(Account), aliased(Account)


@row_type
class OwnReview:
    """A judge's review of a case, an empty sheet before it is begun."""

    scores: policy.Scores
    remark: str
    submitted_at: datetime | None
    criteria: Criteria
    round_status: RoundStatus
    kind: RoundKind
    scans_needed: bool
    opens_at: datetime
    closes_at: datetime
    shows_others: bool
    version: int
    status: ReviewStatus
    weighted_total: float | None
    updated_at: datetime | None
    reopening_reason: str | None
    round_id: UUID
    application_id: UUID
    standing: bool
    entered_by: UUID | None
    scan_id: UUID | None


_OWN = Query(
    cases.of_judge(
        func.coalesce(Review.scores, func.jsonb_build_array()).label("scores"),
        func.coalesce(Review.remark, "").label("remark"),
        Review.submitted_at,
        *_TERMS,
        Round.shows_others,
        func.coalesce(Review.version, NOTHING_YET).label("version"),
        func.coalesce(Review.status, ReviewStatus.DRAFT.value).label("status"),
        Review.total.label("weighted_total"),
        Review.updated_at,
        Review.reopening_reason,
        Assignment.round_id,
        Assignment.application_id,
        true().label("standing"),
        Review.entered_by,
        Review.scan_id,
    )
    .outerjoin(Review, Review.assignment_id == Assignment.id)
    .where(cases.IS_CASE),
    OwnReview,
)
_ANONYMOUS = cast(func.md5(cast(Review.id, Text)), Uuid)
"""An id that reveals neither the author nor the time; the list is sorted by it."""


@row_type
class PeerReview:
    """Another judge's review, without a name."""

    id: UUID
    scores: policy.Scores
    remark: str


_PEERS = Listing(
    select(_ANONYMOUS.label("id"), Review.scores, Review.remark)
    .join(Assignment, Assignment.id == Review.assignment_id)
    .where(Assignment.round_id == _ROUND_ID, Assignment.application_id == _APPLICATION_ID)
    .where(Assignment.reviewer_id != ACTOR_ID, IN_FORCE, Review.status == ReviewStatus.SUBMITTED),
    _ANONYMOUS,
    PeerReview,
)


@row_type
class ReviewSummary:
    """A review in the office's list."""

    id: UUID
    version: int
    status: ReviewStatus
    weighted_total: float | None
    submitted_at: datetime | None
    updated_at: datetime
    assignment_id: UUID
    round_id: UUID
    application_id: UUID
    reviewer_id: UUID
    reviewer_name: str
    application_number: str
    brand_name: str | None
    case_number: int | None
    standing: bool


@row_type
class OfficeReview(ReviewSummary):
    """A review with its scores, and the terms of its round."""

    scores: policy.Scores
    remark: str
    reopening_reason: str | None
    criteria: Criteria
    round_status: RoundStatus
    kind: RoundKind
    scans_needed: bool
    opens_at: datetime
    closes_at: datetime
    entered_by: UUID | None
    scan_id: UUID | None
    clerk_name: str | None
    checker_name: str | None


ReviewRow = OwnReview | OfficeReview
ENTRY = and_(RoundEntry.round_id == Assignment.round_id, RoundEntry.application_id == Assignment.application_id)
_FOR_OFFICE = (
    select(
        *(Review.id, Review.version, Review.status, Review.total.label("weighted_total")),
        *(Review.submitted_at, Review.updated_at),
        Assignment.id.label("assignment_id"),
        Assignment.round_id,
        Assignment.application_id,
        Assignment.reviewer_id,
        Account.name.label("reviewer_name"),
        Application.number.label("application_number"),
        ApplicationVersion.brand_name,
        RoundEntry.case_number,
        IN_FORCE.label("standing"),
    )
    .select_from(Review)
    .join(Assignment, Assignment.id == Review.assignment_id)
    .join(Account, Account.id == Assignment.reviewer_id)
    .join(Application, Application.id == Assignment.application_id)
    .join(RoundEntry, ENTRY)
    .join(ApplicationVersion, ApplicationVersion.id == RoundEntry.version_id)
    .where(acting_as(Role.OFFICE))
)
_LIST = Listing(_FOR_OFFICE.where(Assignment.round_id == _ROUND_ID), Review.id, ReviewSummary, filters=FILTERS)
_IN_FULL = Query(
    _FOR_OFFICE.add_columns(Review.scores, Review.remark, Review.reopening_reason, *_TERMS)
    .add_columns(
        Review.entered_by, Review.scan_id, _clerk.name.label("clerk_name"), _checker.name.label("checker_name")
    )
    .join(Round, Round.id == Assignment.round_id)
    .outerjoin(_clerk, _clerk.id == Review.entered_by)
    .outerjoin(_checker, _checker.id == Review.checked_by)
    .where(Review.id == bound_ids("review_ids").any_()),
    OfficeReview,
)
_ROUND = Query(select(Round.id).where(Round.id == _ROUND_ID, ROUND_VISIBLE))
_OF_ASSIGNMENT = select(Review).where(Review.assignment_id == bindparam("assignment_id")).with_for_update()
_ASSIGNED = (
    select(Assignment)
    .where(Assignment.id == bindparam("assignment_id"), Assignment.round_id == bindparam("round_id"))
    .where(acting_as(Role.OFFICE))
    .with_for_update()
)
_LOCKED = select(Review).where(Review.id == bindparam("review_id")).with_for_update()

Remark = Annotated[Prose, Field(max_length=1000)]


class CriterionScore(Input):
    """A judge's score for one criterion."""

    code: Code = Field(description="The criterion, by its code in the round.", examples=["influence"])
    score: GivenScore | None = Field(
        None,
        description="Within the criterion's range and a multiple of its step; null while undecided.",
        examples=[86.5],
    )
    remark: Remark = Field("", description="评语", examples=["做法扎实，群众知晓率高。"])
    name: AsRead = None
    weight: AsRead = None
    minimum: AsRead = None
    maximum: AsRead = None
    step: AsRead = None


class ReviewDraft(Input):
    """The whole of a review so far."""

    scores: list[CriterionScore] = Field(description="The criteria considered so far, each once.", max_length=20)
    remark: Remark = Field("", description="总评", examples=["可在全区推广。"])


class ScoreRead(Input):
    """A score as the second person reads it on the sheet."""

    code: Code = Field(description="The criterion, by its code in the round.", examples=["influence"])
    score: GivenScore = Field(description="The score on the sheet.", examples=[86.5])


class SheetReading(Input):
    """Check a sheet that was entered: its scores, read a second time."""

    scores: list[ScoreRead] = Field(description="Every criterion, once.", max_length=20)


class ReviewReopening(Input):
    """Give a review back to its judge, or a sheet to its clerk."""

    reason: Reason = Field(description="Reason; visible to the judge.", examples=["“影响力”一项疑似误填，请核对。"])


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """A review as the actor may see it, its scoring sheet, and the acts possible now."""

    row: ReviewRow
    sheet: policy.Scores
    actions: Offered


async def save(ctx: Context, case_id: UUID, body: ReviewDraft, version: int | None) -> None:
    """Save the scores given so far, replacing those saved before."""
    round_, assignment = await cases.hold(ctx, case_id)
    review = await _of(ctx, assignment)
    permit(policy.SAVE, role=ctx.actor.role, status=review.status)
    expect(review, version)
    scores = [each.model_dump() for each in body.scores]
    facts = _facts(ctx, review, round_, scores)
    findings = policy.score_findings(round_.criteria, scores)
    if review.version != NOTHING_YET:
        move(ctx, review, policy.SAVE, facts, findings=findings, scores=scores, remark=body.remark)
        return
    judge(policy.SAVE, ctx.actor.role, facts, findings)
    review.version, review.scores, review.remark = 1, scores, body.remark
    create(ctx, review, policy.BEGUN)


async def submit(ctx: Context, case_id: UUID) -> None:
    """Submit the review as it was saved, with a score for every criterion: from now on it counts."""
    round_, assignment = await cases.hold(ctx, case_id)
    review = await _of(ctx, assignment)
    facts = _facts(ctx, review, round_, review.scores)
    total = policy.total_of(round_.criteria, review.scores)
    move(ctx, review, policy.SUBMIT, facts, total=total, submitted_at=ctx.now, reopening_reason=None)


async def reopen(ctx: Context, review_id: UUID, body: ReviewReopening) -> None:
    """Reopen a review, or return a sheet, while the round takes scores; it does not count until it is done again."""
    review, facts = await hold(ctx, review_id)
    undone: dict[str, Any] = {"total": None, "submitted_at": None, "checked_by": None}
    move(ctx, review, policy.REOPEN, facts, reopening_reason=body.reason, **undone)


async def enter(ctx: Context, round_id: UUID, assignment_id: UUID, body: ReviewDraft) -> UUID:
    """Enter the whole sheet of a judge (代录): it counts once a second person has checked it. Return the review."""
    require_role(ctx.actor.role, Role.OFFICE)
    round_ = await hold_round(ctx, round_id)
    assignment = await ctx.lock(_ASSIGNED, assignment_id=assignment_id, round_id=round_id)
    review = await _of(ctx, assignment)
    scores = [each.model_dump() for each in body.scores]
    facts = _facts(ctx, review, round_, scores, standing=assignment.withdrawn_at is None)
    findings = policy.sheet_findings(round_.criteria, scores)
    said = {"scores": scores, "remark": body.remark}
    entered: dict[str, Any] = said | {"entered_by": ctx.actor.id, "reopening_reason": None}
    if review.version != NOTHING_YET:
        move(ctx, review, policy.ENTER, facts, findings=findings, **entered)
        return review.id
    judge(policy.ENTER, ctx.actor.role, facts, findings)
    sheet = Review(assignment_id=assignment.id, status=ReviewStatus.ENTERED, **entered)
    return create(ctx, sheet, policy.ENTER.event).id


async def check(ctx: Context, review_id: UUID, body: SheetReading) -> None:
    """Check a sheet by a second reading, which must be the same: from now on it counts."""
    review, facts = await hold(ctx, review_id)
    findings = policy.reading_findings(facts.criteria, facts.scores, [each.model_dump() for each in body.scores])
    total = policy.total_of(facts.criteria, facts.scores)
    move(
        ctx, review, policy.CHECK, facts, findings=findings, total=total, submitted_at=ctx.now, checked_by=ctx.actor.id
    )


async def hold(ctx: Context, review_id: UUID) -> tuple[Review, policy.ReviewFacts]:
    """Return the review, locked, in its round, held open; NotFound to anybody but the office."""
    row = await ctx.get(_IN_FULL, review_ids=[review_id])
    round_ = await hold_round(ctx, row.round_id)
    review = await ctx.lock(_LOCKED, review_id=review_id)
    return review, _facts(ctx, review, round_, review.scores, standing=row.standing)


async def read_own(view: View, case_id: UUID) -> ReviewRecord:
    """Return the judge's review of a case, an empty sheet before it is begun; NotFound unless the case is theirs."""
    return _record(view, await view.get(_OWN, case_id=case_id, now=view.now))


async def peers(view: View, case_id: UUID, *, after: UUID | None, limit: int) -> Page[PeerReview]:
    """Return others' reviews without names: none before the judge's own is submitted, or if the round shows none."""
    own = await view.get(_OWN, case_id=case_id, now=view.now)
    if not own.shows_others or own.status is not ReviewStatus.SUBMITTED:
        return Page([], None, 0)
    place = {"round_id": own.round_id, "application_id": own.application_id}
    page = await _PEERS.page(view, after=after, limit=limit, **place)
    rows = [replace(row, scores=policy.sheet(own.criteria, row.scores)) for row in page.rows]
    return page.of(rows)


async def search(
    view: View, round_id: UUID, *, after: UUID | None, limit: int, **filters: FilterValue
) -> Page[ReviewSummary]:
    """Return the reviews of a round that count, or those that do not; Forbidden to anybody but the office."""
    require_role(view.actor.role, Role.OFFICE)
    await view.get(_ROUND, round_id=round_id, now=view.now)
    return await _LIST.page(view, after=after, limit=limit, round_id=round_id, **filters)


async def read(view: View, review_id: UUID) -> ReviewRecord:
    """Return one review; NotFound to anybody but the office."""
    return _record(view, await view.get(_IN_FULL, review_ids=[review_id]))


async def offered(view: View, rows: Sequence[ReviewSummary]) -> dict[UUID, Offered]:
    """Return the acts on each of these reviews, for the rows of a list."""
    found = await view.rows(_IN_FULL, review_ids=[row.id for row in rows])
    return {row.id: _record(view, row).actions for row in found}


async def _of(ctx: Context, assignment: Assignment) -> Review:
    """Return the assignment's review, locked, or a new one that was never saved."""
    review: Review | None = await ctx.find(_OF_ASSIGNMENT, assignment_id=assignment.id)
    return review or Review(assignment_id=assignment.id, version=NOTHING_YET)


def _record(view: View, row: ReviewRow) -> ReviewRecord:
    terms = row.criteria, row.round_status, row.opens_at, row.closes_at
    facts = policy.ReviewFacts(row.status, view.now, row.scores, *terms, row.standing, _sheet(view, row, row))
    return ReviewRecord(row, policy.sheet(row.criteria, row.scores), actions(policy.ACTS, view.actor.role, facts))


def _facts(
    ctx: Context, review: Review, round_: Round, scores: policy.Scores, *, standing: bool = True
) -> policy.ReviewFacts:
    terms = round_.criteria, round_.status, round_.opens_at, round_.closes_at
    return policy.ReviewFacts(review.status, ctx.now, scores, *terms, standing, _sheet(ctx, round_, review))


def _sheet(view: View, round_: Round | ReviewRow, review: Review | ReviewRow) -> policy.Sheet:
    clerk, seat = review.entered_by, view.actor.seat
    return policy.Sheet(
        live=round_.kind is RoundKind.LIVE,
        entered=clerk is not None,
        begun=clerk is None and review.version != NOTHING_YET,
        own=clerk is not None and clerk == view.actor.id,
        on_paper=seat is not None and seat.on_paper,
        scanned=review.scan_id is not None,
        scan_needed=round_.scans_needed,
    )
