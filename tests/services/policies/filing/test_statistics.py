from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from app.printing.chart import Bar
from app.services.filing.campaigns import template
from app.services.policies.filing import statistics as policy
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.statistics import ChartSubject, Counted, Dimension
from app.services.policies.people.vocabularies import NOTICE, terms


@dataclass(frozen=True)
class Row:
    code: str | None
    count: int
    name: str | None = None


SETTINGS = CampaignSettings.model_validate(template("lubei-2015"))
WORDS = policy.words_of(SETTINGS, {name: terms(each) for name, each in NOTICE.items()})


def test_categories_come_in_the_order_of_the_notice_also_those_without_any_and_unknown_ones_last() -> None:
    counted = policy.in_words(Dimension.CATEGORY, [Row("gone", 1), Row("qingman", 5), Row(None, 2)], WORDS)
    assert counted == [
        *(Counted(name, 0) for name in ("德润路北", "美靓路北")),
        *(Counted("情满路北", 5), Counted("诚铸路北", 0), Counted("gone", 1), Counted("（未填）", 2)),
    ]


def test_topics_are_those_that_something_was_filed_of() -> None:
    assert policy.in_words(Dimension.TOPIC, [Row("spring_rain", 3)], WORDS) == [
        Counted(SETTINGS.topic_name("spring_rain"), 3)
    ]


def test_committees_come_by_number_and_then_by_code() -> None:
    rows = [Row("A", 1, "甲"), Row("B", 4, "乙"), Row("C", 1, "丙")]
    assert policy.in_words(Dimension.COMMITTEE, rows, WORDS) == [Counted("乙", 4), Counted("甲", 1), Counted("丙", 1)]


FIRST = date(2015, 8, 31)


@pytest.mark.parametrize(
    ("days", "labels"),
    [
        ({}, []),
        ({FIRST: 1}, ["8月31日"]),
        ({FIRST: 1, FIRST + timedelta(days=2): 2}, ["8月31日", "9月1日", "9月2日"]),
        ({FIRST: 1, FIRST + timedelta(days=31): 2}, ["8月31日起", "9月7日起", "9月14日起", "9月21日起", "9月28日起"]),
        (
            {FIRST: 1, date(2016, 4, 4): 2},
            [*(f"2015年{month}月" for month in range(8, 13)), *(f"2016年{month}月" for month in range(1, 5))],
        ),
    ],
)
def test_days_become_weeks_or_months_where_they_are_many_and_nothing_is_lost(
    days: dict[date, int], labels: list[str]
) -> None:
    counted = policy.by_time(days)
    assert [each.label for each in counted] == labels
    assert sum(each.count for each in counted) == sum(days.values())


@pytest.mark.parametrize("count", [99, 100, 101, 500])
def test_the_last_of_too_many_bars_are_put_together(count: int) -> None:
    chart = policy.counts_chart(ChartSubject.COMMITTEE, "活动", [Counted(str(n), 1) for n in range(count)], "")
    assert len(chart.bars) == min(count, 100)
    assert sum(bar.values[0] for bar in chart.bars) == count
    assert (chart.bars[-1].label == f"其余 {count - 99} 项") is (count > 100)


def test_a_stage_is_beside_its_share_of_the_one_before_if_it_is_a_part_of_it() -> None:
    stages = dict(zip(policy.STAGES, (4, 5, 4, 2, 2, 0, 0), strict=True))
    chart = policy.funnel_chart(SETTINGS, stages, "")
    assert chart.bars == [
        *(Bar("计划", [4]), Bar("起草", [5]), Bar("提交", [4], "为上一步的 80%"), Bar("盖章", [2], "为上一步的 50%")),
        *(Bar("上报", [2], "为上一步的 100%"), Bar("受理", [0], "为上一步的 0%"), Bar("获奖", [0])),
    ]
    without_plans = SETTINGS.model_copy(update={"plans": None})
    assert policy.funnel_chart(without_plans, stages, "").bars == chart.bars[1:]


def test_only_the_whole_is_a_hundred_percent() -> None:
    assert [policy.share_of(*each) for each in ((199, 200), (200, 200), (1, 200), (0, 0), (2, 1))] == [
        *("99%", "100%", "0%"),
        *("", ""),
    ]
