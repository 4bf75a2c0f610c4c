"""Reminders (催办): before a deadline to those who still owe something, after it a list of them to the office.

They are looked for every minute; none is sent twice, however many workers look, and however often.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from app.database import Database
from app.models.enums import (
    Role,
)
from app.services import jobs
from app.services.notifying import owed
from app.services.notifying.notifications import Addressees, Notice, announce
from app.services.notifying.owed import (
    About,
    Opening,
    Owed,
    OwedApplication,
    OwedFilings,
    OwedPlan,
    OwedReviews,
    OwingRow,
    Whole,
)
from app.services.policies.notifying import reminders as policy
from app.services.policies.notifying.kinds import Telling
from app.services.policies.notifying.notifications import KINDS, Particulars

Groups = dict[tuple[UUID, UUID, datetime], list[Owed[OwedApplication]]]
"""The applications of one organisation in one campaign until one instant."""


async def remind(database: Database) -> int:
    """Send all reminders that are due, and the office's lists after a deadline; return how many were new."""
    async with jobs.acting(database) as ctx:
        return await announce(
            ctx,
            [
                *_of_plans(ctx.now, await owed.plans(ctx)),
                *_of_filings(ctx.now, await owed.filings(ctx), await owed.applications(ctx)),
                *_of_reviews(ctx.now, await owed.reviews(ctx)),
                *_of_openings(await owed.openings(ctx)),
            ],
        )


def _of_plans(now: datetime, plans: Sequence[Owed[OwedPlan]]) -> Iterator[Notice]:
    for one in plans:
        about = ("plan", one.row.plan_id) if one.row.plan_id else one.whole.about
        yield from _due(now, policy.PLAN_DUE, [one], about, _committee(one.row.committee_id))
    yield from _missing(now, policy.PLANS_MISSING, plans, lambda plan: {"name": plan.name})


def _of_filings(
    now: datetime, filings: Sequence[Owed[OwedFilings]], applications: Sequence[Owed[OwedApplication]]
) -> Iterator[Notice]:
    """Remind a committee of its whole set at once; of an application with a later date of its own, before that date."""
    for drafts in _grouped(_with_units(applications), lambda draft: draft.unit_id).values():
        to = Addressees(Role.UNIT, unit_id=drafts[0].row.unit_id)
        yield from _due(now, policy.DRAFTS_DUE, drafts, drafts[0].whole.about, to, facts=_listed(drafts))
    groups = _grouped(applications, lambda application: application.committee_id)
    for one in filings:
        under_way = groups.pop((one.row.campaign_id, one.row.committee_id, one.deadline), [])
        waiting = len(under_way) - len(_with_units(under_way))
        if waiting or _falls_short(one):
            figures = {"minimum": one.settings.minimum_filed, "standing": one.row.filed, "waiting": waiting}
            facts, to = {**_listed(under_way), **figures}, _committee(one.row.committee_id)
            yield from _due(now, policy.FILING_DUE, [one], one.whole.about, to, facts=facts)
    for later in groups.values():
        to = _committee(later[0].row.committee_id)
        yield from _due(now, policy.CORRECTIONS_DUE, later, later[0].whole.about, to, facts=_listed(later))
    short = [one for one in filings if _falls_short(one)]
    yield from _missing(
        now, policy.FILINGS_MISSING, short, lambda filings: {"name": filings.name, "standing": filings.filed}
    )


def _of_reviews(now: datetime, reviews: Sequence[Owed[OwedReviews]]) -> Iterator[Notice]:
    for one in reviews:
        to, facts = Addressees(account_id=one.row.account_id), {"name": one.row.round_name, "count": one.row.count}
        yield from _due(now, policy.REVIEWS_DUE, [one], one.whole.about, to, facts=facts)
    yield from _missing(
        now, policy.REVIEWS_MISSING, reviews, lambda reviews: {"name": reviews.name, "count": reviews.count}
    )


def _of_openings(openings: Sequence[Opening]) -> Iterator[Notice]:
    for each in openings:
        yield Notice(
            KINDS["assignment.made"],
            str(each.round_id),
            "round",
            each.round_id,
            each.campaign_id,
            Addressees(account_id=each.reviewer_id),
            particulars={"name": each.round_name},
        )


def _due(
    now: datetime,
    telling: Telling,
    things: Sequence[Owed[OwingRow]],
    about: About,
    to: Addressees,
    *,
    facts: Particulars = MappingProxyType({}),
) -> Iterator[Notice]:
    """Remind of everything that is owed until one instant, if a reminder is due."""
    first = things[0]
    since = min(one.since for one in things)
    window = policy.due_window(now, first.deadline, first.settings.leads(), since)
    if window:
        occasion = policy.occasion(first.whole.id, first.deadline, window)
        yield _notice(telling, first, about, occasion, to=to, facts=facts)


def _missing(
    now: datetime, telling: Telling, things: Sequence[Owed[OwingRow]], item: Callable[[OwingRow], Particulars]
) -> Iterator[Notice]:
    """Notify the office after each deadline of everyone who still owes something."""
    groups: dict[tuple[Whole, datetime], list[Owed[OwingRow]]] = defaultdict(list)
    for one in things:
        groups[one.whole, one.deadline].append(one)
    for (whole, deadline), late in groups.items():
        if policy.is_aftermath(now, deadline):
            first, items = late[0], [item(one.row) for one in late]
            minimum = max(one.settings.minimum_filed for one in late)  # some may be exempted
            facts = {"count": len(late), "items": items, "minimum": minimum, "name": whole.name}
            occasion = policy.occasion(whole.id, deadline)
            yield _notice(telling, first, whole.about, occasion, to=Addressees(Role.OFFICE), facts=facts)


def _notice(
    telling: Telling, one: Owed[OwingRow], about: About, occasion: str, *, to: Addressees, facts: Particulars
) -> Notice:
    deadline = {"until": one.deadline.isoformat(), "timezone": one.settings.timezone}
    facts = {**facts, **deadline, "recommender": one.settings.recommender}
    return Notice(telling, occasion, *about, one.row.campaign_id, to, particulars=facts)


def _committee(committee_id: UUID) -> Addressees:
    return Addressees(Role.COMMITTEE, committee_id=committee_id)


def _grouped(applications: Sequence[Owed[OwedApplication]], whose: Callable[[OwedApplication], UUID]) -> Groups:
    groups: Groups = defaultdict(list)
    for one in applications:
        groups[one.row.campaign_id, whose(one.row), one.deadline].append(one)
    return groups


def _with_units(applications: Sequence[Owed[OwedApplication]]) -> list[Owed[OwedApplication]]:
    return [one for one in applications if one.row.waits_for_unit]


def _falls_short(filings: Owed[OwedFilings]) -> bool:
    return filings.row.filed < filings.settings.minimum_filed


def _listed(applications: Sequence[Owed[OwedApplication]]) -> Particulars:
    items = [{"name": one.row.name, "status": one.row.status} for one in applications]
    return {"count": len(items), "items": items}
