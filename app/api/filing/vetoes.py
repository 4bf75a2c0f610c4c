"""The veto list of an application over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from app.api.filing.applications import ApplicationId, Label
from app.api.http.dependencies import Ctx, Reads
from app.api.http.output import Instant, Out
from app.api.http.routing import Router
from app.context import View
from app.problems import RulesViolated, WrongState
from app.rows import values_of
from app.services.filing import vetoes
from app.services.filing.vetoes import AnswerRow, VetoAnswers
from app.services.policies.filing.veto_settings import MOST_VETOES, VetoItem

router = Router("/applications/{application_id}", tags=["checks"], in_a_seat=True)


OPEN = {"found": False, "reason": None, "answered_at": None, "answered_by": None}
"""The members of an answer that is not given yet."""


class VetoOut(Out):
    """An item of the veto list with its answer; while it is open, `answered_at` is null."""

    code: str = Field(description="Its code in the campaign's settings.", max_length=40, examples=["accident"])
    name: Label = Field(description="名称", examples=["发生重大安全事故"])
    name_en: Label = Field(description="Name in English; empty for none.", examples=["Serious accident"])
    description: str = Field(
        description="认定标准", max_length=500, examples=["近两年内发生较大以上安全生产责任事故。"]
    )
    found: bool = Field(description="True if it was found; false if not, or while it is open.", examples=[True])
    reason: Annotated[str, Field(max_length=500)] | None = Field(
        description="Ground of the answer.", examples=["区应急局通报。"]
    )
    answered_at: Instant | None = Field(description="Time of the answer.")
    answered_by: Label | None = Field(description="By whom.", examples=["张弓"])

    @classmethod
    def of(cls, item: VetoItem, answer: AnswerRow | None) -> Self:
        answered = values_of(answer) if answer else OPEN
        return cls(**answered | item.model_dump())


class VetoesOut(Out):
    """The veto list of an application: every item of its campaign, in its order, with the answer about what is on file.

    It is empty where the campaign has none.
    """

    application_id: UUID = Field(description="The application.")
    items: list[VetoOut] = Field(description="The items.", max_length=MOST_VETOES)

    @classmethod
    async def read(cls, view: View, application_id: UUID) -> Self:
        record = await vetoes.read(view, application_id)
        items = [VetoOut.of(item, record.answers.get(item.code)) for item in record.items]
        return cls(application_id=record.application_id, items=items)


@router.get("/vetoes")
async def read_vetoes(application_id: ApplicationId, view: Reads) -> VetoesOut:
    """Read the veto list (负面清单) of a filed application: every item, with its answer. Office only."""
    return await VetoesOut.read(view, application_id)


@router.post("/veto-answers", raises=[WrongState, RulesViolated])
async def answer_vetoes(application_id: ApplicationId, body: VetoAnswers, ctx: Ctx) -> VetoesOut:
    """Answer items of the veto list about a filed or an accepted application. Office only.

    It is accepted once every item is answered and none was found; an item that was found becomes a reason of a
    disqualification or a correction, by its code. One that is found after the acceptance keeps the case out of
    rounds, awards and nominations until it is disqualified or corrected; an award that is published is revoked.
    An answer is about what is on file: what is filed again is gone through again. No one else reads the answers.
    """
    await vetoes.answer(ctx, application_id, body)
    return await VetoesOut.read(ctx, application_id)
