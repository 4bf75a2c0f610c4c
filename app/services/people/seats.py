"""Seats (席位): granted and revoked by the office, taken for one request, ended by the first account of their own.

A seat on paper has no holder: any clerk of the office takes it, to enter what came on paper (代录).
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.context import ACTOR_ID, Actor, Context, TakenSeat, View, acting_as
from app.database import Database, Query, bound_id, bound_ids
from app.inputs import Input, Reason
from app.models import Account, Application, AuditEvent, Committee, Seat, Unit
from app.models.enums import AccountStatus, Role
from app.problems import RulesViolated, SeatNotOpen
from app.rows import row_type
from app.services.history import change, create
from app.services.pages import FilterValue, Listing, Page, exactly
from app.services.policies import UNKNOWN_REFERENCE, Event, refuse, require_role
from app.services.policies.people import seats as policy
from app.services.policies.people.factors import require_recent
from app.services.policies.people.seats import SeatFacts

VISIBLE = or_(acting_as(Role.OFFICE), and_(Seat.account_id == ACTOR_ID, Seat.revoked_at.is_(None)))
"""The office sees all, everybody else those they may take."""
PLACES = ("committee_id", "unit_id", "reviewer_id")
_holder, _reviewer, _granter, _someone = (aliased(Account) for _ in range(4))
_PLACE = func.coalesce(Seat.committee_id, Unit.committee_id)
_NAME = func.coalesce(Unit.name, Committee.name, _reviewer.name)
_direct = aliased(Committee)
_OF_DIRECT_UNITS = exists().where(_direct.id == Seat.committee_id, _direct.direct)
"""The office's own: it acts there in the place of a committee, whoever of the units has an account."""
_USED = or_(_someone.status == AccountStatus.ACTIVE, _someone.secret_hash.is_not(None))
ON_PAPER = and_(
    Seat.account_id.is_(None),
    or_(
        _OF_DIRECT_UNITS,
        ~exists().where(_USED, or_(_someone.id == Seat.reviewer_id, _someone.committee_id == _PLACE)),
    ),
)
"""Nobody of the committee or its units, or not the reviewer, has an account that was ever used; or there is none."""


@row_type
class SeatRow:
    """A seat with the names in it; `on_paper` has no holder."""

    id: UUID
    account_id: UUID | None
    holder_name: str | None
    role: Role
    name: str
    committee_id: UUID | None
    unit_id: UUID | None
    reviewer_id: UUID | None
    on_paper: bool
    reason: str
    granted_at: datetime
    granted_by: str | None
    revoked_at: datetime | None
    revocation_reason: str | None


_ROLE = case(
    (Seat.committee_id.is_not(None), Role.COMMITTEE.value),
    (Seat.unit_id.is_not(None), Role.UNIT.value),
    else_=Role.REVIEWER.value,
).label("role")
_SEATS = (
    select(
        Seat.id,
        Seat.account_id,
        _holder.name.label("holder_name"),
        _ROLE,
        _NAME.label("name"),
        _PLACE.label("committee_id"),
        Seat.unit_id,
        Seat.reviewer_id,
        Seat.account_id.is_(None).label("on_paper"),
        Seat.reason,
        Seat.granted_at,
        case((acting_as(Role.OFFICE), _granter.name)).label("granted_by"),
        Seat.revoked_at,
        Seat.revocation_reason,
    )
    .outerjoin(Unit, Unit.id == Seat.unit_id)
    .outerjoin(Committee, Committee.id == _PLACE)
    .outerjoin(_reviewer, _reviewer.id == Seat.reviewer_id)
    .outerjoin(_holder, _holder.id == Seat.account_id)
    .outerjoin(_granter, _granter.id == Seat.granted_by)
)
_SEAT_ID = bound_id("seat_id")
_ONE = Query(_SEATS.where(Seat.id == _SEAT_ID, VISIBLE), SeatRow)
_OPEN = _SEATS.where(
    Seat.revoked_at.is_(None),
    or_(
        and_(acting_as(Role.OFFICE), ON_PAPER),
        and_(or_(*(acting_as(role) for role in policy.HOLDERS)), Seat.account_id == ACTOR_ID),
    ),
)
_TAKEN = Query(_OPEN.where(Seat.id == _SEAT_ID), SeatRow)
MOST_TO_CHOOSE_FROM = 200
_TO_CHOOSE_FROM = Query(_OPEN.order_by(Seat.id).limit(MOST_TO_CHOOSE_FROM), SeatRow)
_STANDS = Query(
    select(Seat.id)
    .outerjoin(Unit, Unit.id == Seat.unit_id)
    .where(Seat.id == _SEAT_ID, Seat.revoked_at.is_(None), or_(Seat.account_id.is_not(None), ON_PAPER))
    .with_for_update(read=True, of=Seat)
)
FILTERS = {
    "account_id": exactly(Seat.account_id, UUID, "Only of this holder."),
    "committee_id": exactly(_PLACE, UUID, "Only of this committee and its units."),
    "on_paper": exactly(Seat.account_id.is_(None), bool, "Only those the office enters for (true), or the rest."),
    "revoked": exactly(Seat.revoked_at.is_not(None), bool, "Only revoked ones (true), or those that stand (false)."),
}
_PAGES = Listing(_SEATS.where(VISIBLE), Seat.id, SeatRow, filters=FILTERS)
_LOCKED = select(Seat).where(Seat.id == bindparam("seat_id"), VISIBLE).with_for_update()
_PAPER = (
    select(Seat)
    .outerjoin(Unit, Unit.id == Seat.unit_id)
    .where(Seat.account_id.is_(None), Seat.revoked_at.is_(None), ~_OF_DIRECT_UNITS)
    .where(or_(_PLACE == bindparam("committee_id"), Seat.reviewer_id == bindparam("reviewer_id")))
    .order_by(Seat.id)
    .with_for_update(of=Seat)
)


@row_type
class _Named:
    """The organisation or reviewer that a new seat is of; `used` once anybody has acted there."""

    name: str
    retired: bool
    used: bool
    direct: bool


def _used_in(committee_id: SQLColumnExpression[UUID]) -> ColumnElement[bool]:
    """Return true for a committee in which anybody has acted; accounts may have left since, their history has not."""
    acted = or_(*(AuditEvent.actor_role == role for role in policy.HOLDERS))
    brought_along = and_(Application.committee_id == committee_id, AuditEvent.subject_id == Application.id)
    return or_(
        exists().where(_USED, _someone.committee_id == committee_id),
        exists().where(AuditEvent.committee_id == committee_id, acted),
        exists().where(brought_along, acted),
    )


_ANY_USED = Query(
    select(Committee.id)
    .where(Committee.id == bound_ids("left").any_(), _used_in(Committee.id))
    .limit(literal_column("1"))
)
_PLACE_ID = bound_id("place_id")
_NAMED = {
    "committee_id": Query(
        select(
            Committee.name,
            Committee.retired_at.is_not(None).label("retired"),
            and_(~Committee.direct, _used_in(Committee.id)).label("used"),
            Committee.direct,
        ).where(Committee.id == _PLACE_ID),
        _Named,
    ),
    "unit_id": Query(
        select(
            Unit.name,
            or_(Unit.retired_at.is_not(None), Committee.retired_at.is_not(None)).label("retired"),
            _used_in(Unit.committee_id).label("used"),
            false().label("direct"),
        )
        .join(Committee, Committee.id == Unit.committee_id)
        .where(Unit.id == _PLACE_ID),
        _Named,
    ),
    "reviewer_id": Query(
        select(
            Account.name,
            (Account.status == AccountStatus.DISABLED).label("retired"),
            exists().where(_USED, _someone.id == Account.id).label("used"),
            false().label("direct"),
        ).where(Account.id == _PLACE_ID, Account.role == Role.REVIEWER),
        _Named,
    ),
}


class SeatCreate(Input):
    """Grant a seat: of a committee, a unit or a reviewer, exactly one; to an account, or without one on paper."""

    account_id: UUID | None = Field(
        None, description="The holder, of the role `committee` or `unit`; without one, the office enters from paper."
    )
    committee_id: UUID | None = Field(None, description="The seat of this committee.")
    unit_id: UUID | None = Field(None, description="The seat of this unit.", examples=[None])
    reviewer_id: UUID | None = Field(None, description="The seat of this reviewer, by account.", examples=[None])
    reason: Reason = Field(
        description="Reason, with the document it rests on.",
        examples=["乔屯街道来函（2015年4月18日）：以纸质材料申报。"],
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        return self.with_one_of(*PLACES)


class SeatRevocation(Input):
    """Revoke a seat."""

    reason: Reason = Field(description="Reason.", examples=["该党工委已配备联络员。"])


async def take(database: Database, actor: Actor, seat_id: UUID) -> Actor:
    """The actor in one of the seats they may take; SeatNotOpen (403) for any other, be there one or not."""
    async with database.reading() as reader:
        row = await _TAKEN.one(reader, **actor.binds, seat_id=seat_id)
    if row is None:
        raise SeatNotOpen
    seat = TakenSeat(row.id, row.name, row.on_paper, row.reviewer_id)
    return replace(actor, role=row.role, committee_id=row.committee_id, unit_id=row.unit_id, seat=seat)


async def open_to(ctx: Context, actor: Actor, chosen: UUID | None) -> list[SeatRow]:
    """List the seats an account may take; SeatNotOpen (403) if the one it chose with its sign-in is none of them."""
    acting = replace(ctx, actor=actor)
    if chosen is not None and await acting.one(_TAKEN, seat_id=chosen) is None:
        raise SeatNotOpen
    return await acting.rows(_TO_CHOOSE_FROM)


async def confirm(ctx: Context) -> None:
    """Raise SeatNotOpen (403) if the seat was ended since; whoever ends it now waits for this request to end."""
    if ctx.actor.seat and await ctx.one(_STANDS, seat_id=ctx.actor.seat.id) is None:
        raise SeatNotOpen


async def grant(ctx: Context, body: SeatCreate) -> UUID:
    """Grant a seat, soon after a proof of identity: it gives an account rights that were somebody else's."""
    require_role(ctx.actor.role, Role.OFFICE)
    require_recent(ctx.actor.authenticated_at, ctx.now)
    holder = await ctx.session.get(Account, body.account_id) if body.account_id else None
    refuse([UNKNOWN_REFERENCE("/account_id")] if body.account_id and holder is None else [])
    refuse(policy.grant_findings(await _facts(ctx, body, holder)))
    seat = Seat(**body.model_dump(), granted_at=ctx.now, granted_by=ctx.actor.id)
    return create(ctx, seat, policy.GRANTED, reason=body.reason).id


def open_directly(ctx: Context, committee: Committee) -> None:
    """Open the office's own seat for units without a committee: it reads and does there what a committee would."""
    seat = Seat(committee_id=committee.id, reason=policy.OF_DIRECT_UNITS, granted_at=ctx.now, granted_by=ctx.actor.id)
    create(ctx, seat, policy.GRANTED, reason=seat.reason)


async def revoke(ctx: Context, seat_id: UUID, body: SeatRevocation) -> None:
    """Revoke a seat at once; what was done in it stays."""
    seat = await ctx.lock(_LOCKED, seat_id=seat_id)
    require_role(ctx.actor.role, Role.OFFICE)
    refuse(policy.revocation_findings(seat.revoked_at))
    end(ctx, seat, policy.REVOKED, body.reason)


async def end_on_paper(ctx: Context, *, committee_id: UUID | None, reviewer_id: UUID | None = None) -> None:
    """End the paper seats of a committee with its units, or of a reviewer: somebody acts with an account there."""
    found = await ctx.session.scalars(_PAPER, {"committee_id": committee_id, "reviewer_id": reviewer_id})
    for seat in found.all():
        end(ctx, seat, policy.ENDED, policy.BY_ITSELF)


async def end_where_used(ctx: Context, account: Account, *places: UUID | None) -> None:
    """End the paper seats of a used account's places, before and after a change; of an unused one nothing."""
    if account.secret_hash is not None or account.status is AccountStatus.ACTIVE:
        for committee_id in {account.committee_id, *places}:
            await end_on_paper(ctx, committee_id=committee_id, reviewer_id=account.id)


async def end_beside_used(ctx: Context, left: Collection[UUID], committee_id: UUID) -> None:
    """End the paper seats of a committee to which work comes from others, if anybody of those ever acted."""
    if await ctx.one(_ANY_USED, left=list(left)):
        await end_on_paper(ctx, committee_id=committee_id)


async def read(view: View, seat_id: UUID) -> SeatRow:
    """One seat; NotFound unless visible."""
    return await view.get(_ONE, seat_id=seat_id)


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[SeatRow]:
    return await _PAGES.page(view, after=after, limit=limit, **filters)


async def _facts(ctx: Context, body: SeatCreate, holder: Account | None) -> SeatFacts:
    name, place_id = next((name, value) for name in PLACES if (value := getattr(body, name)))
    named = await ctx.one(_NAMED[name], place_id=place_id)
    if named is None:
        raise RulesViolated([UNKNOWN_REFERENCE(f"/{name}")])
    place = named.name, name == "reviewer_id", named.direct
    if holder is None:
        return SeatFacts(*place, used=named.used, retired=named.retired)
    own = place_id == (holder.unit_id or holder.committee_id)
    return SeatFacts(*place, holder.role, holder.status is AccountStatus.ACTIVE, own, named.used, named.retired)


def end(ctx: Context, seat: Seat, event: Event, reason: str) -> None:
    """End a locked seat."""
    values = {"revoked_at": ctx.now, "revoked_by": ctx.actor.id, "revocation_reason": reason}
    change(ctx, seat, event, data={"reason": reason}, **values)
