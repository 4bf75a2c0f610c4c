"""A campaign is the notice as data: every figure, word and date that a rule uses is a field of its settings."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import chain, pairwise
from typing import Annotated, Any, Protocol, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, model_validator

from app.comparable import comparable
from app.inputs import Code, Contradiction, Day, Input, Line, Moment, Name, repeated
from app.models.enums import DeadlineKind, PlanStatus, labels
from app.services.policies.filing.attachment_settings import MOST_KINDS, AttachmentKind
from app.services.policies.filing.award_settings import OF_PLANS, AwardKind, CommendationSettings, out_of_reach
from app.services.policies.filing.composite_settings import CompositeSettings
from app.services.policies.filing.criteria import Criterion, Text, stored
from app.services.policies.filing.earlier_wins import EarlierWinners
from app.services.policies.filing.figure_settings import MOST_SOURCES, FigureSource
from app.services.policies.filing.limit_settings import Cases, FiledLimits, ImageLimits, NarrativeLimits
from app.services.policies.filing.own_cells import MOST_CELLS, OwnCell
from app.services.policies.filing.paper_settings import FormHeads
from app.services.policies.filing.parties import RECOMMENDER, Organizer, Receiver
from app.services.policies.filing.recommended import Asked
from app.services.policies.filing.veto_settings import MOST_VETOES, VetoItem
from app.services.policies.people.vocabularies import (
    COMMITTEE_KIND,
    HONOUR_LEVEL,
    MOST_WORDS,
    HonourLevel,
    Named,
)

StoredSettings = dict[str, Any]
"""A campaign's settings as the JSON document that is stored."""
MOST_YEARS_OFF = 10
"""Greatest distance of a date from its campaign's year, so that it is still a date in any other year."""
Lead = Annotated[str, Field(min_length=3, max_length=5, pattern=r"^P([1-9][0-9]?D|T[1-9][0-9]?H)$")]
"""A number of days or of hours, in the format of ISO 8601."""
ADDED = (
    "maximum_filed",
    "filed_by_kind",
    "years_in_operation",
    "honour_levels",
    "earlier_winners/among",
    "earlier_winners",
    "cells",
    "attachments",
    "receiver",
    "recommender",
    "recommended_order",
    "figures",
    "composites",
    "vetoes",
    "images/roles",
    "images/long_side",
    "images/short_side",
    "images/smallest",
    "forms/senders",
    "forms/stamp",
    "forms",
    "commendation/publicity_counts",
    "commendation/notice",
)
"""Settings that came after the first release, by their place, each with the notice of 2015 as its default."""
DIRECT = "direct"
"""The units without a committee, beside the kinds of committees: together they are no set."""


class Coded(Protocol):
    """A member of the settings that has a stable code beside its name."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...


@cache
def _zones() -> frozenset[str]:
    """The names of all time zones, read from the disk once."""
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError("not an IANA time zone")
    return name


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
            raise self.contradiction("a phase ends before it starts", "ends_on")
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
    """Time in which something may be handed in: from the first day until the enforcing instant, which is exclusive."""

    opens_on: Day = Field(description="First day.", examples=["2015-04-10"])
    due_on: Day = Field(description="The published last day.", examples=["2015-09-14"])
    enforced_at: Moment | None = Field(
        description="The exact instant that closes it; by default the end of the last day."
    )


class ReasonCode(Input):
    """A reason the office may give."""

    code: Code = Field(description="Stable code.", examples=["seal_unclear"])
    name: Name = Field(description="名称", examples=["盖章不清晰"])


BOUNDS = ("minimum", "advised_minimum", "target", "advised_maximum", "maximum")
CODED = (
    "phases",
    "categories",
    "cells",
    "attachments",
    "criteria",
    "figures",
    "composites",
    "return_reasons",
    "disqualification_reasons",
    "vetoes",
    "award_kinds",
)
WINDOWS = {DeadlineKind.PLAN: "plans", DeadlineKind.APPLICATION: "applications"}
Path = tuple[str | int, ...]
"""The place of a member, by the names and indices that lead to it."""


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
    receiver: Receiver = Field(default_factory=Receiver, description="择优推荐的接收单位")
    recommender: Name = Field(
        RECOMMENDER, description="推荐单位的称谓, as every sentence and form of the campaign has it."
    )
    theme: Text = Field(description="活动主题", examples=["争当培育和践行社会主义核心价值观排头兵"])
    main_line: Text = Field(description="主线", examples=["“大爱唐山·善行路北”主题道德实践活动"])
    introduction: Text = Field(description="通知正文", examples=["为贯彻落实……现将有关事项通知如下："])
    requirements: Text = Field("", description="工作要求", examples=["加强组织领导。各党（工）委要高度重视……"])
    source: Text = Field(description="通知来源", examples=["路北区文明办，2015年4月9日"])
    issued_on: Day | None = Field(description="通知日期", examples=["2015-04-09"])
    phases: list[Phase] = Field(description="活动安排", max_length=12)
    categories: list[Category] = Field(description="内容分类", min_length=1, max_length=20)
    topic_required: Annotated[bool, Field(strict=True)] = Field(
        False, description="True if every application must choose a topic (子项) of its category.", examples=[False]
    )
    plans: Window | None = Field(
        description="实施计划登记表（附件1）的报送时间; null where the notice asks for no plans."
    )
    applications: Window = Field(description="申报表（附件2）的报送时间")
    minimum_filed: Cases = Field(description="最低上报件数", examples=[2])
    maximum_filed: Cases | None = Field(None, description="最高上报件数; null: no limit.", examples=[5])
    filed_by_kind: list[FiledLimits] = Field(
        [],
        description="上报件数 of committees of a kind, instead of `minimum_filed` and `maximum_filed`.",
        max_length=2,
    )
    recommended_order: Asked = Field(
        "none",
        description="推荐排序 of its cases by a committee, given with what it files.",
        json_schema_extra=labels("不设", "可排序", "须排序"),
    )
    years_in_operation: Annotated[int, Field(strict=True, ge=0, le=20)] = Field(
        0, description="实施年限: a case has begun so many years before `applications.due_on`.", examples=[1]
    )
    honour_levels: Annotated[list[HonourLevel], Field(json_schema_extra={"uniqueItems": True})] = Field(
        [], description="文明单位称号级别 of the units that may apply; empty: of any.", max_length=MOST_WORDS
    )
    earlier_winners: EarlierWinners | None = Field(
        None, description="以往获奖者不再申报: whose earlier awards count, and what follows; null: none do."
    )
    images: ImageLimits = Field(description="图片幅数与要求")
    narrative: NarrativeLimits = Field(description="文字篇幅")
    field_lengths: dict[Code, Annotated[int, Field(strict=True, ge=1, le=10_000)]] = Field(
        description="Most characters (code points) per field of the form.", examples=[{"brand_name": 60}]
    )
    field_labels: dict[Code, Name] = Field(
        description="The form's words for its cells.", examples=[{"brand_name": "品牌名称"}]
    )
    cells: list[OwnCell] = Field(
        [],
        description="Cells of the form beyond those of 附件2, in their order: an application has them in its `cells`.",
        max_length=MOST_CELLS,
    )
    attachments: list[AttachmentKind] = Field(
        [],
        description="佐证材料: kinds of supporting documents that go with an application, in their order.",
        max_length=MOST_KINDS,
    )
    forms: FormHeads = Field(default_factory=FormHeads, description="附件 and titles of the forms on paper.")
    criteria: list[Criterion] = Field(description="评选标准", max_length=20)
    figures: list[FigureSource] = Field(
        [],
        description="外部得分: sources of figures that the office imports, such as a public vote (网络投票).",
        max_length=MOST_SOURCES,
    )
    composites: list[CompositeSettings] = Field(
        [], description="综合成绩: results over several rounds and sources, with the weight of each.", max_length=5
    )
    award_kinds: list[AwardKind] = Field(description="奖项", max_length=20)
    commendation: CommendationSettings = Field(description="公示、通报与证书")
    reminders: list[Lead] = Field(
        description="Times before a deadline at which those who still owe something are reminded.",
        max_length=10,
        examples=[["P7D", "P3D", "P1D", "PT3H"]],
    )
    return_reasons: list[ReasonCode] = Field(description="退回补正的原因", max_length=50)
    disqualification_reasons: list[ReasonCode] = Field(description="不予受理的原因", max_length=50)
    vetoes: list[VetoItem] = Field(
        [],
        description="负面清单: items that the office answers before it accepts a case, in their order; one that is "
        "found is a reason, so that no other reason has its code.",
        max_length=MOST_VETOES,
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        parts = self._of_dates(), self._of_limits(), self._of_lists(), self._of_codes(), self._of_names()
        for contradiction in chain(*parts):
            raise contradiction
        return self

    def _of_dates(self) -> Iterator[Contradiction]:
        for path, day in self._days():
            if abs(day.year - self.year) > MOST_YEARS_OFF:
                yield self.contradiction("a date is far from the campaign's year", *path)
        for place, window in self.windows():
            if self.closes_at(window) <= self.opens_at(window):
                last = "enforced_at" if window.enforced_at else "due_on"
                yield self.contradiction("a window closes before it opens", place, last)

    def _of_limits(self) -> Iterator[Contradiction]:
        if self.images.maximum < self.images.minimum:
            yield self.contradiction("images: maximum is below minimum", "images", "maximum")
        if sum(role.minimum for role in self.images.roles) > self.images.maximum:
            yield self.contradiction("images: the roles need more than the maximum", "images", "roles")
        if self.images.short_side > self.images.long_side > 0:
            yield self.contradiction("images: the short side is longer than the long one", "images", "short_side")
        filed = self.minimum_filed, self.maximum_filed
        if filed[1] and filed[1] < filed[0]:
            yield self.contradiction("cases filed: maximum is below minimum", "maximum_filed")
        for index, each in enumerate(self.filed_by_kind):
            if each.maximum and each.maximum < each.minimum:
                yield self.contradiction("cases filed: maximum is below minimum", "filed_by_kind", index, "maximum")
        for lower, upper in pairwise(BOUNDS):
            if getattr(self.narrative, lower) > getattr(self.narrative, upper):
                yield self.contradiction("narrative: the bounds are not in order", "narrative", upper)

    def _of_lists(self) -> Iterator[Contradiction]:
        for index in repeated(self.leads()):
            yield self.contradiction("reminders: one occurs twice", "reminders", index)
        off, worked = self.commendation.days_off, self.commendation.days_worked
        for index in (index for index, day in enumerate(worked) if day in off):
            yield self.contradiction("commendation: a day is both off and worked", "commendation", "days_worked", index)
        for index in repeated([each.kind for each in self.filed_by_kind]):
            yield self.contradiction("a kind occurs twice", "filed_by_kind", index, "kind")
        for index, indicator in enumerate(self.commendation.indicators):
            if indicator.code in OF_PLANS and not self.asks_for(DeadlineKind.PLAN):
                place = ("commendation", "indicators", index, "code")
                yield self.contradiction("an indicator measures plans, and none are asked for", *place)
        for index, kind in enumerate(self.award_kinds):
            if kind.parts_by_order and self.recommended_order == "none":
                yield self.contradiction("no recommended order is asked for", "award_kinds", index, "tie_break")
        yield from self._of_parts()

    def _of_codes(self) -> Iterator[Contradiction]:
        for path, group in self._coded():
            for index in repeated([item.code for item in group]):
                yield self.contradiction("a code occurs twice", *path, index, "code")
        reasons = {each.code for each in (*self.return_reasons, *self.disqualification_reasons)}
        for index in (index for index, item in enumerate(self.vetoes) if item.code in reasons):
            yield self.contradiction("a reason has this code", "vetoes", index, "code")

    def _of_parts(self) -> Iterator[Contradiction]:
        """Require a source of figures that the notice names, for each part that is made of one."""
        known = {None, *(source.code for source in self.figures)}
        for index, composite in enumerate(self.composites):
            for place, part in enumerate(composite.parts):
                if part.figures not in known:
                    path = "composites", index, "parts", place, "figures"
                    yield self.contradiction("there is no such source of figures", *path)

    def _of_names(self) -> Iterator[Contradiction]:
        """No two cells of the form have the same name, those of 附件2 among them."""
        taken = [self.topic_label, *self.field_labels.values()]
        names = [comparable(each) for each in (*taken, *(cell.name for cell in self.cells))]
        for place in (index - len(taken) for index in repeated(names) if index >= len(taken)):
            yield self.contradiction("the form has a cell of this name already", "cells", place, "name")

    def _coded(self) -> Iterator[tuple[Path, Sequence[Coded]]]:
        """Every list whose items have a code, with its place."""
        for name in CODED:
            yield (name,), getattr(self, name)
        yield ("commendation", "indicators"), self.commendation.indicators
        yield ("images", "roles"), self.images.roles
        yield from ((("award_kinds", index, "grades"), kind.grades) for index, kind in enumerate(self.award_kinds))
        yield from ((("composites", index, "parts"), each.parts) for index, each in enumerate(self.composites))

    def _days(self) -> Iterator[tuple[Path, date]]:
        """Every date that is set, with its place."""
        for index, phase in enumerate(self.phases):
            yield from ((("phases", index, name), getattr(phase, name)) for name in ("starts_on", "ends_on"))
        for kind in self._stages():
            name, window = WINDOWS[kind], self.window(kind)
            dates = {each: getattr(window, each) for each in Window.model_fields}
            yield from (((name, each), day) for each, day in dates.items() if day)
        yield from [(("issued_on",), self.issued_on)] if self.issued_on else []

    @property
    def office(self) -> str:
        """The organizer in a sentence."""
        return self.organizer.short_name

    @property
    def city(self) -> str:
        """The receiver of nominations in a sentence."""
        return self.receiver.short_name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def _stages(self) -> Iterator[DeadlineKind]:
        return (kind for kind in DeadlineKind if self.asks_for(kind))

    def windows(self) -> Iterator[tuple[str, Window]]:
        """The windows of the stages there are, each with its member."""
        return ((WINDOWS[kind], self.window(kind)) for kind in self._stages())

    def stored(self) -> StoredSettings:
        """Return the document that is stored: what a later release added is absent where the notice does not use it.

        So the settings of before keep their digest.
        """
        kinds = [each.model_dump(mode="json", exclude_defaults=True) for each in self.award_kinds]
        plain = self.model_dump(mode="json") | {"criteria": stored(self.criteria), "award_kinds": kinds}
        plain |= {name: [each.stored() for each in getattr(self, name)] for name in ("cells", "composites")}
        for place in ADDED:
            group, _, name = place.rpartition("/")
            model, members = getattr(self, group, self), plain.get(group, plain)
            if model is not None and getattr(model, name) == type(model).model_fields[name].get_default(
                call_default_factory=True
            ):
                members.pop(name)
        return plain

    def asks_for(self, kind: DeadlineKind) -> bool:
        """Return true if the campaign has such a stage: that of plans is optional."""
        return kind is DeadlineKind.APPLICATION or self.plans is not None

    def filed_by(self, recommender: str) -> Self:
        """Return the settings with the numbers of cases that hold for a kind of committee, or for units without one."""
        numbers = {each.kind: (each.minimum, each.maximum) for each in self.filed_by_kind}
        numbers |= {DIRECT: (self.minimum_filed, None)}
        if recommender not in numbers:
            return self
        minimum, maximum = numbers[recommender]
        return self.model_copy(update={"minimum_filed": minimum, "maximum_filed": maximum})

    @property
    def latest_start(self) -> date:
        """The last day on which a case may have begun; 28 February for a leap day that the year does not have."""
        day, year = self.applications.due_on, self.applications.due_on.year - self.years_in_operation
        return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))

    def admits(self, level: str) -> bool:
        """Return true if units with a title of this level may apply."""
        return not self.honour_levels or level in self.honour_levels

    @property
    def named_words(self) -> Named:
        """Every code of a vocabulary that the office keeps, with its pointer."""
        return {
            HONOUR_LEVEL: [(f"/honour_levels/{at}", code) for at, code in enumerate(self.honour_levels)],
            COMMITTEE_KIND: [(f"/filed_by_kind/{at}/kind", each.kind) for at, each in enumerate(self.filed_by_kind)],
        }

    @property
    def kinds_limited(self) -> set[str]:
        """The kinds of committees that have numbers of their own."""
        return {each.kind for each in self.filed_by_kind}

    def lacks_plan(self, status: PlanStatus | None) -> bool:
        """Return true if a plan in this state is still owed: it is asked for, and not handed in."""
        return self.asks_for(DeadlineKind.PLAN) and status is not PlanStatus.SUBMITTED

    def window(self, kind: DeadlineKind) -> Window:
        """Return the time of a stage that the campaign asks for."""
        window = self.plans if kind is DeadlineKind.PLAN else self.applications
        assert window is not None, "a campaign without plans has no deadline for them"
        return window

    def opens_at(self, window: Window) -> datetime:
        return datetime.combine(window.opens_on, time(), self.zone)

    def closes_at(self, window: Window) -> datetime:
        """The instant that enforces a deadline: as set, or the end of the published day."""
        return (window.enforced_at or self.end_of(window.due_on)).astimezone(self.zone)

    def last_day(self, window: Window) -> date:
        """The day on which a deadline is enforced: the published one, or a later one."""
        return (self.closes_at(window) - timedelta.resolution).date()

    def end_of(self, day: date) -> datetime:
        """The end of a day in the campaign's time zone, exclusive."""
        return datetime.combine(day + timedelta(days=1), time(), self.zone)

    @property
    def out_of_reach(self) -> list[int]:
        """Places of the indicators whose full measure is more cases than some committee may file.

        Kinds without numbers of their own count always: there may be one any day.
        """
        maxima = [self.maximum_filed, *(self.filed_by(kind).maximum_filed for kind in self.kinds_limited)]
        return out_of_reach(self.commendation.indicators, maxima)

    def leads(self) -> list[timedelta]:
        """Intervals before a deadline at which reminders are sent."""
        return [
            timedelta(days=int(lead[1:-1])) if lead.endswith("D") else timedelta(hours=int(lead[2:-1]))
            for lead in self.reminders
        ]

    def award_kind(self, code: str) -> AwardKind | None:
        return next((kind for kind in self.award_kinds if kind.code == code), None)

    def figure_source(self, code: str) -> FigureSource | None:
        return next((each for each in self.figures if each.code == code), None)

    def composite(self, code: str) -> CompositeSettings | None:
        return next((each for each in self.composites if each.code == code), None)

    @property
    def topic_label(self) -> str:
        """The word for 子项, which older campaigns do not have among their labels."""
        return self.field_labels.get("topic", "子项")

    def topic_name(self, code: str) -> str:
        """The name of a topic, or the code of one that is not there any more."""
        return next((each.name for group in self.categories for each in group.topics if each.code == code), code)

    def label(self, field: str) -> str:
        return self.field_labels.get(field, field)
