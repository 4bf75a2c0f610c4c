"""Words of letters that only some of them have."""

from datetime import UTC, datetime

import pytest

from app.models.enums import ExtensionCause, SwapStatus
from app.services.filing.campaigns import template
from app.services.policies.filing import letters as policy
from app.services.policies.filing.notice import CampaignSettings

SETTINGS = CampaignSettings.model_validate(template("lubei-2015"))
AT = datetime(2015, 4, 23, 1, tzinfo=UTC)


def test_only_an_answer_and_a_grant_have_letters() -> None:
    assert {status for status in SwapStatus if not policy.answer_findings(status)} == {
        *(SwapStatus.CONSENTED, SwapStatus.DECLINED)
    }
    assert {cause for cause in ExtensionCause if not policy.extension_findings(cause)} == {ExtensionCause.GRANT}


@pytest.mark.parametrize(("reason", "said"), [("雨。", "雨。"), ("雨", "雨。"), ("雨……", "雨……")])
def test_a_scan_that_is_exchanged_is_one_row_and_a_reason_ends_as_a_sentence(reason: str, said: str) -> None:
    answered = policy.SwapAnswered(
        *("甲街道", 2, ("2015-A-001", "红马甲"), None, AT, reason, SwapStatus.CONSENTED, AT, None)
    )
    paper = policy.swap_letter(SETTINGS, answered)
    assert [[cell.text for cell in row.cells] for row in paper.tables[0].rows[1:]] == [
        ["1", "更换盖章扫描件", "2015-A-001", "红马甲"]
    ]
    assert paper.above == "编号：2015-A-001-S02"
    assert paper.opening[1:] == [
        f"你单位2015年4月23日提出的调换申请收悉，申请理由：{said}",
        "经研究，同意下列调换，原申报内容不变：",
    ]


def test_a_plan_without_a_date_is_to_be_handed_in_again_by_no_date() -> None:
    returned = policy.PlanReturned("甲街道", "A", 1, AT, "缺单位", None)
    assert policy.plan_letter(SETTINGS, returned).lines[0] == "请修改后重新报送。"
