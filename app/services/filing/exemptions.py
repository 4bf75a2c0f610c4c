"""Exemptions (特批): a looser limit for one committee or one application, granted, listed and revoked.

Every reader of a campaign's figures takes them from `campaigns.settings_for`.
"""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import (
    bindparam,
    select,
)

from app.context import Context, View
from app.database import Query, bound_id
from app.inputs import Input, Reason
from app.models import Application, Campaign, Committee, Exemption, Programme
from app.models.enums import CampaignStatus, LimitKind, Role
from app.rows import row_type
from app.services.filing import campaigns, concessions, siblings
from app.services.filing.concessions import Beneficiary
from app.services.history import change, create
from app.services.pages import FilterValue, Listing, Page
from app.services.policies import permit, refuse, require_role
from app.services.policies.filing import exemptions as policy
from app.services.policies.filing.campaigns import EXEMPT
from app.services.policies.filing.exemptions import Granted
from app.services.policies.filing.notice import CampaignSettings, StoredSettings
from app.services.policies.filing.programmes import ProgrammeSettings

VISIBLE = concessions.visible(Exemption)

_active = Exemption.revoked_at.is_(None)
_SELECTED = concessions.selected(Exemption, _active, Exemption.value).where(VISIBLE)


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


_EXEMPTION = Query(_SELECTED.where(Exemption.id == bound_id("exemption_id")), ExemptionRow)
FILTERS = concessions.filters(Exemption, _active)
_EXEMPTIONS = Listing(_SELECTED, Exemption.id, ExemptionRow, filters=FILTERS)
_LOCKED = (
    select(Exemption)
    .outerjoin(Application, Application.id == Exemption.application_id)
    .where(Exemption.id == bindparam("exemption_id"))
    .where(VISIBLE)
    .with_for_update(of=Exemption)
)


@row_type
class Target:
    """A campaign, and the committee that is exempted; none if the request names none that is known."""

    status: CampaignStatus
    settings_digest: str
    committee_id: UUID | None
    exemptions: Granted | None
    programme: StoredSettings | None
    together: Granted


_TARGET = Query(
    concessions.target(
        concessions.exemptions_of(Campaign.id, Committee.id, Application.id),
        Programme.settings.label("programme"),
        concessions.exemptions_together(Committee.id, Application.id).label("together"),
    ),
    Target,
)


class ExemptionCreate(Beneficiary):
    """Loosen a limit: for a committee, or for one application."""

    limit: LimitKind = Field(
        description="Name of the limit; numbers of cases only for a committee. `entries_per_unit`, `one_batch` (lifted "
        "by 0), `minimum_together` and `maximum_together` are its programme's, and hold in all campaigns of that.",
        examples=["minimum_filed"],
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
    def _not_of_one_application(self) -> Self:
        if self.application_id and self.limit in policy.OF_COMMITTEES:
            raise self.contradiction("an application has no number of cases to be filed", "limit")
        return self


class ExemptionRevocation(Input):
    """Take an exemption back."""

    reason: Reason = Field(
        description="Reason; kept, and visible to those concerned.", examples=["误将甲单位的特批给了乙单位。"]
    )


async def grant(ctx: Context, body: ExemptionCreate) -> UUID:
    """Loosen a limit beyond the figure that holds now."""
    require_role(ctx.actor.role, Role.OFFICE)
    if body.limit in policy.TOGETHER:
        await siblings.hold(ctx, [body.campaign_id])
    await ctx.session.execute(concessions.HELD, {"campaign_id": body.campaign_id})
    target = await ctx.one(_TARGET, **body.named)
    if target is None or target.committee_id is None:
        raise body.unknown(campaign_known=target is not None)
    permit(EXEMPT, role=ctx.actor.role, status=target.status)
    settings = await _present(ctx, target, body.limit)
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


async def _present(ctx: Context, target: Target, limit: LimitKind) -> CampaignSettings | ProgrammeSettings | None:
    """Return the settings that have the limit, as they hold for it now; None without a programme."""
    if limit not in policy.TOGETHER:
        return await campaigns.settings_for(ctx, target)
    if target.programme is None:
        return None
    return policy.in_force_together(ProgrammeSettings.model_validate(target.programme), target.together)


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
