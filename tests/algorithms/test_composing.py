"""Composite results: the sum of figures by weight, exact until it is shown."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.algorithms.composing import LEFT_OUT, UNRANKED, ZERO, Part, Standing, compose
from tests.algorithms.tables import case


def part(code: str, weight: int, *figures: str | None, missing: str = UNRANKED) -> Part:
    """A part with the figure of each case, None for one that has none."""
    return Part(code, weight, missing, {case(place): Fraction(each) for place, each in enumerate(figures) if each})


def rows(parts: list[Part], tie_breaks: list[str]) -> list[Any]:
    """The standings, whose figures are compared with whole numbers here."""
    return [*compose(parts, tie_breaks)]


def table(standings: list[Standing]) -> Any:
    return {each.case.int: (each.rank, each.score, each.tied) for each in standings}


def test_three_parts_of_thirty_sixty_and_ten_make_one_score() -> None:
    best, other = rows([part("paper", 30, "80", "90"), part("live", 60, "90", "80"), part("vote", 10, "50", "100")], [])
    assert [(each.part, each.figure, each.weight, each.contribution) for each in best.shares] == [
        ("paper", 90, 30, 27),
        ("live", 80, 60, 48),
        ("vote", 100, 10, 10),
    ]
    assert (best.case, best.score, best.rank) == (case(1), 85, 1)
    assert (other.case, other.score, other.rank) == (case(0), 83, 2)


@pytest.mark.parametrize(
    ("missing", "score", "rank", "shares"),
    [
        (UNRANKED, None, None, [(40, 36), (60, None)]),
        (ZERO, 36, 2, [(40, 36), (60, 0)]),
        (LEFT_OUT, 90, 1, [(100, 90), (0, None)]),
    ],
)
def test_a_part_without_a_figure_means_what_the_notice_says(
    missing: str, score: int | None, rank: int | None, shares: list[tuple[int, int | None]]
) -> None:
    standings = rows([part("paper", 40, "80", "90"), part("live", 60, "80", None, missing=missing)], [])
    found = next(each for each in standings if each.case == case(1))
    assert (found.score, found.rank) == (score, rank)
    assert [(each.weight, each.contribution) for each in found.shares] == shares


def test_a_case_without_any_figure_that_counts_has_no_rank() -> None:
    parts = [part("paper", 40, "80", missing=LEFT_OUT), part("live", 60, "80", missing=LEFT_OUT)]
    assert table(compose(parts, [])) == {0: (1, 80, False)}
    only = [Part("paper", 40, LEFT_OUT, {}), Part("live", 60, UNRANKED, {case(1): Fraction(80)})]
    assert table(compose(only, [])) == {1: (1, 80, False)}
    assert compose([Part("paper", 40, LEFT_OUT, {}), Part("live", 60, ZERO, {})], []) == []


def test_exact_sums_tie_that_rounded_ones_would_part() -> None:
    """Thirds that are rounded first come to sums that differ."""
    parts = [part("paper", 30, "241/3", "244/3"), part("live", 60, "80", "159/2"), part("vote", 10, "0", "0")]
    assert table(compose(parts, [])) == {0: (1, Fraction("721/10"), True), 1: (1, Fraction("721/10"), True)}


def test_ties_are_parted_by_the_declared_part_and_share_a_rank_after_it() -> None:
    parts = [part("paper", 50, "80", "90", "90"), part("live", 50, "90", "80", "80")]
    assert table(compose(parts, [])) == dict.fromkeys(range(3), (1, 85, True))
    assert table(compose(parts, ["live"])) == {0: (1, 85, False), 1: (2, 85, True), 2: (2, 85, True)}


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=8), st.integers(1, 99))
def test_ranks_follow_the_exact_sums(figures: list[tuple[int, int]], weight: int) -> None:
    parts = [
        part("one", weight, *(str(one) for one, _ in figures)),
        part("other", 100 - weight, *(str(other) for _, other in figures)),
    ]
    standings = rows(parts, [])
    sums = {place: one * weight + other * (100 - weight) for place, (one, other) in enumerate(figures)}
    assert {each.case.int: each.rank for each in standings} == {
        place: 1 + sum(other > mine for other in sums.values()) for place, mine in sums.items()
    }
    assert [each.rank for each in standings] == sorted(each.rank or 0 for each in standings)
