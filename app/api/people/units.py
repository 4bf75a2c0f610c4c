"""Units over HTTP."""

from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from app.api.http.dependencies import Ctx, IfMatch, Paging, Reads
from app.api.http.output import ETag, Instant, Out, Page, ResourceId, created, etag, tagged
from app.api.http.problems import problems
from app.context import View
from app.database import Row
from app.inputs import Name
from app.models.enums import HonourLevel
from app.problems import Forbidden, IfMatchRequired, NotFound, RulesViolated, StaleVersion, WrongState
from app.services.people import units
from app.services.people.committees import CommitteeName
from app.services.people.units import UnitChange, UnitCreate, UnitName

router = APIRouter(prefix="/units", tags=["units"])
UnitId = Annotated[UUID, Path(description="The unit.")]


class UnitOut(Out):
    """A civilized unit (文明单位) under its committee."""

    id: ResourceId
    etag: ETag
    committee_id: UUID = Field(description="Its committee, for good.")
    committee_name: CommitteeName
    name: UnitName
    honour_level: HonourLevel = Field(description="文明单位称号级别")
    credit_code: str | None = Field(
        description="统一社会信用代码; null where it has none.", max_length=18, examples=["91350100M000100Y43"]
    )
    retired: bool = Field(description="Whether it counts as retired: itself, or its committee.", examples=[False])
    retired_at: Instant | None = Field(description="When it was retired itself; null otherwise.", examples=[None])
    created_at: Instant = Field(description="When it was registered.")
    updated_at: Instant = Field(description="When it was last changed.")

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(etag=etag(row["version"]), **row)


class UnitPage(Page[UnitOut]):
    """One page of units, oldest first."""


async def _shown(view: View, response: Response, unit_id: UUID) -> UnitOut:
    out = UnitOut.of(await units.read(view, unit_id))
    tagged(response, out.etag)
    return out


@router.get("")
async def list_units(  # noqa: PLR0917  # one parameter per typed filter
    view: Reads,
    page: Paging,
    committee_id: Annotated[UUID | None, Query(description="Only of this committee.")] = None,
    honour_level: Annotated[list[HonourLevel] | None, Query(description="Only of these levels.", max_length=4)] = None,
    retired: Annotated[
        bool | None,
        Query(description="Only those that count as retired (true), themselves or their committee; or the others."),
    ] = None,
    q: Annotated[Name | None, Query(description="In the name or the credit code.")] = None,
) -> UnitPage:
    """List the units you may see, oldest first: the office all, a committee its own, a unit itself."""
    filters: dict[str, Any] = {"committee_id": committee_id, "honour_levels": honour_level, "retired": retired, "q": q}
    found = await units.search(view, **filters, **page.binds)
    return UnitPage.of(found, [UnitOut.of(row) for row in found.rows])


@router.post("", status_code=201, responses=problems(Forbidden, RulesViolated))
async def create_unit(body: UnitCreate, ctx: Ctx, response: Response) -> UnitOut:
    """Register a unit: the office under any committee, a committee under itself.

    It stays under that committee; one that really moves is retired here and registered there.
    """
    unit_id = await units.register(ctx, body)
    created(response, f"/api/v1/units/{unit_id}")
    return await _shown(ctx, response, unit_id)


@router.get("/{unit_id}", responses=problems(NotFound))
async def read_unit(unit_id: UnitId, view: Reads, response: Response) -> UnitOut:
    """Read a unit."""
    return await _shown(view, response, unit_id)


@router.patch(
    "/{unit_id}", responses=problems(Forbidden, NotFound, WrongState, RulesViolated, StaleVersion, IfMatchRequired)
)
async def update_unit(unit_id: UnitId, body: UnitChange, version: IfMatch, ctx: Ctx, response: Response) -> UnitOut:
    """Change a unit (JSON Merge Patch): what is named is set, null clears, the rest stays. Office and its committee.

    A change that changes nothing leaves the ETag as it is.
    """
    await units.edit(ctx, unit_id, body, version)
    return await _shown(ctx, response, unit_id)


@router.post("/{unit_id}/retirement", responses=problems(Forbidden, NotFound, WrongState))
async def retire_unit(unit_id: UnitId, ctx: Ctx, response: Response) -> UnitOut:
    """Retire a unit: it begins nothing new, and what it has done stays. Office and its committee."""
    await units.retire(ctx, unit_id)
    return await _shown(ctx, response, unit_id)


@router.delete(
    "/{unit_id}/retirement", responses=problems(Forbidden, NotFound, WrongState, StaleVersion, IfMatchRequired)
)
async def reinstate_unit(unit_id: UnitId, version: IfMatch, ctx: Ctx, response: Response) -> UnitOut:
    """Reinstate a retired unit; it takes part as soon as its committee does. Office and its committee."""
    await units.reinstate(ctx, unit_id, version)
    return await _shown(ctx, response, unit_id)
