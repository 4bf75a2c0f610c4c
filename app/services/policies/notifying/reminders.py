"""When somebody is reminded of a deadline, and when it is told who missed it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

AFTERMATH = timedelta(days=7)
"""How long after a deadline it may still be told who missed it; later nobody waits for that."""


def due_window(now: datetime, deadline: datetime, windows: Sequence[timedelta], since: datetime) -> timedelta | None:
    """The one reminder that is due: of the windows that have opened the nearest to the deadline.

    A window that had opened before anything was owed (`since`) is no occasion: whoever begins a draft knows of it.
    Told is a window once: by its occasion, which stays the same until the next one opens or the deadline moves.
    """
    if now >= deadline:
        return None
    return min((window for window in windows if since <= deadline - window <= now), default=None)


def is_aftermath(now: datetime, deadline: datetime) -> bool:
    """Whether it is time to tell who missed it."""
    return deadline <= now < deadline + AFTERMATH


def occasion(about: UUID, deadline: datetime, window: timedelta | None = None) -> str:
    """What is told once: this window before this deadline, or that it has passed. A moved deadline is another one."""
    left = f":{window.total_seconds():.0f}" if window else ""
    return f"{about}:{deadline.timestamp():.0f}{left}"
