"""Scores given by judges, and the weighted total of one review."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import fsum
from uuid import UUID

DECIMALS = 4
"""Number of decimals that figures are rounded to, so that no order of addition and no processor decides a rank."""


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
    total: float
    criteria: Mapping[str, float] = field(default_factory=dict)


def weighted_total(scores: Mapping[str, float], criteria: Mapping[str, Criterion]) -> float:
    """Return the total of a review on a scale of 100: each score's place within its range, by weight."""
    weight = fsum(criterion.weight for criterion in criteria.values())
    return rounded(fsum(_place(scores[code], one) * one.weight for code, one in criteria.items()) / weight)


def rounded(value: float) -> float:
    """Round a figure as it is stored, displayed and compared."""
    return round(float(value), DECIMALS) + 0.0  # no minus before a zero


def mean(values: Iterable[float]) -> float:
    """Return the arithmetic mean, the same to the last bit in any order of the values."""
    given = [*values]
    return fsum(given) / len(given)


def _place(score: float, criterion: Criterion) -> float:
    return 100 * (score - criterion.minimum) / (criterion.maximum - criterion.minimum)
