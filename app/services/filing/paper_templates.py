"""The office's own templates of the papers of a campaign: tried, put in force, and taken out of force again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, cast, exists, select
from sqlalchemy.orm import aliased

from app.context import Context, View, acting_as
from app.database import Query, bound_id
from app.file_names import DOCX, named
from app.findings import Finding
from app.imaging import Workers
from app.models import File, PaperTemplate
from app.models.enums import PaperKind, Role
from app.problems import RulesViolated
from app.rows import row_type
from app.services.files import Arrival, Blob, Intake, Kind, StoredFile, condemn
from app.services.filing import campaigns
from app.services.filing.prints import PictureFile, Sheet
from app.services.history import NOTHING_YET, change, create, expect
from app.services.policies import refuse, require_role
from app.services.policies.filing import paper_templates as policy
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.paper_starters import starter as starter_of
from app.services.policies.filing.paper_templates import Looked, PaperLayout
from app.services.policies.filing.paper_values import filled
from app.services.policies.filing.placeholders import Placeholder, placeholders
from app.services.policies.filing.prints import PrintFormat


@row_type
class TemplateRow:
    """A template in force, or after one was taken out of force its place alone."""

    paper: PaperKind
    version: int
    file_id: UUID | None
    sha256: str | None
    size: int | None
    placeholders: list[str]
    placed_at: datetime | None


@row_type
class TemplateMaterial:
    """The file of a template in force."""

    paper: PaperKind
    file_id: UUID
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class TemplateRecord:
    """A paper of a campaign: its placeholders, and its template with what it lacks by now."""

    campaign_id: UUID
    paper: PaperKind
    placeholders: Sequence[Placeholder]
    row: TemplateRow
    findings: Sequence[Finding]


_CAMPAIGN_ID, _PAPER = bound_id("campaign_id"), bindparam("paper", type_=Text)
_ROWS = (
    select(
        *(PaperTemplate.paper, PaperTemplate.version, PaperTemplate.file_id, File.sha256, File.size),
        *(PaperTemplate.placeholders, PaperTemplate.placed_at),
    )
    .outerjoin(File, File.id == PaperTemplate.file_id)
    .where(PaperTemplate.campaign_id == _CAMPAIGN_ID)
)
_ALL = Query(_ROWS, TemplateRow)
_FILE = Query(
    select(File.id, File.sha256, File.size)
    .join(PaperTemplate, PaperTemplate.file_id == File.id)
    .where(PaperTemplate.campaign_id == _CAMPAIGN_ID, PaperTemplate.paper == _PAPER),
    PictureFile,
)
_IN_FORCE = Query(
    select(PaperTemplate.paper, PaperTemplate.file_id, File.sha256, File.size)
    .join(File, File.id == PaperTemplate.file_id)
    .where(acting_as(Role.OFFICE), PaperTemplate.campaign_id == _CAMPAIGN_ID)
    .where(cast(bound_id("committee_id"), Uuid).is_(None))
    .order_by(PaperTemplate.paper),
    TemplateMaterial,
)
_LOCKED = (
    select(PaperTemplate)
    .where(PaperTemplate.campaign_id == _CAMPAIGN_ID, PaperTemplate.paper == _PAPER)
    .with_for_update()
)
_FILE_LOCKED = select(File.id).where(File.id == bound_id("file_id")).with_for_update()
"""Of two campaigns that give a file up at once, the second sees that the first has done so."""
_other = aliased(PaperTemplate)
_SHARED = select(
    exists().where(_other.file_id == bound_id("file_id"), _other.id != bound_id("template_id")),
)


async def _look(workers: Workers, data: bytes) -> Looked:
    return Looked.of(**await workers.run("paper_template", data))


def _kept(looked: Looked) -> list[Blob]:
    return [Blob(looked.content, DOCX, looked.sha256)]


def _nothing(_: Looked) -> list[Blob]:
    return []


TEMPLATE, TRIAL = Kind(_look, _kept, files=1), Kind(_look, _nothing, files=0)


async def search(view: View, campaign_id: UUID) -> list[TemplateRecord]:
    """Return every paper that may have a template; for the office. NotFound unless the campaign is visible."""
    settings = await _settings(view, campaign_id)
    rows = {row.paper: row for row in await view.rows(_ALL, campaign_id=campaign_id)}
    return [_record(settings, campaign_id, paper, rows.get(paper)) for paper in PaperKind]


async def read(view: View, campaign_id: UUID, paper: PaperKind) -> TemplateRecord:
    """Return one of them."""
    records = await search(view, campaign_id)
    return next(record for record in records if record.paper is paper)


async def put(intake: Intake, campaign_id: UUID, paper: PaperKind, data: bytes, version: int | None) -> None:
    """Put a template in force, in place of an earlier one; the very same changes nothing."""

    async def held(ctx: Context) -> tuple[CampaignSettings, PaperTemplate | None]:
        return await _held(ctx, campaign_id, paper, version)

    arrival = await intake.receive(data, TEMPLATE, held)
    async with intake.attaching(arrival) as ctx:
        settings, template = await held(ctx)
        refuse(policy.template_findings(paper, settings, arrival.found))
        before = await ctx.session.get(File, template.file_id) if template and template.file_id else None
        if before is not None and before.sha256 == arrival.found.sha256:
            await condemn(ctx, arrival.file_ids)
        else:
            await _place(ctx, template, arrival, campaign_id=campaign_id, paper=paper)


async def attempt(intake: Intake, campaign_id: UUID, paper: PaperKind, data: bytes) -> Arrival[Looked]:
    """Look into a template, and refuse what is wrong with it; nothing is kept."""
    found: list[CampaignSettings] = []

    async def admit(ctx: Context) -> None:
        require_role(ctx.actor.role, Role.OFFICE)
        found.append(await _settings(ctx, campaign_id))

    arrival = await intake.receive(data, TRIAL, admit)
    refuse(policy.template_findings(paper, found[0], arrival.found))
    return arrival


async def remove(ctx: Context, campaign_id: UUID, paper: PaperKind, version: int | None) -> None:
    """Take the template out of force; without one nothing changes."""
    _, template = await _held(ctx, campaign_id, paper, version)
    if template is not None and template.file_id is not None:
        await _give_up(ctx, template)
        nothing: dict[str, object] = dict.fromkeys(("file_id", "placed_at", "placed_by"))
        change(ctx, template, policy.REMOVED, data={"paper": paper}, placeholders=[], **nothing)


async def stored(view: View, campaign_id: UUID, paper: PaperKind) -> StoredFile:
    """Locate the bytes of a template in force; NotFound without one."""
    settings = await _settings(view, campaign_id)
    file = await view.get(_FILE, campaign_id=campaign_id, paper=paper)
    name = named(DOCX, *policy.template_name(settings, campaign_id, paper, policy.TEMPLATE))
    return StoredFile(file.id, DOCX, file.sha256, name)


async def starter(view: View, campaign_id: UUID, paper: PaperKind) -> Sheet:
    """Lay out a template to begin from: the built-in paper with its placeholders."""
    settings = await _settings(view, campaign_id)
    return Sheet(starter_of(paper, settings), policy.template_name(settings, campaign_id, paper, policy.STARTER))


async def applied(view: View, sheet: Sheet, form: PrintFormat, layout: PaperLayout) -> Sheet:
    """Lay a paper out by the template in force, if there is one and it is not the built-in layout that is asked for."""
    if sheet.kind is None or layout is PaperLayout.BUILT_IN:
        return sheet
    file = await view.one(_FILE, campaign_id=sheet.campaign_id, paper=sheet.kind)
    if file is None:
        return sheet
    refuse([policy.TEMPLATE_IS_WORD("/format")] if form is PrintFormat.PDF else [])
    return laid_out(sheet, file)


def laid_out(sheet: Sheet, template: PictureFile | bytes) -> Sheet:
    """Lay a paper out by a template that is stored, or one that is only tried."""
    assert sheet.kind is not None, "a paper that may have a template"
    paper = filled(sheet.kind, sheet.paper)
    if isinstance(template, bytes):
        return replace(sheet, paper=paper, tried=template)
    return replace(sheet, paper=paper, pictures=[template, *sheet.pictures])


async def in_force(view: View, campaign_id: UUID, paper: PaperKind) -> PictureFile:
    """Find the file of the template in force; refused without one."""
    file = await view.one(_FILE, campaign_id=campaign_id, paper=paper)
    if file is None:
        raise RulesViolated([policy.NO_TEMPLATE("/file")])
    return file


async def of_campaign(view: View, campaign_id: UUID, committee_id: UUID | None) -> list[TemplateMaterial]:
    """Return the templates in force, for the office; none in the material of one committee."""
    return await view.rows(_IN_FORCE, campaign_id=campaign_id, committee_id=committee_id)


async def _settings(view: View, campaign_id: UUID) -> CampaignSettings:
    require_role(view.actor.role, Role.OFFICE)
    return CampaignSettings.model_validate((await campaigns.find(view, campaign_id)).settings)


async def _held(
    ctx: Context, campaign_id: UUID, paper: PaperKind, version: int | None
) -> tuple[CampaignSettings, PaperTemplate | None]:
    """Return the campaign's settings and the template under the lock of the campaign; 412 if it is another by now."""
    campaign = await campaigns.get(ctx, campaign_id)
    require_role(ctx.actor.role, Role.OFFICE)
    template = await ctx.find(_LOCKED, campaign_id=campaign_id, paper=paper)
    expect(template or PaperTemplate(version=NOTHING_YET), version)
    return CampaignSettings.model_validate(campaign.settings), template


async def _place(
    ctx: Context, template: PaperTemplate | None, arrival: Arrival[Looked], *, campaign_id: UUID, paper: PaperKind
) -> None:
    """Put what arrived in force, for the first time or in place of an earlier file."""
    found = arrival.found
    placed = {
        "file_id": arrival.file_ids[0],
        "placeholders": policy.used(paper, found),
        "placed_at": ctx.now,
        "placed_by": ctx.actor.id,
    }
    said = {"paper": paper, "sha256": found.sha256}
    if template is None:
        create(ctx, PaperTemplate(campaign_id=campaign_id, paper=paper, **placed), policy.PLACED, **said)
    else:
        await _give_up(ctx, template)
        change(ctx, template, policy.PLACED, data=said, **placed)


async def _give_up(ctx: Context, template: PaperTemplate) -> None:
    """Let the file be cleared away, unless a copy of the campaign has it, too."""
    if (file_id := template.file_id) is None:
        return
    await ctx.session.execute(_FILE_LOCKED, {"file_id": file_id})
    if not await ctx.session.scalar(_SHARED, {"file_id": file_id, "template_id": template.id}):
        await condemn(ctx, [file_id])


def _record(settings: CampaignSettings, campaign_id: UUID, paper: PaperKind, row: TemplateRow | None) -> TemplateRecord:
    row = row or TemplateRow(paper, NOTHING_YET, None, None, None, [], None)
    findings = policy.missing_findings(paper, settings, row.placeholders) if row.file_id else []
    return TemplateRecord(campaign_id, paper, placeholders(paper, settings), row, findings)
