"""Reminders (催办): before a deadline to those who still owe something, after it a list of them to the office.

Looked for every minute; what was told once is not told again, whoever looks, and however often.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Select, and_, bindparam, func, or_, select, true

from app.context import View
from app.database import Database, Query, Row
from app.models import Account, Application, Assignment, Campaign, Committee, Plan, Review, Round, Unit
from app.models.enums import (
    CampaignStatus,
    DeadlineKind,
    DeadlineSource,
    PlanStatus,
    ReviewStatus,
    Role,
    RoundStatus,
)
from app.services import jobs
from app.services.filing import campaigns, extensions, participations
from app.services.judging.visibility import STANDING
from app.services.notifying.notifications import Notice, announce
from app.services.policies.filing import deadlines
from app.services.policies.filing.applications import FILED_STATES, IN_PREPARATION, OPEN_TO_EDIT
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.notifying import reminders as policy
from app.services.policies.notifying import tellings
from app.services.policies.notifying.notifications import KINDS
from app.services.policies.notifying.tellings import Telling

_NOW = bindparam("now", type_=DateTime(timezone=True))
_running = Campaign.status == CampaignStatus.PUBLISHED
_CAMPAIGN = (
    Campaign.id.label("campaign_id"),
    Campaign.settings_digest,
    func.coalesce(Campaign.published_at, Campaign.created_at).label("since"),
)


def _until(kind: DeadlineKind, *of: Any) -> tuple[Any, list[ColumnElement[Any]]]:
    """The extension that counts, to be joined, and its columns."""
    extension = extensions.latest(kind, *of)
    return extension, [*extensions.joined(extension), extension.c.granted_at.label("extension_granted_at")]


_plan_extension, _plan_until = _until(DeadlineKind.PLAN, Campaign.id, Committee.id)
_PLANS = Query(
    select(*_CAMPAIGN, Committee.id.label("committee_id"), Committee.name, Plan.id.label("plan_id"), *_plan_until)
    .select_from(Campaign)
    .join(Committee, Committee.retired_at.is_(None))
    .outerjoin(Plan, and_(Plan.campaign_id == Campaign.id, Plan.committee_id == Committee.id))
    .outerjoin(_plan_extension, true())
    .where(_running, or_(Plan.id.is_(None), Plan.status != PlanStatus.SUBMITTED))
    .order_by(Campaign.id, Committee.code)
)
_filed = (
    select(Application.campaign_id, Application.committee_id, func.count().label("standing"))
    .where(or_(*(Application.status == status for status in FILED_STATES)))
    .group_by(Application.campaign_id, Application.committee_id)
    .subquery("filed")
)
_set_extension, _set_until = _until(DeadlineKind.APPLICATION, Campaign.id, Committee.id)
_FILINGS = Query(
    select(
        *_CAMPAIGN,
        Committee.id.label("committee_id"),
        Committee.name,
        func.coalesce(_filed.c.standing, 0).label("standing"),
        *_set_until,
    )
    .select_from(Campaign)
    .join(Committee, Committee.retired_at.is_(None))
    .outerjoin(_filed, and_(_filed.c.campaign_id == Campaign.id, _filed.c.committee_id == Committee.id))
    .outerjoin(_set_extension, true())
    .where(_running)
    .order_by(Campaign.id, Committee.code)
)
_own_extension, _own_until = _until(
    DeadlineKind.APPLICATION, Application.campaign_id, Application.committee_id, Application.id
)
_APPLICATIONS = Query(
    select(
        Campaign.id.label("campaign_id"),
        Campaign.settings_digest,
        Application.created_at.label("since"),
        Application.committee_id,
        Application.unit_id,
        func.coalesce(Application.brand_name, Application.number).label("name"),
        Application.status,
        *_own_until,
    )
    .join(Campaign, Campaign.id == Application.campaign_id)
    .join(Unit, and_(Unit.id == Application.unit_id, Unit.retired_at.is_(None)))
    .outerjoin(_own_extension, true())
    .where(_running, or_(*(Application.status == status for status in IN_PREPARATION)))
    .order_by(Application.number)
)


def _of_judges(*columns: Any) -> Select[Any]:
    """Of the cases that judges have in rounds that have begun."""
    return (
        select(*columns)
        .select_from(Assignment)
        .join(Round, Round.id == Assignment.round_id)
        .join(Campaign, Campaign.id == Round.campaign_id)
        .where(_running, Round.status == RoundStatus.OPEN, Round.opens_at <= _NOW, STANDING)
    )


_REVIEWS = Query(
    _of_judges(
        Campaign.id.label("campaign_id"),
        Campaign.settings_digest,
        Round.id.label("round_id"),
        Round.name.label("round_name"),
        Round.closes_at,
        func.greatest(Round.opens_at, func.min(Assignment.assigned_at)).label("since"),
        Account.id.label("account_id"),
        Account.name,
        func.count().label("count"),
    )
    .join(Account, Account.id == Assignment.reviewer_id)
    .outerjoin(Review, Review.assignment_id == Assignment.id)
    .where(Review.status.is_distinct_from(ReviewStatus.SUBMITTED))
    .group_by(Campaign.id, Round.id, Account.id)
    .order_by(Round.id, Account.name, Account.id)
)
_OPENED = Query(
    _of_judges(Round.campaign_id, Round.id.label("round_id"), Round.name.label("round_name"), Assignment.reviewer_id)
    .where(Assignment.assigned_at < Round.opens_at, _NOW < Round.closes_at)
    .distinct()
    .order_by(Round.id, Assignment.reviewer_id)
)
"""Who was given cases before the round opened, and could not be told then."""


@dataclass(frozen=True, slots=True)
class Owed:
    """Something owed: the row that tells it, until when, and since when."""

    row: Row
    settings: CampaignSettings
    deadline: datetime
    since: datetime


Groups = dict[tuple[UUID, UUID, datetime], list[Owed]]
"""What is owed by one organisation in one campaign until one instant."""


async def remind(database: Database) -> int:
    """Tell whoever owes something that a deadline is near, and the office who missed one; how many were told."""
    async with jobs.acting(database) as ctx:
        plans = await _owed(ctx, _PLANS, DeadlineKind.PLAN)
        filings = await _owed(ctx, _FILINGS, DeadlineKind.APPLICATION)
        applications = await _owed(ctx, _APPLICATIONS, DeadlineKind.APPLICATION)
        reviews = await _owed_reviews(ctx)
        return await announce(
            ctx,
            [
                *_of_plans(ctx.now, plans),
                *_of_filings(ctx.now, filings, applications),
                *_of_reviews(ctx.now, reviews),
                *await _of_openings(ctx),
            ],
        )


def _of_plans(now: datetime, plans: Sequence[Owed]) -> Iterator[Notice]:
    for one in plans:
        about = ("plan", one.row["plan_id"]) if one.row["plan_id"] else _campaign(one)
        yield from _due(now, tellings.PLAN_DUE, [one], about, _committee(one))
    yield from _missing(now, tellings.PLANS_MISSING, plans)


def _of_filings(now: datetime, filings: Sequence[Owed], applications: Sequence[Owed]) -> Iterator[Notice]:
    """A committee is told of its whole set at once; of what has a later date of its own, before that date."""
    for drafts in _grouped("unit_id", _with_units(applications)).values():
        to = {"role": Role.UNIT, "unit_id": drafts[0].row["unit_id"]}
        yield from _due(now, tellings.DRAFTS_DUE, drafts, _campaign(drafts[0]), to, **_listed(drafts))
    groups = _grouped("committee_id", applications)
    for one in filings:
        under_way = groups.pop((one.row["campaign_id"], one.row["committee_id"], one.deadline), [])
        waiting = len(under_way) - len(_with_units(under_way))
        if waiting or _falls_short(one):
            figures = {"minimum": one.settings.minimum_filed, "standing": one.row["standing"], "waiting": waiting}
            facts = _listed(under_way) | figures
            yield from _due(now, tellings.FILING_DUE, [one], _campaign(one), _committee(one), **facts)
    for later in groups.values():
        one = later[0]
        yield from _due(now, tellings.CORRECTIONS_DUE, later, _campaign(one), _committee(one), **_listed(later))
    yield from _missing(now, tellings.FILINGS_MISSING, [one for one in filings if _falls_short(one)])


def _of_reviews(now: datetime, reviews: Sequence[Owed]) -> Iterator[Notice]:
    for one in reviews:
        to, facts = {"account_id": one.row["account_id"]}, {"name": one.row["round_name"], "count": one.row["count"]}
        yield from _due(now, tellings.REVIEWS_DUE, [one], ("round", one.row["round_id"]), to, **facts)
    yield from _missing(now, tellings.REVIEWS_MISSING, reviews)


async def _of_openings(view: View) -> list[Notice]:
    return [
        Notice(
            KINDS["assignment.made"],
            str(row["round_id"]),
            "round",
            row["round_id"],
            row["campaign_id"],
            account_id=row["reviewer_id"],
            particulars={"name": row["round_name"]},
        )
        for row in await view.rows(_OPENED, now=view.now)
    ]


def _due(
    now: datetime, telling: Telling, things: Sequence[Owed], about: tuple[str, UUID], to: dict[str, Any], **facts: Any
) -> Iterator[Notice]:
    """The reminder of what is owed until one instant, if one is due."""
    first = things[0]
    since = min(one.since for one in things)
    window = policy.due_window(now, first.deadline, first.settings.leads(), since)
    if window:
        yield _notice(telling, first, about, policy.occasion(_whole(first), first.deadline, window), to=to, facts=facts)


def _missing(now: datetime, telling: Telling, things: Sequence[Owed]) -> Iterator[Notice]:
    """What the office is told after each deadline: who still owes what was due then."""
    groups: dict[tuple[UUID, datetime], list[Owed]] = defaultdict(list)
    for one in things:
        groups[_whole(one), one.deadline].append(one)
    for (whole, deadline), late in groups.items():
        if policy.is_aftermath(now, deadline):
            first = late[0]
            about = ("round", whole) if "round_id" in first.row else _campaign(first)
            items = [{name: one.row.get(name) for name in ("name", "standing", "count")} for one in late]
            facts = {"count": len(late), "items": items, "minimum": first.settings.minimum_filed}
            named = facts | {"name": first.row.get("round_name")}
            yield _notice(
                telling, first, about, policy.occasion(whole, deadline), to={"role": Role.OFFICE}, facts=named
            )


def _notice(
    telling: Telling, one: Owed, about: tuple[str, UUID], occasion: str, *, to: dict[str, Any], facts: dict[str, Any]
) -> Notice:
    spoken = {"until": one.deadline.isoformat(), "timezone": one.settings.timezone}
    return Notice(telling, occasion, *about, one.row["campaign_id"], particulars=facts | spoken, **to)


def _whole(one: Owed) -> UUID:
    """What has the deadline: a round, or a campaign."""
    whole: UUID = one.row.get("round_id") or one.row["campaign_id"]
    return whole


def _campaign(one: Owed) -> tuple[str, UUID]:
    return "campaign", one.row["campaign_id"]


def _committee(one: Owed) -> dict[str, Any]:
    return {"role": Role.COMMITTEE, "committee_id": one.row["committee_id"]}


def _grouped(whose: str, applications: Sequence[Owed]) -> Groups:
    groups: Groups = defaultdict(list)
    for one in applications:
        groups[one.row["campaign_id"], one.row[whose], one.deadline].append(one)
    return groups


def _with_units(applications: Sequence[Owed]) -> list[Owed]:
    return [one for one in applications if one.row["status"] in OPEN_TO_EDIT]


def _falls_short(filing: Owed) -> bool:
    return bool(filing.row["standing"] < filing.settings.minimum_filed)


def _listed(applications: Sequence[Owed]) -> dict[str, Any]:
    items = [{"name": one.row["name"], "status": one.row["status"]} for one in applications]
    return {"count": len(items), "items": items}


async def _owed(view: View, query: Query, kind: DeadlineKind) -> list[Owed]:
    """What a statement finds, each with the deadline that counts for it."""
    found = []
    for row in await view.rows(query):
        settings = await campaigns.settings_of(view, row["settings_digest"])
        deadline = deadlines.effective(settings, kind, participations.later_deadline(row))
        extended = deadline.source is DeadlineSource.EXTENSION
        since = max(row["since"], row["extension_granted_at"]) if extended else row["since"]
        found.append(Owed(row, settings, deadline.enforced_at, since))
    return found


async def _owed_reviews(view: View) -> list[Owed]:
    """What judges have not submitted, in rounds that have begun."""
    return [
        Owed(row, await campaigns.settings_of(view, row["settings_digest"]), row["closes_at"], row["since"])
        for row in await view.rows(_REVIEWS, now=view.now)
    ]
