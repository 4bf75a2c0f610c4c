"""An instance as tables of numbers: one row per case, one column per judge, both sorted by id."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from app.algorithms.instance import Case, Instance, Judge, Pair

Marks = NDArray[np.bool_]
Counts = NDArray[np.int64]
Figures = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grid:
    """The tables of an instance; committees are numbers, and no maximum exceeds the cases open to the judge."""

    cases: tuple[Case, ...]
    judges: tuple[Judge, ...]
    open: Marks
    current: Marks
    begun: Marks
    skilled: Marks
    chance: Figures
    committee: Counts
    wanted: Counts
    minimum: Counts
    maximum: Counts

    @classmethod
    def of(cls, instance: Instance) -> "Grid":
        """Build the tables; the order in which the instance lists its members does not matter."""
        cases = tuple(sorted(instance.cases, key=lambda case: case.id))
        judges = tuple(sorted(instance.judges, key=lambda judge: judge.id))
        blocked = marks(cases, judges, instance.blocked)
        begun = marks(cases, judges, instance.begun) & ~blocked
        return cls(
            cases=cases,
            judges=judges,
            open=~blocked,
            current=marks(cases, judges, instance.current) & ~blocked,
            begun=begun,
            skilled=table(cases, judges, [[case.category in judge.expertise for judge in judges] for case in cases]),
            chance=chances(instance.seed, (len(cases), len(judges))),
            committee=numbered([case.committee for case in cases]),
            # Reviews already begun are kept, even if the wanted number was lowered below them.
            wanted=np.maximum(counts(case.wanted for case in cases), begun.sum(axis=1)),
            minimum=counts(judge.minimum for judge in judges),
            maximum=room(counts(judge.maximum for judge in judges), blocked, begun),
        )

    def pairs(self, assigned: Marks) -> frozenset[Pair]:
        """Return the marked cells as pairs of ids."""
        return frozenset((self.cases[case].id, self.judges[judge].id) for case, judge in np.argwhere(assigned))


def table(cases: tuple[Case, ...], judges: tuple[Judge, ...], rows: list[list[bool]]) -> Marks:
    return np.array(rows, dtype=bool).reshape(len(cases), len(judges))


def marks(cases: tuple[Case, ...], judges: tuple[Judge, ...], pairs: Iterable[Pair]) -> Marks:
    chosen = frozenset(pairs)
    return table(cases, judges, [[(case.id, judge.id) in chosen for judge in judges] for case in cases])


def counts(numbers: Iterable[int]) -> Counts:
    return np.fromiter(numbers, dtype=np.int64)


def numbered(names: Sequence[UUID]) -> Counts:
    order = {name: number for number, name in enumerate(sorted(set(names)))}
    return counts(order[name] for name in names)


def room(maximum: Counts, blocked: Marks, begun: Marks) -> Counts:
    """Limit the maximum to the cases open to the judge, but not below the reviews begun."""
    return np.clip(maximum, begun.sum(axis=0), (~blocked).sum(axis=0))


def chances(seed: int, shape: tuple[int, int]) -> Figures:
    """Draw the numbers that decide between equals, by the standard library: NumPy may change its streams."""
    lots = Random(seed)  # noqa: S311 -- reproducible by intent, nothing to guess
    return np.array([[lots.random() for _ in range(shape[1])] for _ in range(shape[0])]).reshape(shape)
