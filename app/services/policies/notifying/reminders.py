"""The times and words of reminders before a deadline, and of the list of those who missed it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from app.findings import Sentence
from app.services.policies.notifying.kinds import COMMITTEE, OFFICE, TO_WHOM_IT_NAMES, UNIT, WITH_STATUS, Telling

AFTERMATH = timedelta(days=7)
"""The time after a deadline in which the list of those who missed it is made; later nobody waits for it."""


def due_window(now: datetime, deadline: datetime, windows: Sequence[timedelta], since: datetime) -> timedelta | None:
    """Return the one window that is due: of those that have opened the nearest to the deadline.

    A window that had opened before anything was owed (`since`) is no occasion: the author of a new draft knows of it.
    A window leads to one reminder: its occasion stays the same until the next one opens or the deadline moves.
    """
    if now >= deadline:
        return None
    return min((window for window in windows if since <= deadline - window <= now), default=None)


def is_aftermath(now: datetime, deadline: datetime) -> bool:
    """Return true while the list of those who missed it may be made."""
    return deadline <= now < deadline + AFTERMATH


def occasion(about: UUID, deadline: datetime, window: timedelta | None = None) -> str:
    """Name the occasion of one notice: a window before a deadline, or its passing; a moved deadline is another one."""
    left = f":{window.total_seconds():.0f}" if window else ""
    return f"{about}:{deadline.timestamp():.0f}{left}"


PLAN_DUE = Telling(
    "reminder.plan",
    (COMMITTEE,),
    Sentence("实施计划登记表尚未报送，截止时间：{until}。", "The plan is not handed in. Deadline: {until}."),
)
FILING_DUE = Telling(
    "reminder.filing",
    (COMMITTEE,),
    Sentence(
        "案例申报截止时间：{until}。已上报{standing}件（至少{minimum}件），待审核盖章或上报{waiting}件。",
        "Deadline of applications: {until}. Filed: {standing} (at least {minimum}); to be sealed or filed: {waiting}.",
    ),
    item=WITH_STATUS,
)
CORRECTIONS_DUE = Telling(
    "reminder.corrections",
    (COMMITTEE,),
    Sentence("须于{until}前重新上报{count}件申报。", "To be filed again before {until}: {count}."),
    item=WITH_STATUS,
)
DRAFTS_DUE = Telling(
    "reminder.drafts",
    (UNIT,),
    Sentence("尚有{count}件申报未提交，截止时间：{until}。", "Not submitted: {count}. Deadline: {until}."),
    item=WITH_STATUS,
)
REVIEWS_DUE = Telling(
    "reminder.reviews",
    TO_WHOM_IT_NAMES,
    Sentence(
        "“{name}”尚有{count}件评审未提交，截止时间：{until}。",
        "Reviews of “{name}” that you have not submitted: {count}. Deadline: {until}.",
    ),
)
PLANS_MISSING = Telling(
    "missing.plans",
    (OFFICE,),
    Sentence(
        "实施计划登记已于{until}截止，未报送：{count}个{recommender}。",
        "The deadline of plans has passed ({until}); committees without one: {count}.",
    ),
    item=Sentence("{name}", "{name}"),
)
FILINGS_MISSING = Telling(
    "missing.filings",
    (OFFICE,),
    Sentence(
        "案例申报已于{until}截止，未报足{minimum}件：{count}个{recommender}。",
        "The deadline of applications has passed ({until}); committees with fewer than {minimum}: {count}.",
    ),
    item=Sentence("{name}：已上报{standing}件", "{name}: filed {standing}"),
)
REVIEWS_MISSING = Telling(
    "missing.reviews",
    (OFFICE,),
    Sentence(
        "“{name}”评审已于{until}截止，未完成：{count}位评委。",
        "The reviews of “{name}” were due {until}; judges who owe some: {count}.",
    ),
    item=Sentence("{name}：{count}件未提交", "{name}: {count} not submitted"),
)
OF_DEADLINES = (
    *(PLAN_DUE, FILING_DUE, CORRECTIONS_DUE, DRAFTS_DUE, REVIEWS_DUE),
    *(PLANS_MISSING, FILINGS_MISSING, REVIEWS_MISSING),
)
