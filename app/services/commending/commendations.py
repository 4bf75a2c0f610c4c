"""Commendations (通报表彰): drafted, read, edited, deleted. Their awards and their publication have files of their own.

The row of a commendation is the lock for its awards and the objections to them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)

from app.context import Context, View, acting_as
from app.database import Query, bound_id
from app.findings import Finding
from app.inputs import Input, Line, Prose, unsent
from app.models import Application, ApplicationVersion, Award, Campaign, Commendation, Objection, Tally
from app.models.enums import AwardStatus, CampaignStatus, CommendationStatus, ObjectionStatus, Role
from app.problems import RulesViolated
from app.rows import row_type
from app.services.commending import recipients
from app.services.filing import campaigns, tallies
from app.services.filing.visibility import VETOED
from app.services.history import create, expect, move, remove
from app.services.pages import FilterValue, Listing, Page, among, exactly
from app.services.policies import UNKNOWN_REFERENCE, actions, judge, permit, require_role
from app.services.policies.commending import awards as award_policy
from app.services.policies.commending import commendations as policy
from app.services.policies.commending.commendations import AwardFacts, CommendationFacts
from app.services.policies.commending.objections import OBJECT, PublicityFacts
from app.services.policies.commending.publications import calendar_advice
from app.services.policies.filing import beginnings
from app.services.policies.filing.notice import CampaignSettings

_FOR_OFFICE = acting_as(Role.OFFICE)
PUBLICISED, PUBLISHED = (
    Commendation.status == status for status in (CommendationStatus.PUBLICISED, CommendationStatus.PUBLISHED)
)
VISIBLE = or_(_FOR_OFFICE, PUBLICISED, PUBLISHED)
"""A draft is the office's own business."""


def _visible(status: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    return or_(
        _FOR_OFFICE,
        and_(PUBLICISED, or_(status == AwardStatus.PROPOSED, status == AwardStatus.HELD)),
        and_(PUBLISHED, status == AwardStatus.AWARDED),
    )


AWARD_VISIBLE = _visible(Award.status)
"""Of an award beside its commendation: others see it while it is publicised, held or not, and once it is awarded."""

_COMMENDATION_ID, _CAMPAIGN_ID = (bound_id(name) for name in ("commendation_id", "campaign_id"))
_awards = (
    select(func.coalesce(func.sum(Tally.count), 0, type_=Integer))
    .where(Tally.subject_id == Commendation.id, Tally.dimension == tallies.AWARD, _visible(Tally.code))
    .correlate(Commendation)
    .scalar_subquery()
)
_objections = (
    select(func.count())
    .where(Objection.commendation_id == Commendation.id, Objection.status == ObjectionStatus.OPEN)
    .correlate(Commendation)
    .scalar_subquery()
)


@row_type
class CommendationSummary:
    """A commendation in a list."""

    id: UUID
    version: int
    campaign_id: UUID
    title: str
    status: CommendationStatus
    award_count: int
    publicised_at: datetime | None
    publicity_first_on: date | None
    publicity_last_on: date | None
    publicity_ends_at: datetime | None
    published_at: datetime | None
    document_number: str | None


@row_type
class CommendationRow(CommendationSummary):
    """The same with its preface, and the values its rules judge; only the office counts the open objections."""

    preface: str
    settings_digest: str
    open_objections: int | None


_SUMMARY = select(
    Commendation.id,
    case((_FOR_OFFICE, Commendation.version), (PUBLISHED, 1_000_000 + _awards), else_=_awards).label("version"),
    Commendation.campaign_id,
    Commendation.title,
    Commendation.status,
    _awards.label("award_count"),
    Commendation.publicised_at,
    Commendation.publicity_first_on,
    Commendation.publicity_last_on,
    Commendation.publicity_ends_at,
    Commendation.published_at,
    Commendation.document_number,
).where(VISIBLE)
"""Others get a version of the public part: it changes on publication and when an award leaves the list."""

FILTERS = {
    "campaign_id": exactly(Commendation.campaign_id, UUID, "Only of this campaign."),
    "status": among(Commendation.status, CommendationStatus, "Only in these states."),
}
_COMMENDATIONS = Listing(_SUMMARY, Commendation.id, CommendationSummary, filters=FILTERS)
_COMMENDATION = Query(
    _SUMMARY.add_columns(
        Commendation.preface,
        Campaign.settings_digest,
        case((_FOR_OFFICE, _objections)).label("open_objections"),
    )
    .join(Campaign, Campaign.id == Commendation.campaign_id)
    .where(Commendation.id == _COMMENDATION_ID),
    CommendationRow,
)
_AWARDS = Query(
    select(
        Award.status,
        recipients.NAME,
        Award.application_id,
        Award.public_summary,
        VETOED.label("vetoed"),
    )
    .outerjoin(ApplicationVersion, ApplicationVersion.id == Award.version_id)
    .outerjoin(Application, Application.id == Award.application_id)
    .where(Award.commendation_id == _COMMENDATION_ID)
    .order_by(*recipients.LISTED),
    AwardFacts,
)


@row_type
class _Campaign:
    status: CampaignStatus
    settings_digest: str


_CAMPAIGN = Query(select(Campaign.status, Campaign.settings_digest).where(Campaign.id == _CAMPAIGN_ID), _Campaign)
_FOUND = select(Commendation).where(Commendation.id == bindparam("commendation_id")).where(VISIBLE)
_LOCKED = _FOUND.with_for_update()
_HELD = _FOUND.with_for_update(read=True)
_ITS_AWARDS = select(Award).where(Award.commendation_id == bindparam("commendation_id")).with_for_update()

Title = Annotated[Line, Field(max_length=200, description="标题", examples=["关于表彰2015年创新工作品牌的通报"])]
Preface = Annotated[
    Prose, Field(max_length=5000, description="正文引言", examples=["经评选并公示，现将优秀案例予以通报表彰。"])
]


class CommendationCreate(Input):
    """Begin a commendation of a campaign."""

    campaign_id: UUID = Field(description="The campaign.")
    title: Title
    preface: Preface = Field("")


class CommendationEdit(Input):
    """Change the words of a draft; what is not named stays."""

    title: Title = Field(default_factory=unsent)
    preface: Preface = Field(default_factory=unsent)


@dataclass(frozen=True, slots=True)
class CommendationRecord:
    """A commendation as the actor may see it, and what they may do with it now."""

    row: CommendationRow
    publicity: PublicityFacts
    facts: CommendationFacts | None
    actions: dict[str, list[Finding]]


async def begin(ctx: Context, body: CommendationCreate) -> UUID:
    """Draft a commendation."""
    require_role(ctx.actor.role, *beginnings.COMMENDATION.by)
    campaign = await ctx.one(_CAMPAIGN, campaign_id=body.campaign_id)
    if campaign is None:
        raise RulesViolated([UNKNOWN_REFERENCE("/campaign_id")])
    settings = await campaigns.settings_of(ctx, campaign.settings_digest)
    judge(beginnings.COMMENDATION, ctx.actor.role, beginnings.BeginningFacts(campaign.status, settings, ctx.now))
    return create(ctx, Commendation(**body.model_dump()), beginnings.COMMENDATION.event).id


async def edit(ctx: Context, commendation_id: UUID, body: CommendationEdit, version: int | None) -> None:
    """Change the title or the preface of a draft."""
    commendation = await get(ctx, commendation_id)
    permit(policy.EDIT, role=ctx.actor.role, status=commendation.status)
    expect(commendation, version)
    move(ctx, commendation, policy.EDIT, **body.model_dump(exclude_unset=True))


async def delete(ctx: Context, commendation_id: UUID, version: int | None) -> None:
    """Delete a draft with the awards proposed in it."""
    commendation = await get(ctx, commendation_id)
    permit(policy.DELETE, role=ctx.actor.role, status=commendation.status)
    expect(commendation, version)
    awards = await ctx.session.scalars(_ITS_AWARDS, {"commendation_id": commendation_id})
    for award in awards.all():
        await remove(ctx, award, award_policy.DELETE.event, kind=award.kind)
    await ctx.flush()  # they refer to it
    await remove(ctx, commendation, policy.DELETE.event, title=commendation.title)


async def get(ctx: Context, commendation_id: UUID) -> Commendation:
    """The commendation, locked for a change; NotFound unless the actor may see it."""
    return await _one(ctx, _LOCKED, commendation_id)


async def hold(ctx: Context, commendation_id: UUID) -> Commendation:
    """The commendation, kept as it is until the transaction ends; NotFound unless the actor may see it."""
    return await _one(ctx, _HELD, commendation_id)


async def read(view: View, commendation_id: UUID) -> CommendationRecord:
    """One commendation; NotFound unless visible."""
    row = await view.get(_COMMENDATION, commendation_id=commendation_id)
    settings = await campaigns.settings_of(view, row.settings_digest)
    ends_at = _ends_at(row, settings)
    publicity = PublicityFacts(view.actor.role, row.status, ends_at, view.now, settings.office)
    objecting = actions([OBJECT], view.actor.role, publicity)
    if view.actor.role is not Role.OFFICE:
        return CommendationRecord(row, publicity, None, objecting)
    awards = await view.rows(_AWARDS, commendation_id=row.id)
    draft = row.status is CommendationStatus.DRAFT
    advice = calendar_advice(settings, view.now) if draft else []
    facts = CommendationFacts(row.status, view.now, awards, ends_at, row.open_objections or 0, advice)
    return CommendationRecord(row, publicity, facts, actions(policy.ACTS, view.actor.role, facts) | objecting)


async def settings_of(view: View, campaign_id: UUID) -> CampaignSettings:
    """The settings of a commendation's campaign."""
    campaign = await view.get(_CAMPAIGN, campaign_id=campaign_id)
    return await campaigns.settings_of(view, campaign.settings_digest)


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[CommendationSummary]:
    return await _COMMENDATIONS.page(view, after=after, limit=limit, **filters)


def _ends_at(row: CommendationRow, settings: CampaignSettings) -> datetime | None:
    """The end of the window in the campaign's time zone, in which findings name it."""
    return row.publicity_ends_at.astimezone(settings.zone) if row.publicity_ends_at else None


async def _one(ctx: Context, statement: Select[Commendation], commendation_id: UUID) -> Commendation:
    return await ctx.lock(statement, commendation_id=commendation_id)
