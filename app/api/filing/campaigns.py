"""Campaigns over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Body, Path
from pydantic import Field

from app.api.http.dependencies import Chosen, Ctx, IfMatch, Paging, Reads, filtered_by
from app.api.http.output import Action, CountedPage, EffectiveDeadline, Instant, Out, ResourceId, VersionTag, actions_of
from app.api.http.routing import Router
from app.context import Context, View
from app.findings import FindingOut
from app.models.enums import CampaignStatus
from app.problems import RulesViolated, WrongState
from app.services.filing import campaigns
from app.services.filing.campaigns import (
    CampaignChange,
    CampaignClosure,
    CampaignCreate,
    CampaignReopening,
    CampaignReplacement,
    DeadlineMove,
)
from app.services.history import canonical
from app.services.policies.filing import beginnings, cells, exemptions
from app.services.policies.filing import campaigns as policy
from app.services.policies.filing.deadlines import Deadline
from app.services.policies.filing.notice import CampaignSettings

router = Router("/campaigns", tags=["campaigns"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(campaigns.FILTERS)]
_LONGEST = 5 * 2**20
"""No value of the settings is longer than the body they come in."""
CampaignId = Annotated[UUID, Path(description="The campaign.")]
Entry = Annotated[
    Annotated[str, Field(max_length=100)] | None,
    Field(description="参评类别 within its programme; null without one.", examples=[None]),
]
Batch = Annotated[
    Annotated[str, Field(max_length=100)] | None,
    Field(description="批次 within its programme; null without one.", examples=[None]),
]


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
    programme_id: UUID | None = Field(description="The programme (系列活动) it is of; null for one by itself.")
    entry: Entry
    batch: Batch


class DeadlineOfCampaign(EffectiveDeadline):
    """One of the campaign's deadlines as it counts for you: with the extension of your committee, if it has one."""

    opens_at: Instant = Field(description="From this instant on.")

    @classmethod
    def of(cls, deadline: Deadline, now: datetime) -> Self:
        return cls(opens_at=deadline.opens_at, **EffectiveDeadline.of(deadline, now).model_dump())


class CampaignOut(CampaignSummary):
    """A campaign with everything a frontend needs to draw its forms, and what may be done with it now."""

    settings: CampaignSettings = Field(description="The whole notice as data.")
    plan_deadline: DeadlineOfCampaign | None = Field(
        description="实施计划登记的截止时间: yours; null where no plans are asked for."
    )
    application_deadline: DeadlineOfCampaign = Field(description="案例申报的截止时间: yours.")
    limits: dict[str, int] = Field(
        description="The limits that hold for you, by name: the notice's, or looser ones your committee was granted.",
        examples=[{"minimum_filed": 1, "images_minimum": 5}],
    )
    cells_schema: dict[str, Any] = Field(
        description="The campaign's own cells as a JSON Schema (2020-12) of an application's `cells`, for a generator "
        "of forms.",
        examples=[{"type": "object", "properties": {"team": {"title": "创建团队", "type": "array"}}}],
    )
    answered_at: Instant = Field(description="The one clock that decides, at the instant of the answer.")
    actions: dict[str, Action] = actions_of(policy.ACTS, beginnings.ACTS)

    @classmethod
    async def read(cls, view: View, campaign_id: UUID) -> Self:
        record = await campaigns.read(view, campaign_id)
        settings = record.settings
        derived = {
            "settings": settings,
            "plan_deadline": None,
            **{f"{kind}_deadline": DeadlineOfCampaign.of(each, view.now) for kind, each in record.deadlines.items()},
            "limits": exemptions.figures(exemptions.in_force(settings, record.row.exemptions)),
            "cells_schema": cells.schema(settings.cells, view.language),
            "answered_at": view.now,
        }
        return cls.with_actions(record, view.language, **derived)


class SettingChange(Out):
    """One value of the notice, before and after."""

    pointer: str = Field(description="Pointer into `settings`.", max_length=200, examples=["/minimum_filed"])
    old: str = Field(description="Value before, as JSON.", max_length=_LONGEST, examples=["1"])
    new: str = Field(description="Value after, as JSON.", max_length=_LONGEST, examples=["2"])

    @classmethod
    def of(cls, change: policy.Change) -> Self:
        return cls(pointer=change.pointer, old=_json(change.old), new=_json(change.new))


class ConcernedCommittee(Out):
    """A committee that a change concerns."""

    committee_id: UUID = Field(description="The committee.")
    committee_name: str = Field(description="党（工）委", max_length=200, examples=["乔屯街道党工委"])
    applications: int = Field(description="Its units' applications in the campaign.", ge=0, examples=[5])
    in_preparation: int = Field(description="Of these, what is not filed yet, or out for correction.", ge=0)
    plan_open: bool = Field(description="True if its plan is not submitted.", examples=[False])


class CampaignChangeOut(Out):
    """Change of a campaign, made or with `dry_run` only tried, and the committees it concerns."""

    dry_run: bool = Field(description="True when nothing was changed.", examples=[False])
    changed: list[SettingChange] = Field(description="Values of the notice that differ.", max_length=500)
    concerned: list[ConcernedCommittee] = Field(
        description="Committees it concerns: those that take part; of a deadline or a closing, those not done.",
        max_length=10_000,
    )
    findings: list[FindingOut] = Field(description="Advice.", max_length=10_000)


class ChangedCampaignOut(CampaignOut):
    """A campaign, with what the request changed of it."""

    change: CampaignChangeOut = Field(description="Change that the request made, or tried.")

    @classmethod
    async def of(cls, ctx: Context, change: CampaignChange, campaign_id: UUID, *, dry_run: bool) -> Self:
        read = await CampaignOut.read(ctx, campaign_id)
        said = CampaignChangeOut(
            dry_run=dry_run,
            changed=[SettingChange.of(each) for each in change.changed],
            concerned=[ConcernedCommittee.model_validate(each) for each in change.concerned],
            findings=[finding.worded(ctx.language) for finding in change.findings],
        )
        return cls(**dict(read), change=said)


class CampaignPage(CountedPage[CampaignSummary]):
    """One page of campaigns, oldest first."""


def _json(value: object) -> str:
    return canonical(value).decode()


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
async def replace_campaign(
    campaign_id: CampaignId, body: CampaignReplacement, version: IfMatch, ctx: Ctx
) -> ChangedCampaignOut:
    """Replace the settings of a campaign.

    A draft takes any change. After publication only a change that hurts nobody who relied on the rules is taken: a
    limit may be relaxed, a category added, a text corrected, and a change be taken back while nobody has made use of
    it. It needs a `reason` then; with `dry_run` it is tried, and nothing stays. The history has the old and the new
    values. Deadlines are moved by their own act. Office only. Not everything at its maximum: a
    body of at most 5 MiB.
    """
    async with ctx.attempt(dry_run=body.dry_run):
        change = await campaigns.edit(ctx, campaign_id, body.settings, version, body.reason)
    return await ChangedCampaignOut.of(ctx, change, campaign_id, dry_run=body.dry_run)


@router.post("/{campaign_id}/publication", raises=[WrongState])
async def publish_campaign(campaign_id: CampaignId, ctx: Ctx) -> CampaignOut:
    """Publish a drafted campaign: committees and units see it and may begin. Office only.

    `actions.publish` of the draft has advice on every text that still names an earlier year, as those of a copy do.
    """
    await campaigns.publish(ctx, campaign_id)
    return await CampaignOut.read(ctx, campaign_id)


@router.post("/{campaign_id}/closure", raises=[WrongState])
async def close_campaign(
    campaign_id: CampaignId, ctx: Ctx, body: Annotated[CampaignClosure | None, Body()] = None
) -> ChangedCampaignOut:
    """Close a published campaign: nothing more is accepted, even before its deadlines. Office only.

    The answer names the committees that are not done, and has advice on everything that is still open: plans owed,
    cases in preparation, committees below their minimum, checks, swaps, rounds, commendations, objections, nominations
    and messages under way. `dry_run` and `actions.close` say the same beforehand; all of it stays as it is.
    """
    dry_run = body is not None and body.dry_run
    async with ctx.attempt(dry_run=dry_run):
        change = await campaigns.close(ctx, campaign_id)
    return await ChangedCampaignOut.of(ctx, change, campaign_id, dry_run=dry_run)


@router.post("/{campaign_id}/reopening", raises=[WrongState])
async def reopen_campaign(campaign_id: CampaignId, body: CampaignReopening, ctx: Ctx) -> CampaignOut:
    """Reopen a closed campaign, with the reason: its deadlines decide again. Office only."""
    await campaigns.reopen(ctx, campaign_id, body)
    return await CampaignOut.read(ctx, campaign_id)


@router.post("/{campaign_id}/deadline-moves", raises=[WrongState, RulesViolated])
async def move_campaign_deadline(campaign_id: CampaignId, body: DeadlineMove, ctx: Ctx) -> ChangedCampaignOut:
    """Move a deadline, with a reason that stays in the history.

    The published day and the instant that enforces it move together; the new one must be in the future. After
    publication an earlier one is refused as `deadline_earlier` while committees are not done, unless `despite_earlier`;
    `dry_run` names them. Office only.
    """
    async with ctx.attempt(dry_run=body.dry_run):
        change = await campaigns.move_deadline(ctx, campaign_id, body)
    return await ChangedCampaignOut.of(ctx, change, campaign_id, dry_run=body.dry_run)
