"""Grants: the campaigns whose nominations a machine client of the municipal office may read; made and revoked."""

from datetime import datetime
from uuid import UUID

from pydantic import Field
from sqlalchemy import and_, bindparam, case, or_, select
from sqlalchemy.orm import aliased

from app.context import ACTOR_ID, Context, View, acting_as
from app.database import Query, bound_id
from app.inputs import Input
from app.models import Account, Campaign, Grant
from app.models.enums import Role
from app.rows import row_type
from app.services.filing import campaigns
from app.services.history import change, create
from app.services.pages import FilterValue, Listing, Page, exactly
from app.services.policies import UNKNOWN_REFERENCE, refuse, require_role
from app.services.policies.handover import grants as policy

VISIBLE = and_(
    campaigns.VISIBLE, or_(acting_as(Role.OFFICE), and_(acting_as(Role.MUNICIPAL), Grant.account_id == ACTOR_ID))
)
"""The office sees all grants, a client its own once the campaign is published, nobody else any."""
_granter, _revoker = aliased(Account), aliased(Account)


@row_type
class GrantRow:
    """A grant with the names of its client and campaign; those of clerks are for the office."""

    id: UUID
    account_id: UUID
    username: str
    campaign_id: UUID
    campaign_name: str
    granted_at: datetime
    granted_by: str | None
    revoked_at: datetime | None
    revoked_by: str | None


_GRANTS = (
    select(
        Grant.id,
        Grant.account_id,
        Account.username,
        Grant.campaign_id,
        Campaign.name.label("campaign_name"),
        Grant.granted_at,
        case((acting_as(Role.OFFICE), _granter.name)).label("granted_by"),
        Grant.revoked_at,
        case((acting_as(Role.OFFICE), _revoker.name)).label("revoked_by"),
    )
    .join(Account, Account.id == Grant.account_id)
    .join(Campaign, Campaign.id == Grant.campaign_id)
    .outerjoin(_granter, _granter.id == Grant.granted_by)
    .outerjoin(_revoker, _revoker.id == Grant.revoked_by)
    .where(VISIBLE)
)
_GRANT = Query(_GRANTS.where(Grant.id == bound_id("grant_id")), GrantRow)
FILTERS = {
    "account_id": exactly(Grant.account_id, UUID, "Only of this client."),
    "campaign_id": exactly(Grant.campaign_id, UUID, "Only of this campaign."),
    "revoked": exactly(Grant.revoked_at.is_not(None), bool, "Only revoked ones (true), or those that stand (false)."),
}
_PAGES = Listing(_GRANTS, Grant.id, GrantRow, filters=FILTERS)
_LOCKED = (
    select(Grant)
    .join(Campaign, Campaign.id == Grant.campaign_id)
    .where(Grant.id == bindparam("grant_id"), VISIBLE)
    .with_for_update(of=Grant)
)
_CLIENT = select(Account).where(Account.id == bindparam("account_id"), acting_as(Role.OFFICE))
_CAMPAIGN = select(Campaign).where(Campaign.id == bindparam("campaign_id"), campaigns.VISIBLE)


class GrantCreate(Input):
    """Let a machine client read, fetch and answer the nominations of a campaign."""

    account_id: UUID = Field(description="The machine client.")
    campaign_id: UUID = Field(description="The campaign.")


async def make(ctx: Context, body: GrantCreate) -> UUID:
    """Grant a campaign to a client, once."""
    require_role(ctx.actor.role, Role.OFFICE)
    client = await ctx.find(_CLIENT, account_id=body.account_id)
    campaign = await ctx.find(_CAMPAIGN, campaign_id=body.campaign_id)
    unknown = [UNKNOWN_REFERENCE("/account_id")] if client is None else policy.grant_findings(client.role)
    refuse([*unknown, *([UNKNOWN_REFERENCE("/campaign_id")] if campaign is None else [])])
    grant = Grant(**body.model_dump(), granted_at=ctx.now, granted_by=ctx.actor.id)
    return create(ctx, grant, policy.GRANTED).id


async def revoke(ctx: Context, grant_id: UUID) -> None:
    """End it at once: what the client holds by then it keeps, and it reads and answers nothing of the campaign more."""
    grant = await ctx.lock(_LOCKED, grant_id=grant_id)
    require_role(ctx.actor.role, Role.OFFICE)
    refuse(policy.revocation_findings(grant.revoked_at))
    change(ctx, grant, policy.REVOKED, revoked_at=ctx.now, revoked_by=ctx.actor.id)


async def read(view: View, grant_id: UUID) -> GrantRow:
    """One grant; NotFound unless visible."""
    return await view.get(_GRANT, grant_id=grant_id)


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[GrantRow]:
    return await _PAGES.page(view, after=after, limit=limit, **filters)
