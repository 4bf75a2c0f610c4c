"""Reviews over HTTP: a judge's own, what judges may read of each other's, and the office's view of all."""

from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field, WithJsonSchema

from app.api.http.dependencies import Chosen, Ctx, IfMatch, Once, Paging, Reads, filtered_by
from app.api.http.output import (
    Action,
    CountedPage,
    Instant,
    Out,
    Page,
    ResourceId,
    VersionTag,
    actions_of,
    row_actions_of,
)
from app.api.http.routing import Router
from app.api.judging.cases import CaseId, Label, Number
from app.context import View
from app.models.enums import ReviewStatus
from app.problems import RulesViolated, WrongState
from app.rows import values_of
from app.services.judging import reviews
from app.services.judging.reviews import ReviewDraft, ReviewRecord, ReviewReopening, SheetReading
from app.services.policies.filing.criteria import Step
from app.services.policies.judging import reviews as policy

router = Router(tags=["reviews"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(reviews.FILTERS)]
RoundId = Annotated[UUID, Path(description="The round.")]
ReviewId = Annotated[UUID, Path(description="The review.")]
AssignmentId = Annotated[UUID, Path(description="The assignment of a case to the judge whose sheet it is.")]
RemarkText = Annotated[str, Field(max_length=1000)]
Href = Annotated[str, Field(max_length=200)]
Total = Annotated[float, Field(ge=0, le=100)]
Scale = Annotated[int, Field(ge=0, le=1000)]
Points = Annotated[int | float, WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1000})]
"""A score as it was typed: whole, or with its decimal."""


class ScoreOut(Out):
    """A row of the scoring sheet (评分表): a criterion of the round, and what it was given."""

    code: Label = Field(description="The criterion's code.", examples=["influence"])
    name: Label = Field(description="评选标准", examples=["影响力"])
    weight: int = Field(description="Weight beside the other criteria's.", ge=1, le=100, examples=[25])
    minimum: Scale = Field(description="The lowest score.", examples=[0])
    maximum: Scale = Field(description="The highest score.", examples=[100])
    step: Step = Field(description="Scores are multiples of it: a decimal.", examples=["0.5"])
    score: Points | None = Field(description="The score as it was typed; null while there is none.", examples=[86.5])
    remark: RemarkText = Field(description="评语", examples=["做法扎实，群众知晓率高。"])


class Sheet(Out):
    """A scoring sheet with its remark."""

    scores: list[ScoreOut] = Field(description="Every criterion of the round, in its order.", max_length=20)
    remark: RemarkText = Field(description="总评", examples=["可在全区推广。"])


class PeerReviewOut(Sheet):
    """Another judge's review of the same case, without a name."""

    id: ResourceId


class PeerReviewPage(Page[PeerReviewOut]):
    """One page of others' reviews, in an order without meaning."""


class OwnReviewOut(Sheet):
    """Your review of a case, and what may be done with it now."""

    etag: VersionTag
    status: ReviewStatus = Field(description="State; `draft` also before you begin it.")
    weighted_total: Total | None = Field(
        description="总分 on a scale of 100, weighted; null until it is submitted.", examples=[None]
    )
    submitted_at: Instant | None = Field(description="Time of the last submission; null while it is a draft.")
    updated_at: Instant | None = Field(description="Time of the last change; null before it is begun.")
    reopening_reason: Label | None = Field(
        description="Reason for which the office reopened it; null unless reopened.", max_length=500, examples=[None]
    )
    scan_href: Href | None = Field(description="Scan of your paper sheet, if the office stored one.", examples=[None])
    shows_others: bool = Field(
        description="True if the round lets you read others' reviews of the case once yours is submitted.",
        examples=[False],
    )
    actions: dict[str, Action] = actions_of(policy.ACTS)

    @classmethod
    async def read(cls, view: View, case_id: UUID) -> Self:
        record = await reviews.read_own(view, case_id)
        return cls(**_members(record, view, f"/api/v1/cases/{case_id}/review/scan"))


class ReviewSummary(Out):
    """A review in the office's list."""

    id: ResourceId
    etag: VersionTag
    assignment_id: UUID = Field(description="The assignment it answers.")
    round_id: UUID = Field(description="The round.")
    application_id: UUID = Field(description="The application.")
    application_number: Label = Field(description="申报编号", examples=["2015-QT-001"])
    brand_name: Label | None = Field(description="品牌名称", examples=["“红马甲”邻里互助站"])
    case_number: Number = Field(examples=[17])
    reviewer_id: UUID = Field(description="The judge.")
    reviewer_name: Label = Field(description="评委", examples=["王敏"])
    status: ReviewStatus = Field(description="State.")
    standing: bool = Field(description="True if it counts: its assignment is not withdrawn.", examples=[True])
    weighted_total: Total | None = Field(
        description="总分 on a scale of 100, weighted; null while it is a draft.", examples=[86.5]
    )
    submitted_at: Instant | None = Field(description="Time of the last submission; null while it is a draft.")
    updated_at: Instant = Field(description="Time of the last change.")
    actions: dict[str, Action] | None = row_actions_of(policy.ACTS)


class ReviewOut(Sheet, ReviewSummary):
    """A review as the office reads it, and what may be done with it now."""

    reopening_reason: Label | None = Field(
        description="Reason of the reopening; null without one.", max_length=500, examples=[None]
    )
    clerk_name: Label | None = Field(
        description="录入人 of a sheet of a live round; null where the judge scored.", examples=["张弓"]
    )
    checker_name: Label | None = Field(description="复核人 of the sheet; null until it is checked.", examples=["李静"])
    scan_href: Href | None = Field(description="Scan of the sheet; null without one.", examples=[None])
    actions: dict[str, Action] = actions_of(policy.ACTS)

    @classmethod
    async def read(cls, view: View, review_id: UUID) -> Self:
        record = await reviews.read(view, review_id)
        return cls(**_members(record, view, f"/api/v1/reviews/{review_id}/scan"))


class ReviewPage(CountedPage[ReviewSummary]):
    """One page of reviews, oldest first."""


def _members(record: ReviewRecord, view: View, scan: str) -> dict[str, Any]:
    return values_of(record.row) | {
        "scan_href": scan if record.row.scan_id else None,
        "scores": record.sheet,
        "actions": Action.by_name(record.actions, view.language),
    }


@router.get("/cases/{case_id}/review")
async def read_own_review(case_id: CaseId, view: Reads) -> OwnReviewOut:
    """Read your review of a case. Before you begin it, it is an empty sheet whose `ETag` is `"0"`."""
    return await OwnReviewOut.read(view, case_id)


@router.put("/cases/{case_id}/review", raises=[WrongState, RulesViolated])
async def save_review(case_id: CaseId, body: ReviewDraft, version: IfMatch, ctx: Ctx) -> OwnReviewOut:
    """Save your review of a case as far as you have come, in place of what was saved before.

    A draft may lack scores; those it has lie within their criteria. The first time send `If-Match: "0"`. What is
    submitted changes no more, unless the office gives it back.
    """
    await reviews.save(ctx, case_id, body, version)
    return await OwnReviewOut.read(ctx, case_id)


@router.post("/cases/{case_id}/review/submission", raises=[WrongState, RulesViolated])
async def submit_review(case_id: CaseId, ctx: Once) -> OwnReviewOut:
    """Submit your review as you last saved it: with a score for every criterion, while the round takes scores.

    From now on it counts. Every rule that is not met is listed in one answer, and beforehand in `actions.submit`.
    """
    await reviews.submit(ctx, case_id)
    return await OwnReviewOut.read(ctx, case_id)


@router.get("/cases/{case_id}/peer-reviews")
async def list_peer_reviews(case_id: CaseId, view: Reads, page: Paging) -> PeerReviewPage:
    """List others' reviews of the same case, without names, once your own is submitted, if the round allows it.

    Before that, and in other rounds, the list is empty, whether others have reviewed the case or not.
    """
    found = await reviews.peers(view, case_id, **page.binds)
    return PeerReviewPage.of(found, [PeerReviewOut.model_validate(row) for row in found.rows])


@router.get("/rounds/{round_id}/reviews", offers=reviews.offered)
async def list_reviews(round_id: RoundId, view: Reads, filters: Filters, page: Paging) -> ReviewPage:
    """List the reviews of a round that count, oldest first. Office only."""
    found = await reviews.search(view, round_id, **filters, **page.binds)
    return ReviewPage.of(found, [ReviewSummary.model_validate(row) for row in found.rows])


@router.get("/reviews/{review_id}")
async def read_review(review_id: ReviewId, view: Reads) -> ReviewOut:
    """Read a review: its scores, its remarks, and whether it can be reopened. For the office."""
    return await ReviewOut.read(view, review_id)


@router.post("/reviews/{review_id}/reopening", raises=[WrongState, RulesViolated])
async def reopen_review(review_id: ReviewId, body: ReviewReopening, ctx: Ctx) -> ReviewOut:
    """Give a submitted review back to its judge, or an entered sheet to its clerk, with the reason. Office only.

    While the round takes scores. The scores stay as they are; the review does not count until it is submitted again, or
    entered and checked again.
    """
    await reviews.reopen(ctx, review_id, body)
    return await ReviewOut.read(ctx, review_id)


@router.post("/rounds/{round_id}/assignments/{assignment_id}/sheet", raises=[WrongState, RulesViolated])
async def enter_sheet(round_id: RoundId, assignment_id: AssignmentId, body: ReviewDraft, ctx: Once) -> ReviewOut:
    """Enter the paper sheet of a judge in a live round (代录), with a score for every criterion. Office only.

    Its review is `entered` and does not count until another account of the office has checked it. Refused where the
    judge has begun to score in the system. One that was reopened is entered again.
    """
    return await ReviewOut.read(ctx, await reviews.enter(ctx, round_id, assignment_id, body))


@router.post("/reviews/{review_id}/check", raises=[WrongState, RulesViolated])
async def check_sheet(review_id: ReviewId, body: SheetReading, ctx: Once) -> ReviewOut:
    """Check an entered sheet by reading it a second time (复核): the same scores, and it counts. Office only.

    Refused to whoever entered it, and without a scan where the round needs one (`scans_needed`). A score that differs
    is named (`sheet_differs`): read again, or give the sheet back (`reopening`). The history says who entered it and
    who checked.
    """
    await reviews.check(ctx, review_id, body)
    return await ReviewOut.read(ctx, review_id)
