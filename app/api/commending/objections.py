"""Objections over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.commending.commendations import CommendationId
from app.api.http.dependencies import Chosen, Ctx, Limits, Once, Paging, Reads, filtered_by
from app.api.http.output import Action, CountedPage, Instant, Out, ResourceId, VersionTag, actions_of, row_actions_of
from app.api.http.routing import Router
from app.context import View
from app.models.enums import ObjectionStatus, Role
from app.problems import RulesViolated, WrongState
from app.services.commending import objections
from app.services.commending.objections import ObjectionAnswer, ObjectionCreate
from app.services.policies.commending import objections as policy

router = Router(tags=["objections"])
Filters = Annotated[Chosen, filtered_by(objections.FILTERS)]
ObjectionId = Annotated[UUID, Path(description="The objection.")]
Label = Annotated[str, Field(max_length=200)]
Prose = Annotated[str, Field(max_length=5000)]


class ObjectionSummary(Out):
    """An objection (异议) in a list."""

    id: ResourceId
    etag: VersionTag
    commendation_id: UUID = Field(description="The commendation.")
    award_id: UUID = Field(description="The award that is objected to.")
    award_name: Label = Field(
        description="品牌名称, or the name of the committee, the unit or the person.", examples=["“红马甲”邻里互助站"]
    )
    status: ObjectionStatus = Field(description="State.")
    raised_at: Instant = Field(description="Time at which it was raised.")
    raised_by_name: Label = Field(description="Name of the account that raised it.", examples=["龙华社区联络员"])
    raised_by_role: Role = Field(description="The role of that account.")
    on_behalf_of: Label | None = Field(
        description="Name of the objector, if the office recorded it for somebody; null otherwise.", examples=[None]
    )
    answered_at: Instant | None = Field(description="Time of the answer; null before.")
    actions: dict[str, Action] | None = row_actions_of(policy.ACTS)


class ObjectionOut(ObjectionSummary):
    """An objection and its answer."""

    text: Prose = Field(
        description="The objection and its reasons.", examples=["该案例的受益人数与实际不符，附社区台账。"]
    )
    answer: Prose | None = Field(
        description="Answer of the office; null before.", examples=["经核查台账与现场走访，申报数据属实。"]
    )
    actions: dict[str, Action] = actions_of(policy.ACTS, note=" The office's alone.")

    @classmethod
    async def read(cls, view: View, objection_id: UUID) -> Self:
        record = await objections.read(view, objection_id)
        return cls.with_actions(record, view.language)


class ObjectionPage(CountedPage[ObjectionSummary]):
    """One page of objections, oldest first."""


@router.get("/commendations/{commendation_id}/objections", offers=objections.offered)
async def list_objections(
    commendation_id: CommendationId, view: Reads, filters: Filters, page: Paging
) -> ObjectionPage:
    """List the objections to a commendation's awards, oldest first: the office all, everybody else their own."""
    found = await objections.search(view, commendation_id, **filters, **page.binds)
    return ObjectionPage.of(found, [ObjectionSummary.model_validate(row) for row in found.rows])


@router.post(
    "/commendations/{commendation_id}/objections",
    status_code=201,
    location="/objections/{out.id}",
    raises=[WrongState, RulesViolated],
)
async def create_objection(
    commendation_id: CommendationId, body: ObjectionCreate, ctx: Once, most: Limits
) -> ObjectionOut:
    """Object to an award while it is publicised: every signed-in person, for themselves, until the window ends.

    The office may also record what somebody else objects, and until publication, because letters arrive late. The
    award is held until the office has answered; nobody but the office and you learns of it.
    """
    return await ObjectionOut.read(ctx, await objections.lodge(ctx, commendation_id, body, most))


@router.get("/objections/{objection_id}")
async def read_objection(objection_id: ObjectionId, view: Reads) -> ObjectionOut:
    """Read an objection and, once there is one, its answer: the office any, everybody else their own."""
    return await ObjectionOut.read(view, objection_id)


@router.post("/objections/{objection_id}/answer", raises=[WrongState, RulesViolated])
async def answer_objection(objection_id: ObjectionId, body: ObjectionAnswer, ctx: Ctx) -> ObjectionOut:
    """Answer an objection, once. Office only.

    Rejected, the award is released as soon as no other objection holds it; upheld, it is dropped and no longer public.
    """
    await objections.answer(ctx, objection_id, body)
    return await ObjectionOut.read(ctx, objection_id)
