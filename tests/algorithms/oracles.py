"""Requirements and best values of an assignment, found without flows or solvers."""

from collections import Counter, defaultdict
from itertools import combinations
from uuid import UUID

from app.algorithms.grid import Grid
from app.algorithms.matching import Instance, Pair
from app.algorithms.network import assign


def ids(instance: Instance) -> set[Pair]:
    return {(case.id, judge.id) for case in instance.cases for judge in instance.judges}


def fixed(instance: Instance) -> frozenset[Pair]:
    """Pairs that no assignment may take away."""
    return (instance.begun & ids(instance)) - instance.blocked.keys()


def demands(instance: Instance) -> dict[UUID, int]:
    begun = Counter(case for case, _ in fixed(instance))
    return {case.id: max(case.wanted, begun[case.id]) for case in instance.cases}


def capacities(instance: Instance) -> dict[UUID, int]:
    begun = Counter(judge for _, judge in fixed(instance))
    return {judge.id: max(judge.maximum, begun[judge.id]) for judge in instance.judges}


def most_reviews(instance: Instance) -> int:
    """Greatest possible number of reviews, found by augmenting paths."""
    held = fixed(instance)
    readers: dict[UUID, set[UUID]] = defaultdict(set)
    room = capacities(instance)
    for _, reader in held:
        room[reader] -= 1
    free = ids(instance) - instance.blocked.keys() - held
    found = 0
    for one in instance.cases:
        for _ in range(demands(instance)[one.id] - sum(pair[0] == one.id for pair in held)):
            found += has_room(one.id, free, readers, room, set())
    return len(held) + found


def has_room(
    one: UUID, free: set[Pair], readers: dict[UUID, set[UUID]], room: dict[UUID, int], tried: set[UUID]
) -> bool:
    for reader in sorted(reader for read, reader in free if read == one):
        if reader in tried or one in readers[reader]:
            continue
        tried.add(reader)
        if len(readers[reader]) < room[reader]:
            readers[reader].add(one)
            return True
        for other in sorted(readers[reader]):
            readers[reader].remove(other)
            if has_room(other, free, readers, room, tried):
                readers[reader].add(one)
                return True
            readers[reader].add(other)
    return False


def levels(instance: Instance, chosen: frozenset[Pair]) -> tuple[int, ...]:
    """Objectives of the flow, in order, without its words and numbers."""
    given = Counter(case for case, _ in chosen)
    load = Counter(judge for _, judge in chosen)
    cases = {case.id: case for case in instance.cases}
    knows = {judge.id: judge.expertise for judge in instance.judges}
    missing = [wanted - given[case] for case, wanted in demands(instance).items()]
    heaps = Counter((judge, cases[case].committee) for case, judge in chosen)
    return (
        sum(missing),
        sum(max(judge.minimum - load[judge.id], 0) for judge in instance.judges),
        -len(chosen & instance.current),
        sum(number * (number + 1) for number in missing),
        sum(number**2 for number in load.values()),
        sum(number**2 for number in heaps.values()),
        sum(cases[case].category not in knows[judge] for case, judge in chosen),
    )


def is_valid(instance: Instance, chosen: frozenset[Pair]) -> bool:
    given = Counter(case for case, _ in chosen)
    load = Counter(judge for _, judge in chosen)
    demand, capacity = demands(instance), capacities(instance)
    return (
        fixed(instance) <= chosen <= ids(instance) - instance.blocked.keys()
        and all(given[case] <= demand[case] for case in given)
        and all(load[judge] <= capacity[judge] for judge in load)
    )


def best_levels(instance: Instance) -> tuple[int, ...]:
    """The least of all that can be, by looking at all."""
    free = sorted(ids(instance) - instance.blocked.keys())
    subsets = (frozenset(some) for size in range(len(free) + 1) for some in combinations(free, size))
    return min(levels(instance, some) for some in subsets if is_valid(instance, some))


def flow_levels(instance: Instance) -> tuple[int, ...]:
    grid = Grid.of(instance)
    return levels(instance, grid.pairs(assign(grid)))


def groups(chosen: frozenset[Pair]) -> int:
    """Number of groups of judges without a common case."""
    group: dict[UUID, set[UUID]] = {}
    for one, reader in chosen:
        joined = group.get(one, {one}) | group.get(reader, {reader})
        group |= dict.fromkeys(joined, joined)
    return len({id(members) for members in group.values()})
