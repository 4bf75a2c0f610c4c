"""The result of a round: every case with its figure, its rank with an interval, and its rank by other methods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from uuid import UUID

MEAN, TRIMMED_MEAN, REVIEWER_ADJUSTED = METHODS = ("mean", "trimmed_mean", "reviewer_adjusted")
RAW_MEAN, CRITERION = "raw_mean", "criterion:"
"""Tie-breaks: the plain mean of the totals, or `criterion:<code>`, the mean of that criterion; higher is better."""
Figure = Fraction | float
"""An exact figure, or minus infinity where there is none."""
Key = tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Parameters:
    """The declared parameters of a round's ranking; the seed makes the intervals reproducible."""

    method: str
    tie_breaks: tuple[str, ...] = ()
    seed: int = 0
    draws: int = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """A case in the ranking. Cases tied after all tie-breaks share a rank; one without a score has none.

    `level` is the score before it is rounded, `error` its standard error, unknown while no case has two; the interval
    holds the rank of the case's true merit in nine rounds of ten. `tie_breaks` are its figures in the declared ones,
    None without a score.
    """

    case: UUID
    level: Fraction | None = None
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
class Leniency:
    """A judge with the number of scored cases, and the points given above the other judges of the same cases."""

    judge: UUID
    n: int
    leniency: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """A ranking, the best first, the unranked last; `noise` is the standard deviation of one review by its method."""

    parameters: Parameters
    rows: tuple[Row, ...]
    judges: tuple[Leniency, ...]
    noise: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """The changes among the chosen under another method."""

    method: str
    entering: tuple[UUID, ...]
    leaving: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class CutReport:
    """The cases chosen at a cut; `tied` are those that share the last place when there is no room for all of them."""

    cut: int
    chosen: tuple[UUID, ...]
    tied: tuple[UUID, ...]
    changes: tuple[Change, ...]


def ranks_of(keys: Sequence[tuple[Figure, Key]]) -> list[int]:
    """Rank each key as 1 plus the number of better keys, so that two firsts are followed by a third."""
    first: dict[tuple[Figure, Key], int] = {}
    for place, key in enumerate(sorted(keys, reverse=True), 1):
        first.setdefault(key, place)
    return [first[key] for key in keys]


def report_at_cut(ranking: Ranking, cut: int) -> CutReport:
    """Choose the cases within the cut, and compare with the choice under each other method."""
    chosen = _chosen(ranking, ranking.parameters.method, cut)
    last = max((row.rank for row in ranking.rows if row.case in chosen and row.rank), default=0)
    tied = [row.case for row in ranking.rows if row.rank == last] if len(chosen) > cut else []
    others = [name for name in METHODS if name != ranking.parameters.method]
    return CutReport(cut, chosen, tuple(tied), tuple(_change(ranking, name, chosen, cut) for name in others))


def _chosen(ranking: Ranking, method: str, cut: int) -> tuple[UUID, ...]:
    return tuple(row.case for row in ranking.rows if row.ranks and row.ranks[method] <= cut)


def _change(ranking: Ranking, method: str, chosen: tuple[UUID, ...], cut: int) -> Change:
    instead = _chosen(ranking, method, cut)
    entering = tuple(case for case in instead if case not in chosen)
    return Change(method, entering, tuple(case for case in chosen if case not in instead))
