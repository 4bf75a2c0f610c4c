"""Filed sets: the applications that a committee has put forward in a campaign, as the minimum and maximum count them.

These are the conditions of statements; the rules are in `policies/filing/filings.py`.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, func, literal_column, or_, select, true
from sqlalchemy.orm import aliased

from app.context import ACTOR_COMMITTEE, Context, acting_as
from app.database import Query, bound_id, bound_ids
from app.models import Application, Campaign, Committee
from app.models.enums import ApplicationStatus, CampaignStatus, Role
from app.problems import RulesViolated
from app.rows import row_type
from app.services.filing import concessions
from app.services.policies import UNKNOWN_REFERENCE
from app.services.policies.filing.applications import TAKEN_BACK
from app.services.policies.filing.exemptions import Granted


def put_forward(application: type[Application]) -> ColumnElement[bool]:
    """Condition of what a committee has put forward: filed once, and not taken back by the committee itself."""
    stays = (application.status != taken_back for taken_back in TAKEN_BACK)
    return and_(application.filed_version_id.is_not(None), ~application.reconsidered, *stays)


def stands_for(committee: type[Committee]) -> ColumnElement[UUID]:
    """Select the committee that a merged one is part of now; any other is its own."""
    return func.coalesce(committee.successor_id, committee.id)


def counted_with(committee: type[Committee]) -> ColumnElement[list[UUID]]:
    """Select the committees whose cases are one set with those of a committee: all that are one since a merger."""
    kin, whole = aliased(Committee), stands_for(committee)
    merged = select(kin.id).where(or_(kin.id == whole, kin.successor_id == whole)).correlate(committee)
    return func.array(merged.scalar_subquery())


_other = aliased(Application)
_merged = select(counted_with(Committee).label("ids")).correlate(Committee).subquery("merged")
ENOUGH = 250
"""More than the highest minimum and all that may leave at once: what lies beyond decides nothing."""


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Count such applications of the committee in the campaign of an application, up to enough of them."""
    such = select(_other.id).where(
        _other.campaign_id == Application.campaign_id, _other.committee_id == func.any(_merged.c.ids), condition
    )
    enough = such.correlate(Application, _merged).limit(ENOUGH).subquery()
    return select(func.count()).select_from(enough).scalar_subquery()


_put_forward = put_forward(_other)
_new = or_(_other.filed_version_id.is_(None), _other.reconsidered)
_ready = and_(_other.status == ApplicationStatus.ENDORSED, _new)
FILED_SET = (
    select(
        _count(and_(_put_forward, _other.status != ApplicationStatus.DISQUALIFIED)).label("standing"),
        _count(_put_forward).label("put_forward"),
        _count(_ready).label("ready"),
    )
    .select_from(_merged)
    .lateral("filed_set")
)
"""The committee's applications in the campaign of an application, as the minimum counts them, and those of all that
were merged with it."""
_none = literal_column("0", Integer)
UNCOUNTED_SET = select(*(_none.label(column.name) for column in FILED_SET.c)).lateral("filed_set")
"""The same where nothing is judged: to count it for each of many would cost more than all the rest."""


def _besides(*which: ColumnElement[bool]) -> ColumnElement[int]:
    """Count enough of what the committee, with those merged into it, has put forward besides."""
    such = select(_other.id).where(
        _other.campaign_id == Campaign.id,
        _other.committee_id == func.any(counted_with(Committee)),
        _other.id != bound_ids("application_ids").all_(),
        put_forward(_other),
        *which,
    )
    enough = such.correlate(Campaign, Committee).limit(ENOUGH).subquery()
    return select(func.count()).select_from(enough).scalar_subquery()


@row_type
class CommitteePlace:
    """The committee's place in the campaign; `already` counts enough of what it has put forward besides.

    `standing` counts those of them that the office has not disqualified.
    """

    settings_digest: str
    committee_id: UUID
    code: str
    already: int
    standing: int
    exemptions: Granted | None


_PLACE = Query(
    select(
        Campaign.settings_digest,
        Committee.id.label("committee_id"),
        Committee.code,
        _besides().label("already"),
        _besides(_other.status != ApplicationStatus.DISQUALIFIED).label("standing"),
        concessions.exemptions_of(Campaign.id, Committee.id),
    )
    .join(Committee, true())
    .where(Campaign.id == bound_id("campaign_id"), Campaign.status != CampaignStatus.DRAFT)
    .where(acting_as(Role.COMMITTEE), Committee.id == ACTOR_COMMITTEE),
    CommitteePlace,
)


async def place(ctx: Context, campaign_id: UUID, application_ids: Sequence[UUID]) -> CommitteePlace:
    """Find the committee's place in the campaign beside these; refused when there is no such campaign for it."""
    row = await ctx.one(_PLACE, campaign_id=campaign_id, application_ids=application_ids)
    if row is None:
        raise RulesViolated([UNKNOWN_REFERENCE("/campaign_id")])
    return row
