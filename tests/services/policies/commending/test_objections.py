from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.findings import Finding
from app.models.enums import AwardStatus, CommendationStatus, ObjectionStatus, Role
from app.services.policies import StatusOnly, actions
from app.services.policies.commending import awards
from app.services.policies.commending import objections as policy
from app.services.policies.commending.objections import PublicityFacts
from tests.world import ZONE

ENDS, TICK = datetime(2015, 11, 14, tzinfo=ZONE), timedelta(microseconds=1)
OTHERS = [role for role in Role if role not in {Role.OFFICE, Role.PUBLIC}]


def publicity(role: Role, now: datetime) -> PublicityFacts:
    return PublicityFacts(role, CommendationStatus.PUBLICISED, ENDS, now, "路北文明办")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", CommendationStatus)
def test_whoever_has_an_account_objects_to_what_is_publicised(role: Role, status: CommendationStatus) -> None:
    may = role is not Role.PUBLIC and status is CommendationStatus.PUBLICISED
    assert (policy.OBJECT.barred(role, status) == []) is may


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", AwardStatus)
def test_whoever_may_object_holds_what_is_proposed(role: Role, status: AwardStatus) -> None:
    may = role is not Role.PUBLIC and status is AwardStatus.PROPOSED
    assert (awards.HOLD.barred(role, status) == []) is may


@pytest.mark.parametrize(("act", "target"), [(policy.REJECT, "rejected"), (policy.UPHOLD, "upheld")])
def test_the_office_answers_what_is_open_once(act: Any, target: str) -> None:
    assert act.target == target
    for role in Role:
        for status in ObjectionStatus:
            may = role is Role.OFFICE and status is ObjectionStatus.OPEN
            assert (act.barred(role, status) == []) is may


def test_everybody_objects_for_themselves_until_the_window_ends() -> None:
    for role in (*OTHERS, Role.OFFICE):
        late = [] if role is Role.OFFICE else [("publicity_over", None)]
        for_another = [] if role is Role.OFFICE else [("for_another", "/on_behalf_of")]
        assert codes_of(policy.window_findings(publicity(role, now=ENDS - TICK))) == []
        assert codes_of(policy.window_findings(publicity(role, now=ENDS))) == late
        assert codes_of(policy.objector_findings(role, None)) == []
        assert codes_of(policy.objector_findings(role, "张某")) == for_another


@pytest.mark.parametrize(
    ("status", "ends_at", "now", "codes"),
    [
        (CommendationStatus.DRAFT, None, ENDS, ["wrong_state"]),
        (CommendationStatus.PUBLICISED, ENDS, ENDS - TICK, []),
        (CommendationStatus.PUBLICISED, ENDS, ENDS, ["publicity_over"]),
        (CommendationStatus.PUBLISHED, ENDS, ENDS, ["wrong_state"]),
    ],
)
def test_a_commendation_tells_beforehand_whether_one_may_object(
    status: CommendationStatus, ends_at: datetime | None, now: datetime, codes: list[str]
) -> None:
    for role in OTHERS:
        facts = PublicityFacts(role, status, ends_at, now, "路北文明办")
        assert [code for code, _ in codes_of(actions([policy.OBJECT], role, facts)["object"])] == codes
    assert actions([policy.OBJECT], Role.PUBLIC, replace(facts, role=Role.PUBLIC)) == {}


def codes_of(findings: list[Finding]) -> list[tuple[str, str | None]]:
    return [(finding.rule.code, finding.pointer) for finding in findings]


def test_what_may_be_done_with_an_objection_is_told_to_the_office_alone() -> None:
    assert actions(policy.ACTS, Role.OFFICE, StatusOnly(ObjectionStatus.OPEN)) == {"reject": [], "uphold": []}
    stuck = actions(policy.ACTS, Role.OFFICE, StatusOnly(ObjectionStatus.UPHELD))
    assert [[each.rule.code for each in findings] for findings in stuck.values()] == [["wrong_state"], ["wrong_state"]]
    assert all(actions(policy.ACTS, role, StatusOnly(ObjectionStatus.OPEN)) == {} for role in OTHERS)
