import json
import os
import random
import subprocess
import sys
from dataclasses import asdict, replace
from fractions import Fraction
from statistics import fmean
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.algorithms import rank, snapshots
from app.algorithms.ranking import (
    MEAN,
    METHODS,
    REVIEWER_ADJUSTED,
    TRIMMED_MEAN,
    Parameters,
    Ranking,
    Row,
    report_at_cut,
)
from app.algorithms.scores import Criterion, Score, weighted_total
from benchmarks import judging as simulation
from tests.algorithms.tables import DRAWS, PATIENTLY, Table, case, judge, ranking_of, renaming, scores_of, tables

COMPUTE = """
import dataclasses, json, sys
from app.algorithms.snapshots import compute
json.dump(dataclasses.asdict(compute(json.load(sys.stdin))), sys.stdout, default=str)
"""

parameters = st.builds(
    Parameters,
    method=st.sampled_from([*METHODS]),
    tie_breaks=st.sampled_from([(), ("raw_mean",), ("criterion:influence", "raw_mean")]),
    seed=st.integers(0, 9),
    draws=st.just(DRAWS),
)


def written(ranking: Ranking) -> str:
    return json.dumps(asdict(ranking), default=str)


def by_case(ranking: Ranking) -> dict[UUID, Row]:
    return {row.case: row for row in ranking.rows}


@PATIENTLY
@given(tables, parameters, st.randoms(use_true_random=False))
def test_a_ranking_is_invariant_under_renaming_and_order(
    table: Table, chosen: Parameters, chance: random.Random
) -> None:
    cases, scores = [case(number) for number in range(8)], scores_of(table)
    new = renaming([*cases, *map(judge, range(5))], chance)
    renamed = [replace(score, case=new[score.case], judge=new[score.judge]) for score in scores]
    first = rank(cases, scores, chosen)
    second = rank(chance.sample([new[id_] for id_ in cases], 8), chance.sample(renamed, len(renamed)), chosen)
    assert {row.case: row for row in second.rows} == {
        new[row.case]: replace(row, case=new[row.case]) for row in first.rows
    }
    assert {*second.judges} == {replace(one, judge=new[one.judge]) for one in first.judges}
    assert second.noise == first.noise


@PATIENTLY
@given(tables, parameters, st.randoms(use_true_random=False))
def test_the_same_round_gives_the_same_bytes_whatever_the_order(
    table: Table, chosen: Parameters, chance: random.Random
) -> None:
    cases, scores = [case(number) for number in range(8)], scores_of(table)
    frozen = snapshots.inputs(cases, scores, chosen)
    shuffled = snapshots.inputs(chance.sample(cases, 8), chance.sample(scores, len(scores)), chosen)
    again = json.loads(json.dumps(shuffled))
    assert json.dumps(again) == json.dumps(frozen)
    assert written(snapshots.compute(again)) == written(rank(cases, scores, chosen))


@pytest.mark.thorough
@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_another_process_reckons_the_same_bytes(hash_seed: str) -> None:
    one = simulation.at_once(1)
    frozen = snapshots.inputs([row.case for row in one.rank().rows], one.scores, Parameters(REVIEWER_ADJUSTED, seed=7))
    run = subprocess.run(
        [sys.executable, "-c", COMPUTE],
        input=json.dumps(frozen).encode(),
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        check=True,
    )
    assert run.stdout.decode() == written(snapshots.compute(frozen))


@PATIENTLY
@given(tables)
def test_every_scored_case_has_its_mean_and_a_rank_by_it(table: Table) -> None:
    ranking = rank([case(number) for number in range(8)], scores_of(table), Parameters(MEAN, draws=DRAWS))
    means = {
        number: round(fmean(total for (one, _), total in table.items() if one == number), 4)
        for number in {one for one, _ in table}
    }
    assert {row.case: (row.mean, row.score) for row in ranking.rows if row.n} == {
        case(number): (mean, mean) for number, mean in means.items()
    }
    assert {row.case: row.rank for row in ranking.rows if row.n} == {
        case(number): 1 + sum(other > mean for other in means.values()) for number, mean in means.items()
    }


@PATIENTLY
@given(tables, parameters)
def test_an_interval_holds_the_rank_and_stays_within_the_ranking(table: Table, chosen: Parameters) -> None:
    ranking = rank([case(number) for number in range(8)], scores_of(table), chosen)
    ranked = [row for row in ranking.rows if row.n]
    for row in ranked:
        assert row.rank is not None
        assert row.interval is not None
        assert 1 <= row.interval[0] <= row.rank <= row.interval[1] <= len(ranked)
    assert [row.rank for row in ranked] == sorted(row.ranks[chosen.method] for row in ranked)


def test_cases_without_a_score_come_last_without_a_rank() -> None:
    ranking = rank([case(3), case(1), case(2)], [Score(case(2), judge(0), 60.0)], Parameters(REVIEWER_ADJUSTED))
    scores, ranks = dict.fromkeys(METHODS, 60.0), dict.fromkeys(METHODS, 1)
    assert ranking.rows == (
        Row(
            case(2), level=Fraction(60), n=1, mean=60.0, score=60.0, rank=1, interval=(1, 1), scores=scores, ranks=ranks
        ),
        Row(case(1)),
        Row(case(3)),
    )
    assert ranking.noise is None


def test_a_round_without_scores_has_an_empty_ranking() -> None:
    ranking = rank([case(1)], [], Parameters(MEAN))
    assert (ranking.rows, ranking.judges, ranking.noise) == ((Row(case(1)),), (), None)


def test_while_no_case_has_two_scores_every_rank_is_possible() -> None:
    table = {(0, 0): 90.0, (1, 1): 70.0, (2, 0): 50.0}
    ranking = rank([case(number) for number in range(3)], scores_of(table), Parameters(MEAN))
    assert [(row.rank, row.interval, row.error) for row in ranking.rows] == [
        (1, (1, 3), None),
        (2, (1, 3), None),
        (3, (1, 3), None),
    ]


def test_the_highest_and_the_lowest_are_left_out_from_five_scores_on() -> None:
    ranking = ranking_of([10, 70, 71, 72, 100], [10, 70, 71, 100], method=TRIMMED_MEAN)
    assert {row.case: (row.score, row.trimmed) for row in ranking.rows} == {
        case(0): (71.0, True),
        case(1): (62.75, False),
    }


def test_spread_is_the_standard_deviation_of_the_scores() -> None:
    rows = by_case(ranking_of([60, 70, 80], [50]))
    assert (rows[case(0)].spread, rows[case(1)].spread) == (10.0, None)


def test_a_tie_stays_a_tie_and_the_next_is_third() -> None:
    ranking = ranking_of([70, 80], [80, 70], [60, 60])
    assert [(row.case, row.rank, row.tied) for row in ranking.rows] == [
        (case(0), 1, True),
        (case(1), 1, True),
        (case(2), 3, False),
    ]


def test_a_tie_is_broken_by_the_first_declared_figure_that_tells() -> None:
    table = {(0, 0): 70.0, (1, 0): 70.0, (2, 0): 70.0}
    influence = {0: {"influence": 8.0}, 1: {"influence": 9.0}, 2: {}}
    scores = [replace(score, criteria=influence[score.case.int]) for score in scores_of(table)]
    declared = ("raw_mean", "criterion:influence")
    ranking = rank([case(0), case(1), case(2)], scores, Parameters(MEAN, declared))
    assert [(row.case, row.rank, row.tied) for row in ranking.rows] == [
        (case(1), 1, False),
        (case(0), 2, False),
        (case(2), 3, False),
    ]


@PATIENTLY
@given(
    st.lists(st.integers(40, 80), min_size=6, max_size=12),
    st.lists(st.integers(-15, 15), min_size=4, max_size=6),
)
def test_without_chance_what_judges_add_is_found_and_taken_off(merits: list[int], added: list[int]) -> None:
    count = len(added)
    table = {
        (one, (one + step) % count): merits[one] + added[(one + step) % count] for one in range(6) for step in (0, 1, 2)
    }
    ranking = rank([case(one) for one in range(6)], scores_of(table), Parameters(REVIEWER_ADJUSTED, draws=DRAWS))
    average = fmean(added)
    found = {one.judge: one.leniency for one in ranking.judges}
    assert [found[judge(by)] for by in range(count)] == pytest.approx([one - average for one in added], abs=0.001)
    rows = by_case(ranking)
    assert [rows[case(one)].score for one in range(6)] == pytest.approx(
        [merits[one] + average for one in range(6)], abs=0.001
    )


def test_a_judge_of_few_cases_is_believed_less() -> None:
    """Two judges exceed what others give by as much; one in a single case, the other in each of twelve."""
    chance = random.Random(1)
    table = {(one, by): 60 + one + chance.gauss(0, 2) for one in range(12) for by in range(3)}
    table |= {(one, 3): 60 + one + 9.0 for one in range(12)} | {(0, 4): 60 + 9.0}
    ranking = rank([case(one) for one in range(12)], scores_of(table), Parameters(REVIEWER_ADJUSTED))
    found = {one.judge: (one.n, one.leniency) for one in ranking.judges}
    assert (found[judge(3)][0], found[judge(4)][0]) == (12, 1)
    assert 0 < found[judge(4)][1] < 0.9 * found[judge(3)][1]


def test_judges_who_share_no_case_with_others_are_compared_with_their_own_circle_only() -> None:
    table = {
        (0, 0): 80.0,
        (0, 1): 60.0,
        (1, 0): 90.0,
        (1, 1): 70.0,
        (2, 2): 40.0,
        (2, 3): 20.0,
        (3, 2): 50.0,
        (3, 3): 30.0,
    }
    ranking = rank([case(one) for one in range(4)], scores_of(table), Parameters(REVIEWER_ADJUSTED))
    assert [one.leniency for one in ranking.judges] == pytest.approx([10, -10, 10, -10], abs=0.01)
    assert [row.case for row in ranking.rows] == [case(1), case(0), case(3), case(2)]


def test_the_report_tells_who_would_enter_and_leave_under_each_other_method() -> None:
    ranking = ranking_of([70, 70, 70, 70, 70], [60, 60, 60, 60, 99], [40, 72, 73, 71, 42], method=MEAN)
    report = report_at_cut(ranking, 1)
    assert (report.chosen, report.tied) == ((case(0),), ())
    assert {change.method: (change.entering, change.leaving) for change in report.changes}[TRIMMED_MEAN] == ((), ())
    second = {change.method: (change.entering, change.leaving) for change in report_at_cut(ranking, 2).changes}
    assert second[TRIMMED_MEAN] == ((case(2),), (case(1),))
    assert [*second] == [TRIMMED_MEAN, REVIEWER_ADJUSTED]


def test_the_report_names_those_who_share_the_last_place_with_too_many() -> None:
    ranking = ranking_of([90, 90], [70, 80], [80, 70], [10, 10])
    assert report_at_cut(ranking, 2).tied == (case(1), case(2))
    assert report_at_cut(ranking, 3).tied == ()
    assert report_at_cut(ranking, 9).chosen == tuple(case(number) for number in range(4))


def test_a_total_weighs_each_criterion_within_its_range() -> None:
    criteria = {"influence": Criterion(40, 0, 10), "innovation": Criterion(60, 1, 5)}
    assert weighted_total({"influence": 5, "innovation": 4}, criteria) == 65.0
    assert weighted_total({"influence": 0, "innovation": 1}, criteria) == 0.0
    assert weighted_total({"influence": 10, "innovation": 5}, criteria) == 100.0


def test_nine_true_ranks_in_ten_lie_within_their_interval() -> None:
    rounds = [simulation.at_once(seed) for seed in range(12)]
    assert 0.86 <= fmean(one.covered(one.rank()) for one in rounds) <= 0.96
