"""Notices to people."""

from app.models.enums.words import Labelled


class AnnouncementAudience(Labelled):
    """Committees that an announcement is for."""

    ALL = "all", "全部党（工）委"
    CHOSEN = "chosen", "指定的党（工）委"
    WITHOUT_PLAN = "without_plan", "未报送实施计划的党（工）委"
    NOT_FILED = "not_filed", "未报足案例的党（工）委"
