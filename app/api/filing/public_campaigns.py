"""Campaigns for everybody over HTTP, without signing in: the same bytes for all, which any cache may keep."""

from typing import Annotated, Self

from fastapi import Request, Response
from pydantic import Field

from app.api.filing.campaigns import Batch, CampaignId, Entry
from app.api.filing.documents import DocumentId, DocumentOut
from app.api.http.dependencies import Reads, Viewer
from app.api.http.downloads import IfNoneMatch, bytes_of, deliver
from app.api.http.output import Instant, Out, ResourceId
from app.api.http.routing import Router
from app.models.enums import CampaignStatus
from app.rows import values_of
from app.services.filing import documents, public_campaigns
from app.services.filing.public_campaigns import PublicCampaign
from app.services.policies.filing.notice import CampaignSettings, Phase, Window
from app.services.policies.filing.parties import Organizer

router = Router("/public", tags=["public"])
Text = Annotated[str, Field(max_length=5000)]
Label = Annotated[str, Field(max_length=100)]


class PublicDeadline(Out):
    """A deadline of a campaign: from when, the published day, and the instant that enforces it."""

    opens_at: Instant = Field(description="From this instant on.")
    published_on: str = Field(
        description="The published last day, in the campaign's time zone.",
        json_schema_extra={"format": "date"},
        examples=["2015-09-14"],
    )
    enforced_at: Instant = Field(description="The instant that closes it, exclusive.")

    @classmethod
    def of(cls, settings: CampaignSettings, window: Window) -> Self:
        return cls(
            opens_at=settings.opens_at(window),
            published_on=window.due_on.isoformat(),
            enforced_at=settings.closes_at(window),
        )


class NoticeOfSeveral(Out):
    """The programme (系列活动) that a campaign is of: a notice of several entries or batches."""

    id: ResourceId
    title: str = Field(description="通知标题", max_length=200, examples=["关于开展2025年度文明创建品牌征集活动的通知"])
    document_number: Label | None = Field(description="发文字号; null without one.", examples=["青川文明办〔2025〕3号"])
    organizer: Label = Field(description="主办单位", examples=["青川区文明办"])


class PublicCampaignOut(Out):
    """A campaign as anybody may read it: the notice, its phases and deadlines, its documents, and whom to ask."""

    id: ResourceId
    name: str = Field(description="活动名称", max_length=200, examples=["文明单位工作品牌创建年活动"])
    year: int = Field(description="年度", ge=2000, le=2100, examples=[2015])
    status: CampaignStatus = Field(description="`published` or `closed`.", examples=["published"])
    theme: Text = Field(description="活动主题", examples=["争当培育和践行社会主义核心价值观排头兵"])
    main_line: Text = Field(description="主线", examples=["“大爱唐山·善行路北”主题道德实践活动"])
    introduction: Text = Field(description="通知正文", examples=["为贯彻落实……现将有关事项通知如下："])
    requirements: Text = Field(description="工作要求", examples=["加强组织领导。各党（工）委要高度重视……"])
    source: Text = Field(description="通知来源", examples=["路北区文明办，2015年4月9日"])
    organizer: Organizer = Field(description="主办单位与联系方式, for questions and objections (异议).")
    phases: list[Phase] = Field(description="活动安排", max_length=12)
    plan_deadline: PublicDeadline | None = Field(
        description="实施计划登记的截止时间; null where no plans are asked for."
    )
    application_deadline: PublicDeadline = Field(description="案例申报的截止时间")
    programme: NoticeOfSeveral | None = Field(description="The programme it is of; null for one by itself.")
    entry: Entry
    batch: Batch
    documents: list[DocumentOut] = Field(description="The documents for everybody, oldest first.", max_length=10_000)

    @classmethod
    def of(cls, found: PublicCampaign) -> Self:
        settings = found.settings
        copied = ("theme", "main_line", "introduction", "requirements", "source", "organizer", "phases")
        return cls(
            plan_deadline=settings.plans and PublicDeadline.of(settings, settings.plans),
            application_deadline=PublicDeadline.of(settings, settings.applications),
            programme=found.programme and NoticeOfSeveral.model_validate(found.programme),
            documents=[_document(DocumentOut.of(row)) for row in found.documents],
            **{name: getattr(settings, name) for name in copied} | values_of(found.row),
        )


def _document(document: DocumentOut) -> DocumentOut:
    """Point to where it is read without an account."""
    return document.model_copy(update={"content_href": f"/api/v1/public/documents/{document.id}/content"})


@router.get("/campaigns/{campaign_id}", made_once=True)
async def read_public_campaign(campaign_id: CampaignId, view: Reads) -> PublicCampaignOut:
    """Read a campaign without signing in: the notice, phases, deadlines, documents, and the office's contact."""
    return PublicCampaignOut.of(await public_campaigns.read(view, campaign_id))


@router.get(
    "/documents/{document_id}/content", response_class=Response, responses=bytes_of("application/pdf", "image/jpeg")
)
async def read_public_document(
    document_id: DocumentId, view_of: Viewer, request: Request, known: IfNoneMatch = None
) -> Response:
    """Download a document of a published campaign that is for everybody, without signing in."""
    async with view_of() as view:
        stored = await documents.stored(view, document_id)
    return await deliver(request, stored, known, is_public=True)
