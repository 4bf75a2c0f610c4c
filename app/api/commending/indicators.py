"""The committees' indicators over HTTP."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field

from app.api.filing.campaigns import CampaignId
from app.api.http.dependencies import Reads
from app.api.http.output import Instant, Out
from app.api.http.routing import Router
from app.models.enums import Language
from app.services.commending import indicators
from app.services.commending.indicators import CommitteeScore
from app.services.policies.commending.indicators import Measure
from app.services.policies.people.vocabularies import CommitteeKind

router = Router(tags=["indicators"])


class IndicatorOut(Out):
    """One indicator of one committee: what was measured, what it is worth, and why."""

    code: str = Field(description="Code of the measured figure.", max_length=40, examples=["plan_in_time"])
    name: str = Field(description="指标", max_length=100, examples=["按时报送实施计划"])
    weight: int = Field(description="Points for the full measure.", ge=0, le=100, examples=[15])
    value: float = Field(description="1 or 0 for yes or no, else a share or a count.", ge=0, examples=[1])
    points: float = Field(description="得分", ge=0, le=100, examples=[15])
    explanation: str = Field(
        description="The reason in the negotiated language; show it.",
        max_length=200,
        examples=["实施计划于 4月21日 10:00 报送，截止 4月23日 00:00。"],
    )

    @classmethod
    def of(cls, measure: Measure, language: Language) -> Self:
        indicator = measure.indicator
        return cls(
            code=indicator.code,
            name=indicator.name,
            weight=indicator.weight,
            value=measure.value,
            points=measure.points,
            explanation=measure.sentence.say(language, **measure.params),
        )


class CommitteeStandingOut(Out):
    """Result of one committee by the indicators of its organisation."""

    committee_id: UUID = Field(description="The committee.")
    committee_code: str = Field(description="代码", max_length=10, examples=["QT"])
    committee_name: str = Field(description="党（工）委", max_length=100, examples=["乔屯街道党工委"])
    committee_kind: CommitteeKind
    rank: int = Field(description="名次; equals share one.", ge=1, examples=[1])
    total: float = Field(description="总分", ge=0, examples=[92.5])
    indicators: list[IndicatorOut] = Field(description="In the campaign's order.", max_length=6)

    @classmethod
    def of(cls, score: CommitteeScore, language: Language) -> Self:
        committee = score.committee
        return cls(
            committee_id=committee.id,
            committee_code=committee.code,
            committee_name=committee.name,
            committee_kind=committee.kind,
            rank=score.rank,
            total=score.total,
            indicators=[IndicatorOut.of(measure, language) for measure in score.measures],
        )


class CommitteeIndicatorsOut(Out):
    """The committees that take part in a campaign, the best first. It proposes; the office decides."""

    campaign_id: UUID = Field(description="The campaign.")
    at: Instant = Field(description="The instant of these figures.")
    committees: list[CommitteeStandingOut] = Field(description="The best first.", max_length=10_000)

    @classmethod
    def read(cls, campaign_id: UUID, at: datetime, scores: list[CommitteeScore], language: Language) -> Self:
        return cls(
            campaign_id=campaign_id, at=at, committees=[CommitteeStandingOut.of(each, language) for each in scores]
        )


@router.get("/campaigns/{campaign_id}/committee-indicators")
async def read_committee_indicators(campaign_id: CampaignId, view: Reads) -> CommitteeIndicatorsOut:
    """Read how well each committee that takes part organised, by the indicators of the campaign. Office only.

    A committee takes part once it handed in a plan or filed an application. Every indicator earns its weight in points
    at its full measure, and a part of it below; each comes with the figures it follows from.
    """
    return CommitteeIndicatorsOut.read(campaign_id, view.now, await indicators.read(view, campaign_id), view.language)
