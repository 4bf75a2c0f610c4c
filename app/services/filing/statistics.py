"""Statistics (统计): what was filed in a campaign, counted in one statement, and how far its cases came."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from app.context import View
from app.database import Query, bound_id
from app.models import Application, Award, Campaign, Committee, Filing, FilingItem, Plan, Tally, Veto
from app.models.enums import ApplicationStatus, AwardStatus, CampaignStatus, Role
from app.printing.chart import Chart
from app.rows import row_type
from app.services.filing import campaigns, tallies
from app.services.filing.filed_sets import stands_for
from app.services.filing.prints import Sheet
from app.services.pages import Listing, Page, Rows
from app.services.people import vocabularies
from app.services.policies import require_role
from app.services.policies.filing import statistics as policy
from app.services.policies.filing.notice import CampaignSettings, StoredSettings
from app.services.policies.filing.statistics import ChartSubject, Dimension
from app.services.policies.people.vocabularies import terms

_OF_STATES = tallies.ONCE_FILED
_DIMENSION = case((_OF_STATES, Dimension.STATUS.value), else_=Tally.dimension)
_OUTWARD = {status.value: status.outward.value for status in ApplicationStatus}
_CODE = func.nullif(case((_OF_STATES, case(_OUTWARD, value=Tally.code)), else_=Tally.code), literal_column("''"))
_CAMPAIGN_ID = bound_id("campaign_id")


@row_type
class CountRow:
    """The number of filed applications that have one value of a dimension; none where nothing was chosen.

    A committee has its name beside its code.
    """

    dimension: str
    code: str | None
    name: str | None
    count: int


@row_type
class FunnelRow:
    """The cases of a campaign by how far they came, each counted at every stage up to its own."""

    id: UUID
    name: str
    year: int
    committees: int
    planned: int
    drafted: int
    submitted: int
    sealed: int
    filed: int
    accepted: int
    awarded: int


@row_type
class CampaignFunnel(FunnelRow):
    """The same with the notice."""

    settings: StoredSettings


def _said(dimension: Dimension) -> ColumnElement[str]:
    return literal_column(f"'{dimension}'", Text)


_NO_NAME, _SUM = cast(null(), Text), func.sum(Tally.count)
_tallied: Rows = (
    select(_DIMENSION.label("dimension"), _CODE.label("code"), _NO_NAME.label("name"), _SUM.label("count"))
    .where(Tally.subject_id == _CAMPAIGN_ID, Tally.dimension != tallies.UNFILED)
    .group_by(literal_column("1"), literal_column("2"))
    .having(_SUM > 0)
)
_by_committee: Rows = (
    select(
        case((Committee.direct, _said(Dimension.DIRECT)), else_=_said(Dimension.COMMITTEE)),
        *(Committee.code, Committee.name, _SUM),
    )
    .join(Committee, Committee.id == Tally.committee_id)
    .where(Tally.subject_id == _CAMPAIGN_ID, tallies.ONCE_FILED)
    .group_by(Committee.id)
    .having(_SUM > 0)
)
_first = (
    select(
        FilingItem.application_id,
        cast(func.timezone(Campaign.settings["timezone"].astext, func.min(Filing.filed_at)), Date).label("day"),
    )
    .join(Filing, Filing.id == FilingItem.filing_id)
    .join(Campaign, Campaign.id == Filing.campaign_id)
    .where(Campaign.id == _CAMPAIGN_ID)
    .group_by(FilingItem.application_id, Campaign.id)
    .subquery("first_filed")
)
_by_day: Rows = select(_said(Dimension.DAY), cast(_first.c.day, Text), _NO_NAME, func.count()).group_by(_first.c.day)
_vetoed: Rows = (
    select(_said(Dimension.VETO), Veto.code, _NO_NAME, func.count())
    .join(Application, Application.filed_version_id == Veto.version_id)
    .where(Veto.campaign_id == _CAMPAIGN_ID, Veto.found)
    .group_by(Veto.code)
)
_COUNTS = Query(
    union_all(_tallied, _by_committee, _by_day, _vetoed).order_by(literal_column("1"), literal_column("2")), CountRow
)
"""Applications that were once filed, as they were filed; and items of the veto list that were found of them."""

_SEALED = and_(Tally.dimension == tallies.UNFILED, Tally.code == ApplicationStatus.ENDORSED)
_reached = (
    select(
        tallies.number(tallies.APPLICATIONS).label("drafted"),
        tallies.number(and_(tallies.APPLICATIONS, Tally.code != ApplicationStatus.DRAFT)).label("submitted"),
        tallies.number(or_(tallies.ONCE_FILED, _SEALED)).label("sealed"),
        tallies.number(tallies.ONCE_FILED).label("filed"),
        tallies.number(and_(tallies.ONCE_FILED, Tally.code == ApplicationStatus.ACCEPTED)).label("accepted"),
    )
    .where(Tally.subject_id == Campaign.id)
    .lateral("reached")
)
_filing = (
    select(stands_for(Committee))
    .join(Tally, Tally.committee_id == Committee.id)
    .where(Tally.subject_id == Campaign.id, tallies.ONCE_FILED, ~Committee.direct)
    .group_by(stands_for(Committee))
    .having(_SUM > 0)
    .correlate(Campaign)
    .subquery("filing")
)
_promised = func.coalesce(func.sum(func.jsonb_array_length(Plan.submitted_cases)), 0)
_FUNNEL = (
    select(
        *(Campaign.id, Campaign.name, Campaign.year),
        select(func.count()).select_from(_filing).scalar_subquery().label("committees"),
        select(_promised).where(Plan.campaign_id == Campaign.id).scalar_subquery().label("planned"),
        *_reached.c,
        select(func.count(Award.application_id.distinct()))
        .where(Award.campaign_id == Campaign.id, Award.status == AwardStatus.AWARDED)
        .scalar_subquery()
        .label("awarded"),
    )
    .join(_reached, Campaign.id == Campaign.id)
    .where(campaigns.VISIBLE)
)
_OF_CAMPAIGN = Query(_FUNNEL.add_columns(Campaign.settings).where(Campaign.id == _CAMPAIGN_ID), CampaignFunnel)
_published = _FUNNEL.where(Campaign.status != CampaignStatus.DRAFT)
_YEARS = Listing(_published, Campaign.id, FunnelRow, newest_first=True)
_BEFORE = bindparam("before", type_=Integer)
_LATEST = Query(
    _published.where(_BEFORE.is_(None) | (Campaign.year < _BEFORE))
    .order_by(Campaign.year.desc(), Campaign.id.desc())
    .limit(policy.MOST_YEARS),
    FunnelRow,
)


@dataclass(frozen=True, slots=True)
class Statistics:
    """The counts of a campaign by every dimension, how far its cases came, and its notice."""

    settings: CampaignSettings
    funnel: CampaignFunnel
    counts: Mapping[str, list[CountRow]]

    @property
    def stages(self) -> dict[str, int]:
        """The numbers of its cases by stage."""
        return {name: getattr(self.funnel, name) for name in policy.STAGES}


async def read(view: View, campaign_id: UUID) -> Statistics:
    """Count by every dimension; NotFound unless there is the campaign. Office only."""
    require_role(view.actor.role, Role.OFFICE)
    funnel = await view.get(_OF_CAMPAIGN, campaign_id=campaign_id)
    counts: dict[str, list[CountRow]] = defaultdict(list)
    for row in await view.rows(_COUNTS, campaign_id=campaign_id):
        counts[row.dimension].append(row)
    return Statistics(CampaignSettings.model_validate(funnel.settings), funnel, counts)


async def years(view: View, *, after: UUID | None, limit: int) -> Page[FunnelRow]:
    """Return the published campaigns, newest first, each with how far its cases came. Office only."""
    require_role(view.actor.role, Role.OFFICE)
    return await _YEARS.page(view, after=after, limit=limit)


async def latest(view: View, *, before: int | None = None) -> list[FunnelRow]:
    """Return the published campaigns of the latest years, or of those before a year, the earliest first. Office only.

    There are as many as a chart shows.
    """
    require_role(view.actor.role, Role.OFFICE)
    return (await view.rows(_LATEST, before=before))[::-1]


async def chart(view: View, campaign_id: UUID, subject: ChartSubject) -> Sheet:
    """Lay out a chart of a campaign; NotFound unless there is the campaign. Office only."""
    found = await read(view, campaign_id)
    at = view.now.astimezone(found.settings.zone)
    drawn = await _chart(view, found, subject, policy.below_of(f"{at:%Y-%m-%d %H:%M}"))
    return Sheet(drawn, policy.chart_name(found.settings, campaign_id, subject, f"{at:%Y%m%d}"))


async def _chart(view: View, found: Statistics, subject: ChartSubject, below: str) -> Chart:
    settings = found.settings
    if subject is ChartSubject.FUNNEL:
        return policy.funnel_chart(settings, found.stages, below)
    if subject is ChartSubject.YEARS:
        return policy.years_chart(settings.organizer.name, await latest(view), below)
    of = Dimension(subject)
    counted = policy.in_words(of, found.counts.get(of, ()), await words(view, settings))
    return policy.counts_chart(subject, settings.name, counted, below)


async def words(view: View, settings: CampaignSettings) -> policy.Words:
    """Return the words of all codes that are counted."""
    kept = await vocabularies.everything(view)
    return policy.words_of(settings, {name: terms(each) for name, each in kept.items()})
