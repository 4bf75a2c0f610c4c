import pytest

from app.models.enums import Role
from app.services.policies.handover import grants as policy
from tests.world import NOW


@pytest.mark.parametrize("role", Role)
def test_nobody_but_a_client_is_granted_a_campaign(role: Role) -> None:
    found = [finding.rule for finding in policy.grant_findings(role)]
    assert found == ([] if role is Role.MUNICIPAL else [policy.NOT_A_CLIENT])


def test_a_grant_is_revoked_once() -> None:
    assert policy.revocation_findings(None) == []
    assert [finding.rule for finding in policy.revocation_findings(NOW)] == [policy.GRANT_REVOKED]
