from collections import Counter
from datetime import datetime, timedelta

import pytest

from app.models.enums import DeadlineKind, PlanStatus
from app.services.filing.campaigns import template
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.progress import STATES, Assessment, Counts, assess, counts_of, total

SETTINGS = CampaignSettings.model_validate(template("lubei-2015"))
CLOSES_AT = {kind: SETTINGS.closes_at(SETTINGS.window(kind)) for kind in DeadlineKind}
NO_EXTENSION: dict[DeadlineKind, datetime | None] = dict.fromkeys(DeadlineKind)


def test_every_state_is_counted_under_its_own_name() -> None:
    by_status = Counter({status.value: 2**power for power, status in enumerate(STATES)})
    assert counts_of(7, by_status, 3) == Counts(
        planned=7,
        drafted=1,
        submitted=2,
        returned=4,
        declined=8,
        sealed=16,
        filed=32,
        accepted=64,
        disqualified=128,
        withdrawn=256,
        out_for_correction=3,
        standing=96,
    )


def test_all_together_are_the_sum_of_each() -> None:
    assert total([Counts(filed=2, standing=2), Counts(filed=1, drafted=3, standing=1)]) == Counts(
        filed=3, drafted=3, standing=3
    )
    assert total([]) == Counts()


@pytest.mark.parametrize(
    ("standing", "plan", "kind", "late", "expected"),
    [
        (0, None, DeadlineKind.PLAN, False, (False, False, False)),
        (0, None, DeadlineKind.PLAN, True, (False, True, False)),
        (0, PlanStatus.DRAFT, DeadlineKind.PLAN, True, (False, True, False)),
        (0, PlanStatus.RETURNED, DeadlineKind.PLAN, True, (False, True, False)),
        (0, PlanStatus.SUBMITTED, DeadlineKind.PLAN, True, (False, False, False)),
        (1, PlanStatus.SUBMITTED, DeadlineKind.APPLICATION, False, (False, False, False)),
        (1, PlanStatus.SUBMITTED, DeadlineKind.APPLICATION, True, (False, False, True)),
        (2, PlanStatus.SUBMITTED, DeadlineKind.APPLICATION, True, (True, False, False)),
    ],
)
def test_what_is_overdue_at_the_enforcing_instant_and_not_before(
    standing: int, plan: PlanStatus | None, kind: DeadlineKind, expected: tuple[bool, bool, bool], *, late: bool
) -> None:
    now = CLOSES_AT[kind] - timedelta(microseconds=not late)
    assert assess(SETTINGS, standing, plan, NO_EXTENSION, now) == Assessment(*expected)


def test_nobody_is_late_with_a_plan_that_is_not_asked_for() -> None:
    settings, late = CampaignSettings.model_validate(template("sample-2025")), timedelta(days=5000)
    now = CLOSES_AT[DeadlineKind.APPLICATION] + late
    assert assess(settings, 0, None, NO_EXTENSION, now) == Assessment(
        minimum_met=False, plan_overdue=False, applications_overdue=True
    )


def test_an_extension_counts_if_it_is_later() -> None:
    now = CLOSES_AT[DeadlineKind.APPLICATION]
    for hours, overdue in ((-1, True), (0, True), (1, False)):
        extended = NO_EXTENSION | {DeadlineKind.APPLICATION: now + timedelta(hours=hours)}
        found = assess(SETTINGS, 0, PlanStatus.SUBMITTED, extended, now)
        assert found.applications_overdue == overdue
