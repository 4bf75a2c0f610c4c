"""Figures are compared exactly and rounded only to be shown: equal means tie, whatever the weights."""

import json
import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.algorithms import snapshots
from app.algorithms.ranking import MEAN, METHODS, REVIEWER_ADJUSTED, TRIMMED_MEAN, Parameters, Ranking, report_at_cut
from app.algorithms.scores import Criterion, Score, rounded, weighted_total
from tests.algorithms.tables import DRAWS, PATIENTLY, case, judge

WEIGHTS = [(1, 1, 1), (3, 2, 2), (35, 35, 20), (1, 2, 4, 6), (7,)]
STEPS = {"1": 1, "0.5": 2, "0.1": 10}
"""The steps of scores, and the number of them in a point."""
Sheet = Sequence[Sequence[float]]
"""What each judge gave one case, by criterion."""


def ranked(sheets: Sequence[Sheet], weights: Sequence[int], method: str) -> Ranking:
    """The ranking of these cases as it is frozen: from JSON, with the totals that were stored."""
    terms = [
        {"code": f"c{place}", "weight": weight, "minimum": 0, "maximum": 100} for place, weight in enumerate(weights)
    ]
    criteria = {str(each["code"]): Criterion(weights[place], 0, 100) for place, each in enumerate(terms)}
    scores = []
    for one, sheet in enumerate(sheets):
        for by, row in enumerate(sheet):
            given = dict(zip(criteria, map(float, row), strict=True))
            scores.append(Score(case(one), judge(by), rounded(weighted_total(given, criteria)), given))
    kept: Any = snapshots.inputs([case(one) for one in range(len(sheets))], scores, Parameters(method, draws=DRAWS))
    return snapshots.compute(json.loads(json.dumps(kept | {"criteria": terms})))


def figure(sheet: Sheet, weights: Sequence[int], method: str) -> Fraction:
    """The exact figure by hand: of the trimmed mean, and of the plain one for every other method."""
    weighed = [zip((Fraction(str(score)) for score in row), weights, strict=True) for row in sheet]
    totals = sorted(Fraction(sum(score * weight for score, weight in row), sum(weights)) for row in weighed)
    counted = totals[1:-1] if method == TRIMMED_MEAN and len(totals) >= 5 else totals
    return sum(counted, Fraction()) / len(counted)


def shuffled(sheet: Sheet, chance: random.Random) -> Sheet:
    """The same scores by criterion, given by other judges: the same mean of other totals."""
    columns = [chance.sample(column, len(column)) for column in zip(*sheet, strict=True)]
    return [*zip(*columns, strict=True)]


@PATIENTLY
@given(
    st.sampled_from(WEIGHTS),
    st.sampled_from(METHODS),
    st.integers(2, 6),
    st.sampled_from([*STEPS.values()]),
    st.randoms(use_true_random=False),
)
def test_ranks_and_ties_are_those_of_the_exact_figures(
    weights: tuple[int, ...], method: str, judges: int, steps: int, chance: random.Random
) -> None:
    highest = 100 * steps
    first, other = ([[chance.randint(0, highest) / steps for _ in weights] for _ in range(judges)] for _ in range(2))
    sheets = [first, shuffled(first, chance), shuffled(first, chance), other]
    rows = {row.case.int: row for row in ranked(sheets, weights, method).rows}
    figures = [figure(sheet, weights, method) for sheet in sheets]
    if method == REVIEWER_ADJUSTED:
        assert len({rows[place].rank for place in range(3)}) == 1
        assert all(rows[place].tied for place in range(3))
        return
    for place, exact in enumerate(figures):
        assert rows[place].rank == 1 + sum(another > exact for another in figures)
        assert rows[place].tied == (figures.count(exact) > 1)


@pytest.mark.parametrize("method", [MEAN, TRIMMED_MEAN])
def test_a_tenth_and_two_are_three_tenths(method: str) -> None:
    """In binary floats 0.1 + 0.2 is more than 0.3, and 86.1 + 86.2 + 86.3 less than thrice 86.2."""
    ranking = ranked([[[0.1], [0.2]], [[0.3], [0]]], (1,), method)
    assert [(row.rank, row.tied, row.score) for row in ranking.rows] == [(1, True, 0.15)] * 2
    ranking = ranked([[[86.1], [86.2], [86.3]], [[86.2]] * 3], (7,), method)
    assert [(row.rank, row.tied, row.score) for row in ranking.rows] == [(1, True, 86.2)] * 2


@pytest.mark.parametrize("method", METHODS)
def test_two_cases_of_exactly_1204_fifteenths_share_the_first_rank(method: str) -> None:
    one = [[79, 83, 82], [78, 84, 81], [77, 80, 77], [82, 77, 83], [84, 80, 77]]
    two = [[78, 83, 79], [77, 84, 77], [84, 83, 83], [77, 81, 83], [76, 82, 77]]
    assert figure(one, (1, 1, 1), MEAN) == figure(two, (1, 1, 1), MEAN) == Fraction(1204, 15)
    ranking = ranked([one, two], (1, 1, 1), method)
    if method != TRIMMED_MEAN:
        assert [(row.rank, row.tied, row.mean) for row in ranking.rows] == [(1, True, 80.2667)] * 2
        assert len(report_at_cut(ranking, 1).tied) == 2
