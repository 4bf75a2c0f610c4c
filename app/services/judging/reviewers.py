"""Reviewers (评委): their organisation, expertise and load. Conflicts of interest follow from the organisation."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import and_, bindparam, exists, or_, select

from app.context import ACTOR_ID, Context, View, acting_as
from app.database import Query, bound_id
from app.inputs import Code, Input, Name
from app.models import Account, Committee, PanelMember, Reviewer, Round, Unit
from app.models.enums import AccountStatus, Role
from app.problems import RulesViolated
from app.rows import row_type
from app.services.history import NOTHING_YET, change, create, differing, expect
from app.services.pages import Filter, FilterValue, Listing, Page, containing, updated_since
from app.services.policies import UNKNOWN_REFERENCE, refuse, require_role
from app.services.policies.judging import reviewers as policy

_FOR_OFFICE = acting_as(Role.OFFICE)
VISIBLE = or_(_FOR_OFFICE, and_(acting_as(Role.REVIEWER), Account.id == ACTOR_ID))
"""The office sees all reviewers, a reviewer their own profile, nobody else any."""

_ACCOUNT_ID, _CAMPAIGN_ID, _ROUND_ID = (bound_id(name) for name in ("account_id", "campaign_id", "round_id"))


@row_type
class ReviewerRow:
    """A reviewer's profile, with the names in it."""

    id: UUID
    version: int
    account_id: UUID
    name: str
    account_status: AccountStatus
    organisation: str
    committee_id: UUID | None
    committee_name: str | None
    unit_id: UUID | None
    unit_name: str | None
    expertise: list[str]
    minimum_load: int
    maximum_load: int
    created_at: datetime
    updated_at: datetime


_PROFILE = (
    select(
        Reviewer.id,
        Reviewer.version,
        Reviewer.account_id,
        Account.name,
        Account.status.label("account_status"),
        Reviewer.organisation,
        Reviewer.committee_id,
        Committee.name.label("committee_name"),
        Reviewer.unit_id,
        Unit.name.label("unit_name"),
        Reviewer.expertise,
        Reviewer.minimum_load,
        Reviewer.maximum_load,
        Reviewer.created_at,
        Reviewer.updated_at,
    )
    .join(Account, Account.id == Reviewer.account_id)
    .outerjoin(Committee, Committee.id == Reviewer.committee_id)
    .outerjoin(Unit, Unit.id == Reviewer.unit_id)
    .where(VISIBLE)
)
_judges_there = (
    exists()
    .where(PanelMember.reviewer_id == Reviewer.account_id, PanelMember.round_id == Round.id, _FOR_OFFICE)
    .where(_ROUND_ID.is_(None) | (Round.id == _ROUND_ID))
    .where(_CAMPAIGN_ID.is_(None) | (Round.campaign_id == _CAMPAIGN_ID))
)
"""On the panel of a round that both filters admit; no reviewer learns from a filter that they will be on one."""

FILTERS = {
    "campaign_id": Filter(UUID, "Only who judges in this campaign.", lambda _: _judges_there),
    "round_id": Filter(UUID, "Only who judges in this round.", lambda _: _judges_there),
    "updated_since": updated_since(Reviewer.updated_at),
    "q": containing("In the name or the organisation.", Account.name, Reviewer.organisation),
}
_REVIEWER = Query(_PROFILE.where(Reviewer.account_id == _ACCOUNT_ID), ReviewerRow)
_REVIEWERS = Listing(_PROFILE, Reviewer.id, ReviewerRow, filters=FILTERS)
_ACCOUNT = select(Account).where(Account.id == bindparam("account_id"), VISIBLE).with_for_update()
"""Locked, so that its role stays, and two first profiles of one account become one."""


class ReviewerProfile(Input):
    """Profile of a reviewer: organisation, expertise, and bounds of the load."""

    organisation: Name = Field(description="工作单位, in words.", examples=["唐山师范学院"])
    committee_id: UUID | None = Field(
        None,
        description="The committee they belong to, whose cases they are kept away from; a unit implies its own.",
        examples=[None],
    )
    unit_id: UUID | None = Field(
        None, description="The civilized unit they belong to, whose cases they are kept away from.", examples=[None]
    )
    expertise: Annotated[list[Code], Field(max_length=20)] = Field(
        [], description="Codes of the categories they know best; preferred, not required.", examples=[["derun"]]
    )
    minimum_load: Annotated[int, Field(strict=True, ge=0, le=1000)] = Field(
        0, description="The fewest cases worth their while in a round.", examples=[5]
    )
    maximum_load: Annotated[int, Field(strict=True, ge=1, le=1000)] = Field(
        description="The most cases they can read in a round.", examples=[30]
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.minimum_load > self.maximum_load:
            raise self.contradiction("minimum_load is above maximum_load", "minimum_load")
        return self


async def put(ctx: Context, account_id: UUID, body: ReviewerProfile, version: int | None) -> bool:
    """Store a reviewer's profile; True if it is the first."""
    account = await ctx.lock(_ACCOUNT, account_id=account_id)
    require_role(ctx.actor.role, Role.OFFICE)
    refuse(policy.profile_findings(account.role))
    values = body.model_dump() | {"committee_id": await _committee(ctx, body)}
    reviewer = await ctx.session.scalar(select(Reviewer).where(Reviewer.account_id == account_id))
    if reviewer is None:
        expect(Reviewer(version=NOTHING_YET), version)
        create(ctx, Reviewer(account_id=account_id, **values), policy.REGISTERED)
        return True
    expect(reviewer, version)
    if changes := differing(reviewer, values):
        change(ctx, reviewer, policy.CHANGED, **changes)
    return False


async def read(view: View, account_id: UUID) -> ReviewerRow:
    """One reviewer's profile; NotFound to anyone but the office and the reviewer."""
    return await view.get(_REVIEWER, account_id=account_id)


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[ReviewerRow]:
    return await _REVIEWERS.page(view, after=after, limit=limit, **filters)


async def _committee(ctx: Context, body: ReviewerProfile) -> UUID | None:
    """The committee of the unit, or the named one; a retired one too, since a tie does not end with it."""
    if body.unit_id:
        unit = await ctx.session.get(Unit, body.unit_id)
        if unit is None or body.committee_id not in (None, unit.committee_id):
            raise RulesViolated([UNKNOWN_REFERENCE("/unit_id")])
        return unit.committee_id
    if body.committee_id and await ctx.session.get(Committee, body.committee_id) is None:
        raise RulesViolated([UNKNOWN_REFERENCE("/committee_id")])
    return body.committee_id
