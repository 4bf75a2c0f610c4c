"""Nominations (择优推荐): put forward, ordered, on their way, taken back, and put forward again.

Their payloads and the answers to them have files of their own.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import (
    BigInteger,
    Case,
    Integer,
    ScalarSelect,
    and_,
    bindparam,
    case,
    cast,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import InstrumentedAttribute, aliased
from uuid_utils.compat import uuid7

from app.context import Context, View, acting_as
from app.database import Query, bound_id
from app.inputs import Input, Reason
from app.models import Answer, Application, Award, Campaign, Commendation, Nomination
from app.models.enums import AnswerKind, ApplicationStatus, AwardStatus, CommendationStatus, NominationStatus, Role
from app.problems import NotFound, RulesViolated
from app.rows import row_type
from app.services.filing import applications, campaigns
from app.services.filing.visibility import NOMINATION_READABLE, VETOED
from app.services.handover import payloads
from app.services.handover.payloads import Material
from app.services.history import create, digest_of, expect, move
from app.services.pages import FilterValue, Listing, Page, among, exactly
from app.services.policies import UNKNOWN_REFERENCE, Record, actions, permit, refuse, require_role
from app.services.policies.handover import nominations as policy
from app.services.policies.handover.nominations import NominationFacts, Nominee
from app.services.policies.handover.payloads import NominationPayload, PayloadNomination

T = TypeVar("T")
_before, _after = aliased(Nomination), aliased(Nomination)
_content = Nomination.payload["application"]["content"]


_FOR_OWNERS = or_(acting_as(Role.UNIT), acting_as(Role.COMMITTEE))


def _latest(kind: AnswerKind, column: InstrumentedAttribute[T]) -> ScalarSelect[T]:
    """Select a column of the latest answer of a kind."""
    latest = select(column).where(Answer.nomination_id == Nomination.id, Answer.kind == kind)
    return latest.order_by(Answer.id.desc()).limit(1).correlate(Nomination).scalar_subquery()


@row_type
class NominationSummary:
    """A nomination in a list."""

    id: UUID
    version: int
    campaign_id: UUID
    application_id: UUID
    award_id: UUID | None
    application_number: str
    brand_name: str
    unit_name: str
    committee_name: str
    revision: int
    position: int | None
    status: NominationStatus
    payload_digest: str
    replaces: UUID | None
    replaced_by: UUID | None
    prepared_at: datetime
    delivered_at: datetime | None
    answered_at: datetime | None
    withdrawn_at: datetime | None
    result: str | None


@row_type
class NominationRow(NominationSummary):
    """A nomination with its reasons, and the present state of its award."""

    reason: str | None
    withdrawal_reason: str | None
    updated_at: datetime
    award_status: AwardStatus | None
    return_reason: str | None
    returned_payload: Mapping[str, object] | None


def _for_offices(column: InstrumentedAttribute[T]) -> Case[T | None]:
    """Select what the two offices say to each other about a case, which is not its owners' to read."""
    return case((_FOR_OWNERS, null()), else_=column)


_MOVED_AT = func.greatest(
    Nomination.prepared_at, Nomination.delivered_at, Nomination.answered_at, Nomination.withdrawn_at
)
_OWNERS_VERSION = cast(func.extract("epoch", _MOVED_AT) * 1_000_000, BigInteger) * 16 + func.array_position(
    array(list(NominationStatus)), Nomination.status
)
"""Owners' version and instant of change follow from what they read: a changed place shows in neither."""

_SELECTED = (
    select(
        Nomination.id,
        case((_FOR_OWNERS, _OWNERS_VERSION), else_=Nomination.version).label("version"),
        Nomination.campaign_id,
        Nomination.application_id,
        Nomination.award_id,
        Nomination.payload["application"]["number"].astext.label("application_number"),
        _content["form"]["brand_name"].astext.label("brand_name"),
        _content["unit_name"].astext.label("unit_name"),
        Nomination.payload["committee"]["name"].astext.label("committee_name"),
        Nomination.revision,
        _for_offices(Nomination.position).label("position"),
        Nomination.status,
        Nomination.payload_digest,
        _before.id.label("replaces"),
        _after.id.label("replaced_by"),
        Nomination.prepared_at,
        Nomination.delivered_at,
        Nomination.answered_at,
        Nomination.withdrawn_at,
        _latest(AnswerKind.DECIDED, Answer.result).label("result"),
    )
    .outerjoin(
        _before,
        and_(_before.application_id == Nomination.application_id, _before.revision == Nomination.revision - 1),
    )
    .outerjoin(
        _after, and_(_after.application_id == Nomination.application_id, _after.revision == Nomination.revision + 1)
    )
    .where(NOMINATION_READABLE)
)
FILTERS = {
    "campaign_id": exactly(Nomination.campaign_id, UUID, "Only of this campaign."),
    "status": among(Nomination.status, NominationStatus, "Only in these states."),
}
_NOMINATIONS = Listing(_SELECTED, Nomination.id, NominationSummary, filters=FILTERS)
_may_be_revised = and_(acting_as(Role.OFFICE), Nomination.status == NominationStatus.RETURNED)
_NOMINATION = Query(
    _SELECTED.add_columns(
        _for_offices(Nomination.reason).label("reason"),
        _for_offices(Nomination.withdrawal_reason).label("withdrawal_reason"),
        case((_FOR_OWNERS, _MOVED_AT), else_=Nomination.updated_at).label("updated_at"),
        Award.status.label("award_status"),
        _latest(AnswerKind.RETURNED, Answer.text).label("return_reason"),
        case((_may_be_revised, Nomination.payload)).label("returned_payload"),
    )
    .outerjoin(Award, Award.id == Nomination.award_id)
    .where(Nomination.id == bound_id("nomination_id")),
    NominationRow,
)
_LOCKED = (
    select(Nomination).where(Nomination.id == bindparam("nomination_id")).where(NOMINATION_READABLE).with_for_update()
)
_AWARD_ID = bound_id("award_id")
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
"""The requested award if it is in force, or else the first one in force."""

_its = Nomination.application_id == Application.id
_stands = and_(*(Nomination.status != status for status in policy.REPLACED_OR_WITHDRAWN))
_current_revision = select(Nomination.revision).where(_its, _stands).correlate(Application).scalar_subquery()
_last = select(Nomination.id).where(_its).order_by(Nomination.revision.desc()).limit(1)


@row_type
class NomineeRow:
    """An application and its nominations so far: the current revision, their number, and the last of them."""

    campaign_id: UUID
    status: ApplicationStatus
    settings_digest: str
    award_id: UUID | None
    current_revision: int | None
    revisions: int
    replaces: UUID | None
    vetoed: str | None


@row_type
class AwardedApplication:
    """The application that an award is for; None: it is for a committee."""

    application_id: UUID | None


_NOMINEE = Query(
    select(
        Application.campaign_id,
        Application.status,
        Campaign.settings_digest,
        _award.label("award_id"),
        _current_revision.label("current_revision"),
        select(func.count(type_=Integer)).where(_its).correlate(Application).scalar_subquery().label("revisions"),
        _last.correlate(Application).scalar_subquery().label("replaces"),
        case((VETOED, Application.number)).label("vetoed"),
    )
    .join(Campaign, Campaign.id == Application.campaign_id)
    .where(Application.id == bound_id("application_id")),
    NomineeRow,
)
_AWARD = Query(select(Award.application_id).where(Award.id == _AWARD_ID), AwardedApplication)


Position = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=10_000,
        description="推荐次序: its place among the nominated; equal ones are in the order in which they were prepared.",
        examples=[1],
    ),
]


class NominationEdit(Input):
    """Give a nomination another place."""

    position: Position


class NominationWithdrawal(Input):
    """Take a nomination back."""

    reason: Reason = Field(description="Reason; visible to the municipal office.", examples=["奖项已撤销。"])


Why = Annotated[
    Reason, Field(description="推荐理由: handed over with it.", examples=["做法成熟，群众认可度高，建议在全市推广。"])
]


class NominationRevision(Input):
    """Nominate a returned case again."""

    position: Position
    reason: Why
    despite_unchanged: bool = Field(
        False,
        description="Nominate the very material that was returned: the municipal office wants none of it corrected.",
        examples=[False],
    )


class NominationCreate(Input):
    """Nominate an application, by itself or by its award."""

    position: Position
    reason: Why

    application_id: UUID | None = Field(
        None, description="The application, with its first award in force; null when `award_id` is given."
    )
    award_id: UUID | None = Field(
        None, description="The award it is put forward with; null when `application_id` is given.", examples=[None]
    )

    @model_validator(mode="after")
    def _one_source(self) -> "NominationCreate":
        return self.with_one_of("application_id", "award_id")


async def edit(ctx: Context, nomination_id: UUID, body: NominationEdit, version: int | None) -> None:
    """Change its place, before it is on its way."""
    nomination = await get(ctx, nomination_id)
    permit(policy.EDIT, role=ctx.actor.role, status=nomination.status)
    expect(nomination, version)
    move(ctx, nomination, policy.EDIT, position=body.position)


async def withdraw(ctx: Context, nomination_id: UUID, body: NominationWithdrawal) -> None:
    """Take it back, before the municipal office has decided; what was handed over stays as it is."""
    nomination = await get(ctx, nomination_id)
    data = {"reason": body.reason}
    move(ctx, nomination, policy.WITHDRAW, data=data, withdrawn_at=ctx.now, withdrawal_reason=body.reason)


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


async def read(view: View, nomination_id: UUID) -> Record[NominationRow]:
    """One nomination; NotFound unless visible."""
    row = await view.get(_NOMINATION, nomination_id=nomination_id)
    return Record(row, actions(policy.OFFERED, view.actor.role, await _facts(view, row)))


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[NominationSummary]:
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
    if body.award_id not in {None, row.award_id}:
        raise RulesViolated([policy.NOT_AWARDED(pointer)])
    refuse(policy.nomination_findings(case, pointer))
    return _fix(ctx, row, await payloads.gather(ctx, application_id, row.award_id), body)


async def revise(ctx: Context, nomination_id: UUID, body: NominationRevision) -> UUID:
    """Put a returned case forward again, as it is filed and awarded now; the returned nomination is replaced."""
    row = (await read(ctx, nomination_id)).row
    permit(policy.REVISE, role=ctx.actor.role, status=row.status)
    await applications.get(ctx, row.application_id)
    nomination = await get(ctx, nomination_id)
    found, case = await _nominee(ctx, nomination.application_id, nomination.award_id)
    material = await payloads.gather(ctx, nomination.application_id, found.award_id)
    facts = _revision_facts(nomination.revision, nomination.payload, case, material)
    facts = replace(facts, status=nomination.status, despite_unchanged=body.despite_unchanged)
    move(ctx, nomination, policy.REVISE, facts, data={"reason": body.reason})
    return _fix(ctx, found, material, body)


async def _nominee(view: View, application_id: UUID, award_id: UUID | None) -> tuple[NomineeRow, Nominee]:
    """Read an application that may be put forward, and the facts the rules need of it."""
    row = await view.one(_NOMINEE, application_id=application_id, award_id=award_id)
    assert row is not None, "its nomination is visible, or it is locked"
    settings = await campaigns.settings_of(view, row.settings_digest)
    return row, Nominee(
        accepted=row.status is ApplicationStatus.ACCEPTED,
        awarded=row.award_id is not None,
        nominate_accepted=settings.commendation.nominate_accepted,
        current_revision=row.current_revision,
        receiver=settings.city,
        vetoed=row.vetoed,
    )


async def _facts(view: View, row: NominationRow) -> NominationFacts:
    """Read the facts the rules need of a nomination; those of its case only where it may be put forward again."""
    if row.returned_payload is None:
        return NominationFacts(row.status)
    found, case = await _nominee(view, row.application_id, row.award_id)
    material = await payloads.gather(view, row.application_id, found.award_id)
    return _revision_facts(row.revision, row.returned_payload, case, material)


def _revision_facts(
    revision: int, returned: Mapping[str, object], case: Nominee, material: Material
) -> NominationFacts:
    """Compare what would be handed over with what was returned."""
    before = NominationPayload.model_validate(returned)
    again = NominationPayload.model_validate(payloads.compose(material, before.nomination))
    unchanged = revision if policy.substance(again) == policy.substance(before) else None
    return NominationFacts(NominationStatus.RETURNED, replace(case, current_revision=None), unchanged)


async def _application_of(ctx: Context, award_id: UUID | None) -> UUID:
    row = await ctx.one(_AWARD, award_id=award_id)
    if row is None or row.application_id is None:
        raise RulesViolated([UNKNOWN_REFERENCE("/award_id")])
    return row.application_id


def _fix(ctx: Context, nominee: NomineeRow, material: Material, body: NominationCreate | NominationRevision) -> UUID:
    """Write down the next nomination of an application, with all that is handed over."""
    about = PayloadNomination(
        id=uuid7(),
        revision=nominee.revisions + 1,
        replaces=nominee.replaces,
        reason=body.reason,
        prepared_at=payloads.moment(ctx.now),
    )
    payload = payloads.compose(material, about)
    nomination = Nomination(
        id=about.id,
        revision=about.revision,
        reason=body.reason,
        prepared_at=ctx.now,
        campaign_id=nominee.campaign_id,
        application_id=material.row.application_id,
        award_id=nominee.award_id,
        version_id=material.row.version_id,
        position=body.position,
        payload=payload,
        payload_digest=digest_of(payload),
    )
    create(ctx, nomination, policy.PREPARED, revision=nomination.revision, position=body.position)
    return nomination.id
