"""Documents of a campaign (通知、工作要点、测评体系、附件): attached by the office, read by those they are for."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, exists, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from app.context import ACTOR_COMMITTEE, Context, View, acting_as
from app.database import Query, bound_id, bound_ids
from app.file_names import Part, named
from app.models import Announcement, AnnouncementDocument, AnnouncementRecipient, Campaign, Document, FigureTable, File
from app.models.enums import CampaignStatus, DocumentKind, Role
from app.rows import row_type
from app.services.files import Intake, StoredFile
from app.services.filing import campaigns
from app.services.filing.endorsements import SCAN
from app.services.history import change, create
from app.services.pages import FilterValue, Listing, Page, among
from app.services.policies import permit, refuse, require_role
from app.services.policies.filing import documents as policy
from app.services.policies.filing.campaigns import ADD_DOCUMENT

_sent_to_actor = exists().where(
    AnnouncementDocument.document_id == Document.id,
    AnnouncementRecipient.announcement_id == AnnouncementDocument.announcement_id,
    AnnouncementRecipient.committee_id == ACTOR_COMMITTEE,
    Announcement.id == AnnouncementDocument.announcement_id,
    or_(acting_as(Role.COMMITTEE), and_(acting_as(Role.UNIT), Announcement.to_units)),
)
PUBLIC = and_(Document.public, Document.removed_at.is_(None), Campaign.status != CampaignStatus.DRAFT)
"""Documents that anybody may read, without an account."""

VISIBLE = or_(acting_as(Role.OFFICE), PUBLIC, _sent_to_actor)
"""The office sees all, everybody what is public, and whoever it was sent to keeps it."""

_DOCUMENT_ID, _CAMPAIGN_ID = (bound_id(name) for name in ("document_id", "campaign_id"))
_SELECTED = (
    select(
        Document.id,
        Document.campaign_id,
        Document.kind,
        Document.title,
        Document.public,
        File.media_type,
        File.size,
        Document.added_at,
        Document.removed_at,
    )
    .join(Campaign, Campaign.id == Document.campaign_id)
    .join(File, File.id == Document.file_id)
)


@row_type
class DocumentRow:
    """A document of a campaign."""

    id: UUID
    campaign_id: UUID
    kind: DocumentKind
    title: str
    public: bool
    media_type: str
    size: int
    added_at: datetime
    removed_at: datetime | None


@row_type
class DocumentFile:
    """The file of a document, and what its name is made of."""

    id: UUID
    media_type: str
    sha256: str
    title: str
    kind: DocumentKind
    year: int
    place: int


@row_type
class DocumentMaterial:
    """A document with what is needed to pack its bytes."""

    id: UUID
    kind: DocumentKind
    title: str
    added_at: datetime
    file_id: UUID
    media_type: str
    sha256: str
    size: int


_earlier = aliased(Document)
_PLACE = (
    select(func.count())
    .where(_earlier.campaign_id == Document.campaign_id, _earlier.id <= Document.id)
    .scalar_subquery()
    .label("place")
)
"""Its place among all documents of the campaign, which never changes."""
_DOCUMENT = Query(_SELECTED.where(VISIBLE, Document.id == _DOCUMENT_ID), DocumentRow)
_FILE = Query(
    select(*(File.id, File.media_type, File.sha256), Document.title, Document.kind, Campaign.year, _PLACE)
    .join(Document, Document.file_id == File.id)
    .join(Campaign, Campaign.id == Document.campaign_id)
    .where(VISIBLE, Document.id == _DOCUMENT_ID),
    DocumentFile,
)
FILTERS = {"kind": among(Document.kind, DocumentKind, "Only of these kinds.")}
_DOCUMENTS = Listing(
    _SELECTED.where(VISIBLE, Document.campaign_id == _CAMPAIGN_ID, Document.removed_at.is_(None)),
    Document.id,
    DocumentRow,
    filters=FILTERS,
)
_PUBLIC = Query(_SELECTED.where(PUBLIC, Document.campaign_id == _CAMPAIGN_ID).order_by(Document.id), DocumentRow)
_MATERIAL = (
    select(
        *(Document.id, Document.kind, Document.title, Document.added_at),
        *(Document.file_id, File.media_type, File.sha256, File.size),
    )
    .join(Campaign, Campaign.id == Document.campaign_id)
    .join(File, File.id == Document.file_id)
)
_OF_CAMPAIGN = Query(
    _MATERIAL.where(VISIBLE, Document.campaign_id == _CAMPAIGN_ID)
    .where(or_(Document.removed_at.is_(None), _sent_to_actor))
    .order_by(Document.id),
    DocumentMaterial,
)
_IS_EVIDENCE = and_(
    acting_as(Role.OFFICE),
    Document.campaign_id == _CAMPAIGN_ID,
    Document.kind == DocumentKind.EVIDENCE,
    Document.removed_at.is_(None),
    Document.id == bound_ids("ids").any_(),
)
_EVIDENCE = Query(_MATERIAL.where(_IS_EVIDENCE).order_by(Document.id), DocumentMaterial)
_HELD = Query(_MATERIAL.where(_IS_EVIDENCE).order_by(Document.id).with_for_update(of=Document), DocumentMaterial)
_ITSELF = func.jsonb_build_array(func.jsonb_build_object(literal_column("'document_id'"), Document.id))
_PROVES = select(
    exists().where(FigureTable.campaign_id == Document.campaign_id, FigureTable.evidence.contains(_ITSELF))
).where(Document.id == bindparam("document_id"))
_LOCKED = (
    select(Document)
    .join(Campaign, Campaign.id == Document.campaign_id)
    .where(Document.id == bindparam("document_id"))
    .where(VISIBLE)
    .with_for_update(of=Document)
)


async def add(intake: Intake, campaign_id: UUID, data: bytes, kind: DocumentKind, title: str, *, public: bool) -> UUID:
    """Attach a document to a campaign."""

    async def attachable(ctx: Context) -> Campaign:
        campaign = await campaigns.get(ctx, campaign_id)
        permit(ADD_DOCUMENT, role=ctx.actor.role, status=campaign.status)
        refuse(policy.addition_findings(kind, public=public))
        return campaign

    arrival = await intake.receive(data, SCAN, attachable)
    async with intake.attaching(arrival) as ctx:
        campaign = await attachable(ctx)
        document = Document(
            campaign_id=campaign.id,
            kind=kind,
            title=title,
            public=public,
            file_id=arrival.file_ids[0],
            added_at=ctx.now,
            added_by=ctx.actor.id,
        )
        return create(ctx, document, ADD_DOCUMENT.event, kind=kind, title=title).id


async def remove(ctx: Context, document_id: UUID) -> None:
    """Take a document away; those it was sent to keep it. What proves figures stays."""
    document = await ctx.lock(_LOCKED, document_id=document_id)
    require_role(ctx.actor.role, Role.OFFICE)
    proves = bool(await ctx.session.scalar(_PROVES, {"document_id": document_id}))
    refuse(policy.removal_findings(document.removed_at, proves=proves))
    data = {"title": document.title}
    change(ctx, document, policy.REMOVED, data=data, removed_at=ctx.now, removed_by=ctx.actor.id)


async def read(view: View, document_id: UUID) -> DocumentRow:
    """One document; NotFound unless visible."""
    return await view.get(_DOCUMENT, document_id=document_id)


async def public(view: View, campaign_id: UUID) -> list[DocumentRow]:
    """Read the documents of a campaign that anybody may read."""
    return await view.rows(_PUBLIC, campaign_id=campaign_id)


async def of_campaign(view: View, campaign_id: UUID) -> list[DocumentMaterial]:
    """Every document of a campaign that the reader may read, also those taken away since it was sent them."""
    return await view.rows(_OF_CAMPAIGN, campaign_id=campaign_id)


async def evidence(view: View, campaign_id: UUID, ids: Sequence[UUID]) -> list[DocumentMaterial]:
    """Return those of these documents that are evidence of figures."""
    return await view.rows(_EVIDENCE, campaign_id=campaign_id, ids=list(ids)) if ids else []


async def hold_evidence(ctx: Context, campaign_id: UUID, ids: Sequence[UUID]) -> list[DocumentMaterial]:
    """Return them locked, so that none is taken away before the commit."""
    return await ctx.rows(_HELD, campaign_id=campaign_id, ids=list(ids)) if ids else []


async def search(
    view: View, campaign_id: UUID, *, after: UUID | None, limit: int, **filters: FilterValue
) -> Page[DocumentRow]:
    """Documents of a campaign that are there; NotFound unless the campaign is visible."""
    page = await _DOCUMENTS.page(view, after=after, limit=limit, campaign_id=campaign_id, **filters)
    if not page.total:
        await campaigns.find(view, campaign_id)
    return page


async def stored(view: View, document_id: UUID) -> StoredFile:
    """Locate the bytes of a document; NotFound unless visible."""
    row = await view.get(_FILE, document_id=document_id)
    name = named(row.media_type, Part(row.title, f"{row.year}-{row.kind}-{row.place:02d}"))
    return StoredFile(row.id, row.media_type, row.sha256, name)
