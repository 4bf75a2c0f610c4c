"""Filed sets: the applications that a committee has put forward in a campaign, as the minimum and maximum count them.

These are the conditions of statements; the rules are in `policies/filing/filings.py`.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from app.models import Application, Committee
from app.models.enums import ApplicationStatus
from app.services.policies.filing.applications import TAKEN_BACK


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
