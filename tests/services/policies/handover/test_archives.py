import re

from app.services.filing.campaigns import template
from app.services.policies.filing.forms import FORM
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.handover.archives import planned, written

SETTINGS = CampaignSettings.model_validate(template("lubei-2015"))


def test_a_form_is_written_cell_by_cell_under_the_campaigns_labels() -> None:
    form = dict.fromkeys(FORM) | {"brand_name": "<b>红马甲</b>", "innovation": "一\n二", "started_on": "2015-04-21"}
    pictures = [{"slot": 1, "caption": "义诊"}]
    content = {"unit_name": "龙华社区", "committee_name": "乔屯街道", "form": form, "images": pictures}
    lines = written("2015-QT-001", "已上报", content, SETTINGS).splitlines()
    assert lines[:4] == ["申报编号：2015-QT-001", "状态：已上报", "推荐单位：乔屯街道", "申报单位：龙华社区"]
    label = SETTINGS.label
    assert {f"{label('brand_name')}：<b>红马甲</b>", "一", "二", "图片 1：义诊"} <= set(lines)
    assert f"{label('period')}：2015年4月21日" in lines


def test_codes_are_written_as_the_words_of_the_campaign() -> None:
    form = dict.fromkeys(FORM, "无") | {"category": "qingman", "started_on": "2015-03", "ended_on": "ongoing"}
    content = {"unit_name": "龙华社区", "committee_name": "乔屯街道", "form": form, "images": []}
    topic = SETTINGS.categories[0].topics[0]
    case = {"name": "道德讲堂", "unit_name": "龙华社区", "category": "qingman"}
    plan = dict.fromkeys(("leader_name", "leader_title", "liaison_name", "liaison_phone")) | {"committee_name": "乔屯"}
    texts = (
        written("2015-QT-001", "已上报", content, SETTINGS, topic=topic.code, rank=2),
        planned(plan, [case], "已报送", SETTINGS),
    )
    assert [re.findall("[a-z_]+", text) for text in texts] == [[], []]
    assert "2015年3月至今" in texts[0]
    assert "推荐排序：第 2 位" in texts[0]
    assert f"{SETTINGS.topic_label}：{topic.name}" in texts[0]
    assert all("情满路北" in text for text in texts)
