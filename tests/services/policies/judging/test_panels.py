from typing import Any
from uuid import UUID

import pytest

from app.models.enums import AccountStatus, Role
from app.services.policies.judging.panels import PanelFacts, panel_findings

ANNA, BELA, CARL = (UUID(int=number) for number in range(3))


def reviewer(**values: Any) -> PanelFacts:
    return PanelFacts(**{"name": "周敏", "role": Role.REVIEWER, "account_status": AccountStatus.ACTIVE} | values)


def reasons(named: list[UUID], known: Any, members: Any) -> list[tuple[str, str | None]]:
    return [(finding.rule.code, finding.pointer) for finding in panel_findings(named, known, members)]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", AccountStatus)
def test_who_joins_must_be_a_reviewer_who_can_sign_in(role: Role, status: AccountStatus) -> None:
    known = {ANNA: reviewer(role=role, account_status=status)}
    may = role is Role.REVIEWER and status is AccountStatus.ACTIVE
    assert reasons([ANNA], known, {}) == ([] if may else [("account_not_active", "/reviewer_ids/0")])


def test_who_has_no_profile_is_not_known() -> None:
    assert reasons([ANNA, BELA], {ANNA: reviewer()}, {}) == [("unknown_reference", "/reviewer_ids/1")]


def test_who_has_cases_stays_and_who_is_there_is_not_judged_again() -> None:
    members = {
        ANNA: reviewer(cases=2),
        BELA: reviewer(),
        CARL: reviewer(account_status=AccountStatus.DISABLED, cases=1),
    }
    assert reasons([ANNA, CARL], members, members) == []
    assert reasons([BELA], members, members) == [("has_cases", "/reviewer_ids"), ("has_cases", "/reviewer_ids")]
