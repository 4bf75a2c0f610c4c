import pytest

from app.models.enums import OrganisationStatus, Role
from app.services.policies import Act, StatusOnly
from app.services.policies.people import committees as policy
from app.services.policies.people.committees import may_change, next_code

ACTIVE, RETIRED = OrganisationStatus
OFFICE, COMMITTEE = Role.OFFICE, Role.COMMITTEE


@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        (policy.CHANGE, {(OFFICE, ACTIVE), (OFFICE, RETIRED), (COMMITTEE, ACTIVE)}),
        (policy.RETIRE, {(OFFICE, ACTIVE)}),
        (policy.REINSTATE, {(OFFICE, RETIRED)}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_who_may_do_what_from_which_state(
    act: Act[OrganisationStatus, StatusOnly[OrganisationStatus]], allowed: set[tuple[Role, OrganisationStatus]]
) -> None:
    asked = [(role, status) for role in Role for status in OrganisationStatus]
    assert {(role, status) for role, status in asked if not act.barred(role, status)} == allowed


@pytest.mark.parametrize(
    ("role", "names", "allowed"),
    [
        (OFFICE, {"name", "kind", "leader_name"}, True),
        (COMMITTEE, {"leader_name", "leader_title", "liaison_name", "liaison_phone"}, True),
        (COMMITTEE, set(), True),
        (COMMITTEE, {"name"}, False),
        (COMMITTEE, {"kind"}, False),
        (COMMITTEE, {"liaison_phone", "name"}, False),
        (Role.UNIT, {"name"}, False),
    ],
)
def test_which_members_a_role_may_change(role: Role, names: set[str], *, allowed: bool) -> None:
    assert may_change(role, names) is allowed


@pytest.mark.parametrize(
    ("taken", "code"),
    [
        (set(), "C01"),
        ({"QT", "C1"}, "C01"),
        ({"C01", "C02"}, "C03"),
        ({"C01", "C03"}, "C02"),
        ({f"C{number:02d}" for number in range(1, 100)}, "C100"),
    ],
)
def test_next_code(taken: set[str], code: str) -> None:
    assert next_code(taken) == code
