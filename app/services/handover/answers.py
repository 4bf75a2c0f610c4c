"""Answers of the municipal office to a nomination: each under its own reference, kept once however often it comes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import Text, bindparam, select

from app.context import ACTOR_ID, Context, View
from app.database import Query, bound_id
from app.inputs import Input, Line, Prose
from app.models import Answer, Nomination
from app.models.enums import AnswerKind, Role
from app.problems import NotFound
from app.rows import row_type, values_of
from app.services.filing.visibility import NOMINATION_READABLE
from app.services.handover import nominations
from app.services.history import change, move
from app.services.pages import Listing, Page
from app.services.policies import refuse, require_role
from app.services.policies.handover import answers as policy
from app.services.policies.handover.nominations import ANSWERED, moved_by

_NOMINATION_ID, _ANSWER_ID = (bound_id(name) for name in ("nomination_id", "answer_id"))
_CONTENT = tuple(
    Answer.__table__.c[name] for name in ("nomination_id", "reference", "kind", "payload_digest", "text", "result")
)


@row_type
class AnswerRow:
    """An answer as it is kept."""

    id: UUID
    nomination_id: UUID
    reference: str
    kind: AnswerKind
    payload_digest: str
    text: str
    result: str | None
    answered_at: datetime


_SELECTED = (
    select(Answer.id, *_CONTENT, Answer.answered_at)
    .join(Nomination, Nomination.id == Answer.nomination_id)
    .where(Nomination.id == _NOMINATION_ID, NOMINATION_READABLE)
)
_ANSWERS = Listing(_SELECTED, Answer.id, AnswerRow)
_ANSWER = Query(_SELECTED.where(Answer.id == _ANSWER_ID), AnswerRow)
_VISIBLE = Query(select(Nomination.id).where(Nomination.id == _NOMINATION_ID, NOMINATION_READABLE))
_KNOWN = Query(
    select(Answer.id, *_CONTENT, Answer.answered_at).where(
        Answer.answered_by == ACTOR_ID, Answer.reference == bindparam("reference", type_=Text)
    ),
    AnswerRow,
)


class AnswerCreate(Input):
    """Answer a nomination. The same answer sent again is recognised by its reference."""

    reference: Annotated[Line, Field(max_length=100)] = Field(
        description="Your own id of this answer, never used for another.", examples=["TS-2015-0031-1"]
    )
    kind: AnswerKind = Field(description="Kind of the answer.")
    payload_digest: Annotated[str, Field(min_length=64, max_length=64, pattern="^[0-9a-f]{64}$")] = Field(
        description="The digest of the payload it is about.", examples=["9f" * 32]
    )
    text: Annotated[Prose, Field(max_length=2000)] = Field(
        "", description="说明; with `returned` the reasons, and required.", examples=["材料齐全，已受理。"]
    )
    result: Annotated[Line, Field(max_length=200)] | None = Field(
        None, description="评定结果; with `decided`, and only then.", examples=[None]
    )


async def give(ctx: Context, nomination_id: UUID, body: AnswerCreate) -> tuple[UUID, bool]:
    """Write an answer down and let the nomination follow it; its id, and whether it is new."""
    nomination = await nominations.get(ctx, nomination_id)  # equal references wait here for each other
    require_role(ctx.actor.role, Role.MUNICIPAL)
    content = body.model_dump() | {"nomination_id": nomination_id}
    known = await ctx.one(_KNOWN, reference=body.reference)
    if known is not None:
        refuse(policy.reference_findings(values_of(known), content))
        return known.id, False
    refuse(
        [
            *policy.digest_findings(body.payload_digest, nomination.payload_digest),
            *policy.answer_findings(body.kind, body.text, body.result),
        ]
    )
    answer = Answer(**content, answered_at=ctx.now, answered_by=ctx.actor.id)
    ctx.session.add(answer)
    _follow(ctx, nomination, answer)
    return answer.id, True


async def search(view: View, nomination_id: UUID, *, after: UUID | None, limit: int) -> Page[AnswerRow]:
    """Return the answers to a nomination, oldest first; NotFound unless the nomination is visible."""
    page = await _ANSWERS.page(view, after=after, limit=limit, nomination_id=nomination_id)
    if not page.total and await view.one(_VISIBLE, nomination_id=nomination_id) is None:
        raise NotFound
    return page


async def read(view: View, nomination_id: UUID, answer_id: UUID) -> AnswerRow:
    """One answer; NotFound unless the nomination is visible."""
    return await view.get(_ANSWER, nomination_id=nomination_id, answer_id=answer_id)


def _follow(ctx: Context, nomination: Nomination, answer: Answer) -> None:
    data = {"answer": str(answer.id), "kind": answer.kind, "reference": answer.reference}
    act = moved_by(answer.kind, nomination.status)
    if act is None:
        change(ctx, nomination, ANSWERED, data=data, answered_at=ctx.now)
    else:
        move(ctx, nomination, act, data=data, answered_at=ctx.now)
