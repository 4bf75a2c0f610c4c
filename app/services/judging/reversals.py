"""Taking a proposed distribution back (撤销): exactly what it gave, and exactly what it took, as one act."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Uuid, and_, bindparam, case, exists, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from app.context import Context, View
from app.database import Query, Row
from app.inputs import Input, Reason
from app.models import Assignment, PanelMember, Proposal, Reviewer
from app.models.enums import WithdrawalCause
from app.services.history import change, move
from app.services.judging import assignments, proposals
from app.services.judging.proposals import VISIBLE
from app.services.judging.visibility import CONFLICT, STANDING
from app.services.policies import permit
from app.services.policies.judging import proposals as policy
from app.services.policies.judging.assignments import REINSTATED
from app.services.policies.judging.proposals import ProposalFacts

_ADDED = Query(
    select(Assignment.id).where(
        Assignment.proposal_id == bindparam("proposal_id", type_=Uuid), Assignment.withdrawn_at.is_(None), VISIBLE
    )
)
_again = aliased(Assignment)
_seated = exists().where(PanelMember.round_id == Assignment.round_id, PanelMember.reviewer_id == Assignment.reviewer_id)
_assigned_again = exists().where(
    _again.round_id == Assignment.round_id,
    _again.application_id == Assignment.application_id,
    _again.reviewer_id == Assignment.reviewer_id,
    _again.withdrawn_at.is_(None),
)
_TAKEN = Query(
    select(
        Assignment.id,
        Assignment.application_id,
        Assignment.reviewer_id,
        case(
            (CONFLICT.is_not(None), policy.LEFT_OUT_CONFLICT.code),
            (~_seated, policy.LEFT_OUT_OFF_PANEL.code),
            (_assigned_again, policy.LEFT_OUT_STANDING.code),
        ).label("obstacle"),
    )
    .where(Assignment.id == bindparam("ids", type_=ARRAY(Uuid)).any_(), VISIBLE)
    .order_by(Assignment.id)
)
"""What a proposal withdrew, each with what keeps it from standing again."""

_LOADS = Query(
    select(Reviewer.account_id, Reviewer.maximum_load.label("maximum"), func.count(Assignment.id).label("count"))
    .outerjoin(
        Assignment,
        and_(
            Assignment.reviewer_id == Reviewer.account_id,
            Assignment.round_id == bindparam("round_id", type_=Uuid),
            Assignment.proposal_id.is_distinct_from(bindparam("proposal_id", type_=Uuid)),
            STANDING,
        ),
    )
    .where(Reviewer.account_id == bindparam("reviewer_ids", type_=ARRAY(Uuid)).any_(), VISIBLE)
    .group_by(Reviewer.account_id, Reviewer.maximum_load)
)
"""How many cases a reviewer has without what the proposal gave, and how many they can take."""


class ProposalReversal(Input):
    """Take a proposal back."""

    reason: Reason = Field(description="Why; kept in the history and shown.", examples=["评审组成员有变动，重新分配。"])
    despite_reviews: bool = Field(
        False, description="Take back also what a reviewer has begun to judge.", examples=[False]
    )


async def undo(ctx: Context, proposal_id: UUID, body: ProposalReversal) -> None:
    """Take back what it added and give back what it withdrew, save what may not, cannot or need not stand again."""
    round_, proposal = await proposals.get(ctx, proposal_id)
    permit(policy.PROPOSE, role=ctx.actor.role, status=round_.status)
    begun = [] if body.despite_reviews else await proposals.begun(ctx, proposal_id)
    added = [each["id"] for each in await ctx.rows(_ADDED, proposal_id=proposal_id)]
    taken = await _taken(ctx, proposal)
    returned = [each["id"] for each in taken if each["obstacle"] is None]
    reversal = {
        "reason": body.reason,
        "withdrawn_count": len(added),
        "reinstated_count": len(returned),
        "left_out": [_told(each) for each in taken if each["obstacle"]],
    }
    after: dict[str, Any] = {"undone_at": ctx.now, "result": proposal.result | {"reversal": reversal}}
    facts = ProposalFacts(round_.status, proposal.status, begun=tuple(policy.begun_findings(begun)))
    move(ctx, proposal, policy.UNDO, facts, data=reversal, **after)
    assignments.withdraw(ctx, await proposals.locked(ctx, added), WithdrawalCause.UNDONE, body.reason)
    _reinstate(ctx, await proposals.locked(ctx, returned))


async def _taken(view: View, proposal: Proposal) -> list[Row]:
    """What it withdrew, in the order it had been given; nobody gets back more than they can take, or had before."""
    taken = await view.rows(_TAKEN, ids=proposals.withdrawn(proposal))
    judges = {"round_id": proposal.round_id, "reviewer_ids": [each["reviewer_id"] for each in taken]}
    loads = await view.rows(_LOADS, proposal_id=proposal.id, **judges)
    before = {UUID(load["reviewer_id"]): load["before"] for load in proposal.result["loads"]}
    room = {row["account_id"]: max(row["maximum"], before[row["account_id"]]) - row["count"] for row in loads}
    for each in taken:
        if each["obstacle"] is None:
            room[each["reviewer_id"]] -= 1
            each["obstacle"] = policy.LEFT_OUT_FULL.code if room[each["reviewer_id"]] < 0 else None
    return taken


def _reinstate(ctx: Context, rows: Iterable[Assignment]) -> None:
    """Let the very same assignments stand again, as they were."""
    withdrawal = dict.fromkeys(("withdrawn_at", "withdrawn_by", "withdrawal_cause", "withdrawal_reason"))
    for row in rows:
        change(ctx, row, REINSTATED, **withdrawal)


def _told(left: Row) -> list[str]:
    return [str(left["application_id"]), str(left["reviewer_id"]), left["obstacle"]]
