"""The requirements of 附件2 for its submission: every cell, its length, the period, the 字数, the pictures."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.comparable import is_blank
from app.findings import Finding, Rule
from app.models.enums import Severity
from app.services.policies import REQUIRED
from app.services.policies.filing.deadlines import Deadline
from app.services.policies.filing.notice import CampaignSettings

Form = Mapping[str, Any]
"""The cells of 附件2 by name."""
Content = Mapping[str, Any]
"""An application's content as the JSON document that its digest covers: names, form, figures, pictures."""
NARRATIVE = ("innovation", "practices", "effects")
FORM = ("brand_name", "leader_name", "leader_title", "phone", "category", "started_on", "ended_on", *NARRATIVE)
"""The cells of 附件2 a unit fills in; 推荐单位 and 申报单位 are known from the organisations."""

TOO_FEW_IMAGES = Rule(
    "too_few_images",
    "图片至少 {minimum} 幅，现有 {count} 幅。",
    "At least {minimum} pictures are needed; there are {count}.",
)
TOO_MANY_IMAGES = Rule(
    "too_many_images",
    "图片最多 {maximum} 幅，现有 {count} 幅。",
    "At most {maximum} pictures are allowed; there are {count}.",
)
NARRATIVE_TOO_SHORT = Rule(
    "narrative_too_short",
    "文字不得少于 {minimum} 字，现有 {count} 字。",
    "The text needs at least {minimum} characters (字); it has {count}.",
)
NARRATIVE_TOO_LONG = Rule(
    "narrative_too_long",
    "文字不得超过 {maximum} 字，现有 {count} 字。",
    "The text may have at most {maximum} characters (字); it has {count}.",
)
NARRATIVE_SHORT = Rule(
    "narrative_too_short",
    "文字以 {target} 字左右为宜，现有 {count} 字，偏短。",
    "About {target} characters (字) are advised; it has {count}.",
    Severity.ADVICE,
)
NARRATIVE_LONG = Rule(
    "narrative_too_long",
    "文字以 {target} 字左右为宜，现有 {count} 字，偏长。",
    "About {target} characters (字) are advised; it has {count}.",
    Severity.ADVICE,
)
FIELD_TOO_LONG = Rule(
    "field_too_long",
    "“{label}”不得超过 {maximum} 个字符，现有 {count} 个。",
    "“{label}” may have at most {maximum} characters; it has {count}.",
)
UNKNOWN_CATEGORY = Rule("unknown_category", "活动中没有这一内容分类。", "The campaign has no such category.")
INVALID_PERIOD = Rule(
    "invalid_period",
    "实施时间有误：开始日期不得晚于结束日期，也不得晚于申报截止时间。",
    "The period is not valid: it must start before it ends, and not after the deadline.",
)


def form_findings(
    settings: CampaignSettings, form: Form, deadline: Deadline, *, narrative_length: int, image_count: int
) -> list[Finding]:
    """Return everything that is missing or wrong in the form, all at once."""
    return [
        *required_findings(settings, form),
        *field_findings(settings, form),
        *period_findings(form, deadline),
        *narrative_findings(settings, narrative_length),
        *image_count_findings(settings, image_count),
    ]


def required_findings(settings: CampaignSettings, form: Form) -> list[Finding]:
    """Every cell of 附件2 must be filled."""
    return [
        REQUIRED(f"/{name}", label=settings.label("period" if name.endswith("_on") else name))
        for name in FORM
        if form[name] is None or (isinstance(form[name], str) and is_blank(form[name]))
    ]


def field_findings(settings: CampaignSettings, form: Form) -> list[Finding]:
    """No cell is longer than the campaign's form has room for, and the category is one of the campaign's."""
    limits = settings.field_lengths
    too_long = [
        FIELD_TOO_LONG(f"/{name}", label=settings.label(name), maximum=limits[name], count=len(form[name]))
        for name in FORM
        if name in limits and len(form[name] or "") > limits[name]
    ]
    known = {category.code for category in settings.categories}
    unknown = [UNKNOWN_CATEGORY("/category")] if form["category"] and form["category"] not in known else []
    return too_long + unknown


def period_findings(form: Form, deadline: Deadline) -> list[Finding]:
    """实施时间 starts before it ends, and not after the deadline's day."""
    start: date | None = form["started_on"]
    end: date | None = form["ended_on"]
    ends_first = start is not None and end is not None and end < start
    starts_late = start is not None and start > deadline.due_on
    return [INVALID_PERIOD("/started_on")] if ends_first or starts_late else []


def narrative_findings(settings: CampaignSettings, count: int) -> list[Finding]:
    """About 2000 字: refused far from it, advised near it."""
    limits = settings.narrative
    if count < limits.minimum:
        return [NARRATIVE_TOO_SHORT("/innovation", minimum=limits.minimum, count=count)]
    if count > limits.maximum:
        return [NARRATIVE_TOO_LONG("/innovation", maximum=limits.maximum, count=count)]
    if count < limits.advised_minimum:
        return [NARRATIVE_SHORT("/innovation", target=limits.target, count=count)]
    if count > limits.advised_maximum:
        return [NARRATIVE_LONG("/innovation", target=limits.target, count=count)]
    return []


def image_count_findings(settings: CampaignSettings, count: int) -> list[Finding]:
    """附相关图片 5-8 幅."""
    if count < settings.images.minimum:
        return [TOO_FEW_IMAGES("/images", minimum=settings.images.minimum, count=count)]
    if count > settings.images.maximum:
        return [TOO_MANY_IMAGES("/images", maximum=settings.images.maximum, count=count)]
    return []
