"""A round's result: every case with its figure, its rank, what chance leaves of it, and what other methods say."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, sqrt
from uuid import UUID

import numpy as np

from app.algorithms.leniency import leniency
from app.algorithms.methods import METHODS, TRIMMED_FROM, Estimates, squares
from app.algorithms.resampling import intervals
from app.algorithms.scores import Panel, Score, mean, rounded

RAW_MEAN, CRITERION = "raw_mean", "criterion:"
"""Tie-breaks: the plain mean of the totals, or `criterion:<code>`, the mean of that criterion; higher is better."""

Key = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Parameters:
    """How a round is ranked, declared before it opens; the seed makes the intervals the same whenever reckoned."""

    method: str
    tie_breaks: tuple[str, ...] = ()
    seed: int = 0
    draws: int = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """A case in the ranking. Cases tied after all tie-breaks share a rank; one without a score has none.

    `error` is the standard error of the score, unknown while no case has two; the interval holds the rank of the case's
    true merit in nine rounds of ten. `tie_breaks` are its figures in the declared ones, None where nothing tells.
    """

    case: UUID
    n: int = 0
    mean: float | None = None
    spread: float | None = None
    score: float | None = None
    error: float | None = None
    trimmed: bool = False
    rank: int | None = None
    tied: bool = False
    interval: tuple[int, int] | None = None
    tie_breaks: tuple[float | None, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)
    ranks: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judge:
    """How many cases a judge scored, and by how many points above what others gave the same cases."""

    judge: UUID
    n: int
    leniency: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Best first, the unranked last; `noise` is the standard deviation of one review under the chosen method."""

    parameters: Parameters
    rows: tuple[Row, ...]
    judges: tuple[Judge, ...]
    noise: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """What another method would change among the chosen."""

    method: str
    entering: tuple[UUID, ...]
    leaving: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class CutReport:
    """Who is chosen at a cut; `tied` share the last place and are more than there is room for."""

    cut: int
    chosen: tuple[UUID, ...]
    tied: tuple[UUID, ...]
    changes: tuple[Change, ...]


def rank(cases: Collection[UUID], scores: Collection[Score], parameters: Parameters) -> Ranking:
    """Rank the cases of a round by every method, and say how far the chosen one's ranks can be trusted."""
    panel = Panel.of(scores)
    estimates = {name: method(panel) for name, method in METHODS.items()} if panel.cases else {}
    rows = [*_rows(panel, estimates, _tie_breaks(panel, scores, parameters), parameters)] if estimates else []
    rows += [Row(case) for case in {*cases}.difference(panel.cases)]
    noise = _noise(estimates[parameters.method]) if estimates else None
    return Ranking(parameters, tuple(sorted(rows, key=_place)), _judges(panel), noise)


def report_at_cut(ranking: Ranking, cut: int) -> CutReport:
    """Who is chosen when there is room for so many, and who would be under each other method."""
    chosen = _chosen(ranking, ranking.parameters.method, cut)
    last = max((row.rank for row in ranking.rows if row.case in chosen and row.rank), default=0)
    tied = [row.case for row in ranking.rows if row.rank == last] if len(chosen) > cut else []
    others = [name for name in METHODS if name != ranking.parameters.method]
    return CutReport(cut, chosen, tuple(tied), tuple(_change(ranking, name, chosen, cut) for name in others))


def _rows(
    panel: Panel, estimates: Mapping[str, Estimates], tie_breaks: Sequence[Key], parameters: Parameters
) -> Iterable[Row]:
    figures = {name: [rounded(score) for score in one.scores] for name, one in estimates.items()}
    keys = {name: [*zip(scores, tie_breaks, strict=True)] for name, scores in figures.items()}
    ranks = {name: _ranks(its) for name, its in keys.items()}
    chosen, sharing = estimates[parameters.method], Counter(keys[parameters.method])
    spans = intervals(chosen, parameters.seed, parameters.draws)
    for index, (case, totals) in enumerate(zip(panel.cases, panel.by_case(panel.totals), strict=True)):
        first, shared = ranks[parameters.method][index], sharing[keys[parameters.method][index]]
        low, high = spans[index]
        yield Row(
            case=case,
            n=len(totals),
            mean=rounded(mean(totals)),
            spread=rounded(sqrt(squares(totals) / (len(totals) - 1))) if len(totals) > 1 else None,
            score=figures[parameters.method][index],
            error=rounded(sqrt(chosen.variances[index])) if chosen.freedom else None,
            trimmed=len(totals) >= TRIMMED_FROM,
            rank=first,
            tied=shared > 1,
            interval=(min(low, first), max(high, first + shared - 1)),
            tie_breaks=tuple(None if figure == -inf else figure for figure in tie_breaks[index]),
            scores={name: its[index] for name, its in figures.items()},
            ranks={name: its[index] for name, its in ranks.items()},
        )


def _ranks(keys: Sequence[tuple[float, Key]]) -> list[int]:
    """1 and how many are better, so that after two firsts comes a third."""
    first: dict[tuple[float, Key], int] = {}
    for place, key in enumerate(sorted(keys, reverse=True), 1):
        first.setdefault(key, place)
    return [first[key] for key in keys]


def _tie_breaks(panel: Panel, scores: Collection[Score], parameters: Parameters) -> list[Key]:
    """For every case its figure in each declared tie-break, in their order."""
    figures = [_figures(panel, scores, name) for name in parameters.tie_breaks]
    return [tuple(column[case] for column in figures) for case in panel.cases]


def _figures(panel: Panel, scores: Collection[Score], tie_break: str) -> dict[UUID, float]:
    """Where no score of a case tells, the case comes after those where one does."""
    given: dict[UUID, list[float]] = {case: [] for case in panel.cases}
    code = tie_break.removeprefix(CRITERION)
    for score in scores:
        if tie_break == RAW_MEAN:
            given[score.case].append(score.total)
        elif code in score.criteria:
            given[score.case].append(score.criteria[code])
    return {case: rounded(mean(values)) if values else -inf for case, values in given.items()}


def _judges(panel: Panel) -> tuple[Judge, ...]:
    if not panel.judges:
        return ()
    counts, effects = np.bincount(panel.judge_of).tolist(), leniency(panel).effects
    return tuple(Judge(*one) for one in zip(panel.judges, counts, map(rounded, effects), strict=True))


def _noise(chosen: Estimates) -> float | None:
    return rounded(sqrt(chosen.unit)) if chosen.freedom else None


def _place(row: Row) -> tuple[float, UUID]:
    return row.rank or inf, row.case


def _chosen(ranking: Ranking, method: str, cut: int) -> tuple[UUID, ...]:
    return tuple(row.case for row in ranking.rows if row.ranks and row.ranks[method] <= cut)


def _change(ranking: Ranking, method: str, chosen: tuple[UUID, ...], cut: int) -> Change:
    instead = _chosen(ranking, method, cut)
    entering = tuple(case for case in instead if case not in chosen)
    return Change(method, entering, tuple(case for case in chosen if case not in instead))
