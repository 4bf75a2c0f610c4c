"""A committee's filed set, held still: its places first, then the applications, then what the rules look at.

Every act that changes what stands filed takes its locks here, so that no two of them judge the same count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.context import Context
from app.findings import Finding
from app.models import Application, Participation
from app.problems import NotFound
from app.services.filing import applications
from app.services.filing.visibility import VISIBLE
from app.services.policies import UNKNOWN_REFERENCE
from app.services.policies.filing.applications import ApplicationFacts

_NAMED = Application.id == bindparam("application_ids", type_=ARRAY(Uuid)).any_()
_PLACES = (
    select(Participation.id)
    .where(
        exists().where(
            Application.campaign_id == Participation.campaign_id,
            Application.committee_id == Participation.committee_id,
            _NAMED,
            VISIBLE,
        )
    )
    .order_by(Participation.id)
    .with_for_update()
)
_APPLICATIONS = select(Application).where(_NAMED, VISIBLE).order_by(Application.id).with_for_update(of=Application)


@dataclass(frozen=True, slots=True)
class Held:
    """An application locked for a change, and what the rules judge it by."""

    application: Application
    facts: ApplicationFacts


async def hold(ctx: Context, application_ids: Sequence[UUID]) -> dict[UUID, Held]:
    """Lock the places of these applications, then the applications, each in one order; the invisible are missing."""
    binds = ctx.actor.binds | {"application_ids": list(application_ids)}
    await ctx.session.execute(_PLACES, binds)
    locked = (await ctx.session.scalars(_APPLICATIONS, binds)).all()
    judged = await applications.facts_of(ctx, [application.id for application in locked])
    return {application.id: Held(application, judged[application.id]) for application in locked}


async def hold_one(ctx: Context, application_id: UUID) -> Held:
    """The same for one application; NotFound unless the actor may see it."""
    held = await hold(ctx, [application_id])
    if application_id not in held:
        raise NotFound
    return held[application_id]


def unknown(application_ids: Sequence[UUID], held: dict[UUID, Held]) -> list[Finding]:
    """Those that were named and are not there, or not the actor's to use."""
    return [
        UNKNOWN_REFERENCE(f"/application_ids/{index}")
        for index, application_id in enumerate(application_ids)
        if application_id not in held
    ]
