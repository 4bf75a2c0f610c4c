"""The times of reminders before a deadline, and of the list of those who missed it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

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
