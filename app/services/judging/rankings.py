"""Rankings (排名): reckoned live while a round is open, frozen with all they follow from when it closes.

What was frozen never moves: names are looked up when it is read, figures are not. Nobody but the office learns of it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Uuid, bindparam, func, select

from app.algorithms import ranking as arithmetic
from app.algorithms import snapshots
from app.algorithms.ranking import CRITERION, CutReport, Parameters
from app.algorithms.scores import Score
from app.context import Context, View, acting_as
from app.database import Query, Row
from app.models import (
    Account,
    Application,
    ApplicationVersion,
    Assignment,
    Committee,
    PanelMember,
    Ranking,
    Review,
    Round,
    RoundEntry,
    Unit,
)
from app.models.enums import RankingMethod, ReviewStatus, Role, RoundStatus
from app.problems import NotFound
from app.rows import row_type, values_of
from app.services.history import create, digest_of
from app.services.judging.visibility import STANDING
from app.services.policies.judging.rankings import FROZEN

ARITHMETIC = 1
"""Counts the changes of `app/algorithms` after which the same scores give other figures; kept with every snapshot."""

VISIBLE = acting_as(Role.OFFICE)
"""The office sees every ranking, nobody else any."""

_ROUND_ID = bindparam("round_id", type_=Uuid)
_panel = (
    select(func.jsonb_agg(func.jsonb_build_object("id", Account.id, "name", Account.name)))
    .join(PanelMember, PanelMember.reviewer_id == Account.id)
    .where(PanelMember.round_id == Round.id)
    .scalar_subquery()
)


@row_type
class RankedRound:
    """A round, and what was frozen when it closed."""

    id: UUID
    campaign_id: UUID
    number: int
    name: str
    status: RoundStatus
    criteria: list[dict[str, Any]]
    method: RankingMethod
    tie_breaks: list[str]
    cut: int | None
    seed: int
    panel: list[dict[str, str]] | None
    frozen_at: datetime | None
    inputs: dict[str, Any] | None
    inputs_digest: str | None
    result: dict[str, Any] | None
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
_form = ApplicationVersion.content["form"]


@row_type
class RankedCase:
    """A case of the round under the names of today."""

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
        _form["brand_name"].astext.label("brand_name"),
        _form["category"].astext.label("category"),
        Unit.name.label("unit_name"),
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
    scores: list[dict[str, Any]]


_SCORES = Query(
    select(Assignment.application_id, Assignment.reviewer_id, Review.total, Review.scores)
    .join(Review, Review.assignment_id == Assignment.id)
    .where(Assignment.round_id == _ROUND_ID, STANDING, Review.status == ReviewStatus.SUBMITTED, VISIBLE),
    SubmittedScores,
)


@dataclass(frozen=True, slots=True)
class RankingRecord:
    """A ranking with the names of today, and the figures of when it was reckoned."""

    round: RankedRound
    inputs: Mapping[str, Any]
    result: Mapping[str, Any]
    rows: Sequence[Row]
    reviewers: Sequence[Row]

    @property
    def tie_breaks(self) -> list[str]:
        """The criteria that part equal scores, the first first."""
        return [each.removeprefix(CRITERION) for each in self.inputs["parameters"]["tie_breaks"]]


@dataclass(frozen=True, slots=True)
class Verification:
    """What a frozen ranking says of itself, beside what its inputs give when they are reckoned again."""

    row: RankedRound
    arithmetic: int
    recomputed_digest: str

    @property
    def matches(self) -> bool:
        """Neither the inputs nor the result are others than were frozen, and the one still follows from the other."""
        row = self.row
        return (digest_of(row.inputs), digest_of(row.result), self.recomputed_digest) == (
            row.inputs_digest,
            row.result_digest,
            row.result_digest,
        )


async def freeze(ctx: Context, round_: Round) -> None:
    """Keep the round's ranking for good, with all it follows from; the caller holds the round's lock."""
    row, scores = await ctx.get(_ROUND, round_id=round_.id), await scores_of(ctx, round_.id)
    inputs = _inputs(row, scores, await ctx.rows(_CASES, round_id=round_.id))
    result = await asyncio.to_thread(reckon, inputs)
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
    """The frozen ranking of a closed round, or what the reviews that stand now give; NotFound unless visible."""
    row = await view.get(_ROUND, round_id=round_id)
    scores = [] if row.inputs else await scores_of(view, round_id)
    cases = await view.rows(_CASES, round_id=round_id)  # after the scores: none is of a case that is not among these
    inputs = row.inputs or _inputs(row, scores, cases)
    result = row.result
    if result is None:
        result = await asyncio.to_thread(reckon, inputs)
    named = {str(case.application_id): values_of(case) for case in cases}
    rows = [named[each["application_id"]] | each for each in result["rows"]]
    return RankingRecord(row, inputs, result, rows, _judges(row, result))


async def verify(view: View, round_id: UUID) -> Verification:
    """Reckon a frozen ranking again from what was kept with it; NotFound while there is none."""
    row = await view.get(_ROUND, round_id=round_id)
    if row.inputs is None:
        raise NotFound
    return Verification(row, row.inputs["arithmetic"], digest_of(await asyncio.to_thread(reckon, row.inputs)))


def reckon(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What a snapshot's inputs give: the same bytes whenever and wherever it is reckoned."""
    numbers, ranking = inputs["case_numbers"], snapshots.reckon(inputs)
    plain = snapshots.result(ranking)
    return {
        "noise": plain["noise"],
        "judges": plain["judges"],
        "rows": [_as_kept(row, numbers[row["case"]]) for row in plain["rows"]],
    }


def report(record: RankingRecord, cut: int) -> CutReport:
    """Who is chosen at a cut, and who would enter and leave under each other method."""
    parameters = Parameters(**record.inputs["parameters"])
    rows = [
        arithmetic.Row(UUID(row["application_id"]), rank=row["rank"], ranks=row["ranks"])
        for row in record.result["rows"]
    ]
    return arithmetic.report_at_cut(arithmetic.Ranking(parameters, tuple(rows), (), None), cut)


async def scores_of(view: View, round_id: UUID) -> list[Score]:
    """Every submitted review that stands: not withdrawn, and its reviewer without a conflict."""
    return [
        Score(
            row.application_id,
            _pseudonym(round_id, row.reviewer_id),
            row.total,
            {each["code"]: each["score"] for each in row.scores},
        )
        for row in await view.rows(_SCORES, round_id=round_id)
    ]


def _inputs(row: RankedRound, scores: Sequence[Score], cases: Sequence[RankedCase]) -> dict[str, Any]:
    """All that the ranking follows from, as JSON that reads back as it was written."""
    parameters = Parameters(row.method, tuple(CRITERION + code for code in row.tie_breaks), row.seed)
    numbers = {case.application_id: case.case_number for case in cases}
    return snapshots.inputs(numbers, scores, parameters) | {
        "arithmetic": ARITHMETIC,
        "case_numbers": {str(application_id): number for application_id, number in numbers.items()},
        "criteria": row.criteria,
        "cut": row.cut,
    }


def _as_kept(row: Mapping[str, Any], case_number: int | None) -> dict[str, Any]:
    """A row under the names by which awards and later rounds refer to it."""
    low, high = row["interval"] or (None, None)
    figures = {name: value for name, value in row.items() if name not in {"case", "interval", "tie_breaks"}}
    return figures | {
        "application_id": row["case"],
        "case_number": case_number,
        "rank_low": low,
        "rank_high": high,
        "tie_breaks": [*row["tie_breaks"]],
    }


def _judges(row: RankedRound, result: Mapping[str, Any]) -> list[Row]:
    """Who stands behind the pseudonyms, for the office."""
    panel = {str(_pseudonym(row.id, UUID(one["id"]))): one for one in row.panel or []}
    return [
        panel[judge["judge"]] | {"reviews": judge["n"], "leniency": judge["leniency"]} for judge in result["judges"]
    ]


def _pseudonym(round_id: UUID, reviewer_id: UUID) -> UUID:
    """A snapshot outlives accounts: it names no person, and not the same one in two rounds."""
    return uuid5(round_id, str(reviewer_id))
