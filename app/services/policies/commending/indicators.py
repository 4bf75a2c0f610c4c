"""Indicators of the organisation by committees (组织工作指标): each figure weighed by the campaign, and explained.

Points are exact until committees have been compared; only what is shown is rounded.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from app.findings import Sentence
from app.services.policies.filing.award_settings import Indicator


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts and instants of one committee, the instants in the campaign's time zone.

    Of the applications, `filed` counts those ever filed and not withdrawn, `on_file` those filed or accepted now,
    `passed` those accepted and never sent back; `last_filed_at` is the instant the last of `filed` was first filed.
    `delivered` counts the planned cases whose application is on file. Where no plans are asked for, none close.
    """

    plan_submitted_at: datetime | None
    plan_closes_at: datetime | None
    last_filed_at: datetime | None
    filing_closes_at: datetime
    minimum_filed: int
    planned: int
    delivered: int
    filed: int
    on_file: int
    passed: int
    awards: int


@dataclass(frozen=True, slots=True)
class Measure:
    """One indicator of one committee: the measured figure, and the sentence that explains its points."""

    indicator: Indicator
    figure: Fraction
    sentence: Sentence
    params: Mapping[str, object]

    @property
    def earned(self) -> Fraction:
        """The exact points."""
        return self.indicator.weight * min(self.figure / self.indicator.full_measure, Fraction(1))

    @property
    def value(self) -> float:
        return round(float(self.figure), 4)

    @property
    def points(self) -> float:
        return shown(self.earned)


Measured = tuple[Fraction, Sentence, dict[str, object]]
_NEVER_SUBMITTED = Sentence("没有报送的实施计划。", "No plan stands submitted.")
_PLAN = Sentence(
    "实施计划于{at}报送，截止时间：{until}。",
    "The plan was submitted at {at}; the deadline was {until}.",
)
_FILED_NOTHING = Sentence("没有上报案例。", "Nothing was filed.")
_FILED = Sentence(
    "上报 {filed} 件，最低 {minimum} 件；最后一件于{at}上报，截止时间：{until}。",
    "{filed} filed, at least {minimum} needed; the last at {at}, the deadline {until}.",
)
_DELIVERED = Sentence(
    "计划 {planned} 件（以登记截止时为准），已关联并上报 {delivered} 件。",
    "{delivered} of {planned} cases planned at the deadline are linked to an application that stands filed.",
)
_COUNTED = Sentence("上报 {on_file} 件，满分 {full} 件。", "{on_file} stand filed; {full} earn all points.")
_PASSED = Sentence(
    "上报 {filed} 件，一次通过 {passed} 件。", "{passed} of {filed} filed were accepted at the first check."
)
_WON = Sentence("获奖案例 {awards} 件，满分 {full} 件。", "{awards} cases won awards; {full} earn all points.")


def measures(indicators: Sequence[Indicator], figures: Figures) -> list[Measure]:
    """Every indicator of one committee; more than the full measure earns no more than all the points."""
    return [_measure(indicator, figures) for indicator in indicators]


def total(measured: Sequence[Measure]) -> Fraction:
    return sum((each.earned for each in measured), Fraction())


def shown(points: Fraction) -> float:
    """Round points as they are displayed."""
    return round(float(points), 2)


def ranks(totals: Sequence[Fraction]) -> list[int]:
    """Rank the best first; equals share a rank, and the ranks they use up stay empty."""
    return [1 + sum(other > own for other in totals) for own in totals]


def _measure(indicator: Indicator, figures: Figures) -> Measure:
    figure, sentence, params = _MEASURED[indicator.code](figures)
    return Measure(indicator, figure, sentence, params | {"full": indicator.full_measure})


def _plan_in_time(figures: Figures) -> Measured:
    at, until = figures.plan_submitted_at, figures.plan_closes_at
    if at is None or until is None:
        return Fraction(0), _NEVER_SUBMITTED, {}
    return Fraction(at < until), _PLAN, {"at": at, "until": until}


def _filed_in_time(figures: Figures) -> Measured:
    at, until, minimum = figures.last_filed_at, figures.filing_closes_at, figures.minimum_filed
    if at is None:
        return Fraction(0), _FILED_NOTHING, {}
    in_time = figures.filed >= minimum and at < until
    return Fraction(in_time), _FILED, {"filed": figures.filed, "minimum": minimum, "at": at, "until": until}


def _planned_delivered(figures: Figures) -> Measured:
    return (
        _share(figures.delivered, figures.planned),
        _DELIVERED,
        {"planned": figures.planned, "delivered": figures.delivered},
    )


def _filed_count(figures: Figures) -> Measured:
    return Fraction(figures.on_file), _COUNTED, {"on_file": figures.on_file}


def _accepted_at_first_check(figures: Figures) -> Measured:
    return _share(figures.passed, figures.filed), _PASSED, {"filed": figures.filed, "passed": figures.passed}


def _awards_won(figures: Figures) -> Measured:
    return Fraction(figures.awards), _WON, {"awards": figures.awards}


def _share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(0)


_MEASURED: dict[str, Callable[[Figures], Measured]] = {
    "plan_in_time": _plan_in_time,
    "filed_in_time": _filed_in_time,
    "planned_delivered": _planned_delivered,
    "filed_count": _filed_count,
    "accepted_at_first_check": _accepted_at_first_check,
    "awards_won": _awards_won,
}
