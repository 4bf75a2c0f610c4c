from itertools import product

import pytest

from app.models.enums import Language
from app.services.policies.people import vocabularies as policy
from app.services.policies.people.vocabularies import COMMITTEE_KIND, HONOUR_LEVEL, NOTICE, Use, Word

CAMPUS = Word(code="campus", label="文明校园", label_en="Civilized campus")
FORMER = Word(code="former", label="老称号", retired=True)
WORDS = [CAMPUS, *NOTICE[HONOUR_LEVEL], FORMER]


@pytest.mark.parametrize(
    ("chosen", "codes"),
    [
        ({}, []),
        ({"/honour_level": None}, []),
        ({"/honour_level": "campus"}, []),
        ({"/honour_level": "village"}, [("unknown_reference", "/honour_level")]),
        ({"/honour_level": "former"}, [("word_retired", "/honour_level")]),
        ({"/a": "former", "/b": "district", "/c": "no"}, [("word_retired", "/a"), ("unknown_reference", "/c")]),
    ],
)
def test_a_code_is_given_only_if_there_is_one_that_is_not_retired(
    chosen: dict[str, str | None], codes: list[tuple[str, str]]
) -> None:
    assert [(each.rule.code, each.pointer) for each in policy.choice_findings(WORDS, chosen)] == codes


def test_a_notice_may_name_what_is_retired_and_nothing_that_is_not_there() -> None:
    known = {HONOUR_LEVEL: WORDS, COMMITTEE_KIND: NOTICE[COMMITTEE_KIND]}
    named = {HONOUR_LEVEL: [("/0", "former"), ("/1", "village")], COMMITTEE_KIND: [("/2", "campus")]}
    assert policy.unknown(known, named) == [("/1", "village"), ("/2", "campus")]


@pytest.mark.parametrize(("holders", "campaigns", "retired"), [*product((0, 2), (0, 1), (False, True))])
def test_a_word_goes_only_if_nothing_has_it_and_it_is_not_retired(holders: int, campaigns: int, retired: bool) -> None:
    old = [CAMPUS, Word(code="village", label="文明村镇", retired=retired)]
    uses = {"village": Use(holders, campaigns)}
    found = policy.removal_findings(HONOUR_LEVEL, old, [CAMPUS], uses)
    used = bool(holders or campaigns)
    expected = ["word_used"] if used else ["retired_word_stays"] if retired else []
    assert [each.rule.code for each in found] == expected
    assert policy.removal_findings(HONOUR_LEVEL, old, old, uses) == []


def test_the_kind_of_units_without_a_committee_stays() -> None:
    found = policy.removal_findings(COMMITTEE_KIND, NOTICE[COMMITTEE_KIND], [CAMPUS], {})
    assert [(each.rule.code, each.params["word"]) for each in found] == [("word_needed", "district_direct")]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.ZH, "“文明校园”仍在使用（文明单位：2；活动：1），不能移除，可以停用。"),
        (Language.EN, "“Civilized campus” is used (unit: 2, campaign: 1) and cannot be removed: retire it instead."),
    ],
)
def test_a_refusal_says_the_word_and_what_has_it(language: Language, said: str) -> None:
    (found,) = policy.removal_findings(HONOUR_LEVEL, [CAMPUS], [FORMER], {"campus": Use(2, 1)})
    worded = found.worded(language)
    assert (worded.message, worded.params["word"]) == (said, "campus")


@pytest.mark.parametrize(
    ("word", "known"),
    [
        (Word(code="district", label="区级文明单位"), True),
        (Word(code="district", label="县级文明单位"), False),
        (CAMPUS, False),
    ],
)
def test_a_word_of_the_notice_has_its_code_and_its_label(word: Word, known: bool) -> None:
    assert policy.is_of_notice(HONOUR_LEVEL, word) is known
