"""How far the judging of a round is: what each case still lacks, how far apart its judges are, whom to remind."""

from collections.abc import Collection
from dataclasses import dataclass
from statistics import stdev

from app.algorithms.scores import rounded


@dataclass(frozen=True, slots=True)
class CaseJudgement:
    """What follows from a case's reviews; the two figures of disagreement need two totals."""

    unassigned: int
    lacking: int
    spread: float | None
    largest_difference: float | None


def judge_case(wanted: int, assigned: int, totals: Collection[float]) -> CaseJudgement:
    """`unassigned` reviews have nobody to write them yet, `lacking` are not handed in; more than wanted is no less."""
    disagree = len(totals) > 1
    return CaseJudgement(
        unassigned=max(0, wanted - assigned),
        lacking=max(0, wanted - len(totals)),
        spread=rounded(stdev(totals)) if disagree else None,
        largest_difference=rounded(max(totals) - min(totals)) if disagree else None,
    )
