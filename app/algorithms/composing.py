"""A composite of several sources (综合成绩): the figure of each part by its weight, and the ranks of the sums."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from uuid import UUID

from app.algorithms.ranking import Figure, Key, ranks_of

UNRANKED, ZERO, LEFT_OUT = "unranked", "zero", "left_out"
"""Fate of a case without a figure in a part: it has no rank, the part counts 0, or the others have its weight."""
WHOLE = 100
"""The sum of all weights, and the best figure that a part may have."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the composite: its weight of a hundred, and the figures of its source on a scale of a hundred."""

    code: str
    weight: int
    missing: str
    figures: Mapping[UUID, Fraction]


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a case's score: its figure, the weight that it has here, and what they come to."""

    part: str
    figure: Fraction | None
    weight: Fraction
    contribution: Fraction | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A case with the parts of its score. Cases tied after all tie-breaks share a rank; it has none without a score."""

    case: UUID
    shares: tuple[Share, ...]
    score: Fraction | None
    rank: int | None = None
    tied: bool = False


def compose(parts: Sequence[Part], tie_breaks: Sequence[str]) -> list[Standing]:
    """Rank every case that some source has, the best first, those without a rank last.

    A tie-break is the code of a part: the higher figure there goes first.
    """
    cases = sorted({case for part in parts for case in part.figures})
    standings = [_standing(case, parts) for case in cases]
    keys = {each.case: _key(each, tie_breaks) for each in standings if each.score is not None}
    ranks, sharing = dict(zip(keys, ranks_of([*keys.values()]), strict=True)), Counter(keys.values())
    placed = [
        Standing(each.case, each.shares, each.score, ranks[each.case], sharing[keys[each.case]] > 1)
        if each.case in ranks
        else each
        for each in standings
    ]
    return sorted(placed, key=lambda each: (each.rank or inf, each.case))


def _standing(case: UUID, parts: Sequence[Part]) -> Standing:
    left_out = sum(part.weight for part in parts if case not in part.figures and part.missing == LEFT_OUT)
    stretched = Fraction(WHOLE, WHOLE - left_out) if left_out < WHOLE else Fraction(0)
    shares = tuple(_share(case, part, stretched) for part in parts)
    lacking = any(case not in part.figures and part.missing == UNRANKED for part in parts) or not stretched
    score = None if lacking else sum([each.contribution or Fraction(0) for each in shares], Fraction(0))
    return Standing(case, shares, score)


def _share(case: UUID, part: Part, stretched: Fraction) -> Share:
    """Give a part the weight that it has beside those that are left out, of which it may be one."""
    figure, weight = part.figures.get(case), part.weight * stretched
    if figure is not None:
        return Share(part.code, figure, weight, figure * weight / WHOLE)
    if part.missing == ZERO:
        return Share(part.code, None, weight, Fraction(0))
    return Share(part.code, None, Fraction(0) if part.missing == LEFT_OUT else weight, None)


def _key(standing: Standing, tie_breaks: Sequence[str]) -> tuple[Figure, Key]:
    figures = {share.part: share.figure for share in standing.shares}
    score = -inf if standing.score is None else standing.score
    return score, tuple(-inf if (figure := figures[code]) is None else figure for code in tie_breaks)
