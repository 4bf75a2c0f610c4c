from datetime import datetime, timedelta
from typing import Any

import pytest

from app.models.enums import AwardStatus, CommendationStatus, ObjectionStatus, Role
from app.services.policies import awards
from app.services.policies import objections as policy
from tests.world import ZONE

ENDS, TICK = datetime(2015, 11, 14, tzinfo=ZONE), timedelta(microseconds=1)
OTHERS = [role for role in Role if role not in {Role.OFFICE, Role.PUBLIC}]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", CommendationStatus)
def test_whoever_has_an_account_objects_to_what_is_publicised(role: Role, status: CommendationStatus) -> None:
    may = role is not Role.PUBLIC and status is CommendationStatus.PUBLICISED
    assert (policy.OBJECT.findings(role, status) == []) is may


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", AwardStatus)
def test_whoever_may_object_holds_what_is_proposed(role: Role, status: AwardStatus) -> None:
    may = role is not Role.PUBLIC and status is AwardStatus.PROPOSED
    assert (awards.HOLD.findings(role, status) == []) is may


@pytest.mark.parametrize(("transition", "target"), [(policy.REJECT, "rejected"), (policy.UPHOLD, "upheld")])
def test_the_office_answers_what_is_open_once(transition: Any, target: str) -> None:
    assert transition.target == target
    for role in Role:
        for status in ObjectionStatus:
            may = role is Role.OFFICE and status is ObjectionStatus.OPEN
            assert (transition.findings(role, status) == []) is may


@pytest.mark.parametrize(
    ("now", "on_behalf_of", "codes"),
    [
        (ENDS - TICK, None, []),
        (ENDS, None, [("publicity_over", None)]),
        (ENDS - TICK, "张某", [("for_another", "/on_behalf_of")]),
        (ENDS, "张某", [("publicity_over", None), ("for_another", "/on_behalf_of")]),
    ],
)
def test_everybody_objects_for_themselves_until_the_window_ends(
    now: datetime, on_behalf_of: str | None, codes: list[Any]
) -> None:
    for role in OTHERS:
        findings = policy.objection_findings(role, ENDS, now, on_behalf_of=on_behalf_of)
        assert [(each.rule.code, each.pointer) for each in findings] == codes
    assert policy.objection_findings(Role.OFFICE, ENDS, now, on_behalf_of=on_behalf_of) == []


def test_what_may_be_done_with_an_objection_is_told_to_the_office_alone() -> None:
    assert policy.actions(Role.OFFICE, ObjectionStatus.OPEN) == {"reject": [], "uphold": []}
    stuck = policy.actions(Role.OFFICE, ObjectionStatus.UPHELD)
    assert [[each.rule.code for each in findings] for findings in stuck.values()] == [["wrong_state"], ["wrong_state"]]
    assert all(policy.actions(role, ObjectionStatus.OPEN) == {} for role in OTHERS)
