import pytest

from app.models.enums import CreditCodeDoubt, OrganisationStatus, Role
from app.services.policies import Act
from app.services.policies.people import units as policy
from app.services.policies.people.units import UnitFacts

ACTIVE, RETIRED = OrganisationStatus


@pytest.mark.parametrize(
    ("act", "states"),
    [(policy.CHANGE, {ACTIVE, RETIRED}), (policy.RETIRE, {ACTIVE}), (policy.REINSTATE, {RETIRED})],
    ids=lambda value: getattr(value, "name", ""),
)
def test_office_and_committee_look_after_units(
    act: Act[OrganisationStatus, UnitFacts], states: set[OrganisationStatus]
) -> None:
    asked = [(role, status) for role in Role for status in OrganisationStatus]
    allowed = {(role, status) for role, status in asked if not act.barred(role, status)}
    assert allowed == {(role, status) for role in (Role.OFFICE, Role.COMMITTEE) for status in states}


def test_the_office_alone_confirms_a_code() -> None:
    allowed = {
        role for role in Role for status in OrganisationStatus if not policy.CONFIRM_CREDIT_CODE.barred(role, status)
    }
    assert allowed == {Role.OFFICE}


@pytest.mark.parametrize("doubt", [None, *CreditCodeDoubt])
def test_a_doubt_is_advice_and_is_confirmed_only_where_there_is_one(doubt: CreditCodeDoubt | None) -> None:
    facts = UnitFacts(ACTIVE, "91350203M0001QKT19", doubt)
    assert [each.refuses for each in policy.code_advice(facts)] == ([False] if doubt else [])
    assert [each.rule for each in policy.confirmation_findings(facts)] == ([] if doubt else [policy.NO_DOUBT])
