from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.findings import Finding
from app.models.enums import CampaignStatus, DeadlineKind, PlanStatus, Role
from app.services.filing.campaigns import template
from app.services.policies import actions
from app.services.policies.filing import deadlines
from app.services.policies.filing import plans as policy
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.plans import PlanFacts
from tests.world import NOW, ZONE
from tests.world.filing import Case

SETTINGS = CampaignSettings.model_validate(template("lubei-2015"))
DEADLINE = deadlines.effective(SETTINGS, DeadlineKind.PLAN, None)
CLOSES, TICK = datetime(2015, 4, 22, 16, tzinfo=UTC), timedelta(microseconds=1)
PUBLISHED = CampaignStatus.PUBLISHED
CASE = Case("龙华社区", "derun")
MAY = {
    "edit": (Role.COMMITTEE, "draft submitted returned", None),
    "submit": (Role.COMMITTEE, "draft returned", "submitted"),
    "link": (Role.COMMITTEE, "draft submitted returned", None),
    "unlink": (Role.COMMITTEE, "draft submitted returned", None),
    "return": (Role.OFFICE, "submitted", "returned"),
}


def facts(
    status: PlanStatus = PlanStatus.DRAFT,
    campaign: CampaignStatus = PUBLISHED,
    cases: Any = (CASE, CASE),
    now: datetime = NOW,
) -> PlanFacts:
    return PlanFacts(status, SETTINGS, now, campaign, cases, DEADLINE, leader_named=True, liaison_named=True)


@pytest.mark.parametrize(
    ("leader", "liaison", "codes"),
    [
        (True, True, []),
        (False, True, ["leader_missing"]),
        (True, False, ["liaison_missing"]),
        (False, False, ["leader_missing", "liaison_missing"]),
    ],
)
def test_who_leads_and_who_does_the_work_is_asked_for(*, leader: bool, liaison: bool, codes: list[str]) -> None:
    found = policy.submission_findings(replace(facts(), leader_named=leader, liaison_named=liaison))
    assert [each.rule.code for each in found] == codes
    assert not any(each.refuses for each in found)


def places(findings: list[Finding]) -> list[tuple[str, str | None]]:
    return [(finding.rule.code, finding.pointer) for finding in findings]


@pytest.mark.parametrize(
    ("status", "now", "expected"),
    [
        (PlanStatus.SUBMITTED, CLOSES - TICK, False),
        (PlanStatus.SUBMITTED, CLOSES, True),
        (PlanStatus.RETURNED, CLOSES, False),
        (PlanStatus.DRAFT, CLOSES, False),
    ],
)
def test_after_the_campaigns_deadline_an_amendment_only_adds(
    status: PlanStatus, now: datetime, *, expected: bool
) -> None:
    assert policy.only_adds(facts(status, now=now)) is expected


@pytest.mark.parametrize(
    ("notice", "status", "code"),
    [
        ("lubei-2015", PUBLISHED, None),
        ("lubei-2015", CampaignStatus.DRAFT, "campaign_not_open"),
        ("sample-2025", PUBLISHED, "no_plan_stage"),
        ("sample-2025", CampaignStatus.DRAFT, "no_plan_stage"),
    ],
)
def test_a_plan_is_begun_where_one_is_asked_for(notice: str, status: CampaignStatus, code: str | None) -> None:
    found = policy.beginning_findings(CampaignSettings.model_validate(template(notice)), status)
    assert places(found) == ([(code, "/campaign_id")] if code else [])


RED, HALL, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)


@dataclass
class Line:
    """A row of a reconciliation: a case and its unit, or an application."""

    id: UUID | None = None
    name: str | None = None
    unit_name: str | None = None
    application_id: UUID | None = None
    application_brand_name: str | None = None
    application_unit_name: str | None = None
    application_status: str | None = None


def a_case(id_: UUID, name: str, unit: str | None) -> Line:
    return Line(id_, name, unit)


def an_application(id_: UUID | None, name: str | None, unit: str | None) -> Line:
    return Line(application_id=id_, application_brand_name=name, application_unit_name=unit, application_status="filed")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([a_case(RED, "红马甲", "龙华社区"), an_application(OTHER, "“红马甲”", "龙华 社区")], [(RED, OTHER)]),
        ([a_case(RED, "红马甲", "龙华社区"), an_application(OTHER, "红马甲", "翔云社区")], []),
        ([a_case(RED, "红马甲", None), an_application(OTHER, "红马甲", "翔云社区")], []),
        ([a_case(RED, "红马甲", "龙华社区"), an_application(None, None, None)], []),
        ([*(a_case(each, "红马甲", "龙华") for each in (RED, HALL)), an_application(OTHER, "红马甲", "龙华")], []),
        ([a_case(RED, "红马甲", "龙华"), *(an_application(each, "红马甲", "龙华") for each in (HALL, OTHER))], []),
        ([Line(RED, "红马甲", "龙华", HALL, "红马甲", "龙华", "filed"), an_application(OTHER, "红马甲", "龙华")], []),
    ],
)
def test_a_link_is_proposed_where_name_and_unit_leave_no_doubt(rows: list[Line], expected: list[Any]) -> None:
    assert policy.proposed_links(rows) == expected


@pytest.mark.parametrize("act", policy.ACTS, ids=lambda each: each.name)
def test_who_may_do_what_from_which_state(act: Any) -> None:
    who, states, target = MAY[act.name]
    assert act.target == target
    for role in Role:
        for status in PlanStatus:
            allowed = role is who and status.value in states.split()
            assert (act.barred(role, status) == []) is allowed


def test_no_act_is_missing_in_the_table() -> None:
    assert [act.name for act in policy.ACTS] == list(MAY)


@pytest.mark.parametrize(
    ("now", "codes"),
    [
        (datetime(2015, 4, 10, tzinfo=ZONE) - TICK, ["not_yet_open"]),
        (datetime(2015, 4, 10, tzinfo=ZONE), []),
        (CLOSES - TICK, []),
        (CLOSES, ["deadline_passed"]),
    ],
)
def test_a_plan_is_handed_in_from_the_first_day_until_the_end_of_the_last(now: datetime, codes: list[str]) -> None:
    assert [finding.rule.code for finding in policy.submission_findings(facts(now=now))] == codes


@pytest.mark.parametrize(
    ("cases", "findings", "refused"),
    [
        ([], [("empty_plan", "/cases")], True),
        ([CASE], [("few_planned_cases", "/cases")], False),
        ([CASE, CASE], [], False),
        ([CASE, CASE._replace(unit_name=None)], [("required", "/cases/1/unit_name")], True),
        ([CASE, CASE._replace(category=None)], [], False),
        ([CASE._replace(category="else"), CASE], [("unknown_category", "/cases/0/category")], True),
    ],
)
def test_what_a_submitted_plan_must_say(cases: Any, findings: list[tuple[str, str]], refused: bool) -> None:
    found = policy.submission_findings(facts(cases=cases))
    assert places(found) == findings
    assert any(finding.refuses for finding in found) is refused


def test_everything_is_said_at_once() -> None:
    found = policy.submission_findings(facts(campaign=CampaignStatus.CLOSED, cases=[], now=CLOSES))
    assert places(found) == [
        ("campaign_not_open", None),
        ("deadline_passed", None),
        ("empty_plan", "/cases"),
    ]


@pytest.mark.parametrize("status", list(PlanStatus))
def test_only_what_stands_submitted_is_edited_by_the_rules_of_a_submission(status: PlanStatus) -> None:
    found = policy.edit_findings(facts(status, cases=[], now=CLOSES))
    expected = ["deadline_passed", "empty_plan"] if status is PlanStatus.SUBMITTED else []
    assert [finding.rule.code for finding in found] == expected


@pytest.mark.parametrize(
    ("campaign", "due_on", "now", "findings"),
    [
        (PUBLISHED, None, CLOSES, [("extension_needed", None)]),
        (PUBLISHED, date(2015, 4, 22), CLOSES - TICK, []),
        (PUBLISHED, date(2015, 4, 22), CLOSES, [("deadline_in_the_past", "/due_on")]),
        (CampaignStatus.CLOSED, None, NOW, [("campaign_not_open", None)]),
    ],
)
def test_a_plan_is_returned_while_the_campaign_runs_until_a_day_to_come(
    campaign: CampaignStatus, due_on: date | None, now: datetime, findings: list[tuple[str, str | None]]
) -> None:
    late = replace(facts(campaign=campaign, now=now), correction_due_on=due_on)
    assert places(policy.return_findings(late)) == findings


@pytest.mark.parametrize(
    ("now", "due_on", "until"),
    [
        (CLOSES - TICK, None, CLOSES),
        (CLOSES - TICK, date(2015, 4, 21), CLOSES),
        (CLOSES, None, None),
        (CLOSES, date(2015, 4, 30), datetime(2015, 4, 30, 16, tzinfo=UTC)),
    ],
)
def test_a_returned_plan_is_open_until_the_later_of_both_dates(
    now: datetime, due_on: date | None, until: datetime | None
) -> None:
    assert replace(facts(now=now), correction_due_on=due_on).open_until == until


@pytest.mark.parametrize(("now", "expected"), [(CLOSES - TICK, []), (CLOSES, ["extension_needed"])])
def test_a_plan_returned_after_its_deadline_needs_a_later_one(now: datetime, expected: list[str]) -> None:
    """Both learn it: the office before it returns the plan, its committee when it would submit it again."""
    advice = policy.return_findings(facts(now=now))
    assert [finding.rule.code for finding in advice if not finding.refuses] == expected
    of = {status: policy.submission_findings(facts(status, now=now)) for status in PlanStatus}
    assert {status for status, found in of.items() if advice and advice[0] in found} == (
        {PlanStatus.RETURNED} if expected else set()
    )


@pytest.mark.parametrize(
    ("role", "status", "open_acts", "refused_acts"),
    [
        (Role.COMMITTEE, PlanStatus.DRAFT, "edit submit link unlink", ""),
        (Role.COMMITTEE, PlanStatus.SUBMITTED, "edit link unlink", "submit"),
        (Role.COMMITTEE, PlanStatus.RETURNED, "edit submit link unlink", ""),
        (Role.OFFICE, PlanStatus.SUBMITTED, "return", ""),
        (Role.OFFICE, PlanStatus.RETURNED, "", "return"),
    ],
)
def test_actions_say_what_the_role_may_do_now(
    role: Role, status: PlanStatus, open_acts: str, refused_acts: str
) -> None:
    possible = actions(policy.ACTS, role, facts(status))
    assert " ".join(act for act, found in possible.items() if not found) == open_acts
    assert " ".join(act for act, found in possible.items() if places(found) == [("wrong_state", None)]) == refused_acts
    assert len(possible) == len(open_acts.split()) + len(refused_acts.split())
