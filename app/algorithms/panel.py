"""The scores of a round as arrays."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from app.algorithms.scores import Score

Vector = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Panel:
    """The scores of a round as arrays: the scored cases, the judges, and for each score its case, judge and total."""

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
        """The number of scores of each case."""
        return np.bincount(self.case_of, minlength=len(self.cases))

    def by_case(self, values: Vector) -> list[list[float]]:
        """Group the values by case, lowest first."""
        groups: list[list[float]] = [[] for _ in self.cases]
        for case, value in zip(self.case_of.tolist(), values.tolist(), strict=True):
            groups[case].append(value)
        return [sorted(group) for group in groups]
