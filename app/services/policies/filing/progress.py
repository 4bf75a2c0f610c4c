"""The progress of a committee: counts by state, the minimum to be filed, and what is overdue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime

from app.models.enums import ApplicationStatus as Status
from app.models.enums import DeadlineKind, PlanStatus
from app.services.policies.filing.applications import FILED_STATES
from app.services.policies.filing.notice import CampaignSettings

STATES = [status for status in Status if status.outward is status]
"""The states that are counted: each application by its outward one, for every reader."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures of one committee, or of all."""

    planned: int = 0
    drafted: int = 0
    submitted: int = 0
    returned: int = 0
    declined: int = 0
    sealed: int = 0
    filed: int = 0
    accepted: int = 0
    disqualified: int = 0
    withdrawn: int = 0
    out_for_correction: int = 0
    standing: int = 0


@dataclass(frozen=True, slots=True)
class Assessment:
    """The conclusions from the figures, at one instant."""

    minimum_met: bool
    plan_overdue: bool
    applications_overdue: bool


def counts_of(planned: int, by_status: Mapping[str, int], out_for_correction: int) -> Counts:
    """Name the figures as clerks do; `standing` counts the applications that are filed or accepted."""
    return Counts(
        planned=planned,
        drafted=by_status[Status.DRAFT],
        sealed=by_status[Status.ENDORSED],
        out_for_correction=out_for_correction,
        standing=sum(by_status[status] for status in FILED_STATES),
        **{status.value: by_status[status] for status in STATES if status not in (Status.DRAFT, Status.ENDORSED)},
    )


def total(counts: Iterable[Counts]) -> Counts:
    """The figures of all committees together."""
    rows = list(counts)
    return Counts(**{field.name: sum(getattr(row, field.name) for row in rows) for field in fields(Counts)})


def assess(
    settings: CampaignSettings,
    on_file: int,
    plan_status: PlanStatus | None,
    extended_until: Mapping[DeadlineKind, datetime | None],
    now: datetime,
) -> Assessment:
    """Assess by the deadlines: after them a plan is overdue until submitted, a filed set while below the minimum."""
    met = on_file >= settings.minimum_filed
    closed = {kind: _is_closed(settings, kind, extended_until[kind], now) for kind in DeadlineKind}
    return Assessment(
        minimum_met=met,
        plan_overdue=closed[DeadlineKind.PLAN] and settings.lacks_plan(plan_status),
        applications_overdue=closed[DeadlineKind.APPLICATION] and not met,
    )


def _is_closed(settings: CampaignSettings, kind: DeadlineKind, extended_until: datetime | None, now: datetime) -> bool:
    return settings.asks_for(kind) and now >= closes_at(settings, kind, extended_until)


def owing_nothing(assessment: Assessment) -> Assessment:
    """Assess those that owe nothing.

    Of the units without a committee each takes part or not; what a merged committee left to do, its successor owes.
    """
    return replace(assessment, plan_overdue=False, applications_overdue=False)


def closes_at(settings: CampaignSettings, kind: DeadlineKind, extended_until: datetime | None) -> datetime:
    """The instant at which a deadline closes for a committee, its extensions counted."""
    closes_at = settings.closes_at(settings.window(kind))
    return max(closes_at, extended_until or closes_at)
