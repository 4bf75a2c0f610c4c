"""Scores given by judges, and the weighted total of one review."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import fsum
from uuid import UUID

DECIMALS = 4
"""Number of decimals that figures are stored and displayed with. Figures are compared before they are rounded."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A range of scores, and its weight beside the other criteria."""

    weight: float
    minimum: float
    maximum: float


@dataclass(frozen=True, slots=True)
class Score:
    """One judge's review of one case: its total on a scale of 100, and the score for each criterion."""

    case: UUID
    judge: UUID
    total: Fraction | float
    criteria: Mapping[str, float] = field(default_factory=dict)


def weighted_total(scores: Mapping[str, float], criteria: Mapping[str, Criterion]) -> Fraction:
    """Return the exact total of a review on a scale of 100: each score's place within its range, by weight."""
    weighed = [_place(scores[code], one) * exact(one.weight) for code, one in criteria.items()]
    return sum(weighed, Fraction()) / sum([exact(one.weight) for one in criteria.values()], Fraction())


def exact(value: Fraction | float) -> Fraction:
    """Return a figure as it is written, which its binary form may miss: 0.1 is one tenth."""
    return Fraction(str(value))


def rounded(value: Fraction | float) -> float:
    """Round a figure as it is stored and displayed."""
    return round(float(value), DECIMALS) + 0.0  # no minus before a zero


def exact_mean(values: Iterable[Fraction]) -> Fraction:
    given = [*values]
    return sum(given, Fraction()) / len(given)


def mean(values: Iterable[float]) -> float:
    """Return the arithmetic mean, the same to the last bit in any order of the values."""
    given = [*values]
    return fsum(given) / len(given)


def _place(score: float, criterion: Criterion) -> Fraction:
    lowest, highest = exact(criterion.minimum), exact(criterion.maximum)
    return 100 * (exact(score) - lowest) / (highest - lowest)
