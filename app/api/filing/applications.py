"""Applications over HTTP."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from app.api.http.dependencies import Chosen, Ctx, IfMatch, Limits, Once, Paging, Reads, filtered_by
from app.api.http.output import (
    Action,
    CountedPage,
    Digest,
    EffectiveDeadline,
    Instant,
    Out,
    ResourceId,
    VersionTag,
    actions_of,
    row_actions_of,
)
from app.api.http.routing import Router
from app.context import View
from app.models.enums import ApplicationStatus, labels
from app.problems import RulesViolated, WrongState
from app.rows import values_of
from app.services.filing import applications
from app.services.filing.applications import ApplicationCreate, ApplicationRecord, ReturnBody
from app.services.filing.cells import ApplicationForm
from app.services.filing.contents import ImageRow
from app.services.policies import Act
from app.services.policies.filing import applications as policy
from app.services.policies.filing import own_cells, vetoes
from app.services.policies.filing.attachment_settings import MOST_ATTACHMENTS
from app.services.policies.filing.attachments import LONGEST_TITLE, AttachmentType, Stored, stored
from app.services.policies.filing.forms import ENDED_ON, STARTED_ON
from app.services.policies.filing.partners import ACTS as PARTNERS_ACTS

router = Router("/applications", tags=["applications"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(applications.FILTERS)]
ApplicationId = Annotated[UUID, Path(description="The application.")]
Label = Annotated[str, Field(max_length=200)]
OwnCells = Annotated[
    dict[str, own_cells.StoredValue],
    Field(
        description="The campaign's own cells by code, those that are filled; as typed where a value does not suit "
        "its cell.",
        max_length=own_cells.MOST_CELLS,
        examples=[{"team": [{"name": "李文博", "role": "author"}]}],
    ),
]
Sort = Annotated[
    Literal["category", "topic", "honour_level", "committee_kind"] | None,
    Query(description="Sort by this, then by age; what has no value comes first. By default by age alone."),
]


ATTACHMENT_TYPES = labels("PDF 文件", "JPEG 图片", "Word 文档")


class Picture(Out):
    """A picture (附相关图片): its place, its words, and where its bytes are."""

    id: ResourceId
    slot: int = Field(description="Its place in the order.", ge=1, le=8, examples=[1])
    caption: str = Field(description="图片说明", max_length=200, examples=["志愿者为独居老人义诊"])
    role: str | None = Field(
        description="Its role: a code of the campaign; null for none.", max_length=40, examples=["cover"]
    )
    sha256: Digest
    width: int = Field(description="Pixels.", ge=1, le=16_384, examples=[4000])
    height: int = Field(description="Pixels.", ge=1, le=16_384, examples=[3000])
    size: int = Field(description="Bytes.", ge=1, examples=[2_345_678])
    content_href: str = Field(description="The picture, JPEG.", max_length=200, examples=["/api/v1/applications/…"])
    thumbnail_href: str = Field(description="A small one, JPEG.", max_length=200, examples=["/api/v1/applications/…"])


class ImageOut(Picture):
    """A picture of an application as it is now."""

    etag: VersionTag
    damaged: bool = Field(
        description="True if its data were damaged: it may be garbled in part, and should be looked at.",
        examples=[False],
    )
    seen_in: list[str] = Field(
        description="Numbers of other applications with the same picture; visible to committee and office.",
        max_length=100,
        examples=[["2015-C02-003"]],
    )

    @classmethod
    def of(cls, image: ImageRow, application_id: UUID, /, **more: Any) -> Self:
        address = f"/api/v1/applications/{application_id}/images/{image.id}"
        hrefs = {"content_href": f"{address}/content", "thumbnail_href": f"{address}/thumbnail"}
        return cls(**values_of(image) | hrefs | more)


class AttachedFile(Out):
    """A supporting document (佐证材料): its kind, its words, and where its bytes are."""

    id: ResourceId
    kind: str = Field(description="Kind: a code of the campaign.", max_length=40, examples=["media_reports"])
    title: str = Field(description="标题", max_length=LONGEST_TITLE, examples=["《唐山劳动日报》2015年6月3日报道"])
    media_type: AttachmentType = Field(description="Media type of the file.", json_schema_extra=ATTACHMENT_TYPES)
    sha256: Digest
    size: int = Field(description="Bytes.", ge=1, examples=[345_678])
    content_href: str = Field(description="The file.", max_length=200, examples=["/api/v1/applications/…"])


class AttachmentOut(AttachedFile):
    """A supporting document of an application as it is now."""

    etag: VersionTag

    @classmethod
    def of(cls, attachment: Stored, application_id: UUID, /, **more: Any) -> Self:
        address = f"/api/v1/applications/{application_id}/attachments/{attachment.id}"
        return cls(content_href=f"{address}/content", **values_of(attachment), **more)


class CellInWords(Out):
    """A cell of the campaign's own, with its words."""

    code: str = Field(description="Its code in the campaign's settings.", max_length=40, examples=["team"])
    name: Label = Field(description="名称", examples=["创建团队"])
    name_en: Label = Field(description="Name in English; empty for none.", examples=["Team"])
    control: own_cells.Control = Field(
        description="The way in which it is filled.", json_schema_extra=own_cells.CONTROLS, examples=["persons"]
    )
    value: own_cells.StoredValue = Field(
        description="Its value, without telephone numbers.", examples=[[{"name": "李文博", "role": "author"}]]
    )
    text: str = Field(
        description="The value in words, a list row by row.",
        max_length=own_cells.LONGEST_WORDS,
        examples=["李文博，执笔人"],
    )


class FormOut(Out):
    """The cells of 附件2."""

    brand_name: Label | None = Field(description="品牌名称", examples=["“红马甲”邻里互助站"])
    leader_name: Label | None = Field(description="申报单位负责人", examples=["李文博"])
    leader_title: Label | None = Field(description="职务", examples=["党支部书记"])
    phone: Label | None = Field(description="联系电话", examples=["0315-3724062"])
    category: Label | None = Field(description="内容分类: a category code of the campaign.", examples=["qingman"])
    started_on: Label | None = Field(description=STARTED_ON, examples=["2015-04-21"])
    ended_on: Label | None = Field(description=ENDED_ON, examples=["2015-08-31"])
    innovation: str = Field(description="创新特点", max_length=10_000, examples=["变“等群众上门”为“送服务上门”。"])
    practices: str = Field(description="主要做法", max_length=10_000, examples=["一是建章立制，二是分片包户。"])
    effects: str = Field(description="社会效果", max_length=10_000, examples=["居民满意度明显提高。"])


class PartnerOut(Out):
    """A unit that applies jointly (联合申报单位)."""

    unit_id: UUID = Field(description="The unit.")
    name: Label = Field(description="单位名称", examples=["新华里社区"])
    agreed_at: Instant | None = Field(description="Time of its consent; null while it is asked for.", examples=[None])
    retired: bool = Field(description="True if it, or its committee, is retired.", examples=[False])


class ApplicationSummary(Out):
    """An application in a list."""

    id: ResourceId
    etag: VersionTag
    number: str = Field(
        description="申报编号", max_length=40, examples=["2015-C01-001", "2015-C01-002", "2015-C01-003"]
    )
    campaign_id: UUID = Field(description="The campaign.")
    committee_id: UUID = Field(description="推荐单位: the committee.")
    committee_name: Label = Field(description="推荐单位", examples=["乔屯街道党工委"])
    unit_id: UUID = Field(description="申报单位: the unit.")
    unit_name: Label = Field(
        description="申报单位; of a joint application the one that leads.", examples=["龙华社区", "新华里社区"]
    )
    partners: list[PartnerOut] = Field(
        description="联合申报单位, in the order in which they were asked; as filed for the office.", max_length=4
    )
    status: ApplicationStatus = Field(description="State.")
    brand_name: Label | None = Field(description="品牌名称", examples=["“红马甲”邻里互助站", "楼道里的小课堂"])
    category: Label | None = Field(description="内容分类: a category code of the campaign.", examples=["qingman"])
    topic: Label | None = Field(
        None, description="子项: a topic code of that category; null for none.", examples=["community_volunteering"]
    )
    narrative_length: int = Field(description="字数 of the three texts together.", ge=0, examples=[1986])
    image_count: int = Field(description="Number of its pictures.", ge=0, le=8, examples=[6])
    submitted_at: Instant | None = Field(description="Time of the last submission; null before.")
    filed_at: Instant | None = Field(description="Time of the last filing; null before.")
    updated_at: Instant = Field(description="Time of the last change.")
    recommended_rank: int | None = Field(
        description="推荐排序: its place in the order that its committee gave last, 1 for the best; null without one, "
        "and for units.",
        ge=1,
        examples=[1],
    )
    actions: dict[str, Action] | None = row_actions_of(policy.ACTS, PARTNERS_ACTS, vetoes.ACTS)


class ApplicationOut(FormOut, ApplicationSummary):
    """An application (附件2): the form, its pictures, its deadline, and what may be done with it now."""

    cells: OwnCells
    images: list[ImageOut] = Field(description="附相关图片, in their order.", max_length=8)
    attachments: list[AttachmentOut] = Field(
        description="佐证材料, in the order in which they were added.", max_length=MOST_ATTACHMENTS
    )
    content_digest: Digest
    sealed: bool = Field(description="True if a seal (审核盖章) covers exactly this content.", examples=[False])
    reason: str | None = Field(
        description="Reason of the last return, decline or disqualification.", max_length=500, examples=[None]
    )
    reason_codes: list[str] = Field(
        description="The office's reason codes, as the campaign defines.", max_length=50, examples=[[]]
    )
    versions: int = Field(description="Number of fixed versions.", ge=0, examples=[0])
    created_at: Instant = Field(description="Time of creation.")
    deadline: EffectiveDeadline = Field(description="The deadline that counts for it.")
    actions: dict[str, Action] = actions_of(
        policy.ACTS, PARTNERS_ACTS, vetoes.ACTS, note=" A partner's are those of its unit."
    )

    @classmethod
    async def read(cls, view: View, application_id: UUID) -> Self:
        return cls.of(view, await applications.read(view, application_id))

    @classmethod
    def of(cls, view: View, record: ApplicationRecord) -> Self:
        row = record.row
        return cls(
            images=[ImageOut.of(image, row.id) for image in record.images],
            attachments=[AttachmentOut.of(each, row.id) for each in stored(row.attachments)],
            sealed=row.endorsed_digest is not None and row.endorsed_digest == row.content_digest,
            deadline=EffectiveDeadline.of(record.deadline, view.now),
            actions=Action.by_name(record.actions, view.language),
            **{name: value for name, value in values_of(row).items() if name != "attachments"},
        )


class ApplicationPage(CountedPage[ApplicationSummary]):
    """One page of applications, oldest first."""


@router.get("", offers=applications.offered)
async def list_applications(view: Reads, filters: Filters, page: Paging, sort: Sort = None) -> ApplicationPage:
    """List the applications you may see, oldest first, or sorted.

    A unit sees its own and those it is a partner of, a committee its units', the office what was filed — as it was
    filed.
    """
    found = await applications.search(view, sort=sort, **filters, **page.binds)
    return ApplicationPage.of(found, [ApplicationSummary.model_validate(row) for row in found.rows])


@router.post("", status_code=201, raises=[RulesViolated])
async def create_application(body: ApplicationCreate, ctx: Once, most: Limits) -> ApplicationOut:
    """Begin an application, as complete or incomplete as you have it.

    A unit begins its own; a committee may begin one for any of its units. The campaign must be published and its
    application deadline open.
    """
    return await ApplicationOut.read(ctx, await applications.begin(ctx, body, most))


@router.get("/{application_id}")
async def read_application(application_id: ApplicationId, view: Reads) -> ApplicationOut:
    """Read an application: form, pictures, deadline, and for each act whether it is possible, and if not, why."""
    return await ApplicationOut.read(view, application_id)


@router.patch("/{application_id}", raises=[WrongState, RulesViolated])
async def update_application(
    application_id: ApplicationId, body: ApplicationForm, version: IfMatch, ctx: Ctx
) -> ApplicationOut:
    """Change cells of the form (JSON Merge Patch): what is named is set, null clears, the rest stays.

    A draft may be incomplete in any way. A change of a sealed application's content voids the seal. Cells of the
    campaign's own are in `cells`; a code that the campaign does not define is refused.
    """
    await applications.edit(ctx, application_id, body, version)
    return await ApplicationOut.read(ctx, application_id)


@router.delete("/{application_id}", status_code=204, raises=[WrongState])
async def delete_application(application_id: ApplicationId, version: IfMatch, ctx: Ctx) -> None:
    """Delete a draft that was never submitted, with its pictures."""
    await applications.delete(ctx, application_id, version)


@router.post("/{application_id}/submission", raises=[WrongState, RulesViolated])
async def submit_application(application_id: ApplicationId, ctx: Once) -> ApplicationOut:
    """Hand the application to its committee: complete, with 5 to 8 pictures, and before the deadline.

    Its content is fixed as an immutable version. Every rule that is not met is listed in one answer; the same
    findings are in `actions.submit` beforehand.
    """
    await applications.submit(ctx, application_id)
    return await ApplicationOut.read(ctx, application_id)


def _add(act: Act[ApplicationStatus, policy.ApplicationFacts], description: str, path: str = "") -> None:
    """Add the route of an act that takes a reason and nothing else."""

    async def decide(application_id: ApplicationId, body: ReturnBody, ctx: Ctx) -> ApplicationOut:
        await applications.decide(ctx, application_id, act, body)
        return await ApplicationOut.read(ctx, application_id)

    decide.__name__, decide.__doc__ = f"{act.name}_application", description
    refusals = [WrongState, *([RulesViolated] if act.rules else [])]
    router.post(f"/{{application_id}}/{path or act.name}", raises=refusals)(decide)


_add(policy.RETURN, "Return a submitted application to its unit, with the reason. Committee only.")
_add(policy.PAUSE, "Pause a submitted application (暂缓), with the reason its unit reads. Committee only.")
_add(policy.RESUME, "Resume a paused application (恢复), which is then submitted as before. Committee only.")
_add(policy.DECLINE, "Decline a submitted application in the selection (遴选), with the reason. Committee only.")
_add(policy.RECONSIDER, "Take a declined application back into the selection. Committee only.", "reconsideration")
