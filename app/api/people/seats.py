"""Seats over HTTP."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Path
from pydantic import Field

from app.api.http.dependencies import Chosen, Ctx, Paging, Reads, filtered_by
from app.api.http.output import Instant, Out, Page, ResourceId
from app.api.http.routing import Router
from app.context import View
from app.models.enums import Role
from app.problems import ReauthenticationRequired, RulesViolated
from app.services.people import seats
from app.services.people.seats import SeatCreate, SeatRevocation

router = Router("/seats", tags=["seats"])
Filters = Annotated[Chosen, filtered_by(seats.FILTERS)]
SeatId = Annotated[UUID, Path(description="The seat.")]
Label = Annotated[str, Field(max_length=200)]


class SeatOut(Out):
    """A seat beside one's own; its id is the value of `Act-For`."""

    id: ResourceId
    role: Role = Field(description="The role one has in it.")
    name: Label = Field(description="名称: of the committee, the unit or the reviewer.", examples=["乔屯街道党工委"])
    committee_id: UUID | None = Field(description="Its committee, a unit's too; null for a reviewer.")
    unit_id: UUID | None = Field(description="Its unit, if it is a unit's.", examples=[None])
    reviewer_id: UUID | None = Field(description="The reviewer, by account, if it is one's.", examples=[None])
    on_paper: bool = Field(
        description="True if any clerk of the office takes it: to enter what came on paper (代录), or to act for units "
        "that no committee stands above. There is no holder then."
    )
    account_id: UUID | None = Field(description="The holder; null on paper.", examples=[None])
    holder_name: Label | None = Field(description="Name of the holder; null on paper.", examples=[None])
    reason: str = Field(description="Reason, with the document it rests on.", max_length=1000, examples=["来函"])
    granted_at: Instant = Field(description="Time at which it was granted.")
    granted_by: Label | None = Field(description="By whom; visible to the office alone.", examples=["张弓"])
    revoked_at: Instant | None = Field(description="Time at which it ended; null while it stands.", examples=[None])
    revocation_reason: str | None = Field(description="Reason of its end.", max_length=1000, examples=[None])

    @classmethod
    async def read(cls, view: View, seat_id: UUID) -> Self:
        return cls.model_validate(await seats.read(view, seat_id))


class SeatPage(Page[SeatOut]):
    """One page of seats, oldest first."""


@router.get("")
async def list_seats(view: Reads, filters: Filters, page: Paging) -> SeatPage:
    """List the seats you may see, oldest first: the office all, revoked ones too; everybody else those they hold."""
    found = await seats.search(view, **filters, **page.binds)
    return SeatPage.of(found, [SeatOut.model_validate(row) for row in found.rows])


@router.post("", status_code=201, raises=[RulesViolated, ReauthenticationRequired])
async def create_seat(body: SeatCreate, ctx: Ctx) -> SeatOut:
    """Grant a seat, soon after a proof of identity. Office only.

    With `account_id`, a further seat of somebody who already has one: a liaison of two committees. Without, a seat on
    paper (代录): any clerk of the office enters plans, applications, scans, filings or sheets of scores there. It is
    refused where anybody has ever used an account — of the committee, its units, the reviewer — and ends by itself once
    somebody does: nobody's drafts or scores are read through it.
    """
    return await SeatOut.read(ctx, await seats.grant(ctx, body))


@router.get("/{seat_id}")
async def read_seat(seat_id: SeatId, view: Reads) -> SeatOut:
    """Read a seat: whose, by whom and why it was granted, and whether it stands."""
    return await SeatOut.read(view, seat_id)


@router.post("/{seat_id}/revocation", raises=[RulesViolated])
async def revoke_seat(seat_id: SeatId, body: SeatRevocation, ctx: Ctx) -> SeatOut:
    """Revoke a seat, at once; what was done in it stays. Office only."""
    await seats.revoke(ctx, seat_id, body)
    return await SeatOut.read(ctx, seat_id)
