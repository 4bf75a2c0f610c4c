"""Connection of the graph of judges and cases: without common cases two groups of judges cannot be compared.

The flow cannot express this. Where its best assignment has several components, two judges exchange a case between
them, which leaves every load and every case's number of reviews unchanged; or, where conflicts forbid an exchange, one
judge takes a case over.
"""

import numpy as np

from app.algorithms.graph import Graph
from app.algorithms.grid import Counts, Figures, Grid, Marks

KEPT, EVEN, SPREAD = 1e9, 1e6, 1e2
"""Weights of the costs of a repair, in the order of the flow's levels; knowledge weighs 1, chance less."""


def connect(grid: Grid, assigned: Marks) -> Marks:
    """Connect the assignment by single steps of least cost, as far as they lead.

    It ends only when no step is possible, so that a second call changes nothing.
    """
    while (repaired := repair(grid, assigned)) is not None:
        assigned = repaired
    return assigned


def is_connected(assigned: Marks) -> bool:
    return len(Graph.of(assigned).components) <= 1


def repair(grid: Grid, assigned: Marks) -> Marks | None:
    """Join two components in one step; None when there is only one component, or no step."""
    graph = Graph.of(assigned)
    if len(graph.components) <= 1:
        return None
    steps = (step(grid, assigned, graph, name) for step in (exchange, handover) for name in graph.components)
    return next((found for found in steps if found is not None), None)


def exchange(grid: Grid, assigned: Marks, graph: Graph, component: int) -> Marks | None:
    """Exchange a case between a judge of this component and a judge of another."""
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
    """Move a case of this component to a judge of another; both judges stay within their bounds.

    Only a spare link is moved: moving another would split the component, or leave a judge without a case.
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
    """Count the cases of each committee that every judge has."""
    heights = np.zeros((len(grid.judges), len(grid.cases)), dtype=np.int64)
    case, judge = np.nonzero(assigned)
    np.add.at(heights, (judge, grid.committee[case]), 1)
    return heights


def worth(grid: Grid, case: Counts, judge: Counts) -> Figures:
    return KEPT * grid.current[case, judge] + grid.skilled[case, judge] - grid.chance[case, judge]


def cheapest(allowed: Marks, cost: Figures) -> tuple[int, int] | None:
    if not allowed.any():
        return None
    row, column = np.unravel_index(np.where(allowed, cost, np.inf).argmin(), cost.shape)
    return int(row), int(column)


def moved(assigned: Marks, case: Counts, judge: Counts, to: Counts) -> Marks:
    """Return the assignment with these cases moved from one judge to another."""
    result = assigned.copy()
    result[case, judge] = False
    result[case, to] = True
    return result
