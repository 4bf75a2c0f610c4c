"""Requests for a swap that lapse: a case of it was withdrawn, or what was to come instead was filed without it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from app.context import Context
from app.models import Swap
from app.models.enums import SwapStatus
from app.services.history import change_state
from app.services.policies.filing.swaps import LAPSE


async def by_withdrawal(ctx: Context, application_ids: Collection[UUID]) -> None:
    """Let the requests lapse that name one of these, which were withdrawn."""
    await _lapse(ctx, or_(Swap.application_id.in_(application_ids), Swap.replacement_id.in_(application_ids)))


async def by_filing(ctx: Context, application_ids: Collection[UUID]) -> None:
    """Let the requests lapse by which one of these was to be filed, which it is now."""
    await _lapse(ctx, Swap.replacement_id.in_(application_ids))


async def _lapse(ctx: Context, condition: ColumnElement[bool]) -> None:
    waiting = select(Swap).where(Swap.status == SwapStatus.REQUESTED, condition).order_by(Swap.id).with_for_update()
    for swap in (await ctx.session.scalars(waiting)).all():
        change_state(ctx, swap, LAPSE)
