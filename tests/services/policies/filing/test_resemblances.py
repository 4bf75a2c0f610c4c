"""Resemblance of texts and pictures: what is found, what is not, and that no spacing hides a copy."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.policies.filing import resemblances as policy
from app.services.policies.filing.resemblances import Letters, Passage
from tests.world.corpus import honest


def edited(text: str, every: int) -> str:
    """Change one letter in so many."""
    return "".join("改" if place % every == 0 else letter for place, letter in enumerate(text))


def content(practices: str, **cells: Any) -> dict[str, Any]:
    return {"form": {"innovation": "", "practices": practices, "effects": None, "cells": cells}}


def shares(one: str, other: str) -> tuple[int, int]:
    """Compare as the worker does: by the sketches, and then letter by letter; zero where it would not look."""
    texts, others = policy.texts_of(content(one)), policy.texts_of(content(other))
    sketch, sketched = policy.sketch_of(texts), policy.sketch_of(others)
    if not policy.may_resemble(sketch, sketched):
        return 0, 0
    return (
        policy.share(texts, policy.passages(texts, others)),
        policy.share(others, policy.passages(others, texts)),
    )


@pytest.mark.parametrize("seed", range(8))
def test_of_a_made_corpus_every_copy_is_found_and_no_honest_text(seed: int) -> None:
    """Precision and recall over eight originals: whole, half, a third, in disguise, lightly edited; honest ones."""
    original, other = honest(seed), honest(seed + 1000)
    disguised = " ".join(original.replace("，", "、")).upper()
    copies = [
        original,
        disguised,
        original[:1000] + other[:1000],
        other[:1300] + original[700:1400],
        edited(original, 40),
    ]
    assert [policy.resembles(*shares(copy, original), pictures=0) for copy in copies] == [True] * 5
    assert policy.resembles(*shares(other, original), pictures=0) is False
    assert policy.resembles(*shares(edited(original, 12), original), pictures=0) is False, "a paraphrase is not found"


def test_a_passage_is_quoted_as_it_stands_in_each_text() -> None:
    one, other = (
        content("首先，组织党员志愿者结成帮扶对子。其次开放。"),
        content("我们（组织党员，志愿者）结成 帮扶对子！"),
    )
    assert policy.passages(policy.texts_of(one), policy.texts_of(other)) == [
        Passage(13, "practices", "组织党员志愿者结成帮扶对子", "practices", "组织党员，志愿者）结成 帮扶对子")
    ]


def test_own_cells_are_compared_where_they_hold_a_text() -> None:
    long, short = "甲乙丙丁戊己庚辛壬癸" * 5, "0315-3724062、13900000000"
    texts = policy.texts_of(content("", story=long, phone=short, agreed=True, team=[{"name": "王丽"}]))
    assert [*texts] == ["innovation", "practices", "effects", "story"]


@given(st.text(max_size=200), st.text(max_size=200))
def test_passages_are_in_both_texts_and_cover_no_letter_twice(one: str, other: str) -> None:
    texts, others = policy.texts_of(content(one + other)), policy.texts_of(content(other))
    found = policy.passages(texts, others)
    for each in found:
        letters = Letters.of(each.text).letters
        assert Letters.of(each.other_text).letters[: each.length] == letters[: each.length]
        assert each.text in one + other
        assert each.other_text in other
    assert sum(each.length for each in found) <= len(texts["practices"].letters)
    assert 0 <= policy.share(texts, found) <= 100


BASE = 0x0F0F_3C3C_55AA_9966


@pytest.mark.parametrize(
    ("other", "alike"),
    [(BASE, True), (BASE ^ 0x7F, True), (BASE ^ 0xFF, False), (BASE ^ (1 << 64) - 1, False)],
)
def test_pictures_are_alike_by_a_few_bits(other: int, alike: bool) -> None:
    one, two = {1: f"{BASE:016x}"}, {4: f"{other:016x}"}
    assert policy.pictures_alike(one, two) == ([(1, 4)] if alike else [])


@pytest.mark.parametrize("blank", ["0" * 16, "f" * 16, "0000000000000007"])
def test_a_picture_of_nothing_is_like_no_other(blank: str) -> None:
    assert policy.pictures_alike({1: blank}, {1: blank}) == []
    assert policy.bands_of([blank]) == []


@given(st.sets(st.integers(0, 63), max_size=7))
def test_every_picture_that_is_alike_is_found_by_the_index(bits: set[int]) -> None:
    """By one differing bit in a band of sixteen: seven bits leave one of four bands with one at most."""
    other = BASE ^ sum(1 << bit for bit in bits)
    assert {*policy.probes_of([f"{BASE:016x}"])} & {*policy.bands_of([f"{other:016x}"])}
    assert all(0 <= each < 2**31 for each in policy.probes_of([f"{BASE:016x}"]))
