"""Seals of applications: voided where what they cover changes, is withdrawn, or is sealed anew."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.context import Context
from app.models import Endorsement
from app.services.history import change
from app.services.policies.filing.endorsements import VOIDED


async def void(
    ctx: Context, application_ids: Sequence[UUID], why: str, changed: Sequence[str] = (), *, by: UUID | None = None
) -> None:
    """Void the valid endorsements of these applications; `by` somebody who asked for it, if not by the actor."""
    valid = await ctx.session.scalars(
        select(Endorsement).where(Endorsement.application_id.in_(application_ids), Endorsement.voided_at.is_(None))
    )
    for endorsement in valid:
        change(
            ctx,
            endorsement,
            VOIDED,
            voided_at=ctx.now,
            voided_by=by or ctx.actor.id,
            void_reason=why,
            changed_fields=list(changed),
        )
