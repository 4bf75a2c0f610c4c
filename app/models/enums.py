"""The closed vocabularies. Codes are what is stored and sent; labels are what a clerk reads."""

from enum import StrEnum
from typing import Any, Self

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema


class Labelled(StrEnum):
    """A vocabulary whose every word carries its Chinese label, published as `x-enum-descriptions`."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core_schema)
        handler.resolve_ref_schema(schema)["x-enum-descriptions"] = [member.label for member in cls]
        return schema


class Language(StrEnum):
    """The languages of sentences."""

    ZH = "zh-CN"
    EN = "en"


class Role(Labelled):
    """What an account may be."""

    OFFICE = "office", "区文明办"
    COMMITTEE = "committee", "党（工）委"
    UNIT = "unit", "文明单位"
    REVIEWER = "reviewer", "评委"
    MUNICIPAL = "municipal", "市文明办系统"
    PUBLIC = "public", "公众"


class CampaignStatus(Labelled):
    """Where a campaign stands."""

    DRAFT = "draft", "筹备"
    PUBLISHED = "published", "已发布"
    CLOSED = "closed", "已结束"


class CommitteeKind(Labelled):
    """The two kinds of Party committees the notice addresses."""

    TOWNSHIP_SUBDISTRICT = "township_subdistrict", "镇(乡)街道党（工）委"
    DISTRICT_DIRECT = "district_direct", "区直党（工）委"


class HonourLevel(Labelled):
    """The level at which a unit holds the title of civilized unit."""

    NATIONAL = "national", "全国文明单位"
    PROVINCIAL = "provincial", "省级文明单位"
    MUNICIPAL = "municipal", "市级文明单位"
    DISTRICT = "district", "区级文明单位"


class OrganisationStatus(Labelled):
    """Whether a committee or a unit still takes part; what it did before stays either way."""

    ACTIVE = "active", "在用"
    RETIRED = "retired", "已停用"


class ImportOutcome(Labelled):
    """What an import does with one of its rows."""

    CREATED = "created", "新增"
    UPDATED = "updated", "更新"
    UNCHANGED = "unchanged", "未变"


class AccountStatus(Labelled):
    """Where an account stands."""

    INVITED = "invited", "待激活"
    ACTIVE = "active", "正常"
    DISABLED = "disabled", "已停用"


class PlanStatus(Labelled):
    """Where an implementation plan (附件1) stands."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已报送"
    RETURNED = "returned", "已退回"


class ApplicationStatus(Labelled):
    """Where an application (附件2) stands."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已提交"
    RETURNED = "returned", "已退回"
    DECLINED = "declined", "未入选"
    ENDORSED = "endorsed", "已审核盖章"
    FILED = "filed", "已上报"
    ACCEPTED = "accepted", "已受理"
    DISQUALIFIED = "disqualified", "不予受理"
    WITHDRAWN = "withdrawn", "已撤回"


class CheckDecision(Labelled):
    """What the office decides on the form of what was filed."""

    ACCEPT = "accept", "受理"
    REQUEST_CORRECTION = "request_correction", "退回补正"
    DISQUALIFY = "disqualify", "不予受理"


class DeadlineKind(Labelled):
    """The two deadlines of the notice."""

    PLAN = "plan", "实施计划登记"
    APPLICATION = "application", "案例申报"


class DeadlineSource(Labelled):
    """What sets the deadline that counts."""

    CAMPAIGN = "campaign", "活动通知"
    EXTENSION = "extension", "延期"


class ExtensionCause(Labelled):
    """Why an extension exists."""

    GRANT = "grant", "批准延期"
    CORRECTION = "correction", "退回补正"


class VersionOccasion(Labelled):
    """The act that fixed a version of an application."""

    SUBMISSION = "submission", "提交"
    FILING = "filing", "上报"


class RoundStatus(Labelled):
    """Where a round of judging stands."""

    DRAFT = "draft", "筹备"
    OPEN = "open", "评审中"
    CLOSED = "closed", "已结束"


class RoundIntake(Labelled):
    """Which accepted applications enter a round when it is opened."""

    ALL = "all", "全部受理案例"
    BEST = "best", "上一轮名列前茅的案例"
    SELECTED = "selected", "逐件选定的案例"


class RankingMethod(Labelled):
    """How several judges' scores become one figure."""

    MEAN = "mean", "平均分"
    TRIMMED_MEAN = "trimmed_mean", "去掉一个最高分和一个最低分"
    REVIEWER_ADJUSTED = "reviewer_adjusted", "评委尺度校正"


class RecusalKind(Labelled):
    """Why a reviewer keeps away from a case: a tie they declare, a wish of theirs, or the office's decision."""

    DECLARED = "declared", "申报利害关系"
    ABSTAINED = "abstained", "主动弃评"
    RECUSED = "recused", "区文明办决定回避"


class ConflictReason(Labelled):
    """Why a reviewer must keep away from a case; of several reasons the first is named."""

    SAME_UNIT = "same_unit", "评委与申报单位同属一个单位"
    SAME_COMMITTEE = "same_committee", "评委与申报单位同属一个党（工）委"
    SAME_PERSON = "same_person", "评委与申报方账号或联系人的电话相同"
    DECLARED = "declared", "评委申报利害关系"
    ABSTAINED = "abstained", "评委主动弃评"
    RECUSED = "recused", "区文明办决定回避"


class AssignmentOrigin(Labelled):
    """How a case came to a reviewer."""

    MANUAL = "manual", "人工分配"
    PROPOSAL = "proposal", "自动分配"


class WithdrawalCause(Labelled):
    """Why an assignment stands no longer."""

    OFFICE = "office", "区文明办收回"
    PROPOSAL = "proposal", "重新分配"
    UNDONE = "undone", "撤销分配"
    CONFLICT = "conflict", "回避"


class ProposalKind(Labelled):
    """What a proposed distribution is for."""

    FULL = "full", "整轮分配"
    WAVE = "wave", "追加评审"


class ProposalStatus(Labelled):
    """Where a proposed distribution stands."""

    PROPOSED = "proposed", "待采用"
    APPLIED = "applied", "已采用"
    UNDONE = "undone", "已撤销"


class ReviewStatus(Labelled):
    """Where a review stands."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已提交"


class CommendationStatus(Labelled):
    """Where a commendation stands."""

    DRAFT = "draft", "拟定"
    PUBLICISED = "publicised", "公示中"
    PUBLISHED = "published", "已通报"


class AwardStatus(Labelled):
    """Where an award stands."""

    PROPOSED = "proposed", "拟表彰"
    HELD = "held", "异议核查中"
    DROPPED = "dropped", "取消拟表彰"
    AWARDED = "awarded", "已表彰"
    REVOKED = "revoked", "已撤销"


class AwardBasis(Labelled):
    """What an award was proposed on."""

    COUNT = "count", "按名次"
    SCORE = "score", "按分数"
    QUOTA = "quota", "按类别名额"
    INDICATORS = "indicators", "按组织工作指标"
    BY_HAND = "by_hand", "逐个提名"


class ObjectionStatus(Labelled):
    """Where an objection (异议) stands."""

    OPEN = "open", "核查中"
    REJECTED = "rejected", "不成立"
    UPHELD = "upheld", "成立"


class NominationStatus(Labelled):
    """Where a nomination (择优推荐) stands."""

    PREPARED = "prepared", "已备"
    DELIVERING = "delivering", "报送中"
    DELIVERED = "delivered", "已送达"
    ACKNOWLEDGED = "acknowledged", "已接收"
    RETURNED = "returned", "已退回"
    ACCEPTED = "accepted", "已受理"
    DECIDED = "decided", "已有结果"
    REPLACED = "replaced", "已由新版本取代"


class AnswerKind(Labelled):
    """What the municipal office answers to a nomination."""

    RECEIVED = "received", "收到"
    RETURNED = "returned", "退回"
    ACCEPTED = "accepted", "受理"
    DECIDED = "decided", "评定结果"


class EndpointStatus(Labelled):
    """Whether a receiving address is delivered to."""

    ACTIVE = "active", "启用"
    DISABLED = "disabled", "停用"


class DeliveryStatus(Labelled):
    """Where a delivery (报送) of one message to one address stands."""

    PENDING = "pending", "待送达"
    DELIVERED = "delivered", "已送达"
    FAILED = "failed", "未送达"


class FileState(Labelled):
    """The life of stored bytes: the row first, then the object; gone in the opposite order."""

    RESERVED = "reserved", "待存入"
    STORED = "stored", "已存入"
    CONDEMNED = "condemned", "待清除"


class Severity(Labelled):
    """Whether a finding refuses or only informs."""

    ERROR = "error", "不符合要求"
    ADVICE = "advice", "提示"
