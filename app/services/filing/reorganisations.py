"""Organisations that change: units move to other committees, committees are merged; each first as a dry run, if asked.

The locks are those of filing: the places of both committees, then the units, then their applications. What is begun
meanwhile waits for the unit, and is refused by the database where the unit is no longer there.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, select, text, true

from app.context import Context
from app.database import Query, bound_id
from app.findings import Finding
from app.inputs import Input, Reason
from app.models import (
    Account,
    Application,
    Base,
    Campaign,
    Committee,
    Participation,
    Plan,
    PlannedCase,
    Reviewer,
    Seat,
    Unit,
)
from app.models.enums import CampaignStatus, DeadlineKind, PlanStatus, Role
from app.problems import NotFound
from app.rows import row_type
from app.services.filing import campaigns, concessions, contents, extensions, participations, versions
from app.services.history import change, note
from app.services.people import accounts, seats
from app.services.policies import permit, refuse, require_role
from app.services.policies.filing import plans as plan_policy
from app.services.policies.filing import reorganisations as policy
from app.services.policies.filing.deadlines import effective
from app.services.policies.filing.exemptions import Granted
from app.services.policies.filing.reorganisations import Terms
from app.services.policies.judging.reviewers import CHANGED as REVIEWER_CHANGED
from app.services.policies.people import committees as committee_policy
from app.services.policies.people import seats as seat_policy
from app.services.policies.people import units as unit_policy
from app.services.policies.people.committees import status_of

MOVED, SEALS, STAYED, UNITS, ACCOUNTS, PLANS = "moved", "seals", "stayed", "units", "accounts", "plans"
DEFERRED = text("SET CONSTRAINTS accounts_unit_id_fkey, reviewers_unit_id_fkey DEFERRED")
"""An account and its unit change their committee one after the other, and agree at the end."""

M = TypeVar("M", bound=Base)
DryRun = Annotated[
    bool,
    Field(strict=True, description="True tries everything, answers the same, and changes nothing.", examples=[True]),
]


class UnitMove(Input):
    """Move a unit to another committee."""

    committee_id: UUID = Field(description="The committee it belongs to from now on.")
    reason: Reason = Field(
        description="Reason, with the document it rests on.", examples=["区划调整（区委〔2015〕12号）。"]
    )
    dry_run: DryRun = False


class CommitteeMerger(Input):
    """Merge a committee into another, which stands for it from now on."""

    successor_id: UUID = Field(description="The committee it is merged into.")
    reason: Reason = Field(
        description="Reason, with the document it rests on.", examples=["机构改革（区委〔2015〕12号）。"]
    )
    dry_run: DryRun = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that went along, or would, by kind; of applications that were never filed only their number.

    `findings` are advice on what holds there and did not hold before.
    """

    dry_run: bool
    counts: Counter[str]
    findings: list[Finding]


@row_type
class _Terms:
    """A committee in a published campaign, with its extension and its exemptions."""

    campaign_id: UUID
    campaign_name: str
    settings_digest: str
    committee_id: UUID
    committee_name: str
    exemptions: Granted | None
    extension_id: UUID | None
    extension_due_on: date | None
    extension_until: datetime | None


_extension = extensions.latest(DeadlineKind.APPLICATION, Campaign.id, Committee.id)
_TERMS = Query(
    select(
        Campaign.id.label("campaign_id"),
        Campaign.name.label("campaign_name"),
        Campaign.settings_digest,
        Committee.id.label("committee_id"),
        Committee.name.label("committee_name"),
        concessions.exemptions_of(Campaign.id, Committee.id),
        *extensions.joined(_extension),
    )
    .select_from(Campaign)
    .join(Committee, Committee.id == bound_id("committee_id"))
    .outerjoin(_extension, true())
    .where(Campaign.status == CampaignStatus.PUBLISHED)
    .order_by(Campaign.id),
    _Terms,
)


async def move_unit(ctx: Context, unit_id: UUID, body: UnitMove) -> Outcome:
    """Move a unit with its accounts and all that was never filed; what was filed stays with who filed it."""
    require_role(ctx.actor.role, Role.OFFICE)
    async with ctx.attempt(dry_run=body.dry_run):
        left = await ctx.session.scalar(select(Unit.committee_id).where(Unit.id == unit_id))
        if left is None:
            raise NotFound
        target = await _hold(ctx, left, body.committee_id, "/committee_id")
        unit = await ctx.lock(select(Unit).where(Unit.id == unit_id).with_for_update())
        permit(unit_policy.MOVE, role=ctx.actor.role, status=status_of(unit.retired_at))
        there = unit.committee_id == target.id
        refuse([policy.ALREADY_THERE("/committee_id", name=unit.name, committee=target.name)] if there else [])
        refuse(await _same_names(ctx, [unit], target))
        advice = await _changed_terms(ctx, unit.committee_id, target.id)
        counts = await _carry(ctx, [unit], target, body.reason, merged=False)
        await _trace(ctx, unit, left, target, body.reason)
    return Outcome(body.dry_run, counts, advice)


async def merge(ctx: Context, committee_id: UUID, body: CommitteeMerger) -> Outcome:
    """Merge a committee into another: units, accounts and open work go along; it is retired, with its successor."""
    require_role(ctx.actor.role, Role.OFFICE)
    refuse([policy.ITSELF("/successor_id")] if committee_id == body.successor_id else [])
    async with ctx.attempt(dry_run=body.dry_run):
        target = await _hold(ctx, committee_id, body.successor_id, "/successor_id")
        merged = await ctx.lock(select(Committee).where(Committee.id == committee_id).with_for_update())
        direct = next((each for each in (target, merged) if each.direct), None)
        refuse([committee_policy.OFFICE_ACTS_HERE("/successor_id", name=direct.name)] if direct else [])
        permit(committee_policy.MERGE, role=ctx.actor.role, status=status_of(merged.retired_at))
        units = await _of(ctx, Unit, Unit.committee_id == merged.id)
        advice = await _changed_terms(ctx, merged.id, target.id)
        refuse(await _same_names(ctx, units, target))
        counts = await _carry(ctx, units, target, body.reason, merged=True)
        counts[ACCOUNTS] += await _carry_liaisons(ctx, merged, target, body.reason)
        counts[PLANS] += await _carry_plans(ctx, merged, target)
        await _retire(ctx, merged, target, body.reason)
    return Outcome(body.dry_run, counts, advice)


async def hand_on(ctx: Context, application: Application) -> None:
    """Give an application that goes out for correction to the successor of its committee, if that was merged."""
    committee = await ctx.session.get_one(Committee, application.committee_id)
    if committee.successor_id:
        await _carry_application(ctx, application, committee.successor_id)


async def _of(ctx: Context, model: type[M], *which: ColumnElement[bool]) -> Sequence[M]:
    """These rows of a table, each locked for a change, in one order."""
    return (await ctx.session.scalars(select(model).where(*which).order_by(model.id).with_for_update())).all()


async def _hold(ctx: Context, left: UUID, target_id: UUID, pointer: str) -> Committee:
    """Lock the places of both committees and what they name their units by; return the one that takes part on."""
    places = select(Participation.id).where(Participation.committee_id.in_([left, target_id]))
    await ctx.session.execute(places.order_by(Participation.id).with_for_update())
    both = select(Committee).where(Committee.id.in_([left, target_id])).order_by(Committee.id).with_for_update()
    found = {each.id: each for each in (await ctx.session.scalars(both)).all()}
    target = found.get(target_id)
    refuse(policy.target_findings(pointer, known=target is not None, retired=bool(target and target.retired_at)))
    assert target is not None, "it was just refused"
    await ctx.session.execute(DEFERRED)
    return target


async def _same_names(ctx: Context, units: Sequence[Unit], target: Committee) -> list[Finding]:
    names = [unit.comparable_name for unit in units if unit.comparable_name and unit.retired_at is None]
    alike = Unit.committee_id == target.id, Unit.retired_at.is_(None), Unit.comparable_name.in_(names)
    taken = await ctx.session.scalars(select(Unit.name).where(*alike).order_by(Unit.name))
    return [policy.NAME_TAKEN(name=name, committee=target.name) for name in taken]


async def _changed_terms(ctx: Context, left: UUID, target: UUID) -> list[Finding]:
    """Advise on what holds in the target's campaigns and does not hold where the units are."""
    before, after = [await _terms(ctx, each) for each in (left, target)]
    findings = (policy.terms_findings(before[each], after[each], ctx.now) for each in before.keys() & after.keys())
    return list(chain.from_iterable(findings))


async def _terms(ctx: Context, committee_id: UUID) -> dict[UUID, Terms]:
    """The terms of a committee, by campaign."""
    found = {}
    for row in await ctx.rows(_TERMS, committee_id=committee_id):
        settings = await campaigns.settings_for(ctx, row)
        deadline = effective(settings, DeadlineKind.APPLICATION, participations.extension_of(row))
        found[row.campaign_id] = Terms(row.committee_name, row.campaign_name, deadline, settings)
    return found


async def _carry(ctx: Context, units: Sequence[Unit], target: Committee, reason: str, *, merged: bool) -> Counter[str]:
    """Carry units over with everything of theirs that goes along."""
    counts = Counter({UNITS: len(units)})
    ids = [unit.id for unit in units]
    members = await _of(ctx, Account, Account.unit_id.in_(ids))
    counts[ACCOUNTS] = len(members)
    left = {unit.committee_id for unit in units}
    for unit in units:
        data = {"from": str(unit.committee_id), "to": str(target.id), "reason": reason}
        change(ctx, unit, unit_policy.MOVE.event, data=data, committee_id=target.id)
    await ctx.flush()  # an application is brought to where its unit is
    for member in members:
        change(ctx, member, policy.ACCOUNT_MOVED, data={"reason": reason}, committee_id=target.id)
    for reviewer in await _of(ctx, Reviewer, Reviewer.unit_id.in_(ids)):
        change(ctx, reviewer, REVIEWER_CHANGED, committee_id=target.id)
    for application in await _of(ctx, Application, Application.unit_id.in_(ids), Application.committee_id.in_(left)):
        filed = application.filed_version_id is not None
        goes = policy.goes_along(application.status, once_filed=filed, merged=merged)
        counts[MOVED if goes else STAYED] += 1
        if goes:
            counts[SEALS] += await _carry_application(ctx, application, target.id)
    await seats.end_beside_used(ctx, left, target.id)
    return counts


async def _trace(ctx: Context, unit: Unit, left: UUID, target: Committee, reason: str) -> None:
    """Put the move into the histories of both committees."""
    data = {"unit_id": str(unit.id), "unit": unit.name, "from": str(left), "to": str(target.id), "reason": reason}
    note(ctx, await ctx.session.get_one(Committee, left), policy.UNIT_LEFT, **data)
    note(ctx, target, policy.UNIT_JOINED, **data)


async def _carry_application(ctx: Context, application: Application, committee_id: UUID) -> bool:
    """Bring an application to another committee; return true if that voids the seal of the one before."""
    sealed = application.endorsed_digest is not None
    await _unlink(ctx, application)
    values = {"committee_id": committee_id, "status": policy.state_there(application.status)}
    if policy.is_fixed(application.status):
        values["versions"] = application.versions + 1
    changed = ["committee_name"]
    content = await contents.content_changed(ctx, application, policy.APPLICATION_MOVED, changed, **values)
    if "versions" in values:
        await versions.fix_moved(ctx, application, content)
    return sealed


async def _unlink(ctx: Context, application: Application) -> None:
    """Take it from the plan of the committee it leaves."""
    for case in await _of(ctx, PlannedCase, PlannedCase.application_id == application.id):
        plan = await ctx.session.get_one(Plan, case.plan_id)
        case.application_id = None
        data = {"case_id": str(case.id), "application_id": str(application.id)}
        change(ctx, plan, plan_policy.UNLINK.event, data=data)


async def _carry_liaisons(ctx: Context, merged: Committee, target: Committee, reason: str) -> int:
    """Bring the committee's own accounts over, signed out, and end the seats that others had there."""
    liaisons = await _of(ctx, Account, Account.committee_id == merged.id, Account.role == Role.COMMITTEE)
    for account in liaisons:
        ended = await accounts.end_sessions(ctx, account.id)
        data = {"reason": reason, "sessions_ended": ended}
        change(ctx, account, policy.ACCOUNT_MOVED, data=data, committee_id=target.id)
    for seat in await _of(ctx, Seat, Seat.committee_id == merged.id, Seat.revoked_at.is_(None)):
        seats.end(ctx, seat, seat_policy.REVOKED, reason)
    return len(liaisons)


async def _carry_plans(ctx: Context, merged: Committee, target: Committee) -> int:
    """Bring over plans that are still being written, where the successor has none of its own."""
    own = select(Plan.campaign_id).where(Plan.committee_id == target.id)
    plans = await _of(
        ctx,
        Plan,
        Plan.committee_id == merged.id,
        Plan.status != PlanStatus.SUBMITTED,
        Plan.campaign_id.not_in(own),
    )
    for plan in plans:
        await extensions.pass_on(ctx, plan, target.id)
        change(ctx, plan, policy.PLAN_MOVED, committee_id=target.id)
    return len(plans)


async def _retire(ctx: Context, merged: Committee, target: Committee, reason: str) -> None:
    for earlier in await _of(ctx, Committee, Committee.successor_id == merged.id):
        change(ctx, earlier, policy.SUCCEEDED, successor_id=target.id)
    data = {"successor_id": str(target.id), "reason": reason}
    event = committee_policy.MERGE.event
    change(ctx, merged, event, data=data, retired_at=ctx.now, successor_id=target.id)
