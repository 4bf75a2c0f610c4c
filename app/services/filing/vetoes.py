"""The veto list (负面清单) of a filed application: the office goes through it, item by item. It alone reads it.

An answer is about what is on file. What is filed again is gone through again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import select

from app.context import Context, View
from app.database import Query, bound_id
from app.inputs import Code, Input, Reason, repeated
from app.models import Account, Application, Veto
from app.models.enums import Role
from app.rows import row_type
from app.services.filing import applications, filings
from app.services.filing.filings import Held
from app.services.history import change, create, differing
from app.services.policies import judge, require_role
from app.services.policies.filing import vetoes as policy
from app.services.policies.filing.veto_settings import MOST_VETOES, VetoItem
from app.services.policies.filing.vetoes import VetoFacts

_APPLICATION_ID = bound_id("application_id")
_ON_FILE = (
    select(Veto)
    .join(Application, Application.filed_version_id == Veto.version_id)
    .where(Application.id == _APPLICATION_ID)
)


@row_type
class AnswerRow:
    """An answer, with who gave it."""

    code: str
    found: bool
    reason: str | None
    answered_at: datetime
    answered_by: str


_ANSWERS = Query(
    select(Veto.code, Veto.found, Veto.reason, Veto.answered_at, Account.name.label("answered_by"))
    .join(Application, Application.filed_version_id == Veto.version_id)
    .join(Account, Account.id == Veto.answered_by)
    .where(Application.id == _APPLICATION_ID),
    AnswerRow,
)


class VetoAnswer(Input):
    """The answer to one item."""

    code: Code = Field(description="Code of the item.", examples=["accident"])
    found: Annotated[bool, Field(strict=True)] = Field(
        description="True if it was found (存在), false if there is none (无).", examples=[True]
    )
    reason: Reason | None = Field(
        None,
        description="Ground of the answer, needed if it was found; for the office alone.",
        examples=["区应急局通报。"],
    )

    @model_validator(mode="after")
    def _found_for_a_reason(self) -> Self:
        if self.found and not self.reason:
            raise self.contradiction("what was found needs its reason", "reason")
        return self


class VetoAnswers(Input):
    """Answer items of the veto list; an item that is not named keeps its answer, or stays open."""

    answers: list[VetoAnswer] = Field(description="The answers.", min_length=1, max_length=MOST_VETOES)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for place in repeated([each.code for each in self.answers]):
            raise self.contradiction("an item is answered twice", "answers", place, "code")
        return self


@dataclass(frozen=True, slots=True)
class VetoRecord:
    """An application's veto list: the campaign's items, and the answers about what is on file."""

    application_id: UUID
    items: Sequence[VetoItem]
    answers: Mapping[str, AnswerRow]


async def answer(ctx: Context, application_id: UUID, body: VetoAnswers) -> None:
    """Record the answers that differ from those before, each with a trace of its own."""
    one = await filings.hold_one(ctx, application_id)
    items = one.facts.settings.vetoes
    found = policy.answer_findings(items, [each.code for each in body.answers])
    judge(policy.ANSWER, ctx.actor.role, VetoFacts(one.facts.status, items), found)
    before = {row.code: row for row in await ctx.session.scalars(_ON_FILE, {"application_id": application_id})}
    for each in body.answers:
        _record(ctx, one, before.get(each.code), each)


async def read(view: View, application_id: UUID) -> VetoRecord:
    """Return the veto list of an application; Forbidden to anyone but the office, NotFound unless visible."""
    require_role(view.actor.role, Role.OFFICE)
    record = await applications.read(view, application_id)
    rows = await view.rows(_ANSWERS, application_id=application_id)
    return VetoRecord(application_id, record.settings.vetoes, {row.code: row for row in rows})


def _record(ctx: Context, one: Held, row: Veto | None, given: VetoAnswer) -> None:
    said = given.model_dump()
    now = {"answered_at": ctx.now, "answered_by": ctx.actor.id}
    if row is None:
        application = one.application
        of = {"campaign_id": application.campaign_id, "version_id": application.filed_version_id}
        create(ctx, Veto(application_id=application.id, **of, **said, **now), policy.ANSWER.event, **said)
    elif differing(row, said):
        change(ctx, row, policy.ANSWER.event, data=said, **said, **now)
