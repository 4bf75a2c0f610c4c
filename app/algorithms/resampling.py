"""Intervals of ranks that chance leaves possible, from many random draws of the round.

Each draw samples the variance of chance and the variance of merit from their posterior given the scores, then the merit
of each case given its figure. The result depends on the figures only, not on the id of a case or its place in a list.
"""

import numpy as np

from app.algorithms.methods import Estimates
from app.algorithms.panel import Indices, Vector
from app.algorithms.scores import DECIMALS

TAIL = 5
"""Per cent of the draws on either side of a rank's interval."""

LEAST_MERIT = 0.01
"""Least variance of merit, as a share of the variance of chance: without it a round of equals has no ranks to draw."""

HARDLY = 1e-12
"""Prevents a division of zero by zero in a round without any chance."""


def intervals(estimates: Estimates, seed: int, draws: int) -> list[tuple[int, int]]:
    """Return an interval of ranks for each case; all ranks if no case has two scores, since chance is then unknown."""
    count = len(estimates.scores)
    if not estimates.freedom:
        return [(1, count)] * count
    figures = np.column_stack([estimates.scores, estimates.variances]).round(DECIMALS) + 0.0
    kinds, kind_of = np.unique(figures, axis=0, return_inverse=True)
    order = np.argsort(kind_of, kind="stable")
    ranks = _ranks(figures[order], estimates.freedom, seed, draws)
    low, high = np.full(len(kinds), count), np.ones(len(kinds), np.intp)
    np.minimum.at(low, kind_of[order], np.percentile(ranks, TAIL, axis=0, method="lower"))  # equals share the wider
    np.maximum.at(high, kind_of[order], np.percentile(ranks, 100 - TAIL, axis=0, method="higher"))
    return [*zip(low[kind_of].tolist(), high[kind_of].tolist(), strict=True)]


def _ranks(figures: Vector, freedom: int, seed: int, draws: int) -> Indices:
    """Draw the ranks: one row per draw, one column per case."""
    random = np.random.RandomState(seed)  # its stream is frozen for good (NEP 19); a Generator's may change
    scores, variances = figures.T
    chance = variances * (freedom / random.chisquare(freedom, (draws, 1)))
    merit = _merit(scores, chance, random)
    belief = merit / (merit + chance)
    merits = belief * (scores - scores.mean()) + np.sqrt(belief * chance) * random.standard_normal(chance.shape)
    return np.argsort(np.argsort(-merits, axis=1, kind="stable"), axis=1, kind="stable") + 1


def _merit(scores: Vector, chance: Vector, random: np.random.RandomState) -> Vector:
    """Draw the variance between cases that chance does not explain: one value per draw."""
    others = max(len(scores) - 1, 1)
    between = np.square(scores - scores.mean()).sum() / random.chisquare(others, (len(chance), 1))
    unsure = chance.mean(axis=1, keepdims=True)
    merit: Vector = np.maximum(between - unsure, LEAST_MERIT * unsure + HARDLY)
    return merit
