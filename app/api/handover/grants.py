"""Grants over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Chosen, Ctx, Paging, Reads, filtered_by
from app.api.http.output import Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.context import View
from app.problems import RulesViolated
from app.services.handover import grants
from app.services.handover.grants import GrantCreate

router = Router("/grants", tags=["hand-over"])
Filters = Annotated[Chosen, filtered_by(grants.FILTERS)]
GrantId = Annotated[UUID, Path(description="The grant.")]
Label = Annotated[str, Field(max_length=200)]


class GrantOut(Out):
    """A campaign whose nominations a machine client may read, fetch and answer."""

    id: ResourceId
    account_id: UUID = Field(description="The machine client.")
    username: Label = Field(description="Its client_id.", examples=["municipal"])
    campaign_id: UUID = Field(description="The campaign.")
    campaign_name: Label = Field(description="活动名称", examples=["“美德路北·文明先锋”创新工作品牌创建活动"])
    granted_at: Instant = Field(description="Time at which it was granted.")
    granted_by: Label | None = Field(
        description="By whom; visible to the office alone, and null where the client is older than grants are.",
        examples=["张弓"],
    )
    revoked_at: Instant | None = Field(description="Time of the revocation; null while it stands.", examples=[None])
    revoked_by: Label | None = Field(description="By whom; visible to the office alone.", examples=[None])

    @classmethod
    async def read(cls, view: View, grant_id: UUID) -> Self:
        return cls.model_validate(await grants.read(view, grant_id))


class GrantPage(Page[GrantOut]):
    """One page of grants, oldest first."""


@router.get("")
async def list_grants(view: Reads, filters: Filters, page: Paging) -> GrantPage:
    """List the grants you may see, oldest first; a revoked one stays listed. The office sees all, a client its own."""
    found = await grants.search(view, **filters, **page.binds)
    return GrantPage.of(found, [GrantOut.model_validate(row) for row in found.rows])


@router.post("", status_code=201, raises=[RulesViolated])
async def create_grant(body: GrantCreate, ctx: Ctx) -> GrantOut:
    """Let a machine client read, fetch and answer the nominations of a campaign. Office only.

    A client sees nothing of any other campaign: no nomination, no file, no manifest or package, no event. It sees what
    was nominated before the grant, too; events of that are in the feed at their old numbers.
    """
    return await GrantOut.read(ctx, await grants.make(ctx, body))


@router.get("/{grant_id}")
async def read_grant(grant_id: GrantId, view: Reads) -> GrantOut:
    """Read a grant: of which client, for which campaign, by whom, and whether it stands."""
    return await GrantOut.read(view, grant_id)


@router.post("/{grant_id}/revocation", raises=[RulesViolated])
async def revoke_grant(grant_id: GrantId, ctx: Ctx) -> GrantOut:
    """Revoke a grant, at once: the client reads nothing of the campaign any more. Its answers stay. Office only."""
    await grants.revoke(ctx, grant_id)
    return await GrantOut.read(ctx, grant_id)
