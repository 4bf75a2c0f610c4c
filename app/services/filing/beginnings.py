"""Beginnings in a campaign, of plans and applications: what the actor may begin now, and until when."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.context import ACTOR_COMMITTEE, ACTOR_UNIT, View, acting_as
from app.database import Query, bound_ids
from app.findings import Finding
from app.models import Committee, Extension, Unit
from app.models.enums import CampaignStatus, DeadlineKind, Role, Term
from app.rows import row_type
from app.services.people import vocabularies
from app.services.policies import actions
from app.services.policies.filing import beginnings as policy
from app.services.policies.filing.beginnings import Applicant, BeginningFacts
from app.services.policies.filing.deadlines import Deadline, LaterDeadline, effective
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.people.vocabularies import HONOUR_LEVEL

OwnUnit = Mapping[str, Any]
"""An `Applicant` as it is read."""

OWN_UNIT = (
    select(
        func.jsonb_build_object(
            *("name", Unit.name),
            *("honour_level", Unit.honour_level),
            *("retired", or_(Unit.retired_at.is_not(None), Committee.retired_at.is_not(None))),
        )
    )
    .join(Committee, Committee.id == Unit.committee_id)
    .where(Unit.id == ACTOR_UNIT)
    .scalar_subquery()
    .label("own_unit")
)
"""The actor's unit; null for everybody else."""


class Readable(Protocol):
    """A campaign's row, as far as it says what the actor may begin."""

    @property
    def status(self) -> CampaignStatus: ...
    @property
    def own_unit(self) -> OwnUnit | None: ...


@row_type
class ExtensionOfKind:
    """The latest extension of one deadline of a campaign."""

    campaign_id: UUID
    kind: DeadlineKind
    id: UUID
    due_on: date
    until: datetime


_EXTENSIONS = Query(
    select(Extension.campaign_id, Extension.kind, Extension.id, Extension.due_on, Extension.until)
    .ext(distinct_on(Extension.campaign_id, Extension.kind))
    .where(Extension.revoked_at.is_(None), Extension.application_id.is_(None))
    .where(Extension.campaign_id == bound_ids("campaign_ids").any_())
    .where(Extension.committee_id == ACTOR_COMMITTEE)
    .where(or_(acting_as(Role.COMMITTEE), Extension.kind == DeadlineKind.APPLICATION))
    .order_by(Extension.campaign_id, Extension.kind, Extension.until.desc()),
    ExtensionOfKind,
)
"""The latest extension of each deadline that the actor's committee has; of the plan's, a unit learns nothing."""


async def own_deadlines(view: View, campaign_id: UUID, settings: CampaignSettings) -> dict[DeadlineKind, Deadline]:
    """Return the deadlines that count for the actor, of each stage: the campaign's, or their committee's later one."""
    return (await deadlines_of_several(view, {campaign_id: settings}))[campaign_id]


async def deadlines_of_several(
    view: View, settings_of: Mapping[UUID, CampaignSettings]
) -> dict[UUID, dict[DeadlineKind, Deadline]]:
    """Return the same of several campaigns, by one statement."""
    found = await view.rows(_EXTENSIONS, campaign_ids=list(settings_of))
    later = {(each.campaign_id, each.kind): LaterDeadline(each.id, each.due_on, each.until) for each in found}
    return {
        campaign_id: {
            kind: effective(settings, kind, later.get((campaign_id, kind)))
            for kind in DeadlineKind
            if settings.asks_for(kind)
        }
        for campaign_id, settings in settings_of.items()
    }


async def titles(view: View, asked: Iterable[tuple[CampaignSettings, str]]) -> Mapping[str, Term]:
    """Return the levels with their words where one is not admitted: only then a rule says them."""
    shut_out = any(not settings.admits(level) for settings, level in asked)
    return await vocabularies.terms(view, HONOUR_LEVEL) if shut_out else {}


async def offered(
    view: View, row: Readable, settings: CampaignSettings, deadline: Deadline
) -> dict[str, list[Finding]]:
    """Return what the actor may ever begin in a campaign, each with its obstacles now."""
    applicant = Applicant(**row.own_unit) if row.own_unit else None
    if applicant:
        applicant = replace(applicant, titles=await titles(view, [(settings, applicant.honour_level)]))
    facts = BeginningFacts(row.status, settings, view.now, deadline, applicant)
    return actions(policy.ACTS, view.actor.role, facts)
