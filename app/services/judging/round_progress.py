"""Progress of a round (评审进度), for the office: the reviews each judge owes and each case lacks, and disagreement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select

from app.context import View
from app.database import Query, bound_id
from app.models import Account, Application, ApplicationVersion, Assignment, PanelMember, Review, Round, RoundEntry
from app.models.enums import ReviewStatus, Role, RoundKind, RoundStatus
from app.rows import row_type
from app.services.judging.visibility import IN_FORCE, ROUND_VISIBLE
from app.services.policies import require_role
from app.services.policies.judging.round_progress import CaseFigures, case_figures

_ROUND_ID = bound_id("round_id")


@row_type
class RoundTerms:
    """The settings of a round by which its progress is measured."""

    status: RoundStatus
    kind: RoundKind
    reviews_wanted: int
    opens_at: datetime
    closes_at: datetime


_ROUND = Query(
    select(Round.status, Round.kind, Round.reviews_wanted, Round.opens_at, Round.closes_at).where(
        Round.id == _ROUND_ID, ROUND_VISIBLE
    ),
    RoundTerms,
)
_in_force = (
    select(
        Assignment.reviewer_id,
        Assignment.application_id,
        Review.id.label("review_id"),
        Review.status,
        Review.total,
        Review.updated_at,
        RoundEntry.case_number,
    )
    .join(
        RoundEntry,
        and_(
            RoundEntry.round_id == Assignment.round_id,
            RoundEntry.application_id == Assignment.application_id,
        ),
    )
    .outerjoin(Review, Review.assignment_id == Assignment.id)
    .where(Assignment.round_id == _ROUND_ID, IN_FORCE)
    .subquery("in_force")
)
_submitted = _in_force.c.status == ReviewStatus.SUBMITTED
_assigned = func.count(_in_force.c.application_id).label("assigned")
_handed_in = func.count().filter(_submitted).label("submitted")


@row_type
class JudgeCounts:
    """A judge of the panel, with the numbers of the cases whose review is not submitted."""

    reviewer_id: UUID
    reviewer_name: str
    assigned: int
    begun: int
    submitted: int
    last_activity_at: datetime | None
    outstanding: list[int] | None


_JUDGES = Query(
    select(
        Account.id.label("reviewer_id"),
        Account.name.label("reviewer_name"),
        _assigned,
        func.count(_in_force.c.review_id).label("begun"),
        _handed_in,
        func.max(_in_force.c.updated_at).label("last_activity_at"),
        func.array_agg(_in_force.c.case_number)
        .filter(_in_force.c.case_number.is_not(None), _submitted.is_not(True))
        .label("outstanding"),
    )
    .select_from(PanelMember)
    .join(Account, Account.id == PanelMember.reviewer_id)
    .outerjoin(_in_force, _in_force.c.reviewer_id == PanelMember.reviewer_id)
    .where(PanelMember.round_id == _ROUND_ID)
    .group_by(Account.id)
    .order_by(Account.name, Account.id),
    JudgeCounts,
)


@row_type
class CaseCounts:
    """A case of the round, with the totals of its submitted reviews."""

    application_id: UUID
    case_number: int | None
    application_number: str
    brand_name: str | None
    assigned: int
    submitted: int
    totals: list[float] | None


_CASES = Query(
    select(
        RoundEntry.application_id,
        RoundEntry.case_number,
        Application.number.label("application_number"),
        ApplicationVersion.brand_name,
        _assigned,
        _handed_in,
        func.array_agg(_in_force.c.total).filter(_submitted).label("totals"),
    )
    .select_from(RoundEntry)
    .join(Application, Application.id == RoundEntry.application_id)
    .join(ApplicationVersion, ApplicationVersion.id == RoundEntry.version_id)
    .outerjoin(_in_force, _in_force.c.application_id == RoundEntry.application_id)
    .where(RoundEntry.round_id == _ROUND_ID)
    .group_by(RoundEntry.id, Application.id, ApplicationVersion.id)
    .order_by(RoundEntry.case_number, RoundEntry.id),
    CaseCounts,
)


@dataclass(frozen=True, slots=True)
class JudgeProgress:
    """One judge: their counts, the outstanding reviews in order, and whether to remind them of these now."""

    row: JudgeCounts
    outstanding: Sequence[int]
    to_remind: bool


@dataclass(frozen=True, slots=True)
class CaseProgress:
    """One case: its counts, and the figures that follow from its reviews."""

    row: CaseCounts
    figures: CaseFigures


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """The progress of a round. Assignments that do not count are left out throughout."""

    round: RoundTerms
    judges: Sequence[JudgeProgress]
    cases: Sequence[CaseProgress]


async def read(view: View, round_id: UUID) -> RoundProgress:
    """Return the progress of every judge and every case of the round; Forbidden to anybody but the office."""
    require_role(view.actor.role, Role.OFFICE)
    round_ = await view.get(_ROUND, round_id=round_id, now=view.now)
    running = round_.status is RoundStatus.OPEN and round_.opens_at <= view.now < round_.closes_at
    scoring = running and round_.kind is RoundKind.WRITTEN
    judges = [_judge_progress(row, scoring=scoring) for row in await view.rows(_JUDGES, round_id=round_id)]
    cases = [_case_progress(row, round_.reviews_wanted) for row in await view.rows(_CASES, round_id=round_id)]
    return RoundProgress(round_, judges, cases)


def _judge_progress(row: JudgeCounts, *, scoring: bool) -> JudgeProgress:
    outstanding = sorted(row.outstanding or [])
    return JudgeProgress(row, outstanding, to_remind=scoring and bool(outstanding))


def _case_progress(row: CaseCounts, wanted: int) -> CaseProgress:
    return CaseProgress(row, case_figures(wanted, row.assigned, row.totals or []))
