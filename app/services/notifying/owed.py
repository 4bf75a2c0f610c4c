"""What is still owed in every running campaign: plans, filings, applications under way, reviews. One statement each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, and_, bindparam, func, or_, select, true

from app.context import View
from app.database import Query, Row
from app.models import Account, Application, Assignment, Campaign, Committee, Plan, Review, Round, Unit
from app.models.enums import (
    ApplicationStatus,
    CampaignStatus,
    DeadlineKind,
    DeadlineSource,
    PlanStatus,
    ReviewStatus,
    RoundStatus,
)
from app.services.filing import campaigns, extensions, participations
from app.services.judging.visibility import STANDING
from app.services.policies.filing import deadlines
from app.services.policies.filing.applications import STANDING as FILED_STATES
from app.services.policies.filing.notice import CampaignSettings

UNDER_WAY = (
    ApplicationStatus.DRAFT,
    ApplicationStatus.RETURNED,
    ApplicationStatus.SUBMITTED,
    ApplicationStatus.ENDORSED,
)
WITH_UNIT = frozenset(UNDER_WAY[:2])
"""What waits for its unit; the rest waits for its committee."""

_NOW = bindparam("now", type_=DateTime(timezone=True))
_running = Campaign.status == CampaignStatus.PUBLISHED
_CAMPAIGN = (
    Campaign.id.label("campaign_id"),
    Campaign.settings_digest,
    func.coalesce(Campaign.published_at, Campaign.created_at).label("since"),
)


def _until(kind: DeadlineKind, *of: Any) -> tuple[Any, list[ColumnElement[Any]]]:
    """The extension that counts, to be joined, and its columns."""
    extension = extensions.latest(kind, *of)
    return extension, [*extensions.joined(extension), extension.c.granted_at.label("extension_granted_at")]


_plan_extension, _plan_until = _until(DeadlineKind.PLAN, Campaign.id, Committee.id)
PLANS = Query(
    select(*_CAMPAIGN, Committee.id.label("committee_id"), Committee.name, Plan.id.label("plan_id"), *_plan_until)
    .select_from(Campaign)
    .join(Committee, Committee.retired_at.is_(None))
    .outerjoin(Plan, and_(Plan.campaign_id == Campaign.id, Plan.committee_id == Committee.id))
    .outerjoin(_plan_extension, true())
    .where(_running, or_(Plan.id.is_(None), Plan.status != PlanStatus.SUBMITTED))
    .order_by(Campaign.id, Committee.code)
)
_filed = (
    select(Application.campaign_id, Application.committee_id, func.count().label("standing"))
    .where(or_(*(Application.status == status for status in FILED_STATES)))
    .group_by(Application.campaign_id, Application.committee_id)
    .subquery("filed")
)
_set_extension, _set_until = _until(DeadlineKind.APPLICATION, Campaign.id, Committee.id)
FILINGS = Query(
    select(
        *_CAMPAIGN,
        Committee.id.label("committee_id"),
        Committee.name,
        func.coalesce(_filed.c.standing, 0).label("standing"),
        *_set_until,
    )
    .select_from(Campaign)
    .join(Committee, Committee.retired_at.is_(None))
    .outerjoin(_filed, and_(_filed.c.campaign_id == Campaign.id, _filed.c.committee_id == Committee.id))
    .outerjoin(_set_extension, true())
    .where(_running)
    .order_by(Campaign.id, Committee.code)
)
_own_extension, _own_until = _until(
    DeadlineKind.APPLICATION, Application.campaign_id, Application.committee_id, Application.id
)
APPLICATIONS = Query(
    select(
        Campaign.id.label("campaign_id"),
        Campaign.settings_digest,
        Application.created_at.label("since"),
        Application.committee_id,
        Application.unit_id,
        func.coalesce(Application.brand_name, Application.number).label("name"),
        Application.status,
        *_own_until,
    )
    .join(Campaign, Campaign.id == Application.campaign_id)
    .join(Unit, and_(Unit.id == Application.unit_id, Unit.retired_at.is_(None)))
    .outerjoin(_own_extension, true())
    .where(_running, or_(*(Application.status == status for status in UNDER_WAY)))
    .order_by(Application.number)
)


def _of_judges(*columns: Any) -> Select[Any]:
    """Of the cases that judges have in rounds that have begun."""
    return (
        select(*columns)
        .select_from(Assignment)
        .join(Round, Round.id == Assignment.round_id)
        .join(Campaign, Campaign.id == Round.campaign_id)
        .where(_running, Round.status == RoundStatus.OPEN, Round.opens_at <= _NOW, STANDING)
    )


REVIEWS = Query(
    _of_judges(
        Campaign.id.label("campaign_id"),
        Campaign.settings_digest,
        Round.id.label("round_id"),
        Round.name.label("round_name"),
        Round.closes_at,
        func.greatest(Round.opens_at, func.min(Assignment.assigned_at)).label("since"),
        Account.id.label("account_id"),
        Account.name,
        func.count().label("count"),
    )
    .join(Account, Account.id == Assignment.reviewer_id)
    .outerjoin(Review, Review.assignment_id == Assignment.id)
    .where(Review.status.is_distinct_from(ReviewStatus.SUBMITTED))
    .group_by(Campaign.id, Round.id, Account.id)
    .order_by(Round.id, Account.name, Account.id)
)
OPENED = Query(
    _of_judges(Round.campaign_id, Round.id.label("round_id"), Round.name.label("round_name"), Assignment.reviewer_id)
    .where(Assignment.assigned_at < Round.opens_at, _NOW < Round.closes_at)
    .distinct()
    .order_by(Round.id, Assignment.reviewer_id)
)
"""Who was given cases before the round opened, and could not be told then."""


@dataclass(frozen=True, slots=True)
class Owed:
    """Something owed: the row that tells it, until when, and since when."""

    row: Row
    settings: CampaignSettings
    deadline: datetime
    since: datetime


async def owed(view: View, query: Query, kind: DeadlineKind) -> list[Owed]:
    """What a statement finds, each with the deadline that counts for it."""
    found = []
    for row in await view.rows(query):
        settings = await campaigns.settings_of(view, row["settings_digest"])
        deadline = deadlines.effective(settings, kind, participations.later_deadline(row))
        extended = deadline.source is DeadlineSource.EXTENSION
        since = max(row["since"], row["extension_granted_at"]) if extended else row["since"]
        found.append(Owed(row, settings, deadline.enforced_at, since))
    return found


async def owed_reviews(view: View) -> list[Owed]:
    """What judges have not submitted, in rounds that have begun."""
    return [
        Owed(row, await campaigns.settings_of(view, row["settings_digest"]), row["closes_at"], row["since"])
        for row in await view.rows(REVIEWS, now=view.now)
    ]
