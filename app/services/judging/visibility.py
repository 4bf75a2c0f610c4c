"""Visibility of judging, as conditions that are part of every statement: of rounds, and of assignments.

The row of a round is the lock for its assignments, and for the reviews that its ranking counts.
"""

from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    SQLColumnExpression,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)

from app.context import ACTOR_ID, Context, View, acting_as
from app.database import Query, bound_id
from app.models import Assignment, PanelMember, Review, Round, Seat
from app.models.enums import ReviewStatus, Role, RoundKind, RoundStatus
from app.rows import row_type

NOW = bindparam("now", type_=DateTime(timezone=True))
ROUND_VISIBLE = or_(
    acting_as(Role.OFFICE),
    and_(
        acting_as(Role.REVIEWER),
        Round.status != RoundStatus.DRAFT,
        Round.opens_at <= NOW,
        exists().where(PanelMember.round_id == Round.id, PanelMember.reviewer_id == ACTOR_ID).correlate(Round),
    ),
)
"""The office sees all rounds, a reviewer those of their panels once they have begun (bind `now`), nobody else any."""

_FOR_JUDGES = (
    *(Round.name, Round.status, Round.kind, Round.blind, Round.shows_others, Round.scans_needed),
    *(Round.criteria, Round.opens_at, Round.closes_at),
)
_content = func.concat_ws("|", *(cast(column, Text) for column in _FOR_JUDGES))
_version = case(
    (acting_as(Role.OFFICE), Round.version),
    else_=func.hashtextextended(_content, 0).op("&")(2**29 - 1),
)
"""For judges a hash of the columns that they may read: the count of changes would reveal the office's work."""

ROUND_COLUMNS = (
    Round.id,
    _version.label("version"),
    Round.campaign_id,
    Round.number,
    Round.name,
    Round.status,
    Round.kind,
    Round.blind,
    Round.shows_others,
    Round.scans_needed,
    Round.opens_at,
    Round.closes_at,
)
"""The columns of a round that its judges may read, without the criteria."""

_ROUND = select(Round).where(Round.id == bindparam("round_id")).where(ROUND_VISIBLE)
_FOR_CHANGE = _ROUND.with_for_update()
_AGAINST_CHANGE = _ROUND.with_for_update(read=True)

IN_FORCE = Assignment.withdrawn_at.is_(None)
"""The assignment counts, for its reviewer and in every list and ranking, until an act with an author withdraws it."""
OWED_REVIEW = and_(Round.kind == RoundKind.WRITTEN, Review.status.is_distinct_from(ReviewStatus.SUBMITTED))
"""The judge still owes it: nothing of a live round, whose sheets are filled in on the spot."""


def judges_on_paper(account_id: SQLColumnExpression[UUID]) -> ColumnElement[bool]:
    """The reviewer judges on paper, and the office enters the sheets (代录)."""
    return exists().where(Seat.reviewer_id == account_id, Seat.revoked_at.is_(None))


async def lock_round(ctx: Context, round_id: UUID) -> Round:
    """Return the round, locked for a change; NotFound unless the actor may see it."""
    return await _locked(ctx, _FOR_CHANGE, round_id)


async def hold_round(ctx: Context, round_id: UUID) -> Round:
    """Return the round, locked against changes but not against other holders; NotFound unless the actor may see it."""
    return await _locked(ctx, _AGAINST_CHANGE, round_id)


async def _locked(ctx: Context, statement: Select[Round], round_id: UUID) -> Round:
    return await ctx.lock(statement, round_id=round_id, now=ctx.now)


@row_type
class _CampaignOf:
    campaign_id: UUID


_CAMPAIGN_OF = Query(select(Round.campaign_id).where(Round.id == bound_id("round_id")), _CampaignOf)


async def campaign_of(view: View, round_id: UUID) -> UUID:
    """Return the campaign of a round whose cases the actor reads."""
    return (await view.get(_CAMPAIGN_OF, round_id=round_id)).campaign_id
