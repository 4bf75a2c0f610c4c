"""All material of a campaign that its reader may see, as one zip: plans, forms, pictures, scans, receipts, documents.

A unit has its own, a committee its own and its units' as they are now, the office what was handed in, as it was.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Protocol, runtime_checkable
from uuid import UUID

from sqlalchemy import Text, cast, literal, null, or_, select

from app.context import ACTOR_UNIT, View, acting_as, own_committees
from app.database import Query, bound_id
from app.file_names import ENDINGS, FileName, Part, campaign_code, named
from app.models import (
    Application,
    Attachment,
    Campaign,
    Committee,
    File,
    Image,
    Unit,
    VersionAttachment,
    VersionImage,
)
from app.models.enums import Role
from app.rows import row_type, values_of
from app.services.filing import (
    applications,
    campaigns,
    contents,
    documents,
    exemptions,
    extensions,
    filings,
    paper_templates,
    plans,
    scans,
    swaps,
)
from app.services.filing.contents import ApplicationRow
from app.services.filing.documents import DocumentMaterial
from app.services.filing.filings import ReceiptRow
from app.services.filing.paper_templates import TemplateMaterial
from app.services.filing.plans import PlanMaterial
from app.services.filing.scans import ScanRow
from app.services.filing.visibility import OWN, VISIBLE
from app.services.handover.packages import Package
from app.services.history import canonical
from app.services.pages import Filters, Search, whole
from app.services.policies import require_role
from app.services.policies.filing.forms import Content
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.handover import archives as policy
from app.services.policies.handover.packages import Packed, bagged, text

_CAMPAIGN_ID, _COMMITTEE_ID = (bound_id(name) for name in ("campaign_id", "committee_id"))
_OF_COMMITTEE = _COMMITTEE_ID.is_(None) | (Application.committee_id == _COMMITTEE_ID)
Records = Callable[[View, UUID, UUID | None], Awaitable[Sequence[object]]]
"""A reader of the rows of a campaign, or of one committee in it, by the reader's own visibility."""


@runtime_checkable
class Paper(Protocol):
    """A row of a list that has a file of its own, and the name of that beside the list."""

    file_id: UUID
    sha256: str
    size: int

    @property
    def file(self) -> str: ...


_LISTS: Mapping[str, tuple[Search[object], Filters]] = {
    "extensions": (extensions.search, extensions.FILTERS),
    "exemptions": (exemptions.search, exemptions.FILTERS),
    "swaps": (swaps.search, swaps.FILTERS),
}
"""The lists that go into it beside the folders, by the name of their file."""
Shape = Callable[[str, object], object]
"""A row of a list, of `receipts` or of `plans` as the API answers it, so that programs read both in the same way."""
_CHOSEN = (Application.campaign_id == _CAMPAIGN_ID, _OF_COMMITTEE)


@row_type
class ArchivedCampaign:
    """The campaign whose material is packed."""

    settings_digest: str


@row_type
class ArchivedImage:
    """A picture with its bytes; of a filed one the other figures are in the content."""

    application_id: UUID
    file_id: UUID
    id: UUID
    slot: int
    caption: str
    role: str | None
    sha256: str
    width: int
    height: int
    size: int


@row_type
class ArchivedAttachment:
    """A supporting document with its bytes."""

    application_id: UUID
    file_id: UUID
    id: UUID
    media_type: str
    sha256: str
    size: int


@row_type
class Owner:
    """The committee whose material is packed, and the unit if it is a unit's."""

    name: str
    code: str
    unit_name: str | None


_WHOSE = Query(
    select(Committee.name, Committee.code, Unit.name.label("unit_name"))
    .outerjoin(Unit, Unit.id == ACTOR_UNIT)
    .where(Committee.id == _COMMITTEE_ID, or_(acting_as(Role.OFFICE), own_committees(Committee.id))),
    Owner,
)
_CAMPAIGN = Query(
    select(Campaign.settings_digest).where(Campaign.id == _CAMPAIGN_ID, campaigns.VISIBLE), ArchivedCampaign
)
_present = (
    select(
        *(Image.application_id, Image.file_id, Image.id, Image.slot, Image.caption, Image.role),
        *(Image.sha256, Image.width, Image.height, File.size),
    )
    .join(Application, Application.id == Image.application_id)
    .join(File, File.id == Image.file_id)
    .where(OWN, *_CHOSEN)
)
_filed = (
    select(
        *(Application.id, VersionImage.file_id, VersionImage.image_id, VersionImage.slot, literal("", Text)),
        cast(null(), Text),
        *(File.sha256, literal(0), literal(0), File.size),
    )
    .select_from(Application)
    .join(VersionImage, VersionImage.version_id == Application.filed_version_id)
    .join(File, File.id == VersionImage.file_id)
    .where(acting_as(Role.OFFICE), VISIBLE, *_CHOSEN)
)
_attached_now = (
    select(Attachment.application_id, Attachment.file_id, Attachment.id, File.media_type, File.sha256, File.size)
    .join(Application, Application.id == Attachment.application_id)
    .join(File, File.id == Attachment.file_id)
    .where(OWN, *_CHOSEN)
)
_attached_filed = (
    select(
        *(Application.id, VersionAttachment.file_id, VersionAttachment.attachment_id),
        *(File.media_type, File.sha256, File.size),
    )
    .select_from(Application)
    .join(VersionAttachment, VersionAttachment.version_id == Application.filed_version_id)
    .join(File, File.id == VersionAttachment.file_id)
    .where(acting_as(Role.OFFICE), VISIBLE, *_CHOSEN)
)
_ATTACHED = Query(_attached_now.union_all(_attached_filed).order_by("application_id", "id"), ArchivedAttachment)
_IMAGES = Query(_present.union_all(_filed).order_by("application_id", "slot"), ArchivedImage)


async def pack(
    view: View, campaign_id: UUID, committee_id: UUID | None, besides: Mapping[str, Records], shape: Shape
) -> Package:
    """Everything of the campaign, or of one committee in it, that the reader may see; NotFound without either.

    `besides` are lists of the domains that this one does not know.
    """
    require_role(view.actor.role, Role.UNIT, Role.COMMITTEE, Role.OFFICE)
    campaign = await view.get(_CAMPAIGN, campaign_id=campaign_id)
    settings = await campaigns.settings_of(view, campaign.settings_digest)
    whose = await _whose(view, committee_id)
    receipts = await filings.receipts(view, campaign_id, committee_id)
    planned = await plans.of_campaign(view, campaign_id, committee_id)
    folders = await _folders(view, settings, campaign_id, committee_id)
    lists = await _lists(view, campaign_id, committee_id, besides, shape)
    title, now = f"{settings.name}（{settings.year}）申报材料", view.now.astimezone(settings.zone)
    counts = {"applications": len(folders), "receipts": len(receipts), "plans": len(planned)}
    readme = policy.about(title, f"{now:%Y-%m-%d %H:%M}", settings.recommender, **counts)
    papers = _documents(await documents.of_campaign(view, campaign_id))
    layouts = _templates(await paper_templates.of_campaign(view, campaign_id, committee_id))
    kept = [_receipt(row, shape) for row in receipts]
    written = chain(papers, layouts, _plans(planned, settings, shape), *folders, kept, lists)
    tags = {
        "Source-Organization": settings.organizer.name,
        "External-Description": title,
        "External-Identifier": f"urn:uuid:{campaign_id}",
        "Bagging-Date": now.date().isoformat(),
    }
    bag = bagged([text("data/README.txt", readme), *written], tags)
    return Package(_name(settings, campaign_id, whose, f"{now:%Y%m%d}"), bag)


async def _whose(view: View, committee_id: UUID | None) -> list[Part]:
    """Name the unit or the committee whose material it is; NotFound unless the reader may read of the committee."""
    if (chosen := committee_id or view.actor.committee_id) is None:
        return []
    row = await view.get(_WHOSE, committee_id=chosen)
    return [Part(row.unit_name, f"{row.code}-unit") if row.unit_name else Part(row.name, row.code)]


def _name(settings: CampaignSettings, campaign_id: UUID, whose: Sequence[Part], day: str) -> FileName:
    campaign = Part(f"{settings.year}-{settings.name}", campaign_code(settings.year, campaign_id))
    return named("application/zip", campaign, Part("申报材料", "material"), *whose, day)


async def _lists(
    view: View, campaign_id: UUID, committee_id: UUID | None, besides: Mapping[str, Records], shape: Shape
) -> list[Packed]:
    """The lists that have an entry, each as one file, and the files of their rows."""
    chosen = {"campaign_id": campaign_id, "committee_id": committee_id}
    found = {name: await whole(view, search, filters, **chosen) for name, (search, filters) in _LISTS.items()}
    found |= {name: [*await records(view, campaign_id, committee_id)] for name, records in besides.items()}
    lists = {name: rows for name, rows in found.items() if rows}
    return [
        *(text(f"data/{name}.json", canonical([shape(name, row) for row in rows])) for name, rows in lists.items()),
        *(_paper(name, row) for name, rows in lists.items() for row in rows if isinstance(row, Paper)),
    ]


def _paper(name: str, row: Paper) -> Packed:
    return Packed(f"data/{name}/{row.file}", row.sha256, row.size, file_id=row.file_id)


def _documents(found: Sequence[DocumentMaterial]) -> Iterator[Packed]:
    """The campaign's documents under their numbers, and a list of their titles."""
    names = {each.id: f"documents/{number:02}.{_ending(each.media_type)}" for number, each in enumerate(found, 1)}
    for each in found:
        yield Packed(f"data/{names[each.id]}", each.sha256, each.size, file_id=each.file_id)
    if found:
        titles = [{"file": names[each.id], "kind": each.kind, "title": each.title} for each in found]
        yield text("data/documents.json", canonical(titles))


def _templates(found: Sequence[TemplateMaterial]) -> Iterator[Packed]:
    """The office's own layouts of papers (文书模板), each named by its paper."""
    for each in found:
        yield Packed(f"data/templates/{each.paper}.docx", each.sha256, each.size, file_id=each.file_id)


def _plans(found: Sequence[PlanMaterial], settings: CampaignSettings, shape: Shape) -> Iterator[Packed]:
    """Each plan for programs and for people, named by the code of its committee; a code that was given anew counts."""
    seen = Counter[str]()
    for plan in found:
        seen[plan.committee_code] += 1
        again = f"-{seen[plan.committee_code]}" if seen[plan.committee_code] > 1 else ""
        name = f"data/plans/{plan.committee_code}{again}"
        yield text(f"{name}.json", canonical(shape("plans", plan)))
        yield text(f"{name}.txt", policy.planned(values_of(plan), plan.cases, plan.status.label, settings))


async def _folders(
    view: View, settings: CampaignSettings, campaign_id: UUID, committee_id: UUID | None
) -> list[list[Packed]]:
    """The files of each application; as many statements for one as for all."""
    chosen = {"campaign_id": campaign_id, "committee_id": committee_id}
    images: dict[UUID, list[ArchivedImage]] = {}
    for image in await view.rows(_IMAGES, **chosen):
        images.setdefault(image.application_id, []).append(image)
    attached: dict[UUID, list[ArchivedAttachment]] = {}
    for attachment in await view.rows(_ATTACHED, **chosen) if settings.attachments else ():
        attached.setdefault(attachment.application_id, []).append(attachment)
    stamped = {scan.application_id: scan for scan in await scans.of_campaign(view, campaign_id, committee_id)}
    rows = await applications.everything(view, campaign_id, committee_id)
    return [
        [
            *_folder(settings, row, images.get(row.id, []), stamped.get(row.id)),
            *_attachments(row.number, attached.get(row.id, [])),
        ]
        for row in rows
    ]


def _attachments(number: str, found: Sequence[ArchivedAttachment]) -> Iterator[Packed]:
    """The supporting documents of an application, by their places."""
    for place, each in enumerate(found, 1):
        path = f"data/{number}/attachments/{place}.{ENDINGS[each.media_type]}"
        yield Packed(path, each.sha256, each.size, file_id=each.file_id)


def _folder(
    settings: CampaignSettings,
    row: ApplicationRow,
    images: Sequence[ArchivedImage],
    scan: ScanRow | None,
) -> list[Packed]:
    """An application's folder: its content for programs and for people, its pictures, its stamped scan."""
    folder, status = f"data/{row.number}", row.status if row.filed_content is None else row.status.outward
    content: Content = row.filed_content or contents.content_of(row.form, row.names, images, row.attachments)
    topic = row.topic if row.filed_content is None else row.filed_topic
    told = {"number": row.number, "status": status, "topic": topic, "content": content} | _ranked(row)
    return [
        text(f"{folder}/application.json", canonical(told)),
        text(
            f"{folder}/application.txt",
            policy.written(row.number, status.label, content, settings, topic=topic, rank=row.recommended_rank),
        ),
        *(Packed(f"{folder}/images/{each.slot}.jpg", each.sha256, each.size, file_id=each.file_id) for each in images),
        *([_scan(folder, scan)] if scan else []),
    ]


def _ranked(row: ApplicationRow) -> dict[str, int]:
    """Tell its place in the recommended order, where it has one."""
    return {"recommended_rank": row.recommended_rank} if row.recommended_rank else {}


def _scan(folder: str, scan: ScanRow) -> Packed:
    return Packed(f"{folder}/endorsement.{_ending(scan.media_type)}", scan.sha256, scan.size, file_id=scan.file_id)


def _ending(media_type: str) -> str:
    return "pdf" if media_type == "application/pdf" else "jpg"


def _receipt(row: ReceiptRow, shape: Shape) -> Packed:
    return text(f"data/receipts/{row.number}.json", canonical(shape("receipts", row)))
