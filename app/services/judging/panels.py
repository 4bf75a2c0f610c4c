"""The panel (评审组) of a round: the reviewers who judge in it. Only the office may know them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import delete, func, select

from app.context import Context, View, acting_as
from app.database import Query, bound_id, bound_ids
from app.inputs import Input
from app.models import Account, Assignment, PanelMember, Reviewer, Round
from app.models.enums import AccountStatus, Role
from app.rows import row_type
from app.services.history import change, expect
from app.services.judging.visibility import IN_FORCE, judges_on_paper, lock_round
from app.services.policies import permit, refuse
from app.services.policies.judging import panels as policy
from app.services.policies.judging.panels import PanelFacts
from app.services.policies.judging.rounds import SET_PANEL

VISIBLE = acting_as(Role.OFFICE)
"""The office alone sees a panel; a judge does not learn the names of the others."""

_ROUND_ID = bound_id("round_id")
_assigned = (
    select(func.count())
    .where(Assignment.round_id == PanelMember.round_id, Assignment.reviewer_id == PanelMember.reviewer_id, IN_FORCE)
    .scalar_subquery()
)


@row_type
class PanelReviewer:
    """A reviewer who may judge in a round."""

    reviewer_id: UUID
    name: str
    role: Role
    account_status: AccountStatus
    on_paper: bool
    organisation: str
    expertise: list[str]
    minimum_load: int
    maximum_load: int

    @property
    def facts(self) -> PanelFacts:
        return PanelFacts(self.name, self.role, self.account_status, on_paper=self.on_paper)


@row_type
class PanelMemberRow(PanelReviewer):
    """A member of a panel, with the number of cases assigned."""

    joined_at: datetime
    assigned: int

    @property
    def facts(self) -> PanelFacts:
        return PanelFacts(self.name, self.role, self.account_status, self.assigned, self.on_paper)


@row_type
class PanelRound:
    """The round of a panel, by whose version the panel is changed."""

    id: UUID
    version: int


_REVIEWER = (
    Reviewer.account_id.label("reviewer_id"),
    Account.name,
    Account.role,
    Account.status.label("account_status"),
    judges_on_paper(Reviewer.account_id).label("on_paper"),
    Reviewer.organisation,
    Reviewer.expertise,
    Reviewer.minimum_load,
    Reviewer.maximum_load,
)
_MEMBERS = Query(
    select(*_REVIEWER, PanelMember.joined_at, _assigned.label("assigned"))
    .select_from(PanelMember)
    .join(Reviewer, Reviewer.account_id == PanelMember.reviewer_id)
    .join(Account, Account.id == PanelMember.reviewer_id)
    .where(PanelMember.round_id == _ROUND_ID, VISIBLE)
    .order_by(PanelMember.joined_at, Account.name, Account.id),
    PanelMemberRow,
)
_NAMED = Query(
    select(*_REVIEWER)
    .join(Account, Account.id == Reviewer.account_id)
    .where(Reviewer.account_id == bound_ids("reviewer_ids").any_(), VISIBLE),
    PanelReviewer,
)
_ROUND = Query(select(Round.id, Round.version).where(Round.id == _ROUND_ID, VISIBLE), PanelRound)


class PanelSetting(Input):
    """Say who judges in a round: all of them, in any order."""

    reviewer_ids: Annotated[
        list[UUID],
        Field(max_length=200, description="The reviewers; one who is not named any more leaves the panel."),
    ]


@dataclass(frozen=True, slots=True)
class PanelRecord:
    """A round's panel; it is changed with the round, and so has its version."""

    round: PanelRound
    members: Sequence[PanelMemberRow]


async def replace(ctx: Context, round_id: UUID, body: PanelSetting, version: int | None) -> None:
    """Set the panel: members who leave must have no cases, reviewers who join an account in use or a seat."""
    round_ = await lock_round(ctx, round_id)
    permit(SET_PANEL, role=ctx.actor.role, status=round_.status)
    expect(round_, version)
    members = {row.reviewer_id: row.facts for row in await ctx.rows(_MEMBERS, round_id=round_id)}
    known = {row.reviewer_id: row.facts for row in await ctx.rows(_NAMED, reviewer_ids=body.reviewer_ids)}
    refuse(policy.panel_findings(body.reviewer_ids, known, members))
    joining, leaving = known.keys() - members.keys(), members.keys() - known.keys()
    if not joining and not leaving:
        return
    left = PanelMember.round_id == round_id, PanelMember.reviewer_id.in_(leaving)
    await ctx.session.execute(delete(PanelMember).where(*left))
    ctx.session.add_all(PanelMember(round_id=round_id, reviewer_id=each, joined_at=ctx.now) for each in joining)
    change(ctx, round_, SET_PANEL.event, data={"joined": _plain(joining), "left": _plain(leaving)})


async def read(view: View, round_id: UUID) -> PanelRecord:
    """The panel of a round, with the members' loads; NotFound to anyone but the office."""
    round_ = await view.get(_ROUND, round_id=round_id)
    return PanelRecord(round_, await view.rows(_MEMBERS, round_id=round_id))


def _plain(ids: set[UUID]) -> list[str]:
    return sorted(str(each) for each in ids)
