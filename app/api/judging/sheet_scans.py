"""Scans of the paper sheets of live rounds (评分表扫描件) over HTTP."""

from typing import Annotated, Literal

from fastapi import Form, Request, Response, UploadFile
from pydantic import Field

from app.api.http.dependencies import IfMatch, LateEffect, Viewer
from app.api.http.downloads import IfNoneMatch, bytes_of, deliver
from app.api.http.output import Digest, Out
from app.api.http.routing import Router
from app.api.http.uploads import Uploads
from app.api.judging.cases import CaseId, Label, Number
from app.api.judging.reviews import ReviewId, ReviewOut
from app.inputs import Input
from app.models.enums import labels
from app.problems import RulesViolated, WrongState
from app.services.judging import sheet_scans

router = Router(tags=["reviews"], in_a_seat=True)
SCAN = bytes_of("application/pdf", "image/jpeg")


class SheetScanUpload(Input):
    """The scan of a paper sheet."""

    file: UploadFile = Field(description="PDF of 1 to 20 pages, or a JPEG, PNG, WebP or HEIC picture; at most 25 MiB.")


class ArchivedSheet(Out):
    """A scanned sheet in an archive."""

    file: Label = Field(description="Name of the file beside the list.", examples=["1-017-1.pdf"])
    round_number: int = Field(description="Number of the round in its campaign.", ge=1, examples=[1])
    case_number: Number = Field(examples=[17])
    application_number: Label = Field(description="申报编号", examples=["2015-QT-001"])
    reviewer_name: Label = Field(description="评委", examples=["王敏"])
    clerk_name: Label = Field(description="录入人", examples=["张弓"])
    checker_name: Label | None = Field(description="复核人; null until it is checked.", examples=["李静"])
    media_type: Literal["application/pdf", "image/jpeg"] = Field(
        description="Media type of the scan.", json_schema_extra=labels("PDF 文件", "JPEG 图片")
    )
    sha256: Digest


@router.put("/reviews/{review_id}/scan", raises=[WrongState, RulesViolated])
async def store_sheet_scan(
    review_id: ReviewId,
    form: Annotated[SheetScanUpload, Form(media_type="multipart/form-data")],
    version: IfMatch,
    uploads: Uploads,
    effect: LateEffect,
) -> ReviewOut:
    """Store the scan of an entered sheet (评分表扫描件), in place of an earlier one until it is checked. Office only.

    While the round takes scores; of a sheet that was checked without a scan also afterwards. The history keeps the
    SHA-256 of each. A PDF is written anew from what its pages show; a picture is made clean.
    """
    await sheet_scans.put(uploads, review_id, await form.file.read(), version)
    return await ReviewOut.read(await effect.begun(), review_id)


@router.get("/reviews/{review_id}/scan", response_class=Response, responses=SCAN)
async def read_sheet_scan(
    review_id: ReviewId, view_of: Viewer, request: Request, known: IfNoneMatch = None
) -> Response:
    """Download the scan of a sheet. For the office."""
    async with view_of() as view:
        stored = await sheet_scans.stored(view, review_id)
    return await deliver(request, stored, known)


@router.get("/cases/{case_id}/review/scan", response_class=Response, responses=SCAN)
async def read_own_sheet_scan(
    case_id: CaseId, view_of: Viewer, request: Request, known: IfNoneMatch = None
) -> Response:
    """Download the scan of your own sheet of a case, as the office stored it."""
    async with view_of() as view:
        stored = await sheet_scans.stored_own(view, case_id)
    return await deliver(request, stored, known)
