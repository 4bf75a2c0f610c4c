"""Progress (进度): figures of every committee in one statement; counts only, nothing of a draft's content."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select, union

from app.context import View, acting_as, own_committees
from app.database import Query, bound_id
from app.models import Campaign, Committee, Extension, Plan, PlannedCase, Tally
from app.models.enums import ApplicationStatus, DeadlineKind, PlanStatus, Role
from app.problems import NotFound
from app.rows import row_type
from app.services.filing import campaigns, concessions, tallies
from app.services.filing.filed_sets import stands_for
from app.services.policies import require_role
from app.services.policies.filing import progress as policy
from app.services.policies.filing.applications import OUT_FOR_CORRECTION
from app.services.policies.filing.exemptions import Granted, in_force
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.progress import STATES, Assessment, Counts

_CAMPAIGN_ID = bound_id("campaign_id")
_FOR_OFFICE = acting_as(Role.OFFICE)


def _in(*statuses: ApplicationStatus) -> ColumnElement[bool]:
    return or_(*(Tally.code == status for status in statuses))


def _counted_as(status: ApplicationStatus) -> ColumnElement[bool]:
    return _in(*(each for each in ApplicationStatus if each.outward is status))


_applications = tallies.of_committees(
    _CAMPAIGN_ID,
    *(tallies.number(_counted_as(status)).label(status.value) for status in STATES),
    tallies.number(and_(Tally.dimension == tallies.FILED, _in(*OUT_FOR_CORRECTION))).label("out_for_correction"),
).subquery("counted")
_extensions = (
    select(
        Extension.committee_id,
        *(func.max(Extension.until).filter(Extension.kind == kind).label(kind.value) for kind in DeadlineKind),
    )
    .where(Extension.campaign_id == _CAMPAIGN_ID, Extension.revoked_at.is_(None), Extension.application_id.is_(None))
    .group_by(Extension.committee_id)
    .subquery("extended")
)
_planned = (
    select(PlannedCase.plan_id, func.count(PlannedCase.position).label("planned"))
    .join(Plan, Plan.id == PlannedCase.plan_id)
    .where(Plan.campaign_id == _CAMPAIGN_ID)
    .group_by(PlannedCase.plan_id)
    .subquery("planned")
)
_took_part = union(
    select(_applications.c.committee_id), select(Plan.committee_id).where(Plan.campaign_id == _CAMPAIGN_ID)
)
_concerned = or_(Committee.retired_at.is_(None), Committee.id.in_(_took_part))
"""Committees that are not retired, and retired ones that took part."""


COMMITTEE = (
    Committee.id.label("committee_id"),
    Committee.code.label("committee_code"),
    Committee.name.label("committee_name"),
    Committee.kind.label("committee_kind"),
    stands_for(Committee).label("whole_id"),
    Committee.direct,
)
"""The columns of a `CommitteeOfProgress`."""


@row_type
class CommitteeOfProgress:
    """The committee that a row of progress is about; null throughout where there is none yet.

    `whole_id` is the committee that it was merged into, or itself.
    """

    committee_id: UUID | None
    committee_code: str | None
    committee_name: str | None
    committee_kind: str | None
    whole_id: UUID | None
    direct: bool | None


@row_type
class ProgressRow(CommitteeOfProgress):
    """A committee's counts by state; without a committee in a campaign that has none yet."""

    settings_digest: str
    plan_status: PlanStatus | None
    plan_submitted_at: datetime | None
    planned: int
    draft: int
    submitted: int
    returned: int
    declined: int
    endorsed: int
    filed: int
    accepted: int
    disqualified: int
    withdrawn: int
    out_for_correction: int
    plan_until: datetime | None
    application_until: datetime | None
    exemptions: Granted | None

    @property
    def by_status(self) -> dict[str, int]:
        """The applications in each state."""
        return {status.value: getattr(self, status.value) for status in STATES}

    @property
    def extended_until(self) -> dict[DeadlineKind, datetime | None]:
        """The latest extension of each deadline."""
        return {DeadlineKind.PLAN: self.plan_until, DeadlineKind.APPLICATION: self.application_until}


_PROGRESS = Query(
    select(
        *COMMITTEE,
        Campaign.settings_digest,
        Plan.status.label("plan_status"),
        Plan.submitted_at.label("plan_submitted_at"),
        func.coalesce(
            case((_FOR_OFFICE, func.jsonb_array_length(Plan.submitted_cases)), else_=_planned.c.planned), 0
        ).label("planned"),
        *(func.coalesce(_applications.c[status.value], 0).label(status.value) for status in STATES),
        func.coalesce(_applications.c.out_for_correction, 0).label("out_for_correction"),
        *(_extensions.c[kind.value].label(f"{kind.value}_until") for kind in DeadlineKind),
        concessions.exemptions_of(Campaign.id, Committee.id),
    )
    .select_from(Campaign)
    .outerjoin(Committee, and_(or_(_FOR_OFFICE, own_committees(Committee.id)), _concerned))
    .outerjoin(
        Plan,
        and_(
            Plan.campaign_id == Campaign.id,
            Plan.committee_id == Committee.id,
            or_(Plan.submitted_at.is_not(None), own_committees(Plan.committee_id)),
        ),
    )
    .outerjoin(_planned, _planned.c.plan_id == Plan.id)
    .outerjoin(_applications, _applications.c.committee_id == Committee.id)
    .outerjoin(_extensions, _extensions.c.committee_id == Committee.id)
    .where(Campaign.id == _CAMPAIGN_ID, campaigns.VISIBLE)
    .order_by(Committee.code),
    ProgressRow,
)


@dataclass(frozen=True, slots=True)
class CommitteeProgress:
    """A committee's row, what it owes, its numbers, its figures, and the assessment that follows.

    `on_file` counts the cases of all committees that are one with it since a merger.
    """

    row: ProgressRow
    plan_owed: bool
    missing: int
    on_file: int
    minimum_filed: int
    maximum_filed: int | None
    counts: Counts
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Progress:
    """The committees the actor may see, and their figures together."""

    minimum_filed: int
    committees: Sequence[CommitteeProgress]
    totals: Counts


async def read(view: View, campaign_id: UUID) -> Progress:
    """Assess the progress of the committees: the office sees all, a committee itself, and those merged into it."""
    require_role(view.actor.role, Role.OFFICE, Role.COMMITTEE)
    rows = await view.rows(_PROGRESS, campaign_id=campaign_id)
    if not rows:
        raise NotFound
    settings = await campaigns.settings_of(view, rows[0].settings_digest)
    on_file: Counter[UUID | None] = Counter()
    for row in rows:
        on_file[row.whole_id] += row.filed + row.accepted
    committees = [
        _assessed(view, in_force(settings, row.exemptions), row, on_file[row.whole_id])
        for row in rows
        if row.committee_id
    ]
    return Progress(settings.minimum_filed, committees, policy.total(each.counts for each in committees))


def _assessed(view: View, settings: CampaignSettings, row: ProgressRow, on_file: int) -> CommitteeProgress:
    """Assess one committee; cases of committees that are one since a merger are one set, which the last one owes."""
    counts = policy.counts_of(row.planned, row.by_status, row.out_for_correction)
    assessment = policy.assess(settings, on_file, row.plan_status, row.extended_until, view.now)
    owes = not row.direct and row.whole_id == row.committee_id
    if not owes:
        assessment = policy.owing_nothing(assessment)
    numbers = on_file, settings.minimum_filed, settings.maximum_filed
    missing = max(0, settings.minimum_filed - on_file) if owes else 0
    return CommitteeProgress(row, owes and settings.lacks_plan(row.plan_status), missing, *numbers, counts, assessment)
