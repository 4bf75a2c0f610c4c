"""Beginnings in a campaign by the office, in each of its states, by a notice that asks for all and by another."""

from datetime import datetime
from typing import Any

import pytest

from app.models.enums import CampaignStatus, Role
from app.services.filing.campaigns import template
from app.services.policies import actions
from app.services.policies.filing import beginnings as policy
from app.services.policies.filing.notice import CampaignSettings
from tests.world import ZONE

LUBEI, SAMPLE = (CampaignSettings.model_validate(template(name)) for name in ("lubei-2015", "sample-2025"))
IN_A_DRAFT: dict[str, list[Any]] = {
    "begin_round": [("campaign_not_open", "/campaign_id")],
    "import_figures": [("campaign_not_open", None)],
    "freeze_composite": [("campaign_not_open", None)],
    "begin_commendation": [("campaign_in_preparation", "/campaign_id")],
}
RUNNING: dict[str, Any] = {act: [] for act in IN_A_DRAFT}
STILL: dict[str, Any] = {"begin_commendation": []}
"""A campaign that is over is commended."""
UNASKED: dict[str, list[Any]] = {
    "import_figures": [("unknown_figure_source", "/source")],
    "freeze_composite": [("unknown_composite", "/code")],
}
UNASKED_IN_A_DRAFT: dict[str, list[Any]] = {act: IN_A_DRAFT[act] + findings for act, findings in UNASKED.items()}
"""By a notice without figures of outside and without a composite result."""


@pytest.mark.parametrize(
    ("settings", "status", "expected"),
    [
        (SAMPLE, CampaignStatus.DRAFT, IN_A_DRAFT),
        (SAMPLE, CampaignStatus.PUBLISHED, RUNNING),
        (SAMPLE, CampaignStatus.CLOSED, IN_A_DRAFT | STILL),
        (LUBEI, CampaignStatus.DRAFT, IN_A_DRAFT | UNASKED_IN_A_DRAFT),
        (LUBEI, CampaignStatus.PUBLISHED, RUNNING | UNASKED),
        (LUBEI, CampaignStatus.CLOSED, IN_A_DRAFT | UNASKED_IN_A_DRAFT | STILL),
    ],
)
def test_the_office_judges_and_commends_what_is_published(
    settings: CampaignSettings, status: CampaignStatus, expected: dict[str, Any]
) -> None:
    facts = policy.BeginningFacts(status, settings, datetime(2015, 4, 21, tzinfo=ZONE))
    offered = actions(policy.ACTS, Role.OFFICE, facts)
    found = {act: [(each.rule.code, each.pointer) for each in findings] for act, findings in offered.items()}
    assert found == expected


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.OFFICE, Role.UNIT, Role.COMMITTEE}])
def test_others_begin_nothing(role: Role) -> None:
    facts = policy.BeginningFacts(CampaignStatus.PUBLISHED, SAMPLE, datetime(2015, 4, 21, tzinfo=ZONE))
    assert actions(policy.ACTS, role, facts) == {}
