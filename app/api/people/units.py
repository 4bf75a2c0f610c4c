"""Units over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Chosen, Ctx, IfMatch, Limits, Paging, Reads, filtered_by
from app.api.http.output import Action, Instant, Out, Page, ResourceId, VersionTag, actions_of, row_actions_of
from app.api.http.routing import Router
from app.api.people.committees import FormerNames
from app.context import View
from app.models.enums import CreditCodeDoubt
from app.problems import RulesViolated, WrongState
from app.services.people import units
from app.services.people.committees import CommitteeName
from app.services.people.units import UnitChange, UnitCreate, UnitName
from app.services.policies.people import units as policy
from app.services.policies.people.vocabularies import HonourLevel

router = Router("/units", tags=["units"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(units.FILTERS)]
UnitId = Annotated[UUID, Path(description="The unit.")]


class UnitSummary(Out):
    """A civilized unit (文明单位) under its committee."""

    id: ResourceId
    etag: VersionTag
    committee_id: UUID = Field(description="Its committee at present.")
    committee_name: CommitteeName
    direct: bool = Field(
        description="直属: true if no committee stands above it, and the office acts in the place of one.",
        examples=[False],
    )
    name: UnitName
    honour_level: HonourLevel
    credit_code: str | None = Field(
        description="统一社会信用代码; null where it has none.", max_length=18, examples=["91350100M000100Y43"]
    )
    credit_code_doubt: CreditCodeDoubt | None = Field(
        description="Doubt about the code; null when there is none, or the office has confirmed the code.",
        examples=[None],
    )
    retired: bool = Field(description="True if it or its committee is retired.", examples=[False])
    retired_at: Instant | None = Field(
        description="Time at which it was retired itself; null otherwise.", examples=[None]
    )
    created_at: Instant = Field(description="Time of registration.")
    updated_at: Instant = Field(description="Time of the last change.")
    actions: dict[str, Action] | None = row_actions_of(policy.ACTS)


class UnitOut(UnitSummary):
    """A unit, the names it had, and what may be done with it now."""

    former_names: FormerNames

    actions: dict[str, Action] = actions_of(policy.ACTS)

    @classmethod
    async def read(cls, view: View, unit_id: UUID) -> Self:
        record = await units.read(view, unit_id)
        return cls.with_actions(record, view.language)


class UnitPage(Page[UnitSummary]):
    """One page of units, oldest first."""


@router.get("", offers=units.offered)
async def list_units(view: Reads, filters: Filters, page: Paging) -> UnitPage:
    """List the units you may see, oldest first: the office all, a committee its own, a unit itself."""
    found = await units.search(view, **filters, **page.binds)
    return UnitPage.of(found, [UnitSummary.model_validate(row) for row in found.rows])


@router.post("", status_code=201, raises=[RulesViolated])
async def create_unit(body: UnitCreate, ctx: Ctx, most: Limits) -> UnitOut:
    """Register a unit: the office under any committee, a committee under itself.

    For a unit that no committee stands above (直属单位) the office writes `"committee_id": null`. It then belongs to
    the one `direct` committee, which is none: its seat of `GET /seats` (`Act-For`) is the office's, to seal and file
    what such units submit, one being enough and no plan owed.

    One that changes its committee is moved (`POST /units/{unit_id}/move`) and stays the same unit.
    """
    return await UnitOut.read(ctx, await units.register(ctx, body, most))


@router.get("/{unit_id}")
async def read_unit(unit_id: UnitId, view: Reads) -> UnitOut:
    """Read a unit."""
    return await UnitOut.read(view, unit_id)


@router.patch("/{unit_id}", raises=[WrongState, RulesViolated])
async def update_unit(unit_id: UnitId, body: UnitChange, version: IfMatch, ctx: Ctx) -> UnitOut:
    """Change a unit (JSON Merge Patch): what is named is set, null clears, the rest stays. Office and its committee.

    A change that changes nothing leaves the ETag as it is.
    """
    await units.edit(ctx, unit_id, body, version)
    return await UnitOut.read(ctx, unit_id)


@router.post("/{unit_id}/credit-code-confirmation", raises=[WrongState, RulesViolated])
async def confirm_credit_code(unit_id: UnitId, ctx: Ctx) -> UnitOut:
    """Confirm that a doubtful credit code is the one in use: the advice on it ends. Office only."""
    await units.confirm_credit_code(ctx, unit_id)
    return await UnitOut.read(ctx, unit_id)


@router.post("/{unit_id}/retirement", raises=[WrongState])
async def retire_unit(unit_id: UnitId, ctx: Ctx) -> UnitOut:
    """Retire a unit: it begins nothing new, and what it has done stays. Office and its committee."""
    await units.retire(ctx, unit_id)
    return await UnitOut.read(ctx, unit_id)


@router.delete("/{unit_id}/retirement", raises=[WrongState, RulesViolated])
async def reinstate_unit(unit_id: UnitId, version: IfMatch, ctx: Ctx) -> UnitOut:
    """Reinstate a retired unit; it takes part as soon as its committee does. Office and its committee."""
    await units.reinstate(ctx, unit_id, version)
    return await UnitOut.read(ctx, unit_id)
