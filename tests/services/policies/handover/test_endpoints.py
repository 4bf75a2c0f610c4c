from dataclasses import replace

from app.models.enums import EndpointStatus
from app.services.policies.handover import endpoints as policy
from app.services.policies.handover.endpoints import EndpointFacts


def test_every_refusal_of_an_address_has_its_words() -> None:
    codes = ["push_switched_off", "malformed_url", "host_not_allowed", "https_required"]
    found = [policy.url_findings(code) for code in codes]
    assert [[(each.rule.code, each.pointer) for each in findings] for findings in found] == [
        [(code, "/url")] for code in codes
    ]
    assert policy.url_findings(None) == []


def test_what_was_delivered_keeps_its_address() -> None:
    unused = EndpointFacts(EndpointStatus.ACTIVE, 0)
    assert policy.deletion_findings(unused) == []
    (finding,) = policy.deletion_findings(replace(unused, deliveries=3))
    assert (finding.rule.code, finding.params) == ("endpoint_in_use", {"count": 3})
