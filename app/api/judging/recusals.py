"""Keeping away (回避) over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Chosen, Ctx, Paging, Reads, filtered_by
from app.api.http.output import Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.api.judging.cases import CaseId
from app.context import View
from app.models.enums import RecusalKind
from app.problems import RulesViolated, WrongState
from app.services.judging import recusals
from app.services.judging.recusals import CaseRecusal, InterestDeclaration, RecusalCreate, RecusalLifting

router = Router(tags=["recusals"], in_a_seat=True)
Filters = Annotated[Chosen, filtered_by(recusals.FILTERS)]
URL = "/recusals"
RecusalId = Annotated[UUID, Path(description="The recusal.")]
Label = Annotated[str, Field(max_length=200)]
Why = Annotated[str, Field(max_length=500)]


class RecusalOut(Out):
    """A recusal. Reviewers see it without anything that would reveal the origin of a case."""

    id: ResourceId
    reviewer_id: UUID = Field(description="The reviewer, by account.")
    reviewer_name: Label = Field(description="评委", examples=["赵敏"])
    kind: RecusalKind = Field(description="Kind of the recusal.")
    application_id: UUID | None = Field(description="The one application; office only.", examples=[None])
    application_number: Label | None = Field(description="申报编号; office only.", examples=[None])
    unit_id: UUID | None = Field(
        description="The unit; office only.", examples=["0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"]
    )
    committee_id: UUID | None = Field(description="The committee; office only.", examples=[None])
    organisation_name: Label | None = Field(
        description="Name of the unit or committee; null for a single case.", examples=["乔屯街道龙华社区"]
    )
    reason: Why = Field(description="Reason.", examples=["本人曾在该社区任职。"])
    made_at: Instant = Field(description="Time of the record.")
    made_by: Label | None = Field(description="By whom; office only.", examples=["赵敏"])
    lifted_at: Instant | None = Field(description="Time at which it was lifted; null while it counts.", examples=[None])
    lifted_by: Label | None = Field(description="By whom; office only.", examples=[None])
    lifting_reason: Why | None = Field(description="Reason of the lifting; office only.", examples=[None])

    @classmethod
    async def read(cls, view: View, recusal_id: UUID) -> Self:
        return cls.model_validate(await recusals.read(view, recusal_id))


class RecusalPage(Page[RecusalOut]):
    """One page of recusals, oldest first."""


class DeclarationOut(Out):
    """Recusals that a declaration recorded: one for each organisation of that name."""

    recusals: list[RecusalOut] = Field(description="Those that were recorded now.", max_length=1000)


@router.get(URL)
async def list_recusals(view: Reads, filters: Filters, page: Paging) -> RecusalPage:
    """List who keeps away from what, oldest first; a lifted one stays listed.

    The office sees all. Reviewers see what they declared and what they abstained from, and nothing else.
    """
    found = await recusals.search(view, **filters, **page.binds)
    return RecusalPage.of(found, [RecusalOut.model_validate(row) for row in found.rows])


@router.post(URL, status_code=201, raises=[RulesViolated])
async def create_recusal(body: RecusalCreate, ctx: Ctx) -> RecusalOut:
    """Recuse a reviewer from one application, from a unit's, or from a committee's. Office only.

    What the reviewer was given of it is withdrawn at once, in every round that is not closed; a review handed in counts
    no longer. The reviewer sees neither this nor the reason.
    """
    return await RecusalOut.read(ctx, await recusals.recuse(ctx, body))


@router.get(URL + "/{recusal_id}")
async def read_recusal(recusal_id: RecusalId, view: Reads) -> RecusalOut:
    """Read a recusal: who keeps away from what, and whether it still counts."""
    return await RecusalOut.read(view, recusal_id)


@router.post(URL + "/{recusal_id}/lifting", raises=[RulesViolated])
async def lift_recusal(recusal_id: RecusalId, body: RecusalLifting, ctx: Ctx) -> RecusalOut:
    """Lift a recusal, with the reason: the reviewer may be given such cases again. Office only.

    Assignments that it ended stay withdrawn.
    """
    await recusals.lift(ctx, recusal_id, body)
    return await RecusalOut.read(ctx, recusal_id)


@router.post("/interests", status_code=201, location="/recusals/{out.recusals[0].id}", raises=[RulesViolated])
async def declare_interest(body: InterestDeclaration, ctx: Ctx) -> DeclarationOut:
    """Declare a tie with a unit or a committee, by its exact name. Reviewers only.

    You will not be given its cases, and those you have leave your list. Where several have the name, all are meant.
    """
    ids = await recusals.declare(ctx, body)
    return DeclarationOut(recusals=[await RecusalOut.read(ctx, each) for each in ids])


@router.post("/cases/{case_id}/recusal", status_code=201, location="/recusals/{out.id}", raises=[WrongState])
async def recuse_from_case(case_id: CaseId, body: CaseRecusal, ctx: Ctx) -> RecusalOut:
    """Keep away from a case you were given: declare a tie, or abstain. Reviewers only, while the round is open.

    The case leaves your list, and a review of yours counts no longer.
    """
    return await RecusalOut.read(ctx, await recusals.keep_away_from_case(ctx, case_id, body))
