"""Measures of the organisation by the committees of a campaign (组织工作指标), from one statement.

They only propose: the office decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Label, SQLColumnExpression, and_, func, or_, select, true, union

from app.context import View
from app.database import Query, bound_id
from app.models import Application, ApplicationVersion, Award, Campaign, Committee, Extension, Plan, Swap
from app.models.enums import (
    ApplicationStatus,
    DeadlineKind,
    Role,
    SwapStatus,
    VersionOccasion,
)
from app.rows import row_type
from app.services.commending import commendations
from app.services.commending.recipients import STANDS
from app.services.filing import campaigns, concessions, planned_cases
from app.services.filing.filed_sets import put_forward
from app.services.policies import require_role
from app.services.policies.commending import indicators as policy
from app.services.policies.commending.indicators import Figures, Measure
from app.services.policies.filing.applications import FILED_STATES
from app.services.policies.filing.exemptions import Granted, in_force
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.progress import closes_at

_CAMPAIGN_ID = bound_id("campaign_id")
_filings = (
    select(
        ApplicationVersion.application_id,
        func.count().label("count"),
        func.min(ApplicationVersion.fixed_at).label("first_at"),
    )
    .join(Application, Application.id == ApplicationVersion.application_id)
    .where(Application.campaign_id == _CAMPAIGN_ID, ApplicationVersion.occasion == VersionOccasion.FILING)
    .group_by(ApplicationVersion.application_id)
    .subquery("filings")
)
_swapped = Swap.status == SwapStatus.CONSENTED
_rescans = (
    select(Swap.application_id, func.count().label("count"))
    .where(_swapped)
    .group_by(Swap.application_id)
    .subquery("rescans")
)
_replacements = select(Swap.replacement_id).where(_swapped, Swap.replacement_id.is_not(None))
_in_exchange = Application.id.in_(_replacements)
"""It came in the place of a case that was filed before; the office agreed."""
_never_sent_back = and_(
    Application.status == ApplicationStatus.ACCEPTED, _filings.c.count - func.coalesce(_rescans.c.count, 0) == 1
)
_filed = (
    select(
        Application.committee_id,
        func.count().label("filed"),
        func.count().filter(or_(*(Application.status == status for status in sorted(FILED_STATES)))).label("on_file"),
        func.count().filter(_never_sent_back).label("passed"),
        func.max(_filings.c.first_at).filter(~_in_exchange).label("last_filed_at"),
    )
    .join(_filings, _filings.c.application_id == Application.id)
    .outerjoin(_rescans, _rescans.c.application_id == Application.id)
    .where(put_forward(Application))
    .group_by(Application.committee_id)
    .cte("filed")
)
"""Counted once for both its readers, and swaps, which are few, in one look at them: not one for each case."""
_won = (
    select(Application.committee_id, func.count(Award.application_id.distinct()).label("awards"))
    .join(Application, Application.id == Award.application_id)
    .where(Award.campaign_id == _CAMPAIGN_ID, STANDS)
    .group_by(Application.committee_id)
    .subquery("won")
)


def _latest(kind: DeadlineKind, used_at: SQLColumnExpression[datetime | None]) -> Label[datetime]:
    """Select the latest of such extensions that is in force, or was when it was used."""
    counts = or_(Extension.revoked_at.is_(None), Extension.revoked_at > used_at)
    return func.max(Extension.until).filter(Extension.kind == kind, counts).label(kind.value)


_extensions = (
    select(_latest(DeadlineKind.PLAN, Plan.submitted_at), _latest(DeadlineKind.APPLICATION, _filed.c.last_filed_at))
    .where(Extension.campaign_id == _CAMPAIGN_ID, Extension.committee_id == Committee.id)
    .correlate(Committee, Plan, _filed)
    .lateral("extended")
)
"""Extensions of the committee and of its applications: filing within any of them is filing in time.

What was done within one is not late afterwards because that is revoked.
"""

_took_part = union(
    select(Plan.committee_id).where(Plan.campaign_id == _CAMPAIGN_ID, Plan.submitted_at.is_not(None)),
    select(_filed.c.committee_id),
)


@row_type
class OrganisingCommittee:
    """A committee that takes part in a campaign, with the counts and instants of its work."""

    settings_digest: str
    id: UUID
    code: str
    name: str
    kind: str
    plan_submitted_at: datetime | None
    planned: int
    delivered: int
    filed: int
    on_file: int
    passed: int
    last_filed_at: datetime | None
    awards: int
    plan_until: datetime | None
    application_until: datetime | None
    exemptions: Granted | None


_delivery = planned_cases.delivery()
_COMMITTEES = Query(
    select(
        Campaign.settings_digest,
        Committee.id,
        Committee.code,
        Committee.name,
        Committee.kind,
        Plan.submitted_at.label("plan_submitted_at"),
        func.coalesce(_delivery.c.planned, 0).label("planned"),
        func.coalesce(_delivery.c.delivered, 0).label("delivered"),
        *(func.coalesce(_filed.c[name], 0).label(name) for name in ("filed", "on_file", "passed")),
        _filed.c.last_filed_at,
        func.coalesce(_won.c.awards, 0).label("awards"),
        *(_extensions.c[kind.value].label(f"{kind.value}_until") for kind in DeadlineKind),
        concessions.exemptions_of(Campaign.id, Committee.id),
    )
    .select_from(Campaign)
    .join(Committee, Committee.id.in_(_took_part))
    .outerjoin(Plan, and_(Plan.campaign_id == Campaign.id, Plan.committee_id == Committee.id))
    .outerjoin(_delivery, true())
    .outerjoin(_filed, _filed.c.committee_id == Committee.id)
    .outerjoin(_won, _won.c.committee_id == Committee.id)
    .outerjoin(_extensions, true())
    .where(Campaign.id == _CAMPAIGN_ID, ~Committee.direct)
    .order_by(Committee.code),
    OrganisingCommittee,
)


@dataclass(frozen=True, slots=True)
class CommitteeScore:
    """A committee with its points by every indicator, their total and its rank."""

    committee: OrganisingCommittee
    measures: Sequence[Measure]
    total: float
    rank: int


async def read(view: View, campaign_id: UUID) -> list[CommitteeScore]:
    """Score every committee that submitted a plan or filed an application, the best first. Office only.

    Units without a committee are not ranked among committees: their organisation is the office's own work.
    """
    require_role(view.actor.role, Role.OFFICE)
    committees = await view.rows(_COMMITTEES, campaign_id=campaign_id)
    if not committees:
        await commendations.settings_of(view, campaign_id)  # NotFound without the campaign
        return []
    settings = await campaigns.settings_of(view, committees[0].settings_digest)
    measured = [policy.measures(settings.commendation.indicators, _figures(settings, each)) for each in committees]
    totals = [policy.total(measures) for measures in measured]
    scores = map(CommitteeScore, committees, measured, map(policy.shown, totals), policy.ranks(totals))
    return sorted(scores, key=lambda each: each.rank)  # by code where they share a rank


def _figures(settings: CampaignSettings, row: OrganisingCommittee) -> Figures:
    def local(at: datetime | None) -> datetime | None:
        return at.astimezone(settings.zone) if at else None

    has_plans = settings.asks_for(DeadlineKind.PLAN)
    return Figures(
        plan_submitted_at=local(row.plan_submitted_at),
        plan_closes_at=closes_at(settings, DeadlineKind.PLAN, local(row.plan_until)) if has_plans else None,
        last_filed_at=local(row.last_filed_at),
        filing_closes_at=closes_at(settings, DeadlineKind.APPLICATION, local(row.application_until)),
        minimum_filed=in_force(settings, row.exemptions).minimum_filed,
        planned=row.planned,
        delivered=row.delivered,
        filed=row.filed,
        on_file=row.on_file,
        passed=row.passed,
        awards=row.awards,
    )
