"""Sentences that follow from figures: none without a figure, and each says its figures."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from app.printing.packing import packed, unpacked
from app.printing.report import Report, Section
from app.services.filing.campaigns import template
from app.services.policies.filing import prints
from app.services.policies.filing import reports as policy
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.reports import CommitteeFigures, Figures
from app.services.policies.filing.statistics import STAGES, Counted, Dimension

SETTINGS = CampaignSettings.model_validate(template("lubei-2015"))
NOTHING = dict.fromkeys(STAGES, 0)


@dataclass(frozen=True)
class Campaign:
    name: str
    year: int
    committees: int = 0
    filed: int = 0
    accepted: int = 0
    awarded: int = 0


EMPTY = Figures(
    at=datetime(2015, 11, 30, 9, 5, tzinfo=SETTINGS.zone),
    this=Campaign(SETTINGS.name, 2015),
    stages=NOTHING,
    counted={of: [] for of in Dimension},
    days={},
    committees=[],
    direct=None,
    units=0,
    extensions=0,
    out_for_correction=0,
    awards=[],
    earlier=[],
)
JIA = CommitteeFigures("甲街道", planned=3, filed=3, accepted=2, awarded=1, missing=0, plan_owed=False)
YI = CommitteeFigures("乙镇", planned=0, filed=1, accepted=1, awarded=0, missing=1, plan_owed=True)
FULL = replace(
    EMPTY,
    this=Campaign(SETTINGS.name, 2015, 2, 4, 3, 1),
    stages=dict(zip(STAGES, (3, 6, 5, 4, 4, 3, 1), strict=True)),
    counted={
        **EMPTY.counted,
        Dimension.CATEGORY: [Counted("德润路北", 3), Counted("美靓路北", 1), Counted("情满路北", 0)],
        Dimension.TOPIC: [Counted("学雷锋活动", 1), Counted("（未填）", 3)],
        Dimension.HONOUR_LEVEL: [Counted("省级", 4)],
        Dimension.COMMITTEE_KIND: [Counted("街道", 3), Counted("区直", 1)],
    },
    days={date(2015, 9, 10): 2, date(2015, 9, 14): 1, date(2015, 9, 16): 1},
    committees=[JIA, YI],
    units=3,
    extensions=1,
    out_for_correction=1,
    awards=[Counted("优秀案例一等奖", 1), Counted("组织工作先进单位", 1)],
    earlier=[Campaign("诚信年", 2013, 1, 9, 9, 0), Campaign("志愿年", 2014, 1, 5, 3, 0)],
)


def sections(figures: Figures, **changes: Any) -> dict[str, Section]:
    report = policy.report_of(SETTINGS.model_copy(update=changes), figures)
    return {section.heading: section for section in report.sections}


def text(section: Section) -> str:
    return "".join(section.paragraphs)


def test_without_figures_there_is_one_section_and_no_chart() -> None:
    (section,) = policy.report_of(SETTINGS, EMPTY).sections
    assert section == Section(
        "一、总体情况", [f"活动以“{SETTINGS.theme}”为主题。截至目前，尚无计划登记和案例申报。"], []
    )


def test_committees_that_did_nothing_are_told_as_such() -> None:
    idle = [replace(YI, name=name, filed=0, accepted=0, missing=2) for name in ("甲", "乙")]
    found = sections(replace(EMPTY, committees=idle))
    assert [*found] == ["一、总体情况", "二、各党（工）委情况", "三、时效情况"]
    assert text(found["二、各党（工）委情况"]) == "2个党（工）委均尚未达到最低上报件数。"
    assert text(found["三、时效情况"]) == "实施计划登记表应于4月22日前报送，尚无单位报送。"
    assert not [each.charts for each in found.values() if each.charts]


def test_every_figure_is_said() -> None:
    said = {heading: text(section) for heading, section in sections(FULL).items()}
    assert said == {
        "一、总体情况": f"活动以“{SETTINGS.theme}”为主题。截至目前，按所到环节逐级统计，"
        "累计计划3件、起草6件、提交5件、盖章4件、上报4件、受理3件、获奖1件。",
        "二、参与情况": "共有2个党（工）委，占全部2个的100%、3个单位上报案例4件。"
        "按党（工）委类别，街道3件（75%）、区直1件（25%）。按单位称号级别，省级4件。",
        "三、内容分类": "上报案例按内容分类，德润路北3件（75%）、美靓路北1件（25%）。"
        "较为集中的子项有学雷锋活动（1件）。",
        "四、各党（工）委情况": "上报件数居前的党（工）委有甲街道（3件）、乙镇（1件）。"
        "达到最低上报件数的有1个，尚未达到的有1个：乙镇。",
        "五、时效情况": "实施计划登记表应于4月22日前报送，1个党（工）委已报送，1个未报送。"
        "申报截止日为9月14日，截止日及以前首次上报3件（其中截止当日1件），占75%。截止日以后首次上报1件。"
        "主办单位共批准延期1次。退回补正、尚未重新上报的有1件。",
        "六、评选结果": "经评选、公示，共予以通报表彰2个：优秀案例一等奖1个、组织工作先进单位1个。"
        "获奖案例1件，占受理案例的33%。",
        "七、与往年比较": "与2014年“志愿年”相比，上报由5件减少到4件（下降20%），受理同为3件，获奖由0件增加到1件。",
    }


def test_charts_are_numbered_through_and_none_shows_one_value_alone() -> None:
    titles = [chart.title for section in sections(FULL).values() for chart in section.charts]
    assert titles == [
        *("图1　申报进程", "图2　上报案例按内容分类", "图3　上报案例按推荐单位"),
        *("图4　上报案例按首次上报日期", "图5　历年情况"),
    ]


def test_tables_have_all_committees_and_years_and_plans_only_where_they_are_asked_for() -> None:
    found = sections(FULL)
    assert found["四、各党（工）委情况"].rows == [
        ["1", "甲街道", "3", "3", "2", "1", "0"],
        ["2", "乙镇", "0", "1", "1", "0", "1"],
    ]
    assert found["七、与往年比较"].rows == [
        ["2013", "诚信年", "1", "9", "9", "0"],
        ["2014", "志愿年", "1", "5", "3", "0"],
        ["2015", SETTINGS.name, "2", "4", "3", "1"],
    ]
    without = sections(FULL, plans=None)
    assert without["四、各党（工）委情况"].rows[0] == ["1", "甲街道", "3", "2", "1", "0"]
    assert "实施计划" not in "".join(map(text, without.values()))


def test_a_table_is_as_wide_as_the_text() -> None:
    for plans in (SETTINGS.plans, None):
        for section in sections(FULL, plans=plans).values():
            assert sum(width for _, width in section.columns) in {0, 156}


def test_of_many_committees_a_chart_shows_the_first_and_a_sentence_names_ten() -> None:
    many = [replace(YI, name=f"第{number}镇") for number in range(60)]
    section = sections(replace(FULL, committees=many))["四、各党（工）委情况"]
    assert section.charts[0].title.endswith("上报件数居前20位的党（工）委")
    assert len(section.charts[0].bars) == 20
    assert len(section.rows) == 60


def test_units_without_a_committee_are_no_committee_and_the_table_adds_up() -> None:
    """Nobody recommends them: they are in no share of committees, and have a row of their own."""
    direct = CommitteeFigures("直属单位", planned=0, filed=2, accepted=1, awarded=0, missing=0, plan_owed=False)
    found = sections(replace(FULL, this=Campaign(SETTINGS.name, 2015, 2, 6, 4, 1), direct=direct))
    assert text(found["二、参与情况"]).startswith(
        "共有2个党（工）委，占全部2个的100%、3个单位上报案例6件。其中直属单位上报2件。"
    )
    table = found["四、各党（工）委情况"].rows
    assert table[2:] == [["", "直属单位", "0", "2", "1", "0", "0"]]
    assert sum(int(row[3]) for row in table) == 6
    alone = text(sections(replace(FULL, committees=[replace(YI, filed=0)], direct=direct))["二、参与情况"])
    assert alone.startswith("共有3个单位上报案例4件。其中直属单位上报2件。")


def test_a_window_that_closes_after_the_published_day_is_told_and_counts() -> None:
    window = SETTINGS.applications.model_copy(update={"enforced_at": datetime(2015, 9, 16, 18, tzinfo=SETTINGS.zone)})
    assert text(sections(FULL, applications=window)["五、时效情况"]).startswith(
        "实施计划登记表应于4月22日前报送，1个党（工）委已报送，1个未报送。"
        "申报截止日为9月14日（延至9月16日停止接收），截止日及以前首次上报4件（其中截止当日1件）。主办单位"
    )


def test_a_character_that_no_font_has_is_told_of_a_chart_only_where_a_chart_has_it() -> None:
    """The table can be had in Word; a chart cannot."""
    in_table, in_both = (
        prints.glyph_findings(policy.report_of(SETTINGS, replace(FULL, committees=[JIA, odd])), "𡃁")
        for odd in (replace(YI, name="𡃁镇", filed=0), replace(YI, name="𡃁镇"))
    )
    assert [each.rule for each in in_table] == [prints.NO_GLYPH_IN_ROW]
    assert [each.rule for each in in_both] == [prints.NO_GLYPH_IN_ROW, prints.NO_GLYPH_IN_CHART]


def test_without_publicity_none_is_told() -> None:
    awards = SETTINGS.commendation.model_copy(update={"publicity_days": 0})
    assert text(sections(FULL, commendation=awards)["六、评选结果"]).startswith("经评选，共予以")


def test_a_report_reaches_its_writer_as_it_is() -> None:
    report, pictures = unpacked(packed(policy.report_of(SETTINGS, FULL), ()))
    assert isinstance(report, Report)
    assert (report.written, pictures) == (policy.report_of(SETTINGS, FULL).written, [])
