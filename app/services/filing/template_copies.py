"""Templates of papers that a campaign takes over from the one it is a copy of; both have the same file."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.context import Context
from app.database import bound_ids
from app.models import Campaign, PaperTemplate
from app.services.history import create
from app.services.policies.filing.paper_templates import COPIED

_EARLIER = (
    select(PaperTemplate)
    .where(PaperTemplate.campaign_id == bound_ids("campaign_ids").any_(), PaperTemplate.file_id.is_not(None))
    .order_by(PaperTemplate.paper)
    .with_for_update(read=True)
)
"""Locked, so that no file is given up that is taken over."""


async def take_over(ctx: Context, begun: Sequence[tuple[UUID | None, Campaign]]) -> None:
    """Put the templates of the campaigns that these are copies of in force for them, too."""
    if not (sources := [source for source, _ in begun if source]):
        return
    earlier = [*await ctx.session.scalars(_EARLIER, {"campaign_ids": sources})]
    for source, campaign in begun:
        for each in (each for each in earlier if each.campaign_id == source):
            copied = PaperTemplate(
                campaign_id=campaign.id,
                paper=each.paper,
                file_id=each.file_id,
                placeholders=each.placeholders,
                placed_at=ctx.now,
                placed_by=ctx.actor.id,
            )
            create(ctx, copied, COPIED, paper=each.paper, source=str(source))
