"""The office's decisions on an application, read from its history: each has a number, and is a letter."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.context import View
from app.database import Query, bound_id
from app.models import Application, ApplicationVersion, AuditEvent, Campaign
from app.models.enums import PaperKind, VersionOccasion
from app.rows import row_type
from app.services.filing import campaigns
from app.services.filing.prints import Sheet
from app.services.filing.visibility import VISIBLE
from app.services.pages import Listing, Page
from app.services.policies.filing import decisions as policy
from app.services.policies.filing.applications import TAKE_BACK_CHECK
from app.services.policies.filing.decisions import Decided
from app.services.policies.filing.notice import CampaignSettings

_ABOUT = bound_id("application_id")


@row_type
class DecisionRow:
    """A decision with its place among those on the application, the version it was about, and the decision after it."""

    id: UUID
    action: str
    at: datetime
    data: Mapping[str, Any]
    place: int
    next_action: str | None
    next_at: datetime | None
    next_data: Mapping[str, Any] | None
    version: int
    digest: str
    unit_name: str
    brand_name: str | None
    application_id: UUID
    application_number: str
    campaign_id: UUID
    settings_digest: str


_decided = (
    select(
        *(AuditEvent.id, AuditEvent.action, AuditEvent.at, AuditEvent.data, AuditEvent.subject_id),
        func.row_number().over(order_by=AuditEvent.ordinal).label("place"),
        *(
            func.lead(getattr(AuditEvent, name)).over(order_by=AuditEvent.ordinal).label(f"next_{name}")
            for name in ("action", "at", "data")
        ),
    )
    .where(
        AuditEvent.subject_id == _ABOUT,
        AuditEvent.action == bindparam("decisions", [*policy.EVENTS], type_=ARRAY(Text)).any_(),
    )
    .subquery("decided")
)
_about = (
    select(
        *(ApplicationVersion.number.label("version"), ApplicationVersion.digest),
        *(ApplicationVersion.unit_name, ApplicationVersion.brand_name),
    )
    .where(
        ApplicationVersion.application_id == _decided.c.subject_id,
        ApplicationVersion.occasion == VersionOccasion.FILING,
        ApplicationVersion.fixed_at <= _decided.c.at,
    )
    .order_by(ApplicationVersion.number.desc())
    .limit(1)
    .lateral("about")
)
_DECISIONS = (
    select(
        *(each for each in _decided.c if each.name != "subject_id"),
        *_about.c,
        Application.id.label("application_id"),
        Application.number.label("application_number"),
        Application.campaign_id,
        Campaign.settings_digest,
    )
    .join(Application, Application.id == _decided.c.subject_id)
    .join(Campaign, Campaign.id == Application.campaign_id)
    .join(_about, Application.id == _decided.c.subject_id)
    .where(VISIBLE)
)
_LIST = Listing(_DECISIONS, _decided.c.id, DecisionRow)
_DECISION = Query(_DECISIONS.where(_decided.c.id == bound_id("decision_id")), DecisionRow)
_SEEN = Query(select(Application.id).where(Application.id == _ABOUT, VISIBLE))


async def search(view: View, application_id: UUID, *, after: UUID | None, limit: int) -> Page[DecisionRow]:
    """Return the decisions on an application, oldest first; NotFound unless it is visible."""
    await view.get(_SEEN, application_id=application_id)
    return await _LIST.page(view, after=after, limit=limit, application_id=application_id)


async def letter(view: View, application_id: UUID, decision_id: UUID) -> Sheet:
    """Lay out a decision as a letter; NotFound unless the application is visible."""
    row = await view.get(_DECISION, application_id=application_id, decision_id=decision_id)
    decided, settings = await described(view, row)
    paper, name = policy.decision_paper(settings, decided), policy.decision_name(decided)
    return Sheet(paper, name, kind=PaperKind.DECISION, campaign_id=row.campaign_id)


async def described(view: View, row: DecisionRow) -> tuple[Decided, CampaignSettings]:
    """Say a decision as its letter does."""
    data, next_data = row.data, row.next_data or {}
    decision = policy.EVENTS[row.action]
    until = data.get("until")
    taken_back = row.next_action == TAKE_BACK_CHECK.event.code
    decided = Decided(
        number=policy.number_of(row.application_number, row.place),
        decision=decision,
        at=row.at,
        unit=row.unit_name,
        brand=row.brand_name or "",
        application_number=row.application_number,
        version=row.version,
        digest=row.digest,
        reason_codes=data.get("reason_codes") or (),
        remark=data.get("reason"),
        until=datetime.fromisoformat(until) if until else None,
        before=policy.number_of(row.application_number, row.place - 1),
        withdrawn_at=row.next_at if taken_back else None,
        withdrawal_reason=next_data.get("reason") if taken_back else None,
    )
    return decided, await campaigns.settings_of(view, row.settings_digest)
