"""Reminders (催办): before a deadline to those who still owe something, after it a list of them to the office.

Looked for every minute; what was told once is not told again, whoever looks, and however often.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app.context import View
from app.database import Database
from app.models.enums import DeadlineKind, Role
from app.services import jobs
from app.services.notifying import owed
from app.services.notifying.notifications import Notice, announce
from app.services.notifying.owed import Owed
from app.services.policies.notifying import reminders as policy
from app.services.policies.notifying import tellings
from app.services.policies.notifying.notifications import KINDS
from app.services.policies.notifying.tellings import Telling

Groups = dict[tuple[UUID, UUID, datetime], list[Owed]]
"""What is owed by one organisation in one campaign until one instant."""


async def remind(database: Database) -> int:
    """Tell whoever owes something that a deadline is near, and the office who missed one; how many were told."""
    async with jobs.acting(database) as ctx:
        plans = await owed.owed(ctx, owed.PLANS, DeadlineKind.PLAN)
        filings = await owed.owed(ctx, owed.FILINGS, DeadlineKind.APPLICATION)
        applications = await owed.owed(ctx, owed.APPLICATIONS, DeadlineKind.APPLICATION)
        reviews = await owed.owed_reviews(ctx)
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
        for row in await view.rows(owed.OPENED, now=view.now)
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
    return [one for one in applications if one.row["status"] in owed.WITH_UNIT]


def _falls_short(filing: Owed) -> bool:
    return bool(filing.row["standing"] < filing.settings.minimum_filed)


def _listed(applications: Sequence[Owed]) -> dict[str, Any]:
    items = [{"name": one.row["name"], "status": one.row["status"]} for one in applications]
    return {"count": len(items), "items": items}
