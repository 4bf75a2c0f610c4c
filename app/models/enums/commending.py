"""Awards and objections."""

from app.models.enums.words import Labelled


class CommendationStatus(Labelled):
    """State of a commendation."""

    DRAFT = "draft", "拟定"
    PUBLICISED = "publicised", "公示中"
    PUBLISHED = "published", "已通报"


class AwardStatus(Labelled):
    """State of an award."""

    PROPOSED = "proposed", "拟表彰"
    HELD = "held", "异议核查中"
    DROPPED = "dropped", "取消拟表彰"
    AWARDED = "awarded", "已表彰"
    REVOKED = "revoked", "已撤销"


class AwardBasis(Labelled):
    """Basis of an award's proposal."""

    COUNT = "count", "按名次"
    SCORE = "score", "按分数"
    QUOTA = "quota", "按类别名额"
    INDICATORS = "indicators", "按组织工作指标"
    BY_HAND = "by_hand", "逐个提名"


class BookletStatus(Labelled):
    """State of a booklet (案例汇编)."""

    BINDING = "binding", "正在编印"
    BOUND = "bound", "已编印"
    FAILED = "failed", "未能编印"


class BookletPictures(Labelled):
    """Pictures that a booklet shows."""

    FILED = "filed", "申报的全部图片"
    PUBLIC = "public", "选定公开的图片"


class ObjectionStatus(Labelled):
    """State of an objection (异议)."""

    OPEN = "open", "核查中"
    REJECTED = "rejected", "不成立"
    UPHELD = "upheld", "成立"
