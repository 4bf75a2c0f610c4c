from typing import Any

import pytest

from app.findings import Finding
from app.models.enums import ApplicationStatus
from app.services.policies.filing.programmes import ProgrammeSettings
from app.services.policies.filing.siblings import (
    TAKING_PART,
    Siblings,
    missing,
    most_together,
    rest_together,
    unit_findings,
)


def settings(**rules: Any) -> ProgrammeSettings:
    return ProgrammeSettings.model_validate({"title": "征集活动", "year": 2015, "organizer": "路北区文明办"} | rules)


def said(findings: list[Finding]) -> list[tuple[str, str, str | None]]:
    return [(each.rule.code, each.rule.severity.value, each.pointer) for each in findings]


@pytest.mark.parametrize(
    ("most", "effect", "entries", "expected"),
    [
        (1, "refused", [], []),
        (1, "refused", ["先进集体"], [("too_many_entries", "error", "/unit_id")]),
        (1, "advised", ["先进集体"], [("too_many_entries", "advice", "/unit_id")]),
        (2, "refused", ["先进集体"], []),
        (2, "refused", ["先进集体", "微视频"], [("too_many_entries", "error", "/unit_id")]),
    ],
)
def test_a_unit_takes_part_in_so_many_entries(most: int, effect: str, entries: list[str], expected: Any) -> None:
    asked = settings(entries_per_unit={"most": most, "effect": effect})
    assert said(unit_findings(Siblings(asked, entries=entries))) == expected


@pytest.mark.parametrize(
    ("one_batch", "batches", "expected"),
    [
        (None, ["第一批"], []),
        ("refused", [], []),
        ("refused", ["第一批"], [("in_another_batch", "error", "/brand_name")]),
        ("advised", ["第一批"], [("in_another_batch", "advice", "/brand_name")]),
    ],
)
def test_a_brand_is_in_one_batch_at_a_time(one_batch: str | None, batches: list[str], expected: Any) -> None:
    assert said(unit_findings(Siblings(settings(one_batch=one_batch), batches=batches))) == expected


def test_nothing_is_asked_of_a_campaign_by_itself() -> None:
    assert unit_findings(None) == most_together(None, 9) == rest_together(None, 9) == []


@pytest.mark.parametrize(
    ("maximum", "filed", "now", "expected"),
    [
        (None, 9, 1, []),
        (3, 2, 1, []),
        (3, 3, 1, [("too_many_together", "error", None)]),
        (3, 4, 0, []),
        (3, 0, 4, [("too_many_together", "error", None)]),
    ],
)
def test_a_committee_files_so_many_in_all_campaigns(maximum: int | None, filed: int, now: int, expected: Any) -> None:
    assert said(most_together(Siblings(settings(maximum_filed=maximum), filed=filed), now)) == expected


@pytest.mark.parametrize(
    ("minimum", "filed", "leaving", "expected"),
    [
        (None, 1, 1, []),
        (2, 3, 1, []),
        (2, 2, 1, [("too_few_together", "advice", None)]),
        (2, 1, 0, []),
    ],
)
def test_a_withdrawal_below_the_minimum_is_pointed_at(
    minimum: int | None, filed: int, leaving: int, expected: Any
) -> None:
    assert said(rest_together(Siblings(settings(minimum_filed=minimum), filed=filed), leaving)) == expected


@pytest.mark.parametrize(
    ("minimum", "filed", "owes_nothing", "lacks"),
    [(None, 0, False, 0), (3, 1, False, 2), (3, 4, False, 0), (3, 0, True, 0)],
)
def test_what_a_committee_lacks(minimum: int | None, filed: int, owes_nothing: bool, lacks: int) -> None:
    assert missing(settings(minimum_filed=minimum), filed, owes_nothing=owes_nothing) == lacks


def test_it_takes_part_from_the_submission_on() -> None:
    assert {each.value for each in TAKING_PART} == {"submitted", "paused", "returned", "endorsed", "filed", "accepted"}
    assert {each.value for each in set(ApplicationStatus) - TAKING_PART} == {
        *("draft", "declined", "disqualified", "withdrawn")
    }
