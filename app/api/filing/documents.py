"""Documents of campaigns over HTTP."""

from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Form, Path, Request, Response, UploadFile
from pydantic import Field

from app.api.filing.campaigns import CampaignId
from app.api.http.dependencies import Chosen, Ctx, LateEffect, Paging, Reads, Viewer, filtered_by
from app.api.http.downloads import IfNoneMatch, bytes_of, deliver
from app.api.http.output import Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.api.http.uploads import Uploads
from app.context import View
from app.inputs import Input, Name
from app.models.enums import DocumentKind, labels
from app.problems import RulesViolated, WrongState
from app.rows import values_of
from app.services.filing import documents
from app.services.filing.documents import DocumentRow

router = Router(tags=["documents"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(documents.FILTERS)]
DocumentId = Annotated[UUID, Path(description="The document.")]


class DocumentUpload(Input):
    """A document of a campaign."""

    file: UploadFile = Field(description="PDF of 1 to 20 pages, or a JPEG, PNG, WebP or HEIC picture; at most 25 MiB.")
    kind: DocumentKind = Field(description="Kind of the document.", examples=["priorities"])
    title: Name = Field(description="标题", examples=["2015年全区精神文明建设工作要点"])
    public: bool = Field(description="True if anybody may read it, without an account.", examples=[True])


class DocumentOut(Out):
    """A document (文件) of a campaign."""

    id: ResourceId
    campaign_id: UUID = Field(description="The campaign.")
    kind: DocumentKind = Field(description="Kind of the document.")
    title: str = Field(description="标题", max_length=100, examples=["2015年全区精神文明建设工作要点"])
    public: bool = Field(description="True if anybody may read it, without an account.", examples=[True])
    media_type: Literal["application/pdf", "image/jpeg"] = Field(
        description="Media type of the file.", json_schema_extra=labels("PDF 文件", "JPEG 图片")
    )
    size: int = Field(description="Bytes of the file.", ge=1, examples=[345_678])
    content_href: str = Field(description="The file.", max_length=200, examples=["/api/v1/documents/…/content"])
    added_at: Instant = Field(description="Time at which it was added.")
    removed_at: Instant | None = Field(description="Time at which it was removed; null while it is there.")

    @classmethod
    def of(cls, row: DocumentRow) -> Self:
        return cls(content_href=f"/api/v1/documents/{row.id}/content", **values_of(row))

    @classmethod
    async def read(cls, view: View, document_id: UUID) -> Self:
        return cls.of(await documents.read(view, document_id))


class DocumentPage(Page[DocumentOut]):
    """One page of documents, oldest first."""


@router.get("/campaigns/{campaign_id}/documents")
async def list_documents(campaign_id: CampaignId, view: Reads, filters: Filters, page: Paging) -> DocumentPage:
    """List the documents of a campaign that you may read, oldest first: those for everybody, and what was sent to you.

    The office sees all that are there.
    """
    found = await documents.search(view, campaign_id, **filters, **page.binds)
    return DocumentPage.of(found, [DocumentOut.of(row) for row in found.rows])


@router.post(
    "/campaigns/{campaign_id}/documents",
    status_code=201,
    location="/documents/{out.id}",
    raises=[WrongState, RulesViolated],
)
async def add_document(
    campaign_id: CampaignId,
    form: Annotated[DocumentUpload, Form(media_type="multipart/form-data")],
    uploads: Uploads,
    effect: LateEffect,
) -> DocumentOut:
    """Attach a document to a campaign: the notice, 工作要点, 测评体系, or what an announcement brings. Office only.

    What proves imported figures is of the kind `evidence`: read by the office alone, never public, and never sent.
    A PDF is written anew from what its pages show, and refused where something in it acts by itself.
    """
    data = await form.file.read()
    document_id = await documents.add(uploads, campaign_id, data, form.kind, form.title, public=form.public)
    return await DocumentOut.read(await effect.begun(), document_id)


@router.get("/documents/{document_id}")
async def read_document(document_id: DocumentId, view: Reads) -> DocumentOut:
    """Read what is known of a document."""
    return await DocumentOut.read(view, document_id)


@router.get(
    "/documents/{document_id}/content", response_class=Response, responses=bytes_of("application/pdf", "image/jpeg")
)
async def read_document_content(
    document_id: DocumentId, view_of: Viewer, request: Request, known: IfNoneMatch = None
) -> Response:
    """Download a document."""
    async with view_of() as view:
        stored = await documents.stored(view, document_id)
    return await deliver(request, stored, known)


@router.post("/documents/{document_id}/removal", raises=[RulesViolated])
async def remove_document(document_id: DocumentId, ctx: Ctx) -> DocumentOut:
    """Remove a document from its campaign; those it was sent to keep it. Office only."""
    await documents.remove(ctx, document_id)
    return await DocumentOut.read(ctx, document_id)
