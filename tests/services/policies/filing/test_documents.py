from datetime import datetime

from app.services.policies.filing import documents as policy
from tests.world import ZONE


def test_a_document_is_removed_once() -> None:
    assert policy.removal_findings(None) == []
    found = policy.removal_findings(datetime(2015, 9, 1, tzinfo=ZONE))
    assert [finding.rule.code for finding in found] == ["already_removed"]
