"""Campaigns over HTTP."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Chosen, Ctx, IfMatch, Paging, Reads, filtered_by
from app.api.http.output import Action, EffectiveDeadline, Instant, Out, Page, ResourceId, VersionTag
from app.api.http.routing import Router
from app.context import View
from app.models.enums import CampaignStatus
from app.problems import RulesViolated, WrongState
from app.services.filing import campaigns
from app.services.filing.campaigns import CampaignCreate, DeadlineMove
from app.services.policies.filing.deadlines import Deadline
from app.services.policies.filing.exemptions import figures, in_force
from app.services.policies.filing.notice import CampaignSettings

router = Router("/campaigns", tags=["campaigns"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(campaigns.FILTERS)]
CampaignId = Annotated[UUID, Path(description="The campaign.")]


class CampaignSummary(Out):
    """A campaign in a list."""

    id: ResourceId
    etag: VersionTag
    name: str = Field(description="活动名称", max_length=200, examples=["文明单位工作品牌创建年活动"])
    year: int = Field(description="年度", ge=2000, le=2100, examples=[2015])
    status: CampaignStatus = Field(description="State.")
    created_at: Instant = Field(description="Time of creation.")
    updated_at: Instant = Field(description="Time of the last change.")
    published_at: Instant | None = Field(description="Time of publication; null before.")
    closed_at: Instant | None = Field(description="Time at which it was closed; null before.")


class DeadlineOfCampaign(EffectiveDeadline):
    """One of the campaign's two deadlines as it counts for you: with the extension of your committee, if it has one."""

    opens_at: Instant = Field(description="From this instant on.")

    @classmethod
    def of(cls, deadline: Deadline, now: datetime) -> Self:
        return cls(opens_at=deadline.opens_at, **EffectiveDeadline.of(deadline, now).model_dump())


class CampaignOut(CampaignSummary):
    """A campaign with everything a frontend needs to draw its forms, and what may be done with it now."""

    settings: CampaignSettings = Field(description="The whole notice as data.")
    plan_deadline: DeadlineOfCampaign = Field(description="实施计划登记的截止时间: yours.")
    application_deadline: DeadlineOfCampaign = Field(description="案例申报的截止时间: yours.")
    limits: dict[str, int] = Field(
        description="The limits that hold for you, by name: the notice's, or looser ones your committee was granted.",
        examples=[{"minimum_filed": 1, "images_minimum": 5}],
    )
    answered_at: Instant = Field(description="The one clock that decides, at the instant of the answer.")
    actions: dict[str, Action] = Field(
        description="Every act your role may ever do on a campaign, by name, with what stands in its way now.",
        examples=[{"publish": {"allowed": True, "findings": []}}],
    )

    @classmethod
    async def read(cls, view: View, campaign_id: UUID) -> Self:
        record = await campaigns.read(view, campaign_id)
        settings = CampaignSettings.model_validate(record.row.settings)
        deadlines = await campaigns.own_deadlines(view, campaign_id, settings)
        derived = {
            "settings": settings,
            **{f"{kind}_deadline": DeadlineOfCampaign.of(each, view.now) for kind, each in deadlines.items()},
            "limits": figures(in_force(settings, record.row.exemptions)),
            "answered_at": view.now,
        }
        return cls.with_actions(record, view.language, **derived)


class CampaignPage(Page[CampaignSummary]):
    """One page of campaigns, oldest first."""


@router.get("")
async def list_campaigns(view: Reads, filters: Filters, page: Paging) -> CampaignPage:
    """List the campaigns, oldest first. A draft is visible to the office alone."""
    found = await campaigns.search(view, **filters, **page.binds)
    return CampaignPage.of(found, [CampaignSummary.model_validate(row) for row in found.rows])


@router.post("", status_code=201, raises=[RulesViolated])
async def create_campaign(body: CampaignCreate, ctx: Ctx) -> CampaignOut:
    """Begin a campaign from the built-in template of the notice, or as a copy of an earlier campaign.

    Every date is moved to the given year. The campaign is a draft: edit its settings, then publish it. Office only.
    """
    campaign = await campaigns.begin(ctx, body)
    return await CampaignOut.read(ctx, campaign.id)


@router.get("/{campaign_id}")
async def read_campaign(campaign_id: CampaignId, view: Reads) -> CampaignOut:
    """Read a campaign: categories with their topics, limits, field lengths, labels, deadlines and the server's time."""
    return await CampaignOut.read(view, campaign_id)


@router.put("/{campaign_id}", raises=[WrongState, RulesViolated])
async def replace_campaign(campaign_id: CampaignId, body: CampaignSettings, version: IfMatch, ctx: Ctx) -> CampaignOut:
    """Replace the settings of a campaign.

    A draft takes any change. After publication only a change that hurts nobody who relied on the rules is taken: a
    limit may be relaxed, a category added, a text corrected. Deadlines are moved by their own act. Not everything at
    its maximum: a body of at most 5 MiB. Office only.
    """
    await campaigns.edit(ctx, campaign_id, body, version)
    return await CampaignOut.read(ctx, campaign_id)


@router.post("/{campaign_id}/publication", raises=[WrongState])
async def publish_campaign(campaign_id: CampaignId, ctx: Ctx) -> CampaignOut:
    """Publish a drafted campaign: committees and units see it and may begin. Office only.

    `actions.publish` of the draft has advice on every text that still names an earlier year, as those of a copy do.
    """
    await campaigns.publish(ctx, campaign_id)
    return await CampaignOut.read(ctx, campaign_id)


@router.post("/{campaign_id}/closure", raises=[WrongState])
async def close_campaign(campaign_id: CampaignId, ctx: Ctx) -> CampaignOut:
    """Close a published campaign: nothing more is accepted, even before its deadlines. Office only."""
    await campaigns.close(ctx, campaign_id)
    return await CampaignOut.read(ctx, campaign_id)


@router.post("/{campaign_id}/deadline-moves", raises=[WrongState, RulesViolated])
async def move_campaign_deadline(campaign_id: CampaignId, body: DeadlineMove, ctx: Ctx) -> CampaignOut:
    """Move a deadline, with a reason that stays in the history.

    The published day and the instant that enforces it move together; the new one must be in the future. Office only.
    """
    await campaigns.move_deadline(ctx, campaign_id, body)
    return await CampaignOut.read(ctx, campaign_id)
