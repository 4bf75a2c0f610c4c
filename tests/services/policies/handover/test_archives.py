from app.services.filing.campaigns import template
from app.services.policies.filing.forms import FORM
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.handover.archives import written

SETTINGS = CampaignSettings.model_validate(template("lubei-2015"))


def test_a_form_is_written_cell_by_cell_under_the_campaigns_labels() -> None:
    form = dict.fromkeys(FORM) | {"brand_name": "<b>红马甲</b>", "innovation": "一\n二", "started_on": "2015-04-21"}
    pictures = [{"slot": 1, "caption": "义诊"}]
    content = {"unit_name": "龙华社区", "committee_name": "乔屯街道", "form": form, "images": pictures}
    lines = written("2015-QT-001", "已上报", content, SETTINGS).splitlines()
    assert lines[:4] == ["申报编号：2015-QT-001", "状态：已上报", "推荐单位：乔屯街道", "申报单位：龙华社区"]
    label = SETTINGS.label
    assert {f"{label('brand_name')}：<b>红马甲</b>", "一", "二", "图片 1：义诊"} <= set(lines)
    assert f"{label('period')}：2015-04-21 至 " in lines
