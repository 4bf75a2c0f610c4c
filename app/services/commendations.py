"""Commendations (通报表彰): drafted, read, edited, deleted. Their awards and their publication have files of their own.

The row of a commendation is the lock for its awards and the objections to them.
"""

from uuid import UUID

from sqlalchemy import bindparam, or_, select

from app.context import Context, acting_as
from app.models import Commendation
from app.models.enums import CommendationStatus, Role
from app.problems import NotFound

VISIBLE = or_(acting_as(Role.OFFICE), Commendation.status != CommendationStatus.DRAFT)
"""A draft is the office's own business."""

_FOUND = select(Commendation).where(Commendation.id == bindparam("commendation_id")).where(VISIBLE)
_LOCKED = _FOUND.with_for_update()
_HELD = _FOUND.with_for_update(read=True)


async def get(ctx: Context, commendation_id: UUID) -> Commendation:
    """The commendation, locked for a change; NotFound unless the actor may see it."""
    return await _one(ctx, _LOCKED, commendation_id)


async def hold(ctx: Context, commendation_id: UUID) -> Commendation:
    """The commendation, kept as it is until the transaction ends; NotFound unless the actor may see it."""
    return await _one(ctx, _HELD, commendation_id)


async def _one(ctx: Context, statement: object, commendation_id: UUID) -> Commendation:
    commendation: Commendation | None = await ctx.find(statement, commendation_id=commendation_id)
    if commendation is None:
        raise NotFound
    return commendation
