"""How far chance alone may have moved a rank: the round is drawn again many times from what its scores say of it.

Every draw takes the variance of chance and that of merit anew from what the scores leave possible, then each case's
merit given its figure. What happens to a case hangs on the figures alone, never on its id or its place in a list.
"""

import numpy as np

from app.algorithms.methods import Estimates
from app.algorithms.panel import Indices, Vector
from app.algorithms.scores import DECIMALS

TAIL = 5
"""Per cent of the draws on either side of a rank's interval."""

LEAST_MERIT = 0.01
"""Cases differ at least by so much of what chance does; else a round of equals would have no ranks to draw."""

HARDLY = 1e-12
"""Keeps a round without any chance from dividing nothing by nothing."""


def intervals(estimates: Estimates, seed: int, draws: int) -> list[tuple[int, int]]:
    """The ranks each case may well have; all of them where no case has two scores, for then chance is unknown."""
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
    """A row of ranks per draw."""
    random = np.random.RandomState(seed)  # its stream is frozen for good (NEP 19); a Generator's may change
    scores, variances = figures.T
    chance = variances * (freedom / random.chisquare(freedom, (draws, 1)))
    merit = _merit(scores, chance, random)
    belief = merit / (merit + chance)
    merits = belief * (scores - scores.mean()) + np.sqrt(belief * chance) * random.standard_normal(chance.shape)
    return np.argsort(np.argsort(-merits, axis=1, kind="stable"), axis=1, kind="stable") + 1


def _merit(scores: Vector, chance: Vector, random: np.random.RandomState) -> Vector:
    """How far cases differ beyond what chance explains, a variance for each draw."""
    others = max(len(scores) - 1, 1)
    between = np.square(scores - scores.mean()).sum() / random.chisquare(others, (len(chance), 1))
    unsure = chance.mean(axis=1, keepdims=True)
    merit: Vector = np.maximum(between - unsure, LEAST_MERIT * unsure + HARDLY)
    return merit
