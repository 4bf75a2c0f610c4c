import pytest

from app.models.enums import ConflictReason, Language, RecusalKind, Role, RoundStatus
from app.services.policies.judging.conflicts import (
    CONFLICTS,
    DISMISS,
    MOST_NAMED,
    Doubt,
    UndecidedConflict,
    conflict_finding,
    dismissal_findings,
    undecided_findings,
)


@pytest.mark.parametrize("reason", ConflictReason)
def test_every_reason_is_a_conflict_with_words_of_its_own(reason: ConflictReason) -> None:
    told = conflict_finding(reason, "/assignments/3").worded(Language.ZH)
    assert (told.code, told.severity, told.pointer, told.params) == (
        "conflict_of_interest",
        "error",
        "/assignments/3",
        {"reason": reason.value},
    )
    words = {(rule.zh, rule.en) for rule in CONFLICTS.values()}
    assert len(words) == len(ConflictReason)


def test_each_kind_of_recusal_is_a_reason_of_its_own() -> None:
    assert [ConflictReason(kind.value) for kind in RecusalKind] == list(ConflictReason)[3:]


def test_a_conflict_to_decide_names_the_judge_and_the_case() -> None:
    one = UndecidedConflict("周敏", "2015-QT-001", "红马甲", ConflictReason.SAME_PERSON)
    (told,) = [finding.worded(Language.ZH) for finding in undecided_findings([one])]
    assert (told.code, told.severity, told.pointer) == ("conflict_undecided", "error", None)
    assert told.params == {
        "reviewer_name": "周敏",
        "application_number": "2015-QT-001",
        "brand_name": "红马甲",
        "reason": "same_person",
    }
    assert "“周敏”与案例 2015-QT-001“红马甲”" in told.message
    assert len(undecided_findings([one] * 500)) == MOST_NAMED


def test_only_a_conflict_that_was_found_is_dismissed() -> None:
    found = ConflictReason.SAME_UNIT
    doubts = [Doubt(False, found), None, Doubt(True, found), Doubt(False, None), Doubt(False, ConflictReason.RECUSED)]
    assert [(finding.rule.code, finding.pointer) for finding in dismissal_findings(doubts, found)] == [
        ("unknown_reference", "/assignment_ids/1"),
        ("no_conflict", "/assignment_ids/2"),
        ("no_conflict", "/assignment_ids/3"),
        ("no_conflict", "/assignment_ids/4"),
    ]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", RoundStatus)
def test_the_office_decides_while_the_round_is_open(role: Role, status: RoundStatus) -> None:
    may = role is Role.OFFICE and status is RoundStatus.OPEN
    assert (DISMISS.barred(role, status) == []) is may
