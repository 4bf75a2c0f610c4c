import re
from functools import partial

import pytest

from app.services.policies.filing.filings import VERIFICATION_CODE, FiledSet, new_verification_code, set_findings


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
    found = set_findings(FiledSet(already, already, 0), filed_now, minimum=minimum, maximum=None, refiled=False)
    assert [(each.rule.code, each.pointer, each.params) for each in found] == (
        [("too_few_applications", None, {"count": already + filed_now, "minimum": minimum})] if refused else []
    )


@pytest.mark.parametrize(
    ("already", "filed_now", "minimum", "maximum", "expected"),
    [
        (0, 3, 1, 3, None),
        (0, 4, 1, 3, ("too_many_applications", {"count": 4, "maximum": 3})),
        (3, 1, 1, 3, ("too_many_applications", {"count": 4, "maximum": 3})),
        (0, 4, 1, None, None),
        (0, 1, 2, 2, ("too_few_applications", {"count": 1, "minimum": 2})),
        (0, 2, 2, 2, None),
        (1, 2, 2, 2, ("too_many_applications", {"count": 3, "maximum": 2})),
    ],
)
def test_the_set_keeps_to_the_maximum_where_there_is_one(
    already: int, filed_now: int, minimum: int, maximum: int | None, expected: tuple[str, dict[str, int]] | None
) -> None:
    judged = partial(set_findings, minimum=minimum, maximum=maximum)
    found = judged(FiledSet(already, already, 0), filed_now, refiled=False)
    assert [(each.rule.code, each.params) for each in found] == ([expected] if expected else [])
    assert judged(FiledSet(9, 9, 0), 1, refiled=True) == []


@pytest.mark.parametrize(("disqualified", "filed_now", "refused"), [(0, 1, True), (1, 1, False), (1, 2, True)])
def test_what_the_office_disqualified_gives_its_place_back_and_counts_for_the_minimum(
    disqualified: int, filed_now: int, *, refused: bool
) -> None:
    besides = FiledSet(standing=3 - disqualified, put_forward=3, ready=0)
    found = set_findings(besides, filed_now, minimum=4, maximum=3, refiled=False)
    assert [each.rule.code for each in found] == (["too_many_applications"] if refused else [])


@pytest.mark.parametrize(("already", "minimum"), [(0, 2), (1, 3), (0, 50)])
def test_the_minimum_never_stands_in_the_way_of_what_was_sent_back(already: int, minimum: int) -> None:
    assert set_findings(FiledSet(already, already, 0), 1, minimum=minimum, maximum=None, refiled=True) == []


def test_a_verification_code_can_be_read_out_and_does_not_repeat() -> None:
    codes = {new_verification_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(re.fullmatch(VERIFICATION_CODE, code) for code in codes)
    assert not set("".join(codes)) & set("IO01")
