"""Rankings (排名): computed on demand while a round is open, frozen together with their inputs when it closes.

A frozen ranking never changes: names are looked up when it is read, figures are not. Only the office can read it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Generic, Self, TypeVar
from uuid import UUID, uuid5

from pydantic import TypeAdapter
from sqlalchemy import func, select

from app.algorithms import ranking as arithmetic
from app.algorithms import snapshots
from app.algorithms.ranking import CRITERION, CutReport, Parameters
from app.algorithms.scores import Score
from app.algorithms.snapshots import Document
from app.context import Context, View, acting_as
from app.database import Query, bound_id
from app.models import (
    Account,
    Application,
    ApplicationVersion,
    Assignment,
    Committee,
    Composite,
    PanelMember,
    Ranking,
    Review,
    Round,
    RoundEntry,
    Unit,
)
from app.models.enums import RankingMethod, ReviewStatus, Role, RoundStatus
from app.rows import row_type
from app.services.filing.contents import APPLICANT
from app.services.history import create, digest_of, is_as_recorded, with_last_event
from app.services.judging.visibility import IN_FORCE
from app.services.policies.judging.rankings import FROZEN
from app.services.policies.judging.reviews import Scores
from app.services.policies.judging.rounds import Criteria

ARITHMETIC = 2
"""The version of `app/algorithms`, raised when the same scores give other figures; kept with every frozen ranking."""

VISIBLE = acting_as(Role.OFFICE)
"""The office sees every ranking, nobody else any."""

_ROUND_ID = bound_id("round_id")
_panel = (
    select(func.jsonb_agg(func.jsonb_build_object("id", Account.id, "name", Account.name)))
    .join(PanelMember, PanelMember.reviewer_id == Account.id)
    .where(PanelMember.round_id == Round.id)
    .scalar_subquery()
)


@row_type
class RankedRound:
    """A round with its panel, and its frozen ranking once it is closed."""

    id: UUID
    campaign_id: UUID
    number: int
    name: str
    status: RoundStatus
    criteria: Criteria
    method: RankingMethod
    tie_breaks: list[str]
    cut: int | None
    seed: int
    panel: list[dict[str, str]] | None
    frozen_at: datetime | None
    inputs: Document | None
    inputs_digest: str | None
    result: Document | None
    result_digest: str | None


_ROUND = Query(
    select(
        Round.id,
        Round.campaign_id,
        Round.number,
        Round.name,
        Round.status,
        Round.criteria,
        Round.method,
        Round.tie_breaks,
        Round.cut,
        Round.seed,
        _panel.label("panel"),
        Ranking.frozen_at,
        Ranking.inputs,
        Ranking.inputs_digest,
        Ranking.result,
        Ranking.result_digest,
    )
    .outerjoin(Ranking, Ranking.round_id == Round.id)
    .where(Round.id == _ROUND_ID, VISIBLE),
    RankedRound,
)


@row_type
class RankedCase:
    """A case of the round under its current names."""

    application_id: UUID
    case_number: int | None
    application_number: str
    brand_name: str | None
    category: str | None
    unit_name: str
    committee_name: str


_CASES = Query(
    select(
        RoundEntry.application_id,
        RoundEntry.case_number,
        Application.number.label("application_number"),
        ApplicationVersion.brand_name,
        ApplicationVersion.category,
        APPLICANT.label("unit_name"),
        Committee.name.label("committee_name"),
    )
    .join(Application, Application.id == RoundEntry.application_id)
    .join(ApplicationVersion, ApplicationVersion.id == RoundEntry.version_id)
    .join(Unit, Unit.id == Application.unit_id)
    .join(Committee, Committee.id == Application.committee_id)
    .where(RoundEntry.round_id == _ROUND_ID, VISIBLE),
    RankedCase,
)


@row_type
class SubmittedScores:
    """A review that counts."""

    application_id: UUID
    reviewer_id: UUID
    total: float
    scores: Scores


_OF_SCORES = [each.name for each in fields(SubmittedScores)]
_SCORES = Query(
    select(Assignment.application_id, Assignment.reviewer_id, Review.total, Review.scores)
    .join(Review, Review.assignment_id == Assignment.id)
    .where(Assignment.round_id == _ROUND_ID, IN_FORCE, Review.status == ReviewStatus.SUBMITTED, VISIBLE),
    SubmittedScores,
)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a case, under the names by which awards and later rounds refer to them."""

    application_id: UUID
    case_number: int | None
    n: int
    mean: float | None
    spread: float | None
    score: float | None
    error: float | None
    trimmed: bool
    rank: int | None
    tied: bool
    rank_low: int | None
    rank_high: int | None
    tie_breaks: Sequence[float | None]
    scores: Mapping[str, float]
    ranks: Mapping[str, int]

    @classmethod
    def of(cls, row: arithmetic.Row, case_number: int | None) -> Self:
        low, high = row.interval or (None, None)
        return cls(
            application_id=row.case,
            case_number=case_number,
            n=row.n,
            mean=row.mean,
            spread=row.spread,
            score=row.score,
            error=row.error,
            trimmed=row.trimmed,
            rank=row.rank,
            tied=row.tied,
            rank_low=low,
            rank_high=high,
            tie_breaks=row.tie_breaks,
            scores=row.scores,
            ranks=row.ranks,
        )


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a ranking; judges under pseudonyms."""

    noise: float | None
    judges: Sequence[arithmetic.Leniency]
    rows: Sequence[Figures]


_RESULT = TypeAdapter(Result)
"""Reads and writes the kept document."""


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the ranking: a case and its figures."""

    case: RankedCase
    figures: Figures


@dataclass(frozen=True, slots=True)
class RankedReviewer:
    """A reviewer under the current name, with the number of their reviews that count, and their leniency."""

    id: UUID
    name: str
    reviews: int
    leniency: float


@dataclass(frozen=True, slots=True)
class RankingRecord:
    """A ranking with the names at the time of reading, and the figures at the time of computing."""

    round: RankedRound
    inputs: Document
    result: Document
    noise: float | None
    rows: Sequence[Place]
    reviewers: Sequence[RankedReviewer]

    @property
    def parameters(self) -> Parameters:
        return snapshots.parameters_of(self.inputs)

    @property
    def tie_breaks(self) -> list[str]:
        """Codes of the criteria that part equal scores, in their order."""
        return [each.removeprefix(CRITERION) for each in self.parameters.tie_breaks]

    @property
    def cut(self) -> int | None:
        cut: int | None = self.inputs["cut"]
        return cut


_COUNTED = Query(
    with_last_event(Review)
    .join_from(Review, Assignment, Assignment.id == Review.assignment_id)
    .add_columns(Assignment.application_id, Assignment.reviewer_id)
    .where(Assignment.round_id == _ROUND_ID, IN_FORCE, Review.status == ReviewStatus.SUBMITTED, VISIBLE)
)
_FROZEN = Query(with_last_event(Ranking).where(Ranking.round_id == _ROUND_ID, VISIBLE))


F = TypeVar("F", Ranking, Composite)  # frozen with its inputs


@dataclass(frozen=True, slots=True)
class Verification(Generic[F]):
    """A frozen result, the digest of what its inputs give now, and what its sources and the history say to it."""

    kept: F
    recomputed_digest: str
    sources_unchanged: bool
    history_agrees: bool

    @property
    def arithmetic(self) -> int:
        version: int = self.kept.inputs["arithmetic"]
        return version

    @property
    def matches(self) -> bool:
        """Inputs and result are unchanged, follow from each other and from the sources, and the history agrees."""
        kept = self.kept
        digests = digest_of(kept.inputs), digest_of(kept.result), self.recomputed_digest
        computed = digests == (kept.inputs_digest, kept.result_digest, kept.result_digest)
        return computed and self.sources_unchanged and self.history_agrees


async def freeze(ctx: Context, round_: Round) -> None:
    """Store the round's ranking with its inputs, for good; the caller must hold the round's lock."""
    inputs = await inputs_of(ctx, round_.id)
    result = await asyncio.to_thread(compute, inputs)
    ranking = Ranking(
        round_id=round_.id,
        frozen_at=ctx.now,
        inputs=inputs,
        inputs_digest=digest_of(inputs),
        result=result,
        result_digest=digest_of(result),
    )
    create(ctx, ranking, FROZEN, cases=len(inputs["cases"]), reviews=len(inputs["scores"]))


async def read(view: View, round_id: UUID) -> RankingRecord:
    """Return the frozen ranking of a closed round, otherwise the one computed from the reviews that count now."""
    row = await view.get(_ROUND, round_id=round_id)
    scores = [] if row.inputs else await scores_of(view, round_id)
    cases = await view.rows(_CASES, round_id=round_id)  # after the scores: none is of a case that is not among these
    inputs = row.inputs or _inputs(row, scores, cases)
    result = row.result
    if result is None:
        result = await asyncio.to_thread(compute, inputs)
    known, kept = {case.application_id: case for case in cases}, _RESULT.validate_python(result)
    places = [Place(known[figures.application_id], figures) for figures in kept.rows]
    return RankingRecord(row, inputs, result, kept.noise, places, _reviewers(row, kept.judges))


async def verify(view: View, round_id: UUID) -> Verification[Ranking]:
    """Compute a frozen ranking again from its inputs, and compare these with the reviews; NotFound while there is none.

    Ranking and reviews are compared with what their last events left, too.
    """
    row = await view.get(_FROZEN, round_id=round_id)
    kept = Ranking(**{name: value for name, value in row.items() if not name.startswith("event_")})
    counted = await view.rows(_COUNTED, round_id=round_id)
    scores = _scores(round_id, [SubmittedScores(**{name: each[name] for name in _OF_SCORES}) for each in counted])
    return Verification(
        kept,
        digest_of(await asyncio.to_thread(compute, kept.inputs)),
        sources_unchanged=snapshots.has_scores(kept.inputs, scores),
        history_agrees=is_as_recorded(Ranking, row) and all(is_as_recorded(Review, each) for each in counted),
    )


def compute(inputs: Document) -> Document:
    """Compute the result of a ranking: the same bytes whenever and wherever it is done."""
    ranking, numbers = snapshots.compute(inputs), inputs["case_numbers"]
    rows = [Figures.of(row, numbers[str(row.case)]) for row in ranking.rows]
    kept: Document = _RESULT.dump_python(Result(ranking.noise, ranking.judges, rows), mode="json")
    return kept


def report(record: RankingRecord, cut: int) -> CutReport:
    """Return the cases chosen at a cut, and those that would enter and leave under each other method."""
    rows = [
        arithmetic.Row(each.case.application_id, rank=each.figures.rank, ranks=each.figures.ranks)
        for each in record.rows
    ]
    return arithmetic.report_at_cut(arithmetic.Ranking(record.parameters, tuple(rows), (), None), cut)


async def inputs_of(view: View, round_id: UUID) -> Document:
    """Return everything from which the round is ranked now: whatever ranks it does so exactly."""
    row, scores = await view.get(_ROUND, round_id=round_id), await scores_of(view, round_id)
    return _inputs(row, scores, await view.rows(_CASES, round_id=round_id))


async def scores_of(view: View, round_id: UUID) -> list[Score]:
    """Return the scores of every submitted review that counts: its assignment is not withdrawn."""
    return _scores(round_id, await view.rows(_SCORES, round_id=round_id))


def _scores(round_id: UUID, rows: Sequence[SubmittedScores]) -> list[Score]:
    return [
        Score(
            row.application_id,
            _pseudonym(round_id, row.reviewer_id),
            row.total,
            {each["code"]: each["score"] for each in row.scores},
        )
        for row in rows
    ]


def _inputs(row: RankedRound, scores: Sequence[Score], cases: Sequence[RankedCase]) -> Document:
    """Return the inputs of the ranking as JSON that reads back as it was written."""
    parameters = Parameters(row.method, tuple(CRITERION + code for code in row.tie_breaks), row.seed)
    numbers = {case.application_id: case.case_number for case in cases}
    return snapshots.inputs(numbers, scores, parameters) | {
        "arithmetic": ARITHMETIC,
        "case_numbers": {str(application_id): number for application_id, number in numbers.items()},
        "criteria": row.criteria,
        "cut": row.cut,
    }


def _reviewers(row: RankedRound, judges: Sequence[arithmetic.Leniency]) -> list[RankedReviewer]:
    """Resolve the pseudonyms, for the office."""
    members = [(UUID(member["id"]), member["name"]) for member in row.panel or []]
    panel = {_pseudonym(row.id, member_id): (member_id, name) for member_id, name in members}
    return [RankedReviewer(*panel[judge.judge], judge.n, judge.leniency) for judge in judges]


def _pseudonym(round_id: UUID, reviewer_id: UUID) -> UUID:
    """Return a name that leads to no person, and differs between rounds: a frozen ranking outlives accounts."""
    return uuid5(round_id, str(reviewer_id))
