"""A judge's cases over HTTP."""

from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Path, Request, Response
from pydantic import Field

from app.api.filing.applications import ATTACHMENT_TYPES, CellInWords
from app.api.http.dependencies import Chosen, Paging, Reads, Viewer, filtered_by
from app.api.http.downloads import IfNoneMatch, bytes_of, deliver
from app.api.http.output import Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.models.enums import ReviewStatus
from app.rows import values_of
from app.services.judging import cases
from app.services.judging.cases import CaseRecord
from app.services.policies.filing.attachment_settings import MOST_ATTACHMENTS
from app.services.policies.filing.attachments import FORMATS, AttachmentType
from app.services.policies.filing.forms import ENDED_ON, STARTED_ON
from app.services.policies.filing.own_cells import MOST_CELLS

router = Router("/cases", tags=["cases"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(cases.FILTERS)]
CaseId = Annotated[UUID, Path(description="The case, by its `id` in your list.")]
Slot = Annotated[int, Path(ge=1, le=8, description="The picture's place in the order.")]
Place = Annotated[int, Path(ge=1, le=MOST_ATTACHMENTS, description="The document's `place`.")]
Label = Annotated[str, Field(max_length=200)]
Narrative = Annotated[str, Field(max_length=10_000)]
Number = Annotated[int, Field(description="The case's number in its round; it tells nothing of its origin.", ge=1)]


class CaseSummary(Out):
    """A case in a judge's list."""

    id: ResourceId
    round_id: UUID = Field(description="The round; it has the criteria and the meaning of their scores.")
    round_name: Label = Field(description="轮次", examples=["初评"])
    closes_at: Instant = Field(description="End of the round's time for scoring, exclusive.")
    case_number: Number = Field(examples=[17])
    brand_name: Label | None = Field(description="品牌名称", examples=["“红马甲”邻里互助站"])
    category: Label | None = Field(description="内容分类: a category code of the campaign.", examples=["qingman"])
    review_status: ReviewStatus = Field(description="State of your review; `draft` also before you begin it.")


class CasePicture(Out):
    """A picture (附相关图片) of a case."""

    slot: int = Field(description="Its place in the order.", ge=1, le=8, examples=[1])
    caption: str = Field(description="图片说明", max_length=200, examples=["志愿者为独居老人义诊"])
    role: Label | None = Field(description="Its role: a code of the campaign; null for none.", examples=["cover"])
    role_name: Label | None = Field(description="Name of the role; null for none.", examples=["封面图片"])
    role_name_en: Label | None = Field(
        description="Name of the role in English, empty where the campaign gives none; null for none.",
        examples=["Cover"],
    )
    width: int = Field(description="Pixels.", ge=1, le=16_384, examples=[4000])
    height: int = Field(description="Pixels.", ge=1, le=16_384, examples=[3000])
    content_href: str = Field(description="The picture, JPEG.", max_length=200, examples=["/api/v1/cases/…"])
    thumbnail_href: str = Field(description="A small one, JPEG.", max_length=200, examples=["/api/v1/cases/…"])


class CaseAttachment(Out):
    """A supporting document (佐证材料) of a case."""

    place: int = Field(description="Its place among all of the application's.", ge=1, le=MOST_ATTACHMENTS, examples=[1])
    kind: Label = Field(description="Kind: a code of the campaign.", examples=["media_reports"])
    kind_name: Label = Field(description="类别名称", examples=["媒体报道"])
    kind_name_en: Label = Field(description="Name of the kind in English; empty for none.", examples=["Media reports"])
    title: Label = Field(description="标题", examples=["《唐山劳动日报》2015年6月3日报道"])
    media_type: AttachmentType = Field(description="Media type of the file.", json_schema_extra=ATTACHMENT_TYPES)
    content_href: str = Field(description="The file.", max_length=200, examples=["/api/v1/cases/…"])

    @classmethod
    def of(cls, case_id: UUID, /, **told: Any) -> Self:
        return cls.model_validate(
            told | {"content_href": "/api/v1/cases/{}/attachments/{place}".format(case_id, **told)}
        )


class CaseOut(CaseSummary):
    """A case as it was filed, as its judge reads it; who filed it only where the round is not blind."""

    blind: bool = Field(description="True if the round hides the origin of cases.", examples=[True])
    application_number: Label | None = Field(description="申报编号; null in a blind round.", examples=[None])
    unit_name: Label | None = Field(description="申报单位; null in a blind round.", examples=[None])
    committee_name: Label | None = Field(description="推荐单位; null in a blind round.", examples=[None])
    leader_name: Label | None = Field(description="申报单位负责人; null in a blind round.", examples=[None])
    leader_title: Label | None = Field(description="职务; null in a blind round.", examples=[None])
    started_on: Label | None = Field(description=STARTED_ON, examples=["2015-04-21"])
    ended_on: Label | None = Field(description=ENDED_ON, examples=["2015-08-31"])
    innovation: Narrative = Field(description="创新特点", examples=["变“等群众上门”为“送服务上门”。"])
    practices: Narrative = Field(description="主要做法", examples=["一是建章立制，二是分片包户。"])
    effects: Narrative = Field(description="社会效果", examples=["居民满意度明显提高。"])
    cells: list[CellInWords] = Field(
        description="The campaign's own cells that are filled, without telephone numbers; in a blind round without "
        "those that are blind.",
        max_length=MOST_CELLS,
    )
    narrative_length: int = Field(description="字数 of the three texts together.", ge=0, examples=[1986])
    images: list[CasePicture] = Field(description="附相关图片, in their order.", max_length=8)
    attachments: list[CaseAttachment] = Field(
        description="佐证材料, in their order; in a blind round without those of blind kinds.",
        max_length=MOST_ATTACHMENTS,
    )

    @classmethod
    def of(cls, record: CaseRecord) -> Self:
        address = f"/api/v1/cases/{record.row.id}/images"
        attached = [CaseAttachment.of(record.row.id, **each) for each in record.content.get("attachments", ())]
        pictures = [
            CasePicture(
                content_href=f"{address}/{image['slot']}",
                thumbnail_href=f"{address}/{image['slot']}/thumbnail",
                **image,
            )
            for image in record.content["images"]
        ]
        return cls(**values_of(record.row) | dict(record.content) | {"images": pictures, "attachments": attached})


class CasePage(Page[CaseSummary]):
    """One page of cases, by round and number."""


@router.get("")
async def list_cases(view: Reads, filters: Filters, page: Paging) -> CasePage:
    """List your cases to review, by round and number; empty for everyone who is not a judge.

    A case you must keep away from, or that was given to somebody else, is gone from the list and from its total.
    """
    found = await cases.search(view, **filters, **page.binds)
    return CasePage.of(found, [CaseSummary.model_validate(row) for row in found.rows])


@router.get("/{case_id}")
async def read_case(case_id: CaseId, view: Reads) -> CaseOut:
    """Read a case: exactly the version that was filed. In a blind round nothing reveals its origin."""
    return CaseOut.of(await cases.read(view, case_id))


@router.get("/{case_id}/images/{slot}", response_class=Response, responses=bytes_of("image/jpeg"))
async def read_case_image(
    case_id: CaseId, slot: Slot, view_of: Viewer, request: Request, known: IfNoneMatch = None
) -> Response:
    """Download a picture of a case, as JPEG, by exactly the rule of the case."""
    async with view_of() as view:
        stored = await cases.stored(view, case_id, slot)
    return await deliver(request, stored, known)


@router.get("/{case_id}/images/{slot}/thumbnail", response_class=Response, responses=bytes_of("image/jpeg"))
async def read_case_image_thumbnail(
    case_id: CaseId, slot: Slot, view_of: Viewer, request: Request, known: IfNoneMatch = None
) -> Response:
    """Download a small picture of at most 400 pixels a side, as JPEG, by the same rule."""
    async with view_of() as view:
        stored = await cases.stored(view, case_id, slot, thumbnail=True)
    return await deliver(request, stored, known)


@router.get("/{case_id}/attachments/{place}", response_class=Response, responses=bytes_of(*FORMATS))
async def read_case_attachment(
    case_id: CaseId, place: Place, view_of: Viewer, request: Request, known: IfNoneMatch = None
) -> Response:
    """Download a supporting document of a case, by exactly the rule of the case."""
    async with view_of() as view:
        stored = await cases.stored_attachment(view, case_id, place)
    return await deliver(request, stored, known)
