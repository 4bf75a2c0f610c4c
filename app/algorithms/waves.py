"""Planning of further reviews: for cases whose rank may be on either side of the cut, the most informative first."""

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace
from math import erfc, exp, pi, sqrt
from statistics import fmean, variance
from uuid import UUID

from app.algorithms.ranking import Ranking, Row

LEAST_MERIT = 0.01
"""Least variance of merit, as a share of the variance of chance, as in resampling."""

LEAST_NOISE = 1e-6
"""Least variance of one review: judges who agreed on every case may still differ on the next."""

NOBODY: Mapping[UUID, int] = {}


@dataclass(frozen=True, slots=True)
class Belief:
    """The merit of a case: its distance from the cut, the precision of that, and the information of one review."""

    distance: float
    precision: float
    information: float

    def risk(self, reviews: int) -> float:
        """Return the expected loss of merit by a wrong choice about this case, after a number of further reviews."""
        spread = 1 / sqrt(self.precision + reviews * self.information)
        beyond = self.distance / spread
        return spread * (exp(-(beyond**2) / 2) / sqrt(2 * pi) - beyond * erfc(beyond / sqrt(2)) / 2)


def open_cases(ranking: Ranking, cut: int) -> tuple[UUID, ...]:
    """Return the cases whose interval of ranks straddles the cut: neither safely chosen nor out of reach."""
    return tuple(row.case for row in ranking.rows if _straddles(row, cut))


def plan_wave(
    ranking: Ranking, cut: int, budget: int, room: Mapping[UUID, int], pending: Mapping[UUID, int] = NOBODY
) -> dict[UUID, int]:
    """Spend a budget of further reviews on the open cases, each where it lowers the risk at the cut the most.

    `room` is the number of further reviews that a case can get, `pending` the number already assigned but not
    submitted; cases that are not open get none.
    """
    beliefs = _beliefs(ranking, cut)
    extra: dict[UUID, int] = {}
    queue = [_offer(case, belief, pending.get(case, 0)) for case, belief in beliefs.items() if room.get(case, 0) > 0]
    heapify(queue)
    while queue and sum(extra.values()) < budget:
        _, _, case = queue[0]
        extra[case] = extra.get(case, 0) + 1
        if extra[case] < room[case]:
            heapreplace(queue, _offer(case, beliefs[case], pending.get(case, 0) + extra[case]))
        else:
            heappop(queue)
    return extra


def _offer(case: UUID, belief: Belief, reviews: int) -> tuple[float, int, UUID]:
    """Return the key of a case in the queue: most worth of the next review first, then fewest pending reviews."""
    return belief.risk(reviews + 1) - belief.risk(reviews), reviews, case


def _straddles(row: Row, cut: int) -> bool:
    return row.interval is not None and row.interval[0] <= cut < row.interval[1]


def _beliefs(ranking: Ranking, cut: int) -> dict[UUID, Belief]:
    """Return the belief about each open case: its score shrunk towards the mean, beside the border of the cut."""
    still_open = {*open_cases(ranking, cut)}
    if not still_open:
        return {}
    levels, precisions, noise = _levels(ranking)
    ordered = sorted(levels.values(), reverse=True)
    border = (ordered[cut - 1] + ordered[cut]) / 2
    return {case: Belief(abs(levels[case] - border), precisions[case], 1 / noise) for case in still_open}


def _levels(ranking: Ranking) -> tuple[dict[UUID, float], dict[UUID, float], float]:
    """Return the likely merit of every ranked case, its precision, and the variance of one review."""
    scores = {row.case: row.score for row in ranking.rows if row.score is not None}
    centre, between = fmean(scores.values()), variance(scores.values())
    # While no case has two scores, half of the variance between cases is taken for chance.
    noise = max(between / 2 if ranking.noise is None else ranking.noise**2, LEAST_NOISE)
    errors = {row.case: max(noise / row.n, (row.error or 0) ** 2) for row in ranking.rows if row.n}
    unsure = fmean(errors.values())
    merit = max(between - unsure, LEAST_MERIT * unsure)
    levels = {case: centre + merit / (merit + errors[case]) * (score - centre) for case, score in scores.items()}
    return levels, {case: 1 / merit + 1 / error for case, error in errors.items()}, noise
