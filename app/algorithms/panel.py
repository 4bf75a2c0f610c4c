"""The scores of a round as arrays."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Self, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from app.algorithms.scores import Score, exact

Vector = NDArray[np.float64]
Indices = NDArray[np.intp]
Figure = TypeVar("Figure", float, Fraction)


@dataclass(frozen=True, slots=True)
class Panel:
    """The scores of a round as arrays: the scored cases, the judges, and for each score its case, judge and total.

    Totals are exact where they are compared, and floats where they are estimated from.
    """

    cases: tuple[UUID, ...]
    judges: tuple[UUID, ...]
    case_of: Indices
    judge_of: Indices
    totals: Vector
    exact_totals: tuple[Fraction, ...]

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
            totals=np.array([float(score.total) for score in scores], np.float64),
            exact_totals=tuple(exact(score.total) for score in scores),
        )

    @property
    def counts(self) -> Indices:
        """The number of scores of each case."""
        return np.bincount(self.case_of, minlength=len(self.cases))

    def by_case(self, values: Iterable[Figure]) -> list[list[Figure]]:
        """Group the values by case, lowest first."""
        groups: list[list[Figure]] = [[] for _ in self.cases]
        for case, value in zip(self.case_of.tolist(), values, strict=True):
            groups[case].append(value)
        return [sorted(group) for group in groups]
