from datetime import datetime
from typing import Any

import pytest

from app.models.enums import Language, LimitKind
from app.services.filing.campaigns import template
from app.services.policies.filing import exemptions as policy
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.programmes import REACHING, ProgrammeSettings
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


@pytest.mark.parametrize("kind", policy.LIMITS)
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


def programme(**rules: Any) -> ProgrammeSettings:
    return ProgrammeSettings.model_validate({"title": "征集活动", "year": 2015, "organizer": "路北区文明办"} | rules)


RULES = {
    "entries_per_unit": {"most": 1, "effect": "advised"},
    "one_batch": "refused",
    "minimum_filed": 2,
    "maximum_filed": 5,
}


@pytest.mark.parametrize(
    ("kind", "value", "codes"),
    [
        (LimitKind.ENTRIES_PER_UNIT, 2, []),
        (LimitKind.ENTRIES_PER_UNIT, 1, ["limit_not_looser"]),
        (LimitKind.ENTRIES_PER_UNIT, 21, ["limit_out_of_range"]),
        (LimitKind.ONE_BATCH, 0, []),
        (LimitKind.ONE_BATCH, 1, ["limit_out_of_range"]),
        (LimitKind.MINIMUM_TOGETHER, 0, []),
        (LimitKind.MINIMUM_TOGETHER, 2, ["limit_not_looser"]),
        (LimitKind.MAXIMUM_TOGETHER, 6, []),
        (LimitKind.MAXIMUM_TOGETHER, 4, ["limit_not_looser"]),
        (LimitKind.MAXIMUM_TOGETHER, 51, ["limit_out_of_range"]),
    ],
)
def test_a_rule_across_campaigns_is_loosened_in_the_same_way(kind: LimitKind, value: int, codes: list[str]) -> None:
    for settings in (programme(**RULES), policy.in_force_together(programme(**RULES), [("minimum_filed", 1)])):
        assert [finding.rule.code for finding in policy.grant_findings(settings, kind, value)] == codes
    for without in (programme(), None):
        found = policy.grant_findings(without, kind, value)
        assert [(each.rule.code, each.pointer) for each in found] == [("not_limited", "/limit")]
    assert policy.in_force_together(programme(), [(kind.value, value)]) == programme()


def test_what_limits_a_programme_is_told_of_the_programme_and_a_rule_that_is_only_lifted_has_one_value() -> None:
    [nothing] = policy.grant_findings(programme(), LimitKind.ONE_BATCH, 0)
    assert nothing.worded(Language.ZH).message == f"系列活动对“{LimitKind.ONE_BATCH.label}”没有限制。"
    [fixed] = policy.grant_findings(programme(**RULES), LimitKind.ONE_BATCH, 1)
    assert fixed.worded(Language.ZH).message == f"“{LimitKind.ONE_BATCH.label}”只能设为 0。"


def test_every_rule_across_campaigns_can_be_loosened_and_nothing_else_changes() -> None:
    granted = [("entries_per_unit", 3), ("one_batch", 0), ("minimum_together", 1), ("maximum_together", 9)]
    assert {kind.value for kind in policy.TOGETHER} == {name for name, _ in granted}
    assert {limit.path[0] for limit in policy.TOGETHER.values()} == {*REACHING}
    held = policy.in_force_together(programme(**RULES), granted)
    looser = {"entries_per_unit": {"most": 3, "effect": "advised"}, "minimum_filed": 1, "maximum_filed": 9}
    assert held == programme(**RULES | looser | {"one_batch": None})
    assert policy.in_force_together(held, [("maximum_together", 7), ("one_batch", 0)]) == held, "the loosest counts"
    assert policy.in_force(SETTINGS, granted) is SETTINGS, "they are no figures of a campaign, nor kinds of committees"
