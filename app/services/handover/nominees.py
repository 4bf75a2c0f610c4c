"""Who is nominated: an awarded case put forward, and a returned one corrected and put forward again."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import Uuid, bindparam, select
from uuid_utils.compat import uuid7

from app.context import Context
from app.database import Query, Row
from app.inputs import Input, Reason
from app.models import Award, Nomination
from app.models.enums import NominationStatus, Role
from app.problems import NotFound, RulesViolated
from app.services.filing import applications
from app.services.handover import nominations, payloads
from app.services.handover.nominations import Position
from app.services.history import create, digest_of, move
from app.services.policies import UNKNOWN_REFERENCE, permit, refuse, require_role
from app.services.policies.handover import nominations as policy
from app.services.policies.handover.nominations import NominationFacts

_AWARD_ID = bindparam("award_id", type_=Uuid)
_AWARD = Query(select(Award.application_id).where(Award.id == _AWARD_ID))

Why = Annotated[
    Reason, Field(description="推荐理由: handed over with it.", examples=["做法成熟，群众认可度高，建议在全市推广。"])
]


class NominationRevision(Input):
    """Nominate a returned case again."""

    position: Position
    reason: Why


class NominationCreate(NominationRevision):
    """Nominate an application, by itself or by its award."""

    application_id: UUID | None = Field(
        None, description="The application, with its first award that stands; null when `award_id` is given."
    )
    award_id: UUID | None = Field(
        None, description="The award it is put forward with; null when `application_id` is given.", examples=[None]
    )

    @model_validator(mode="after")
    def _one_source(self) -> "NominationCreate":
        if (self.application_id is None) == (self.award_id is None):
            raise ValueError("exactly one of application_id and award_id is needed")
        return self


async def prepare(ctx: Context, body: NominationCreate) -> UUID:
    """Put a case forward, and fix everything that is handed over with it."""
    require_role(ctx.actor.role, Role.OFFICE)
    pointer = "/award_id" if body.award_id else "/application_id"
    application_id = body.application_id or await _application_of(ctx, body.award_id)
    try:
        await applications.get(ctx, application_id)  # its row is the lock for its nominations
    except NotFound:
        raise RulesViolated([UNKNOWN_REFERENCE(pointer)]) from None
    row, case = await nominations.nominee(ctx, application_id, body.award_id)
    if body.award_id not in {None, row["award_id"]}:
        raise RulesViolated([policy.NOT_AWARDED(pointer)])
    refuse(policy.nomination_findings(case, pointer))
    return await _fix(ctx, application_id, row, body)


async def revise(ctx: Context, nomination_id: UUID, body: NominationRevision) -> UUID:
    """Put a returned case forward again, as it is filed and awarded now; the returned nomination is replaced."""
    row = (await nominations.read(ctx, nomination_id)).row
    permit(policy.REVISE, role=ctx.actor.role, status=NominationStatus(row["status"]))
    await applications.get(ctx, row["application_id"])
    nomination = await nominations.get(ctx, nomination_id)
    found, case = await nominations.nominee(ctx, nomination.application_id, nomination.award_id)
    facts = NominationFacts(nomination.status, replace(case, standing_revision=None))
    move(ctx, nomination, policy.REVISE, facts, data={"reason": body.reason})
    return await _fix(ctx, nomination.application_id, found, body)


async def _application_of(ctx: Context, award_id: UUID | None) -> UUID:
    row = await ctx.one(_AWARD, award_id=award_id)
    if row is None or row["application_id"] is None:
        raise RulesViolated([UNKNOWN_REFERENCE("/award_id")])
    application_id: UUID = row["application_id"]
    return application_id


async def _fix(ctx: Context, application_id: UUID, nominee: Row, body: NominationRevision) -> UUID:
    """Write down the next nomination of an application, with all that is handed over."""
    material = await payloads.gather(ctx, application_id, nominee["award_id"])
    fixed = {"id": uuid7(), "revision": nominee["revisions"] + 1, "reason": body.reason, "prepared_at": ctx.now}
    payload = payloads.compose(material, fixed | {"replaces": nominee["replaces"]})
    nomination = Nomination(
        **fixed,
        campaign_id=nominee["campaign_id"],
        application_id=application_id,
        award_id=nominee["award_id"],
        version_id=material.row["version_id"],
        position=body.position,
        payload=payload,
        payload_digest=digest_of(payload),
    )
    create(ctx, nomination, policy.PREPARED, revision=nomination.revision, position=body.position)
    return nomination.id
