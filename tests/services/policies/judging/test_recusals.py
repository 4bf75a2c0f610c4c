import pytest

from app.models.enums import RecusalKind, Role, RoundStatus
from app.services.policies.judging import recusals as policy
from app.services.policies.judging.recusals import KEEP_AWAY, lifting_findings
from tests.world import NOW


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
