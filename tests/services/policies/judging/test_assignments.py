from typing import Any
from uuid import UUID

import pytest

from app.findings import Finding
from app.models.enums import ConflictReason, ReviewStatus, Role, RoundStatus
from app.services.policies.judging.assignments import (
    ASSIGN,
    WITHDRAW,
    Given,
    Load,
    Pair,
    assignment_findings,
    withdrawal_findings,
)

ANNA, BELA, FIRST, SECOND, THIRD = (UUID(int=number) for number in range(5))
FREE = {ANNA: Load(0, 10), BELA: Load(0, 10)}


def pair(application_id: UUID = FIRST, reviewer_id: UUID = ANNA, **values: Any) -> Pair:
    plain = {"entered": True, "on_panel": True, "assigned": False, "conflict": None}
    return Pair(application_id, reviewer_id, **(plain | values))


def reasons(findings: list[Finding]) -> list[tuple[str, str | None]]:
    return [(finding.rule.code, finding.pointer) for finding in findings]


@pytest.mark.parametrize("act", [ASSIGN, WITHDRAW])
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", RoundStatus)
def test_the_office_alone_assigns_and_withdraws_and_only_in_an_open_round(
    act: Any, role: Role, status: RoundStatus
) -> None:
    may = role is Role.OFFICE and status is RoundStatus.OPEN
    assert (act.barred(role, status) == []) is may


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({}, []),
        ({"entered": False}, [("not_an_entry", "/assignments/0/application_id")]),
        ({"on_panel": False}, [("not_on_panel", "/assignments/0/reviewer_id")]),
        ({"assigned": True}, [("already_assigned", "/assignments/0")]),
        ({"conflict": ConflictReason.DECLARED}, [("conflict_of_interest", "/assignments/0")]),
        (
            {"entered": False, "on_panel": False, "assigned": True, "conflict": ConflictReason.SAME_UNIT},
            [
                ("not_an_entry", "/assignments/0/application_id"),
                ("not_on_panel", "/assignments/0/reviewer_id"),
                ("conflict_of_interest", "/assignments/0"),
                ("already_assigned", "/assignments/0"),
            ],
        ),
    ],
)
def test_what_forbids_a_pair_is_told_all_at_once(values: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert reasons(assignment_findings([pair(**values)], FREE)) == found


def test_a_pair_named_twice_is_assigned_once() -> None:
    pairs = [pair(), pair(SECOND), pair()]
    assert reasons(assignment_findings(pairs, FREE)) == [("already_assigned", "/assignments/2")]


@pytest.mark.parametrize(("count", "found"), [(0, []), (1, ["/2"]), (2, ["/1", "/2"]), (3, ["/0", "/1", "/2"])])
def test_a_load_is_reached_and_never_exceeded(count: int, found: list[str]) -> None:
    pairs = [pair(FIRST), pair(SECOND), pair(THIRD)]
    findings = assignment_findings(pairs, {ANNA: Load(count, 3)})
    assert reasons(findings) == [("load_exceeded", f"/assignments{place}/reviewer_id") for place in found]


def test_a_pair_that_may_not_be_takes_nobodys_place() -> None:
    pairs = [pair(FIRST, conflict=ConflictReason.RECUSED), pair(SECOND), pair(SECOND, BELA)]
    loads = {ANNA: Load(2, 3), BELA: Load(0, 1)}
    assert reasons(assignment_findings(pairs, loads)) == [("conflict_of_interest", "/assignments/0")]


@pytest.mark.parametrize("despite_reviews", [False, True])
@pytest.mark.parametrize(
    ("given", "code"),
    [
        (None, "unknown_reference"),
        (Given(withdrawn=True, review=None), "already_withdrawn"),
        (Given(withdrawn=True, review=ReviewStatus.SUBMITTED), "already_withdrawn"),
        (Given(withdrawn=False, review=None), None),
        (Given(withdrawn=False, review=ReviewStatus.DRAFT), None),
        (Given(withdrawn=False, review=ReviewStatus.SUBMITTED), "review_submitted"),
        (Given(withdrawn=False, review=ReviewStatus.ENTERED), "review_submitted"),
    ],
)
def test_what_may_be_withdrawn(given: Given | None, code: str | None, *, despite_reviews: bool) -> None:
    bars = code is not None and not (code == "review_submitted" and despite_reviews)
    found = withdrawal_findings([Given(withdrawn=False, review=None), given], despite_reviews=despite_reviews)
    assert reasons(found) == ([(code, "/assignment_ids/1")] if bars else [])
