"""附件2: its cells as a frontend draws them, and what its submission requires of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.comparable import is_filled
from app.findings import Finding, Rule, Sentence
from app.models.enums import ApplicationStatus, CellControl, Language, Severity
from app.periods import DAY, MONTH, ONGOING, YEAR, span
from app.phones import numbers
from app.services.policies import REQUIRED
from app.services.policies.filing import cells as own_cells
from app.services.policies.filing.controls import FIELD_TOO_LONG, NO_PHONE_NUMBER
from app.services.policies.filing.deadlines import Deadline
from app.services.policies.filing.notice import CampaignSettings, Category
from app.services.policies.filing.own_cells import PERIOD, Values

Form = Mapping[str, Any]
"""The cells of 附件2 by name."""
Content = Mapping[str, Any]
"""An application's content as the JSON document that its digest covers: names, form, figures, pictures."""
NARRATIVE = ("innovation", "practices", "effects")
FORM = ("brand_name", "leader_name", "leader_title", "phone", "category", "started_on", "ended_on", *NARRATIVE)
"""The cells of 附件2 a unit fills in; 推荐单位 and 申报单位 are known from the organisations."""
OPEN_TO_EDIT = frozenset({ApplicationStatus.DRAFT, ApplicationStatus.RETURNED})
"""States in which the form, its pictures and its partners may be changed."""
STARTED_ON = (
    "实施时间: when it began: `2015-04-21`, `2015-04` where the month, `2015` where the year alone is known. Other "
    "spellings (2015年4月起, 2015.4) are stored so; what is no date is kept as typed, and is not fit to be submitted."
)
ENDED_ON = "实施时间: when it ended, in the same forms, or `ongoing` (至今)."
TEXTS = frozenset(name for name in FORM if name != "category" and name not in PERIOD)
"""The cells that have a length: what is chosen has none."""
CAPTION = "caption"
LONGEST_CAPTION = 200
LABELLED = TEXTS | {"category", "topic", "period", "recommender", "applicant", "images"}
"""The cells as the printed form names them."""

_CONTROLS: Mapping[str, CellControl] = {
    **dict.fromkeys(NARRATIVE, CellControl.TEXT),
    **dict.fromkeys(PERIOD, CellControl.DATE),
    "phone": CellControl.PHONE,
    "category": CellControl.CHOICE,
    "topic": CellControl.CHOICE,
    "images": CellControl.PICTURES,
}
_DATES = (
    {"title": "年月日", "format": "date", "pattern": f"^{DAY}$"},
    {"title": "年月", "pattern": f"^{MONTH}$"},
    {"title": "年", "pattern": f"^{YEAR}$"},
)
_STILL = {"title": "至今", "const": ONGOING}
"""The forms of a date of 实施时间, and an end that is not yet, as JSON Schemas."""
_GROUPS = {**dict.fromkeys(PERIOD, "period"), **dict.fromkeys(NARRATIVE, "narrative")}
_HELP: Mapping[str, Sentence] = {
    "phone": Sentence("多个号码用“、”隔开。", "Several numbers with “、” between."),
    "topic": Sentence("从所选内容分类的子项中选择。", "One of the topics of the chosen category."),
    "started_on": Sentence(
        "如 2015-03-01；只知道月份或年份时写 2015-03 或 2015。不得晚于申报截止日。",
        "Like 2015-03-01; 2015-03 or 2015 where the month or the year alone is known. Not after the deadline's day.",
    ),
    "ended_on": Sentence(
        "格式相同，不得早于开始时间；仍在进行的写“至今”。",
        "In the same form, and not before the start; `ongoing` where it still runs.",
    ),
}
_BELONGS = FORM.index("category") + 1
CELLS = (*FORM[:_BELONGS], "topic", *FORM[_BELONGS:], "images")
"""The cells that a unit fills in, in the order of the printed form."""

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
TOO_FEW_OF_ROLE = Rule(
    "too_few_of_role",
    "“{label}”至少 {limit} 幅，现有 {count} 幅；请为图片选定用途。",
    "At least {limit} pictures must be “{label}”; there are {count}: choose the role of a picture.",
)
TOO_MANY_OF_ROLE = Rule(
    "too_many_of_role",
    "“{label}”最多 {limit} 幅，现有 {count} 幅。",
    "At most {limit} pictures may be “{label}”; there are {count}.",
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
CAPTION_TOO_LONG = Rule(
    "caption_too_long",
    "第 {slot} 幅图片的说明不得超过 {maximum} 个字符，现有 {count} 个。",
    "The caption of picture {slot} may have at most {maximum} characters; it has {count}.",
)
UNKNOWN_CATEGORY = Rule("unknown_category", "活动中没有这一内容分类。", "The campaign has no such category.")
END_REQUIRED = Rule("required", "请填写“{label}”的{end}。", "Fill in the {end_en} of “{label}”.")
UNCLEAR_DATE = Rule(
    "unclear_date",
    "“{label}”的{end}看不明白：“{value}”；请写成 2015-03-01、2015-03 或 2015，仍在进行的结束时间写“至今”。",
    "The {end_en} of “{label}” is not clear: “{value}”. Write 2015-03-01, 2015-03 or 2015; an end that is not yet is "
    "`ongoing`.",
)
UNKNOWN_TOPIC = Rule(
    "unknown_topic", "所选内容分类下没有这一子项：{topic}。", "The chosen category has no such topic: {topic}."
)
INVALID_PERIOD = Rule(
    "invalid_period",
    "实施时间有误：开始日期不得晚于结束日期，也不得晚于申报截止时间。",
    "The period is not valid: it must start before it ends, and not after the deadline.",
)
BEGUN_TOO_LATE = Rule(
    "begun_too_late",
    "“{label}”不得晚于{latest}：须已实施满 {years} 年。",
    "“{label}” must have begun by {latest}: the notice asks for {years} years in operation.",
)


def form_of(content: Content) -> Form:
    """Return the cells of 附件2 that a content has."""
    form: Form = content["form"]
    return form


def own_values(content: Content) -> Values:
    """Return the values of the campaign's own cells: a content has the member where any is filled."""
    values: Values = form_of(content).get("cells", {})
    return values


def form_findings(
    settings: CampaignSettings,
    form: Form,
    deadline: Deadline,
    *,
    narrative_length: int,
    image_count: int,
    captions: Mapping[int, str],
    image_roles: Sequence[str] = (),
) -> list[Finding]:
    """Return everything that is missing or wrong in the form, all at once."""
    return [
        *required_findings(settings, form),
        *field_findings(settings, form),
        *phone_findings(settings, form),
        *date_findings(settings, form),
        *topic_findings(settings, form),
        *period_findings(form, deadline),
        *operation_findings(settings, form),
        *narrative_findings(settings, narrative_length),
        *image_count_findings(settings, image_count),
        *role_findings(settings, image_roles),
        *caption_findings(settings, captions),
        *own_cells.cell_findings(settings.cells, form.get("cells", {})),
    ]


def required_findings(settings: CampaignSettings, form: Form) -> list[Finding]:
    """Every cell of 附件2 must be filled."""
    return [
        END_REQUIRED(f"/{name}", label=settings.label("period"), **PERIOD[name])
        if name in PERIOD
        else REQUIRED(f"/{name}", label=settings.label(name))
        for name in FORM
        if not is_filled(form[name] or "")
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


def phone_findings(settings: CampaignSettings, form: Form) -> list[Finding]:
    """联系电话 has a number in it, whatever else it says."""
    phone = form.get("phone") or ""
    unclear = is_filled(phone) and not numbers(phone)
    return [NO_PHONE_NUMBER("/phone", label=settings.label("phone"), value=phone)] if unclear else []


def date_findings(settings: CampaignSettings, form: Form) -> list[Finding]:
    """实施时间 begins with a day, a month or a year, and ends with one or is `ongoing`."""
    return [
        UNCLEAR_DATE(f"/{name}", label=settings.label("period"), value=form[name], **words)
        for name, words in PERIOD.items()
        if is_filled(form[name] or "") and not span(form[name]) and (name, form[name]) != ("ended_on", ONGOING)
    ]


def topic_findings(settings: CampaignSettings, form: Form) -> list[Finding]:
    """A topic is one of its category's; whether one must be chosen, the campaign says."""
    topic = form.get("topic")
    if not topic:
        return [REQUIRED("/topic", label=settings.topic_label)] if settings.topic_required else []
    known = {
        each.code
        for category in settings.categories
        if category.code == form.get("category")
        for each in category.topics
    }
    return [] if topic in known else [UNKNOWN_TOPIC("/topic", topic=topic)]


def period_findings(form: Form, deadline: Deadline) -> list[Finding]:
    """实施时间 starts before it ends, and not after the deadline's day, as far as its dates are known."""
    start, end = span(form["started_on"] or ""), span(form["ended_on"] or "")
    ends_first = start and end and end[1] < start[0]
    starts_late = start and start[0] > deadline.due_on
    return [INVALID_PERIOD("/started_on")] if ends_first or starts_late else []


def operation_findings(settings: CampaignSettings, form: Form) -> list[Finding]:
    """Require a case that has run for the years the notice asks for, as far as its beginning is known."""
    start, years = span(form["started_on"] or ""), settings.years_in_operation
    if not years or not start or start[0] <= settings.latest_start:
        return []
    return [BEGUN_TOO_LATE("/started_on", label=settings.label("period"), latest=settings.latest_start, years=years)]


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


def role_findings(settings: CampaignSettings, roles: Sequence[str]) -> list[Finding]:
    """Require as many pictures of each role as the notice asks for, such as exactly one cover."""
    found = []
    for role in settings.images.roles:
        count = roles.count(role.code)
        if not role.minimum <= count <= role.maximum:
            few = count < role.minimum
            rule, figure = (TOO_FEW_OF_ROLE, role.minimum) if few else (TOO_MANY_OF_ROLE, role.maximum)
            found.append(rule("/images", label=role.name, limit=figure, count=count))
    return found


def caption_findings(settings: CampaignSettings, captions: Mapping[int, str]) -> list[Finding]:
    """No caption is longer than the campaign's form has room for; they are given by slot, in their order."""
    maximum = caption_maximum(settings)
    return [
        CAPTION_TOO_LONG(f"/images/{index}/caption", slot=slot, maximum=maximum, count=len(caption))
        for index, (slot, caption) in enumerate(captions.items())
        if len(caption) > maximum
    ]


def caption_maximum(settings: CampaignSettings) -> int:
    """Return the most characters of 图片说明, by the campaign or as much as can be stored."""
    return min(settings.field_lengths.get(CAPTION, LONGEST_CAPTION), LONGEST_CAPTION)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the form: its words, its control, and its limits; `maximum` counts characters, or pictures.

    `part` tells apart the cells that the form gives one label.
    `not_before` names the cell whose date the date of this one must not precede.
    """

    name: str
    label: str
    part: Sentence | None
    control: CellControl
    group: str | None
    required: bool
    minimum: int | None
    maximum: int | None
    options: Sequence[Category]
    help: Sentence | None
    not_before: str | None


def cells(settings: CampaignSettings) -> list[Cell]:
    """Describe every cell of 附件2, by the settings that hold for whoever fills it in."""
    return [_cell(settings, name) for name in CELLS]


def _cell(settings: CampaignSettings, name: str) -> Cell:
    pictures = settings.images if name == "images" else None
    return Cell(
        name,
        settings.label("period" if name in PERIOD else name) if name != "topic" else settings.topic_label,
        Sentence(PERIOD[name]["end"], PERIOD[name]["end_en"]) if name in PERIOD else None,
        _CONTROLS.get(name, CellControl.LINE),
        _GROUPS.get(name),
        required=settings.topic_required if name == "topic" else pictures is None or pictures.minimum > 0,
        minimum=pictures.minimum if pictures else None,
        maximum=pictures.maximum if pictures else settings.field_lengths.get(name),
        options=settings.categories if name in {"category", "topic"} else [],
        help=_HELP.get(name),
        not_before="started_on" if name == "ended_on" else None,
    )


def schema(settings: CampaignSettings, language: Language) -> dict[str, Any]:
    """Write the cells that are sent as JSON as a JSON Schema of the 2020-12 dialect, for generators of forms."""
    drawn = [cell for cell in cells(settings) if cell.control is not CellControl.PICTURES]
    own = own_cells.schema(settings.cells, language)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {cell.name: _property(cell, language) for cell in drawn}
        | ({"cells": own} if settings.cells else {}),
        "required": [cell.name for cell in drawn if cell.required] + (["cells"] if own.get("required") else []),
    }


def _property(cell: Cell, language: Language) -> dict[str, Any]:
    title = f"{cell.label}（{cell.part.say(language)}）" if cell.part else cell.label
    described: dict[str, Any] = {"type": "string", "title": title}
    if cell.required:
        described["minLength"] = 1
    if cell.maximum:
        described["maxLength"] = cell.maximum
    if cell.help:
        described["description"] = cell.help.say(language)
    if cell.control is CellControl.DATE:
        described["anyOf"] = [*_DATES, _STILL] if cell.not_before else [*_DATES]
    if cell.options:
        coded = [topic for each in cell.options for topic in each.topics] if cell.name == "topic" else cell.options
        described["oneOf"] = [{"const": each.code, "title": each.name} for each in coded]
    return described
