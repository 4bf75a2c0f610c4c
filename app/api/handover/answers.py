"""Answers to a nomination over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response
from pydantic import Field

from app.api.handover.nominations import NominationId
from app.api.http.dependencies import Ctx, Paging, Reads
from app.api.http.output import Digest, Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.models.enums import AnswerKind
from app.problems import RulesViolated
from app.services.handover import answers
from app.services.handover.answers import AnswerCreate

router = Router("/nominations/{nomination_id}/answers", tags=["nominations"])
AnswerId = Annotated[UUID, Path(description="The answer.")]


class AnswerOut(Out):
    """Answer of the municipal office to a nomination."""

    id: ResourceId
    nomination_id: UUID = Field(description="The nomination.")
    reference: str = Field(
        description="The municipal system's own id of it.", max_length=100, examples=["TS-2015-0031-1"]
    )
    kind: AnswerKind = Field(description="Kind of the answer.")
    payload_digest: Digest = Field(description="The payload it is about.")
    text: str = Field(description="说明, or the reasons of a return.", max_length=2000, examples=["材料齐全，已受理。"])
    result: str | None = Field(description="评定结果; null unless it is decided.", max_length=200, examples=[None])
    answered_at: Instant = Field(description="Time of its arrival.")


class AnswerPage(Page[AnswerOut]):
    """One page of answers, in the order in which they came."""


@router.get("")
async def list_answers(nomination_id: NominationId, view: Reads, page: Paging) -> AnswerPage:
    """List what the municipal office answered to a nomination, oldest first."""
    found = await answers.search(view, nomination_id, **page.binds)
    return AnswerPage.of(found, [AnswerOut.model_validate(row) for row in found.rows])


@router.post(
    "",
    status_code=201,
    raises=[RulesViolated],
    responses={200: {"model": AnswerOut, "description": "The answer was given before: this is the stored one."}},
)
async def create_answer(nomination_id: NominationId, body: AnswerCreate, ctx: Ctx, response: Response) -> AnswerOut:
    """Answer a nomination: received, returned with reasons, accepted, or decided with a result. Municipal office only.

    `reference` makes it safe to repeat: the same answer again is answered with 200 and has no second effect; another
    one under the same reference is refused. `payload_digest` names the content that is answered. What comes late or
    out of order is kept and moves nothing back: `received` after `accepted`, anything after `decided`.
    """
    answer_id, new = await answers.give(ctx, nomination_id, body)
    response.status_code = 201 if new else 200
    return AnswerOut.model_validate(await answers.read(ctx, nomination_id, answer_id))


@router.get("/{answer_id}")
async def read_answer(nomination_id: NominationId, answer_id: AnswerId, view: Reads) -> AnswerOut:
    """Read one answer."""
    return AnswerOut.model_validate(await answers.read(view, nomination_id, answer_id))
