"""Exemptions (特批): a looser limit for one committee or one application, granted, listed and revoked.

Every reader of a campaign's figures takes them from `campaigns.settings_for`.
"""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import (
    Uuid,
    and_,
    bindparam,
    case,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.context import ACTOR_COMMITTEE, ACTOR_UNIT, Context, View, acting_as
from app.database import Query
from app.inputs import Input, Reason
from app.models import Account, Application, Campaign, Committee, Exemption
from app.models.enums import CampaignStatus, LimitKind, Role
from app.problems import RulesViolated
from app.rows import row_type
from app.services.filing import campaigns
from app.services.history import change, create
from app.services.pages import FilterValue, Listing, Page, exactly
from app.services.policies import UNKNOWN_REFERENCE, permit, refuse, require_role
from app.services.policies.filing import exemptions as policy
from app.services.policies.filing.campaigns import EXEMPT
from app.services.policies.filing.exemptions import Granted

VISIBLE = or_(
    acting_as(Role.OFFICE),
    and_(acting_as(Role.COMMITTEE), Exemption.committee_id == ACTOR_COMMITTEE),
    and_(
        acting_as(Role.UNIT),
        Exemption.committee_id == ACTOR_COMMITTEE,
        or_(Exemption.application_id.is_(None), Application.unit_id == ACTOR_UNIT),
    ),
)
"""The office sees all, a committee its own, a unit those that its applications profit from."""

_granter, _revoker = aliased(Account), aliased(Account)
_active = Exemption.revoked_at.is_(None)
_SELECTED = (
    select(
        Exemption.id,
        Exemption.campaign_id,
        Exemption.committee_id,
        Committee.name.label("committee_name"),
        Exemption.application_id,
        Application.number.label("application_number"),
        Exemption.kind,
        Exemption.value,
        Exemption.reason,
        _active.label("active"),
        Exemption.granted_at,
        case((acting_as(Role.OFFICE), _granter.name)).label("granted_by"),
        Exemption.revoked_at,
        case((acting_as(Role.OFFICE), _revoker.name)).label("revoked_by"),
        Exemption.revocation_reason,
    )
    .join(Committee, Committee.id == Exemption.committee_id)
    .join(_granter, _granter.id == Exemption.granted_by)
    .outerjoin(_revoker, _revoker.id == Exemption.revoked_by)
    .outerjoin(Application, Application.id == Exemption.application_id)
    .where(VISIBLE)
)


@row_type
class ExemptionRow:
    """An exemption; the names of the clerks are for the office alone."""

    id: UUID
    campaign_id: UUID
    committee_id: UUID
    committee_name: str
    application_id: UUID | None
    application_number: str | None
    kind: LimitKind
    value: int
    reason: str
    active: bool
    granted_at: datetime
    granted_by: str | None
    revoked_at: datetime | None
    revoked_by: str | None
    revocation_reason: str | None


_EXEMPTION = Query(_SELECTED.where(Exemption.id == bindparam("exemption_id", type_=Uuid)), ExemptionRow)
FILTERS = {
    "campaign_id": exactly(Exemption.campaign_id, UUID, "Only of this campaign."),
    "committee_id": exactly(Exemption.committee_id, UUID, "Only of this committee."),
    "application_id": exactly(Exemption.application_id, UUID, "Only for this application."),
    "active": exactly(_active, bool, "Only those in force, or only the others."),
}
_EXEMPTIONS = Listing(_SELECTED, Exemption.id, ExemptionRow, filters=FILTERS)
_HELD = select(Campaign.id).where(Campaign.id == bindparam("campaign_id")).with_for_update(key_share=True)
"""Two grants, or a grant and a change of the settings, are judged one after the other."""

_LOCKED = (
    select(Exemption)
    .outerjoin(Application, Application.id == Exemption.application_id)
    .where(Exemption.id == bindparam("exemption_id"))
    .where(VISIBLE)
    .with_for_update(of=Exemption)
)


_CAMPAIGN_ID, _COMMITTEE_ID, _APPLICATION_ID = (
    bindparam(name, type_=Uuid) for name in ("campaign_id", "committee_id", "application_id")
)


@row_type
class Target:
    """A campaign, and the committee that is exempted; none if the request names none that is known."""

    status: CampaignStatus
    settings_digest: str
    committee_id: UUID | None
    exemptions: Granted | None


_TARGET = Query(
    select(
        Campaign.status,
        Campaign.settings_digest,
        Committee.id.label("committee_id"),
        campaigns.exemptions_of(Campaign.id, Committee.id, Application.id),
    )
    .select_from(Campaign)
    .outerjoin(
        Application,
        and_(
            Application.id == _APPLICATION_ID,
            Application.campaign_id == Campaign.id,
            Application.filed_version_id.is_not(None),  # the office knows of no other
        ),
    )
    .outerjoin(
        Committee, Committee.id == case((_APPLICATION_ID.is_(None), _COMMITTEE_ID), else_=Application.committee_id)
    )
    .where(Campaign.id == _CAMPAIGN_ID),
    Target,
)


class ExemptionCreate(Input):
    """Loosen a limit: for a committee, or for one application."""

    campaign_id: UUID = Field(description="The campaign.")
    committee_id: UUID | None = Field(
        None,
        description="The committee; null when `application_id` is given.",
        examples=["0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"],
    )
    application_id: UUID | None = Field(
        None, description="The application alone; null when `committee_id` is given.", examples=[None]
    )
    limit: LimitKind = Field(
        description="Name of the limit; `minimum_filed` only for a committee.", examples=["minimum_filed"]
    )
    value: int = Field(
        strict=True,
        ge=0,
        le=100_000,
        description="The figure that holds for it; looser than the present one.",
        examples=[1],
    )
    reason: Reason = Field(
        description="Reason; kept, and visible to those concerned.", examples=["该工委所属文明单位仅一家。"]
    )

    @model_validator(mode="after")
    def _one_beneficiary(self) -> Self:
        if (self.committee_id is None) == (self.application_id is None):
            raise ValueError("exactly one of committee_id and application_id is needed")
        if self.application_id and self.limit is LimitKind.MINIMUM_FILED:
            raise ValueError("an application has no minimum to be filed")
        return self


class ExemptionRevocation(Input):
    """Take an exemption back."""

    reason: Reason = Field(
        description="Reason; kept, and visible to those concerned.", examples=["误将甲单位的特批给了乙单位。"]
    )


_BENEFICIARY = {"campaign_id", "committee_id", "application_id"}


async def grant(ctx: Context, body: ExemptionCreate) -> UUID:
    """Loosen a limit beyond the figure that holds now."""
    require_role(ctx.actor.role, Role.OFFICE)
    await ctx.session.execute(_HELD, {"campaign_id": body.campaign_id})
    target = await ctx.one(_TARGET, **body.model_dump(include=_BENEFICIARY))
    if target is None or target.committee_id is None:
        raise RulesViolated([UNKNOWN_REFERENCE(_unknown(body, campaign_known=target is not None))])
    permit(EXEMPT, role=ctx.actor.role, status=target.status)
    settings = await campaigns.settings_for(ctx, target)
    refuse(policy.grant_findings(settings, body.limit, body.value))
    exemption = Exemption(
        campaign_id=body.campaign_id,
        committee_id=target.committee_id,
        application_id=body.application_id,
        kind=body.limit,
        value=body.value,
        reason=body.reason,
        granted_at=ctx.now,
        granted_by=ctx.actor.id,
    )
    figures = {"limit": body.limit, "from": policy.figure(settings, body.limit), "to": body.value}
    return create(ctx, exemption, EXEMPT.event, **figures, reason=body.reason).id


async def revoke(ctx: Context, exemption_id: UUID, body: ExemptionRevocation) -> None:
    """Take it back: the limit before it holds again; what was done meanwhile stays done."""
    exemption = await ctx.lock(_LOCKED, exemption_id=exemption_id)
    require_role(ctx.actor.role, Role.OFFICE)
    refuse(policy.revocation_findings(exemption.revoked_at))
    change(
        ctx,
        exemption,
        policy.REVOKED,
        data={"limit": exemption.kind, "value": exemption.value, "reason": body.reason},
        revoked_at=ctx.now,
        revoked_by=ctx.actor.id,
        revocation_reason=body.reason,
    )


async def read(view: View, exemption_id: UUID) -> ExemptionRow:
    """One exemption; NotFound unless visible."""
    return await view.get(_EXEMPTION, exemption_id=exemption_id)


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[ExemptionRow]:
    return await _EXEMPTIONS.page(view, after=after, limit=limit, **filters)


def _unknown(body: ExemptionCreate, *, campaign_known: bool) -> str:
    if not campaign_known:
        return "/campaign_id"
    return "/application_id" if body.application_id else "/committee_id"
