"""Waits before failed jobs are tried again."""

from datetime import timedelta

import pytest

from app.services.policies.jobs import pause_after
from tests.world.jobs import SCHEDULE


def test_after_every_failure_one_waits_longer_then_a_day_for_a_week_then_it_is_enough() -> None:
    pauses = [pause_after(failures, 0.5) for failures in range(1, 17)]
    assert pauses == [*(timedelta(seconds=seconds) for seconds in SCHEDULE), None, None]


@pytest.mark.parametrize(("chance", "seconds"), [(0, 48), (0.25, 54), (0.5, 60), (0.75, 66), (1, 72)])
def test_a_pause_is_up_to_a_fifth_shorter_or_longer(chance: float, seconds: int) -> None:
    assert pause_after(2, chance) == timedelta(seconds=seconds)
