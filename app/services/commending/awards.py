"""Awards (奖项): read, worded for the public, taken out of a draft, revoked. `award_choices` proposes them.

Only the office reads the reason of an award, or anything of an award before it is publicised.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from app.context import Context, View, acting_as
from app.database import Query, bound_id, bound_ids
from app.findings import Finding
from app.inputs import Code, Input, Prose, Reason, each_once, unsent
from app.models import (
    Application,
    ApplicationVersion,
    Award,
    Campaign,
    Commendation,
    Nomination,
    VersionImage,
)
from app.models.enums import AwardBasis, AwardStatus, CommendationStatus, NominationStatus, Role
from app.rows import row_type
from app.services.commending import commendations, recipients
from app.services.commending.commendations import AWARD_VISIBLE, PUBLISHED
from app.services.commending.recipients import RECEIVED, RecipientCorrection
from app.services.filing import applications, campaigns
from app.services.filing.visibility import VETOED
from app.services.history import expect, move, remove
from app.services.pages import FilterValue, Listing, Page, among, exactly
from app.services.policies import Offered, Record, actions, permit
from app.services.policies.commending import awards as policy
from app.services.policies.commending.awards import AwardFacts
from app.services.policies.commending.commendations import EDIT as EDIT_COMMENDATION
from app.services.policies.filing.award_settings import AwardKind
from app.services.policies.handover.nominations import OF_AWARDS, REPLACED_OR_WITHDRAWN, WITHDRAW, AwardedCase

_FOR_OFFICE = acting_as(Role.OFFICE)
_FOR_RECIPIENT = or_(_FOR_OFFICE, RECEIVED)
VISIBLE = and_(commendations.VISIBLE, AWARD_VISIBLE)
"""Of an award beside its commendation."""

VISIBLE_STATUS = case(
    (_FOR_OFFICE, Award.status), (PUBLISHED, AwardStatus.AWARDED.value), else_=AwardStatus.PROPOSED.value
)
"""Only the office reads that an objection holds an award."""
_kind_name = func.jsonb_path_query_first(
    Campaign.settings,
    literal_column("'$.award_kinds[*] ? (@.code == $kind).name'::jsonpath"),
    func.jsonb_build_object(literal_column("'kind'"), Award.kind),
)
KIND_NAME = func.coalesce(_kind_name, func.to_jsonb(Award.kind))
"""Name of an award's kind in the words of its campaign, beside that."""
CATEGORY = ApplicationVersion.category


@row_type
class PublicAward:
    """The public part of an award, for every reader who may see the award."""

    id: UUID
    campaign_id: UUID
    commendation_id: UUID
    kind: str
    grade: str | None
    recipient: str
    name: str
    person_title: str | None
    unit_name: str | None
    committee_name: str
    unit_name_now: str | None
    committee_name_now: str | None
    category: str | None
    public_summary: str
    pictures: list[int]
    certificate_number: str | None
    awarded_at: datetime | None


PUBLIC = (
    Award.id,
    Award.campaign_id,
    Award.commendation_id,
    Award.kind,
    Award.grade,
    recipients.SORT,
    recipients.NAME,
    Award.person_title,
    recipients.UNIT_NAME,
    recipients.COMMITTEE_NAME,
    *recipients.NAMES_NOW,
    CATEGORY,
    Award.public_summary,
    Award.pictures,
    Award.certificate_number,
    Award.awarded_at,
)
"""The columns of a `PublicAward`."""


@row_type
class AwardSummary(PublicAward):
    """An award in a list; null where the reader is neither its recipient nor the office, or not the office."""

    version: int
    status: AwardStatus
    application_id: UUID | None
    verification_code: str | None
    to_committee_id: UUID | None
    to_unit_id: UUID | None
    position: int | None
    basis: AwardBasis | None
    reason: str | None
    created_at: datetime | None
    updated_at: datetime | None
    revoked_at: datetime | None
    revocation_reason: str | None


@row_type
class AwardRow(AwardSummary):
    """The same with the state of its commendation, and what of its case decides about a nomination."""

    settings_digest: str
    commendation_status: CommendationStatus
    nomination: NominationStatus | None
    nominated_revision: int | None
    vetoed: str | None


def _only_if(condition: ColumnElement[bool], *columns: InstrumentedAttribute[object]) -> list[ColumnElement[object]]:
    return [case((condition, column)).label(column.key) for column in columns]


_SELECTED = (
    select(
        *PUBLIC,
        case((_FOR_OFFICE, Award.version), (PUBLISHED, literal(2)), else_=literal(1)).label("version"),
        VISIBLE_STATUS.label("status"),
        *_only_if(_FOR_RECIPIENT, Award.application_id, Award.verification_code),
        *_only_if(
            _FOR_OFFICE,
            Award.to_committee_id,
            Award.to_unit_id,
            Award.position,
            Award.basis,
            Award.reason,
            Award.created_at,
            Award.updated_at,
            Award.revoked_at,
            Award.revocation_reason,
        ),
    )
    .join(Commendation, Commendation.id == Award.commendation_id)
    .outerjoin(Application, Application.id == Award.application_id)
    .outerjoin(ApplicationVersion, ApplicationVersion.id == Award.version_id)
    .where(VISIBLE)
)
_current = and_(*(Nomination.status != over for over in REPLACED_OR_WITHDRAWN))
_nomination = select(Nomination.status).where(Nomination.award_id == Award.id, _current).scalar_subquery()
_revision = (
    select(Nomination.revision)
    .where(Nomination.application_id == Application.id, _current)
    .correlate(Application)
    .scalar_subquery()
)
_IN_FULL = Query(
    _SELECTED.add_columns(
        Campaign.settings_digest,
        Commendation.status.label("commendation_status"),
        case((_FOR_OFFICE, _nomination)).label("nomination"),
        case((_FOR_OFFICE, _revision)).label("nominated_revision"),
        case((and_(_FOR_OFFICE, VETOED), Application.number)).label("vetoed"),
    )
    .join(Campaign, Campaign.id == Award.campaign_id)
    .where(Award.id == bound_ids("award_ids").any_()),
    AwardRow,
)
FILTERS = {
    "campaign_id": exactly(Award.campaign_id, UUID, "Only of this campaign."),
    "commendation_id": exactly(Award.commendation_id, UUID, "Only of this commendation."),
    "kind": among(Award.kind, Code, "Only of these kinds.", max_length=20),
    "status": among(VISIBLE_STATUS, AwardStatus, "Only in these states."),
}
_AWARDS = Listing(_SELECTED, Award.id, AwardSummary, filters=FILTERS)
_COMMITTEE_ID = bound_id("committee_id")
_RECEIVED = Query(
    _SELECTED.where(_FOR_RECIPIENT, Award.campaign_id == bound_id("campaign_id"))
    .where(
        or_(_COMMITTEE_ID.is_(None), Application.committee_id == _COMMITTEE_ID, Award.to_committee_id == _COMMITTEE_ID)
    )
    .order_by(Award.id),
    AwardSummary,
)
_LOCKED = select(Award).where(Award.id == bindparam("award_id")).with_for_update()
_CAMPAIGN = select(Campaign.id).where(Campaign.id == bindparam("campaign_id")).with_for_update(key_share=True)


@row_type
class _Taken:
    count: int


_TAKEN = Query(
    select(func.count().label("count")).where(
        Award.campaign_id == bound_id("campaign_id"),
        Award.kind == bindparam("kind", type_=Text),
        Award.grade.is_not_distinct_from(bindparam("grade", type_=Text)),
        recipients.STANDS,
    ),
    _Taken,
)
_ITS_NOMINATION = (
    select(Nomination).where(Nomination.award_id == bindparam("award_id"), _current).with_for_update(of=Nomination)
)


@row_type
class _Picture:
    slot: int


_PICTURES = Query(select(VersionImage.slot).where(VersionImage.version_id == bound_id("version_id")), _Picture)


Slots = Annotated[
    list[Annotated[int, Field(strict=True, ge=1, le=8)]],
    Field(max_length=8, json_schema_extra={"uniqueItems": True}),
    AfterValidator(each_once),
]


class AwardEdit(RecipientCorrection):
    """Change an award of a draft: its recipient's name, its grade, its place, what the public will read and see."""

    grade: Code | None = Field(None, description="等次; null for a kind without grades.", examples=["first"])
    position: Annotated[int, Field(strict=True, ge=1, le=10_000)] = Field(
        default_factory=unsent, description="Its place in the commendation; equal ones are in the order of proposal."
    )
    public_summary: Annotated[Prose, Field(max_length=500)] = Field(
        default_factory=unsent, description="公开简介", examples=["组织党员志愿者结对帮扶，形成常态化邻里互助机制。"]
    )
    pictures: Slots = Field(
        default_factory=unsent,
        description="Numbers of the filed pictures that the public may see, in this order.",
        examples=[[1, 3]],
    )


class AwardRevocation(Input):
    """Take a published award back."""

    reason: Reason = Field(description="Reason; kept.", examples=["经查实，申报材料中的数据不真实。"])
    despite_decision: bool = Field(
        False,
        description="Revoke it although the municipal office has decided on its nomination, which stays decided.",
        examples=[False],
    )


async def edit(ctx: Context, award_id: UUID, body: AwardEdit, version: int | None) -> None:
    """Change the members that are named, while its commendation is a draft."""
    commendation, award = await get(ctx, award_id)
    facts = AwardFacts(award.status, commendation.status)
    permit(EDIT_COMMENDATION, role=ctx.actor.role, status=commendation.status)
    expect(award, version)
    names, wrong = await recipients.corrected(ctx, award, body)
    findings = [*await _edit_findings(ctx, award, body), *wrong]
    others = body.model_dump(exclude_unset=True, exclude=set(RecipientCorrection.model_fields))
    move(ctx, award, policy.EDIT, facts, findings=findings, **others, **names)


async def delete(ctx: Context, award_id: UUID, version: int | None) -> None:
    """Take it out of the draft as if it had never been proposed."""
    commendation, award = await get(ctx, award_id)
    permit(EDIT_COMMENDATION, role=ctx.actor.role, status=commendation.status)
    permit(policy.DELETE, role=ctx.actor.role, status=award.status)
    expect(award, version)
    await remove(ctx, award, policy.DELETE.event, kind=award.kind, recipient=_recipient(award))


async def revoke(ctx: Context, award_id: UUID, body: AwardRevocation) -> None:
    """Take a published award back, and its nomination with it: no longer public, its row and its history stay."""
    commendation, award = await get(ctx, award_id)
    permit(policy.REVOKE, role=ctx.actor.role, status=award.status)
    if award.application_id:
        await applications.get(ctx, award.application_id)  # its row is the lock for its nominations
    nomination = await ctx.session.scalar(_ITS_NOMINATION, {"award_id": award_id})
    of_nomination = nomination.status if nomination else None
    receiver = (await commendations.settings_of(ctx, award.campaign_id)).city if nomination else ""
    facts = AwardFacts(award.status, commendation.status, of_nomination, body.despite_decision, receiver)
    data = {"reason": body.reason, "recipient": _recipient(award)}
    move(ctx, award, policy.REVOKE, facts, data=data, revoked_at=ctx.now, revocation_reason=body.reason)
    if nomination and nomination.status is not NominationStatus.DECIDED:
        why = policy.WITH_ITS_AWARD.format(reason=body.reason)
        data = {"reason": why, "award": str(award_id)}
        move(ctx, nomination, WITHDRAW, data=data, withdrawn_at=ctx.now, withdrawal_reason=why)


async def get(ctx: Context, award_id: UUID) -> tuple[Commendation, Award]:
    """The commendation and the award, locked in this order for a change; NotFound unless the actor may see it."""
    row = await _row(ctx, award_id)
    commendation = await commendations.get(ctx, row.commendation_id)
    award = await ctx.lock(_LOCKED, award_id=award_id)  # or taken out while we waited
    await _row(ctx, award_id)  # or changed so that the actor sees it no longer
    return commendation, award


async def read(view: View, award_id: UUID) -> Record[AwardRow]:
    """One award; NotFound unless visible."""
    row = await _row(view, award_id)
    return Record(row, await _actions(view, row))


async def offered(view: View, rows: Sequence[AwardSummary]) -> dict[UUID, Offered]:
    """Return the acts on each of these awards, for the rows of a list."""
    found = await view.rows(_IN_FULL, award_ids=[row.id for row in rows])
    return {row.id: await _actions(view, row) for row in found}


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[AwardSummary]:
    return await _AWARDS.page(view, after=after, limit=limit, **filters)


async def received(view: View, campaign_id: UUID, committee_id: UUID | None) -> list[AwardSummary]:
    """Every award of a campaign that the reader may see and has received; the office all, or those of a committee."""
    return await view.rows(_RECEIVED, campaign_id=campaign_id, committee_id=committee_id)


async def taken(ctx: Context, campaign_id: UUID, kind: AwardKind | None, grade: str | None) -> int:
    """Count the awards that take announced places; the campaign's row is the lock for them, in all commendations."""
    if kind is None or policy.announced(kind, grade) is None:
        return 0
    await ctx.session.execute(_CAMPAIGN, {"campaign_id": campaign_id})
    return (await ctx.get(_TAKEN, campaign_id=campaign_id, kind=kind.code, grade=grade)).count


async def _row(view: View, award_id: UUID) -> AwardRow:
    return await view.get(_IN_FULL, award_ids=[award_id])


async def _actions(view: View, row: AwardRow) -> Offered:
    receiver = (await campaigns.settings_of(view, row.settings_digest)).city if row.nomination else ""
    facts = AwardFacts(row.status, row.commendation_status, row.nomination, receiver=receiver)
    case_ = AwardedCase(row.status, row.vetoed, row.nominated_revision)
    nominating = actions(OF_AWARDS, view.actor.role, case_) if row.application_id else {}
    return actions(policy.OFFERED, view.actor.role, facts) | nominating


async def _edit_findings(ctx: Context, award: Award, body: AwardEdit) -> list[Finding]:
    settings = await commendations.settings_of(ctx, award.campaign_id)
    filed = {picture.slot for picture in await ctx.rows(_PICTURES, version_id=award.version_id)}
    grade = body.grade if "grade" in body.model_fields_set else award.grade
    moved = [policy.Candidate(award.id, "")] if grade != award.grade else []
    kind = settings.award_kind(award.kind)
    already = await taken(ctx, award.campaign_id, kind, grade)
    return [
        *policy.grade_findings(settings, award.kind, grade),
        *policy.place_findings(kind, grade, already, moved, "/grade"),
        *policy.picture_findings(body.pictures or (), filed),
    ]


def _recipient(award: Award) -> str:
    """The id of its recipient for the history; of a person that of their body, as names stay out of it."""
    return str(award.application_id or award.to_unit_id or award.to_committee_id)
