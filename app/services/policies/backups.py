"""Backups: when one is due, what is told of it, and where the numbers of events go on after a restore."""

from datetime import datetime, timedelta

from app.services.policies import Event

TAKEN = Event("backup.taken", "完成备份", "Took a backup")
FAILED = Event("backup.failed", "备份失败", "Failed to take a backup")
RESTORED = Event("deployment.restored", "从备份恢复", "Restored the deployment from a backup")
RELEASED = Event("deployment.released", "恢复对外发送", "Let mail and deliveries go out again after a restore")

STEP = 1_000_000
"""Numbers that a restore leaves out at least: more than a deployment can have given since its last backup."""
GRACE = timedelta(hours=2)
"""The time that a backup may take before it is missed."""
RETRY = timedelta(hours=1)
"""The pause after a backup that failed."""


def is_due(every: timedelta, last: datetime | None, failed: datetime | None, now: datetime) -> bool:
    """Return true if the last backup is old enough, and the last failure is not too fresh."""
    return (last is None or now - last >= every) and (failed is None or now - failed >= min(RETRY, every))


def is_overdue(every: timedelta, last: datetime | None, now: datetime) -> bool:
    """Return true if a backup should have been there for some time."""
    return last is None or now - last > every + GRACE


def resume_after(*reached: int) -> int:
    """Return the number after which events are numbered anew, beyond every one that may have been given."""
    return (max(reached) // STEP + 2) * STEP
