"""Texts that a reader takes for the same are the same, whatever they are written with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Text, bindparam, select

from app.comparable import comparable, is_blank, same_value
from app.services.pages import compared
from tests.world import World

SAME = [
    ("路北区党（工）委", "路北区党(工)委", "路北区党（\u200b工）委", "路北区 党（工） 委", "路北区党〔工〕委"),
    ("一中", " 一中 ", "\u2f00中", "一中\u200b", "一\ue000中", "一\u3000中", "一\u2060中"),
    ("3号院", "３号院", "3\u00ad号院"),
    ("abc社区", "ＡＢＣ社区", "Abc 社区"),
    ("91350100m000100y43", "９１３５０１００Ｍ０００１００Ｙ４３", "9135 0100 M000 100Y 43"),
]
APART = ["一中", "二中", "一中（东）", "一中东", "3号院", "8号院", "、", "，"]
BLANK = ["", " ", "\u200b", "\u3164", "\u2060", "\u3000\u3000", "\ufe0f", "\u200b\u3164 \u2060", "\u2800", "\ue000"]


@pytest.mark.parametrize("spellings", SAME, ids=lambda spellings: spellings[0])
def test_spellings_of_one_name_are_one(spellings: tuple[str, ...]) -> None:
    assert len({comparable(each) for each in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(True, 1, False), (False, 0, False), (1, 1.0, True), ([{"a": [True]}], [{"a": [1]}], False), ({}, None, False)],
)
def test_values_are_the_same_as_json_has_them(one: object, other: object, *, same: bool) -> None:
    assert (same_value(one, other), same_value(one, one), same_value(other, other)) == (same, True, True)


def test_other_names_are_others() -> None:
    assert len({comparable(each) for each in APART}) == len(APART)


@pytest.mark.parametrize("text", BLANK, ids=ascii)
def test_what_nobody_sees_is_blank(text: str) -> None:
    assert is_blank(text)
    assert comparable(text) == ""


async def test_postgresql_searches_by_the_same_form(world: World) -> None:
    """But for letters that it does not fold to others, as ß, because its own case folding came with version 18."""
    spellings = [each for same in SAME for each in same] + APART + BLANK
    statement = select(compared(bindparam("text", type_=Text)))
    async with world.database.transaction() as session:
        found = [await session.scalar(statement, {"text": each}) for each in spellings]
    assert found == [comparable(each) for each in spellings]


@given(st.text())
def test_the_form_is_its_own(text: str) -> None:
    assert comparable(comparable(text)) == comparable(text)


@given(st.text(), st.text(st.sampled_from(" \u3000\u200b\u2060\u3164\ufe0f\ue000")))
def test_what_nobody_sees_changes_nothing(text: str, unseen: str) -> None:
    assert comparable(unseen + text + unseen) == comparable(text)
    assert is_blank(text) == is_blank(text + unseen)
