import pytest

from app.models.enums import OrganisationStatus, Role
from app.services.policies import Act, StatusOnly
from app.services.policies.people import units as policy
from app.services.policies.people.units import ALPHABET, credit_code_check_digit, credit_code_is_valid

PRINTED_IN_THE_STANDARD = "91350100M000100Y43"
ACTIVE, RETIRED = OrganisationStatus


@pytest.mark.parametrize(
    ("act", "states"),
    [(policy.CHANGE, {ACTIVE, RETIRED}), (policy.RETIRE, {ACTIVE}), (policy.REINSTATE, {RETIRED})],
    ids=lambda value: getattr(value, "name", ""),
)
def test_office_and_committee_look_after_units(
    act: Act[OrganisationStatus, StatusOnly[OrganisationStatus]], states: set[OrganisationStatus]
) -> None:
    asked = [(role, status) for role in Role for status in OrganisationStatus]
    allowed = {(role, status) for role, status in asked if not act.barred(role, status)}
    assert allowed == {(role, status) for role in (Role.OFFICE, Role.COMMITTEE) for status in states}


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
    ],
)
def test_credit_code_is_valid(code: str, valid: bool) -> None:
    assert credit_code_is_valid(code) is valid


def test_alphabet_leaves_out_the_letters_that_look_like_figures() -> None:
    assert set("ABCDEFGHIJKLMNOPQRSTUVWXYZ") - set(ALPHABET) == set("IOSVZ")


@pytest.mark.parametrize(
    ("first17", "check_digit"),
    [("91350100M000100Y4", "3"), ("0" * 17, "0"), ("1" + "0" * 16, "Y"), ("0" * 16 + "1", "3")],
)
def test_check_digit(first17: str, check_digit: str) -> None:
    assert credit_code_check_digit(first17) == check_digit


@pytest.mark.parametrize("first17", ["", "0" * 16, "0" * 18, "O" + "0" * 16])
def test_check_digit_needs_seventeen_known_characters(first17: str) -> None:
    with pytest.raises(ValueError, match="17 characters"):
        credit_code_check_digit(first17)


def test_every_single_substitution_is_noticed() -> None:
    code = PRINTED_IN_THE_STANDARD
    wrong = [code[:at] + other + code[at + 1 :] for at in range(18) for other in ALPHABET if other != code[at]]
    assert not [mutant for mutant in wrong if credit_code_is_valid(mutant)]
