from typing import Any

import pytest

from app.findings import Rule
from app.models.enums import ApplicationStatus, Language, Role, Severity
from app.problems import Forbidden, RulesViolated, WrongState
from app.services.policies import Act, Event, StatusOnly, permit, refuse, require_role, wrong_state

BEGIN = Act[ApplicationStatus, StatusOnly[ApplicationStatus]](
    "begin",
    Event("application.begun", "开始", "Began"),
    by={Role.UNIT: {ApplicationStatus.DRAFT}},
    target=ApplicationStatus.SUBMITTED,
)
ADVICE = Rule("advice", "建议", "advised", Severity.ADVICE)
ERROR = Rule("error", "错误", "wrong")


def test_permit_lets_the_table_decide() -> None:
    permit(BEGIN, role=Role.UNIT, status=ApplicationStatus.DRAFT)


def test_permit_forbids_another_role_whatever_the_state() -> None:
    for status in ApplicationStatus:
        with pytest.raises(Forbidden):
            permit(BEGIN, role=Role.OFFICE, status=status)


def test_permit_names_the_state_that_bars() -> None:
    with pytest.raises(WrongState) as caught:
        permit(BEGIN, role=Role.UNIT, status=ApplicationStatus.FILED)
    assert caught.value.params == {"state": "filed", "label": "已上报"}


def test_a_state_is_told_by_its_label() -> None:
    finding = wrong_state(ApplicationStatus.ENDORSED).worded(Language.ZH)
    assert finding.message == "当前状态为“已审核盖章”，不能执行此操作。"


@pytest.mark.parametrize("findings", [[], [ADVICE()], [ADVICE("/a"), ADVICE("/b")]])
def test_advice_refuses_nothing(findings: list[Any]) -> None:
    refuse(iter(findings))


def test_one_error_refuses_and_all_findings_are_told() -> None:
    findings = [ADVICE("/a"), ERROR("/b"), ERROR("/c")]
    with pytest.raises(RulesViolated) as caught:
        refuse(iter(findings))
    assert caught.value.findings == findings
    assert caught.value.params == {"count": 2}, "advice is told, but not counted as a requirement that is not met"


def test_require_role() -> None:
    require_role(Role.OFFICE, Role.OFFICE, Role.COMMITTEE)
    with pytest.raises(Forbidden):
        require_role(Role.UNIT, Role.OFFICE, Role.COMMITTEE)
