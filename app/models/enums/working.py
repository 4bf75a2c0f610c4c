"""Work in the background."""

from app.models.enums.words import Labelled


class JobStatus(Labelled):
    """Where a job of the background stands; what is done is gone."""

    FAILED = "failed", "已失败"
    RUNNING = "running", "执行中"
    WAITING = "waiting", "等待执行"
