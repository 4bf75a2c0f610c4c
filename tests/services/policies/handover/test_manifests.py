from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.enums import NominationStatus as Status
from app.services.policies.handover.manifests import Comparison, Entry, Ours, compare, plain

ONE, TWO = UUID(int=1), UUID(int=2)
DIGEST = "9f" * 32
OVER = {Status.REPLACED, Status.WITHDRAWN}
entries = st.lists(
    st.builds(Entry, st.integers(1, 6).map(lambda n: UUID(int=n)), st.integers(1, 2), st.sampled_from(["a", "b"])),
    unique_by=lambda entry: entry.nomination_id,
)


def entry(number: UUID = ONE, revision: int = 1, digest: str = DIGEST) -> Entry:
    return Entry(number, revision, digest)


@pytest.mark.parametrize("status", Status)
def test_what_stands_is_missed_and_what_stands_no_longer_is_named_where_it_is_still_held(status: Status) -> None:
    ours = [Ours(entry(), status)]
    over = status in OVER
    assert compare(ours, []) == Comparison([] if over else [ONE], [], [], [])
    assert compare(ours, [entry()]) == Comparison([], [], [], [ONE] if over else [])


def test_what_we_never_prepared_and_what_is_held_otherwise_is_named() -> None:
    ours = [Ours(entry(), Status.DELIVERED)]
    assert compare(ours, [entry(TWO)]) == Comparison([ONE], [TWO], [], [])
    assert compare(ours, [entry(revision=2)]) == Comparison([], [], [ONE], [])
    assert compare(ours, [entry(digest="0" * 64)]) == Comparison([], [], [ONE], [])


@given(ours=entries, theirs=entries)
def test_two_sides_agree_exactly_when_they_hold_the_same(ours: list[Entry], theirs: list[Entry]) -> None:
    found = compare([Ours(each, Status.DELIVERED) for each in ours], theirs)
    assert found.agrees == (set(ours) == set(theirs))
    named = [*found.missing, *found.unknown, *found.different]
    assert len(named) == len(set(named))
    differing = {each.nomination_id for each in set(ours) ^ set(theirs)}
    assert set(named) == differing


@given(held=entries.flatmap(lambda each: st.tuples(st.just(each), st.permutations(each))))
def test_the_form_of_a_set_does_not_depend_on_its_order(held: tuple[list[Entry], list[Entry]]) -> None:
    assert plain(held[0]) == plain(held[1])
