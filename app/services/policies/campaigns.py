"""A campaign is the notice as data: every figure, word and date that a rule uses is a field of its settings."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, model_validator

from app.findings import Finding, Rule
from app.inputs import Code, Day, Input, Line, Moment, Name, Prose
from app.models.enums import CampaignStatus as Status
from app.models.enums import DeadlineKind, Role
from app.services.policies import Transition

OFFICE = Role.OFFICE
EDIT = Transition("edit", "campaign.edited", {OFFICE: {Status.DRAFT, Status.PUBLISHED}})
PUBLISH = Transition("publish", "campaign.published", {OFFICE: {Status.DRAFT}}, Status.PUBLISHED)
CLOSE = Transition("close", "campaign.closed", {OFFICE: {Status.PUBLISHED}}, Status.CLOSED)
MOVE_DEADLINE = Transition("move_deadline", "campaign.deadline_moved", {OFFICE: {Status.DRAFT, Status.PUBLISHED}})
EXTEND = Transition("extend", "extension.granted", {OFFICE: {Status.PUBLISHED}})
TRANSITIONS = (EDIT, PUBLISH, MOVE_DEADLINE, EXTEND, CLOSE)

HURTFUL_CHANGE = Rule(
    "hurtful_change",
    "活动发布后不能作此修改：可能影响已按原要求申报的单位。",
    "Not after publication: it could hurt somebody who relied on the published rules.",
)
DEADLINE_IN_THE_PAST = Rule(
    "deadline_in_the_past", "新的截止时间必须晚于当前时间。", "The new deadline must be in the future."
)
DEADLINE_BEFORE_OPENING = Rule(
    "deadline_before_opening", "截止时间不得早于开始时间。", "The deadline would be before the opening."
)
DEADLINE_FAR_OFF = Rule(
    "deadline_far_off",
    "截止时间须在活动年度前后 {years} 年之内。",
    "The deadline must lie within {years} years of the campaign's year.",
)
DEADLINE_UNCHANGED = Rule("deadline_unchanged", "截止时间没有变化。", "The deadline would not change.")

Text = Annotated[Prose, Field(max_length=5000)]
MOST_YEARS_OFF = 10
"""How far a date may lie from its campaign's year; so it stays a date when the campaign is moved to another year."""
Figure = Annotated[int, Field(strict=True, ge=0, le=100_000)]


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("not an IANA time zone")
    return name


class Organizer(Input):
    """Who runs the campaign and answers questions about it."""

    name: Name = Field(description="主办单位", examples=["路北区精神文明建设委员会办公室"])
    short_name: Name = Field(description="简称", examples=["路北文明办"])
    contact_name: Name = Field(description="联系人", examples=["张弓"])
    phone: Name = Field(description="联系电话", examples=["3724062"])
    email: Name = Field(description="邮箱", examples=["lbwmb@126.com"])


class Phase(Input):
    """A phase (阶段) of the year."""

    code: Code = Field(examples=["launch"], description="Stable code.")
    name: Name = Field(examples=["发动部署"], description="名称")
    starts_on: Day = Field(examples=["2015-04-10"], description="First day.")
    ends_on: Day = Field(examples=["2015-04-20"], description="Last day.")
    description: Text = Field(description="要求", examples=["对活动进行层层部署。"])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_on < self.starts_on:
            raise ValueError("a phase ends before it starts")
        return self


class Topic(Input):
    """A topic (子项) of a category."""

    code: Code = Field(description="Stable code.", examples=["learning_from_lei_feng"])
    name: Name = Field(description="名称", examples=["学雷锋活动"])


class Category(Input):
    """A category (内容分类) an application belongs to."""

    code: Code = Field(description="Stable code, sent as an application's `category`.", examples=["derun"])
    name: Name = Field(description="名称", examples=["德润路北"])
    direction: Name = Field(description="创新方向", examples=["公民思想道德教育活动"])
    description: Text = Field(description="说明", examples=["着力推进公民思想道德教育活动的创新突破。"])
    topics: list[Topic] = Field(description="子项", max_length=50)


class Window(Input):
    """When something may be handed in: from the first day until the enforcing instant, which is exclusive."""

    opens_on: Day = Field(description="First day.", examples=["2015-04-10"])
    due_on: Day = Field(description="The published last day.", examples=["2015-09-14"])
    enforced_at: Moment | None = Field(
        description="The exact instant that closes it; by default the end of the last day."
    )


class ImageLimits(Input):
    """How many pictures an application has."""

    minimum: Annotated[int, Field(strict=True, ge=0, le=8)] = Field(description="At least.", examples=[5])
    maximum: Annotated[int, Field(strict=True, ge=1, le=8)] = Field(description="At most.", examples=[8])


class NarrativeLimits(Input):
    """How long 创新特点+主要做法+社会效果 are together, in 字: advised within, refused outside."""

    target: Figure = Field(description="约多少字", examples=[2000])
    advised_minimum: Figure = Field(description="Advice below it.", examples=[1600])
    advised_maximum: Figure = Field(description="Advice above it.", examples=[2400])
    minimum: Figure = Field(description="Refused below it.", examples=[1000])
    maximum: Figure = Field(description="Refused above it.", examples=[3000])


class Criterion(Input):
    """A review criterion (评选标准) and its weight in percent."""

    code: Code = Field(description="Stable code.", examples=["influence"])
    name: Name = Field(description="名称", examples=["影响力"])
    description: Text = Field(description="说明", examples=["着力推进公民思想道德教育活动的创新突破。"])
    weight: Figure = Field(description="Weight in percent.", examples=[25])


class AwardKind(Input):
    """A kind of award (奖项)."""

    code: Code = Field(description="Stable code.", examples=["excellent_case"])
    name: Name = Field(description="名称", examples=["优秀案例"])
    recipient: Literal["application", "committee"] = Field(description="Who receives it.")


class ReasonCode(Input):
    """A reason the office may give."""

    code: Code = Field(description="Stable code.", examples=["seal_unclear"])
    name: Name = Field(description="名称", examples=["盖章不清晰"])


class CampaignSettings(Input):
    """The whole notice as data. What the forms and the rules need is here and nowhere else."""

    name: Annotated[Line, Field(max_length=200)] = Field(
        description="活动名称", examples=["文明单位工作品牌创建年活动"]
    )
    year: Annotated[int, Field(strict=True, ge=2000, le=2100)] = Field(description="年度", examples=[2015])
    timezone: Annotated[str, Field(max_length=40), AfterValidator(_known_zone)] = Field(
        description="Every date is spoken in it.", examples=["Asia/Shanghai"]
    )
    organizer: Organizer = Field(description="主办单位与联系方式")
    theme: Text = Field(description="活动主题", examples=["争当培育和践行社会主义核心价值观排头兵"])
    main_line: Text = Field(description="主线", examples=["“大爱唐山·善行路北”主题道德实践活动"])
    introduction: Text = Field(description="通知正文", examples=["为贯彻落实……现将有关事项通知如下："])
    source: Text = Field(description="通知来源", examples=["路北区文明办，2015年4月9日"])
    issued_on: Day | None = Field(description="通知日期", examples=["2015-04-09"])
    phases: list[Phase] = Field(description="活动安排", max_length=12)
    categories: list[Category] = Field(description="内容分类", min_length=1, max_length=20)
    plans: Window = Field(description="实施计划登记表（附件1）的报送时间")
    applications: Window = Field(description="申报表（附件2）的报送时间")
    minimum_filed: Annotated[int, Field(strict=True, ge=1, le=50)] = Field(description="最低上报件数", examples=[2])
    images: ImageLimits = Field(description="图片幅数")
    narrative: NarrativeLimits = Field(description="文字篇幅")
    field_lengths: dict[Code, Annotated[int, Field(strict=True, ge=1, le=10_000)]] = Field(
        description="Most characters (code points) per field of the form.", examples=[{"brand_name": 60}]
    )
    field_labels: dict[Code, Name] = Field(
        description="The form's words for its cells.", examples=[{"brand_name": "品牌名称"}]
    )
    criteria: list[Criterion] = Field(description="评选标准", max_length=20)
    award_kinds: list[AwardKind] = Field(description="奖项", max_length=20)
    return_reasons: list[ReasonCode] = Field(description="退回补正的原因", max_length=50)
    disqualification_reasons: list[ReasonCode] = Field(description="不予受理的原因", max_length=50)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for mistaken, sentence in self._mistakes():
            if mistaken:
                raise ValueError(sentence)
        return self

    def _mistakes(self) -> Iterator[tuple[bool, str]]:
        text = self.narrative
        bounds = [text.minimum, text.advised_minimum, text.target, text.advised_maximum, text.maximum]
        years = [day.year - self.year for day in self._days()]
        yield any(abs(years_off) > MOST_YEARS_OFF for years_off in years), "a date is far from the campaign's year"
        yield self.images.maximum < self.images.minimum, "images: maximum is below minimum"
        yield bounds != sorted(bounds), "narrative: the bounds are not in order"
        for window in (self.plans, self.applications):
            yield self.closes_at(window) <= self.opens_at(window), "a window closes before it opens"
        for group in (self.phases, self.categories, self.criteria, self.return_reasons, self.disqualification_reasons):
            yield len({item.code for item in group}) < len(group), "a code occurs twice"

    def _days(self) -> Iterator[date]:
        for phase in self.phases:
            yield from (phase.starts_on, phase.ends_on)
        for window in (self.plans, self.applications):
            yield from (window.opens_on, window.due_on, window.enforced_at or window.due_on)
        yield from [self.issued_on] if self.issued_on else []

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def window(self, kind: DeadlineKind) -> Window:
        return self.plans if kind is DeadlineKind.PLAN else self.applications

    def opens_at(self, window: Window) -> datetime:
        return datetime.combine(window.opens_on, time(), self.zone)

    def closes_at(self, window: Window) -> datetime:
        """The instant that enforces a deadline: as set, or the end of the published day."""
        return (window.enforced_at or self.end_of(window.due_on)).astimezone(self.zone)

    def end_of(self, day: date) -> datetime:
        """The end of a day in the campaign's time zone, exclusive."""
        return datetime.combine(day + timedelta(days=1), time(), self.zone)

    def label(self, field: str) -> str:
        return self.field_labels.get(field, field)


def change_findings(old: CampaignSettings, new: CampaignSettings, status: Status) -> list[Finding]:
    """Which changes a published campaign may not take: those that could hurt somebody who relied on its rules."""
    if status is Status.DRAFT:
        return []
    hurtful = {
        "/year": old.year != new.year,
        "/timezone": old.timezone != new.timezone,
        "/plans": old.plans != new.plans,
        "/applications": old.applications != new.applications,
        "/minimum_filed": new.minimum_filed > old.minimum_filed,
        "/images/minimum": new.images.minimum > old.images.minimum,
        "/images/maximum": new.images.maximum < old.images.maximum,
        "/narrative/minimum": new.narrative.minimum > old.narrative.minimum,
        "/narrative/maximum": new.narrative.maximum < old.narrative.maximum,
        "/categories": not _codes(old.categories) <= _codes(new.categories),
        "/return_reasons": not _codes(old.return_reasons) <= _codes(new.return_reasons),
        "/disqualification_reasons": not _codes(old.disqualification_reasons) <= _codes(new.disqualification_reasons),
        "/field_lengths": any(size < old.field_lengths.get(name, size + 1) for name, size in new.field_lengths.items()),
    }
    return [HURTFUL_CHANGE(pointer) for pointer, hurts in hurtful.items() if hurts]


def deadline_move_findings(settings: CampaignSettings, old: Window, new: Window, now: datetime) -> list[Finding]:
    """Why a deadline may not be moved there: into the past, or not at all."""
    findings = []
    if any(abs(day.year - settings.year) > MOST_YEARS_OFF for day in (new.due_on, settings.closes_at(new))):
        findings.append(DEADLINE_FAR_OFF("/due_on", years=MOST_YEARS_OFF))
    if settings.closes_at(new) <= now:
        findings.append(DEADLINE_IN_THE_PAST("/due_on", closes_at=settings.closes_at(new)))
    if settings.closes_at(new) <= settings.opens_at(new):
        findings.append(DEADLINE_BEFORE_OPENING("/due_on"))
    if settings.closes_at(new) == settings.closes_at(old) and new.due_on == old.due_on:
        findings.append(DEADLINE_UNCHANGED("/due_on"))
    return findings


def moved_to_year(settings: dict[str, Any], year: int) -> dict[str, Any]:
    """The same campaign with every date moved to another year; 29 February becomes 28 February."""
    shift = year - settings["year"]
    moved: dict[str, Any] = _shifted(settings, shift)
    return moved | {"year": year, "name": settings["name"].replace(str(settings["year"]), str(year))}


def _shifted(value: Any, years: int) -> Any:
    if isinstance(value, dict):
        return {
            key: _in_year(item, years) if key.endswith(("_on", "_at")) and item else _shifted(item, years)
            for key, item in value.items()
        }
    return [_shifted(item, years) for item in value] if isinstance(value, list) else value


def _in_year(stamp: str, years: int) -> str:
    day = date.fromisoformat(stamp[:10])
    year = day.year + years
    leap_day_is_lost = (day.month, day.day) == (2, 29) and not (year % 4 == 0 and (year % 100 or year % 400 == 0))
    return day.replace(year=year, day=28 if leap_day_is_lost else day.day).isoformat() + stamp[10:]


def _codes(items: list[Any]) -> set[str]:
    return {item.code for item in items}
