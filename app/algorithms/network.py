"""The assignment as a flow of least cost: reviews flow from cases through piles to judges; HiGHS solves it.

Every column of the programme is an arc that carries one review or none, so that its matrix is totally unimodular and
every vertex is integral. A cost that grows with each review (a load, a pile of one committee's cases) is as many
parallel arcs, each dearer than the last.
"""

from dataclasses import dataclass

import numpy as np
from highspy import Highs, HighsLp, HighsModelStatus, MatrixFormat

from app.algorithms.grid import Counts, Figures, Grid, Marks

HALF = 0.5


@dataclass(frozen=True, slots=True)
class Arcs:
    """Arcs of one kind, from node to node; `nth` numbers parallel arcs."""

    tail: Counts
    head: Counts
    nth: Counts


@dataclass(frozen=True, slots=True)
class Network:
    """The network; its nodes in order: cases, piles (the cases of one committee for one judge), judges, the end."""

    nodes: int
    case: Counts
    judge: Counts
    choices: Arcs
    piles: Arcs
    loads: Arcs
    gaps: Arcs

    @classmethod
    def of(cls, grid: Grid) -> "Network":
        """Build one arc for every open pair, and as many parallel arcs as a pile, a load or a gap can reach."""
        case, judge = np.nonzero(grid.open)
        committees = int(grid.committee.max()) + 1
        piles, pile, sizes = np.unique(
            judge * committees + grid.committee[case], return_inverse=True, return_counts=True
        )
        first_pile = len(grid.cases)
        first_judge = first_pile + len(piles)
        end = first_judge + len(grid.judges)
        owner = piles // committees
        return cls(
            nodes=end + 1,
            case=case,
            judge=judge,
            choices=Arcs(case, first_pile + pile, np.ones_like(case)),
            piles=side_by_side(
                first_pile + np.arange(len(piles)), first_judge + owner, np.minimum(sizes, grid.maximum[owner])
            ),
            loads=side_by_side(np.arange(first_judge, end), np.full(len(grid.judges), end), grid.maximum),
            gaps=side_by_side(np.arange(first_pile), np.full(first_pile, end), grid.wanted),
        )

    @property
    def kinds(self) -> tuple[Arcs, ...]:
        return self.choices, self.piles, self.loads, self.gaps

    def cost(self, kind: Arcs, values: Marks | Counts | Figures) -> Figures:
        """Return a vector with these costs on the arcs of one kind, and 0 on the others."""
        return np.concatenate([values if arcs is kind else np.zeros(len(arcs.nth)) for arcs in self.kinds])


def side_by_side(tail: Counts, head: Counts, times: Counts) -> Arcs:
    before = np.repeat(np.cumsum(times) - times, times)
    return Arcs(np.repeat(tail, times), np.repeat(head, times), 1 + np.arange(times.sum()) - before)


def assign(grid: Grid) -> Marks:
    """Return the best assignment, whether its graph is connected or not."""
    assigned = np.zeros_like(grid.open)
    if not grid.open.any():
        return assigned
    network = Network.of(grid)
    taken = solve(programme(network, grid), passes(network, grid))
    chosen = taken[: len(network.case)] == 1
    assigned[network.case[chosen], network.judge[chosen]] = True
    return assigned


def passes(network: Network, grid: Grid) -> list[Figures]:
    """Return the costs to minimise in turn, the most important first; a later one never worsens an earlier one.

    A judge's minimum outranks existing assignments, since the office asked for it; evenness does not: when a judge
    leaves, only that judge's cases move, and a judge who joins late gets cases up to the minimum. Nor are existing
    assignments moved to share out a shortage. The spread over committees outranks what judges know: favour is the
    graver error, and an even spread still leaves many choices.
    """
    skilled = grid.skilled[network.case, network.judge]
    current = grid.current[network.case, network.judge]
    reviews = int(grid.wanted.sum())
    short = network.cost(network.gaps, np.ones(len(network.gaps.nth)))
    unfair = network.cost(network.gaps, network.gaps.nth)
    enough = np.repeat(grid.minimum, grid.maximum)
    above_minimum = network.cost(network.loads, network.loads.nth > enough)
    kept = network.cost(network.choices, -current.astype(np.int64))
    uneven = network.cost(network.loads, network.loads.nth)
    piled = network.cost(network.piles, network.piles.nth)
    unskilled = network.cost(network.choices, ~skilled)
    chance = network.cost(network.choices, grid.chance[network.case, network.judge])
    blends = (short, above_minimum), (kept, unfair), (uneven, piled), (unskilled, chance)
    return [cost for levels in blends if (cost := blend(levels, reviews)).any()]


def blend(levels: tuple[Figures, ...], reviews: int) -> Figures:
    """Combine levels into one cost, in which a unit of each outweighs the total of the later ones over all reviews.

    Only two levels at a time: all eight would need more digits than a double has.
    """
    total = np.zeros_like(levels[0])
    for level in reversed(levels):
        total = total + level * (1 + reviews * np.abs(total).max())
    return total


def programme(network: Network, grid: Grid) -> HighsLp:
    """Build the linear programme: every node conserves the flow, which enters at the cases and leaves at the end."""
    tail = np.concatenate([arcs.tail for arcs in network.kinds])
    head = np.concatenate([arcs.head for arcs in network.kinds])
    supply = np.zeros(network.nodes)
    supply[: len(grid.cases)] = grid.wanted
    supply[-1] = -grid.wanted.sum()
    lp = HighsLp()
    lp.num_col_, lp.num_row_ = len(tail), network.nodes
    lp.col_cost_ = np.zeros(len(tail))
    lp.col_lower_ = network.cost(network.choices, grid.begun[network.case, network.judge])
    lp.col_upper_ = np.ones(len(tail))
    lp.row_lower_ = lp.row_upper_ = supply
    lp.a_matrix_.format_ = MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.arange(0, 2 * len(tail) + 1, 2)
    lp.a_matrix_.index_ = np.column_stack([tail, head]).ravel()
    lp.a_matrix_.value_ = np.tile([1.0, -1.0], len(tail))
    return lp


def solve(lp: HighsLp, costs: list[Figures]) -> Figures:
    """Return the flow that is best by the first cost, among these the best by the second, and so on.

    A column whose reduced cost is not zero has the same value in every best solution. It is fixed there, and every
    solution over the free columns is as good. All costs but the last are whole numbers, and so are their reduced costs.
    """
    highs = Highs()  # type: ignore[no-untyped-call]  # the package types its core, not this wrapper
    highs.silent()
    highs.setOptionValue("threads", 1)
    highs.passModel(lp)
    columns = np.arange(lp.num_col_, dtype=np.int32)
    lower, upper = np.array(lp.col_lower_), np.array(lp.col_upper_)
    for cost in costs:
        highs.changeColsCost(len(columns), columns, cost)
        highs.run()
        if highs.getModelStatus() != HighsModelStatus.kOptimal:
            raise RuntimeError(f"HiGHS found no optimum: {highs.modelStatusToString(highs.getModelStatus())}")
        solution = highs.getSolution()
        taken = np.rint(solution.col_value)
        held = np.abs(solution.col_dual) > HALF
        lower[held] = upper[held] = taken[held]
        highs.changeColsBounds(len(columns), columns, lower, upper)
    return taken
