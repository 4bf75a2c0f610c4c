"""Committees over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from app.api.http.dependencies import Ctx, IfMatch, Paging, Reads
from app.api.http.output import ETag, Instant, Out, Page, ResourceId, created, etag, tagged
from app.api.http.problems import problems
from app.context import View
from app.database import Row
from app.inputs import Name
from app.models.enums import CommitteeKind
from app.problems import Forbidden, IfMatchRequired, NotFound, RulesViolated, StaleVersion, WrongState
from app.services.people import committees
from app.services.people.committees import CommitteeChange, CommitteeCode, CommitteeCreate, CommitteeName

router = APIRouter(prefix="/committees", tags=["committees"])
CommitteeId = Annotated[UUID, Path(description="The committee.")]
Told = Annotated[str, Field(max_length=100)]


class CommitteeOut(Out):
    """A Party committee (党（工）委), who leads its work, and whom to ring."""

    id: ResourceId
    etag: ETag
    code: CommitteeCode
    name: CommitteeName
    kind: CommitteeKind = Field(description="类别")
    leader_name: Told | None = Field(description="主管领导; null while nobody is named.", examples=["李文博"])
    leader_title: Told | None = Field(description="主管领导职务", examples=["党工委副书记"])
    liaison_name: Told | None = Field(description="专门人员（联络员）", examples=["张静"])
    liaison_phone: Told | None = Field(description="联络员电话", examples=["0315-3724062"])
    retired_at: Instant | None = Field(description="When it was retired; null while it takes part.", examples=[None])
    created_at: Instant = Field(description="When it was registered.")
    updated_at: Instant = Field(description="When it was last changed.")

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(etag=etag(row["version"]), **row)


class CommitteePage(Page[CommitteeOut]):
    """One page of committees, oldest first."""


async def _shown(view: View, response: Response, committee_id: UUID) -> CommitteeOut:
    out = CommitteeOut.of(await committees.read(view, committee_id))
    tagged(response, out.etag)
    return out


@router.get("")
async def list_committees(
    view: Reads,
    page: Paging,
    kind: Annotated[CommitteeKind | None, Query(description="Only of this kind.")] = None,
    retired: Annotated[bool | None, Query(description="Only retired ones (true), or only the others (false).")] = None,
    q: Annotated[Name | None, Query(description="In the name or the code, whatever the case of its letters.")] = None,
) -> CommitteePage:
    """List the committees you may see, oldest first: the office all, a committee itself, a unit its own committee."""
    found = await committees.search(view, kind=kind, retired=retired, q=q, **page.binds)
    return CommitteePage.of(found, [CommitteeOut.of(row) for row in found.rows])


@router.post("", status_code=201, responses=problems(Forbidden, RulesViolated))
async def create_committee(body: CommitteeCreate, ctx: Ctx, response: Response) -> CommitteeOut:
    """Register a committee, under the given code or the next free one of C01, C02, ….

    The code becomes part of application numbers and therefore never changes. Office only.
    """
    committee_id = await committees.register(ctx, body)
    created(response, f"/api/v1/committees/{committee_id}")
    return await _shown(ctx, response, committee_id)


@router.get("/{committee_id}", responses=problems(NotFound))
async def read_committee(committee_id: CommitteeId, view: Reads, response: Response) -> CommitteeOut:
    """Read a committee. The liaison's phone is told to the office, to the committee and to its units."""
    return await _shown(view, response, committee_id)


@router.patch(
    "/{committee_id}",
    responses=problems(Forbidden, NotFound, WrongState, RulesViolated, StaleVersion, IfMatchRequired),
)
async def update_committee(
    committee_id: CommitteeId, body: CommitteeChange, version: IfMatch, ctx: Ctx, response: Response
) -> CommitteeOut:
    """Change a committee (JSON Merge Patch): what is named is set, null clears, the rest stays.

    The office may change everything but the code; a committee its own leader and liaison, while it is not retired.
    A change that changes nothing leaves the ETag as it is.
    """
    await committees.edit(ctx, committee_id, body, version)
    return await _shown(ctx, response, committee_id)


@router.post("/{committee_id}/retirement", responses=problems(Forbidden, NotFound, WrongState))
async def retire_committee(committee_id: CommitteeId, ctx: Ctx, response: Response) -> CommitteeOut:
    """Retire a committee: neither it nor any of its units begins anything new.

    All its units count as retired with it. What they have done stays, and their accounts go on reading it: disable
    them one by one where that is not wished. Office only.
    """
    await committees.retire(ctx, committee_id)
    return await _shown(ctx, response, committee_id)


@router.delete(
    "/{committee_id}/retirement",
    responses=problems(Forbidden, NotFound, WrongState, StaleVersion, IfMatchRequired),
)
async def reinstate_committee(
    committee_id: CommitteeId, version: IfMatch, ctx: Ctx, response: Response
) -> CommitteeOut:
    """Reinstate a retired committee, and with it those of its units that were not retired themselves. Office only."""
    await committees.reinstate(ctx, committee_id, version)
    return await _shown(ctx, response, committee_id)
