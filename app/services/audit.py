"""The history of every object, and the list of all events: two ways of reading one table."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app.context import ACTOR_ID, View, acting_as
from app.database import bound_id
from app.inputs import Moment
from app.models import AuditEvent, Exemption, Extension, Veto
from app.models.enums import Role
from app.rows import row_type
from app.services.pages import Filter, FilterValue, Listing, Page, among, exactly
from app.services.policies import WORKED_ON_BY_OTHERS
from app.services.policies import audit as policy
from app.services.policies.audit import HANDED_IN, INWARD

_FOR_OFFICE = acting_as(Role.OFFICE)
_MINE = AuditEvent.actor_id == ACTOR_ID
_MINE_TO_READ = and_(_MINE, AuditEvent.subject_type != "assignment")
"""An assignment's id reveals when it was made, and so which case came late: its judge knows it by its case alone."""

OF_OTHERS = and_(
    _FOR_OFFICE,
    AuditEvent.subject_type == bindparam("worked_on", sorted(WORKED_ON_BY_OTHERS), type_=ARRAY(Text)).any_(),
)
"""Subjects that units and committees work on: the office gets no digest or version of rows that it does not read."""

_IN_BETWEEN = and_(
    OF_OTHERS,
    AuditEvent.action != bindparam("handed_in", sorted(HANDED_IN), type_=ARRAY(Text)).all_(),
)
"""Work of units and committees on a subject that the office does not have, or not yet again."""

_SEAT_ALONE: ColumnElement[Any] = literal_column(
    "jsonb_strip_nulls(jsonb_build_object('acting_for', audit_events.data -> 'acting_for'))"
)
"""The seat in which it was done, and nothing else of the particulars."""

DISCLOSED = or_(~_FOR_OFFICE, AuditEvent.action != bindparam("inward", sorted(INWARD), type_=ARRAY(Text)).all_())
"""Everything that happened, apart from the owners' own business."""

_NAMED = or_(_FOR_OFFICE, _MINE, AuditEvent.actor_role != Role.OFFICE)
ActionCode = Annotated[str, Field(max_length=60, pattern=r"^[a-z_]+\.[a-z_]+$", examples=["application.filed"])]


@row_type
class AuditEventRow:
    """An event of the history as the actor may read it: colleagues of the office may be without a name."""

    id: UUID
    at: datetime
    action: str
    subject_type: str
    subject_id: UUID
    campaign_id: UUID | None
    committee_id: UUID | None
    actor_id: UUID | None
    actor_role: Role
    actor_name: str
    request_id: UUID
    before_digest: str | None
    after_digest: str | None
    data: Mapping[str, object]
    changes: list[dict[str, object]]


_PARTICULARS: ColumnElement[Any] = literal_column(
    f"audit_events.data - '{policy.VALUES}' || coalesce(audit_events.changes -> '{policy.TRACE}', '{{}}')", JSONB
)
_CHANGES = func.jsonb_extract_path(AuditEvent.changes, literal_column("'changes'"), type_=JSONB)
_EVENTS = select(
    AuditEvent.id,
    AuditEvent.at,
    AuditEvent.action,
    AuditEvent.subject_type,
    AuditEvent.subject_id,
    AuditEvent.campaign_id,
    AuditEvent.committee_id,
    case((_NAMED, AuditEvent.actor_id), else_=null()).label("actor_id"),
    AuditEvent.actor_role,
    case((_NAMED, AuditEvent.actor_name), else_=Role.OFFICE.label).label("actor_name"),
    AuditEvent.request_id,
    case((OF_OTHERS, null()), else_=AuditEvent.before_digest).label("before_digest"),
    case((_IN_BETWEEN, null()), else_=AuditEvent.after_digest).label("after_digest"),
    case((_IN_BETWEEN, _SEAT_ALONE), else_=_PARTICULARS).label("data"),
    func.coalesce(_CHANGES, literal_column("'[]'::jsonb", JSONB)).label("changes"),
)
_SUBJECT = bound_id("subject_id")
_ABOUT_IT = func.array(
    union_all(
        select(_SUBJECT),
        *(select(model.id).where(model.application_id == _SUBJECT) for model in (Extension, Exemption)),
        select(Veto.id).where(Veto.application_id == _SUBJECT, _FOR_OFFICE),
    ).scalar_subquery()
)


def _history(about_it: ColumnElement[bool]) -> Listing[AuditEventRow]:
    return Listing(_EVENTS.where(about_it, ~_IN_BETWEEN), AuditEvent.id, AuditEventRow, newest_first=True)


_HISTORY = _history(AuditEvent.subject_id == _SUBJECT)
_HISTORY_OF_APPLICATION = _history(AuditEvent.subject_id == func.any(_ABOUT_IT))
"""It has the events of its extensions and exemptions, and for the office of its veto list, in no order of an index."""
FILTERS = {
    "action": among(AuditEvent.action, ActionCode, "Only these acts.", max_length=20),
    "subject_id": exactly(AuditEvent.subject_id, UUID, "Only to this object."),
    "by_id": exactly(AuditEvent.actor_id, UUID, "Only by this account.", alias="actor_id"),
    "committee_id": exactly(AuditEvent.committee_id, UUID, "Only on what belongs to this committee."),
    "campaign_id": exactly(AuditEvent.campaign_id, UUID, "Only on what belongs to this campaign."),
    "since": Filter(Moment, "From this instant on.", lambda since: AuditEvent.at >= since),
    "until": Filter(Moment, "Before this instant.", lambda until: AuditEvent.at < until),
}
"""`by_id`, because `actor_id` is bound to who asks."""
_LIST = Listing(
    _EVENTS.where(or_(_FOR_OFFICE, _MINE_TO_READ), DISCLOSED),
    AuditEvent.id,
    AuditEventRow,
    filters=FILTERS,
    newest_first=True,
)


async def history_of(
    view: View, subject_id: UUID, *, of_application: bool = False, after: UUID | None, limit: int
) -> Page[AuditEventRow]:
    """Return the history of one object, newest first; the caller must have checked that the actor may see the object.

    The office does not read of work on a draft, nor on anything it has sent back.
    """
    history = _HISTORY_OF_APPLICATION if of_application else _HISTORY
    return _disclosed(view, await history.page(view, after=after, limit=limit, subject_id=subject_id))


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[AuditEventRow]:
    """Return the events, newest first: to the office all of them, to everybody else their own.

    Of work on a subject that the office does not have it reads the bare event.
    """
    return _disclosed(view, await _LIST.page(view, after=after, limit=limit, **filters))


def _disclosed(view: View, page: Page[AuditEventRow]) -> Page[AuditEventRow]:
    """Leave the values that the actor's role may read."""
    role = view.actor.role
    rows = [replace(row, changes=policy.disclosed(row.subject_type, row.changes, role)) for row in page.rows]
    return replace(page, rows=rows)
