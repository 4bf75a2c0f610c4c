"""Templates of papers: what is wrong with one, as the process that opened it tells."""

import pytest

from app.models.enums import PaperKind
from app.printing import word_checks
from app.printing.filled import MOST_MARKS
from app.services.filing.campaigns import template
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.paper_templates import Looked, template_findings
from tests.world.templates import of_lines

SETTINGS = CampaignSettings.model_validate(template("lubei-2015"))


@pytest.mark.parametrize(("more", "codes"), [(0, []), (1, ["too_many_placeholders"])])
def test_a_template_has_so_many_placeholders_and_no_more(more: int, codes: list[str]) -> None:
    block = ("{{#案例}}", "{{案例名称}}／{{实施单位}}", "{{/案例}}")
    document = of_lines(*block, *["{{推荐单位}}"] * (MOST_MARKS - 3 + more))
    looked = Looked.of(**word_checks.check(document))
    assert [each.rule.code for each in template_findings(PaperKind.PLAN_FORM, SETTINGS, looked)] == codes
