"""Everything of a campaign that is still open, read for the act that closes it and for whoever thinks of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select

from app.context import View, acting_as
from app.database import Query, bound_id
from app.findings import Finding
from app.models import (
    Commendation,
    Committee,
    Delivery,
    Nomination,
    Objection,
    Plan,
    Round,
    Swap,
    Tally,
    enums,
)
from app.models.base import Base
from app.rows import row_type, values_of
from app.services.filing import concessions, tallies
from app.services.filing.filed_sets import stands_for
from app.services.policies.filing import closures as policy
from app.services.policies.filing.applications import FILED_STATES, IN_PREPARATION
from app.services.policies.filing.closures import Owing
from app.services.policies.filing.exemptions import Granted, in_force
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.handover.nominations import FINAL

_CAMPAIGN_ID = bound_id("campaign_id")
_preparing, _filed = (
    or_(*(Tally.code == status for status in sorted(states))) for states in (IN_PREPARATION, FILED_STATES)
)
_applications = tallies.of_committees(
    _CAMPAIGN_ID, tallies.number(_preparing).label("in_preparation"), tallies.number(_filed).label("filed")
).subquery("counted")
_unchecked = (
    select(tallies.number(Tally.code == enums.ApplicationStatus.FILED))
    .where(Tally.subject_id == _CAMPAIGN_ID, tallies.APPLICATIONS, acting_as(enums.Role.OFFICE))
    .scalar_subquery()
)


@row_type
class OwingRow:
    """A committee that may take part or did, with what it has and what it prepares."""

    committee_id: UUID
    committee_name: str
    whole_id: UUID
    in_preparation: int
    plan_status: enums.PlanStatus | None
    filed: int
    exemptions: Granted | None


_COMMITTEES = Query(
    select(
        Committee.id.label("committee_id"),
        Committee.name.label("committee_name"),
        stands_for(Committee).label("whole_id"),
        func.coalesce(_applications.c.in_preparation, 0).label("in_preparation"),
        Plan.status.label("plan_status"),
        func.coalesce(_applications.c.filed, 0).label("filed"),
        concessions.exemptions_of(_CAMPAIGN_ID, Committee.id),
    )
    .outerjoin(_applications, _applications.c.committee_id == Committee.id)
    .outerjoin(Plan, and_(Plan.committee_id == Committee.id, Plan.campaign_id == _CAMPAIGN_ID))
    .where(acting_as(enums.Role.OFFICE))
    .where(or_(Committee.retired_at.is_(None), _applications.c.committee_id.is_not(None), Plan.id.is_not(None)))
    .order_by(Committee.code, Committee.id),
    OwingRow,
)


def _count(model: type[Base], *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(model).where(*conditions, acting_as(enums.Role.OFFICE)).scalar_subquery()


def _of(model: type[Commendation | Nomination | Round | Swap]) -> ColumnElement[bool]:
    return model.campaign_id == _CAMPAIGN_ID


_unfinished = and_(*(Nomination.status != status for status in sorted(FINAL)))
_of_commendation = and_(Commendation.id == Objection.commendation_id, _of(Commendation))
_of_nomination = and_(Nomination.id == Delivery.nomination_id, _of(Nomination))


@row_type
class UnderWayRow:
    """Counts of the office's work that is under way."""

    unchecked: int
    swaps: int
    rounds: int
    drafted: int
    publicised: int
    objections: int
    nominations: int
    deliveries: int


_UNDER_WAY = Query(
    select(
        _unchecked.label("unchecked"),
        _count(Swap, _of(Swap), Swap.status == enums.SwapStatus.REQUESTED).label("swaps"),
        _count(Round, _of(Round), Round.status != enums.RoundStatus.CLOSED).label("rounds"),
        *(
            _count(Commendation, _of(Commendation), Commendation.status == status).label(name)
            for name, status in (
                ("drafted", enums.CommendationStatus.DRAFT),
                ("publicised", enums.CommendationStatus.PUBLICISED),
            )
        ),
        _count(Objection, Objection.status == enums.ObjectionStatus.OPEN, exists().where(_of_commendation)).label(
            "objections"
        ),
        _count(Nomination, _of(Nomination), _unfinished).label("nominations"),
        _count(Delivery, Delivery.status == enums.DeliveryStatus.PENDING, exists().where(_of_nomination)).label(
            "deliveries"
        ),
    ),
    UnderWayRow,
)


@dataclass(frozen=True, slots=True)
class StillOpen:
    """Everything that is open when a campaign is closed: the committees that are not done, and advice on all of it."""

    committees: Sequence[Owing]
    advice: list[Finding]


async def still_open(view: View, campaign_id: UUID, settings: CampaignSettings) -> StillOpen:
    """Find what is still open in a campaign, for the office."""
    rows = await view.rows(_COMMITTEES, campaign_id=campaign_id)
    (under_way,) = await view.rows(_UNDER_WAY, campaign_id=campaign_id)
    filed: Counter[UUID] = Counter()
    for row in rows:
        filed[row.whole_id] += row.filed
    found = [each for each in (_owing(row, settings, filed[row.whole_id]) for row in rows) if not each.is_done]
    return StillOpen(found, policy.closing_advice(settings.recommender, found, values_of(under_way)))


def _owing(row: OwingRow, settings: CampaignSettings, filed: int) -> Owing:
    """Tell what a committee owes: a merged one nothing but what is left with it, its successor the set of both."""
    stands = row.whole_id == row.committee_id
    return Owing(
        row.committee_id,
        row.committee_name,
        row.in_preparation,
        plan_owed=stands and settings.lacks_plan(row.plan_status),
        filed=filed,
        minimum=in_force(settings, row.exemptions).minimum_filed if stands else 0,
    )
