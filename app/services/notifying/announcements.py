"""Announcements (补充通知、催报): from the office to committees, and to their units if it says so, with documents."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from sqlalchemy import and_, bindparam, case, exists, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from app.context import ACTOR_COMMITTEE, Context, View, acting_as
from app.database import Query, bound_id, bound_ids
from app.inputs import Input, Name, Prose, each_once
from app.models import (
    Account,
    Announcement,
    AnnouncementDocument,
    AnnouncementRecipient,
    Campaign,
    Committee,
    Document,
    Notification,
    Unit,
)
from app.models.enums import AnnouncementAudience, DocumentKind, Role
from app.rows import row_type
from app.services.filing import campaigns, progress
from app.services.history import create
from app.services.notifying import notifications
from app.services.notifying.notifications import Addressees, Notice
from app.services.pages import FilterValue, Listing, Page, exactly
from app.services.policies import permit, refuse, require_role
from app.services.policies.filing.campaigns import ANNOUNCE
from app.services.policies.notifying import announcements as policy
from app.services.policies.notifying.announcements import Standing
from app.services.policies.notifying.notifications import Particulars
from app.services.policies.notifying.tellings import ANNOUNCED

SUBJECT = "announcement"
_sent_to_actor = exists().where(
    AnnouncementRecipient.announcement_id == Announcement.id, AnnouncementRecipient.committee_id == ACTOR_COMMITTEE
)
_without_committee = exists().where(Committee.id == ACTOR_COMMITTEE, Committee.direct)
VISIBLE = or_(
    acting_as(Role.OFFICE),
    and_(acting_as(Role.COMMITTEE), _sent_to_actor),
    and_(acting_as(Role.UNIT), or_(Announcement.to_units, _without_committee), _sent_to_actor),
)
"""The office sees all, a committee what was sent to it, a unit what was sent to its committee's units too.

Units without a committee are told themselves: nobody would pass it on to them.
"""

_NONE = literal_column("'[]'::jsonb", JSONB)
_told = (
    select(func.jsonb_agg(func.jsonb_build_object("id", Committee.id, "name", Committee.name)))
    .join(AnnouncementRecipient, AnnouncementRecipient.committee_id == Committee.id)
    .where(AnnouncementRecipient.announcement_id == Announcement.id)
    .scalar_subquery()
)
_attached = (
    select(func.jsonb_agg(func.jsonb_build_object("id", Document.id, "title", Document.title)))
    .join(AnnouncementDocument, AnnouncementDocument.document_id == Document.id)
    .where(AnnouncementDocument.announcement_id == Announcement.id)
    .scalar_subquery()
)
_SELECTED = select(
    Announcement.id,
    Announcement.campaign_id,
    Announcement.title,
    Announcement.text,
    Announcement.audience,
    Announcement.to_units,
    Announcement.sent_at,
    case((acting_as(Role.OFFICE), func.coalesce(_told, _NONE)), else_=_NONE).label("committees"),
    func.coalesce(_attached, _NONE).label("documents"),
).where(VISIBLE)


@row_type
class AnnouncementRow:
    """An announcement; to whom it went is for the office to know."""

    id: UUID
    campaign_id: UUID
    title: str
    text: str
    audience: AnnouncementAudience
    to_units: bool
    sent_at: datetime
    committees: list[dict[str, str]]
    documents: list[dict[str, str]]


@row_type
class KnownDocument:
    """A document of the campaign, and its kind."""

    id: UUID
    kind: DocumentKind


@row_type
class ReaderRow:
    """An account that an announcement went to, and when it was read."""

    id: UUID
    name: str
    role: Role
    committee_name: str | None
    unit_name: str | None
    told_at: datetime
    mailed_at: datetime | None
    read_at: datetime | None


_ANNOUNCEMENT_ID = bound_id("announcement_id")
_ANNOUNCEMENT = Query(_SELECTED.where(Announcement.id == _ANNOUNCEMENT_ID), AnnouncementRow)
FILTERS = {"campaign_id": exactly(Announcement.campaign_id, UUID, "Only of this campaign.")}
_ANNOUNCEMENTS = Listing(_SELECTED, Announcement.id, AnnouncementRow, filters=FILTERS, newest_first=True)
_COMMITTEE_ID = bound_id("committee_id")
_sent_to_committee = exists().where(
    AnnouncementRecipient.announcement_id == Announcement.id, AnnouncementRecipient.committee_id == _COMMITTEE_ID
)
_SENT = Query(
    _SELECTED.where(Announcement.campaign_id == bound_id("campaign_id"))
    .where(or_(_COMMITTEE_ID.is_(None), _sent_to_committee))
    .order_by(Announcement.id),
    AnnouncementRow,
)
_is_read = Notification.read_at.is_not(None)
READERS = {"read": exactly(_is_read, bool, "True: only those who have read it; false: the others.")}
_READERS = Listing(
    select(
        Notification.id,
        Account.name,
        Notification.role,
        Committee.name.label("committee_name"),
        Unit.name.label("unit_name"),
        Notification.told_at,
        Notification.mailed_at,
        Notification.read_at,
    )
    .join(Account, Account.id == Notification.account_id)
    .outerjoin(Committee, Committee.id == Notification.committee_id)
    .outerjoin(Unit, Unit.id == Notification.unit_id)
    .where(Notification.subject_type == SUBJECT, Notification.subject_id == _ANNOUNCEMENT_ID),
    Notification.id,
    ReaderRow,
    filters=READERS,
)
_CAMPAIGN = select(Campaign).where(Campaign.id == bindparam("campaign_id")).where(campaigns.VISIBLE)
_KNOWN = Query(
    select(Document.id, Document.kind).where(
        Document.id == bound_ids("document_ids").any_(),
        Document.campaign_id == bound_id("campaign_id"),
        Document.removed_at.is_(None),
    ),
    KnownDocument,
)
Ids = Annotated[list[UUID], Field(max_length=200, json_schema_extra={"uniqueItems": True}), AfterValidator(each_once)]


class AnnouncementCreate(Input):
    """Tell committees something: all of them, some, or those who still owe something."""

    campaign_id: UUID = Field(description="The campaign.")
    title: Name = Field(description="标题", examples=["关于补充报送实施计划的通知"])
    text: Annotated[Prose, Field(min_length=2, max_length=2000)] = Field(
        description="正文", examples=["请尚未报送实施计划的单位于4月25日前补报。"]
    )
    audience: AnnouncementAudience = Field(description="Committees that it is for.", examples=["without_plan"])
    committee_ids: Ids = Field([], description="The committees, for `chosen` alone.", examples=[[]])
    to_units: bool = Field(False, strict=True, description="True if their units are told, too.", examples=[False])
    document_ids: Ids = Field([], description="Documents of the campaign that come with it.", examples=[[]])

    @model_validator(mode="after")
    def _chosen(self) -> Self:
        if bool(self.committee_ids) != (self.audience is AnnouncementAudience.CHOSEN):
            words = "committee_ids are needed for the audience `chosen`, and for no other"
            raise self.contradiction(words, "committee_ids")
        return self


async def send(ctx: Context, body: AnnouncementCreate) -> UUID:
    """Send it at once: to the feeds of the committees' accounts and by mail."""
    require_role(ctx.actor.role, Role.OFFICE)
    campaign = await ctx.lock(_CAMPAIGN, campaign_id=body.campaign_id)
    permit(ANNOUNCE, role=ctx.actor.role, status=campaign.status)
    standings = await _standings(ctx, campaign.id)
    told = policy.recipients(body.audience, standings, body.committee_ids)
    direct = {each.committee_id for each in standings if each.direct}
    found = await ctx.rows(_KNOWN, document_ids=body.document_ids, campaign_id=campaign.id)
    known = {row.id: row.kind for row in found}
    unknown = [index for index, each in enumerate(body.document_ids) if each not in known]
    proof = [index for index, each in enumerate(body.document_ids) if known.get(each) is DocumentKind.EVIDENCE]
    refuse(policy.sending_findings(body.audience, told, body.committee_ids, unknown, proof))
    announcement = _stored(ctx, body, told)
    facts = {"campaign": campaign.name, "title": body.title, "items": [{"text": body.text}]}
    await notifications.announce(ctx, [_notice(ctx, announcement, to, facts) for to in _addressees(body, told, direct)])
    return announcement.id


async def read(view: View, announcement_id: UUID) -> AnnouncementRow:
    """One announcement; NotFound unless visible."""
    return await view.get(_ANNOUNCEMENT, announcement_id=announcement_id)


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[AnnouncementRow]:
    return await _ANNOUNCEMENTS.page(view, after=after, limit=limit, **filters)


async def sent(view: View, campaign_id: UUID, committee_id: UUID | None) -> list[AnnouncementRow]:
    """Every announcement of a campaign that the reader may read, or those of them that went to a committee."""
    return await view.rows(_SENT, campaign_id=campaign_id, committee_id=committee_id)


async def readers(
    view: View, announcement_id: UUID, *, after: UUID | None, limit: int, **filters: FilterValue
) -> Page[ReaderRow]:
    """The accounts it went to, each with the time it was read."""
    await read(view, announcement_id)
    require_role(view.actor.role, Role.OFFICE)
    return await _READERS.page(view, after=after, limit=limit, announcement_id=announcement_id, **filters)


async def _standings(ctx: Context, campaign_id: UUID) -> list[Standing]:
    found = await progress.read(ctx, campaign_id)
    return [
        Standing(
            each.row.committee_id,
            plan_owed=each.plan_owed,
            minimum_met=each.assessment.minimum_met,
            direct=bool(each.row.direct),
        )
        for each in found.committees
        if each.row.committee_id
    ]


def _stored(ctx: Context, body: AnnouncementCreate, told: list[UUID]) -> Announcement:
    announcement = Announcement(
        sent_at=ctx.now,
        sent_by=ctx.actor.id,
        **body.model_dump(include={"campaign_id", "title", "text", "audience", "to_units"}),
    )
    create(ctx, announcement, ANNOUNCE.event, title=body.title, audience=body.audience, committees=len(told))
    ctx.session.add_all(AnnouncementRecipient(announcement_id=announcement.id, committee_id=each) for each in told)
    attached = [AnnouncementDocument(announcement_id=announcement.id, document_id=each) for each in body.document_ids]
    ctx.session.add_all(attached)
    return announcement


def _addressees(body: AnnouncementCreate, told: list[UUID], direct: Collection[UUID]) -> list[Addressees]:
    of_units = [committee_id for committee_id in told if body.to_units or committee_id in direct]
    return [
        *(Addressees(Role.COMMITTEE, committee_id=committee_id) for committee_id in told),
        *(Addressees(Role.UNIT, committee_id=committee_id) for committee_id in of_units),
    ]


def _notice(ctx: Context, announcement: Announcement, to: Addressees, facts: Particulars) -> Notice:
    occasion, campaign_id = str(announcement.id), announcement.campaign_id
    return Notice(
        ANNOUNCED, occasion, SUBJECT, announcement.id, campaign_id, to, actor_id=ctx.actor.id, particulars=facts
    )
