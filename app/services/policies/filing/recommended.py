"""The recommended order (推荐排序): which of its cases a committee puts first, said with what it files."""

from collections.abc import Mapping, Sequence
from typing import Literal, TypeVar

from app.findings import Finding, Rule
from app.models.enums import Severity
from app.services.policies import UNKNOWN_REFERENCE

K = TypeVar("K")

Asked = Literal["none", "optional", "required"]
NOT_ASKED = Rule("order_not_asked", "“{campaign}”不设推荐排序，请勿填写。", "{campaign} has no recommended order.")
NEEDED = Rule(
    "order_needed",
    "“{campaign}”要求推荐排序：请将本次和以前上报的共 {count} 件由先到后全部排列。",
    "{campaign} asks for a recommended order: give all {count} cases, those filed before too, the best first.",
)
INCOMPLETE = Rule(
    "order_incomplete",
    "推荐排序缺少 {numbers}：须排列本次和以前上报的全部案例。",
    "The recommended order lacks {numbers}: it has all cases that are filed now or were before.",
)
ASKED = Rule(
    "order_asked", "上报时须附推荐排序。", "Filing it takes a recommended order of all cases.", Severity.ADVICE
)


def order_findings(
    asked: Asked, campaign: str, order: Sequence[K] | None, standing: Mapping[K, str], *, refiled: bool
) -> list[Finding]:
    """Judge the order of a filing: `standing` are the numbers of all that is filed now, or was before and stands.

    The order of before stays in force where nothing but corrections is filed, and where none is given that is optional.
    """
    if order is None:
        needed = asked == "required" and not refiled
        return [NEEDED("/recommended_order", campaign=campaign, count=len(standing))] if needed else []
    if asked == "none":
        return [NOT_ASKED("/recommended_order", campaign=campaign)]
    unknown = [place for place, each in enumerate(order) if each not in standing]
    lacking = [number for each, number in standing.items() if each not in order]
    return [
        *(UNKNOWN_REFERENCE(f"/recommended_order/{place}") for place in unknown),
        *([INCOMPLETE("/recommended_order", numbers=sorted(lacking))] if lacking else []),
    ]


def asked_findings(asked: Asked) -> list[Finding]:
    """Say beforehand that an order belongs to what is filed."""
    return [ASKED()] if asked == "required" else []


def exchanged(order: Sequence[K] | None, out: K, instead: K) -> list[K] | None:
    """Give what comes by a swap the place of what it replaces; None where that has none."""
    return [instead if each == out else each for each in order] if order and out in order else None
