"""Three methods that turn the scores of a case into one figure with its variance."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import fsum

import numpy as np

from app.algorithms.leniency import leniency
from app.algorithms.panel import Panel, Vector
from app.algorithms.ranking import MEAN, REVIEWER_ADJUSTED, TRIMMED_MEAN
from app.algorithms.scores import exact, exact_mean, mean, rounded

TRIMMED_FROM = 5
"""The number of scores from which the highest and the lowest are left out (去掉一个最高分和一个最低分)."""

COST_OF_TRIMMING = 0.6
"""Number of scores by which a trimmed mean is worth less than a plain mean, if chance is normal."""


@dataclass(frozen=True, slots=True)
class Estimates:
    """The figure of every case with its variance; `unit` is the variance of one review, unknown if `freedom` is 0.

    A mean is compared exactly. An adjusted one is an estimate, and compared as it is displayed.
    """

    levels: list[Fraction]
    variances: Vector
    unit: float
    freedom: int

    @property
    def scores(self) -> Vector:
        return np.array([float(level) for level in self.levels])


def plain_mean(panel: Panel) -> Estimates:
    """Take the arithmetic mean; all difference between the judges of a case counts as chance."""
    levels = [exact_mean(group) for group in panel.by_case(panel.exact_totals)]
    unit, freedom = _pooled(panel)
    return Estimates(levels, unit / panel.counts, unit, freedom)


def trimmed_mean(panel: Panel) -> Estimates:
    """Take the mean without the highest and the lowest score; the plain mean of fewer than five scores."""
    groups = panel.by_case(panel.exact_totals)
    levels = [exact_mean(group[1:-1] if len(group) >= TRIMMED_FROM else group) for group in groups]
    unit, freedom = _pooled(panel)
    divisor = panel.counts - np.where(panel.counts >= TRIMMED_FROM, COST_OF_TRIMMING, 0)
    return Estimates(levels, unit / divisor, unit, freedom)


def reviewer_adjusted(panel: Panel) -> Estimates:
    """Take the mean of the scores after subtracting each judge's leniency."""
    judges = leniency(panel)
    effects = map(exact, judges.effects[panel.judge_of].tolist())
    adjusted = [total - effect for total, effect in zip(panel.exact_totals, effects, strict=True)]
    levels = [exact(rounded(exact_mean(group))) for group in panel.by_case(adjusted)]
    shares = np.full((len(panel.cases), len(panel.judges)), -1 / len(panel.judges))
    np.add.at(shares, (panel.case_of, panel.judge_of), 1 / panel.counts[panel.case_of])
    unsure = np.einsum("ij,jk,ik->i", shares, judges.covariance, shares, optimize=True)
    return Estimates(levels, judges.chance / panel.counts + unsure, judges.chance, judges.freedom)


ESTIMATES: Mapping[str, Callable[[Panel], Estimates]] = {
    MEAN: plain_mean,
    TRIMMED_MEAN: trimmed_mean,
    REVIEWER_ADJUSTED: reviewer_adjusted,
}


def squares(values: list[float]) -> float:
    """Return the sum of squared distances from the mean."""
    level = mean(values)
    return fsum((value - level) ** 2 for value in values)


def _pooled(panel: Panel) -> tuple[float, int]:
    """Return the variance within cases, and its degrees of freedom."""
    groups = panel.by_case(panel.totals.tolist())
    freedom = sum(len(group) - 1 for group in groups)
    return fsum(squares(group) for group in groups) / max(freedom, 1), freedom
