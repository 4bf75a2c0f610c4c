from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from app.models.enums import AccountStatus, Role
from app.services.policies.people import accounts as policy
from app.services.policies.people.accounts import AccountFacts

OWN, OTHER = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("manager", "role", "committee_id", "allowed"),
    [
        (Role.OFFICE, Role.OFFICE, None, True),
        (Role.OFFICE, Role.UNIT, OTHER, True),
        (Role.COMMITTEE, Role.UNIT, OWN, True),
        (Role.COMMITTEE, Role.UNIT, OTHER, False),
        (Role.COMMITTEE, Role.COMMITTEE, OWN, False),
        (Role.COMMITTEE, Role.OFFICE, None, False),
        (Role.UNIT, Role.UNIT, OWN, False),
        (Role.REVIEWER, Role.REVIEWER, None, False),
        (Role.MUNICIPAL, Role.MUNICIPAL, None, False),
    ],
)
def test_who_manages_whom(manager: Role, role: Role, committee_id: UUID | None, allowed: bool) -> None:
    assert policy.manages(manager, OWN, role, committee_id) is allowed


@pytest.mark.parametrize("status", list(AccountStatus))
@pytest.mark.parametrize("committee_id", [OWN, OTHER])
def test_a_committee_issues_the_codes_of_its_units_and_of_successors_that_were_never_there(
    status: AccountStatus, committee_id: UUID
) -> None:
    own, invited = committee_id == OWN, status is AccountStatus.INVITED
    assert policy.invites(Role.COMMITTEE, OWN, Role.UNIT, committee_id, status) is own
    assert policy.invites(Role.COMMITTEE, OWN, Role.COMMITTEE, committee_id, status) is (own and invited)
    assert not policy.invites(Role.UNIT, OWN, Role.UNIT, committee_id, status)
    assert policy.invites(Role.OFFICE, None, Role.REVIEWER, None, status)


@pytest.mark.parametrize(
    ("role", "committee_id", "unit_id", "found"),
    [
        (Role.COMMITTEE, OWN, None, []),
        (Role.COMMITTEE, None, None, [("required", "/committee_id")]),
        (Role.COMMITTEE, OWN, OTHER, [("not_of_this_role", "/unit_id")]),
        (Role.UNIT, None, OWN, []),
        (Role.UNIT, OTHER, OWN, []),
        (Role.UNIT, OTHER, None, [("required", "/unit_id")]),
        (Role.OFFICE, None, None, []),
        (Role.REVIEWER, OWN, OTHER, [("not_of_this_role", "/committee_id"), ("not_of_this_role", "/unit_id")]),
    ],
)
def test_which_organisation_a_role_has(
    role: Role, committee_id: UUID | None, unit_id: UUID | None, found: list[tuple[str, str]]
) -> None:
    findings = policy.organisation_findings(role, committee_id, unit_id)
    assert [(each.rule.code, each.pointer) for each in findings] == found


def test_the_last_active_account_of_the_office_stays() -> None:
    last = AccountFacts(AccountStatus.ACTIVE, Role.OFFICE, 1)
    for rules in (policy.last_office_findings, policy.reassignment_findings):
        assert [f.rule.code for f in rules(last)] == ["last_office_account"]
        assert rules(replace(last, active_office_accounts=2)) == []
        assert rules(replace(last, status=AccountStatus.INVITED)) == []
        assert rules(replace(last, role=Role.UNIT)) == []


def test_a_client_and_a_person_are_never_turned_into_each_other() -> None:
    pairs = [(Role.MUNICIPAL, Role.UNIT), (Role.UNIT, Role.MUNICIPAL), (Role.UNIT, Role.REVIEWER)]
    found = [
        policy.reassignment_findings(AccountFacts(AccountStatus.ACTIVE, old, 1)) + policy.person_findings(old, new)
        for old, new in pairs
    ]
    assert [[each.rule.code for each in findings] for findings in found] == [["client_or_person"]] * 2 + [[]]


def test_a_reviewer_does_not_change_the_phone_that_tells_their_conflicts() -> None:
    found = policy.own_change_findings(Role.REVIEWER, {"name", "phone"})
    assert [(each.rule.code, each.pointer) for each in found] == [
        ("name_is_managed", "/name"),
        ("phone_of_reviewer", "/phone"),
    ]
    assert policy.own_change_findings(Role.OFFICE, {"name", "phone"}) == []
    assert policy.own_change_findings(Role.UNIT, {"phone"}) == []
