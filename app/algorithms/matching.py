"""The best assignment of cases to judges, with the least change to the existing one."""

from uuid import UUID

from app.algorithms.connecting import connect, is_connected
from app.algorithms.explaining import shortages, underloads
from app.algorithms.grid import Grid, Marks
from app.algorithms.instance import Case, Instance, Judge, Matching, Pair, Shortage, Underload
from app.algorithms.network import assign

__all__ = ["Case", "Instance", "Judge", "Matching", "Pair", "Shortage", "Underload", "match"]


def match(instance: Instance) -> Matching:
    """Assign the cases to the judges as far as possible, and report each shortage with its cause.

    In order of importance: every case gets its reviews, every judge the minimum, the graph is connected, existing
    assignments are kept, loads are even, every judge's cases come from many committees, judges know the category, the
    seed decides. If nothing changed and no conflict arose, the existing assignment is returned.
    """
    grid = Grid.of(instance)
    assigned = connect(grid, assign(grid))
    pairs = grid.pairs(assigned)
    return Matching(
        pairs=pairs,
        added=tuple(sorted(pairs - instance.current)),
        withdrawn=tuple(sorted(instance.current - pairs)),
        loads=loads(grid, assigned),
        shortages=shortages(grid, assigned, instance.blocked),
        underloads=underloads(grid, assigned),
        connected=is_connected(assigned),
    )


def loads(grid: Grid, assigned: Marks) -> dict[UUID, int]:
    return {judge.id: int(load) for judge, load in zip(grid.judges, assigned.sum(axis=0), strict=True)}
