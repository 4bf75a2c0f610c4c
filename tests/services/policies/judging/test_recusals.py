import pytest

from app.models.enums import ConflictReason, Language, RecusalKind, Role, RoundStatus
from app.services.policies.judging import recusals as policy
from app.services.policies.judging.recusals import CONFLICTS, KEEP_AWAY, conflict_finding, lifting_findings
from tests.world import NOW


@pytest.mark.parametrize("reason", ConflictReason)
def test_every_reason_is_a_conflict_with_words_of_its_own(reason: ConflictReason) -> None:
    finding = conflict_finding(reason, "/assignments/3").worded(Language.ZH)
    assert (finding.code, finding.severity, finding.pointer, finding.params) == (
        "conflict_of_interest",
        "error",
        "/assignments/3",
        {"reason": reason.value},
    )
    words = {(rule.zh, rule.en) for rule in CONFLICTS.values()}
    assert len(words) == len(ConflictReason)


def test_each_kind_of_recusal_is_a_reason_of_its_own() -> None:
    assert [ConflictReason(kind.value) for kind in RecusalKind] == list(ConflictReason)[3:]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", RoundStatus)
def test_only_a_reviewer_keeps_away_from_a_case_and_only_while_it_is_judged(role: Role, status: RoundStatus) -> None:
    may = role is Role.REVIEWER and status is RoundStatus.OPEN
    assert (KEEP_AWAY.barred(role, status) == []) is may


def test_what_reviewers_say_themselves_is_never_what_the_office_decided() -> None:
    assert {RecusalKind.DECLARED, RecusalKind.ABSTAINED} == policy.OWN


def test_a_recusal_is_lifted_once() -> None:
    assert lifting_findings(None) == []
    assert [finding.rule.code for finding in lifting_findings(NOW)] == ["already_lifted"]
