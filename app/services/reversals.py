"""Taking a proposed distribution back (撤销): exactly what it gave, and exactly what it took, as one act."""

from collections.abc import Iterable
from uuid import UUID

from pydantic import Field
from sqlalchemy import Uuid, bindparam, case, exists, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from app.context import Context
from app.database import Query, Row
from app.inputs import Input, Reason
from app.models import Assignment, PanelMember
from app.models.enums import WithdrawalCause
from app.services import assignments, proposals
from app.services.history import change, move
from app.services.policies import permit
from app.services.policies import proposals as policy
from app.services.proposals import VISIBLE
from app.services.recusals import CONFLICT

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


class ProposalReversal(Input):
    """Take a proposal back."""

    reason: Reason = Field(description="Why; kept in the history and shown.", examples=["评审组成员有变动，重新分配。"])
    despite_reviews: bool = Field(
        False, description="Take back also what a reviewer has begun to judge.", examples=[False]
    )


async def undo(ctx: Context, proposal_id: UUID, body: ProposalReversal) -> None:
    """Take back what it added and give back what it withdrew, save what may not or need not stand again."""
    round_, proposal = await proposals.get(ctx, proposal_id)
    permit(policy.PROPOSE, role=ctx.actor.role, status=round_.status)
    view = await ctx.view()
    begun = [] if body.despite_reviews else await proposals.begun(view, proposal_id)
    added = [each["id"] for each in await view.rows(_ADDED, proposal_id=proposal_id)]
    taken = await view.rows(_TAKEN, ids=proposals.withdrawn(proposal))
    returned = [each["id"] for each in taken if each["obstacle"] is None]
    reversal = {
        "reason": body.reason,
        "withdrawn_count": len(added),
        "reinstated_count": len(returned),
        "left_out": [_told(each) for each in taken if each["obstacle"]],
    }
    after = {"undone_at": ctx.now, "result": proposal.result | {"reversal": reversal}}
    move(ctx, proposal, policy.UNDO, policy.begun_findings(begun), data=reversal, **after)
    assignments.withdraw(ctx, await proposals.locked(ctx, added), WithdrawalCause.UNDONE, body.reason)
    _reinstate(ctx, await proposals.locked(ctx, returned))


def _reinstate(ctx: Context, rows: Iterable[Assignment]) -> None:
    """Let the very same assignments stand again, as they were."""
    withdrawal = dict.fromkeys(("withdrawn_at", "withdrawn_by", "withdrawal_cause", "withdrawal_reason"))
    for row in rows:
        change(ctx, row, "assignment.reinstated", **withdrawal)


def _told(left: Row) -> list[str]:
    return [str(left["application_id"]), str(left["reviewer_id"]), left["obstacle"]]
