"""Supporting documents over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Form, Path, Query, Request, Response, UploadFile
from pydantic import Field

from app.api.filing.applications import ApplicationId, ApplicationOut, AttachmentOut
from app.api.http.dependencies import Ctx, IfMatch, LateEffect, Reads, Viewer
from app.api.http.downloads import IfNoneMatch, bytes_of, deliver
from app.api.http.output import ETag, etag
from app.api.http.routing import Router
from app.api.http.uploads import Uploads
from app.context import Context
from app.inputs import Code, Input
from app.problems import RulesViolated, WrongState
from app.services.filing import attachments
from app.services.filing.attachments import AttachmentRecord, AttachmentTitle, Title
from app.services.policies.filing.attachments import FORMATS

router = Router("/applications/{application_id}/attachments", tags=["attachments"], in_a_seat=True)
AttachmentId = Annotated[UUID, Path(description="The supporting document.")]
VersionNumber = Annotated[
    int | None,
    Query(ge=1, le=100_000, description="As this version of the application has it; by default as it is now."),
]


class AttachmentUpload(Input):
    """A supporting document, its kind and its title."""

    file: UploadFile = Field(
        description="PDF of 1 to 20 pages, a JPEG, PNG, WebP or HEIC picture, or Word (.docx), as its kind takes it; "
        "its content decides, not its name."
    )
    kind: Code = Field(description="A code of the campaign's `settings.attachments`.", examples=["media_reports"])
    title: Title = Field(description="标题", examples=["《唐山劳动日报》2015年6月3日报道"])


class AttachmentDetail(AttachmentOut):
    """A supporting document, with what is needed to go on editing its application."""

    application_id: UUID = Field(description="The application it belongs to.")
    application_etag: ETag

    @classmethod
    def read(cls, record: AttachmentRecord, **more: ApplicationOut) -> Self:
        row = record.application.row
        return cls.of(record.attachment, row.id, application_id=row.id, application_etag=etag(row.version), **more)


class ChangedAttachment(AttachmentDetail):
    """A supporting document that was changed, and what became of its application: documents, version, and findings."""

    application: ApplicationOut = Field(description="The application as it is now: nothing need be read again.")

    @classmethod
    def made(cls, ctx: Context, record: AttachmentRecord) -> Self:
        return cls.read(record, application=ApplicationOut.of(ctx, record.application))


@router.post("", status_code=201, raises=[WrongState, RulesViolated])
async def add_attachment(
    application_id: ApplicationId,
    form: Annotated[AttachmentUpload, Form(media_type="multipart/form-data")],
    uploads: Uploads,
    effect: LateEffect,
) -> ChangedAttachment:
    """Attach a supporting document (佐证材料) of a kind that the campaign asks for, to a draft or returned application.

    The file is opened in a confined process and written anew: a PDF shows what its pages show, a picture is painted,
    a Word document keeps its parts as they are and is refused with macros, embedded objects or content from elsewhere.
    A change of a sealed application's content voids the seal.
    """
    data = await form.file.read()
    record = await attachments.add(uploads, application_id, data, form.kind, form.title)
    return ChangedAttachment.made(await effect.begun(), record)


@router.get("/{attachment_id}")
async def read_attachment(application_id: ApplicationId, attachment_id: AttachmentId, view: Reads) -> AttachmentDetail:
    """Read what is known of a supporting document."""
    return AttachmentDetail.read(await attachments.read(view, application_id, attachment_id))


@router.patch("/{attachment_id}", raises=[WrongState])
async def update_attachment(
    application_id: ApplicationId, attachment_id: AttachmentId, body: AttachmentTitle, version: IfMatch, ctx: Ctx
) -> ChangedAttachment:
    """Change the title of a supporting document. `If-Match` takes its own `etag`."""
    return ChangedAttachment.made(ctx, await attachments.retitle(ctx, application_id, attachment_id, body, version))


@router.delete("/{attachment_id}", raises=[WrongState])
async def delete_attachment(
    application_id: ApplicationId, attachment_id: AttachmentId, version: IfMatch, ctx: Ctx
) -> ApplicationOut:
    """Take a supporting document out; versions that were fixed before keep it. `If-Match` takes its own `etag`."""
    await attachments.take_out(ctx, application_id, attachment_id, version)
    return await ApplicationOut.read(ctx, application_id)


@router.get("/{attachment_id}/content", response_class=Response, responses=bytes_of(*FORMATS))
async def read_attachment_content(
    application_id: ApplicationId,
    attachment_id: AttachmentId,
    view_of: Viewer,
    request: Request,
    *,
    known: IfNoneMatch = None,
    version: VersionNumber = None,
) -> Response:
    """Download a supporting document, by exactly the rule of its application.

    Owners get the present one, or with `version` the one a fixed version has; the office gets what was filed.
    """
    async with view_of() as view:
        stored = await attachments.stored(view, application_id, attachment_id, version)
    return await deliver(request, stored, known)
