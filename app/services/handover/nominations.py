"""Nominations (择优推荐): read, ordered, on their way, taken back.

How a case is put forward, what is handed over with it, and what is answered have files of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Text, Uuid, and_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from app.context import Context, View
from app.database import Query, Row
from app.findings import Finding
from app.inputs import Input, Reason
from app.models import Answer, Award, Nomination
from app.models.enums import AnswerKind, NominationStatus
from app.problems import NotFound
from app.services.filing.visibility import NOMINATION_VISIBLE
from app.services.history import expect, move
from app.services.pages import Listing, Page
from app.services.policies import permit
from app.services.policies.handover import nominations as policy

_before, _after = aliased(Nomination), aliased(Nomination)
_said = Nomination.payload["application"]["content"]


def _told(kind: AnswerKind, column: Any) -> Any:
    """What the latest answer of a kind says."""
    latest = select(column).where(Answer.nomination_id == Nomination.id, Answer.kind == kind)
    return latest.order_by(Answer.id.desc()).limit(1).correlate(Nomination).scalar_subquery()


_SELECTED = (
    select(
        Nomination.id,
        Nomination.version,
        Nomination.campaign_id,
        Nomination.application_id,
        Nomination.award_id,
        Nomination.payload["application"]["number"].astext.label("application_number"),
        _said["form"]["brand_name"].astext.label("brand_name"),
        _said["unit_name"].astext.label("unit_name"),
        Nomination.payload["committee"]["name"].astext.label("committee_name"),
        Nomination.revision,
        Nomination.position,
        Nomination.status,
        Nomination.payload_digest,
        _before.id.label("replaces"),
        _after.id.label("replaced_by"),
        Nomination.prepared_at,
        Nomination.delivered_at,
        Nomination.answered_at,
        Nomination.withdrawn_at,
        _told(AnswerKind.DECIDED, Answer.result).label("result"),
    )
    .outerjoin(
        _before,
        and_(_before.application_id == Nomination.application_id, _before.revision == Nomination.revision - 1),
    )
    .outerjoin(
        _after, and_(_after.application_id == Nomination.application_id, _after.revision == Nomination.revision + 1)
    )
    .where(NOMINATION_VISIBLE)
)
_CAMPAIGN_ID, _STATUSES = bindparam("campaign_id", type_=Uuid), bindparam("statuses", type_=ARRAY(Text))
_NOMINATIONS = Listing(
    _SELECTED.where(_CAMPAIGN_ID.is_(None) | (Nomination.campaign_id == _CAMPAIGN_ID)).where(
        _STATUSES.is_(None) | (Nomination.status == _STATUSES.any_())
    ),
    Nomination.id,
)
_NOMINATION = Query(
    _SELECTED.add_columns(
        Nomination.reason,
        Nomination.withdrawal_reason,
        Nomination.updated_at,
        Award.status.label("award_status"),
        _told(AnswerKind.RETURNED, Answer.text).label("return_reason"),
    )
    .outerjoin(Award, Award.id == Nomination.award_id)
    .where(Nomination.id == bindparam("nomination_id", type_=Uuid))
)
_LOCKED = (
    select(Nomination).where(Nomination.id == bindparam("nomination_id")).where(NOMINATION_VISIBLE).with_for_update()
)
Position = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=10_000,
        description="推荐次序: its place among the nominated; equals stand in the order in which they were prepared.",
        examples=[1],
    ),
]


class NominationEdit(Input):
    """Give a nomination another place."""

    position: Position


class NominationWithdrawal(Input):
    """Take a nomination back."""

    reason: Reason = Field(description="Why; told to the municipal office.", examples=["奖项已撤销。"])


@dataclass(frozen=True, slots=True)
class NominationRecord:
    """A nomination, and what the reader may do with it now."""

    row: Row
    actions: dict[str, list[Finding]]


async def edit(ctx: Context, nomination_id: UUID, body: NominationEdit, version: int | None) -> None:
    """Change its place, before it is on its way."""
    nomination = await get(ctx, nomination_id)
    permit(policy.EDIT, role=ctx.actor.role, status=nomination.status)
    expect(nomination, version)
    move(ctx, nomination, policy.EDIT, position=body.position)


async def withdraw(ctx: Context, nomination_id: UUID, body: NominationWithdrawal) -> None:
    """Take it back, before the municipal office has decided; what was handed over stays as it is."""
    nomination = await get(ctx, nomination_id)
    told = {"reason": body.reason}
    move(ctx, nomination, policy.WITHDRAW, data=told, withdrawn_at=ctx.now, withdrawal_reason=body.reason)


async def send(ctx: Context, nomination_id: UUID) -> None:
    """It is on its way; nothing happens to one that is further already."""
    nomination = await get(ctx, nomination_id)
    if not policy.SEND.findings(ctx.actor.role, nomination.status):
        move(ctx, nomination, policy.SEND)


async def arrive(ctx: Context, nomination_id: UUID) -> None:
    """It has reached the other side; nothing happens to one that is further already."""
    nomination = await get(ctx, nomination_id)
    if not policy.ARRIVE.findings(ctx.actor.role, nomination.status):
        move(ctx, nomination, policy.ARRIVE, delivered_at=ctx.now)


async def get(ctx: Context, nomination_id: UUID) -> Nomination:
    """The nomination, locked for a change; NotFound unless the actor may see it."""
    nomination: Nomination | None = await ctx.find(_LOCKED, nomination_id=nomination_id)
    if nomination is None:
        raise NotFound
    return nomination


async def read(view: View, nomination_id: UUID) -> NominationRecord:
    """One nomination; NotFound unless visible."""
    row = await view.one(_NOMINATION, nomination_id=nomination_id)
    if row is None:
        raise NotFound
    return NominationRecord(row, policy.actions(view.actor.role, NominationStatus(row["status"])))


async def search(view: View, *, statuses: Sequence[str] | None, after: UUID | None, limit: int, **filters: Any) -> Page:
    return await _NOMINATIONS.page(view, after=after, limit=limit, statuses=statuses or None, **filters)
