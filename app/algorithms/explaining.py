"""Shortages of an assignment, each with the constraint that causes it."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from app.algorithms.grid import Grid, Marks
from app.algorithms.instance import Case, Pair, Shortage, Underload


def shortages(grid: Grid, assigned: Marks, blocked: Mapping[Pair, str]) -> tuple[Shortage, ...]:
    """Return the cases that lack reviews, each with the constraint that binds it."""
    full = grid.open & ~assigned & (assigned.sum(axis=0) >= grid.maximum)
    given = assigned.sum(axis=1)
    return tuple(
        Shortage(
            case=grid.cases[row].id,
            wanted=grid.cases[row].wanted,
            given=int(given[row]),
            eligible=int(grid.open[row].sum()),
            blocked=reasons(grid, grid.cases[row], blocked),
            full=int(full[row].sum()),
        )
        for row in np.flatnonzero(given < grid.wanted)
    )


def reasons(grid: Grid, case: Case, blocked: Mapping[Pair, str]) -> dict[str, int]:
    pairs = ((case.id, judge.id) for judge in grid.judges)
    return dict(sorted(Counter(blocked[pair] for pair in pairs if pair in blocked).items()))


def underloads(grid: Grid, assigned: Marks) -> tuple[Underload, ...]:
    """Return the judges who get too few cases."""
    load = assigned.sum(axis=0)
    return tuple(
        Underload(
            judge=grid.judges[column].id,
            minimum=grid.judges[column].minimum,
            load=int(load[column]),
            eligible=int(grid.open[:, column].sum()),
        )
        for column in np.flatnonzero(load < grid.minimum)
    )
