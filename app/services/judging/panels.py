"""The panel (评审组) of a round: the reviewers who judge in it. Who they are is the office's alone to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import Uuid, bindparam, delete, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from app.context import Context, View, acting_as
from app.database import Query, Row
from app.inputs import Input
from app.models import Account, Assignment, PanelMember, Reviewer, Round
from app.models.enums import Role
from app.services.history import change, expect
from app.services.judging.visibility import STANDING, lock_round
from app.services.policies import permit, refuse
from app.services.policies.judging import panels as policy
from app.services.policies.judging.rounds import SET_PANEL

VISIBLE = acting_as(Role.OFFICE)
"""Who judges is the office's alone to know: a judge is not told who else does."""

_ROUND_ID = bindparam("round_id", type_=Uuid)
_given = (
    select(func.count().label("cases"), func.count().filter(STANDING).label("standing"))
    .where(
        Assignment.round_id == PanelMember.round_id,
        Assignment.reviewer_id == PanelMember.reviewer_id,
        Assignment.withdrawn_at.is_(None),
    )
    .lateral("given")
)
"""The cases a member has, and how many of them no conflict keeps away."""

_REVIEWER = (
    Reviewer.account_id.label("reviewer_id"),
    Account.name,
    Account.role,
    Account.status.label("account_status"),
    Reviewer.organisation,
    Reviewer.expertise,
    Reviewer.minimum_load,
    Reviewer.maximum_load,
)
_MEMBERS = Query(
    select(*_REVIEWER, PanelMember.joined_at, _given.c.cases, _given.c.standing)
    .select_from(PanelMember)
    .join(Reviewer, Reviewer.account_id == PanelMember.reviewer_id)
    .join(Account, Account.id == PanelMember.reviewer_id)
    .join(_given, true())
    .where(PanelMember.round_id == _ROUND_ID, VISIBLE)
    .order_by(PanelMember.joined_at, Account.name, Account.id)
)
_NAMED = Query(
    select(*_REVIEWER)
    .join(Account, Account.id == Reviewer.account_id)
    .where(Reviewer.account_id == bindparam("reviewer_ids", type_=ARRAY(Uuid)).any_(), VISIBLE)
)
_ROUND = Query(select(Round.id, Round.version).where(Round.id == _ROUND_ID, VISIBLE))


class PanelSetting(Input):
    """Say who judges in a round: all of them, in any order."""

    reviewer_ids: Annotated[
        list[UUID],
        Field(max_length=200, description="The reviewers; one who is not named any more leaves the panel."),
    ]


@dataclass(frozen=True, slots=True)
class PanelRecord:
    """A round's panel; it is changed with the round, and so has its version."""

    round: Row
    members: Sequence[Row]


async def replace(ctx: Context, round_id: UUID, body: PanelSetting, version: int | None) -> None:
    """Make these the panel: who stays keeps the cases, who leaves must have none, who joins must be able to sign in."""
    round_ = await lock_round(ctx, round_id)
    permit(SET_PANEL, role=ctx.actor.role, status=round_.status)
    expect(round_, version)
    members = {row["reviewer_id"]: row for row in await ctx.rows(_MEMBERS, round_id=round_id)}
    known = {row["reviewer_id"]: row for row in await ctx.rows(_NAMED, reviewer_ids=body.reviewer_ids)}
    refuse(policy.panel_findings(body.reviewer_ids, known, members))
    joining, leaving = known.keys() - members.keys(), members.keys() - known.keys()
    if not joining and not leaving:
        return
    left = PanelMember.round_id == round_id, PanelMember.reviewer_id.in_(leaving)
    await ctx.session.execute(delete(PanelMember).where(*left))
    ctx.session.add_all(PanelMember(round_id=round_id, reviewer_id=each, joined_at=ctx.now) for each in joining)
    change(ctx, round_, SET_PANEL.event, data={"joined": _plain(joining), "left": _plain(leaving)})


async def read(view: View, round_id: UUID) -> PanelRecord:
    """Who judges in a round, with their loads; NotFound unless it is the office who asks."""
    round_ = await view.get(_ROUND, round_id=round_id)
    return PanelRecord(round_, await view.rows(_MEMBERS, round_id=round_id))


def _plain(ids: set[UUID]) -> list[str]:
    return sorted(str(each) for each in ids)
