"""A committee's place in a campaign: who may take part, until when, and the numbers people read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, aliased

from app.context import ACTOR_COMMITTEE, ACTOR_UNIT, Context, acting_as
from app.database import Query, bound_id, bound_ids
from app.models import Application, Campaign, Committee, Extension, Participation, Unit
from app.models.enums import CampaignStatus, DeadlineKind, Role, Term
from app.problems import RulesViolated
from app.rows import row_type
from app.services.filing import beginnings, campaigns, visibility
from app.services.filing.filed_sets import stands_for
from app.services.policies import REQUIRED, UNKNOWN_REFERENCE, judge, require_role
from app.services.policies.filing import deadlines
from app.services.policies.filing.beginnings import APPLICATION, Applicant, BeginningFacts
from app.services.policies.filing.notice import CampaignSettings

_extension = (
    select(Extension.id, Extension.due_on, Extension.until)
    .where(
        Extension.revoked_at.is_(None),
        Extension.application_id.is_(None),
        Extension.kind == DeadlineKind.APPLICATION,
        Extension.campaign_id == Campaign.id,
        Extension.committee_id == Committee.id,
    )
    .order_by(Extension.until.desc())
    .limit(1)
    .lateral("extension")
)
EXTENSION = (
    select(Extension.id, Extension.due_on, Extension.until)
    .where(
        Extension.revoked_at.is_(None),
        Extension.kind == DeadlineKind.APPLICATION,
        Extension.campaign_id == Application.campaign_id,
        or_(
            and_(Extension.application_id.is_(None), Extension.committee_id == Application.committee_id),
            Extension.application_id == Application.id,
        ),
    )
    .order_by(Extension.until.desc())
    .limit(1)
    .lateral("extension")
)
"""The latest extension that applies to an application: its committee's, or its own."""

_theirs, _its = aliased(Committee), aliased(Committee)
_PLACES = (
    select(Participation.id)
    .where(
        exists().where(
            Application.campaign_id == Participation.campaign_id,
            _theirs.id == Participation.committee_id,
            _its.id == Application.committee_id,
            stands_for(_theirs) == stands_for(_its),
            Application.id == bound_ids("application_ids").any_(),
            visibility.VISIBLE,
        )
    )
    .order_by(Participation.id)
    .with_for_update()
)
_CAMPAIGN = Query(select(Campaign.id).where(Campaign.id == bound_id("campaign_id"), campaigns.VISIBLE))
_UNIT_ID = bound_id("unit_id")


@row_type
class PlaceRow:
    """A unit and its committee in a campaign."""

    campaign_id: UUID
    campaign_status: CampaignStatus
    settings_digest: str
    year: int
    committee_id: UUID
    committee_code: str
    committee_name: str
    unit_id: UUID
    unit_name: str
    honour_level: str
    retired: bool
    extension_id: UUID | None
    extension_due_on: date | None
    extension_until: datetime | None

    @property
    def names(self) -> dict[str, str]:
        """The names an application's content has."""
        return {"unit_name": self.unit_name, "committee_name": self.committee_name}


_PLACE = Query(
    select(
        Campaign.id.label("campaign_id"),
        Campaign.status.label("campaign_status"),
        Campaign.settings_digest,
        Campaign.year,
        Committee.id.label("committee_id"),
        Committee.code.label("committee_code"),
        Committee.name.label("committee_name"),
        Unit.id.label("unit_id"),
        Unit.name.label("unit_name"),
        Unit.honour_level,
        or_(Unit.retired_at.is_not(None), Committee.retired_at.is_not(None)).label("retired"),
        _extension.c.id.label("extension_id"),
        _extension.c.due_on.label("extension_due_on"),
        _extension.c.until.label("extension_until"),
    )
    .select_from(Campaign)
    .join(Unit, true())
    .join(Committee, Committee.id == Unit.committee_id)
    .outerjoin(_extension, true())
    .where(Campaign.id == bound_id("campaign_id"), Campaign.status != CampaignStatus.DRAFT)
    .where(
        or_(
            and_(acting_as(Role.UNIT), Unit.id == ACTOR_UNIT, _UNIT_ID.is_(None) | (Unit.id == _UNIT_ID)),
            and_(acting_as(Role.COMMITTEE), Unit.committee_id == ACTOR_COMMITTEE, Unit.id == _UNIT_ID),
        )
    ),
    PlaceRow,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A unit's place in a campaign, the campaign's settings, and the deadline that counts for the unit."""

    row: PlaceRow
    settings: CampaignSettings
    deadline: deadlines.Deadline
    titles: Mapping[str, Term]

    def facts(self, now: datetime) -> BeginningFacts:
        """Return the values by which it is judged whether the unit may begin an application."""
        unit = Applicant(self.row.unit_name, self.row.honour_level, self.row.retired, self.titles)
        return BeginningFacts(self.row.campaign_status, self.settings, now, self.deadline, unit)


async def place(ctx: Context, campaign_id: UUID, unit_id: UUID | None) -> Place:
    """Find the place for an application of this unit; refused unless the actor may act for the unit."""
    row = await ctx.one(_PLACE, campaign_id=campaign_id, unit_id=unit_id)
    if row is None:
        campaign = await ctx.one(_CAMPAIGN, campaign_id=campaign_id)
        missing = UNKNOWN_REFERENCE("/unit_id") if unit_id else REQUIRED("/unit_id", label="申报单位")
        raise RulesViolated([missing if campaign else UNKNOWN_REFERENCE("/campaign_id")])
    settings = await campaigns.settings_of(ctx, row.settings_digest)
    deadline = deadlines.effective(settings, DeadlineKind.APPLICATION, extension_of(row))
    return Place(row, settings, deadline, await beginnings.titles(ctx, [(settings, row.honour_level)]))


async def beginning(ctx: Context, campaign_id: UUID, unit_id: UUID | None) -> Place:
    """Find the place of a unit for which the actor may begin an application now; refused where that is not so."""
    require_role(ctx.actor.role, *APPLICATION.by)
    found = await place(ctx, campaign_id, unit_id)
    judge(APPLICATION, ctx.actor.role, found.facts(ctx.now))
    return found


class Extended(Protocol):
    """A typed row that was joined with an extension."""

    @property
    def extension_id(self) -> UUID | None: ...
    @property
    def extension_due_on(self) -> date | None: ...
    @property
    def extension_until(self) -> datetime | None: ...


def extension_of(row: Extended) -> deadlines.LaterDeadline | None:
    """The extension a typed row was joined with."""
    if row.extension_id is None or row.extension_due_on is None or row.extension_until is None:
        return None
    return deadlines.LaterDeadline(row.extension_id, row.extension_due_on, row.extension_until)


async def locked(ctx: Context, campaign_id: UUID, committee_id: UUID) -> Participation:
    """The committee's row in the campaign, made if need be and locked: the first lock of every rule about its set."""
    fresh = Participation(campaign_id=campaign_id, committee_id=committee_id)
    values = {name: getattr(fresh, name) for name in ("id", "campaign_id", "committee_id")}
    await ctx.session.execute(
        insert(Participation).values(**values, applications_numbered=0, filings_numbered=0).on_conflict_do_nothing()
    )
    participation = await ctx.session.scalar(
        select(Participation)
        .where(Participation.campaign_id == campaign_id, Participation.committee_id == committee_id)
        .with_for_update()
    )
    assert participation is not None, "it was just made"
    return participation


async def hold(ctx: Context, application_ids: Sequence[UUID]) -> None:
    """Lock the places of these applications, in one order, so that no two acts judge the same count of a filed set.

    Committees that are one since a merger have one such count, and the places of all are locked.
    """
    await ctx.session.execute(_PLACES, ctx.actor.binds | {"application_ids": list(application_ids)})


async def next_application_number(ctx: Context, row: PlaceRow) -> str:
    """申报编号: the year, the committee's code, and a running number within the two."""
    participation = await locked(ctx, row.campaign_id, row.committee_id)
    participation.applications_numbered += 1
    number = await running_number(ctx, Participation.applications_numbered, row.year, row.committee_id)
    return f"{row.year}-{row.committee_code}-{number:03d}"


async def running_number(ctx: Context, counter: Mapped[int], year: int, committee_id: UUID) -> int:
    """Count the numbers in that year under the committee's code, over campaigns and earlier committees of the code."""
    code = select(Committee.code).where(Committee.id == committee_id).scalar_subquery()
    in_year = (
        select(func.sum(counter))
        .join(Campaign, Campaign.id == Participation.campaign_id)
        .join(Committee, Committee.id == Participation.committee_id)
        .where(Campaign.year == year, Committee.code == code)
    )
    return int(await ctx.session.scalar(in_year) or 0)
