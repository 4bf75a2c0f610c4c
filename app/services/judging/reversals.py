"""The reversal of a proposal: assignments to withdraw, to reinstate, and to leave out because of an obstacle."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import and_, case, exists, func, select
from sqlalchemy.orm import aliased

from app.context import View, acting_as
from app.database import Query, bound_id, bound_ids
from app.models import Account, Application, Assignment, PanelMember, Proposal, Review, Reviewer
from app.models.enums import Role
from app.rows import row_type
from app.services.judging.conflicts import UNDECIDED
from app.services.judging.distributions import Result, Reversal
from app.services.judging.visibility import IN_FORCE
from app.services.policies.judging import proposals as policy

_FOR_OFFICE = acting_as(Role.OFFICE)
_IDS = bound_ids("ids")
_PROPOSAL_ID, _ROUND_ID = (bound_id(name) for name in ("proposal_id", "round_id"))


@row_type
class BegunReview:
    """A review that is begun on an assignment of the proposal."""

    reviewer_name: str
    application_number: str
    brand_name: str | None


_BEGUN = Query(
    select(Account.name.label("reviewer_name"), Application.number.label("application_number"), Application.brand_name)
    .select_from(Assignment)
    .join(Review, Review.assignment_id == Assignment.id)
    .join(Account, Account.id == Assignment.reviewer_id)
    .join(Application, Application.id == Assignment.application_id)
    .where(Assignment.proposal_id == _PROPOSAL_ID, Assignment.withdrawn_at.is_(None), _FOR_OFFICE)
    .order_by(Application.number, Account.name),
    BegunReview,
)


@row_type
class AddedAssignment:
    """An assignment that the proposal made and nobody has withdrawn since."""

    id: UUID


@row_type
class WithdrawnAssignment:
    """An assignment that the proposal withdrew, and the code of the rule that prevents its return."""

    id: UUID
    application_id: UUID
    reviewer_id: UUID
    obstacle: str | None


@row_type
class OtherLoad:
    """A reviewer's maximum, and the number of cases in force without those of the proposal."""

    account_id: UUID
    maximum: int
    count: int


_ADDED = Query(
    select(Assignment.id).where(Assignment.proposal_id == _PROPOSAL_ID, Assignment.withdrawn_at.is_(None), _FOR_OFFICE),
    AddedAssignment,
)
_again = aliased(Assignment)
_seated = exists().where(PanelMember.round_id == Assignment.round_id, PanelMember.reviewer_id == Assignment.reviewer_id)
_assigned_again = exists().where(
    _again.round_id == Assignment.round_id,
    _again.application_id == Assignment.application_id,
    _again.reviewer_id == Assignment.reviewer_id,
    _again.withdrawn_at.is_(None),
)
_WITHDRAWN = Query(
    select(
        Assignment.id,
        Assignment.application_id,
        Assignment.reviewer_id,
        case(
            (UNDECIDED.is_not(None), policy.LEFT_OUT_CONFLICT.code),
            (~_seated, policy.LEFT_OUT_OFF_PANEL.code),
            (_assigned_again, policy.LEFT_OUT_ASSIGNED.code),
        ).label("obstacle"),
    )
    .where(Assignment.id == _IDS.any_(), _FOR_OFFICE)
    .order_by(Assignment.id),
    WithdrawnAssignment,
)
_LOADS = Query(
    select(Reviewer.account_id, Reviewer.maximum_load.label("maximum"), func.count(Assignment.id).label("count"))
    .outerjoin(
        Assignment,
        and_(
            Assignment.reviewer_id == Reviewer.account_id,
            Assignment.round_id == _ROUND_ID,
            Assignment.proposal_id.is_distinct_from(_PROPOSAL_ID),
            IN_FORCE,
        ),
    )
    .where(Reviewer.account_id == bound_ids("reviewer_ids").any_(), _FOR_OFFICE)
    .group_by(Reviewer.account_id, Reviewer.maximum_load),
    OtherLoad,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The assignments a reversal withdraws, those it reinstates, and the pairs it leaves out."""

    withdrawn: Sequence[UUID]
    reinstated: Sequence[UUID]
    left_out: Sequence[tuple[UUID, UUID, str]]

    def reversal(self, reason: str) -> Reversal:
        return Reversal(reason, len(self.withdrawn), len(self.reinstated), self.left_out)


async def plan(view: View, proposal: Proposal, result: Result) -> Plan:
    """Decide for each assignment of the proposal; the caller has locked the round."""
    added = await view.rows(_ADDED, proposal_id=proposal.id)
    withdrawn = await _withdrawn(view, proposal, result)
    return Plan(
        withdrawn=[each.id for each in added],
        reinstated=[each.id for each in withdrawn if each.obstacle is None],
        left_out=[(each.application_id, each.reviewer_id, each.obstacle) for each in withdrawn if each.obstacle],
    )


async def begun(view: View, proposal_id: UUID) -> list[BegunReview]:
    """Reviews that are begun on assignments of the proposal."""
    return await view.rows(_BEGUN, proposal_id=proposal_id)


async def _withdrawn(view: View, proposal: Proposal, result: Result) -> list[WithdrawnAssignment]:
    """Assignments it withdrew, in the order they were made; no reviewer exceeds the maximum, or the load of before."""
    withdrawn = await view.rows(_WITHDRAWN, ids=result.withdrawn_ids)
    reviewer_ids = [each.reviewer_id for each in withdrawn]
    loads = await view.rows(_LOADS, proposal_id=proposal.id, round_id=proposal.round_id, reviewer_ids=reviewer_ids)
    before = {load.reviewer_id: load.before for load in result.loads}
    room = {row.account_id: max(row.maximum, before[row.account_id]) - row.count for row in loads}
    return [_within(room, each) for each in withdrawn]


def _within(room: dict[UUID, int], withdrawn: WithdrawnAssignment) -> WithdrawnAssignment:
    """Take one place of the reviewer's room; without any, the assignment is left out."""
    if withdrawn.obstacle:
        return withdrawn
    room[withdrawn.reviewer_id] -= 1
    full = room[withdrawn.reviewer_id] < 0
    return replace(withdrawn, obstacle=policy.LEFT_OUT_FULL.code) if full else withdrawn
