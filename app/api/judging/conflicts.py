"""Conflicts of interest over HTTP: the office's decision that one keeps nobody from judging."""

from app.api.http.dependencies import Once
from app.api.http.routing import Router
from app.api.judging.assignments import AssignmentsOut, RoundId
from app.problems import RulesViolated, WrongState
from app.services.judging import conflicts
from app.services.judging.conflicts import ConflictsDismissal

router = Router("/rounds/{round_id}", tags=["assignments"])


@router.post("/conflict-dismissals", raises=[WrongState, RulesViolated])
async def dismiss_conflicts(round_id: RoundId, body: ConflictsDismissal, ctx: Once) -> AssignmentsOut:
    """Dismiss conflicts of interest that were found after the assignment. Office only, in an open round.

    `conflict` names the one that each of them shows; another one of it is to be decided by itself. Where the conflict
    is real, the judge is recused or the assignment withdrawn instead.
    """
    await conflicts.dismiss(ctx, round_id, body)
    return await AssignmentsOut.read(ctx, body.assignment_ids)
