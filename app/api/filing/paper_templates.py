"""The office's own templates of papers over HTTP."""

from dataclasses import dataclass, replace
from typing import Annotated, Self
from uuid import UUID

from fastapi import Depends, Form, Path, Request, Response, UploadFile
from pydantic import Field

from app.api.filing.campaigns import CampaignId
from app.api.filing.prints import Printing, drawn
from app.api.http.dependencies import Ctx, IfMatch, LateEffect, Reads, Viewer
from app.api.http.downloads import IfNoneMatch, bytes_of, deliver
from app.api.http.output import Digest, Instant, Out, VersionTag
from app.api.http.routing import Router
from app.api.http.uploads import Uploads
from app.context import View
from app.file_names import DOCX
from app.findings import FindingOut
from app.inputs import Input
from app.models.enums import Language, PaperKind
from app.problems import RulesViolated
from app.rows import values_of
from app.services.files import Intake
from app.services.filing import paper_templates
from app.services.filing.paper_templates import TemplateRecord
from app.services.policies.filing.placeholders import PlaceholderSort
from app.services.policies.filing.prints import PrintFormat

router = Router("/campaigns/{campaign_id}/paper-templates", tags=["prints"], in_a_seat=True)


async def get_template_intake(uploads: Uploads, press: Printing) -> Intake:
    """Let the process that lays papers out look into their templates."""
    return replace(uploads, imaging=press.pool)


TemplateUploads = Annotated[Intake, Depends(get_template_intake)]
Paper = Annotated[PaperKind, Path(description="The paper.")]


@dataclass(frozen=True, slots=True)
class Address:
    """The two parts of the address of a paper."""

    campaign_id: UUID
    paper: PaperKind


async def get_address(campaign_id: CampaignId, paper: Paper) -> Address:
    return Address(campaign_id, paper)


Addressed = Annotated[Address, Depends(get_address)]
Word = Annotated[str, Field(max_length=40)]
FILE = "Word (.docx) alone, without macros, at most 25 MiB, with the placeholders that its paper takes."


class PaperTemplateUpload(Input):
    """A template of a paper."""

    file: UploadFile = Field(description=FILE)
    dry_run: bool = Field(False, description="Check it, and change nothing.", examples=[True])


class PlaceholderOut(Out):
    """A placeholder of a template: `{{name}}`, or as a block `{{#name}}` … `{{/name}}`."""

    name: Word = Field(description="Its English name.", examples=["unit_name"])
    label: Word = Field(description="Its Chinese name; a template may use either.", examples=["申报单位"])
    sort: PlaceholderSort = Field(description="Sort of what it becomes.")
    required: bool = Field(description="True if a template without it is refused.", examples=[True])
    within: list[Word] = Field(
        description="The blocks of which it is in one; in any place where there are none.", max_length=4, examples=[[]]
    )


class TemplateInForceOut(Out):
    """The template in force of a paper."""

    placeholders: list[Word] = Field(
        description="The placeholders that it has.", max_length=60, examples=[["unit_name"]]
    )
    size: int = Field(description="Bytes of the file.", ge=1, examples=[24_576])
    sha256: Digest
    content_href: str = Field(
        description="The file.",
        max_length=200,
        examples=["/api/v1/campaigns/…/paper-templates/certificate/content"],
    )
    placed_at: Instant = Field(description="Time at which it was put in force.")
    findings: list[FindingOut] = Field(
        description="Placeholders that it lacks since the campaign's settings changed.", max_length=60, examples=[[]]
    )


class PaperTemplateOut(Out):
    """A paper of a campaign (文书), the placeholders that a template of it takes, and its template."""

    paper: PaperKind = Field(description="The paper.")
    etag: VersionTag
    placeholders: list[PlaceholderOut] = Field(description="The placeholders.", max_length=60)
    template: TemplateInForceOut | None = Field(description="Its template; null while the built-in layout is used.")

    @classmethod
    def of(cls, record: TemplateRecord, language: Language) -> Self:
        known = [PlaceholderOut(**values_of(each)) for each in record.placeholders]
        row, address = record.row, f"/api/v1/campaigns/{record.campaign_id}/paper-templates/{record.paper}"
        in_force = None
        if row.file_id:
            in_force = TemplateInForceOut(
                placeholders=row.placeholders,
                size=row.size,
                sha256=row.sha256,
                placed_at=row.placed_at,
                content_href=f"{address}/content",
                findings=[finding.worded(language) for finding in record.findings],
            )
        return cls(paper=record.paper, etag=row.version, placeholders=known, template=in_force)

    @classmethod
    async def read(cls, view: View, campaign_id: UUID, paper: PaperKind) -> Self:
        return cls.of(await paper_templates.read(view, campaign_id, paper), view.language)


class PaperTemplatesOut(Out):
    """The papers of a campaign that may have a template."""

    papers: list[PaperTemplateOut] = Field(description="The papers.", max_length=20)


@router.get("")
async def read_paper_templates(campaign_id: CampaignId, view: Reads) -> PaperTemplatesOut:
    """Read which papers may have a template of the office's own, with their placeholders. Office only.

    A template is a Word document. `{{申报单位}}`, or in English `{{unit_name}}`, becomes a value in the look of its
    first character; a block `{{#案例}}` … `{{/案例}}` is repeated for each item: its rows, where its marks are in two
    cells of a table, and else its paragraphs. Codes and pictures stand alone in a paragraph or a cell.
    """
    found = await paper_templates.search(view, campaign_id)
    return PaperTemplatesOut(papers=[PaperTemplateOut.of(each, view.language) for each in found])


@router.get("/{paper}")
async def read_paper_template(campaign_id: CampaignId, paper: Paper, view: Reads) -> PaperTemplateOut:
    """Read a paper's placeholders, and its template. Office only."""
    return await PaperTemplateOut.read(view, campaign_id, paper)


@router.put("/{paper}", raises=[RulesViolated])
async def place_paper_template(
    of: Addressed,
    form: Annotated[PaperTemplateUpload, Form(media_type="multipart/form-data")],
    version: IfMatch,
    uploads: TemplateUploads,
    effect: LateEffect,
) -> PaperTemplateOut:
    """Put a template of a paper in force, in place of an earlier one; with `dry_run` check it alone. Office only.

    Refused, with everything at once and each at its place: placeholders that are not known or in the wrong place, those
    that are missing, blocks without an end, and macros, embedded objects, links and fields that act by themselves.
    From then on the paper's Word document has this layout; as PDF there is the built-in one, with `layout=built_in`.
    """
    data = await form.file.read()
    if form.dry_run:
        await paper_templates.attempt(uploads, of.campaign_id, of.paper, data)
    else:
        await paper_templates.put(uploads, of.campaign_id, of.paper, data, version)
    return await PaperTemplateOut.read(await effect.begun(), of.campaign_id, of.paper)


@router.delete("/{paper}")
async def delete_paper_template(campaign_id: CampaignId, paper: Paper, version: IfMatch, ctx: Ctx) -> PaperTemplateOut:
    """Take the template of a paper out of force: the built-in layout is used again. Office only."""
    await paper_templates.remove(ctx, campaign_id, paper, version)
    return await PaperTemplateOut.read(ctx, campaign_id, paper)


@router.get("/{paper}/content", response_class=Response, responses=bytes_of(DOCX))
async def read_paper_template_content(
    campaign_id: CampaignId, paper: Paper, view_of: Viewer, request: Request, known: IfNoneMatch = None
) -> Response:
    """Download the template in force of a paper. Office only."""
    async with view_of() as view:
        stored = await paper_templates.stored(view, campaign_id, paper)
    return await deliver(request, stored, known)


@router.get("/{paper}/starter", response_class=Response, responses=bytes_of(DOCX), raises=[RulesViolated])
async def read_paper_template_starter(
    campaign_id: CampaignId, paper: Paper, view_of: Viewer, press: Printing
) -> Response:
    """Download a template to begin from: the built-in layout with placeholders where its values stand. Office only."""
    async with view_of() as view:
        sheet = await paper_templates.starter(view, campaign_id, paper)
    return await drawn(press, view.actor.id, sheet, PrintFormat.DOCX)
