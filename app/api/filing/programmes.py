"""Programmes over HTTP."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.filing.campaigns import Batch, DeadlineOfCampaign, Entry
from app.api.http.dependencies import Chosen, Ctx, IfMatch, Paging, Reads, filtered_by
from app.api.http.output import Instant, Out, Page, ResourceId, VersionTag
from app.api.http.routing import Router
from app.context import Context, View
from app.models.enums import CampaignStatus
from app.problems import RulesViolated
from app.rows import values_of
from app.services.filing import programmes
from app.services.filing.programmes import Member, ProgrammeArrangement, ProgrammeCampaigns, ProgrammeRow
from app.services.policies.filing.limit_settings import Cases
from app.services.policies.filing.programmes import MOST_CAMPAIGNS, Effect, EntriesPerUnit, ProgrammeSettings

router = Router("/programmes", tags=["programmes"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(programmes.FILTERS)]
ProgrammeId = Annotated[UUID, Path(description="The programme.")]


Label = Annotated[str, Field(max_length=100)]


class ProgrammeSummary(Out):
    """A notice of several campaigns (系列活动), in a list."""

    id: ResourceId
    etag: VersionTag
    title: str = Field(description="通知标题", max_length=200, examples=["关于开展2025年度文明创建品牌征集活动的通知"])
    year: int = Field(description="年度", ge=2000, le=2100, examples=[2025])
    document_number: Label | None = Field(description="发文字号; null without one.", examples=["青川文明办〔2025〕3号"])
    organizer: Label = Field(description="主办单位", examples=["青川区文明办"])
    created_at: Instant = Field(description="Time of creation.")
    updated_at: Instant = Field(description="Time of the last change, of its campaigns' places too.")

    @classmethod
    def of(cls, row: ProgrammeRow) -> Self:
        return cls.model_validate(row)


class CampaignOfProgramme(Out):
    """A campaign in its place within a programme: an entry, a batch, or both."""

    id: ResourceId
    name: str = Field(description="活动名称", max_length=200, examples=["文明创建品牌案例征集（第一批）"])
    entry: Entry
    batch: Batch
    status: CampaignStatus = Field(description="State.")
    open: bool = Field(
        description="True while applications may be begun, by the campaign's own dates.", examples=[True]
    )
    plan_deadline: DeadlineOfCampaign | None = Field(
        description="实施计划登记的截止时间: yours; null where no plans are asked for."
    )
    application_deadline: DeadlineOfCampaign = Field(description="案例申报的截止时间: yours.")

    @classmethod
    def of(cls, member: Member, now: datetime) -> Self:
        deadlines = {f"{kind}_deadline": DeadlineOfCampaign.of(each, now) for kind, each in member.deadlines.items()}
        return cls(**{"open": member.open, "plan_deadline": None} | deadlines | values_of(member.row))


Campaigns = Annotated[
    list[CampaignOfProgramme],
    Field(description="Its campaigns that you may see, in their order.", max_length=MOST_CAMPAIGNS),
]


class ProgrammeOut(ProgrammeSummary):
    """A notice of several campaigns, with what holds for all of them, and with its campaigns."""

    entries_per_unit: EntriesPerUnit | None = Field(description="每个单位最多参评的类别数; null: no limit.")
    one_batch: Effect | None = Field(
        description="Effect of one brand of a unit in two open campaigns of one kind of entry; null: none.",
        examples=["refused"],
    )
    minimum_filed: Cases | None = Field(
        description="最低上报件数 of each committee in all campaigns together; null: none.", examples=[2]
    )
    maximum_filed: Cases | None = Field(
        description="最高上报件数 of each committee in all campaigns together; null: no limit.", examples=[5]
    )
    campaigns: Campaigns

    @classmethod
    async def read(cls, view: View, programme_id: UUID) -> Self:
        record = await programmes.read(view, programme_id)
        held = record.settings.model_dump()
        shown = [CampaignOfProgramme.of(each, view.now) for each in record.campaigns]
        return cls(**values_of(record.row) | held, campaigns=shown)


class ProgrammePage(Page[ProgrammeSummary]):
    """One page of programmes, oldest first."""


class BegunCampaigns(Out):
    """Campaigns that were begun, or with `dry_run` only tried."""

    dry_run: bool = Field(description="True when nothing was changed.", examples=[False])
    campaigns: Campaigns

    @classmethod
    async def of(cls, ctx: Context, programme_id: UUID, begun: list[UUID], *, dry_run: bool) -> Self:
        found = await programmes.members(ctx, programme_id)
        shown = [CampaignOfProgramme.of(each, ctx.now) for each in found if each.row.id in begun]
        return cls(dry_run=dry_run, campaigns=shown)


@router.get("")
async def list_programmes(view: Reads, filters: Filters, page: Paging) -> ProgrammePage:
    """List the programmes, oldest first. One without a published campaign is visible to the office alone."""
    found = await programmes.search(view, **filters, **page.binds)
    return ProgrammePage.of(found, [ProgrammeSummary.of(row) for row in found.rows])


@router.post("", status_code=201)
async def create_programme(body: ProgrammeSettings, ctx: Ctx) -> ProgrammeOut:
    """Begin a programme (系列活动): a notice of several entries or batches, each of them a campaign. Office only."""
    return await ProgrammeOut.read(ctx, await programmes.begin(ctx, body))


@router.get("/{programme_id}")
async def read_programme(programme_id: ProgrammeId, view: Reads) -> ProgrammeOut:
    """Read a programme with its campaigns in their order, each with its entry, batch, state and deadlines."""
    return await ProgrammeOut.read(view, programme_id)


@router.put("/{programme_id}", raises=[RulesViolated])
async def replace_programme(
    programme_id: ProgrammeId, body: ProgrammeSettings, version: IfMatch, ctx: Ctx
) -> ProgrammeOut:
    """Replace what the notice says of all its campaigns.

    Once one of them is published, its rules for all of them may only be relaxed. Office only.
    """
    await programmes.edit(ctx, programme_id, body, version)
    return await ProgrammeOut.read(ctx, programme_id)


@router.delete("/{programme_id}", status_code=204, raises=[RulesViolated])
async def delete_programme(programme_id: ProgrammeId, version: IfMatch, ctx: Ctx) -> None:
    """Delete a programme that has no campaigns. Office only."""
    await programmes.delete(ctx, programme_id, version)


@router.post("/{programme_id}/campaigns", raises=[RulesViolated])
async def begin_programme_campaigns(programme_id: ProgrammeId, body: ProgrammeCampaigns, ctx: Ctx) -> BegunCampaigns:
    """Begin several campaigns of a programme at once, each from the template or as a copy of another: all, or none.

    Twelve monthly batches are twelve copies of the first, each moved by a month more. The copies are drafts, after the
    campaigns that the programme has. With `dry_run` everything is tried, the answer is the same, and nothing stays.
    Office only.
    """
    async with ctx.attempt(dry_run=body.dry_run):
        begun = await programmes.begin_campaigns(ctx, programme_id, body)
        return await BegunCampaigns.of(ctx, programme_id, begun, dry_run=body.dry_run)


@router.put("/{programme_id}/campaigns", raises=[RulesViolated])
async def arrange_programme_campaigns(
    programme_id: ProgrammeId, body: ProgrammeArrangement, version: IfMatch, ctx: Ctx
) -> ProgrammeOut:
    """Arrange the campaigns of a programme: all of them, in their order, each with its entry and batch.

    One that is named comes in; a draft that is not named leaves. A published campaign stays. Office only.
    """
    await programmes.arrange(ctx, programme_id, body, version)
    return await ProgrammeOut.read(ctx, programme_id)
