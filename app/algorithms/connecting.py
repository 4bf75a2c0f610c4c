"""One graph of judges and cases instead of several: without common cases two groups of judges cannot be compared.

The flow cannot ask for it. Where its best assignment falls apart, two judges exchange a case across the gap, which
leaves every load and every case's number as it was; or, where conflicts forbid that, one judge takes a case over.
"""

import numpy as np

from app.algorithms.graph import Graph
from app.algorithms.grid import Counts, Figures, Grid, Marks

KEPT, EVEN, SPREAD = 1e9, 1e6, 1e2
"""What a repair spares, in the order of the flow's own levels; then knowledge (1), then chance (less)."""


def connect(grid: Grid, assigned: Marks) -> Marks:
    """The same assignment, changed as little as it takes to connect it, or as far as such steps lead.

    It ends where no step is left to take, so that what it returns is left alone when it is met again.
    """
    while (repaired := repair(grid, assigned)) is not None:
        assigned = repaired
    return assigned


def is_connected(assigned: Marks) -> bool:
    return len(Graph.of(assigned).components) <= 1


def repair(grid: Grid, assigned: Marks) -> Marks | None:
    """One step that joins two components, or nothing where there is none to join or no way."""
    graph = Graph.of(assigned)
    if len(graph.components) <= 1:
        return None
    steps = (step(grid, assigned, graph, name) for step in (exchange, handover) for name in graph.components)
    return next((found for found in steps if found is not None), None)


def exchange(grid: Grid, assigned: Marks, graph: Graph, component: int) -> Marks | None:
    """A judge of this component and one of another exchange a case."""
    free = ~grid.begun[graph.case, graph.judge]
    mine, theirs = (np.flatnonzero(free & side) for side in graph.sides(component))
    case, judge = graph.case[mine, None], graph.judge[mine, None]
    their_case, their_judge = graph.case[None, theirs], graph.judge[None, theirs]
    allowed = grid.open[case, their_judge] & grid.open[their_case, judge]
    # Two links that both hold their component together would join the four parts to two others.
    allowed &= graph.spare[mine, None] | graph.spare[None, theirs]
    heights = piles(grid, assigned)
    here, there = grid.committee[case], grid.committee[their_case]
    higher = heights[judge, there] - heights[judge, here] + heights[their_judge, here] - heights[their_judge, there] + 2
    lost = worth(grid, case, judge) + worth(grid, their_case, their_judge)
    won = worth(grid, case, their_judge) + worth(grid, their_case, judge)
    best = cheapest(allowed, lost - won + SPREAD * higher * (here != there))
    if best is None:
        return None
    one, other = mine[best[0]], theirs[best[1]]
    cases, judges = graph.case[[one, other]], graph.judge[[one, other]]
    return moved(assigned, cases, judges, judges[::-1])


def handover(grid: Grid, assigned: Marks, graph: Graph, component: int) -> Marks | None:
    """A judge of another component takes a case of this one over, and both stay within their bounds.

    Only along a spare link: a graph is not to be connected by leaving its odd judge without a case.
    """
    load = assigned.sum(axis=0)
    givers = ~grid.begun[graph.case, graph.judge] & graph.spare & (load > grid.minimum)[graph.judge]
    inside, outside = graph.sides(component)
    mine = np.flatnonzero(givers & inside)
    case, judge, taker = graph.case[mine, None], graph.judge[mine, None], np.unique(graph.judge[outside])[None, :]
    allowed = grid.open[case, taker] & (load < grid.maximum)[taker]
    heights = piles(grid, assigned)
    higher = heights[taker, grid.committee[case]] + 1 - heights[judge, grid.committee[case]]
    lost = worth(grid, case, judge) - worth(grid, case, taker)
    best = cheapest(allowed, lost + EVEN * (load[taker] + 1 - load[judge]) + SPREAD * higher)
    return None if best is None else moved(assigned, case[best[0]], judge[best[0]], taker[0, best[1]])


def piles(grid: Grid, assigned: Marks) -> Counts:
    """How many cases of each committee every judge has."""
    heights = np.zeros((len(grid.judges), len(grid.cases)), dtype=np.int64)
    case, judge = np.nonzero(assigned)
    np.add.at(heights, (judge, grid.committee[case]), 1)
    return heights


def worth(grid: Grid, case: Counts, judge: Counts) -> Figures:
    return KEPT * grid.standing[case, judge] + grid.skilled[case, judge] - grid.chance[case, judge]


def cheapest(allowed: Marks, cost: Figures) -> tuple[int, int] | None:
    if not allowed.any():
        return None
    row, column = np.unravel_index(np.where(allowed, cost, np.inf).argmin(), cost.shape)
    return int(row), int(column)


def moved(assigned: Marks, case: Counts, judge: Counts, to: Counts) -> Marks:
    """The cases taken from these judges and given to those."""
    result = assigned.copy()
    result[case, judge] = False
    result[case, to] = True
    return result
