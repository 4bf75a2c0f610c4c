"""Extensions (延期): a later deadline for one committee or one application, granted, listed and revoked."""

from datetime import date, datetime
from typing import Any, Self, cast
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import (
    ColumnElement,
    DateTime,
    SQLColumnExpression,
    Text,
    and_,
    bindparam,
    or_,
    select,
    true,
)
from sqlalchemy.sql.selectable import LateralFromClause

from app.context import Context, View
from app.database import Query, bound_id
from app.inputs import Day, Input, Moment, Reason
from app.models import Application, Campaign, Committee, Extension, Plan
from app.models.enums import CampaignStatus, DeadlineKind, ExtensionCause, Role
from app.rows import row_type
from app.services.filing import campaigns, concessions, participations
from app.services.filing.concessions import Beneficiary
from app.services.history import change, create
from app.services.pages import FilterValue, Listing, Page
from app.services.policies import permit, refuse, require_role
from app.services.policies.filing import deadlines
from app.services.policies.filing import extensions as policy
from app.services.policies.filing.campaigns import EXTEND
from app.services.policies.filing.notice import CampaignSettings

VISIBLE = concessions.visible(Extension, Extension.kind == DeadlineKind.APPLICATION)
"""The deadline of plans is not a unit's business."""

_NOW = bindparam("now", type_=DateTime(timezone=True))
_active = and_(Extension.revoked_at.is_(None), Extension.until > _NOW)
_SELECTED = concessions.selected(Extension, _active, Extension.cause, Extension.due_on, Extension.until).where(VISIBLE)


@row_type
class ExtensionRow:
    """An extension; the names of the clerks are for the office alone."""

    id: UUID
    campaign_id: UUID
    committee_id: UUID
    committee_name: str
    application_id: UUID | None
    application_number: str | None
    kind: DeadlineKind
    cause: ExtensionCause
    due_on: date
    until: datetime
    reason: str
    active: bool
    granted_at: datetime
    granted_by: str | None
    revoked_at: datetime | None
    revoked_by: str | None
    revocation_reason: str | None


_EXTENSION = Query(_SELECTED.where(Extension.id == bound_id("extension_id")), ExtensionRow)
FILTERS = concessions.filters(Extension, _active)
_EXTENSIONS = Listing(_SELECTED, Extension.id, ExtensionRow, filters=FILTERS)
_OF_CORRECTION = (
    select(Extension)
    .where(Extension.application_id == bindparam("application_id"), Extension.cause == ExtensionCause.CORRECTION)
    .where(Extension.revoked_at.is_(None))
    .order_by(Extension.id.desc())
    .limit(1)
    .with_for_update()
)
"""The days that came with the last correction that was asked for."""
_OF_PLAN = (
    select(Extension)
    .where(Extension.campaign_id == bindparam("campaign_id"), Extension.committee_id == bindparam("committee_id"))
    .where(Extension.kind == DeadlineKind.PLAN, Extension.revoked_at.is_(None))
    .order_by(Extension.until.desc())
    .limit(1)
)
_LOCKED = (
    select(Extension)
    .outerjoin(Application, Application.id == Extension.application_id)
    .where(Extension.id == bindparam("extension_id"))
    .where(VISIBLE)
    .with_for_update(of=Extension)
)


def latest(
    kind: ColumnElement[str] | DeadlineKind,
    campaign_id: SQLColumnExpression[UUID],
    committee_id: SQLColumnExpression[UUID],
    application_id: SQLColumnExpression[UUID] | None = None,
) -> LateralFromClause:
    """The extension that reaches furthest among those that apply, to be joined ON true."""
    of_committee = and_(Extension.application_id.is_(None), Extension.committee_id == committee_id)
    of_one = Extension.application_id == application_id
    return (
        select(Extension.id, Extension.due_on, Extension.until, Extension.granted_at)
        .where(
            Extension.revoked_at.is_(None),
            Extension.kind == kind,
            Extension.campaign_id == campaign_id,
            of_committee if application_id is None else or_(of_committee, of_one),
        )
        .order_by(Extension.until.desc())
        .limit(1)
        .lateral("extension")
    )


def joined(extension: LateralFromClause) -> list[ColumnElement[Any]]:
    """Return the columns that `participations.extension_of` reads."""
    return [extension.c[name].label(f"extension_{name}") for name in ("id", "due_on", "until")]


_present = latest(bindparam("kind", type_=Text), Campaign.id, Committee.id, Application.id)


@row_type
class Target:
    """A campaign, and the committee that a later deadline is for; none if the request names none that is known."""

    status: CampaignStatus
    settings_digest: str
    committee_id: UUID | None
    extension_id: UUID | None
    extension_due_on: date | None
    extension_until: datetime | None


_TARGET = Query(concessions.target(*joined(_present)).outerjoin(_present, true()), Target)


class ExtensionCreate(Beneficiary):
    """Grant a later deadline: to a committee, or to one application."""

    deadline: DeadlineKind = Field(
        description="Kind of the deadline; that of plans only for a committee.", examples=["application"]
    )
    due_on: Day = Field(description="The later published day.", examples=["2015-09-18"])
    enforced_at: Moment | None = Field(
        None,
        description="The instant that enforces it; by default the end of that day in the campaign's time zone.",
        examples=[None],
    )
    reason: Reason = Field(
        description="Reason; kept, and visible to those concerned.", examples=["连日暴雨，多个单位材料无法按时送达。"]
    )

    @model_validator(mode="after")
    def _not_of_one_application(self) -> Self:
        if self.application_id and self.deadline is DeadlineKind.PLAN:
            raise self.contradiction("an application has no plan deadline", "deadline")
        return self


class ExtensionRevocation(Input):
    """Take an extension back."""

    reason: Reason = Field(
        description="Reason; kept, and visible to those concerned.", examples=["误将甲单位的延期批给了乙单位。"]
    )


async def grant(ctx: Context, body: ExtensionCreate) -> UUID:
    """Grant a deadline later than the one that counts now."""
    require_role(ctx.actor.role, Role.OFFICE)
    await ctx.session.execute(concessions.HELD, {"campaign_id": body.campaign_id})
    target = await ctx.one(_TARGET, kind=body.deadline, **body.named)
    if target is None or target.committee_id is None:
        raise body.unknown(campaign_known=target is not None)
    permit(EXTEND, role=ctx.actor.role, status=target.status)
    settings = await campaigns.settings_of(ctx, target.settings_digest)
    refuse(deadlines.stage_findings(settings, body.deadline, "/deadline"))
    present = deadlines.effective(settings, body.deadline, participations.extension_of(target))
    until = _until(settings, body)
    at_odds = deadlines.closing_findings(settings, body.due_on, until)
    refuse([*at_odds, *policy.grant_findings(present, until, ctx.now)])
    extension = Extension(
        campaign_id=body.campaign_id,
        committee_id=target.committee_id,
        application_id=body.application_id,
        kind=body.deadline,
        due_on=body.due_on,
        until=until,
        reason=body.reason,
    )
    return _stored(ctx, extension).id


async def grant_correction(
    ctx: Context, subject: Application | Plan, settings: CampaignSettings, due_on: date, reason: str
) -> Extension:
    """Give what the office returns until the end of that day; the caller has judged the date."""
    is_plan = isinstance(subject, Plan)
    extension = Extension(
        campaign_id=subject.campaign_id,
        committee_id=subject.committee_id,
        application_id=None if is_plan else subject.id,
        kind=DeadlineKind.PLAN if is_plan else DeadlineKind.APPLICATION,
        cause=ExtensionCause.CORRECTION,
        due_on=due_on,
        until=settings.end_of(due_on),
        reason=reason,
    )
    return _stored(ctx, extension)


async def pass_on(ctx: Context, plan: Plan, committee_id: UUID) -> None:
    """Grant the committee that a plan comes to the later deadline it was given, as far as that is still open."""
    present = await ctx.session.scalar(_OF_PLAN, {"campaign_id": plan.campaign_id, "committee_id": plan.committee_id})
    if present is not None and present.until > ctx.now:
        names = ("campaign_id", "kind", "cause", "due_on", "until", "reason")
        _stored(ctx, Extension(committee_id=committee_id, **{name: getattr(present, name) for name in names}))


async def revoke(ctx: Context, extension_id: UUID, body: ExtensionRevocation) -> None:
    """Take it back: the deadline before it counts again; what was done meanwhile stays done."""
    extension = await ctx.lock(_LOCKED, extension_id=extension_id)
    require_role(ctx.actor.role, Role.OFFICE)
    refuse(policy.revocation_findings(extension.revoked_at))
    _revoke(ctx, extension, body.reason)


async def revoke_correction(ctx: Context, application_id: UUID, reason: str) -> None:
    """Take back the days of a correction that is recalled; the caller has locked the application."""
    for extension in await ctx.session.scalars(_OF_CORRECTION, {"application_id": application_id}):
        _revoke(ctx, extension, reason)


def _revoke(ctx: Context, extension: Extension, reason: str) -> None:
    change(ctx, extension, policy.REVOKED, revoked_at=ctx.now, revoked_by=ctx.actor.id, revocation_reason=reason)


async def read(view: View, extension_id: UUID) -> ExtensionRow:
    """One extension; NotFound unless visible."""
    return await view.get(_EXTENSION, extension_id=extension_id, now=view.now)


async def search(view: View, *, after: UUID | None, limit: int, **filters: FilterValue) -> Page[ExtensionRow]:
    return await _EXTENSIONS.page(view, after=after, limit=limit, now=view.now, **filters)


def _stored(ctx: Context, extension: Extension) -> Extension:
    extension.granted_at, extension.granted_by = ctx.now, cast(UUID, ctx.actor.id)
    return create(ctx, extension, EXTEND.event, deadline=extension.kind, cause=extension.cause)


def _until(settings: CampaignSettings, body: ExtensionCreate) -> datetime:
    moved = {"due_on": body.due_on, "enforced_at": body.enforced_at}
    return settings.closes_at(settings.window(body.deadline).model_copy(update=moved))
