import re

import pytest

from app.services.policies.filing.filings import VERIFICATION_CODE, new_verification_code, set_findings


@pytest.mark.parametrize(
    ("already", "filed_now", "minimum", "refused"),
    [
        (0, 1, 2, True),
        (0, 2, 2, False),
        (1, 1, 2, False),
        (2, 1, 2, False),
        (0, 1, 1, False),
        (1, 1, 3, True),
        (0, 200, 2, False),
    ],
)
def test_the_set_that_ends_up_filed_reaches_the_minimum(
    already: int, filed_now: int, minimum: int, *, refused: bool
) -> None:
    found = set_findings(already=already, filed_now=filed_now, minimum=minimum)
    assert [(each.rule.code, each.pointer, each.params) for each in found] == (
        [("too_few_applications", None, {"count": already + filed_now, "minimum": minimum})] if refused else []
    )


@pytest.mark.parametrize(("already", "minimum"), [(0, 2), (1, 3), (0, 50)])
def test_the_minimum_never_stands_in_the_way_of_what_was_sent_back(already: int, minimum: int) -> None:
    assert set_findings(already=already, filed_now=1, minimum=minimum, refiled=True) == []


def test_a_verification_code_can_be_read_out_and_does_not_repeat() -> None:
    codes = {new_verification_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(re.fullmatch(VERIFICATION_CODE, code) for code in codes)
    assert not set("".join(codes)) & set("IO01")
