"""Everything still owed to the campaigns: plans, filings, applications and reviews, each with its deadline."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.sql.selectable import LateralFromClause

from app.context import View
from app.database import Query
from app.models import Account, Application, Assignment, Campaign, Committee, Plan, Review, Round, Unit
from app.models.enums import (
    ApplicationStatus,
    CampaignStatus,
    DeadlineKind,
    DeadlineSource,
    PlanStatus,
    RoundStatus,
)
from app.rows import row_type
from app.services.filing import campaigns, concessions, extensions, participations
from app.services.filing.filed_sets import stands_for
from app.services.judging.visibility import IN_FORCE, OWED_REVIEW
from app.services.policies.filing import applications as policy
from app.services.policies.filing import deadlines
from app.services.policies.filing.forms import OPEN_TO_EDIT
from app.services.policies.filing.notice import CampaignSettings

_NOW = bindparam("now", type_=DateTime(timezone=True))
_running = Campaign.status == CampaignStatus.PUBLISHED
_CAMPAIGN = (
    Campaign.id.label("campaign_id"),
    Campaign.settings_digest,
    func.coalesce(Campaign.published_at, Campaign.created_at).label("since"),
)


@row_type
class Owing:
    """Something that is owed in a campaign, and since when."""

    campaign_id: UUID
    settings_digest: str
    since: datetime


@row_type
class Extendable(Owing):
    """Something owed that an extension may set a later date for."""

    extension_id: UUID | None
    extension_due_on: date | None
    extension_until: datetime | None
    extension_granted_at: datetime | None
    exemptions: list[tuple[str, int]] | None


@row_type
class OwedPlan(Extendable):
    """A committee's plan that is not handed in; without an id it is not begun."""

    committee_id: UUID
    name: str
    plan_id: UUID | None


@row_type
class OwedFilings(Extendable):
    """A committee's set of filed applications, of any size."""

    committee_id: UUID
    name: str
    filed: int


@row_type
class OwedApplication(Extendable):
    """An application on its way to the office."""

    committee_id: UUID
    unit_id: UUID
    name: str
    status: ApplicationStatus

    @property
    def waits_for_unit(self) -> bool:
        return self.status in OPEN_TO_EDIT


@row_type
class OwedReviews(Owing):
    """The reviews of a round that a judge has not submitted."""

    round_id: UUID
    round_name: str
    closes_at: datetime
    account_id: UUID
    name: str
    count: int


@row_type
class Opening:
    """A round that opens for a judge who was given cases of it before."""

    campaign_id: UUID
    round_id: UUID
    round_name: str
    reviewer_id: UUID


def _until(kind: DeadlineKind, *of: SQLColumnExpression[UUID]) -> tuple[LateralFromClause, list[ColumnElement[object]]]:
    """Select the extension that counts, to be joined, its columns, and the exemptions that apply."""
    extension = extensions.latest(kind, *of)
    granted_at = extension.c.granted_at.label("extension_granted_at")
    return extension, [*extensions.joined(extension), granted_at, concessions.exemptions_of(*of)]


_plan_extension, _plan_until = _until(DeadlineKind.PLAN, Campaign.id, Committee.id)
_PLANS = Query(
    select(*_CAMPAIGN, *_plan_until, Committee.id.label("committee_id"), Committee.name, Plan.id.label("plan_id"))
    .select_from(Campaign)
    .join(Committee, and_(Committee.retired_at.is_(None), ~Committee.direct))
    .outerjoin(Plan, and_(Plan.campaign_id == Campaign.id, Plan.committee_id == Committee.id))
    .outerjoin(_plan_extension, true())
    .where(_running, or_(Plan.id.is_(None), Plan.status != PlanStatus.SUBMITTED))
    .order_by(Campaign.id, Committee.code),
    OwedPlan,
)
_filed = (
    select(Application.campaign_id, stands_for(Committee).label("committee_id"), func.count().label("filed"))
    .join(Committee, Committee.id == Application.committee_id)
    .where(or_(*(Application.status == status for status in policy.FILED_STATES)))
    .group_by(Application.campaign_id, stands_for(Committee))
    .subquery("filed")
)
_set_extension, _set_until = _until(DeadlineKind.APPLICATION, Campaign.id, Committee.id)
_FILINGS = Query(
    select(
        *_CAMPAIGN,
        *_set_until,
        Committee.id.label("committee_id"),
        Committee.name,
        func.coalesce(_filed.c.filed, 0).label("filed"),
    )
    .select_from(Campaign)
    .join(Committee, and_(Committee.retired_at.is_(None), ~Committee.direct))
    .outerjoin(_filed, and_(_filed.c.campaign_id == Campaign.id, _filed.c.committee_id == Committee.id))
    .outerjoin(_set_extension, true())
    .where(_running)
    .order_by(Campaign.id, Committee.code),
    OwedFilings,
)
_own_extension, _own_until = _until(
    DeadlineKind.APPLICATION, Application.campaign_id, Application.committee_id, Application.id
)
_APPLICATIONS = Query(
    select(
        Campaign.id.label("campaign_id"),
        Campaign.settings_digest,
        Application.created_at.label("since"),
        *_own_until,
        Application.committee_id,
        Application.unit_id,
        func.coalesce(Application.brand_name, Application.number).label("name"),
        Application.status,
    )
    .join(Campaign, Campaign.id == Application.campaign_id)
    .join(Unit, and_(Unit.id == Application.unit_id, Unit.retired_at.is_(None)))
    .outerjoin(_own_extension, true())
    .where(_running, or_(*(Application.status == status for status in policy.IN_PREPARATION)))
    .order_by(Application.number),
    OwedApplication,
)


def _of_judges(*columns: SQLColumnExpression[object]) -> Select[*tuple[object, ...]]:
    """Select from the cases that judges have in rounds that have begun."""
    return (
        select(*columns)
        .select_from(Assignment)
        .join(Round, Round.id == Assignment.round_id)
        .join(Campaign, Campaign.id == Round.campaign_id)
        .where(_running, Round.status == RoundStatus.OPEN, Round.opens_at <= _NOW, IN_FORCE)
    )


_REVIEWS = Query(
    _of_judges(
        Campaign.id.label("campaign_id"),
        Campaign.settings_digest,
        func.greatest(Round.opens_at, func.min(Assignment.assigned_at)).label("since"),
        Round.id.label("round_id"),
        Round.name.label("round_name"),
        Round.closes_at,
        Account.id.label("account_id"),
        Account.name,
        func.count().label("count"),
    )
    .join(Account, Account.id == Assignment.reviewer_id)
    .outerjoin(Review, Review.assignment_id == Assignment.id)
    .where(OWED_REVIEW)
    .group_by(Campaign.id, Round.id, Account.id)
    .order_by(Round.id, Account.name, Account.id),
    OwedReviews,
)
_OPENED = Query(
    _of_judges(Round.campaign_id, Round.id.label("round_id"), Round.name.label("round_name"), Assignment.reviewer_id)
    .where(Assignment.assigned_at < Round.opens_at, _NOW < Round.closes_at)
    .distinct()
    .order_by(Round.id, Assignment.reviewer_id),
    Opening,
)
"""The judges who were given cases before the round opened, and got no notice then."""

OwingRow = TypeVar("OwingRow", bound=Owing)
ExtendableRow = TypeVar("ExtendableRow", bound=Extendable)


@dataclass(frozen=True, slots=True)
class Whole:
    """The campaign or the round that has a deadline; a round is named in the notice."""

    kind: str
    id: UUID
    name: str | None = None

    @property
    def about(self) -> "About":
        return self.kind, self.id


About = tuple[str, UUID]
"""The subject of a notice: its type, and which."""


@dataclass(frozen=True, slots=True)
class Owed(Generic[OwingRow]):
    """Something owed: its row, until when, and since when."""

    row: OwingRow
    whole: Whole
    settings: CampaignSettings
    deadline: datetime
    since: datetime


async def plans(view: View) -> list[Owed[OwedPlan]]:
    """Read the plans that committees have not handed in."""
    return await _owed(view, _PLANS, DeadlineKind.PLAN)


async def filings(view: View) -> list[Owed[OwedFilings]]:
    """Read each committee's set of filed applications."""
    return await _owed(view, _FILINGS, DeadlineKind.APPLICATION)


async def applications(view: View) -> list[Owed[OwedApplication]]:
    """Read the applications on their way to the office."""
    return await _owed(view, _APPLICATIONS, DeadlineKind.APPLICATION)


async def reviews(view: View) -> list[Owed[OwedReviews]]:
    """Read the reviews that judges have not submitted, in rounds that have begun."""
    return [
        Owed(
            row,
            Whole("round", row.round_id, row.round_name),
            await campaigns.settings_of(view, row.settings_digest),
            row.closes_at,
            row.since,
        )
        for row in await view.rows(_REVIEWS, now=view.now)
    ]


async def openings(view: View) -> list[Opening]:
    """Read the rounds that have opened for judges who were given cases before."""
    return await view.rows(_OPENED, now=view.now)


async def _owed(view: View, query: Query[ExtendableRow], kind: DeadlineKind) -> list[Owed[ExtendableRow]]:
    """Read the rows of a statement, each with the deadline that counts for it."""
    found = []
    for row in await view.rows(query):
        settings = await campaigns.settings_for(view, row)
        if not settings.asks_for(kind):
            continue
        deadline = deadlines.effective(settings, kind, participations.extension_of(row))
        since = row.since
        if deadline.source is DeadlineSource.EXTENSION and row.extension_granted_at:
            since = max(since, row.extension_granted_at)
        found.append(Owed(row, Whole("campaign", row.campaign_id), settings, deadline.enforced_at, since))
    return found
