"""Work in the background."""

from app.models.enums.words import Labelled


class JobStatus(Labelled):
    """State of a background job; a finished job no longer exists."""

    FAILED = "failed", "已失败"
    RUNNING = "running", "执行中"
    WAITING = "waiting", "等待执行"
