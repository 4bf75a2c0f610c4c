"""Endorsements (审核盖章) over HTTP."""

from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Form, Request, Response, UploadFile
from pydantic import Field

from app.api.filing.applications import ApplicationId, ApplicationOut, Label
from app.api.http.dependencies import Ctx, IfMatch, LateEffect, Reads, Viewer
from app.api.http.downloads import IfNoneMatch, bytes_of, deliver
from app.api.http.output import Digest, ETag, Instant, Out, ResourceId, etag
from app.api.http.routing import Router
from app.api.http.uploads import Uploads
from app.findings import FindingOut
from app.inputs import Input
from app.models.enums import Language, labels
from app.problems import RulesViolated, WrongState
from app.rows import values_of
from app.services.filing import endorsements
from app.services.filing.endorsements import EndorsementRow
from app.services.policies.filing.endorsements import paper_advice

router = Router("/applications/{application_id}/endorsement", tags=["endorsements"], in_a_seat=True)


class EndorsementUpload(Input):
    """The scan of the stamped form."""

    file: UploadFile = Field(description="PDF of 1 to 20 pages, or a JPEG, PNG, WebP or HEIC picture; at most 25 MiB.")


class EndorsementOut(Out):
    """A seal (审核盖章): its author, time and digest, and whether it still covers the application's content."""

    id: ResourceId
    application_id: UUID = Field(description="The application it seals.")
    application_etag: ETag
    digest: Digest
    endorsed_at: Instant = Field(description="Time of upload.")
    endorsed_by_name: Label = Field(description="By whom.", examples=["王丽"])
    covers_content: bool = Field(
        description="True if it is in force and covers exactly the content that you see.", examples=[True]
    )
    paper_verified: bool = Field(
        description="True if the code on the scan proves that exactly this content was printed and stamped.",
        examples=[True],
    )
    findings: list[FindingOut] = Field(
        description="Advice: no code was read from the scan, so that the paper must be compared by people.",
        max_length=5,
    )
    media_type: Literal["application/pdf", "image/jpeg"] = Field(
        description="Media type of the scan.", json_schema_extra=labels("PDF 文件", "JPEG 图片")
    )
    size: int = Field(description="Bytes of the scan.", ge=1, examples=[345_678])
    scan_href: str = Field(description="The scan.", max_length=200, examples=["/api/v1/applications/…"])
    voided_at: Instant | None = Field(description="Time at which it became void; null while it is in force.")
    voided_by_name: Label | None = Field(description="Through whose act.", examples=[None])
    void_reason: Label | None = Field(
        description="`content_changed`, `replaced`, `revoked` or `withdrawn`; null while it is in force.",
        examples=[None],
    )
    changed_fields: list[Label] = Field(
        description="Changes since it was stamped: names of cells, or `images`.",
        max_length=50,
        examples=[[]],
    )

    @classmethod
    def read(cls, row: EndorsementRow, application_id: UUID, language: Language) -> Self:
        return cls(
            findings=[each.worded(language) for each in paper_advice(verified=row.paper_verified)],
            application_id=application_id,
            application_etag=etag(row.application_version),
            scan_href=f"/api/v1/applications/{application_id}/endorsement/scan",
            **values_of(row),
        )


@router.post("", raises=[WrongState, RulesViolated])
async def endorse_application(
    application_id: ApplicationId,
    form: Annotated[EndorsementUpload, Form(media_type="multipart/form-data")],
    version: IfMatch,
    uploads: Uploads,
    effect: LateEffect,
) -> ApplicationOut:
    """Seal a submitted application (审核盖章) with the scan of its stamped form. Committee only.

    `If-Match` takes the `etag` of the application that was printed and stamped: the seal covers exactly that content,
    before the deadline. Any later change of the content voids it. Where the scan shows the code of a printed form, it
    must be of exactly this content: the paper of an older version is refused, and one without a code is taken. A PDF is
    written anew from what its pages show, and refused where something in it acts by itself; a picture is made clean.
    """
    await endorsements.endorse(uploads, application_id, await form.file.read(), version)
    return await ApplicationOut.read(await effect.begun(), application_id)


@router.get("")
async def read_endorsement(application_id: ApplicationId, view: Reads) -> EndorsementOut:
    """Read the latest seal: author, time, digest, and, if it is void, the reason and the changes since.

    The office sees the seal with which the application was filed.
    """
    return EndorsementOut.read(await endorsements.read(view, application_id), application_id, view.language)


@router.get("/scan", response_class=Response, responses=bytes_of("application/pdf", "image/jpeg"))
async def read_endorsement_scan(
    application_id: ApplicationId, view_of: Viewer, request: Request, known: IfNoneMatch = None
) -> Response:
    """Download the scan of the stamped form."""
    async with view_of() as view:
        stored = await endorsements.stored(view, application_id)
    return await deliver(request, stored, known)


@router.delete("", raises=[WrongState])
async def revoke_endorsement(application_id: ApplicationId, version: IfMatch, ctx: Ctx) -> ApplicationOut:
    """Revoke the seal of an application that is not filed: its state is `submitted` again. Committee only.

    `If-Match` takes the application's `etag`. The scan is kept in the history.
    """
    await endorsements.revoke(ctx, application_id, version)
    return await ApplicationOut.read(ctx, application_id)
