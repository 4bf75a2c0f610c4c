"""年度报告: what the office reports upward of a campaign, in sentences that follow from the figures.

A sentence without figures is left out, and a section without sentences, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain
from typing import Protocol
from uuid import UUID

from app.file_names import Part, year_part
from app.models.enums import DeadlineKind
from app.printing.official import NARROW
from app.printing.report import Report, Section
from app.services.policies.filing import statistics
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.statistics import SERIES, STAGES, ChartSubject, Counted, Dimension, share_of

TITLE = "开展情况报告"
NUMERALS = "一二三四五六七"
NAMED, CHARTED = 10, 20
"""Committees that a sentence names, and that a chart shows: the table has all."""
SEVERAL = 2
"""Values that a chart needs to show more than its sentence says."""


@dataclass(frozen=True, slots=True)
class CommitteeFigures:
    """A committee's cases; `missing` to the minimum, and whether it owes a plan."""

    name: str
    planned: int
    filed: int
    accepted: int
    awarded: int
    missing: int
    plan_owed: bool


class Year(Protocol):
    """A campaign with the numbers of its cases by stage."""

    @property
    def name(self) -> str: ...
    @property
    def year(self) -> int: ...
    @property
    def committees(self) -> int: ...
    @property
    def filed(self) -> int: ...
    @property
    def accepted(self) -> int: ...
    @property
    def awarded(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a report; `this` is the campaign itself, `earlier` those of the years before, the latest last.

    `direct` has those of all units without a committee together. `awards` counts what was published by the name of kind
    and grade, `days` the cases by the day of their first filing.
    """

    at: datetime
    this: Year
    stages: Mapping[str, int]
    counted: Mapping[Dimension, Sequence[Counted]]
    days: Mapping[date, int]
    committees: Sequence[CommitteeFigures]
    direct: CommitteeFigures | None
    units: int
    extensions: int
    out_for_correction: int
    awards: Sequence[Counted]
    earlier: Sequence[Year]


def report_of(settings: CampaignSettings, figures: Figures) -> Report:
    """Write the report."""
    parts = chain.from_iterable(part(settings, figures) for part in PARTS)
    sections = [replace(each, heading=f"{NUMERALS[place]}、{each.heading}") for place, each in enumerate(parts)]
    opening = f"现将{settings.name}（{settings.year}年）开展情况报告如下，数据截至{figures.at:%Y年%-m月%-d日 %H:%M}。"
    return Report(
        title=f"{settings.name}{TITLE}",
        addressees=f"{settings.receiver.name}：",
        opening=[opening],
        sections=_numbered(sections),
        signature=[settings.organizer.name, f"{figures.at:%Y年%-m月%-d日}"],
    )


def report_name(settings: CampaignSettings, campaign_id: UUID, day: str) -> list[str | Part]:
    """Name the file by year, campaign and day."""
    return [year_part(settings.year, campaign_id), Part(f"{settings.name}-{TITLE}", "report"), day]


def _numbered(sections: Sequence[Section]) -> list[Section]:
    """Number the charts through all sections."""
    before, numbered = 0, []
    for section in sections:
        charts = [replace(each, title=f"图{at}　{each.title}") for at, each in enumerate(section.charts, before + 1)]
        numbered.append(replace(section, charts=charts))
        before += len(charts)
    return numbered


def _overall(settings: CampaignSettings, figures: Figures) -> Iterator[Section]:
    """Say how far the cases came."""
    reached = [f"{STAGES[name]}{count}件" for name, count in figures.stages.items() if count]
    theme = f"活动以“{settings.theme}”为主题。" if settings.theme else ""
    if not reached:
        yield Section("总体情况", [f"{theme}截至目前，尚无计划登记和案例申报。"])
        return
    said = f"{theme}截至目前，按所到环节逐级统计，累计{'、'.join(reached)}。"
    chart = statistics.funnel_chart(settings, figures.stages, "单位：件")
    yield Section("总体情况", [said], [replace(chart, title=ChartSubject.FUNNEL.label)])


def _taking_part(settings: CampaignSettings, figures: Figures) -> Iterator[Section]:
    """Say who took part."""
    filed, all_of_them = figures.this.filed, len(figures.committees)
    if not filed:
        return
    filing = sum(each.filed > 0 for each in figures.committees)
    of_all = f"{filing}个{settings.recommender}，占全部{all_of_them}个的{share_of(filing, all_of_them)}、"
    said = f"共有{of_all if filing else ''}{figures.units}个单位上报案例{filed}件。"
    direct = figures.direct.filed if figures.direct else 0
    said += f"其中{Dimension.DIRECT.label}上报{direct}件。" if direct else ""
    kinds = _listed(figures.counted[Dimension.COMMITTEE_KIND], filed)
    levels = figures.counted[Dimension.HONOUR_LEVEL]
    said += f"按{settings.recommender}类别，{kinds}。" if kinds else ""
    said += f"按单位称号级别，{_listed(levels, filed)}。"
    yield _charted("参与情况", said, ChartSubject.HONOUR_LEVEL, levels)


def _contents(settings: CampaignSettings, figures: Figures) -> Iterator[Section]:
    """Say what the cases are about."""
    categories, filed = figures.counted[Dimension.CATEGORY], figures.this.filed
    if not filed:
        return
    said = f"上报案例按内容分类，{_listed(categories, filed)}。"
    chosen = [each for each in figures.counted[Dimension.TOPIC] if each.label != statistics.NOT_CHOSEN]
    most = sorted(chosen, key=lambda each: -each.count)[:3]
    said += f"较为集中的{settings.topic_label}有{_counted(most)}。" if most else ""
    yield _charted("内容分类", said, ChartSubject.CATEGORY, categories)


def _by_committee(settings: CampaignSettings, figures: Figures) -> Iterator[Section]:
    """Say what each committee filed."""
    if not figures.committees:
        return
    lacking = [each for each in figures.committees if each.missing]
    met = len(figures.committees) - len(lacking)
    said = []
    filed = [Counted(each.name, each.filed) for each in figures.committees if each.filed]
    if filed:
        said.append(f"上报件数居前的{settings.recommender}有{_counted(filed[:3])}。")
    if lacking and met:
        said.append(f"达到最低上报件数的有{met}个，尚未达到的有{len(lacking)}个：{_names(lacking)}。")
    elif lacking:
        said.append(f"{_all(lacking, settings)}尚未达到最低上报件数。")
    else:
        said.append(f"{_all(figures.committees, settings)}达到最低上报件数。")
    columns, rows = _table(settings, figures)
    chart = _charted("", "", ChartSubject.COMMITTEE, filed[:CHARTED]).charts
    if chart and len(filed) > CHARTED:
        chart = [replace(chart[0], title=f"上报件数居前{CHARTED}位的{settings.recommender}")]
    yield Section(f"各{settings.recommender}情况", ["".join(said)], chart, columns, rows)


def _timeliness(settings: CampaignSettings, figures: Figures) -> Iterator[Section]:
    """Say what came in time."""
    said = []
    if settings.asks_for(DeadlineKind.PLAN) and figures.committees:
        owing = sum(each.plan_owed for each in figures.committees)
        day = _day(settings.window(DeadlineKind.PLAN).due_on)
        in_all = len(figures.committees)
        late = f"，{owing}个未报送" if owing else ""
        done = f"{in_all - owing}个{settings.recommender}已报送{late}" if owing < in_all else "尚无单位报送"
        said.append(f"实施计划登记表应于{day}前报送，{done}。")
    due, filed = settings.last_day(settings.applications), sum(figures.days.values())
    if filed:
        in_time = sum(count for day, count in figures.days.items() if day <= due)
        last = figures.days.get(due, 0)
        on_last = f"（其中截止当日{last}件）" if last else ""
        share = f"，占{share_of(in_time, filed)}" if in_time < filed else ""
        later = f"（延至{_day(due)}停止接收）" if due != settings.applications.due_on else ""
        said.append(
            f"申报截止日为{_day(settings.applications.due_on)}{later}，截止日及以前首次上报{in_time}件{on_last}{share}。"
        )
        said.append(f"截止日以后首次上报{filed - in_time}件。" if in_time < filed else "")
    said.append(f"主办单位共批准延期{figures.extensions}次。" if figures.extensions else "")
    said.append(f"退回补正、尚未重新上报的有{figures.out_for_correction}件。" if figures.out_for_correction else "")
    if any(said):
        yield _charted("时效情况", "".join(said), ChartSubject.DAY, statistics.by_time(figures.days))


def _awarded(settings: CampaignSettings, figures: Figures) -> Iterator[Section]:
    """Say what was awarded."""
    if not figures.awards:
        return
    number = sum(each.count for each in figures.awards)
    cases, accepted = figures.this.awarded, figures.this.accepted
    share = share_of(cases, accepted)
    of_cases = f"获奖案例{cases}件" + (f"，占受理案例的{share}。" if share else "。") if cases else ""
    grades = "、".join(f"{each.label}{each.count}个" for each in figures.awards)
    how = "经评选、公示" if settings.commendation.publicity_days else "经评选"
    yield Section("评选结果", [f"{how}，共予以{settings.commendation.wording}{number}个：{grades}。{of_cases}"])


def _compared(settings: CampaignSettings, figures: Figures) -> Iterator[Section]:
    """Compare with earlier years; the sentence has the latest of them."""
    if not figures.earlier:
        return
    last = figures.earlier[-1]
    changes = "，".join(_change(STAGES[name], getattr(last, name), figures.stages[name]) for name in SERIES)
    said = f"与{last.year}年“{last.name}”相比，{changes}。"
    campaigns = sorted([*figures.earlier, figures.this], key=lambda each: each.year)
    chart = statistics.years_chart("", campaigns, "单位：件")
    numbers = [(f"{settings.recommender}数", NARROW), *((STAGES[name], 16) for name in SERIES)]
    columns = [("年度", 16), ("活动", 72), *numbers]
    rows = [[f"{each.year}", each.name, *map(str, (each.committees, *_series(each)))] for each in campaigns]
    yield Section("与往年比较", [said], [replace(chart, title=ChartSubject.YEARS.label)], columns, rows)


PARTS = (_overall, _taking_part, _contents, _by_committee, _timeliness, _awarded, _compared)
"""The sections in their order; one that has nothing to say is none."""


def _charted(heading: str, said: str, subject: ChartSubject, counted: Sequence[Counted]) -> Section:
    """Add the chart, if there are several values to be compared."""
    several = sum(each.count > 0 for each in counted) >= SEVERAL
    charts = [statistics.counts_chart(subject, "", counted, "单位：件")] if several else []
    return Section(heading, [said], [replace(each, title=subject.label) for each in charts])


def _table(settings: CampaignSettings, figures: Figures) -> tuple[list[tuple[str, int]], list[list[str]]]:
    """List all committees with their figures, and the units without one; plans only where they are asked for."""
    planned = settings.asks_for(DeadlineKind.PLAN)
    numbers = [*(["计划"] if planned else []), *(STAGES[name] for name in SERIES), "尚缺"]
    columns = [("序号", 14), (settings.recommender, 142 - 16 * len(numbers)), *((label, 16) for label in numbers)]
    listed = [(str(place), each) for place, each in enumerate(figures.committees, 1)]
    listed += [("", figures.direct)] if figures.direct and any(_series(figures.direct)) else []
    rows = [
        [place, each.name, *map(str, [each.planned] * planned), *map(str, (*_series(each), each.missing))]
        for place, each in listed
    ]
    return columns, rows


def _series(each: CommitteeFigures | Year) -> tuple[int, int, int]:
    return each.filed, each.accepted, each.awarded


def _listed(counted: Sequence[Counted], whole: int) -> str:
    """List what there is of each, with its share where there are several."""
    found = [each for each in counted if each.count]
    shares = [f"（{share_of(each.count, whole)}）" if len(found) > 1 else "" for each in found]
    return "、".join(f"{each.label}{each.count}件{share}" for each, share in zip(found, shares, strict=True))


def _counted(counted: Sequence[Counted]) -> str:
    return "、".join(f"{each.label}（{each.count}件）" for each in counted)


def _all(committees: Sequence[CommitteeFigures], settings: CampaignSettings) -> str:
    return f"{len(committees)}个{settings.recommender}{'均' if len(committees) > 1 else ''}"


def _names(committees: Sequence[CommitteeFigures]) -> str:
    """Name committees, of many the first."""
    return "、".join(each.name for each in committees[:NAMED]) + ("等" if len(committees) > NAMED else "")


def _change(stage: str, before: int, now: int) -> str:
    """Say how a number changed, with the share where there was any before."""
    if before == now:
        return f"{stage}同为{now}件"
    share = f"（{'增长' if now > before else '下降'}{abs(now - before) / before:.0%}）" if before else ""
    return f"{stage}由{before}件{'增加' if now > before else '减少'}到{now}件{share}"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
