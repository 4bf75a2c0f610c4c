"""Statistics over HTTP."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Response
from pydantic import Field

from app.api.filing.applications import Label
from app.api.filing.prints import Printing, drawn
from app.api.http.dependencies import Paging, Reads, Viewer
from app.api.http.output import Instant, Out, Page
from app.api.http.routing import Router
from app.problems import NotFound, RulesViolated
from app.rows import values_of
from app.services.filing import statistics
from app.services.filing.prints import CHART_TYPES
from app.services.policies.filing.statistics import STAGES, ChartFormat, ChartSubject, Dimension

router = Router("/statistics", tags=["statistics"])
CampaignAsked = Annotated[UUID, Query(description="The campaign.")]
CHART: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The chart.",
        "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in CHART_TYPES.values()},
    }
}


class CountOut(Out):
    """The number of filed applications with one value."""

    code: str | None = Field(description="The value; null where none was chosen.", max_length=100, examples=["qingman"])
    count: int = Field(description="Their number.", ge=0, examples=[12])


class CommitteeCount(Out):
    """The number of filed applications of one committee."""

    code: Label = Field(description="Code of the committee.", examples=["QT"])
    name: Label = Field(description="党（工）委", examples=["乔屯街道党工委"])
    count: int = Field(description="Their number.", ge=0, examples=[12])


class DayCount(Out):
    """The number of applications that were first filed on one day."""

    filed_on: date = Field(
        validation_alias="code", description="The day, in the campaign's time zone.", examples=["2015-09-10"]
    )
    count: int = Field(description="Their number.", ge=1, examples=[12])


class StagesOut(Out):
    """The cases of a campaign by how far they came: each is counted at every stage up to its own.

    They go by the states of now: a seal that was revoked counts no more.
    """

    planned: int = Field(description="计划: rows of the plans, as they were last submitted.", ge=0, examples=[60])
    drafted: int = Field(description="起草: all applications, also drafts.", ge=0, examples=[55])
    submitted: int = Field(description="提交: all but drafts.", ge=0, examples=[50])
    sealed: int = Field(description="盖章: sealed now, or once filed.", ge=0, examples=[44])
    filed: int = Field(description="上报: once filed.", ge=0, examples=[40])
    accepted: int = Field(description="受理: accepted.", ge=0, examples=[36])
    awarded: int = Field(description="获奖: with an award that was published and is in force.", ge=0, examples=[12])


Counts = Annotated[list[CountOut], Field(max_length=1000)]


class StatisticsOut(Out):
    """Counts of the applications of a campaign that were once filed, as they were filed."""

    campaign_id: UUID = Field(description="The campaign.")
    at: Instant = Field(description="The instant of these figures.")
    funnel: StagesOut = Field(description="Its cases by stage.")
    by_status: Counts = Field(description="By state.")
    by_category: Counts = Field(description="By 内容分类: codes of the campaign.")
    by_topic: Counts = Field(description="By 子项: codes of the campaign.")
    by_honour_level: Counts = Field(description="By the level of the unit's title.")
    by_committee_kind: Counts = Field(description="By the kind of the committee.")
    by_committee: list[CommitteeCount] = Field(
        description="By committee: the one that filed it, also where it was merged into another since.",
        max_length=10_000,
    )
    by_direct: list[CommitteeCount] = Field(
        description="Those of units without a committee (直属单位), which are not in `by_committee`.", max_length=10_000
    )
    by_day: list[DayCount] = Field(description="By the day on which it was first filed.", max_length=10_000)
    by_veto: Counts = Field(description="By the items of the veto list that were found: codes of the campaign.")


class CampaignStages(StagesOut):
    """A campaign by how far its cases came."""

    campaign_id: UUID = Field(description="The campaign.")
    name: Label = Field(description="活动名称", examples=["文明单位工作品牌创建年活动"])
    year: int = Field(description="年度", ge=2000, le=2100, examples=[2015])
    committees: int = Field(
        description="Committees that filed something; those that are one since a merger count once.",
        ge=0,
        examples=[20],
    )


class CampaignStagesPage(Page[CampaignStages]):
    """One page of campaigns by how far their cases came, newest first."""


@router.get("", raises=[NotFound])
async def read_statistics(view: Reads, campaign_id: CampaignAsked) -> StatisticsOut:
    """Count what was filed: by state, category, topic, honour level, committee and its kind, day, veto.

    `funnel` counts the cases by stage, from plan to award. Office only.
    """
    found = await statistics.read(view, campaign_id)
    counts = {f"by_{name}": [values_of(row) for row in found.counts.get(name, ())] for name in Dimension}
    return StatisticsOut.model_validate({"campaign_id": campaign_id, "at": view.now, "funnel": found.stages} | counts)


@router.get("/years")
async def list_statistics_of_years(view: Reads, page: Paging) -> CampaignStagesPage:
    """List the published campaigns, newest first, each by how far its cases came: to compare the years. Office only."""
    found = await statistics.years(view, **page.binds)
    rows = [
        CampaignStages(
            campaign_id=row.id,
            name=row.name,
            year=row.year,
            committees=row.committees,
            **{name: getattr(row, name) for name in STAGES},
        )
        for row in found.rows
    ]
    return CampaignStagesPage.of(found, rows)


@router.get("/charts/{subject}", response_class=Response, responses=CHART, raises=[RulesViolated])
async def read_chart(
    subject: Annotated[ChartSubject, Path(description="Subject of the chart.")],
    view_of: Viewer,
    press: Printing,
    campaign_id: CampaignAsked,
    form: Annotated[ChartFormat, Query(description="Format of the file.", alias="format")] = ChartFormat.SVG,
) -> Response:
    """Download statistics as a chart: readable in grey, with every number beside what shows it. Office only.

    An SVG needs no fonts where it is shown; a PNG has 300 dots to an inch. Of more than a hundred committees or the
    like the last are put together; days become weeks, or months, where they are more than thirty-one.
    """
    async with view_of() as view:
        sheet = await statistics.chart(view, campaign_id, subject)
    return await drawn(press, view.actor.id, sheet, form)
