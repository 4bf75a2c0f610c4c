"""Committees over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Chosen, Ctx, IfMatch, Paging, Reads, filtered_by
from app.api.http.output import Action, Instant, Out, Page, ResourceId, VersionTag, actions_of, row_actions_of
from app.api.http.routing import Router
from app.context import View
from app.problems import RulesViolated, WrongState
from app.services.people import committees
from app.services.people.committees import CommitteeChange, CommitteeCode, CommitteeCreate, CommitteeName
from app.services.policies.people import committees as policy
from app.services.policies.people.vocabularies import CommitteeKind

router = Router("/committees", tags=["committees"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(committees.FILTERS)]
CommitteeId = Annotated[UUID, Path(description="The committee.")]
Label = Annotated[str, Field(max_length=100)]


class CommitteeSummary(Out):
    """A Party committee (党（工）委), who leads its work, and whom to ring."""

    id: ResourceId
    etag: VersionTag
    code: CommitteeCode
    name: CommitteeName
    kind: CommitteeKind
    direct: bool = Field(
        description="True if it is no committee, and stands for the units that none stands above (直属单位): there "
        "the office acts, no plan is owed, and it is not ranked.",
        examples=[False],
    )
    leader_name: Label | None = Field(description="主管领导; null while nobody is named.", examples=["李文博"])
    leader_title: Label | None = Field(description="主管领导职务", examples=["党工委副书记"])
    liaison_name: Label | None = Field(description="专门人员（联络员）", examples=["张静"])
    liaison_phone: Label | None = Field(description="联络员电话", examples=["0315-3724062"])
    retired_at: Instant | None = Field(
        description="Time at which it was retired; null while it takes part.", examples=[None]
    )
    successor_id: UUID | None = Field(
        description="The committee into which it was merged, and which stands for it; null otherwise.", examples=[None]
    )
    created_at: Instant = Field(description="Time of registration.")
    updated_at: Instant = Field(description="Time of the last change.")
    actions: dict[str, Action] | None = row_actions_of(policy.ACTS)


class FormerNameOut(Out):
    """A former name (曾用名)."""

    name: Label = Field(description="曾用名", examples=["乔屯乡党委"])
    since: Instant | None = Field(
        description="Time at which it took the place of another; of the first name, the registration here, or null "
        "where it ended before that.",
        examples=["2014-03-03T01:00:00Z"],
    )
    until: Instant = Field(
        description="Time at which another name took its place: the beginning of the day named by `effective_on`, in "
        "Chinese time, or the time of the change."
    )


FormerNames = Annotated[list[FormerNameOut], Field(description="曾用名, the latest first.", max_length=1000)]


class CommitteeOut(CommitteeSummary):
    """A committee, the names it had, and what may be done with it now."""

    former_names: FormerNames

    actions: dict[str, Action] = actions_of(policy.ACTS)

    @classmethod
    async def read(cls, view: View, committee_id: UUID) -> Self:
        record = await committees.read(view, committee_id)
        return cls.with_actions(record, view.language)


class CommitteePage(Page[CommitteeSummary]):
    """One page of committees, oldest first."""


@router.get("", offers=committees.offered)
async def list_committees(view: Reads, filters: Filters, page: Paging) -> CommitteePage:
    """List the committees you may see, oldest first: the office all, a committee itself, a unit its own committee."""
    found = await committees.search(view, **filters, **page.binds)
    return CommitteePage.of(found, [CommitteeSummary.model_validate(row) for row in found.rows])


@router.post("", status_code=201, raises=[RulesViolated])
async def create_committee(body: CommitteeCreate, ctx: Ctx) -> CommitteeOut:
    """Register a committee, under the given code or the next free one of C01, C02, ….

    The code becomes part of application numbers and therefore never changes. Office only.
    """
    return await CommitteeOut.read(ctx, await committees.register(ctx, body))


@router.get("/{committee_id}")
async def read_committee(committee_id: CommitteeId, view: Reads) -> CommitteeOut:
    """Read a committee. The liaison's phone is visible to the office, to the committee and to its units."""
    return await CommitteeOut.read(view, committee_id)


@router.patch("/{committee_id}", raises=[WrongState, RulesViolated])
async def update_committee(
    committee_id: CommitteeId, body: CommitteeChange, version: IfMatch, ctx: Ctx
) -> CommitteeOut:
    """Change a committee (JSON Merge Patch): what is named is set, null clears, the rest stays.

    The office may change everything but the code; a committee its own leader and liaison, while it is not retired.
    A change that changes nothing leaves the ETag as it is.
    """
    await committees.edit(ctx, committee_id, body, version)
    return await CommitteeOut.read(ctx, committee_id)


@router.post("/{committee_id}/retirement", raises=[WrongState])
async def retire_committee(committee_id: CommitteeId, ctx: Ctx) -> CommitteeOut:
    """Retire a committee: neither it nor any of its units begins anything new.

    All its units count as retired with it. What they have done stays, and their accounts go on reading it: disable
    them one by one where that is not wished. Office only.
    """
    await committees.retire(ctx, committee_id)
    return await CommitteeOut.read(ctx, committee_id)


@router.delete("/{committee_id}/retirement", raises=[WrongState, RulesViolated])
async def reinstate_committee(committee_id: CommitteeId, version: IfMatch, ctx: Ctx) -> CommitteeOut:
    """Reinstate a retired committee, and with it those of its units that were not retired themselves. Office only."""
    await committees.reinstate(ctx, committee_id, version)
    return await CommitteeOut.read(ctx, committee_id)
