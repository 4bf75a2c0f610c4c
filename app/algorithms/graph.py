"""The graph of judges and cases: its components, and the links that can be removed without splitting one."""

from dataclasses import dataclass

import numpy as np

from app.algorithms.grid import Counts, Marks


@dataclass(frozen=True, slots=True)
class Forest:
    """A tree through each component: the root, the parent and the depth of every node."""

    root: dict[int, int]
    parent: dict[int, int]
    depth: dict[int, int]

    @classmethod
    def over(cls, links: list[tuple[int, int]]) -> "Forest":
        """Grow each tree breadth first, so that the paths to the root are short."""
        near: dict[int, list[int]] = {}
        for tail, head in links:
            near.setdefault(tail, []).append(head)
            near.setdefault(head, []).append(tail)
        forest = cls({}, {}, {})
        for node in near:
            if node not in forest.root:
                forest.grow(node, near)
        return forest

    def grow(self, root: int, near: dict[int, list[int]]) -> None:
        self.root[root], self.parent[root], self.depth[root] = root, root, 0
        reached = [root]
        for node in reached:
            for other in near[node]:
                if other not in self.root:
                    self.root[other], self.parent[other], self.depth[other] = root, node, self.depth[node] + 1
                    reached.append(other)

    def on_cycles(self, links: list[tuple[int, int]]) -> Marks:
        """Mark the links on cycles: a link outside the trees closes a cycle with the paths from its ends."""
        outside = [self.parent[tail] != head and self.parent[head] != tail for tail, head in links]
        climbed: set[int] = set()
        for (tail, head), closing in zip(links, outside, strict=True):
            if closing:
                self.climb(tail, head, climbed)
        lower = [max(link, key=self.depth.__getitem__) for link in links]
        return np.array([closing or node in climbed for closing, node in zip(outside, lower, strict=True)], dtype=bool)

    def climb(self, one: int, other: int, climbed: set[int]) -> None:
        while one != other:
            if self.depth[one] < self.depth[other]:
                one, other = other, one
            climbed.add(one)
            one = self.parent[one]


@dataclass(frozen=True, slots=True)
class Graph:
    """The assigned pairs as links, each with its component; `spare` if the component stays connected without it."""

    case: Counts
    judge: Counts
    component: Counts
    spare: Marks

    @classmethod
    def of(cls, assigned: Marks) -> "Graph":
        """Build the graph of an assignment; a link is spare if it lies on a cycle."""
        case, judge = np.nonzero(assigned)
        links = list(zip(case.tolist(), (len(assigned) + judge).tolist(), strict=True))
        forest = Forest.over(links)
        component = np.array([forest.root[tail] for tail, _ in links], dtype=np.int64)
        return cls(case, judge, component, forest.on_cycles(links))

    def sides(self, component: int) -> tuple[Marks, Marks]:
        """Return the links of this component, and those of all others."""
        return self.component == component, self.component != component

    @property
    def components(self) -> list[int]:
        """The components, the smallest first."""
        names, sizes = np.unique(self.component, return_counts=True)
        return [int(name) for name in names[np.argsort(sizes, kind="stable")]]
