from itertools import product

import pytest

from app.findings import Rule
from app.models.enums import Role
from app.services.policies.people import seats as policy
from app.services.policies.people.committees import OFFICE_ACTS_HERE
from app.services.policies.people.seats import SeatFacts
from app.services.policies.people.units import UNIT_RETIRED
from tests.world import NOW


def rules(facts: SeatFacts) -> list[Rule]:
    return [finding.rule for finding in policy.grant_findings(facts)]


@pytest.mark.parametrize(("of_reviewer", "used"), list(product((False, True), repeat=2)))
def test_paper_is_for_those_of_whom_nobody_ever_acted(*, of_reviewer: bool, used: bool) -> None:
    assert rules(SeatFacts("乔屯街道", of_reviewer, used=used)) == ([policy.SEAT_IN_USE] if used else [])


@pytest.mark.parametrize(("role", "active"), list(product(Role, (False, True))))
def test_further_seats_are_held_by_active_accounts_of_committees_and_units(role: Role, *, active: bool) -> None:
    may = active and role in {Role.COMMITTEE, Role.UNIT}
    for used in (False, True):
        found = rules(SeatFacts("乔屯街道", holder=role, active=active, used=used))
        assert found == ([] if may else [policy.HOLDER_NOT_ELIGIBLE])


@pytest.mark.parametrize("holder", [None, Role.COMMITTEE, Role.UNIT])
def test_the_office_alone_sits_for_units_without_a_committee(holder: Role | None) -> None:
    assert rules(SeatFacts("区直属单位", direct=True, holder=holder)) == ([OFFICE_ACTS_HERE] if holder else [])


def test_a_seat_is_a_further_one_of_an_organisation_that_takes_part() -> None:
    assert rules(SeatFacts("乔屯街道", holder=Role.UNIT, own=True)) == [policy.OWN_SEAT]
    assert rules(SeatFacts("李文博", holder=Role.UNIT, of_reviewer=True)) == [policy.NO_FURTHER_REVIEWER]
    assert rules(SeatFacts("乔屯街道", retired=True)) == [UNIT_RETIRED]


def test_a_seat_is_revoked_once() -> None:
    assert policy.revocation_findings(None) == []
    assert [finding.rule for finding in policy.revocation_findings(NOW)] == [policy.SEAT_REVOKED]
