"""Letters of the office beside its decisions: a plan sent back, a swap answered, an extension granted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Text, bindparam, func, literal, select
from sqlalchemy.orm import aliased

from app.context import View
from app.database import Query, bound_id
from app.models import Application, AuditEvent, Campaign, Committee, Extension, Plan, Swap
from app.models.enums import DeadlineKind, ExtensionCause, SwapStatus
from app.rows import row_type
from app.services.filing import campaigns, extensions, swaps, visibility
from app.services.filing.prints import Sheet
from app.services.policies import refuse
from app.services.policies.filing import letters as policy
from app.services.policies.filing.plans import RETURN


@row_type
class ReturnRow:
    """A return of a plan with its place among those of the plan."""

    at: datetime
    data: Mapping[str, Any]
    place: int
    committee_name: str
    committee_code: str
    settings_digest: str


@row_type
class SwapRow:
    """A request for a swap with its place among those about the case, and the numbers and names of both."""

    place: int
    number: str
    name: str | None
    replacement_number: str | None
    replacement_name: str | None
    committee_name: str
    status: SwapStatus
    reason: str
    requested_at: datetime
    answer: str | None
    answered_at: datetime | None
    settings_digest: str


@row_type
class ExtensionRow:
    """An extension with its place among those for the same committee or application."""

    place: int
    committee_name: str
    committee_code: str
    application_number: str | None
    kind: DeadlineKind
    cause: ExtensionCause
    until: datetime
    reason: str
    granted_at: datetime
    revoked_at: datetime | None
    revocation_reason: str | None
    settings_digest: str


_PLAN_ID, _NUMBER = bound_id("plan_id"), bindparam("number", type_=Integer)
_returned = (
    select(
        *(AuditEvent.subject_id, AuditEvent.at, AuditEvent.data),
        func.row_number().over(order_by=AuditEvent.ordinal).label("place"),
    )
    .where(AuditEvent.subject_id == _PLAN_ID, AuditEvent.action == literal(RETURN.event.code, Text))
    .subquery("returned")
)
_RETURN = Query(
    select(
        *(_returned.c.at, _returned.c.data, _returned.c.place),
        *(Committee.name.label("committee_name"), Committee.code.label("committee_code"), Campaign.settings_digest),
    )
    .join(Plan, Plan.id == _returned.c.subject_id)
    .join(Committee, Committee.id == Plan.committee_id)
    .join(Campaign, Campaign.id == Plan.campaign_id)
    .where(visibility.PLAN_VISIBLE, _NUMBER.is_(None) | (_returned.c.place == _NUMBER))
    .order_by(_returned.c.place.desc())
    .limit(1),
    ReturnRow,
)
_filed, _replacement, _sibling = aliased(Application), aliased(Application), aliased(Swap)
_SWAP = Query(
    select(
        select(func.count())
        .where(_sibling.application_id == Swap.application_id, _sibling.id <= Swap.id)
        .scalar_subquery()
        .label("place"),
        *(_filed.number, swaps.name_then(_filed).label("name")),
        _replacement.number.label("replacement_number"),
        swaps.name_then(_replacement).label("replacement_name"),
        *(Committee.name.label("committee_name"), Swap.status, Swap.reason, Swap.requested_at),
        *(Swap.answer, Swap.answered_at, Campaign.settings_digest),
    )
    .join(_filed, _filed.id == Swap.application_id)
    .outerjoin(_replacement, _replacement.id == Swap.replacement_id)
    .join(Committee, Committee.id == Swap.committee_id)
    .join(Campaign, Campaign.id == Swap.campaign_id)
    .where(Swap.id == bound_id("swap_id"), swaps.VISIBLE),
    SwapRow,
)
_other = aliased(Extension)
_EXTENSION = Query(
    select(
        select(func.count())
        .where(
            *(_other.campaign_id == Extension.campaign_id, _other.committee_id == Extension.committee_id),
            _other.application_id.is_not_distinct_from(Extension.application_id),
            *(_other.kind == Extension.kind, _other.cause == Extension.cause, _other.id <= Extension.id),
        )
        .scalar_subquery()
        .label("place"),
        *(Committee.name.label("committee_name"), Committee.code.label("committee_code")),
        *(Application.number.label("application_number"), Extension.kind, Extension.cause),
        *(Extension.until, Extension.reason, Extension.granted_at),
        *(Extension.revoked_at, Extension.revocation_reason, Campaign.settings_digest),
    )
    .join(Committee, Committee.id == Extension.committee_id)
    .join(Campaign, Campaign.id == Extension.campaign_id)
    .outerjoin(Application, Application.id == Extension.application_id)
    .where(Extension.id == bound_id("extension_id"), extensions.VISIBLE),
    ExtensionRow,
)


async def plan_return(view: View, plan_id: UUID, number: int | None) -> Sheet:
    """Lay out the return of a plan with this number, or the last; NotFound unless visible, and there is one."""
    row = await view.get(_RETURN, plan_id=plan_id, number=number)
    settings = await campaigns.settings_of(view, row.settings_digest)
    until = row.data.get("until")
    returned = policy.PlanReturned(
        committee=row.committee_name,
        code=row.committee_code,
        place=row.place,
        at=row.at,
        reason=row.data.get("reason", ""),
        until=datetime.fromisoformat(until) if until else None,
    )
    return Sheet(policy.plan_letter(settings, returned), [policy.plan_number(settings, returned), policy.PLAN_RETURN])


async def swap_answer(view: View, swap_id: UUID) -> Sheet:
    """Lay out the answer to a request for a swap; NotFound unless visible."""
    row = await view.get(_SWAP, swap_id=swap_id)
    refuse(policy.answer_findings(row.status))
    settings = await campaigns.settings_of(view, row.settings_digest)
    assert row.answered_at is not None, "an answer has its time"
    incoming = (row.replacement_number, row.replacement_name or "") if row.replacement_number else None
    answered = policy.SwapAnswered(
        committee=row.committee_name,
        place=row.place,
        outgoing=(row.number, row.name or ""),
        incoming=incoming,
        asked_at=row.requested_at,
        reason=row.reason,
        status=row.status,
        at=row.answered_at,
        answer=row.answer,
    )
    return Sheet(policy.swap_letter(settings, answered), [policy.swap_number(answered), policy.SWAP_ANSWER])


async def extension(view: View, extension_id: UUID) -> Sheet:
    """Lay out the grant of a later deadline; NotFound unless visible."""
    row = await view.get(_EXTENSION, extension_id=extension_id)
    refuse(policy.extension_findings(row.cause))
    settings = await campaigns.settings_of(view, row.settings_digest)
    extended = policy.Extended(
        committee=row.committee_name,
        code=row.committee_code,
        application_number=row.application_number,
        kind=row.kind,
        place=row.place,
        at=row.granted_at,
        until=row.until,
        reason=row.reason,
        revoked_at=row.revoked_at,
        revocation_reason=row.revocation_reason,
    )
    return Sheet(
        policy.extension_letter(settings, extended), [policy.extension_number(settings, extended), policy.EXTENSION]
    )
