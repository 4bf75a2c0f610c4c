"""Assignments (分配): made and withdrawn by the office, one or many in one act, all of them or none."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from pydantic import Field
from sqlalchemy import Uuid, and_, bindparam, case, column, exists, func, select
from sqlalchemy.orm import aliased

from app.context import Context, View, acting_as
from app.database import Query, bound_id, bound_ids
from app.findings import Finding
from app.inputs import AssignmentIds, Input, Reason
from app.models import (
    Account,
    Application,
    ApplicationVersion,
    Assignment,
    Committee,
    ConflictDismissal,
    PanelMember,
    Review,
    Reviewer,
    Round,
    RoundEntry,
    Unit,
)
from app.models.enums import AssignmentOrigin, ConflictReason, ReviewStatus, Role, WithdrawalCause
from app.rows import row_type
from app.services.filing.contents import APPLICANT
from app.services.history import change, create
from app.services.judging.conflicts import UNDECIDED, conflict
from app.services.judging.visibility import IN_FORCE, lock_round
from app.services.pages import Filter, FilterValue, Listing, Page, exactly
from app.services.policies import permit, refuse
from app.services.policies.judging import assignments as policy
from app.services.policies.judging.assignments import Given, Load, Pair

_ROUND_ID = bound_id("round_id")
_APPLICATION_IDS, _REVIEWER_IDS, _ASSIGNMENT_IDS = (
    bound_ids(name) for name in ("application_ids", "reviewer_ids", "assignment_ids")
)
_judge, _giver, _taker, _dismisser = (aliased(Account) for _ in range(4))


@row_type
class AssignmentRow:
    """An assignment with its case, its reviewer, and the progress of its review."""

    id: UUID
    round_id: UUID
    application_id: UUID
    case_number: int | None
    application_number: str
    brand_name: str | None
    unit_name: str
    committee_name: str
    reviewer_id: UUID
    reviewer_name: str
    reviewer_organisation: str
    origin: AssignmentOrigin
    proposal_id: UUID | None
    assigned_at: datetime
    assigned_by: str
    review_status: ReviewStatus | None
    submitted_at: datetime | None
    standing: bool
    conflict: ConflictReason | None
    dismissals: Sequence[Mapping[str, Any]]
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawal_cause: WithdrawalCause | None
    withdrawal_reason: str | None


_conflict = case((IN_FORCE, UNDECIDED))
_in_conflict = _conflict.is_not(None)
_dismissals = (
    select(
        func.coalesce(
            func.jsonb_agg(
                func.jsonb_build_object(
                    *("conflict", ConflictDismissal.conflict, "reason", ConflictDismissal.reason),
                    *("made_at", ConflictDismissal.made_at, "made_by", _dismisser.name),
                )
            ),
            func.jsonb_build_array(),
        )
    )
    .join(_dismisser, _dismisser.id == ConflictDismissal.made_by)
    .where(ConflictDismissal.assignment_id == Assignment.id)
    .correlate(Assignment)
    .scalar_subquery()
)
_ASSIGNMENT = (
    select(
        Assignment.id,
        Assignment.round_id,
        Assignment.application_id,
        RoundEntry.case_number,
        Application.number.label("application_number"),
        Application.brand_name,
        APPLICANT.label("unit_name"),
        Committee.name.label("committee_name"),
        Assignment.reviewer_id,
        _judge.name.label("reviewer_name"),
        Reviewer.organisation.label("reviewer_organisation"),
        Assignment.origin,
        Assignment.proposal_id,
        Assignment.assigned_at,
        _giver.name.label("assigned_by"),
        Review.status.label("review_status"),
        Review.submitted_at,
        IN_FORCE.label("standing"),
        _conflict.label("conflict"),
        _dismissals.label("dismissals"),
        Assignment.withdrawn_at,
        _taker.name.label("withdrawn_by"),
        Assignment.withdrawal_cause,
        Assignment.withdrawal_reason,
    )
    .join(
        RoundEntry,
        and_(RoundEntry.round_id == Assignment.round_id, RoundEntry.application_id == Assignment.application_id),
    )
    .join(Application, Application.id == Assignment.application_id)
    .join(ApplicationVersion, ApplicationVersion.id == RoundEntry.version_id)
    .join(Unit, Unit.id == Application.unit_id)
    .join(Committee, Committee.id == Application.committee_id)
    .join(Reviewer, Reviewer.account_id == Assignment.reviewer_id)
    .join(_judge, _judge.id == Assignment.reviewer_id)
    .join(_giver, _giver.id == Assignment.assigned_by)
    .outerjoin(_taker, _taker.id == Assignment.withdrawn_by)
    .outerjoin(Review, Review.assignment_id == Assignment.id)
    .where(acting_as(Role.OFFICE))
)
_NAMED = Query(_ASSIGNMENT.where(Assignment.id == _ASSIGNMENT_IDS.any_()).order_by(Assignment.id), AssignmentRow)
FILTERS = {
    "reviewer_id": exactly(Assignment.reviewer_id, UUID, "Only of this reviewer."),
    "application_id": exactly(Assignment.application_id, UUID, "Only of this application."),
    "in_conflict": Filter(
        bool,
        "True: only those with a conflict to decide.",
        lambda wanted: _in_conflict == wanted,
    ),
    "standing": Filter(
        bool,
        "Those that count, or those that do no longer.",
        lambda standing: IN_FORCE == standing,
        default=True,
    ),
}
_ASSIGNMENTS = Listing(
    _ASSIGNMENT.where(Assignment.round_id == _ROUND_ID), Assignment.id, AssignmentRow, filters=FILTERS
)
_ROUND = Query(select(Round.id).where(Round.id == _ROUND_ID, acting_as(Role.OFFICE)))
_wanted = (
    func.unnest(_APPLICATION_IDS, _REVIEWER_IDS)
    .table_valued(column("application_id", Uuid), column("reviewer_id", Uuid), with_ordinality="place")
    .render_derived("wanted")
)
_PAIRS = Query(
    select(
        _wanted.c.application_id,
        _wanted.c.reviewer_id,
        exists()
        .where(RoundEntry.round_id == _ROUND_ID, RoundEntry.application_id == _wanted.c.application_id)
        .label("entered"),
        exists()
        .where(PanelMember.round_id == _ROUND_ID, PanelMember.reviewer_id == _wanted.c.reviewer_id)
        .label("on_panel"),
        exists()
        .where(
            Assignment.round_id == _ROUND_ID,
            Assignment.application_id == _wanted.c.application_id,
            Assignment.reviewer_id == _wanted.c.reviewer_id,
            Assignment.withdrawn_at.is_(None),
        )
        .label("assigned"),
        conflict(_wanted.c.reviewer_id, _wanted.c.application_id).label("conflict"),
    ).order_by(_wanted.c.place),
    Pair,
)


@row_type
class ReviewerLoad:
    """The number of cases a reviewer has in the round, and the maximum."""

    reviewer_id: UUID
    count: int
    maximum: int


_LOADS = Query(
    select(
        Reviewer.account_id.label("reviewer_id"),
        func.count(Assignment.id).label("count"),
        Reviewer.maximum_load.label("maximum"),
    )
    .outerjoin(
        Assignment, and_(Assignment.reviewer_id == Reviewer.account_id, Assignment.round_id == _ROUND_ID, IN_FORCE)
    )
    .where(Reviewer.account_id == _REVIEWER_IDS.any_())
    .group_by(Reviewer.account_id, Reviewer.maximum_load),
    ReviewerLoad,
)
_LOCKED = (
    select(Assignment, Review.status)
    .outerjoin(Review, Review.assignment_id == Assignment.id)
    .where(Assignment.round_id == bindparam("round_id"), Assignment.id == _ASSIGNMENT_IDS.any_())
    .order_by(Assignment.id)
    .with_for_update(of=Assignment)
)


class AssignmentWanted(Input):
    """A case, and the reviewer it shall be given to."""

    application_id: UUID = Field(description="An application that is a case of the round.")
    reviewer_id: UUID = Field(description="The account of a reviewer on the round's panel.")


class AssignmentsCreate(Input):
    """Give cases to reviewers: all of these, or none."""

    assignments: list[AssignmentWanted] = Field(
        min_length=1, max_length=500, description="Pairs of a case and a reviewer."
    )


class AssignmentsWithdrawal(Input):
    """Take assignments back: all of these, or none."""

    assignment_ids: AssignmentIds
    reason: Reason = Field(description="Reason; kept.", examples=["该评委因公出差，改由他人评审。"])
    despite_reviews: bool = Field(
        False,
        description="True also withdraws those whose review was submitted: it counts no longer.",
        examples=[False],
    )


async def assign_by_hand(ctx: Context, round_id: UUID, body: AssignmentsCreate) -> list[UUID]:
    """Make the assignments that the office chose."""
    round_ = await lock_round(ctx, round_id)
    pairs = [(wanted.application_id, wanted.reviewer_id) for wanted in body.assignments]
    return [row.id for row in await assign(ctx, round_, pairs, AssignmentOrigin.MANUAL)]


async def assign(
    ctx: Context,
    round_: Round,
    pairs: Sequence[tuple[UUID, UUID]],
    origin: AssignmentOrigin,
    proposal_id: UUID | None = None,
) -> list[Assignment]:
    """Make assignments of all pairs or of none; no other function makes any. The caller has locked the round."""
    permit(policy.ASSIGN, role=ctx.actor.role, status=round_.status)
    refuse(await _findings(ctx, round_, pairs))
    return [
        create(
            ctx,
            Assignment(
                round_id=round_.id,
                application_id=application_id,
                reviewer_id=reviewer_id,
                origin=origin,
                proposal_id=proposal_id,
                assigned_at=ctx.now,
                assigned_by=cast(UUID, ctx.actor.id),
            ),
            policy.ASSIGN.event,
            origin=origin,
            application_id=str(application_id),
            reviewer_id=str(reviewer_id),
        )
        for application_id, reviewer_id in pairs
    ]


async def withdraw_by_hand(ctx: Context, round_id: UUID, body: AssignmentsWithdrawal) -> None:
    """Withdraw the assignments that the office chose."""
    round_ = await lock_round(ctx, round_id)
    permit(policy.WITHDRAW, role=ctx.actor.role, status=round_.status)
    rows = await ctx.session.execute(_LOCKED, {"round_id": round_id, "assignment_ids": body.assignment_ids})
    found = {row.id: (row, review) for row, review in rows}
    given = [_given(*found[id_]) if id_ in found else None for id_ in body.assignment_ids]
    refuse(policy.withdrawal_findings(given, despite_reviews=body.despite_reviews))
    withdraw(ctx, (row for row, _ in found.values()), WithdrawalCause.OFFICE, body.reason)


def withdraw(ctx: Context, rows: Iterable[Assignment], cause: WithdrawalCause, reason: str | None) -> None:
    """Withdraw these assignments; their reviews are kept. The caller has locked the round."""
    for row in rows:
        change(
            ctx,
            row,
            policy.WITHDRAW.event,
            data={"cause": cause},
            withdrawn_at=ctx.now,
            withdrawn_by=ctx.actor.id,
            withdrawal_cause=cause,
            withdrawal_reason=reason,
        )


async def named(view: View, assignment_ids: Sequence[UUID]) -> list[AssignmentRow]:
    """These assignments, in the order they were made."""
    return await view.rows(_NAMED, assignment_ids=assignment_ids)


async def search(
    view: View, round_id: UUID, *, after: UUID | None, limit: int, **filters: FilterValue
) -> Page[AssignmentRow]:
    """A round's assignments; NotFound to anyone but the office."""
    await view.get(_ROUND, round_id=round_id)
    return await _ASSIGNMENTS.page(view, after=after, limit=limit, round_id=round_id, **filters)


async def _findings(ctx: Context, round_: Round, pairs: Sequence[tuple[UUID, UUID]]) -> list[Finding]:
    application_ids, reviewer_ids = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    wanted = await ctx.rows(_PAIRS, round_id=round_.id, application_ids=application_ids, reviewer_ids=reviewer_ids)
    loads = await ctx.rows(_LOADS, round_id=round_.id, reviewer_ids=reviewer_ids)
    return policy.assignment_findings(wanted, {row.reviewer_id: Load(row.count, row.maximum) for row in loads})


def _given(row: Assignment, review: ReviewStatus | None) -> Given:
    return Given(row.withdrawn_at is not None, review)
