import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings

from app.algorithms.grid import Grid
from app.algorithms.matching import Instance, Matching, Pair, Shortage, Underload, match
from app.algorithms.network import assign
from tests.algorithms.instances import campaign, case, instance, instances, judge, pairs, uuid
from tests.algorithms.oracles import best_levels, demands, flow_levels, groups, is_valid, most_reviews

ROOT = Path(__file__).parents[2]
MANY = settings(max_examples=150, deadline=None)
FEW = settings(max_examples=40, deadline=None)
DIGEST = """
from tests.algorithms.instances import campaign
from app.algorithms.matching import match
print(*sorted(match(campaign(seed=7)).pairs))
"""


def after(instance: Instance, matching: Matching) -> Instance:
    return replace(instance, current=matching.pairs)


@MANY
@given(instances())
def test_no_assignment_breaks_a_conflict_or_a_bound(instance: Instance) -> None:
    matching = match(instance)
    assert is_valid(instance, matching.pairs)
    assert matching.loads == {judge.id: sum(j == judge.id for _, j in matching.pairs) for judge in instance.judges}
    assert matching.added == tuple(sorted(matching.pairs - instance.current))
    assert matching.withdrawn == tuple(sorted(instance.current - matching.pairs))


@MANY
@given(instances())
def test_every_shortage_is_real_and_explained(instance: Instance) -> None:
    matching = match(instance)
    assert len(matching.pairs) == most_reviews(instance)
    missing = sum(shortage.wanted - shortage.given for shortage in matching.shortages)
    assert missing == sum(demands(instance).values()) - len(matching.pairs)
    for shortage in matching.shortages:
        assert shortage.eligible == shortage.given + shortage.full < len(instance.judges) + 1
        assert shortage.eligible + sum(shortage.blocked.values()) == len(instance.judges)


@FEW
@given(instances(most_cases=3, most_judges=3))
def test_no_other_assignment_is_better_by_any_level(instance: Instance) -> None:
    assert flow_levels(instance) == best_levels(instance)


@MANY
@given(instances())
def test_what_is_matched_again_unchanged_stays_unchanged(instance: Instance) -> None:
    matching = match(instance)
    again = match(after(instance, matching))
    assert (again.pairs, again.added, again.withdrawn) == (matching.pairs, (), ())


@MANY
@given(instances())
def test_the_graph_is_said_to_be_connected_when_it_is(instance: Instance) -> None:
    matching = match(instance)
    assert matching.connected == (groups(matching.pairs) <= 1)


@FEW
@given(instances())
def test_the_order_of_the_members_does_not_matter(instance: Instance) -> None:
    turned = replace(instance, cases=instance.cases[::-1], judges=instance.judges[::-1])
    assert match(turned) == match(instance)


@FEW
@given(instances())
def test_other_names_cost_the_same(instance: Instance) -> None:
    def other(name: UUID) -> UUID:
        return UUID(int=name.int ^ 0xA5A5)

    def others(chosen: frozenset[Pair]) -> frozenset[Pair]:
        return frozenset((other(case), other(judge)) for case, judge in chosen)

    renamed = replace(
        instance,
        cases=tuple(replace(case, id=other(case.id)) for case in instance.cases),
        judges=tuple(replace(judge, id=other(judge.id)) for judge in instance.judges),
        blocked={(other(case), other(judge)): reason for (case, judge), reason in instance.blocked.items()},
        current=others(instance.current),
        begun=others(instance.begun),
    )
    assert flow_levels(renamed) == flow_levels(instance)


@pytest.mark.thorough
@pytest.mark.parametrize("hash_seed", ["0", "12345"])
def test_another_process_comes_to_the_same_result(hash_seed: str) -> None:
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-c", DIGEST]
    printed = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    assert printed.stdout == " ".join(map(str, sorted(match(campaign(seed=7)).pairs))) + "\n"
    assert printed.stderr == ""


def test_the_seed_decides_between_equals() -> None:
    one, other = campaign(), replace(campaign(), seed=2)
    assert match(one).pairs != match(other).pairs
    assert flow_levels(one) == flow_levels(other)


def test_the_solver_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    match(campaign())
    assert capfd.readouterr() == ("", "")


def test_a_campaign_is_read_evenly_by_those_who_know_and_from_everywhere() -> None:
    given = campaign()
    matching = match(given)
    cases = {case.id: case for case in given.cases}
    knows = {judge.id: judge.expertise for judge in given.judges}
    heaps = Counter((judge, cases[case].committee) for case, judge in matching.pairs)
    assert set(matching.loads.values()) == {20}
    assert (matching.shortages, matching.underloads, matching.connected) == ((), (), True)
    assert max(heaps.values()) == 5
    assert sum(cases[case].category in knows[judge] for case, judge in matching.pairs) == 174


def test_when_a_judge_leaves_only_that_judges_cases_move() -> None:
    given = campaign()
    before = match(given)
    gone = given.judges[4].id
    matching = match(replace(after(given, before), judges=tuple(one for one in given.judges if one.id != gone)))
    assert matching.withdrawn == tuple(sorted(pair for pair in before.pairs if pair[1] == gone))
    assert len(matching.added) == len(matching.withdrawn) == 20
    assert set(matching.loads.values()) == {22, 23}


def test_a_judge_who_joins_gets_the_minimum_from_those_before() -> None:
    given = campaign()
    before = match(given)
    late = judge(50, minimum=6, maximum=20)
    matching = match(replace(after(given, before), judges=(*given.judges, late)))
    assert matching.loads[late.id] == 6
    assert len(matching.added) == len(matching.withdrawn) == 6


def test_a_conflict_takes_even_a_begun_review_away() -> None:
    begun = pairs((1, 1))
    matching = match(instance([case(1, wanted=1)], [judge(1), judge(2)], blocked={(uuid(1), uuid(101)): "declared"}))
    assert matching.pairs == pairs((1, 2))
    blocked = dict.fromkeys(begun, "declared")
    matching = match(instance([case(1, wanted=1)], [judge(1), judge(2)], blocked=blocked, begun=begun))
    assert (matching.withdrawn, matching.added) == (tuple(begun), tuple(pairs((1, 2))))


def test_a_begun_review_stays_though_nobody_would_give_it_today() -> None:
    begun = pairs((1, 1), (1, 2), (2, 1))
    matching = match(instance([case(1, wanted=1), case(2, wanted=1)], [judge(1, maximum=0), judge(2)], begun=begun))
    assert matching.pairs == begun


def test_what_is_over_the_number_or_the_load_is_withdrawn() -> None:
    current = pairs((1, 1), (1, 2), (2, 1), (2, 2))
    matching = match(instance([case(1, wanted=1), case(2, wanted=2)], [judge(1), judge(2, maximum=1)], current=current))
    assert matching.pairs == pairs((1, 1), (2, 1), (2, 2))
    assert matching.withdrawn == tuple(pairs((1, 2)))


def test_two_groups_that_know_different_things_exchange_a_case() -> None:
    cases = [case(n, committee=n % 4, category="theory" if n < 4 else "service") for n in range(8)]
    judges = [judge(n, expertise=frozenset({"theory" if n < 2 else "service"})) for n in range(4)]
    grid = Grid.of(instance(cases, judges))
    assert groups(grid.pairs(assign(grid))) == 2
    matching = match(instance(cases, judges))
    assert matching.connected
    assert set(matching.loads.values()) == {4}
    knows = {judge.id: judge.expertise for judge in judges}
    assert sum(cases[one.int].category in knows[reader] for one, reader in matching.pairs) == 14
    assert set(Counter((reader, cases[one.int].committee) for one, reader in matching.pairs).values()) == {1}


@pytest.mark.parametrize(
    ("minimum", "maximum", "loads"), [(0, 9, [1, 2, 2, 3]), (2, 9, [2, 2, 2, 2]), (0, 2, [2, 2, 2, 2])]
)
def test_where_no_exchange_is_allowed_one_case_is_handed_over_within_the_bounds(
    minimum: int, maximum: int, loads: list[int]
) -> None:
    cases = [case(n, committee=n) for n in range(4)]
    current = pairs((0, 0), (0, 1), (1, 0), (1, 1), (2, 2), (2, 3), (3, 2), (3, 3))
    blocked = dict.fromkeys(pairs((2, 0), (2, 1), (3, 0), (3, 1)), "recused")
    judges = [judge(n, minimum=minimum, maximum=maximum) for n in range(4)]
    matching = match(instance(cases, judges, blocked=blocked, current=current))
    assert sorted(matching.loads.values()) == loads
    assert matching.connected == (loads != [2, 2, 2, 2])
    assert len(matching.added) == len(matching.withdrawn) == matching.connected


def test_a_begun_review_is_not_exchanged() -> None:
    cases = [case(n, committee=n) for n in range(4)]
    begun = pairs((0, 0), (0, 1), (1, 0), (1, 1), (2, 2), (2, 3), (3, 2), (3, 3))
    matching = match(instance(cases, [judge(n) for n in range(4)], begun=begun))
    assert (matching.pairs, matching.connected) == (begun, False)


def test_one_review_each_connects_nobody_and_stays_even() -> None:
    matching = match(instance([case(n, wanted=1) for n in range(6)], [judge(n) for n in range(3)]))
    assert not matching.connected
    assert set(matching.loads.values()) == {2}


def test_each_judge_reads_from_every_committee() -> None:
    matching = match(instance([case(n, committee=n // 4, wanted=1) for n in range(16)], [judge(n) for n in range(4)]))
    heaps = Counter((reader, one.int // 4) for one, reader in matching.pairs)
    assert sorted(heaps.values()) == [1] * 16


def test_loads_are_even_before_cases_are_spread() -> None:
    """Three committees' cases before one judge would be the better spread."""
    cases = [case(1), case(2), case(3, committee=1), case(4, committee=2)]
    blocked = dict.fromkeys(pairs((3, 2), (4, 2)), "declared")
    once = [replace(one, wanted=1) for one in cases]
    matching = match(instance(once, [judge(1), judge(2)], blocked=blocked))
    assert matching.pairs == pairs((1, 2), (2, 2), (3, 1), (4, 1))


def test_cases_are_spread_before_judges_read_what_they_know() -> None:
    cases = [case(n, committee=n // 2, category=("theory", "service")[n // 2], wanted=1) for n in range(4)]
    judges = [judge(1, expertise=frozenset({"theory"})), judge(2, expertise=frozenset({"service"}))]
    heaps = Counter((reader, one.int // 2) for one, reader in match(instance(cases, judges)).pairs)
    assert sorted(heaps.values()) == [1, 1, 1, 1]


def test_a_shortage_names_what_blocks_the_judges_and_how_many_are_full() -> None:
    blocked = dict.fromkeys(pairs((1, 1), (1, 2)), "same_committee") | dict.fromkeys(pairs((1, 3)), "declared")
    judges = [judge(n, maximum=1) for n in range(1, 6)]
    matching = match(instance([case(1, wanted=3), case(2, wanted=4)], judges, blocked=blocked, current=pairs((2, 4))))
    assert matching.shortages == (
        Shortage(uuid(1), wanted=3, given=1, eligible=2, blocked={"declared": 1, "same_committee": 2}, full=1),
    )
    assert matching.connected is False


def test_a_judge_below_the_minimum_is_named_with_what_was_open() -> None:
    judges = [judge(1, minimum=2), judge(2, minimum=2)]
    blocked = dict.fromkeys(pairs((1, 2)), "abstained")
    matching = match(instance([case(1, wanted=2), case(2, wanted=2)], judges, blocked=blocked))
    assert matching.underloads == (Underload(uuid(102), minimum=2, load=1, eligible=1),)


def test_nothing_comes_of_nothing() -> None:
    assert match(instance([], [])) == Matching(frozenset(), (), (), {}, (), (), connected=True)
    matching = match(instance([case(1)], [], current=pairs((1, 1))))
    assert matching.withdrawn == tuple(pairs((1, 1)))
    assert matching.shortages == (Shortage(uuid(1), wanted=2, given=0, eligible=0, blocked={}, full=0),)


def test_shuffled_conflicts_change_nothing() -> None:
    given = campaign()
    blocked = list(given.blocked.items())
    Random(3).shuffle(blocked)
    assert match(replace(given, blocked=dict(blocked))) == match(given)
