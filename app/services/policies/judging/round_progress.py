"""Figures of a round's progress: the reviews that a case still lacks, and how far its judges disagree."""

from collections.abc import Collection
from dataclasses import dataclass
from statistics import stdev

from app.algorithms.scores import rounded


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """Figures that follow from a case's reviews; the two figures of disagreement need two totals."""

    unassigned: int
    lacking: int
    spread: float | None
    largest_difference: float | None


def case_figures(wanted: int, assigned: int, totals: Collection[float]) -> CaseFigures:
    """Count the wanted reviews that are not assigned and not submitted, never below 0, and measure the disagreement."""
    disagree = len(totals) > 1
    return CaseFigures(
        unassigned=max(0, wanted - assigned),
        lacking=max(0, wanted - len(totals)),
        spread=rounded(stdev(totals)) if disagree else None,
        largest_difference=rounded(max(totals) - min(totals)) if disagree else None,
    )
