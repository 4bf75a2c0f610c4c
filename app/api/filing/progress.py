"""Progress over HTTP."""

from dataclasses import asdict
from typing import Annotated, Self
from uuid import UUID

from fastapi import Query
from pydantic import Field

from app.api.filing.applications import Label
from app.api.http.dependencies import Reads
from app.api.http.output import Instant, Out
from app.api.http.routing import Router
from app.context import View
from app.models.enums import PlanStatus
from app.problems import NotFound
from app.rows import values_of
from app.services.filing import progress
from app.services.filing.progress import CommitteeProgress
from app.services.policies.people.vocabularies import CommitteeKind

router = Router("/progress", tags=["progress"], in_a_seat=True)


class ProgressFigures(Out):
    """Figures of applications by state; `out_for_correction` and `standing` count some of them again."""

    planned: int = Field(description="计划申报: planned cases.", ge=0, examples=[3])
    drafted: int = Field(description="草稿", ge=0, examples=[1])
    submitted: int = Field(description="已提交", ge=0, examples=[1])
    returned: int = Field(description="已退回, by the committee or by the office.", ge=0, examples=[0])
    declined: int = Field(description="未入选", ge=0, examples=[0])
    sealed: int = Field(description="已审核盖章", ge=0, examples=[0])
    filed: int = Field(description="已上报", ge=0, examples=[2])
    accepted: int = Field(description="已受理", ge=0, examples=[0])
    disqualified: int = Field(description="不予受理", ge=0, examples=[0])
    withdrawn: int = Field(description="已撤回", ge=0, examples=[0])
    out_for_correction: int = Field(
        description="Once filed, sent back by the office, not filed again yet.", ge=0, examples=[0]
    )
    standing: int = Field(description="Number of applications that are filed or accepted.", ge=0, examples=[2])


class CommitteeProgressOut(ProgressFigures):
    """Progress of one committee."""

    committee_id: UUID = Field(description="The committee.")
    committee_code: Label = Field(description="代码", examples=["QT"])
    committee_name: Label = Field(description="党（工）委", examples=["乔屯街道党工委"])
    committee_kind: CommitteeKind
    direct: bool = Field(
        description="True for the units without a committee together: they owe no plan and no number of applications.",
        examples=[False],
    )
    plan_status: PlanStatus | None = Field(description="State of its plan; null when there is none that you may see.")
    plan_submitted_at: Instant | None = Field(description="Time of the last submission of its plan; null before.")
    plan_overdue: bool = Field(description="The plan is not handed in, and its deadline has passed.", examples=[False])
    minimum_filed: int = Field(
        description="最低上报件数 that holds for it, exemptions counted.", ge=1, le=50, examples=[1]
    )
    maximum_filed: int | None = Field(
        description="最高上报件数 that holds for it; null: no limit.", ge=1, le=50, examples=[None]
    )
    minimum_met: bool = Field(
        description="True if at least the minimum is filed, with what committees merged with it have filed.",
        examples=[True],
    )
    applications_overdue: bool = Field(
        description="True if less than the minimum is filed and the deadline has passed.", examples=[False]
    )

    @classmethod
    def of(cls, one: CommitteeProgress) -> Self:
        figures = asdict(one.counts) | asdict(one.assessment)
        numbers = {"minimum_filed": one.minimum_filed, "maximum_filed": one.maximum_filed}
        return cls(**values_of(one.row) | numbers | figures)


class ProgressOut(Out):
    """Progress of a campaign: every committee you may see, and all of them together."""

    campaign_id: UUID = Field(description="The campaign.")
    at: Instant = Field(description="The instant of these figures.")
    minimum_filed: int = Field(description="最低上报件数 per committee, by the notice.", ge=1, le=50, examples=[2])
    committees: list[CommitteeProgressOut] = Field(description="By code.", max_length=10_000)
    totals: ProgressFigures = Field(description="The figures of these committees together.")

    @classmethod
    async def read(cls, view: View, campaign_id: UUID) -> Self:
        found = await progress.read(view, campaign_id)
        return cls(
            campaign_id=campaign_id,
            at=view.now,
            minimum_filed=found.minimum_filed,
            committees=[CommitteeProgressOut.of(each) for each in found.committees],
            totals=ProgressFigures(**asdict(found.totals)),
        )


@router.get("", raises=[NotFound])
async def read_progress(view: Reads, campaign_id: Annotated[UUID, Query(description="The campaign.")]) -> ProgressOut:
    """Read how far the committees are: planned, drafted, submitted, sealed, filed, accepted, and what is overdue.

    The office sees every committee, as counts only; a committee sees itself, and those merged into it. Extensions of a
    committee's deadlines are taken into account.
    """
    return await ProgressOut.read(view, campaign_id)
