from typing import Any

import pytest

from app.services.policies.filing.recommended import Asked, exchanged, order_findings

STANDING = {"a": "2015-QT-001", "b": "2015-QT-002", "c": "2015-QT-003"}


@pytest.mark.parametrize(
    ("asked", "order", "refiled", "expected"),
    [
        ("none", None, False, []),
        ("none", "abc", False, [("order_not_asked", "/recommended_order")]),
        ("optional", None, False, []),
        ("optional", "cab", False, []),
        ("optional", "ab", False, [("order_incomplete", "/recommended_order")]),
        ("required", None, False, [("order_needed", "/recommended_order")]),
        ("required", None, True, []),
        ("required", "cba", False, []),
        ("required", "cba", True, []),
        ("required", "abxc", False, [("unknown_reference", "/recommended_order/2")]),
        (
            "required",
            "ax",
            True,
            [("unknown_reference", "/recommended_order/1"), ("order_incomplete", "/recommended_order")],
        ),
    ],
)
def test_an_order_has_all_that_is_put_forward(asked: Asked, order: str | None, refiled: bool, expected: Any) -> None:
    found = order_findings(asked, "活动", None if order is None else [*order], STANDING, refiled=refiled)
    assert [(each.rule.code, each.pointer) for each in found] == expected


def test_an_incomplete_order_says_what_it_lacks() -> None:
    [finding] = order_findings("optional", "活动", ["b"], STANDING, refiled=False)
    assert finding.params == {"numbers": ["2015-QT-001", "2015-QT-003"]}


@pytest.mark.parametrize(("order", "expected"), [("abc", ["a", "x", "c"]), ("ac", None), (None, None)])
def test_what_a_swap_brings_takes_the_place_of_what_it_replaces(order: str | None, expected: list[str] | None) -> None:
    assert exchanged(order and [*order], "b", "x") == expected
