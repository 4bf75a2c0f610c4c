"""The recommended order (推荐排序) of a committee, as it gave it last: read here, by whoever shows or uses it."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy import Uuid, and_, case, cast, exists, func, literal_column, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import aliased

from app.context import Context, View, acting_as, own_committees
from app.database import Query, bound_id, bound_ids
from app.findings import Finding
from app.models import Application, Filing
from app.models.enums import ApplicationStatus, Role
from app.rows import row_type
from app.services.filing.filed_sets import put_forward
from app.services.policies.filing import recommended as policy
from app.services.policies.filing.notice import CampaignSettings

_given = Filing.recommended_order.is_not(None)
_later = aliased(Filing)
_replaced = exists().where(
    _later.campaign_id == Filing.campaign_id,
    _later.committee_id == Filing.committee_id,
    _later.recommended_order.is_not(None),
    tuple_(_later.filed_at, _later.id) > tuple_(Filing.filed_at, Filing.id),
)
_place = (
    select(func.array_position(Filing.recommended_order, Application.id))
    .where(Filing.recommended_order.contains(array([Application.id])), ~_replaced)
    .order_by(Filing.filed_at.desc(), Filing.id.desc())
    .limit(1)
    .correlate(Application)
    .scalar_subquery()
)
"""Its place in the order that names it, of those that its committee and each of its kin since a merger gave last.

Nobody else's order can name it, so that the order is found by what it names.
"""
PLACE = case((put_forward(Application), _place))
"""The same while it is put forward: what was withdrawn or is considered again has no place until it is filed anew."""
_reads_it = or_(acting_as(Role.OFFICE), and_(acting_as(Role.COMMITTEE), own_committees(Application.committee_id)))
RANK = case((_reads_it, PLACE)).label("recommended_rank")
"""The same for the office and the committee: units do not learn it."""

_none = cast(literal_column("'{}'"), ARRAY(Uuid))
GIVEN = func.coalesce(Filing.recommended_order, _none).label("recommended_order")
"""The order that a filing brought; empty for none."""

_CAMPAIGN_ID, _COMMITTEE_ID = (bound_id(name) for name in ("campaign_id", "committee_id"))


class Filed(Protocol):
    """A filing as far as its order is concerned."""

    @property
    def campaign_id(self) -> UUID: ...
    @property
    def application_ids(self) -> Sequence[UUID]: ...
    @property
    def recommended_order(self) -> Sequence[UUID] | None: ...


@row_type
class OrderRow:
    """An order that a committee gave: the applications, the best first."""

    recommended_order: list[UUID]


@row_type
class StandingRow:
    """An application that an order has a place for."""

    id: UUID
    number: str


_IN_FORCE = Query(
    select(Filing.recommended_order)
    .where(Filing.campaign_id == _CAMPAIGN_ID, Filing.committee_id == _COMMITTEE_ID, _given)
    .order_by(Filing.filed_at.desc(), Filing.id.desc())
    .limit(1),
    OrderRow,
)
_named = Application.id == bound_ids("application_ids").any_()
_stands = and_(put_forward(Application), Application.status != ApplicationStatus.DISQUALIFIED)
_STANDING = Query(
    select(Application.id, Application.number)
    .where(Application.campaign_id == _CAMPAIGN_ID, own_committees(Application.committee_id), or_(_named, _stands))
    .order_by(Application.number),
    StandingRow,
)


_NUMBERS = Query(
    select(Application.id, Application.number).where(Application.id == bound_ids("application_ids").any_()),
    StandingRow,
)


async def numbers(view: View, order: Sequence[UUID]) -> list[str]:
    """Return the numbers of the applications of an order, in this order."""
    rows = await view.rows(_NUMBERS, application_ids=list(order))
    return [{row.id: row.number for row in rows}[each] for each in order]


async def in_force(view: View, campaign_id: UUID, committee_id: UUID) -> list[UUID] | None:
    """Return the applications of a committee in the order that it gave last; None where it gave none."""
    row = await view.one(_IN_FORCE, campaign_id=campaign_id, committee_id=committee_id)
    return row.recommended_order if row else None


async def exchanged(view: View, out: Application, instead: Application) -> list[UUID] | None:
    """Return the order in which what a swap brings has the place of what it replaces.

    It belongs to the committee that files: of one that was merged into it since, the order stays as it was.
    """
    order = await in_force(view, out.campaign_id, instead.committee_id)
    return policy.exchanged(order, out.id, instead.id)


async def findings(ctx: Context, filed: Filed, settings: CampaignSettings, *, refiled: bool) -> list[Finding]:
    """Judge the order that comes with a filing, against all that its committee will have put forward.

    The place of the committee is locked.
    """
    asked, order = settings.recommended_order, filed.recommended_order
    if asked == "none" and order is None:
        return []
    rows = await ctx.rows(_STANDING, campaign_id=filed.campaign_id, application_ids=list(filed.application_ids))
    return policy.order_findings(asked, settings.name, order, {row.id: row.number for row in rows}, refiled=refiled)
