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
    TAKE_BACK = "take_back", "撤销审查决定"


class DocumentKind(Labelled):
    """Kind of a campaign's document."""

    NOTICE = "notice", "活动通知"
    REQUIREMENTS = "requirements", "工作要求"
    PRIORITIES = "priorities", "工作要点"
    ASSESSMENT = "assessment", "测评体系"
    ATTACHMENT = "attachment", "附件"
    EVIDENCE = "evidence", "外部得分佐证"


class PaperKind(Labelled):
    """Paper that the office may lay out by a template of its own."""

    PLAN_FORM = "plan_form", "实施计划登记表（附件1）"
    APPLICATION_FORM = "application_form", "申报表（附件2）"
    RECEIPT = "receipt", "上报回执"
    DECISION = "decision", "审查决定通知书"
    SUMMARY = "summary", "汇总表"
    PUBLICITY = "publicity", "公示"
    PUBLICATION = "publication", "通报"
    CERTIFICATE = "certificate", "荣誉证书"


class CellControl(Labelled):
    """The way in which a cell of a form is filled."""

    LINE = "line", "单行文字"
    TEXT = "text", "多行文字"
    PHONE = "phone", "电话号码"
    CHOICE = "choice", "单项选择"
    DATE = "date", "日期、月份或年份"
    PICTURES = "pictures", "图片"
    NUMBER = "number", "数字"
    PERIOD = "period", "起止时间"
    CONSENT = "consent", "承诺"
    PERSONS = "persons", "人员名单"
    LINKS = "links", "网址"


class CellNeed(Labelled):
    """Need for a cell of the campaign's own."""

    REQUIRED = "required", "必填"
    ADVISED = "advised", "建议填写"
    OPTIONAL = "optional", "选填"


class AttachmentFormat(Labelled):
    """Format of a supporting document."""

    PDF = "pdf", "PDF 文件"
    PICTURE = "picture", "图片"
    WORD = "word", "Word 文档"


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


class LimitKind(Labelled):
    """Limit of a campaign, or of its programme, that the office may loosen for one committee or one application."""

    MINIMUM_FILED = "minimum_filed", "最低上报件数"
    MAXIMUM_FILED = "maximum_filed", "最高上报件数"
    IMAGES_MINIMUM = "images_minimum", "图片最少幅数"
    IMAGES_MAXIMUM = "images_maximum", "图片最多幅数"
    NARRATIVE_MINIMUM = "narrative_minimum", "文字最少字数"
    NARRATIVE_MAXIMUM = "narrative_maximum", "文字最多字数"
    BRAND_NAME_LENGTH = "brand_name_length", "品牌名称字符数"
    LEADER_NAME_LENGTH = "leader_name_length", "负责人字符数"
    LEADER_TITLE_LENGTH = "leader_title_length", "职务字符数"
    INNOVATION_LENGTH = "innovation_length", "创新特点字符数"
    PRACTICES_LENGTH = "practices_length", "主要做法字符数"
    EFFECTS_LENGTH = "effects_length", "社会效果字符数"
    EARLIER_WINNERS = "earlier_winners", "以往获奖的回溯年数（届数）"
    ENTRIES_PER_UNIT = "entries_per_unit", "每个单位参评类别数"
    ONE_BATCH = "one_batch", "同一品牌不得同时参加两批"
    MINIMUM_TOGETHER = "minimum_together", "各项活动合计最低上报件数"
    MAXIMUM_TOGETHER = "maximum_together", "各项活动合计最高上报件数"


class SwapStatus(Labelled):
    """State of a swap (调换)."""

    REQUESTED = "requested", "待答复"
    CONSENTED = "consented", "已同意"
    DECLINED = "declined", "未同意"
    WITHDRAWN = "withdrawn", "已撤回"
    LAPSED = "lapsed", "已失效"


class VersionOccasion(Labelled):
    """The act that fixed a version of an application."""

    SUBMISSION = "submission", "提交"
    FILING = "filing", "上报"
    MOVE = "move", "划转"


class FileState(Labelled):
    """The life of stored bytes: the row first, then the object; gone in the opposite order."""

    RESERVED = "reserved", "待存入"
    STORED = "stored", "已存入"
    CONDEMNED = "condemned", "待清除"
