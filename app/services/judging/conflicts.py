"""Conflicts of interest (利害关系): they bar an assignment; one found later changes nothing until the office decides.

Phones and organisations are edited by those whom a review concerns, so an assignment once made does not depend on them.
"""

from collections.abc import Mapping
from typing import cast
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    all_,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import aliased

from app.context import Context, View, acting_as
from app.database import Query, bound_id, bound_ids
from app.inputs import AssignmentIds, Input, Reason
from app.models import (
    Account,
    Application,
    ApplicationVersion,
    Assignment,
    Committee,
    ConflictDismissal,
    Partner,
    Recusal,
    Reviewer,
    Unit,
)
from app.models.enums import ConflictReason, RecusalKind, Role
from app.rows import row_type
from app.services.history import create
from app.services.judging.visibility import IN_FORCE, lock_round
from app.services.policies import permit, refuse
from app.services.policies.judging import conflicts as policy

_profile, _judge, _other = aliased(Reviewer), aliased(Account), aliased(Account)
_case, _filed, _recusal = aliased(Application), aliased(ApplicationVersion), aliased(Recusal)
_committee = aliased(Committee)
_partners = select(Partner.unit_id).where(Partner.application_id == _case.id).correlate(_case)
_committees = (
    select(Unit.committee_id)
    .join(Partner, Partner.unit_id == Unit.id)
    .where(Partner.application_id == _case.id)
    .correlate(_case)
)
_theirs = _judge.phone_numbers


def _is_applicant(unit_id: SQLColumnExpression[UUID | None]) -> ColumnElement[bool]:
    """It is the unit that applies, or a partner."""
    return or_(unit_id == _case.unit_id, unit_id.in_(_partners))


def _of_applicants(committee_id: SQLColumnExpression[UUID | None]) -> ColumnElement[bool]:
    """It is the committee that filed the case, or that of a partner; units that have none share nothing."""
    return and_(
        or_(committee_id == _case.committee_id, committee_id.in_(_committees)),
        ~exists().where(_committee.id == committee_id, _committee.direct),
    )


_same_person = or_(
    _case.phone_numbers.overlap(_theirs),
    exists().where(
        _other.phone_numbers.overlap(_theirs),
        or_(_of_applicants(_other.committee_id), _is_applicant(_other.unit_id)),
    ),
    exists().where(_filed.id == _case.filed_version_id, _filed.phone_numbers.overlap(_theirs)),
)
"""The judge is the applicant: the application, its form or an account of a committee has a phone of the judge."""

_DERIVED: Mapping[ConflictReason, ColumnElement[bool]] = {
    ConflictReason.SAME_UNIT: _is_applicant(_profile.unit_id),
    ConflictReason.SAME_COMMITTEE: _of_applicants(_profile.committee_id),
    ConflictReason.SAME_PERSON: _same_person,
}
Dismissed = SQLColumnExpression[list[ConflictReason]]


def conflict(
    reviewer_id: SQLColumnExpression[UUID],
    application_id: SQLColumnExpression[UUID],
    dismissed: Dismissed | None = None,
) -> ColumnElement[str | None]:
    """Select the known conflict of this reviewer with this application that is not dismissed, or NULL."""

    def counts(reason: object) -> ColumnElement[bool]:
        return true() if dismissed is None else reason != all_(dismissed)

    reason = case(
        *((and_(condition, counts(each.value)), each.value) for each, condition in _DERIVED.items()),
        else_=_recused(counts(_recusal.kind)),
    )
    return (
        select(reason)
        .select_from(_profile)
        .join(_judge, _judge.id == _profile.account_id)
        .join(_case, _case.id == application_id)
        .where(_profile.account_id == reviewer_id)
        .correlate_except(_profile, _judge, _case)
        .scalar_subquery()
    )


def _recused(counts: ColumnElement[bool]) -> ColumnElement[str | None]:
    """Select the first kind of recusal that covers the case."""
    covers = or_(
        _recusal.application_id == _case.id,
        _recusal.unit_id == _case.unit_id,
        _recusal.unit_id.in_(_partners),
        _of_applicants(_recusal.from_committee_id),
    )
    return (
        select(_recusal.kind)
        .where(_recusal.reviewer_id == _profile.account_id, _recusal.lifted_at.is_(None), covers, counts)
        .order_by(func.array_position(array(list(RecusalKind)), _recusal.kind))
        .limit(1)
        .scalar_subquery()
    )


_dismissed = func.array(
    select(ConflictDismissal.conflict)
    .where(ConflictDismissal.assignment_id == Assignment.id)
    .correlate(Assignment)
    .scalar_subquery(),
    type_=ARRAY(ConflictDismissal.conflict.type),
)
UNDECIDED = conflict(Assignment.reviewer_id, Assignment.application_id, _dismissed)
"""The conflict between the case and the reviewer of an assignment that the office has not dismissed, or NULL."""

_ROUND_ID = bound_id("round_id")
_FOUND = Query(
    select(
        Account.name.label("reviewer_name"),
        Application.number.label("application_number"),
        Application.brand_name,
        UNDECIDED.label("conflict"),
    )
    .select_from(Assignment)
    .join(Account, Account.id == Assignment.reviewer_id)
    .join(Application, Application.id == Assignment.application_id)
    .where(Assignment.round_id == _ROUND_ID, IN_FORCE, UNDECIDED.is_not(None), acting_as(Role.OFFICE))
    .order_by(Application.number, Account.name, Assignment.id),
    policy.UndecidedConflict,
)


@row_type
class DoubtedAssignment:
    """An assignment, and the conflict that waits for the office's decision."""

    id: UUID
    withdrawn: bool
    conflict: ConflictReason | None


_DOUBTED = Query(
    select(Assignment.id, (~IN_FORCE).label("withdrawn"), UNDECIDED.label("conflict")).where(
        Assignment.round_id == _ROUND_ID,
        Assignment.id == bound_ids("assignment_ids").any_(),
        acting_as(Role.OFFICE),
    ),
    DoubtedAssignment,
)


class ConflictsDismissal(Input):
    """Let assignments stand although a conflict was found: all of these, or none."""

    assignment_ids: AssignmentIds
    conflict: ConflictReason = Field(description="The conflict that is dismissed: what each of them shows.")
    reason: Reason = Field(
        description="Reason; it is kept in the history.", examples=["电话系社区公用，已核实并无利害关系。"]
    )


async def undecided(view: View, round_id: UUID) -> list[policy.UndecidedConflict]:
    """Return the conflicts of standing assignments that the office has not decided on."""
    return await view.rows(_FOUND, round_id=round_id)


async def dismiss(ctx: Context, round_id: UUID, body: ConflictsDismissal) -> None:
    """Dismiss this conflict of each assignment, and no other: the clerk has weighed none but the one that was shown."""
    round_ = await lock_round(ctx, round_id)
    permit(policy.DISMISS, role=ctx.actor.role, status=round_.status)
    rows = await ctx.rows(_DOUBTED, round_id=round_id, assignment_ids=body.assignment_ids)
    found = {row.id: policy.Doubt(row.withdrawn, row.conflict) for row in rows}
    refuse(policy.dismissal_findings([found.get(each) for each in body.assignment_ids], body.conflict))
    for each in body.assignment_ids:
        row = ConflictDismissal(assignment_id=each, conflict=body.conflict, reason=body.reason)
        row.made_at, row.made_by = ctx.now, cast(UUID, ctx.actor.id)
        create(ctx, row, policy.DISMISS.event, conflict=body.conflict, assignment_id=str(each))
