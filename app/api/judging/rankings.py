"""Rankings over HTTP."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from app.api.filing.applications import Label
from app.api.http.dependencies import Reads
from app.api.http.output import Digest, Instant, Out
from app.api.http.routing import Router
from app.models.enums import RankingMethod, RoundStatus
from app.rows import values_of
from app.services.judging import rankings
from app.services.judging.rankings import Place, RankingRecord, Verification

router = Router("/rounds/{round_id}/ranking", tags=["rankings"])
RoundId = Annotated[UUID, Path(description="The round.")]
Code = Annotated[str, Field(max_length=80)]
Figure = Annotated[float, Field(ge=-1000, le=1000, description="On a scale of 100.", examples=[86.25])]
Points = Annotated[float, Field(ge=0, le=1000)]
Rank = Annotated[int, Field(ge=1, le=10_000)]
Count = Annotated[int, Field(ge=0, le=100_000)]


class FigureByMethod(Out):
    """A case's figure under every method; all null while it has no score."""

    mean: Figure | None = Field(None, description="平均分", examples=[86.25])
    trimmed_mean: Figure | None = Field(None, description="去掉一个最高分和一个最低分", examples=[86.5])
    reviewer_adjusted: Figure | None = Field(None, description="评委尺度校正", examples=[85.9])


class RankByMethod(Out):
    """A case's rank under every method, the declared one and the others; all null while it has no score."""

    mean: Rank | None = Field(None, description="平均分", examples=[3])
    trimmed_mean: Rank | None = Field(None, description="去掉一个最高分和一个最低分", examples=[2])
    reviewer_adjusted: Rank | None = Field(None, description="评委尺度校正", examples=[4])


class RankedCase(Out):
    """A case in the ranking: its names of today, its figures of when the ranking was computed."""

    application_id: UUID = Field(description="The application.")
    application_number: Code = Field(description="申报编号", examples=["2015-QT-001"])
    case_number: Annotated[int, Field(ge=1)] | None = Field(description="Its number in the round.", examples=[7])
    brand_name: Label = Field(description="品牌名称", examples=["“红马甲”邻里互助站"])
    category: Label = Field(description="内容分类: a category code of the campaign.", examples=["qingman"])
    unit_name: Label = Field(description="申报单位", examples=["乔屯街道龙华社区"])
    committee_name: Label = Field(description="推荐单位", examples=["乔屯街道党工委"])
    n: Count = Field(description="Number of reviews that count.", examples=[5])
    mean: Figure | None = Field(description="Raw mean of the totals; null without a review.", examples=[86.25])
    spread: Points | None = Field(
        description="Standard deviation among its reviews; null with less than two.", examples=[4.3]
    )
    score: Figure | None = Field(description="Its figure by the round's method.", examples=[86.5])
    error: Points | None = Field(
        description="Standard error of the score; null while no case has two reviews.", examples=[1.9]
    )
    trimmed: bool = Field(
        description="True if enough reviews count for the trimmed mean to leave two out.", examples=[True]
    )
    rank: Rank | None = Field(description="1 is the best; null without a review.", examples=[3])
    tied: bool = Field(description="Shares its rank after every tie-break.", examples=[False])
    rank_low: Rank | None = Field(description="Best rank that its scores leave likely.", examples=[1])
    rank_high: Rank | None = Field(description="Worst rank that its scores leave likely.", examples=[6])
    tie_breaks: list[Points | None] = Field(
        description="Its mean score in each criterion that parts equal scores, in their order.",
        max_length=20,
        examples=[[88.5]],
    )
    scores: FigureByMethod = Field(description="Its figure under every method.")
    ranks: RankByMethod = Field(description="Its rank under every method.")

    @classmethod
    def of(cls, place: Place) -> Self:
        return cls(**values_of(place.case) | values_of(place.figures))


class RankingReviewer(Out):
    """A reviewer's scores compared with those of the others."""

    id: UUID = Field(description="The reviewer's account.")
    name: Label = Field(description="评委", examples=["王建国"])
    reviews: Count = Field(description="Number of their reviews that count.", examples=[40])
    leniency: Figure = Field(
        description="Points above what others gave the same cases; below when negative.", examples=[-2.4]
    )


class RankingOut(Out):
    """A round's ranking, best first, cases without a review last."""

    round_id: UUID = Field(description="The round.")
    campaign_id: UUID = Field(description="Its campaign.")
    round_number: int = Field(description="轮次", ge=1, le=1000, examples=[1])
    round_name: Label = Field(description="名称", examples=["初评"])
    round_status: RoundStatus = Field(description="State of the round.")
    frozen: bool = Field(description="Kept when the round closed, never to move; false: it may change at any time.")
    frozen_at: Instant | None = Field(description="Time at which the round was closed; null before.")
    method: RankingMethod = Field(description="The method the round declared.")
    tie_breaks: list[Code] = Field(
        description="Criteria that part equal scores, the first first.", max_length=20, examples=[["influence"]]
    )
    cut: Rank | None = Field(description="Number to be chosen; null if the round does not set it.", examples=[20])
    seed: int = Field(description="Seed of the rank intervals.", ge=0, examples=[20150914])
    draws: int = Field(description="Number of resampled rounds for the intervals.", ge=1, examples=[1000])
    noise: Points | None = Field(
        description="Standard deviation of one review by chance; null while no case has two.", examples=[5.8]
    )
    rows: list[RankedCase] = Field(description="Every case of the round.", max_length=10_000)
    reviewers: list[RankingReviewer] = Field(description="Those whose reviews count.", max_length=10_000)

    @classmethod
    def of(cls, record: RankingRecord) -> Self:
        row, parameters = record.round, record.parameters
        return cls(
            round_id=row.id,
            campaign_id=row.campaign_id,
            round_number=row.number,
            round_name=row.name,
            round_status=row.status,
            frozen=row.frozen_at is not None,
            frozen_at=row.frozen_at,
            method=RankingMethod(parameters.method),
            tie_breaks=record.tie_breaks,
            cut=record.cut,
            seed=parameters.seed,
            draws=parameters.draws,
            noise=record.noise,
            rows=[RankedCase.of(each) for each in record.rows],
            reviewers=[RankingReviewer.model_validate(each) for each in record.reviewers],
        )


class MethodChange(Out):
    """Changes among the chosen under another method."""

    method: RankingMethod = Field(description="The other method.")
    entering: list[RankedCase] = Field(description="Chosen under it, and not now.", max_length=10_000)
    leaving: list[RankedCase] = Field(description="Chosen now, and not under it.", max_length=10_000)


class RankingComparison(Out):
    """The chosen at a cut, and the changes under each other method."""

    round_id: UUID = Field(description="The round.")
    frozen: bool = Field(description="The ranking is that of the closed round.")
    method: RankingMethod = Field(description="The method the round declared.")
    cut: Rank | None = Field(description="The cut; null when none is declared or asked for.", examples=[20])
    chosen: list[UUID] = Field(
        description="The applications chosen, best first; more than the cut when a tie straddles it.", max_length=10_000
    )
    tied: list[RankedCase] = Field(
        description="Those who share the last place when there is not room for all of them.", max_length=10_000
    )
    changes: list[MethodChange] = Field(description="One for each other method.", max_length=10)

    @classmethod
    def of(cls, record: RankingRecord, cut: int | None) -> Self:
        report = rankings.report(record, cut) if cut else None
        known = {place.case.application_id: place for place in record.rows}
        return cls(
            round_id=record.round.id,
            frozen=record.round.frozen_at is not None,
            method=RankingMethod(record.parameters.method),
            cut=cut,
            chosen=[*report.chosen] if report else [],
            tied=_cases(known, report.tied if report else ()),
            changes=[
                MethodChange(
                    method=RankingMethod(change.method),
                    entering=_cases(known, change.entering),
                    leaving=_cases(known, change.leaving),
                )
                for change in (report.changes if report else ())
            ],
        )


class FrozenVerification(Out):
    """Comparison of a frozen result with a new computation from its inputs."""

    frozen_at: Instant = Field(description="Time at which it was frozen.")
    matches: bool = Field(
        description="True if inputs and result are unchanged, a new computation gives the same result, and sources and "
        "history agree.",
        examples=[True],
    )
    history_agrees: bool = Field(
        description="True if the result, and reviews that it is made of, are as their last events in the history left "
        "them.",
        examples=[True],
    )
    arithmetic: int = Field(description="Version of the arithmetic that froze it.", ge=1, examples=[1])
    current_arithmetic: int = Field(description="Version of the arithmetic that computed it again.", ge=1, examples=[1])
    inputs_digest: Digest
    result_digest: Digest
    recomputed_digest: Digest

    @classmethod
    def of(cls, found: Verification[Any], current_arithmetic: int, **more: Any) -> Self:
        return cls(
            frozen_at=found.kept.frozen_at,
            matches=found.matches,
            history_agrees=found.history_agrees,
            arithmetic=found.arithmetic,
            current_arithmetic=current_arithmetic,
            inputs_digest=found.kept.inputs_digest,
            result_digest=found.kept.result_digest,
            recomputed_digest=found.recomputed_digest,
            **more,
        )


class RankingVerification(FrozenVerification):
    """Comparison of a frozen ranking with a new computation from its inputs."""

    round_id: UUID = Field(description="The round.")
    reviews_unchanged: bool = Field(
        description="True if the reviews that counted are still the scores of the inputs.", examples=[True]
    )


def _cases(known: Mapping[UUID, Place], ids: Iterable[UUID]) -> list[RankedCase]:
    return [RankedCase.of(known[each]) for each in ids]


@router.get("")
async def read_ranking(round_id: RoundId, view: Reads) -> RankingOut:
    """Read a round's ranking: every case, best first, with all methods side by side. Office only.

    While the round is open it is computed from the submitted reviews that count at this moment. Closing the round
    freezes it: what happens afterwards to reviewers, assignments or applications moves nothing in it.
    """
    return RankingOut.of(await rankings.read(view, round_id))


@router.get("/comparison")
async def read_ranking_comparison(
    round_id: RoundId,
    view: Reads,
    cut: Annotated[
        int | None, Query(ge=1, le=10_000, description="Number to choose; by default that of the round.")
    ] = None,
) -> RankingComparison:
    """Read what would change at the cut under each other method, and which ties straddle it. Office only."""
    record = await rankings.read(view, round_id)
    return RankingComparison.of(record, cut or record.cut)


@router.get("/verification")
async def read_ranking_verification(round_id: RoundId, view: Reads) -> RankingVerification:
    """Compute a frozen ranking again from the inputs kept with it; compare digests, reviews and history. Office only.

    Before the round is closed there is nothing to verify: 404.
    """
    found = await rankings.verify(view, round_id)
    more = {"round_id": round_id, "reviews_unchanged": found.sources_unchanged}
    return RankingVerification.of(found, rankings.ARITHMETIC, **more)
