from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.models.enums import ApplicationStatus as Case
from app.models.enums import CampaignStatus, DeadlineKind, Role, SwapStatus
from app.services.filing.campaigns import template
from app.services.policies.filing import swaps as policy
from app.services.policies.filing.applications import ApplicationFacts
from app.services.policies.filing.deadlines import effective
from app.services.policies.filing.filings import FiledSet
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.swaps import SwapFacts

SETTINGS = CampaignSettings.model_validate(template("lubei-2015"))
FILED = ApplicationFacts(
    status=Case.FILED,
    settings=SETTINGS,
    now=datetime(2015, 9, 1, 2, 0, tzinfo=UTC),
    form={},
    narrative_length=2000,
    image_count=6,
    content_digest="a" * 64,
    endorsed_digest="a" * 64,
    campaign_status=CampaignStatus.PUBLISHED,
    retired=False,
    filed_set=FiledSet(standing=2, put_forward=2, ready=0),
    deadline=effective(SETTINGS, DeadlineKind.APPLICATION, None),
)
SEALED = replace(FILED, status=Case.ENDORSED)
OF_CASES = SwapFacts(SwapStatus.REQUESTED, FILED, SEALED, of_cases=True)
OF_SCANS = replace(OF_CASES, replacement=None, of_cases=False)
MAY = {
    "consent": ("office", "consented"),
    "decline": ("office", "declined"),
    "withdraw": ("committee", "withdrawn"),
}


@pytest.mark.parametrize("act", policy.ACTS, ids=lambda each: each.name)
def test_who_may_answer_a_request_that_waits(act: policy._Act) -> None:
    role, target = MAY[act.name]
    assert act.target == target
    for each in Role:
        for status in SwapStatus:
            assert (act.barred(each, status) == []) is (each.value == role and status is SwapStatus.REQUESTED)


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        (OF_CASES, []),
        (OF_SCANS, []),
        (replace(OF_SCANS, filed=replace(FILED, now=FILED.deadline.enforced_at)), []),
        (replace(OF_SCANS, filed=replace(FILED, status=Case.ACCEPTED)), ["checked_already"]),
        (replace(OF_SCANS, filed=replace(FILED, status=Case.DISQUALIFIED)), ["checked_already"]),
        (replace(OF_SCANS, filed=replace(FILED, status=Case.WITHDRAWN)), ["checked_already"]),
        (replace(OF_SCANS, filed=replace(FILED, campaign_status=CampaignStatus.CLOSED)), ["campaign_not_open"]),
        (replace(OF_SCANS, filed=None), ["unknown_reference"]),
        (replace(OF_CASES, replacement=None), ["unknown_reference"]),
        (replace(OF_CASES, replacement=replace(SEALED, status=Case.SUBMITTED)), ["replacement_not_sealed"]),
        (replace(OF_CASES, replacement=replace(SEALED, endorsed_digest="b" * 64)), ["seal_outdated"]),
        (replace(OF_CASES, replacement=replace(SEALED, once_filed=True)), ["too_few_applications"]),
        (replace(OF_CASES, replacement=replace(SEALED, once_filed=True, filed_set=FiledSet(3, 3, 0))), []),
    ],
)
def test_an_exchange_needs_a_case_that_is_not_decided_on_and_a_sealed_one(facts: SwapFacts, codes: list[str]) -> None:
    assert [finding.rule.code for finding in policy.exchange_findings(facts)] == codes


def test_one_request_waits_at_a_time() -> None:
    found = policy.pending_findings(["replacement_id"])
    assert [(finding.rule.code, finding.pointer) for finding in found] == [("swap_pending", "/replacement_id")]
