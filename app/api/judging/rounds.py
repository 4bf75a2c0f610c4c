"""Rounds of judging over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Body, Path
from pydantic import BeforeValidator, Field

from app.api.http.dependencies import Chosen, Ctx, IfMatch, Once, Paging, Reads, filtered_by
from app.api.http.output import Action, CountedPage, Instant, Out, ResourceId, VersionTag, actions_of
from app.api.http.routing import Router
from app.context import View
from app.models.enums import RankingMethod, RoundIntake, RoundKind, RoundStatus
from app.problems import RulesViolated, WrongState
from app.rows import values_of
from app.services.judging import rounds
from app.services.judging.rounds import LARGEST_SEED, RoundChange, RoundClosure, RoundCreate
from app.services.policies.filing.criteria import Criterion
from app.services.policies.judging import rounds as policy
from app.services.policies.judging.assignments import ASSIGN
from app.services.policies.judging.proposals import PROPOSE

router = Router("/rounds", tags=["rounds"])
Filters = Annotated[Chosen, filtered_by(rounds.FILTERS)]
RoundId = Annotated[UUID, Path(description="The round.")]
Code = Annotated[str, Field(max_length=40)]


class RoundSummary(Out):
    """A round in a list: the part of it that its judges may see."""

    id: ResourceId
    etag: VersionTag
    campaign_id: UUID = Field(description="The campaign.")
    number: int = Field(description="Number of the round in its campaign, counted from 1.", ge=1, examples=[1])
    name: str = Field(description="轮次名称", max_length=100, examples=["初评"])
    status: RoundStatus = Field(description="State.")
    kind: RoundKind = Field(description="Judged by what was filed, or live (现场展示、答辩).")
    blind: bool = Field(description="True if the applicants are hidden from the judges (盲评).", examples=[True])
    shows_others: bool = Field(
        description="True if judges see others' reviews of a case once they have submitted their own.",
        examples=[False],
    )
    scans_needed: bool = Field(
        description="True if no paper sheet is checked without its scan (评分表扫描件).", examples=[False]
    )
    opens_at: Instant = Field(description="From this instant on judges see it.")
    closes_at: Instant = Field(description="Until this instant, exclusive, judges may score.")


class RoundOut(RoundSummary):
    """A round of judging. What is the office's own is null to a judge, lest anybody score by it."""

    criteria: list[Criterion] = Field(description="评选标准: weights, ranges, and meanings of scores.", max_length=20)
    intake: RoundIntake | None = Field(description="Selection of the applications that enter; null to a judge.")
    source_round_id: UUID | None = Field(description="The earlier round whose best enter.", examples=[None])
    intake_limit: int | None = Field(description="Number of its best that enter.", ge=1, le=10_000, examples=[None])
    reviews_wanted: int | None = Field(
        description="Number of reviews that every case should get; null to a judge.", ge=1, le=50, examples=[5]
    )
    method: RankingMethod | None = Field(description="Method that turns scores into one figure; null to a judge.")
    tie_breaks: Annotated[list[Code], BeforeValidator(lambda codes: codes or [])] = Field(
        description="Criteria that part equal scores; none to a judge.", max_length=20, examples=[["influence"]]
    )
    cut: int | None = Field(description="Number of cases to be commended, if known.", ge=1, le=10_000, examples=[20])
    seed: int | None = Field(
        description="Seed of case numbers and resampling; null to a judge.",
        ge=0,
        le=LARGEST_SEED,
        examples=[20150914],
    )
    entry_count: int | None = Field(description="Number of listed cases; null to a judge.", ge=0, examples=[200])
    panel_count: int | None = Field(
        description="Number of its judges that can sign in; null to a judge.", ge=0, le=200, examples=[20]
    )
    opened_at: Instant | None = Field(description="Time at which the office opened it; null before, and to a judge.")
    closed_at: Instant | None = Field(description="Time at which the office closed it; null before, and to a judge.")
    created_at: Instant | None = Field(description="Time of creation; null to a judge.")
    updated_at: Instant | None = Field(description="Time of the last change; null to a judge.")
    actions: dict[str, Action] = actions_of(policy.ACTS, [ASSIGN, PROPOSE])

    @classmethod
    async def read(cls, view: View, round_id: UUID) -> Self:
        record = await rounds.read(view, round_id)
        return cls(
            entry_count=record.entries,
            panel_count=record.facts.panel if record.facts else None,
            actions=Action.by_name(record.actions, view.language),
            **values_of(record.row),
        )


class RoundPage(CountedPage[RoundSummary]):
    """One page of rounds, oldest first."""


@router.get("")
async def list_rounds(view: Reads, filters: Filters, page: Paging) -> RoundPage:
    """List the rounds you may see, oldest first.

    The office sees all, a reviewer those they judge in, once they have begun.
    """
    found = await rounds.search(view, **filters, **page.binds)
    return RoundPage.of(found, [RoundSummary.model_validate(row) for row in found.rows])


@router.post("", status_code=201, raises=[RulesViolated])
async def create_round(body: RoundCreate, ctx: Ctx) -> RoundOut:
    """Set up a round of a published campaign. Office only.

    It is a draft that nobody else sees: seat its panel, select its cases if they are to be selected, then open it. A
    body of at most 5 MiB. A `live` round (现场展示、答辩) is not blind; the numbers of its cases, drawn by the seed at
    the opening, are their order of appearance, and the office enters the judges' sheets.
    """
    return await RoundOut.read(ctx, await rounds.begin(ctx, body))


@router.get("/{round_id}")
async def read_round(round_id: RoundId, view: Reads) -> RoundOut:
    """Read a round.

    The office reads all of it, with the possible acts and their obstacles. A reviewer on the panel reads, from
    `opens_at` on, its name, its criteria and its times; everything that could sway a score is null to them.
    """
    return await RoundOut.read(view, round_id)


@router.patch("/{round_id}", raises=[WrongState, RulesViolated])
async def update_round(round_id: RoundId, body: RoundChange, version: IfMatch, ctx: Ctx) -> RoundOut:
    """Change a round (JSON Merge Patch). Office only.

    A draft takes any change. Once the round is open its intake is fixed and its end may only be moved to later; once a
    judge has saved anything, its criteria, `blind`, `shows_others`, `method`, `tie_breaks` and `seed` are fixed too;
    the `kind`, and the seed that drew an order of appearance, from the opening on. A body of at most 5 MiB.
    """
    await rounds.edit(ctx, round_id, body, version)
    return await RoundOut.read(ctx, round_id)


@router.delete("/{round_id}", status_code=204, raises=[WrongState, RulesViolated])
async def delete_round(round_id: RoundId, version: IfMatch, ctx: Ctx) -> None:
    """Delete a draft, with its panel and the cases selected for it. Office only."""
    await rounds.discard(ctx, round_id, version)


@router.post("/{round_id}/opening", raises=[WrongState, RulesViolated])
async def open_round(round_id: RoundId, ctx: Once) -> RoundOut:
    """Open a drafted round: its cases enter, each as it was filed, under a number without meaning. Office only.

    Enter: all accepted applications of the campaign; or those ranked among the best `intake_limit` of the closed
    earlier round, the tied with the last of them too; or those that were selected. Judges see the round from
    `opens_at` on. Obstacles are listed in `actions.open` beforehand.
    """
    await rounds.begin_judging(ctx, round_id)
    return await RoundOut.read(ctx, round_id)


@router.post("/{round_id}/closure", raises=[WrongState, RulesViolated])
async def close_round(
    round_id: RoundId, body: Annotated[RoundClosure, Body(default_factory=RoundClosure)], ctx: Once
) -> RoundOut:
    """Close an open round: nothing is scored any more, and the ranking is frozen. Office only.

    Cases with fewer submitted reviews than wanted are refused, unless `despite_missing` says that it shall be so. A
    conflict of interest that was found after an assignment is refused until it is decided: the judge recused, the
    assignment withdrawn, or the conflict dismissed. Sheets that no second person has checked are refused like reviews
    that are missing.
    """
    await rounds.end_judging(ctx, round_id, body)
    return await RoundOut.read(ctx, round_id)
