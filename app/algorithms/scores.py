"""What judges gave: the total of one review, and the scores of a round as arrays."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from math import fsum
from typing import Self
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Indices = NDArray[np.intp]
DECIMALS = 4
"""Figures that differ by less are equal, so that neither the order of an addition nor a processor decides a rank."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A range to score in, and what it weighs beside the others."""

    weight: float
    minimum: float
    maximum: float


@dataclass(frozen=True, slots=True)
class Score:
    """One judge's review of one case: its total on a scale of 100, and the figure for each criterion."""

    case: UUID
    judge: UUID
    total: float
    criteria: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Panel:
    """The scores of a round: the cases that have any, who judged, and for each score whose it is."""

    cases: tuple[UUID, ...]
    judges: tuple[UUID, ...]
    case_of: Indices
    judge_of: Indices
    totals: Vector

    @classmethod
    def of(cls, scores: Collection[Score]) -> Self:
        cases = sorted({score.case for score in scores})
        judges = sorted({score.judge for score in scores})
        case_index = {case: index for index, case in enumerate(cases)}
        judge_index = {judge: index for index, judge in enumerate(judges)}
        return cls(
            cases=tuple(cases),
            judges=tuple(judges),
            case_of=np.array([case_index[score.case] for score in scores], np.intp),
            judge_of=np.array([judge_index[score.judge] for score in scores], np.intp),
            totals=np.array([score.total for score in scores], np.float64),
        )

    @property
    def counts(self) -> Indices:
        """How many scores each case has."""
        return np.bincount(self.case_of, minlength=len(self.cases))

    def by_case(self, values: Vector) -> list[list[float]]:
        """The values each case got, lowest first."""
        groups: list[list[float]] = [[] for _ in self.cases]
        for case, value in zip(self.case_of.tolist(), values.tolist(), strict=True):
            groups[case].append(value)
        return [sorted(group) for group in groups]


def weighted_total(scores: Mapping[str, float], criteria: Mapping[str, Criterion]) -> float:
    """A review on a scale of 100: each criterion's place within its range, by weight."""
    weight = fsum(criterion.weight for criterion in criteria.values())
    return rounded(fsum(_place(scores[code], one) * one.weight for code, one in criteria.items()) / weight)


def rounded(value: float) -> float:
    """As it is kept, shown and compared."""
    return round(float(value), DECIMALS) + 0.0  # no minus before a zero


def mean(values: Iterable[float]) -> float:
    """The arithmetic mean, the same to the last bit in whatever order the values come."""
    given = [*values]
    return fsum(given) / len(given)


def _place(score: float, criterion: Criterion) -> float:
    return 100 * (score - criterion.minimum) / (criterion.maximum - criterion.minimum)
