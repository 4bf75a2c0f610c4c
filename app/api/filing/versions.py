"""The fixed versions of an application over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from app.api.filing.applications import ApplicationId, AttachedFile, FormOut, Label, OwnCells, Picture
from app.api.http.dependencies import Paging, Reads
from app.api.http.output import Digest, Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.models.enums import VersionOccasion
from app.rows import values_of
from app.services.filing import versions
from app.services.filing.versions import Version
from app.services.policies.filing.attachment_settings import MOST_ATTACHMENTS
from app.services.policies.filing.attachments import Stored, attached_to
from app.services.policies.filing.forms import own_values
from app.services.policies.filing.own_cells import LONGEST_WORDS, MOST_CELLS
from app.services.policies.filing.versions import AttachmentChange, PictureChange, StoredImage, TextChange

router = Router("/applications/{application_id}/versions", tags=["versions"], in_a_seat=True)
Number = Annotated[int, Path(ge=1, le=100_000, description="The version's number, counted from 1.")]


class VersionSummary(Out):
    """A version in a list: the immutable content of an application at a submission or a filing."""

    id: ResourceId
    application_id: UUID = Field(description="The application.")
    number: int = Field(description="Counted from 1.", ge=1, examples=[1])
    occasion: VersionOccasion = Field(description="The act that fixed it.")
    digest: Digest
    fixed_at: Instant = Field(description="Time of the submission or filing.")
    fixed_by_name: Label = Field(description="By whom.", examples=["李文博"])


class PictureOfVersion(Picture):
    """A picture as the version fixed it."""

    @classmethod
    def of(cls, image: StoredImage, version: Version) -> Self:
        address = f"/api/v1/applications/{version.application_id}/images/{image['id']}"
        asked = f"?version={version.number}"
        return cls(
            content_href=f"{address}/content{asked}",
            thumbnail_href=f"{address}/thumbnail{asked}",
            **{"role": None, **image},
        )


class AttachmentOfVersion(AttachedFile):
    """A supporting document as the version fixed it."""

    @classmethod
    def of(cls, attachment: Stored, version: Version) -> Self:
        address = f"/api/v1/applications/{version.application_id}/attachments/{attachment.id}"
        return cls(content_href=f"{address}/content?version={version.number}", **values_of(attachment))


class VersionOut(VersionSummary):
    """A version with its content, which its digest covers exactly: `cells` as a member of `form` where it has any."""

    unit_name: Label = Field(description="申报单位", examples=["乔屯街道龙华社区"])
    committee_name: Label = Field(description="推荐单位", examples=["乔屯街道党工委"])
    form: FormOut = Field(description="The cells of the form.")
    cells: OwnCells
    narrative_length: int = Field(description="字数 of the three texts together.", ge=0, examples=[1986])
    image_count: int = Field(description="Number of its pictures.", ge=0, le=8, examples=[6])
    images: list[PictureOfVersion] = Field(description="附相关图片, in their order.", max_length=8)
    attachments: list[AttachmentOfVersion] = Field(
        description="佐证材料, in their order; a member of the content where there are any.",
        max_length=MOST_ATTACHMENTS,
    )

    @classmethod
    def read(cls, version: Version) -> Self:
        images = [PictureOfVersion.of(image, version) for image in version.content["images"]]
        attached = [AttachmentOfVersion.of(each, version) for each in attached_to(version.content)]
        made = {"images": images, "attachments": attached, "cells": own_values(version.content)}
        return cls(**values_of(version) | dict(version.content) | made)


class VersionPage(Page[VersionSummary]):
    """One page of versions, oldest first."""


class TextPiece(Out):
    """A run of whole sentences, and what became of it."""

    change: TextChange = Field(description="Kind of change.")
    text: str = Field(description="The sentences.", max_length=10_000, examples=["居民满意度明显提高。"])


class CellDifferenceOut(Out):
    """A cell that differs. Same and removed pieces give the old text, same and added ones the new."""

    cell: Label = Field(description="The member of the form, or `unit_name`, `committee_name`.", examples=["effects"])
    pieces: list[TextPiece] = Field(description="Its text in order.", max_length=2000)


class PieceInWords(Out):
    """A run of whole sentences of a cell of the campaign's own, and what became of it."""

    change: TextChange = Field(description="Kind of change.")
    text: str = Field(description="The sentences.", max_length=LONGEST_WORDS, examples=["李文博，执笔人"])


class OwnCellDifference(Out):
    """A cell of the campaign's own that differs."""

    cell: Label = Field(description="Its code.", examples=["team"])
    pieces: list[PieceInWords] = Field(description="Its words in order.", max_length=2000)


class PictureDifferenceOut(Out):
    """A picture that is not what it was."""

    change: PictureChange = Field(description="Kind of change; a picture changed in two ways is listed twice.")
    image_id: UUID = Field(description="The picture.")
    slot_before: int | None = Field(description="Its place before; null when it was not there.", ge=1, le=8)
    slot_after: int | None = Field(description="Its place after; null when it is gone.", ge=1, le=8)
    caption_before: Label | None = Field(description="图片说明 before.", examples=["义诊"])
    caption_after: Label | None = Field(description="图片说明 after.", examples=["志愿者为独居老人义诊"])
    role_before: Label | None = Field(description="Its role before; null for none.", examples=[None])
    role_after: Label | None = Field(description="Its role after; null for none.", examples=["cover"])


class AttachmentDifferenceOut(Out):
    """A supporting document that is not what it was."""

    change: AttachmentChange = Field(description="Kind of change.")
    attachment_id: UUID = Field(description="The supporting document.")
    kind: Label = Field(description="Its kind: a code of the campaign.", examples=["media_reports"])
    title_before: Label | None = Field(description="标题 before; null when it was not there.", examples=["报道"])
    title_after: Label | None = Field(description="标题 after; null when it is gone.", examples=["媒体报道"])


class VersionDifferences(Out):
    """Differences between a version and another."""

    number: int = Field(description="The version.", ge=1, examples=[2])
    against: int | None = Field(description="The one it is compared with; null for the first.", ge=1, examples=[1])
    cells: list[CellDifferenceOut] = Field(description="Cells that differ, in the form's order.", max_length=20)
    own_cells: list[OwnCellDifference] = Field(
        description="The campaign's own cells that differ, in words.", max_length=2 * MOST_CELLS
    )
    pictures: list[PictureDifferenceOut] = Field(description="Pictures that differ.", max_length=100)
    attachments: list[AttachmentDifferenceOut] = Field(
        description="Supporting documents that differ.", max_length=2 * MOST_ATTACHMENTS
    )


@router.get("")
async def list_versions(application_id: ApplicationId, view: Reads, page: Paging) -> VersionPage:
    """List the versions of an application at each submission and filing, oldest first. The office sees only filings."""
    found = await versions.search(view, application_id, **page.binds)
    return VersionPage.of(found, [VersionSummary.model_validate(row) for row in found.rows])


@router.get("/{number}")
async def read_version(application_id: ApplicationId, number: Number, view: Reads) -> VersionOut:
    """Read a version: its content never changes, and its digest proves it."""
    return VersionOut.read(await versions.read(view, application_id, number))


@router.get("/{number}/differences")
async def read_version_differences(
    application_id: ApplicationId,
    number: Number,
    view: Reads,
    against: Annotated[
        int | None, Query(ge=1, le=100_000, description="Another version; by default the one before it.")
    ] = None,
) -> VersionDifferences:
    """Read what changed between two versions: texts by sentence, pictures by what became of each."""
    return VersionDifferences.model_validate(await versions.compare(view, application_id, number, against))
