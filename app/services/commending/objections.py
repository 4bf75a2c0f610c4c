"""Objections (异议) to awards that are being publicised: raised, read, answered.

Only the office and the objector read an objection; for everybody else an award it holds looks as before.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import or_, select

from app.context import ACTOR_ID, Context, View, acting_as
from app.database import Query, bound_id
from app.inputs import Input, Name, Prose
from app.models import Account, ApplicationVersion, Award, Objection
from app.models.enums import AwardStatus, ObjectionStatus, Role
from app.rows import row_type
from app.services import limits
from app.services.commending import commendations, recipients
from app.services.history import create, move
from app.services.pages import FilterValue, Listing, Page, among
from app.services.policies import UNKNOWN_REFERENCE, Offered, Record, StatusOnly, actions, judge, permit, require_role
from app.services.policies.commending import awards as award_policy
from app.services.policies.commending import objections as policy
from app.services.policies.limits import TOO_MANY_OBJECTIONS, Quotas

VISIBLE = or_(acting_as(Role.OFFICE), Objection.raised_by == ACTOR_ID)
"""The office sees all, everybody else their own."""

_COMMENDATION_ID, _OBJECTION_ID = (bound_id(name) for name in ("commendation_id", "objection_id"))


@row_type
class ObjectionSummary:
    """An objection in a list."""

    id: UUID
    version: int
    commendation_id: UUID
    award_id: UUID
    award_name: str
    status: ObjectionStatus
    raised_at: datetime
    raised_by_name: str
    raised_by_role: Role
    on_behalf_of: str | None
    answered_at: datetime | None


@row_type
class ObjectionRow(ObjectionSummary):
    """The same with its text and, once there is one, its answer."""

    text: str
    answer: str | None


_SUMMARY = (
    select(
        Objection.id,
        Objection.version,
        Objection.commendation_id,
        Objection.award_id,
        recipients.NAME.label("award_name"),
        Objection.status,
        Objection.raised_at,
        Account.name.label("raised_by_name"),
        Account.role.label("raised_by_role"),
        Objection.on_behalf_of,
        Objection.answered_at,
    )
    .join(Award, Award.id == Objection.award_id)
    .outerjoin(ApplicationVersion, ApplicationVersion.id == Award.version_id)
    .join(Account, Account.id == Objection.raised_by)
    .where(VISIBLE)
)
FILTERS = {"status": among(Objection.status, ObjectionStatus, "Only in these states.")}
_OBJECTIONS = Listing(
    _SUMMARY.where(Objection.commendation_id == _COMMENDATION_ID), Objection.id, ObjectionSummary, filters=FILTERS
)
_OBJECTION = Query(
    _SUMMARY.add_columns(Objection.text, Objection.answer).where(Objection.id == _OBJECTION_ID), ObjectionRow
)
_OTHERS_OPEN = Query(
    select(Objection.id)
    .where(Objection.award_id == bound_id("award_id"), Objection.status == ObjectionStatus.OPEN)
    .limit(1)
)
_LOCKED = select(Objection).where(Objection.id == bound_id("objection_id")).with_for_update()
_AWARD = select(Award).where(Award.id == bound_id("award_id")).with_for_update()
_PUBLICISED_AWARD = _AWARD.where(
    Award.commendation_id == bound_id("commendation_id"),
    or_(Award.status == AwardStatus.PROPOSED, Award.status == AwardStatus.HELD),
)

Words = Annotated[Prose, Field(min_length=2, max_length=5000)]


class ObjectionCreate(Input):
    """Object to an award that is being publicised."""

    award_id: UUID = Field(description="The award, of this commendation.")
    text: Words = Field(
        description="The objection and its reasons.", examples=["该案例的受益人数与实际不符，附社区台账。"]
    )
    on_behalf_of: Name | None = Field(
        None, description="Name of the objector, if the office records it for somebody.", examples=["龙华社区居民张某"]
    )


class ObjectionAnswer(Input):
    """Answer of the office to an objection, with its consequence."""

    status: Literal[ObjectionStatus.REJECTED, ObjectionStatus.UPHELD] = Field(
        description="`rejected`: the award is released. `upheld`: the award is dropped.",
        json_schema_extra=ObjectionStatus.only(ObjectionStatus.REJECTED, ObjectionStatus.UPHELD),
    )
    answer: Words = Field(
        description="The answer; the objector reads it.", examples=["经核查台账与现场走访，申报数据属实。"]
    )


async def lodge(ctx: Context, commendation_id: UUID, body: ObjectionCreate, most: Quotas) -> UUID:
    """Object to an award; it is held until the office has answered."""
    commendation = await commendations.hold(ctx, commendation_id)
    permit(policy.OBJECT, role=ctx.actor.role, status=commendation.status)
    await _require_room(ctx, commendation_id, most)
    award: Award | None = await ctx.find(_PUBLICISED_AWARD, award_id=body.award_id, commendation_id=commendation_id)
    record = await commendations.read(ctx, commendation_id)
    unfit = [
        *policy.objector_findings(ctx.actor.role, body.on_behalf_of),
        *([] if award else [UNKNOWN_REFERENCE("/award_id")]),
    ]
    judge(policy.OBJECT, ctx.actor.role, record.publicity, unfit)
    assert award is not None, "it is refused"
    objection = Objection(
        commendation_id=commendation_id, raised_by=ctx.actor.id, raised_at=ctx.now, **body.model_dump()
    )
    create(ctx, objection, policy.OBJECT.event, award_id=str(award.id))
    if award.status is AwardStatus.PROPOSED:
        move(ctx, award, award_policy.HOLD, data={"objection_id": str(objection.id)})
    return objection.id


async def answer(ctx: Context, objection_id: UUID, body: ObjectionAnswer) -> None:
    """Answer an objection: upheld, it drops the award; rejected, it releases it if no other holds it."""
    row = await ctx.get(_OBJECTION, objection_id=objection_id)
    require_role(ctx.actor.role, Role.OFFICE)
    await commendations.get(ctx, row.commendation_id)
    award = await ctx.lock(_AWARD, award_id=row.award_id)
    objection = await ctx.lock(_LOCKED, objection_id=objection_id)
    act = policy.UPHOLD if body.status is ObjectionStatus.UPHELD else policy.REJECT
    move(ctx, objection, act, answer=body.answer, answered_at=ctx.now, answered_by=ctx.actor.id)
    await _settle(ctx, award, objection)


async def read(view: View, objection_id: UUID) -> Record[ObjectionRow]:
    """One objection; NotFound unless visible."""
    row = await view.get(_OBJECTION, objection_id=objection_id)
    return Record(row, _actions(view, row))


async def offered(view: View, rows: Sequence[ObjectionSummary]) -> dict[UUID, Offered]:
    """Return the acts on each of these objections, for the rows of a list."""
    return {row.id: _actions(view, row) for row in rows}


def _actions(view: View, row: ObjectionSummary) -> Offered:
    return actions(policy.ACTS, view.actor.role, StatusOnly(row.status))


async def search(
    view: View, commendation_id: UUID, *, after: UUID | None, limit: int, **filters: FilterValue
) -> Page[ObjectionSummary]:
    """Objections to the awards of one commendation; NotFound unless the commendation is visible."""
    await commendations.read(view, commendation_id)
    return await _OBJECTIONS.page(view, after=after, limit=limit, commendation_id=commendation_id, **filters)


async def _require_room(ctx: Context, commendation_id: UUID, most: Quotas) -> None:
    if ctx.actor.id is None or ctx.actor.role is Role.OFFICE:
        return
    await limits.hold(ctx, ctx.actor.id)
    own = Objection.raised_by == ctx.actor.id, Objection.commendation_id == commendation_id
    await limits.require_one_more(ctx, TOO_MANY_OBJECTIONS, most.objections_per_account, *own)


async def _settle(ctx: Context, award: Award, objection: Objection) -> None:
    """Drop the award, or release it with its last objection; an award that was dropped already stays so."""
    data = {"objection_id": str(objection.id)}
    if award.status is not AwardStatus.HELD:
        return
    if objection.status is ObjectionStatus.UPHELD:
        move(ctx, award, award_policy.DROP, data=data)
    elif not await ctx.one(_OTHERS_OPEN, award_id=award.id):
        move(ctx, award, award_policy.RELEASE, data=data)
