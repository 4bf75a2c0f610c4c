"""The schedule of further attempts, and the acts of the office on a job."""

from datetime import timedelta

from app.findings import Sentence
from app.models.enums import JobStatus, Role
from app.services.policies import Act, Event, StatusOnly

SOON = tuple(timedelta(seconds=seconds) for seconds in (5, 60, 5 * 60, 30 * 60, 2 * 60 * 60, 6 * 60 * 60, 12 * 60 * 60))
DAILY, DAYS = timedelta(days=1), 7
SPREAD = 0.2
"""A pause is up to a fifth shorter or longer: what failed together is not tried together."""

TASKS = {
    "bind": Sentence("编印案例汇编", "Bind a booklet of awarded cases"),
    "deliver": Sentence("向接收地址报送", "Deliver a message to an endpoint"),
    "compare": Sentence("与其他案例比对（查重）", "Compare a case with all others"),
    "handle_later": Sentence("补做未能处理的事件", "Handle an event that could not be handled in its turn"),
    "mail": Sentence("发送邮件", "Send the mail of an account"),
}
"""The tasks in words."""


def pause_after(failures: int, chance: float) -> timedelta | None:
    """Return the wait after a number of failures, the last included; None: no more. `chance` is drawn from 0 to 1."""
    if failures > len(SOON) + DAYS:
        return None
    pause = SOON[failures - 1] if failures <= len(SOON) else DAILY
    return pause * (1 - SPREAD + 2 * SPREAD * chance)


RETRY = Act[JobStatus, StatusOnly[JobStatus]](
    "retry",
    Event("job.retried", "重新执行后台任务", "Had a job of the background done again"),
    by={Role.OFFICE: frozenset({JobStatus.FAILED, JobStatus.WAITING})},
    target=JobStatus.WAITING,
)
