"""Counts of a campaign (统计): their words, their order, and the charts that show them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Protocol
from uuid import UUID

from app.file_names import Part, year_part
from app.models.enums import ApplicationStatus, Labelled, Term
from app.printing.chart import Bar, Chart
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.people.vocabularies import COMMITTEE_KIND, HONOUR_LEVEL


class Dimension(Labelled):
    """Property by which filed applications are counted."""

    STATUS = "status", "申报状态"
    CATEGORY = "category", "内容分类"
    TOPIC = "topic", "子项"
    HONOUR_LEVEL = "honour_level", "称号级别"
    COMMITTEE_KIND = "committee_kind", "推荐单位类别"
    COMMITTEE = "committee", "推荐单位"
    DIRECT = "direct", "直属单位"
    DAY = "day", "首次上报日期"
    VETO = "veto", "负面清单"


class ChartSubject(Labelled):
    """Subject of a chart: filed applications by a dimension, all by stage, or the campaigns of the years."""

    FUNNEL = "funnel", "申报进程"
    YEARS = "years", "历年情况"
    STATUS = Dimension.STATUS.value, "上报案例按申报状态"
    CATEGORY = Dimension.CATEGORY.value, "上报案例按内容分类"
    TOPIC = Dimension.TOPIC.value, "上报案例按子项"
    HONOUR_LEVEL = Dimension.HONOUR_LEVEL.value, "上报案例按单位称号级别"
    COMMITTEE_KIND = Dimension.COMMITTEE_KIND.value, "上报案例按推荐单位类别"
    COMMITTEE = Dimension.COMMITTEE.value, "上报案例按推荐单位"
    DAY = Dimension.DAY.value, "上报案例按首次上报日期"
    VETO = Dimension.VETO.value, "负面清单查实情况"


class ChartFormat(Labelled):
    """Format of a chart."""

    SVG = "svg", "SVG 矢量图"
    PNG = "png", "PNG 图片，300 dpi"


STAGES = {
    "planned": "计划",
    "drafted": "起草",
    "submitted": "提交",
    "sealed": "盖章",
    "filed": "上报",
    "accepted": "受理",
    "awarded": "获奖",
}
"""How far a case came, in order: each case is counted at every stage up to its own."""
SERIES = ("filed", "accepted", "awarded")
"""The stages by which years are compared."""
COMPLETE = (Dimension.CATEGORY, Dimension.HONOUR_LEVEL, Dimension.COMMITTEE_KIND)
"""The dimensions of which a chart shows also what nothing was filed of."""
MOST_BARS, MOST_COLUMNS, MOST_YEARS = 100, 31, 10
NOT_CHOSEN, OTHERS = "（未填）", "其余 {count} 项"
Words = Mapping[Dimension, Mapping[str, str]]


class Count(Protocol):
    """A number of filed applications with one value, null for none; a committee has its name beside its code."""

    @property
    def code(self) -> str | None: ...
    @property
    def name(self) -> str | None: ...
    @property
    def count(self) -> int: ...


class Funnel(Protocol):
    """A campaign with the numbers of its cases by stage."""

    @property
    def name(self) -> str: ...
    @property
    def year(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Counted:
    """A value in words, and its number."""

    label: str
    count: int


def words_of(settings: CampaignSettings, vocabularies: Mapping[str, Mapping[str, Term]]) -> Words:
    """Return the words of every code in their order."""
    kept = {Dimension.HONOUR_LEVEL: HONOUR_LEVEL, Dimension.COMMITTEE_KIND: COMMITTEE_KIND}
    return {
        Dimension.STATUS: {status.value: status.label for status in ApplicationStatus},
        Dimension.CATEGORY: {each.code: each.name for each in settings.categories},
        Dimension.TOPIC: {each.code: each.name for group in settings.categories for each in group.topics},
        Dimension.VETO: {each.code: each.name for each in settings.vetoes},
        **{of: {code: term.label for code, term in vocabularies[name].items()} for of, name in kept.items()},
    }


def in_words(of: Dimension, counts: Iterable[Count], words: Words) -> list[Counted]:
    """Put counts into words: in the campaign's order, committees by number, days all from the first to the last."""
    if of is Dimension.DAY:
        return by_time({date.fromisoformat(each.code): each.count for each in counts if each.code})
    if of in {Dimension.COMMITTEE, Dimension.DIRECT}:
        ordered = sorted(counts, key=lambda each: (-each.count, each.code or ""))
        return [Counted(each.name or "", each.count) for each in ordered]
    known, found = words[of], Counter({each.code: each.count for each in counts})
    listed = [code for code in known if of in COMPLETE or found[code]]
    rest = sorted(code for code in found if code is not None and code not in known)
    named = [Counted(known.get(code, code), found[code]) for code in (*listed, *rest)]
    return [*named, *([Counted(NOT_CHOSEN, found[None])] if found[None] else [])]


def by_time(days: Mapping[date, int]) -> list[Counted]:
    """Count by days, or where these are too many by weeks, or else by months; times without any have a zero."""
    if not days:
        return []
    first, last = min(days), max(days)
    if (last - first).days < MOST_COLUMNS:
        every = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        return [Counted(f"{day.month}月{day.day}日", days.get(day, 0)) for day in every]
    monday = first - timedelta(days=first.weekday())
    if (last - monday).days < MOST_COLUMNS * 7:
        begun = [monday + timedelta(weeks=number) for number in range((last - monday).days // 7 + 1)]
        sums = Counter[date]()
        for day, count in days.items():
            sums[day - timedelta(days=day.weekday())] += count
        return [Counted(f"{day.month}月{day.day}日起", sums[day]) for day in begun]
    months = Counter[tuple[int, int]]()
    for day, count in days.items():
        months[day.year, day.month] += count
    between = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [Counted(f"{at // 12}年{at % 12 + 1}月", months[at // 12, at % 12 + 1]) for at in between[-MOST_COLUMNS:]]


def counts_chart(subject: ChartSubject, campaign: str, counted: Sequence[Counted], below: str) -> Chart:
    """Chart filed applications by a dimension; of more values than can be shown the last are put together."""
    shown, rest = counted[: MOST_BARS - 1], counted[MOST_BARS - 1 :]
    if len(rest) > 1:
        rest = [Counted(OTHERS.format(count=len(rest)), sum(each.count for each in rest))]
    bars = [Bar(each.label, [each.count]) for each in (*shown, *rest)]
    return Chart(f"{campaign}：{subject.label}", below, bars, upright=subject is ChartSubject.DAY)


def funnel_chart(settings: CampaignSettings, stages: Mapping[str, int], below: str) -> Chart:
    """Chart how far the cases came; each stage beside its share of the one before, if that was any."""
    asked = [name for name in STAGES if name != "planned" or settings.plans is not None]
    shares = {name: share_of(stages[name], stages[before]) for before, name in pairwise(asked)}
    notes = {name: f"为上一步的 {share}" for name, share in shares.items() if share}
    bars = [Bar(STAGES[name], [stages[name]], notes.get(name, "")) for name in asked]
    return Chart(f"{settings.name}：{ChartSubject.FUNNEL.label}", below, bars)


def years_chart(organizer: str, campaigns: Sequence[Funnel], below: str) -> Chart:
    """Chart what was filed, accepted and awarded in the campaigns of the years, the earliest first."""
    ordered = sorted(campaigns, key=lambda each: each.year)[-MOST_YEARS:]
    bars = [Bar(f"{each.year}年\n{each.name}", [getattr(each, name) for name in SERIES]) for each in ordered]
    return Chart(f"{organizer}：{ChartSubject.YEARS.label}", below, bars, [STAGES[name] for name in SERIES])


def share_of(part: int, whole: int) -> str:
    """Say a share in whole percent, of which only the whole is 100; nothing where the part is no part of a whole."""
    if not 0 < whole >= part:
        return ""
    percent = 100 * part / whole
    return f"{percent if part == whole else min(percent, 99):.0f}%"


def below_of(at: str) -> str:
    """Say as of when the numbers are, and what they count."""
    return f"截至 {at}　单位：件"


def chart_name(settings: CampaignSettings, campaign_id: UUID, subject: ChartSubject, day: str) -> list[str | Part]:
    """Name the file by year, campaign, subject and day."""
    said = Part(f"{settings.name}-{subject.label}", f"chart-{subject}")
    return [year_part(settings.year, campaign_id), said, day]
