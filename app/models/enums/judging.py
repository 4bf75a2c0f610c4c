"""Rounds, reviews and what keeps a reviewer away."""

from app.models.enums.words import Labelled


class RoundStatus(Labelled):
    """State of a round of judging."""

    DRAFT = "draft", "筹备"
    OPEN = "open", "评审中"
    CLOSED = "closed", "已结束"


class RoundKind(Labelled):
    """Way in which the cases of a round are judged: by what was filed, or by what their applicants show."""

    WRITTEN = "written", "书面评审"
    LIVE = "live", "现场评审（展示、答辩）"


class RoundIntake(Labelled):
    """Selection of the accepted applications that enter a round when it is opened."""

    ALL = "all", "全部受理案例"
    BEST = "best", "上一轮名列前茅的案例"
    SELECTED = "selected", "逐件选定的案例"


class RankingMethod(Labelled):
    """Method that turns several judges' scores into one figure."""

    MEAN = "mean", "平均分"
    TRIMMED_MEAN = "trimmed_mean", "去掉一个最高分和一个最低分"
    REVIEWER_ADJUSTED = "reviewer_adjusted", "评委尺度校正"


class RecusalKind(Labelled):
    """Kind of a recusal: a tie the reviewer declares, a wish of theirs, or the office's decision."""

    DECLARED = "declared", "申报利害关系"
    ABSTAINED = "abstained", "主动弃评"
    RECUSED = "recused", "主办单位决定回避"


class ConflictReason(Labelled):
    """Cause of a conflict of interest with a case; the first of several."""

    SAME_UNIT = "same_unit", "评委与申报单位同属一个单位"
    SAME_COMMITTEE = "same_committee", "评委与申报单位同属一个党（工）委"
    SAME_PERSON = "same_person", "评委与申报方账号或联系人的电话相同"
    DECLARED = "declared", "评委申报利害关系"
    ABSTAINED = "abstained", "评委主动弃评"
    RECUSED = "recused", "主办单位决定回避"


class AssignmentOrigin(Labelled):
    """Origin of an assignment."""

    MANUAL = "manual", "人工分配"
    PROPOSAL = "proposal", "自动分配"


class WithdrawalCause(Labelled):
    """Cause of an assignment's withdrawal."""

    OFFICE = "office", "主办单位收回"
    PROPOSAL = "proposal", "重新分配"
    UNDONE = "undone", "撤销分配"
    CONFLICT = "conflict", "回避"


class ProposalKind(Labelled):
    """Purpose of a proposed distribution."""

    FULL = "full", "整轮分配"
    WAVE = "wave", "追加评审"


class ProposalStatus(Labelled):
    """State of a proposed distribution."""

    PROPOSED = "proposed", "待采用"
    APPLIED = "applied", "已采用"
    UNDONE = "undone", "已撤销"


class ReviewStatus(Labelled):
    """State of a review."""

    DRAFT = "draft", "草稿"
    ENTERED = "entered", "已代录，待复核"
    SUBMITTED = "submitted", "已提交"
