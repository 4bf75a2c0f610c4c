"""Exemptions over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Chosen, Ctx, Paging, Reads, filtered_by
from app.api.http.output import Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.context import View
from app.models.enums import LimitKind
from app.problems import RulesViolated, WrongState
from app.services.filing import exemptions
from app.services.filing.exemptions import ExemptionCreate, ExemptionRevocation

router = Router("/exemptions", tags=["exemptions"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(exemptions.FILTERS)]
ExemptionId = Annotated[UUID, Path(description="The exemption.")]
Label = Annotated[str, Field(max_length=200)]
Why = Annotated[str, Field(max_length=500)]


class ExemptionOut(Out):
    """A looser limit for one committee, or for one application of it."""

    id: ResourceId
    campaign_id: UUID = Field(description="The campaign.")
    committee_id: UUID = Field(description="The committee it is for, or whose application it is for.")
    committee_name: Label = Field(description="党（工）委", examples=["区委政法委"])
    application_id: UUID | None = Field(
        description="The one application it is for; null when for the whole committee.", examples=[None]
    )
    application_number: str | None = Field(description="申报编号 of that application.", max_length=40, examples=[None])
    limit: LimitKind = Field(description="Limit that is loosened.", validation_alias="kind", examples=["minimum_filed"])
    value: int = Field(description="The figure that holds for it.", ge=0, le=100_000, examples=[1])
    reason: Why = Field(description="Reason of the exemption.", examples=["该工委所属文明单位仅一家。"])
    active: bool = Field(description="Not revoked.", examples=[True])
    granted_at: Instant = Field(description="Time at which it was granted.")
    granted_by: Label | None = Field(description="By whom; visible to the office alone.", examples=["张弓"])
    revoked_at: Instant | None = Field(
        description="Time of the revocation; null while it is in force.", examples=[None]
    )
    revoked_by: Label | None = Field(description="By whom; visible to the office alone.", examples=[None])
    revocation_reason: Why | None = Field(description="Reason of the revocation.", examples=[None])

    @classmethod
    async def read(cls, view: View, exemption_id: UUID) -> Self:
        return cls.model_validate(await exemptions.read(view, exemption_id))


class ExemptionPage(Page[ExemptionOut]):
    """One page of exemptions, oldest first."""


@router.get("")
async def list_exemptions(view: Reads, filters: Filters, page: Paging) -> ExemptionPage:
    """List the exemptions you may see, oldest first; a revoked one stays listed.

    The office sees all, a committee its own, a unit those that its own applications profit from.
    """
    found = await exemptions.search(view, **filters, **page.binds)
    return ExemptionPage.of(found, [ExemptionOut.model_validate(row) for row in found.rows])


@router.post("", status_code=201, raises=[WrongState, RulesViolated])
async def create_exemption(body: ExemptionCreate, ctx: Ctx) -> ExemptionOut:
    """Loosen a limit (特批) for a committee, or for one application the office can see, with a reason. Office only.

    It must be looser than the figure that holds for it now; the campaign must be published. From then on every rule
    and every sentence uses this figure for it. A limit of its programme is loosened in all campaigns of that.
    """
    return await ExemptionOut.read(ctx, await exemptions.grant(ctx, body))


@router.get("/{exemption_id}")
async def read_exemption(exemption_id: ExemptionId, view: Reads) -> ExemptionOut:
    """Read an exemption: its holder, limit, figure, reason, and revocation."""
    return await ExemptionOut.read(view, exemption_id)


@router.post("/{exemption_id}/revocation", raises=[RulesViolated])
async def revoke_exemption(exemption_id: ExemptionId, body: ExemptionRevocation, ctx: Ctx) -> ExemptionOut:
    """Revoke an exemption, with the reason. What was done while it stood stays done. Office only."""
    await exemptions.revoke(ctx, exemption_id, body)
    return await ExemptionOut.read(ctx, exemption_id)
