from collections.abc import Callable

import pytest

from app.findings import Rule
from app.models.enums import Language
from app.problems import InsufficientStorage, LimitReached
from app.services.policies import limits
from app.services.policies.limits import (
    CHANGES_USED_UP,
    DISK_ALMOST_FULL,
    TOO_MANY_AT_ONCE,
    TOO_MANY_OBJECTIONS,
    TOO_MANY_UPLOADS_AT_ONCE,
    UPLOADS_USED_UP,
    Allowance,
    require_free,
    require_place,
    require_room,
)

HOURLY = Allowance(CHANGES_USED_UP, 3600, hours=1)
NOW = 1_000_000.0


def test_an_allowance_may_be_used_up_at_once_and_not_exceeded() -> None:
    assert HOURLY.restored_at(3600, NOW, NOW) == NOW + 3600
    with pytest.raises(LimitReached):
        HOURLY.restored_at(3601, NOW, NOW)


def test_it_is_restored_steadily_and_the_wait_is_told() -> None:
    empty = HOURLY.restored_at(3600, NOW, NOW)
    with pytest.raises(LimitReached) as refused:
        HOURLY.restored_at(10, empty, NOW + 3)
    assert refused.value.retry_after == 7
    assert HOURLY.restored_at(10, empty, NOW + 10) == empty + 10


def test_what_was_not_used_does_not_add_up() -> None:
    long_ago = HOURLY.restored_at(5, NOW, NOW)
    with pytest.raises(LimitReached):
        HOURLY.restored_at(3601, long_ago, NOW + 10**6)


def test_a_clock_that_is_set_back_costs_no_more_than_the_whole() -> None:
    years_ahead = NOW + 10**9
    with pytest.raises(LimitReached) as refused:
        HOURLY.restored_at(1, years_ahead, NOW)
    assert refused.value.retry_after == 1


def test_what_is_given_back_is_there_again() -> None:
    empty = HOURLY.restored_at(3600, NOW, NOW)
    assert HOURLY.restored_at(30, HOURLY.given_back(30, empty), NOW) == empty


def test_no_order_of_uses_exceeds_amount_and_restoration() -> None:
    used, restored_at, now = 0, NOW, NOW
    for step in range(2000):
        now += 0.5
        try:
            restored_at = HOURLY.restored_at(1 + step % 7, restored_at, now)
        except LimitReached:
            continue
        used += 1 + step % 7
    assert 0 < used <= 3600 + (now - NOW)


def test_a_unit_gives_the_words_their_size() -> None:
    daily = Allowance(UPLOADS_USED_UP, 16, hours=24, unit=2**30)
    assert daily.restored_at(16 * 2**30, NOW, NOW) == NOW + 86400
    with pytest.raises(LimitReached) as refused:
        daily.restored_at(16 * 2**30 + 1, NOW, NOW)
    assert refused.value.limit.worded(Language.EN).message.startswith("The allowance of uploads is used up: 16 GiB")


@pytest.mark.parametrize(
    ("running", "uploads", "rule"),
    [(3, 2, None), (4, 0, TOO_MANY_AT_ONCE), (3, 3, TOO_MANY_UPLOADS_AT_ONCE), (4, 3, TOO_MANY_AT_ONCE)],
)
def test_places(running: int, uploads: int, rule: Rule | None) -> None:
    assert _rule_of(lambda: require_place(running, uploads, most=3, most_uploads=2)) is rule


@pytest.mark.parametrize(("standing", "rule"), [(0, None), (4, None), (5, TOO_MANY_OBJECTIONS)])
def test_room_for_one_more(standing: int, rule: Rule | None) -> None:
    assert _rule_of(lambda: require_room(TOO_MANY_OBJECTIONS, standing, 5)) is rule


@pytest.mark.parametrize(("free", "rule"), [(100, None), (99, DISK_ALMOST_FULL)])
def test_a_floor_of_free_bytes(free: int, rule: Rule | None) -> None:
    assert _rule_of(lambda: require_free(free, 100)) is rule


def test_the_examples_of_the_contract_are_real_limits() -> None:
    rules = [rule for rule in vars(limits).values() if isinstance(rule, Rule)]
    examples = [kind.example()["limit"]["message"] for kind in (LimitReached, InsufficientStorage)]
    said = {rule.zh.format(maximum=number, hours=1) for rule in rules for number in (50, 64)}
    assert set(examples) <= said


def _rule_of(require: Callable[[], None]) -> Rule | None:
    try:
        require()
    except (LimitReached, InsufficientStorage) as refused:
        return refused.limit.rule
    return None
