"""Nominations (择优推荐): put forward, ordered, on their way, taken back, and put forward again.

Their payloads and the answers to them have files of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import (
    BigInteger,
    Case,
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
from app.database import Query, bound_ids
from app.inputs import Input, Reason
from app.models import Answer, Award, Nomination
from app.models.enums import AnswerKind, AwardStatus, NominationStatus, Role
from app.problems import NotFound, RulesViolated
from app.rows import row_type
from app.services.filing import applications
from app.services.filing.visibility import NOMINATION_READABLE
from app.services.handover import nominees, payloads
from app.services.handover.nominees import NomineeRecord, NomineeRow
from app.services.handover.payloads import Material
from app.services.history import create, digest_of, expect, move
from app.services.pages import FilterValue, Listing, Page, among, exactly
from app.services.policies import UNKNOWN_REFERENCE, Offered, Record, actions, judge, permit, refuse, require_role
from app.services.policies.handover import nominations as policy
from app.services.policies.handover.nominations import NominationFacts
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
_IN_FULL = Query(
    _SELECTED.add_columns(
        _for_offices(Nomination.reason).label("reason"),
        _for_offices(Nomination.withdrawal_reason).label("withdrawal_reason"),
        case((_FOR_OWNERS, _MOVED_AT), else_=Nomination.updated_at).label("updated_at"),
        Award.status.label("award_status"),
        _latest(AnswerKind.RETURNED, Answer.text).label("return_reason"),
        case((_may_be_revised, Nomination.payload)).label("returned_payload"),
    )
    .outerjoin(Award, Award.id == Nomination.award_id)
    .where(Nomination.id == bound_ids("nomination_ids").any_()),
    NominationRow,
)
_LOCKED = (
    select(Nomination).where(Nomination.id == bindparam("nomination_id")).where(NOMINATION_READABLE).with_for_update()
)


@dataclass(frozen=True, slots=True)
class Renominated:
    """An application as it would be put forward again: with what is handed over."""

    nominee: NomineeRecord
    material: Material


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
    row = await view.get(_IN_FULL, nomination_ids=[nomination_id])
    return Record(row, (await _offered(view, [row]))[nomination_id])


async def offered(view: View, rows: Sequence[NominationSummary]) -> dict[UUID, Offered]:
    """Return the acts on each of these nominations, for the rows of a list."""
    return await _offered(view, await view.rows(_IN_FULL, nomination_ids=[row.id for row in rows]))


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[NominationSummary]:
    return await _NOMINATIONS.page(view, after=after, limit=limit, **filters)


async def prepare(ctx: Context, body: NominationCreate) -> UUID:
    """Put a case forward, and fix everything that is handed over with it."""
    require_role(ctx.actor.role, *policy.NOMINATE.by)
    pointer = "/award_id" if body.award_id else "/application_id"
    application_id = body.application_id or await nominees.of_award(ctx, body.award_id)
    if application_id is None:
        raise RulesViolated([UNKNOWN_REFERENCE(pointer)])
    try:
        await applications.get(ctx, application_id)  # its row is the lock for its nominations
    except NotFound:
        raise RulesViolated([UNKNOWN_REFERENCE(pointer)]) from None
    nominee = (await nominees.read(ctx, {application_id: body.award_id}))[application_id]
    if body.award_id not in {None, nominee.row.award_id}:
        raise RulesViolated([policy.NOT_AWARDED(pointer)])
    if body.award_id:
        case_ = policy.AwardedCase(AwardStatus.AWARDED, nominee.facts.vetoed, nominee.facts.current_revision)
        judge(policy.NOMINATE, ctx.actor.role, case_)
    else:
        refuse(policy.nomination_findings(nominee.facts, pointer))
    material = await payloads.gather(ctx, {application_id: nominee.row.award_id})
    return _fix(ctx, nominee.row, material[application_id], body)


async def revise(ctx: Context, nomination_id: UUID, body: NominationRevision) -> UUID:
    """Put a returned case forward again, as it is filed and awarded now; the returned nomination is replaced."""
    row = (await read(ctx, nomination_id)).row
    permit(policy.REVISE, role=ctx.actor.role, status=row.status)
    await applications.get(ctx, row.application_id)
    nomination = await get(ctx, nomination_id)
    found = (await _again(ctx, {nomination.application_id: nomination.award_id}))[nomination.application_id]
    facts = _revision_facts(nomination.revision, nomination.payload, found)
    facts = replace(facts, status=nomination.status, despite_unchanged=body.despite_unchanged)
    move(ctx, nomination, policy.REVISE, facts, data={"reason": body.reason})
    return _fix(ctx, found.nominee.row, found.material, body)


async def _again(view: View, awards: Mapping[UUID, UUID | None]) -> dict[UUID, Renominated]:
    """Read applications as they would be put forward again, by their ids."""
    if not awards:
        return {}
    found = await nominees.read(view, awards)
    material = await payloads.gather(view, {each: found[each].row.award_id for each in found})
    return {each: Renominated(found[each], material[each]) for each in found}


async def _offered(view: View, rows: Sequence[NominationRow]) -> dict[UUID, Offered]:
    """Judge nominations; by the facts of their cases only where these may be put forward again, one of a case."""
    again = await _again(view, {row.application_id: row.award_id for row in rows if row.returned_payload is not None})
    return {
        row.id: actions(policy.OFFERED, view.actor.role, _facts(row, again.get(row.application_id))) for row in rows
    }


def _facts(row: NominationRow, again: Renominated | None) -> NominationFacts:
    if row.returned_payload is None or again is None:
        return NominationFacts(row.status)
    return _revision_facts(row.revision, row.returned_payload, again)


def _revision_facts(revision: int, returned: Mapping[str, object], found: Renominated) -> NominationFacts:
    """Compare what would be handed over with what was returned."""
    before = NominationPayload.model_validate(returned)
    again = NominationPayload.model_validate(payloads.compose(found.material, before.nomination))
    unchanged = revision if policy.substance(again) == policy.substance(before) else None
    return NominationFacts(NominationStatus.RETURNED, replace(found.nominee.facts, current_revision=None), unchanged)


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
    create(ctx, nomination, policy.NOMINATE.event, revision=nomination.revision, position=body.position)
    return nomination.id
