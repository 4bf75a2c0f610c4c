import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app.findings import Finding
from app.models.enums import (
    ApplicationStatus,
    AwardStatus,
    CampaignStatus,
    CommendationStatus,
    DeadlineKind,
    Language,
    NominationStatus,
    PlanStatus,
    Role,
)
from app.services.filing.campaigns import template
from app.services.policies import every_rule
from app.services.policies.commending import awards, objections
from app.services.policies.filing import applications, arrears, campaigns, closures, plans, prints, summaries
from app.services.policies.filing.closures import Owing
from app.services.policies.filing.deadlines import effective
from app.services.policies.filing.filings import FiledSet
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.parties import Receiver
from app.services.policies.handover import nominations
from app.services.policies.notifying.notifications import KINDS, worded

SAMPLE = CampaignSettings.model_validate(template("sample-2025"))
NOW = SAMPLE.end_of(SAMPLE.applications.due_on)
OUR_OFFICE, OUR_CITY = "云山文明办", "云岭文明办"
NOMINATED = applications.ApplicationFacts(
    status=ApplicationStatus.ACCEPTED,
    settings=SAMPLE,
    now=NOW,
    form={},
    narrative_length=2000,
    image_count=6,
    content_digest="a" * 64,
    endorsed_digest=None,
    campaign_status=CampaignStatus.PUBLISHED,
    retired=False,
    filed_set=FiledSet(2, 2, 0),
    deadline=effective(SAMPLE, DeadlineKind.APPLICATION, None),
    nominated=True,
)
SAID = [
    *applications.sent_back_findings(NOMINATED),
    *applications.acceptance_findings(NOMINATED),
    *(
        each
        for status in (NominationStatus.PREPARED, NominationStatus.DECIDED)
        for each in awards.revocation_findings(
            awards.AwardFacts(AwardStatus.AWARDED, CommendationStatus.PUBLISHED, status, receiver=SAMPLE.city)
        )
    ),
    *nominations.revision_findings(
        nominations.NominationFacts(
            NominationStatus.RETURNED, nominations.Nominee(True, True, True, None, SAMPLE.city), unchanged=1
        )
    ),
]


def literals(node: ast.AST) -> Iterator[str]:
    """The texts of a module that somebody may read: neither docstrings nor what the contract says of a member."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Field":
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str) and not isinstance(node, ast.Expr):
            yield child.value
        yield from literals(child)


def test_no_text_of_the_program_names_an_office() -> None:
    """Names are data: the one exception is the default of the receiver, whose notice says no other."""
    named = {
        str(path)
        for path in Path("app").rglob("*.py")
        for source in [path.read_text("utf-8")]
        if "文明办" in source  # to parse everything takes seconds
        for text in literals(ast.parse(source))
        if "文明办" in text
    }
    assert (named, Receiver().short_name) == (set(), "市文明办")


@pytest.mark.parametrize("finding", SAID, ids=lambda each: each.rule.code)
def test_a_sentence_about_a_campaign_has_its_names(finding: Finding) -> None:
    for language in Language:
        message = finding.worded(language).message
        assert OUR_CITY in message
        assert "市文明办" not in message


def test_a_late_objector_is_sent_to_the_campaigns_own_office() -> None:
    late = objections.PublicityFacts(Role.UNIT, CommendationStatus.PUBLICISED, NOW, NOW, SAMPLE.office)
    [finding] = objections.window_findings(late)
    assert OUR_OFFICE in finding.worded(Language.ZH).message


@pytest.mark.parametrize("kind", [kind for kind, each in KINDS.items() if "{organizer}" in each.sentence.zh])
@pytest.mark.parametrize(("particulars", "said"), [({"organizer": OUR_OFFICE}, OUR_OFFICE), ({}, "主办单位")])
def test_a_notice_has_the_names_it_was_made_with(kind: str, particulars: dict[str, Any], said: str) -> None:
    told = worded(kind, {"name": "红马甲", **particulars}, Language.ZH)
    assert said in told.text


PLANNED = CampaignSettings.model_validate(template("lubei-2015") | {"recommender": "街道党委"})
PLAN = plans.PlanFacts(
    status=PlanStatus.DRAFT,
    settings=PLANNED,
    now=NOW,
    campaign_status=CampaignStatus.PUBLISHED,
    cases=[],
    deadline=effective(PLANNED, DeadlineKind.PLAN, None),
    leader_named=False,
    liaison_named=False,
)
RECOMMENDED = SAMPLE.model_copy(update={"recommender": "街道党委"})
OF_COMMITTEE = replace(
    NOMINATED, settings=RECOMMENDED, status=ApplicationStatus.RETURNED, once_filed=True, for_unit=True
)
OWING = Owing(uuid4(), "龙华街道", 0, plan_owed=True, filed=0, minimum=2)
OF_RECOMMENDERS = [
    *applications.own_withdrawal_findings(OF_COMMITTEE)[-1:],
    *applications.untouched_findings(OF_COMMITTEE),
    *closures.closing_advice(RECOMMENDED.recommender, [OWING], dict.fromkeys(closures.UNDER_WAY, 0)),
    *plans.people_findings(PLAN),
    *campaigns.earlier_findings(
        RECOMMENDED,
        RECOMMENDED.applications,
        RECOMMENDED.applications.model_copy(update={"due_on": RECOMMENDED.applications.opens_on}),
        CampaignStatus.PUBLISHED,
        2,
    ),
]


def test_every_sentence_of_a_campaign_about_recommenders_is_tried() -> None:
    named = {rule.code for rule in every_rule() if "{recommender}" in rule.zh}
    assert {each.rule.code for each in OF_RECOMMENDERS} == named


@pytest.mark.parametrize("finding", OF_RECOMMENDERS, ids=lambda each: each.rule.code)
def test_a_sentence_has_the_notices_word_for_recommenders(finding: Finding) -> None:
    message = finding.worded(Language.ZH).message
    assert "街道党委" in message
    assert "党（工）委" not in message


@pytest.mark.parametrize("kind", [kind for kind, each in KINDS.items() if "{recommender}" in each.sentence.zh])
@pytest.mark.parametrize(("particulars", "said"), [({"recommender": "街道党委"}, "街道党委"), ({}, "党（工）委")])
def test_a_notice_has_the_word_for_recommenders_it_was_made_with(
    kind: str, particulars: dict[str, Any], said: str
) -> None:
    until = {"until": NOW.isoformat(), "timezone": SAMPLE.timezone}
    told = worded(kind, {"name": "红马甲", "count": 2, "minimum": 2, **until, **particulars}, Language.ZH)
    assert said in told.text


def test_papers_have_the_notices_word_for_recommenders() -> None:
    papers = [
        prints.plan_paper(PLANNED, "龙华街道", [], ""),
        arrears.arrears_paper(arrears.of_campaign(PLANNED), [], "2025-09-01"),
        summaries.summary_paper(PLANNED, None, "", [], ""),
    ]
    for paper in papers:
        said = f"{paper.above}{paper.lines}{[cell.text for row in paper.tables[0].rows for cell in row.cells]}"
        assert "街道党委" in said
        assert "党（工）委" not in said


def test_a_form_has_the_words_of_its_notice() -> None:
    paper = prints.application_paper(SAMPLE, {"unit_name": "龙华社区", "committee_name": "龙华街道"}, "")
    assert "由各镇（乡）街道党（工）委、区直单位党委审核" in paper.below
    assert "龙华街道\n（推荐单位盖章）" in {cell.text for row in paper.tables[0].rows for cell in row.cells}
