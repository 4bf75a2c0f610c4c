"""Who is nominated: an awarded case put forward, and a returned one corrected and put forward again."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import Integer, Uuid, and_, bindparam, func, select
from uuid_utils.compat import uuid7

from app.context import Context
from app.database import Query, Row
from app.inputs import Input, Reason
from app.models import Application, Award, Campaign, Commendation, Nomination
from app.models.enums import ApplicationStatus, AwardStatus, CommendationStatus, NominationStatus, Role
from app.problems import NotFound, RulesViolated
from app.services.filing import applications, campaigns
from app.services.handover import nominations, payloads
from app.services.handover.nominations import Position
from app.services.history import create, digest_of, move
from app.services.policies import UNKNOWN_REFERENCE, permit, refuse, require_role
from app.services.policies.handover import nominations as policy
from app.services.policies.handover.nominations import Nominee

_AWARD_ID = bindparam("award_id", type_=Uuid)
_AWARD = Query(select(Award.application_id).where(Award.id == _AWARD_ID))
_award = (
    select(Award.id)
    .join(Commendation, Commendation.id == Award.commendation_id)
    .where(Award.application_id == Application.id, Award.status == AwardStatus.AWARDED)
    .where(Commendation.status == CommendationStatus.PUBLISHED)
    .order_by((Award.id == _AWARD_ID).desc(), Award.awarded_at, Award.id)
    .limit(1)
    .correlate(Application)
    .scalar_subquery()
)
"""The award that was asked for, if it stands, or else the first that does."""

_its = Nomination.application_id == Application.id
_stands = and_(*(Nomination.status != status for status in policy.REPLACED_OR_WITHDRAWN))
_last = select(Nomination.id).where(_its).order_by(Nomination.revision.desc()).limit(1)
_NOMINEE = Query(
    select(
        Application.campaign_id,
        Application.status,
        Campaign.settings_digest,
        _award.label("award_id"),
        select(Nomination.revision).where(_its, _stands).correlate(Application).scalar_subquery().label("standing"),
        select(func.count(type_=Integer)).where(_its).correlate(Application).scalar_subquery().label("revisions"),
        _last.correlate(Application).scalar_subquery().label("replaces"),
    )
    .join(Campaign, Campaign.id == Application.campaign_id)
    .where(Application.id == bindparam("application_id", type_=Uuid))
)

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
    row = await _nominee(ctx, application_id, body.award_id)
    if body.award_id not in {None, row["award_id"]}:
        raise RulesViolated([policy.NOT_AWARDED(pointer)])
    await _refuse_unfit(ctx, row, pointer)
    return await _fix(ctx, application_id, row, body)


async def revise(ctx: Context, nomination_id: UUID, body: NominationRevision) -> UUID:
    """Put a returned case forward again, as it is filed and awarded now; the returned nomination is replaced."""
    row = (await nominations.read(await ctx.view(), nomination_id)).row
    permit(policy.REVISE, role=ctx.actor.role, status=NominationStatus(row["status"]))
    await applications.get(ctx, row["application_id"])
    nomination = await nominations.get(ctx, nomination_id)
    move(ctx, nomination, policy.REVISE, data={"reason": body.reason})
    nominee = await _nominee(ctx, nomination.application_id, nomination.award_id)
    await _refuse_unfit(ctx, nominee, None)
    return await _fix(ctx, nomination.application_id, nominee, body)


async def _application_of(ctx: Context, award_id: UUID | None) -> UUID:
    row = await (await ctx.view()).one(_AWARD, award_id=award_id)
    if row is None or row["application_id"] is None:
        raise RulesViolated([UNKNOWN_REFERENCE("/award_id")])
    application_id: UUID = row["application_id"]
    return application_id


async def _nominee(ctx: Context, application_id: UUID, award_id: UUID | None) -> Row:
    row = await (await ctx.view()).one(_NOMINEE, application_id=application_id, award_id=award_id)
    assert row is not None, "its application is locked"
    return row


async def _refuse_unfit(ctx: Context, row: Row, pointer: str | None) -> None:
    settings = await campaigns.settings_of(await ctx.view(), row["settings_digest"])
    nominee = Nominee(
        accepted=row["status"] == ApplicationStatus.ACCEPTED,
        awarded=row["award_id"] is not None,
        nominate_accepted=settings.commendation.nominate_accepted,
        standing_revision=row["standing"],
    )
    refuse(policy.nomination_findings(nominee, pointer))


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
    await ctx.session.flush()  # the database has the last word on whether another one stands
    return nomination.id
