"""From the notice to the filing."""

from app.models.enums.words import Labelled


class CampaignStatus(Labelled):
    """State of a campaign."""

    DRAFT = "draft", "筹备"
    PUBLISHED = "published", "已发布"
    CLOSED = "closed", "已结束"


class PlanStatus(Labelled):
    """State of an implementation plan (附件1)."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已报送"
    RETURNED = "returned", "已退回"


class ApplicationStatus(Labelled):
    """State of an application (附件2)."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已提交"
    PAUSED = "paused", "暂缓", "submitted"
    RETURNED = "returned", "已退回"
    DECLINED = "declined", "未入选"
    ENDORSED = "endorsed", "已审核盖章"
    FILED = "filed", "已上报"
    ACCEPTED = "accepted", "已受理"
    DISQUALIFIED = "disqualified", "不予受理"
    WITHDRAWN = "withdrawn", "已撤回"


class CheckDecision(Labelled):
    """Decision of the office in the formal check."""

    ACCEPT = "accept", "受理"
    REQUEST_CORRECTION = "request_correction", "退回补正"
    DISQUALIFY = "disqualify", "不予受理"


class DeadlineKind(Labelled):
    """The two deadlines of the notice."""

    PLAN = "plan", "实施计划登记"
    APPLICATION = "application", "案例申报"


class DeadlineSource(Labelled):
    """Source of the deadline that applies."""

    CAMPAIGN = "campaign", "活动通知"
    EXTENSION = "extension", "延期"


class ExtensionCause(Labelled):
    """Cause of an extension."""

    GRANT = "grant", "批准延期"
    CORRECTION = "correction", "退回补正"


class VersionOccasion(Labelled):
    """The act that fixed a version of an application."""

    SUBMISSION = "submission", "提交"
    FILING = "filing", "上报"


class FileState(Labelled):
    """The life of stored bytes: the row first, then the object; gone in the opposite order."""

    RESERVED = "reserved", "待存入"
    STORED = "stored", "已存入"
    CONDEMNED = "condemned", "待清除"
