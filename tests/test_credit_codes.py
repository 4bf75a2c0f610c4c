"""The check digit of GB 32100-2015, and what only looks like a credit code."""

import pytest

from app.credit_codes import ALPHABET, check_digit, is_identity_number, is_valid

PRINTED_IN_THE_STANDARD = "91350100M000100Y43"


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        (PRINTED_IN_THE_STANDARD, True),
        ("91350100M000100Y44", False),  # another check digit
        ("91350100M000010Y43", False),  # two neighbours swapped
        ("91350100m000100y43", False),  # lower case
        ("91350100M000100Y4", False),
        ("91350100M000100Y433", False),
        ("91350100I000100Y43", False),  # a letter outside the alphabet
        ("９1350100M000100Y43", False),  # a full-width digit
        (" 91350100M000100Y4", False),
        ("", False),
        ("91350203M0001QKT19", False),  # in use, all the same
    ],
)
def test_the_check_digit_tells_valid_codes(code: str, valid: bool) -> None:
    assert is_valid(code) is valid


def test_alphabet_leaves_out_the_letters_that_look_like_figures() -> None:
    assert set("ABCDEFGHIJKLMNOPQRSTUVWXYZ") - set(ALPHABET) == set("IOSVZ")


@pytest.mark.parametrize(
    ("first17", "last"),
    [("91350100M000100Y4", "3"), ("0" * 17, "0"), ("1" + "0" * 16, "Y"), ("0" * 16 + "1", "3")],
)
def test_check_digit(first17: str, last: str) -> None:
    assert check_digit(first17) == last


@pytest.mark.parametrize("first17", ["", "0" * 16, "0" * 18, "O" + "0" * 16])
def test_check_digit_needs_seventeen_known_characters(first17: str) -> None:
    with pytest.raises(ValueError, match="17 characters"):
        check_digit(first17)


def test_every_single_substitution_is_noticed() -> None:
    code = PRINTED_IN_THE_STANDARD
    wrong = [code[:at] + other + code[at + 1 :] for at in range(18) for other in ALPHABET if other != code[at]]
    assert not [mutant for mutant in wrong if is_valid(mutant)]


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        *(("362322198709086409", True), ("11010119900307123X", True), ("362322198713086409", False)),
        *((PRINTED_IN_THE_STANDARD, False), ("362322209909086409", True), ("962322198709086409", False)),
    ],
)
def test_an_identity_number_has_a_date_of_birth(code: str, *, is_one: bool) -> None:
    assert is_identity_number(code) is is_one
