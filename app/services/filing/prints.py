"""Forms on paper: 附件1 and 附件2 of what its reader may see, or empty, drawn in a limited process."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import Boolean, Integer, Text, bindparam, case, select, union_all

from app.context import View
from app.database import Query, bound_id
from app.file_names import DOCX, PNG, SVG, FileName, Part, named, year_part
from app.findings import Finding
from app.imaging import ImageRefused, ImagingPool
from app.models import Application, ApplicationVersion, File, Image, VersionImage
from app.models.enums import DeadlineKind, PaperKind
from app.printing.packing import Printable, packed
from app.problems import RulesViolated
from app.rows import row_type
from app.services.files import key_of
from app.services.filing import applications, campaigns, contents, plans, versions
from app.services.filing.visibility import OWN, VISIBLE_VERSION
from app.services.history import digest_of
from app.services.limits import Meter, MeteredPool
from app.services.policies import refuse
from app.services.policies.filing import prints as policy
from app.services.policies.filing.deadlines import stage_findings
from app.services.policies.filing.endorsements import code_of
from app.services.policies.filing.forms import Content
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.prints import FormKind, PrintedPictures, PrintFormat
from app.services.policies.filing.statistics import ChartFormat
from app.storage import Storage

MEDIA_TYPES: dict[PrintFormat, str] = {
    PrintFormat.PDF: "application/pdf",
    PrintFormat.DOCX: DOCX,
}
CHART_TYPES: dict[ChartFormat, str] = {ChartFormat.SVG: SVG, ChartFormat.PNG: PNG}
AT_ONCE = 4
"""Forms whose pictures are in memory at a time."""
_APPLICATION_ID, _NUMBER = bound_id("application_id"), bindparam("number", type_=Integer)
_THUMBNAIL = bindparam("thumbnail", type_=Boolean)


@row_type
class PictureFile:
    """A picture of a printed form, and where its bytes are."""

    id: UUID
    sha256: str
    size: int


@row_type
class Numbered:
    """The number of a version."""

    number: int


_present = (
    select(Image.slot, Image.file_id, Image.thumbnail_id)
    .join(Application, Application.id == Image.application_id)
    .where(_NUMBER.is_(None), Application.id == _APPLICATION_ID, OWN)
)
_fixed = (
    select(VersionImage.slot, VersionImage.file_id, VersionImage.thumbnail_id)
    .join(ApplicationVersion, ApplicationVersion.id == VersionImage.version_id)
    .join(Application, Application.id == ApplicationVersion.application_id)
    .where(Application.id == _APPLICATION_ID, ApplicationVersion.number == _NUMBER, VISIBLE_VERSION)
)
_shown = union_all(_present, _fixed).subquery("shown")
_PICTURES = Query(
    select(File.id, File.sha256, File.size)
    .join(_shown, File.id == case((_THUMBNAIL, _shown.c.thumbnail_id), else_=_shown.c.file_id))
    .order_by(_shown.c.slot),
    PictureFile,
)
"""The pictures of a version, or without a number those of now."""

_VERSION_WITH = Query(
    select(ApplicationVersion.number)
    .join(Application, Application.id == ApplicationVersion.application_id)
    .where(Application.id == _APPLICATION_ID, ApplicationVersion.digest == bindparam("digest", type_=Text))
    .where(VISIBLE_VERSION)
    .order_by(ApplicationVersion.number.desc())
    .limit(1),
    Numbered,
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A paper that is to be drawn, its pictures, and the parts of the name of its file.

    `kind` and `campaign_id` tell by which template of the office it may be laid out, if by any; `tried` is one that is
    not stored.
    """

    paper: Printable
    name: Sequence[str | Part]
    pictures: Sequence[PictureFile] = ()
    kind: PaperKind | None = None
    campaign_id: UUID | None = None
    tried: bytes = b""


@dataclass(frozen=True, slots=True)
class Written:
    """An application as its form shows it, in a version or as it is now, with the topic (子项) beside its content."""

    number: str
    version: int | None
    digest: str
    content: Content
    topic: str | None


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper as a file."""

    content: bytes
    media_type: str
    name: FileName


@dataclass(frozen=True, slots=True)
class Press:
    """The means of printing: the limited process, the store with the pictures, and the account's share of the time.

    `link_base` is the address at which others reach the deployment, if it knows that.
    """

    pool: ImagingPool
    storage: Storage
    processing: Meter
    link_base: str | None = None
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def draw(self, account_id: UUID | None, sheet: Sheet, form: PrintFormat | ChartFormat) -> Printed:
        """Draw the paper; RulesViolated with the characters that no font has."""
        assert account_id is not None, "who prints is signed in"
        workers = MeteredPool(self.pool, self.processing, account_id)
        async with self.places:
            stored = [await self.storage.get(key_of(each.id), sha256=each.sha256) for each in sheet.pictures]
            pictures = [sheet.tried, *stored] if sheet.tried else stored
            try:
                drawn = await workers.run(form, packed(sheet.paper, pictures))
            except ImageRefused as refused:
                raise RulesViolated(_findings(sheet.paper, refused)) from refused
        media_type = CHART_TYPES[form] if isinstance(form, ChartFormat) else MEDIA_TYPES[form]
        return Printed(drawn["content"], media_type, named(media_type, *sheet.name))


async def application(view: View, application_id: UUID, number: int | None, pictures: PrintedPictures) -> Sheet:
    """Lay out 附件2 as its reader may see it, or as version `number` fixed it; NotFound unless visible."""
    record = await applications.read(view, application_id)
    row = record.row
    content = contents.content_of(row.form, row.names, record.images, row.attachments)
    digest, topic = row.content_digest, row.topic
    if number is not None:
        version = await versions.read(view, application_id, number)
        content, digest, topic = version.content, version.digest, version.topic
    elif record.row.filed_content is not None:
        content = record.row.filed_content
    found = None if number else await view.one(_VERSION_WITH, application_id=application_id, digest=digest)
    number = found.number if found else number
    written = Written(record.row.number, number, digest, content, topic)
    files = await _pictures(view, application_id, number, pictures)
    sheet = form_of(record.settings, written, pictures)
    return replace(sheet, pictures=files, kind=PaperKind.APPLICATION_FORM, campaign_id=row.campaign_id)


def form_of(settings: CampaignSettings, written: Written, pictures: PrintedPictures = PrintedPictures.NONE) -> Sheet:
    """Lay out 附件2 with this content; the bytes of its pictures are not in it yet."""
    foot = policy.application_foot(written.number, written.version, written.digest)
    figures = policy.figures_of(settings, written.content, pictures)
    code = code_of(written.number, written.version, written.digest)
    cells = policy.cells_of(written.content, written.topic)
    paper = policy.application_paper(settings, cells, foot, figures, code)
    return Sheet(paper, [written.number, *policy.name_of(written.version, pictures)])


async def plan(view: View, plan_id: UUID) -> Sheet:
    """Lay out 附件1 as its reader may see it: to the office as it was last submitted; NotFound unless visible."""
    record = await plans.read(view, plan_id)
    cases = [(case.name or "", case.unit_name or "") for case in record.cases]
    committee, year = record.row.committee_name, record.settings.year
    foot = policy.plan_foot(record.row.status, digest_of([committee, cases]))
    paper = policy.plan_paper(record.settings, committee, cases, foot)
    year_of = year_part(year, record.row.campaign_id)
    name = [year_of, Part(f"{committee}-实施计划登记表", f"{record.row.committee_code}-plan")]
    return Sheet(paper, name, kind=PaperKind.PLAN_FORM, campaign_id=record.row.campaign_id)


async def blank(view: View, campaign_id: UUID, kind: FormKind) -> Sheet:
    """Lay out an empty form that a campaign asks for; NotFound unless the campaign is visible."""
    row = await campaigns.find(view, campaign_id)
    settings = CampaignSettings.model_validate(row.settings)
    if kind is FormKind.PLAN:
        refuse(stage_findings(settings, DeadlineKind.PLAN))
    paper = policy.blank_paper(settings, kind)
    year_of = year_part(settings.year, campaign_id)
    name = [year_of, Part("-".join(filter(None, [paper.annex, paper.title])), f"{kind}-form")]
    return Sheet(paper, name, kind=PaperKind(f"{kind}_form"), campaign_id=campaign_id)


async def _pictures(
    view: View, application_id: UUID, number: int | None, pictures: PrintedPictures
) -> Sequence[PictureFile]:
    """Find the files of the pictures that follow the form."""
    if pictures is PrintedPictures.NONE:
        return ()
    thumbnail = pictures is PrintedPictures.THUMBNAILS
    found = await view.rows(_PICTURES, application_id=application_id, number=number, thumbnail=thumbnail)
    refuse(policy.picture_findings([each.size for each in found]))
    return found


def _findings(paper: Printable, refused: ImageRefused) -> list[Finding]:
    """Word a refusal of the limited process."""
    if refused.code != policy.NO_GLYPH.code:
        return [policy.UNPRINTABLE()]
    return policy.glyph_findings(paper, str(refused.params.get("characters")))
