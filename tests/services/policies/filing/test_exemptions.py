from datetime import datetime

import pytest

from app.models.enums import LimitKind
from app.services.filing.campaigns import template
from app.services.policies.filing import exemptions as policy
from app.services.policies.filing.notice import CampaignSettings
from tests.world import ZONE

WINNERS = {"earlier_winners": {"last": 2, "same": ["unit"]}}
SETTINGS = CampaignSettings.model_validate(template("lubei-2015") | {"maximum_filed": 5} | WINNERS)
BARE = SETTINGS.model_copy(update={"field_lengths": {}, "maximum_filed": None, "earlier_winners": None})
"""A notice that limits no cell, sets no maximum of cases, and asks nobody what was won before."""


@pytest.mark.parametrize(
    ("kind", "value", "codes"),
    [
        (LimitKind.MINIMUM_FILED, 1, []),
        (LimitKind.MINIMUM_FILED, 2, ["limit_not_looser"]),
        (LimitKind.MINIMUM_FILED, 3, ["limit_not_looser"]),
        (LimitKind.MINIMUM_FILED, 0, ["limit_out_of_range"]),
        (LimitKind.MAXIMUM_FILED, 6, []),
        (LimitKind.MAXIMUM_FILED, 5, ["limit_not_looser"]),
        (LimitKind.MAXIMUM_FILED, 51, ["limit_out_of_range"]),
        (LimitKind.IMAGES_MINIMUM, 0, []),
        (LimitKind.IMAGES_MINIMUM, 5, ["limit_not_looser"]),
        (LimitKind.IMAGES_MAXIMUM, 7, ["limit_not_looser"]),
        (LimitKind.IMAGES_MAXIMUM, 9, ["limit_out_of_range"]),
        (LimitKind.NARRATIVE_MINIMUM, 999, []),
        (LimitKind.NARRATIVE_MINIMUM, 1001, ["limit_not_looser"]),
        (LimitKind.NARRATIVE_MAXIMUM, 3001, []),
        (LimitKind.NARRATIVE_MAXIMUM, 3000, ["limit_not_looser"]),
        (LimitKind.BRAND_NAME_LENGTH, 61, []),
        (LimitKind.BRAND_NAME_LENGTH, 60, ["limit_not_looser"]),
        (LimitKind.BRAND_NAME_LENGTH, 201, ["limit_out_of_range"]),
        (LimitKind.EARLIER_WINNERS, 0, []),
        (LimitKind.EARLIER_WINNERS, 1, []),
        (LimitKind.EARLIER_WINNERS, 2, ["limit_not_looser"]),
    ],
)
def test_an_exemption_is_looser_than_the_limit_that_holds_and_possible(
    kind: LimitKind, value: int, codes: list[str]
) -> None:
    assert [finding.rule.code for finding in policy.grant_findings(SETTINGS, kind, value)] == codes


@pytest.mark.parametrize("kind", [LimitKind.BRAND_NAME_LENGTH, LimitKind.MAXIMUM_FILED, LimitKind.EARLIER_WINNERS])
def test_a_limit_that_the_notice_does_not_set_cannot_be_loosened(kind: LimitKind) -> None:
    found = policy.grant_findings(BARE, kind, 40)
    assert [(finding.rule.code, finding.pointer) for finding in found] == [("not_limited", "/limit")]
    assert policy.in_force(BARE, [(kind.value, 40)]) == BARE


@pytest.mark.parametrize("kind", LimitKind)
def test_the_figure_in_force_is_the_looser_one_and_nothing_else_changes(kind: LimitKind) -> None:
    limit, present = policy.LIMITS[kind], policy.figure(SETTINGS, kind)
    assert present is not None
    for given in (present - 1, present, present + 1):
        held = policy.in_force(SETTINGS, [(kind.value, given)])
        changed = {kind.value: limit.looser(present, given)}
        assert policy.figures(held) == policy.figures(SETTINGS) | changed
        assert policy.in_force(held, [(kind.value, present)]) == held, "of several the loosest counts"
    assert policy.in_force(SETTINGS, None) is SETTINGS


def test_the_numbers_of_the_kind_of_committee_are_loosened_and_not_the_others() -> None:
    kinds = {"filed_by_kind": [{"kind": "district_direct", "minimum": 4, "maximum": 4}]}
    settings = CampaignSettings.model_validate(template("lubei-2015") | kinds)
    held = policy.in_force(settings, [("district_direct", 0), ("minimum_filed", 3), ("maximum_filed", 6)])
    assert (held.minimum_filed, held.maximum_filed) == (3, 6)
    assert policy.figures(held)["maximum_filed"] == 6
    assert policy.in_force(settings, [("township_subdistrict", 0)]) is settings


def test_an_exemption_is_revoked_once() -> None:
    assert policy.revocation_findings(None) == []
    found = policy.revocation_findings(datetime(2015, 9, 1, tzinfo=ZONE))
    assert [finding.rule.code for finding in found] == ["already_revoked"]
