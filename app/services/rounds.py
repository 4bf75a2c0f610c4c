"""Rounds of judging (评选轮次). A round's row is the lock for who reviews what, and for what its ranking counts."""

from uuid import UUID

from sqlalchemy import DateTime, and_, bindparam, exists, or_, select

from app.context import ACTOR_ID, Context, acting_as
from app.models import PanelMember, Round
from app.models.enums import Role, RoundStatus
from app.problems import NotFound

NOW = bindparam("now", type_=DateTime(timezone=True))
VISIBLE = or_(
    acting_as(Role.OFFICE),
    and_(
        acting_as(Role.REVIEWER),
        Round.status != RoundStatus.DRAFT,
        Round.opens_at <= NOW,
        exists().where(PanelMember.round_id == Round.id, PanelMember.reviewer_id == ACTOR_ID).correlate(Round),
    ),
)
"""The office sees all, a reviewer those whose panel they are on, once they have begun (bind `now`), nobody else any."""

_SEEN = select(Round).where(Round.id == bindparam("round_id")).where(VISIBLE)
_LOCKED = _SEEN.with_for_update()
_HELD = _SEEN.with_for_update(read=True)


async def get(ctx: Context, round_id: UUID) -> Round:
    """The round, locked for a change; NotFound unless the actor may see it."""
    return await _found(ctx, _LOCKED, round_id)


async def hold(ctx: Context, round_id: UUID) -> Round:
    """The round, kept from changing while this goes on beside others; NotFound unless the actor may see it."""
    return await _found(ctx, _HELD, round_id)


async def _found(ctx: Context, statement: object, round_id: UUID) -> Round:
    found: Round | None = await ctx.find(statement, round_id=round_id, now=ctx.now)
    if found is None:
        raise NotFound
    return found
