from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.enums import Language
from app.services.filing.campaigns import template
from app.services.policies.commending import indicators as policy
from app.services.policies.commending.indicators import Figures
from app.services.policies.filing.notice import CampaignSettings
from tests.algorithms.tables import PATIENTLY
from tests.world import NOW

INDICATORS = CampaignSettings.model_validate(template("lubei-2015")).commendation.indicators
TICK = timedelta(microseconds=1)
FULL = Figures(
    plan_submitted_at=NOW - TICK,
    plan_closes_at=NOW,
    last_filed_at=NOW - TICK,
    filing_closes_at=NOW,
    minimum_filed=2,
    planned=5,
    delivered=5,
    filed=5,
    on_file=5,
    passed=5,
    awards=3,
)


@pytest.mark.parametrize(
    ("code", "changes", "value", "points"),
    [
        ("plan_in_time", {}, 1, 15),
        ("plan_in_time", {"plan_submitted_at": NOW}, 0, 0),
        ("plan_in_time", {"plan_submitted_at": NOW, "plan_closes_at": NOW + TICK}, 1, 15),
        ("plan_in_time", {"plan_submitted_at": None}, 0, 0),
        ("filed_in_time", {}, 1, 20),
        ("filed_in_time", {"last_filed_at": NOW}, 0, 0),
        ("filed_in_time", {"filed": 1}, 0, 0),
        ("filed_in_time", {"filed": 2}, 1, 20),
        ("filed_in_time", {"last_filed_at": None, "filed": 0}, 0, 0),
        ("planned_delivered", {}, 1, 15),
        ("planned_delivered", {"delivered": 2}, 0.4, 6),
        ("planned_delivered", {"delivered": 1, "planned": 3}, 0.3333, 5),
        ("planned_delivered", {"on_file": 9, "delivered": 0}, 0, 0),
        ("planned_delivered", {"planned": 0}, 0, 0),
        ("filed_count", {}, 5, 15),
        ("filed_count", {"on_file": 2}, 2, 6),
        ("filed_count", {"on_file": 12}, 12, 15),
        ("accepted_at_first_check", {}, 1, 15),
        ("accepted_at_first_check", {"passed": 4}, 0.8, 12),
        ("accepted_at_first_check", {"passed": 0, "filed": 0}, 0, 0),
        ("awards_won", {}, 3, 20),
        ("awards_won", {"awards": 1}, 1, 6.67),
        ("awards_won", {"awards": 7}, 7, 20),
        ("awards_won", {"awards": 0}, 0, 0),
    ],
)
def test_every_indicator_is_worth_what_the_campaign_says(
    code: str, changes: dict[str, Any], value: float, points: float
) -> None:
    measured = policy.measures(INDICATORS, replace(FULL, **changes))
    (one,) = [each for each in measured if each.indicator.code == code]
    assert (one.value, one.points) == (value, points)
    assert all(one.sentence.say(language, **one.params) for language in Language)


def test_the_full_measure_of_all_is_a_hundred_points() -> None:
    assert policy.total(policy.measures(INDICATORS, FULL)) == 100


def test_an_explanation_tells_the_figures() -> None:
    measured = policy.measures(INDICATORS, replace(FULL, filed=4, passed=3))
    assert [each.sentence.say(Language.ZH, **each.params) for each in measured] == [
        "实施计划于2015年4月21日09:59报送，截止时间：2015年4月21日10:00。",
        "上报 4 件，最低 2 件；最后一件于2015年4月21日09:59上报，截止时间：2015年4月21日10:00。",
        "计划 5 件（以登记截止时为准），已关联并上报 5 件。",
        "上报 5 件，满分 5 件。",
        "上报 4 件，一次通过 3 件。",
        "获奖案例 3 件，满分 3 件。",
    ]


@pytest.mark.parametrize(
    ("totals", "expected"), [([], []), ([3, 1, 2], [1, 3, 2]), ([2, 3, 2, 1], [2, 1, 2, 4]), ([0, 0], [1, 1])]
)
def test_equals_share_a_rank(totals: list[Fraction], expected: list[int]) -> None:
    assert policy.ranks(totals) == expected


COUNTED = ("planned_delivered", "accepted_at_first_check", "awards_won")
thirds = st.tuples(*(st.integers(0, 3) for _ in COUNTED))


@PATIENTLY
@given(st.integers(1, 30), st.lists(thirds, min_size=4, max_size=9))
def test_committees_are_ranked_by_exact_totals(weight: int, committees: list[tuple[int, int, int]]) -> None:
    """Thirds of one weight: equal sums tie, however they are divided among the indicators."""
    indicators = [one.model_copy(update={"weight": weight}) for one in INDICATORS if one.code in COUNTED]
    totals = [policy.total(policy.measures(indicators, _figures(*work))) for work in committees]
    sums = [sum(work) for work in committees]
    assert policy.ranks(totals) == [1 + sum(other > own for other in sums) for own in sums]


def _figures(delivered: int, passed: int, awards: int) -> Figures:
    return replace(FULL, planned=3, delivered=delivered, filed=3, passed=passed, awards=awards)
