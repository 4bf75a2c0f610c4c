"""Filed sets: the applications that a committee has put forward in a campaign, as the minimum and maximum count them.

These are the conditions of statements; the rules are in `policies/filing/filings.py`.
"""

from sqlalchemy import ColumnElement, Integer, and_, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from app.models import Application
from app.models.enums import ApplicationStatus
from app.services.policies.filing.applications import TAKEN_BACK


def put_forward(application: type[Application]) -> ColumnElement[bool]:
    """Condition of what a committee has put forward: filed once, and not taken back by the committee itself."""
    stays = (application.status != taken_back for taken_back in TAKEN_BACK)
    return and_(application.filed_version_id.is_not(None), ~application.reconsidered, *stays)


_other = aliased(Application)
ENOUGH = 250
"""More than the highest minimum and all that may leave at once: what lies beyond decides nothing."""


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Count such applications of the committee in the campaign of an application, up to enough of them."""
    such = select(_other.id).where(
        _other.campaign_id == Application.campaign_id, _other.committee_id == Application.committee_id, condition
    )
    return select(func.count()).select_from(such.correlate(Application).limit(ENOUGH).subquery()).scalar_subquery()


_put_forward = put_forward(_other)
_new = or_(_other.filed_version_id.is_(None), _other.reconsidered)
_ready = and_(_other.status == ApplicationStatus.ENDORSED, _new)
FILED_SET = select(
    _count(and_(_put_forward, _other.status != ApplicationStatus.DISQUALIFIED)).label("standing"),
    _count(_put_forward).label("put_forward"),
    _count(_ready).label("ready"),
).lateral("filed_set")
"""The committee's applications in the campaign of an application, as the minimum counts them."""
_none = literal_column("0", Integer)
UNCOUNTED_SET = select(*(_none.label(column.name) for column in FILED_SET.c)).lateral("filed_set")
"""The same where nothing is judged: to count it for each of many would cost more than all the rest."""
