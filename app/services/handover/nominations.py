"""Nominations (择优推荐): put forward, ordered, on their way, taken back, and put forward again.

What is handed over with them, and what is answered, have files of their own.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import Integer, Uuid, and_, bindparam, func, select
from sqlalchemy.orm import aliased
from uuid_utils.compat import uuid7

from app.context import Context, View
from app.database import Query, Row
from app.findings import Finding
from app.inputs import Input, Reason
from app.models import Answer, Application, Award, Campaign, Commendation, Nomination
from app.models.enums import AnswerKind, ApplicationStatus, AwardStatus, CommendationStatus, NominationStatus, Role
from app.problems import NotFound, RulesViolated
from app.services.filing import applications, campaigns
from app.services.filing.visibility import NOMINATION_VISIBLE
from app.services.handover import payloads
from app.services.history import create, digest_of, expect, move
from app.services.pages import Listing, Page, among, exactly
from app.services.policies import UNKNOWN_REFERENCE, actions, permit, refuse, require_role
from app.services.policies.handover import nominations as policy
from app.services.policies.handover.nominations import NominationFacts, Nominee

_before, _after = aliased(Nomination), aliased(Nomination)
_said = Nomination.payload["application"]["content"]


def _told(kind: AnswerKind, column: Any) -> Any:
    """What the latest answer of a kind says."""
    latest = select(column).where(Answer.nomination_id == Nomination.id, Answer.kind == kind)
    return latest.order_by(Answer.id.desc()).limit(1).correlate(Nomination).scalar_subquery()


_SELECTED = (
    select(
        Nomination.id,
        Nomination.version,
        Nomination.campaign_id,
        Nomination.application_id,
        Nomination.award_id,
        Nomination.payload["application"]["number"].astext.label("application_number"),
        _said["form"]["brand_name"].astext.label("brand_name"),
        _said["unit_name"].astext.label("unit_name"),
        Nomination.payload["committee"]["name"].astext.label("committee_name"),
        Nomination.revision,
        Nomination.position,
        Nomination.status,
        Nomination.payload_digest,
        _before.id.label("replaces"),
        _after.id.label("replaced_by"),
        Nomination.prepared_at,
        Nomination.delivered_at,
        Nomination.answered_at,
        Nomination.withdrawn_at,
        _told(AnswerKind.DECIDED, Answer.result).label("result"),
    )
    .outerjoin(
        _before,
        and_(_before.application_id == Nomination.application_id, _before.revision == Nomination.revision - 1),
    )
    .outerjoin(
        _after, and_(_after.application_id == Nomination.application_id, _after.revision == Nomination.revision + 1)
    )
    .where(NOMINATION_VISIBLE)
)
FILTERS = {
    "campaign_id": exactly(Nomination.campaign_id, UUID, "Only of this campaign."),
    "status": among(Nomination.status, NominationStatus, "Only in these states.", max_length=9),
}
_NOMINATIONS = Listing(_SELECTED, Nomination.id, filters=FILTERS)
_NOMINATION = Query(
    _SELECTED.add_columns(
        Nomination.reason,
        Nomination.withdrawal_reason,
        Nomination.updated_at,
        Award.status.label("award_status"),
        _told(AnswerKind.RETURNED, Answer.text).label("return_reason"),
    )
    .outerjoin(Award, Award.id == Nomination.award_id)
    .where(Nomination.id == bindparam("nomination_id", type_=Uuid))
)
_LOCKED = (
    select(Nomination).where(Nomination.id == bindparam("nomination_id")).where(NOMINATION_VISIBLE).with_for_update()
)
_AWARD_ID = bindparam("award_id", type_=Uuid)
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
_AWARD = Query(select(Award.application_id).where(Award.id == _AWARD_ID))


Position = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=10_000,
        description="推荐次序: its place among the nominated; equals stand in the order in which they were prepared.",
        examples=[1],
    ),
]


class NominationEdit(Input):
    """Give a nomination another place."""

    position: Position


class NominationWithdrawal(Input):
    """Take a nomination back."""

    reason: Reason = Field(description="Why; told to the municipal office.", examples=["奖项已撤销。"])


@dataclass(frozen=True, slots=True)
class NominationRecord:
    """A nomination, and what the reader may do with it now."""

    row: Row
    actions: dict[str, list[Finding]]


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


async def edit(ctx: Context, nomination_id: UUID, body: NominationEdit, version: int | None) -> None:
    """Change its place, before it is on its way."""
    nomination = await get(ctx, nomination_id)
    permit(policy.EDIT, role=ctx.actor.role, status=nomination.status)
    expect(nomination, version)
    move(ctx, nomination, policy.EDIT, position=body.position)


async def withdraw(ctx: Context, nomination_id: UUID, body: NominationWithdrawal) -> None:
    """Take it back, before the municipal office has decided; what was handed over stays as it is."""
    nomination = await get(ctx, nomination_id)
    told = {"reason": body.reason}
    move(ctx, nomination, policy.WITHDRAW, data=told, withdrawn_at=ctx.now, withdrawal_reason=body.reason)


async def send(ctx: Context, nomination_id: UUID) -> None:
    """It is on its way; nothing happens to one that is further already."""
    nomination = await get(ctx, nomination_id)
    if not policy.SEND.barred(ctx.actor.role, nomination.status):
        move(ctx, nomination, policy.SEND)


async def arrive(ctx: Context, nomination_id: UUID) -> None:
    """It has reached the other side; nothing happens to one that is further already."""
    nomination = await get(ctx, nomination_id)
    if not policy.ARRIVE.barred(ctx.actor.role, nomination.status):
        move(ctx, nomination, policy.ARRIVE, delivered_at=ctx.now)


async def get(ctx: Context, nomination_id: UUID) -> Nomination:
    """The nomination, locked for a change; NotFound unless the actor may see it."""
    return await ctx.lock(_LOCKED, nomination_id=nomination_id)


async def read(view: View, nomination_id: UUID) -> NominationRecord:
    """One nomination; NotFound unless visible."""
    row = await view.get(_NOMINATION, nomination_id=nomination_id)
    return NominationRecord(row, actions(policy.OFFERED, view.actor.role, await _facts(view, row)))


async def search(view: View, *, after: UUID | None, limit: int, **filters: Any) -> Page:
    return await _NOMINATIONS.page(view, after=after, limit=limit, **filters)


async def prepare(ctx: Context, body: NominationCreate) -> UUID:
    """Put a case forward, and fix everything that is handed over with it."""
    require_role(ctx.actor.role, Role.OFFICE)
    pointer = "/award_id" if body.award_id else "/application_id"
    application_id = body.application_id or await _application_of(ctx, body.award_id)
    try:
        await applications.get(ctx, application_id)  # its row is the lock for its nominations
    except NotFound:
        raise RulesViolated([UNKNOWN_REFERENCE(pointer)]) from None
    row, case = await _nominee(ctx, application_id, body.award_id)
    if body.award_id not in {None, row["award_id"]}:
        raise RulesViolated([policy.NOT_AWARDED(pointer)])
    refuse(policy.nomination_findings(case, pointer))
    return await _fix(ctx, application_id, row, body)


async def revise(ctx: Context, nomination_id: UUID, body: NominationRevision) -> UUID:
    """Put a returned case forward again, as it is filed and awarded now; the returned nomination is replaced."""
    row = (await read(ctx, nomination_id)).row
    permit(policy.REVISE, role=ctx.actor.role, status=NominationStatus(row["status"]))
    await applications.get(ctx, row["application_id"])
    nomination = await get(ctx, nomination_id)
    found, case = await _nominee(ctx, nomination.application_id, nomination.award_id)
    facts = NominationFacts(nomination.status, replace(case, standing_revision=None))
    move(ctx, nomination, policy.REVISE, facts, data={"reason": body.reason})
    return await _fix(ctx, nomination.application_id, found, body)


async def _nominee(view: View, application_id: UUID, award_id: UUID | None) -> tuple[Row, Nominee]:
    """An application that may be put forward, as it is now, and what the rules look at of it."""
    row = await view.one(_NOMINEE, application_id=application_id, award_id=award_id)
    assert row is not None, "its nomination is visible, or it is locked"
    settings = await campaigns.settings_of(view, row["settings_digest"])
    return row, Nominee(
        accepted=row["status"] == ApplicationStatus.ACCEPTED,
        awarded=row["award_id"] is not None,
        nominate_accepted=settings.commendation.nominate_accepted,
        standing_revision=row["standing"],
    )


async def _facts(view: View, row: Row) -> NominationFacts:
    """What the rules judge a nomination by; its case is looked at only where it may be put forward again."""
    status = NominationStatus(row["status"])
    if view.actor.role not in policy.REVISE.by or status is not NominationStatus.RETURNED:
        return NominationFacts(status)
    _, case = await _nominee(view, row["application_id"], row["award_id"])
    return NominationFacts(status, replace(case, standing_revision=None))


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
