"""The regulation of implementation plans (附件1)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.findings import Finding, Rule
from app.models.enums import CampaignStatus, Role, Severity
from app.models.enums import PlanStatus as Status
from app.services.policies import Transition
from app.services.policies.applications import CAMPAIGN_NOT_OPEN, UNKNOWN_CATEGORY
from app.services.policies.campaigns import CampaignSettings
from app.services.policies.deadlines import Deadline, deadline_findings

COMMITTEE, OFFICE = Role.COMMITTEE, Role.OFFICE
EDIT = Transition("edit", "plan.edited", {COMMITTEE: {Status.DRAFT, Status.RETURNED, Status.SUBMITTED}})
SUBMIT = Transition("submit", "plan.submitted", {COMMITTEE: {Status.DRAFT, Status.RETURNED}}, Status.SUBMITTED)
LINK = Transition("link", "plan.case_linked", {COMMITTEE: {Status.DRAFT, Status.RETURNED, Status.SUBMITTED}})
RETURN = Transition("return", "plan.returned", {OFFICE: {Status.SUBMITTED}}, Status.RETURNED)
TRANSITIONS = (EDIT, SUBMIT, LINK, RETURN)

EMPTY_PLAN = Rule("empty_plan", "实施计划至少应有一个案例。", "The plan needs at least one case.")
FEW_PLANNED_CASES = Rule(
    "few_planned_cases",
    "计划 {count} 件，少于最低上报件数 {minimum} 件。",
    "{count} planned; at least {minimum} will have to be filed.",
    Severity.ADVICE,
)
IMPLEMENTING_UNIT_MISSING = Rule("required", "请填写实施单位。", "The implementing unit is required.")
FOREIGN_UNIT = Rule("unknown_unit", "本党（工）委没有这一单位。", "The committee has no such unit.")
FOREIGN_APPLICATION = Rule(
    "unknown_application", "本党（工）委没有这一申报。", "The committee has no such application."
)


def submission_findings(
    settings: CampaignSettings,
    campaign_status: CampaignStatus,
    cases: Sequence[Any],
    deadline: Deadline,
    now: datetime,
) -> list[Finding]:
    """Why the plan may not be submitted, or changed while it stands submitted; empty when it may."""
    running = campaign_status is CampaignStatus.PUBLISHED
    return [
        *([] if running else [CAMPAIGN_NOT_OPEN()]),
        *deadline_findings(deadline, now),
        *([] if cases else [EMPTY_PLAN("/cases")]),
        *case_findings(settings, cases),
        *(
            [FEW_PLANNED_CASES("/cases", count=len(cases), minimum=settings.minimum_filed)]
            if 0 < len(cases) < settings.minimum_filed
            else []
        ),
    ]


def case_findings(settings: CampaignSettings, cases: Sequence[Any]) -> list[Finding]:
    """Every planned case names who carries it out, and a category only if the campaign has it."""
    known = {category.code for category in settings.categories} | {None}
    nobody = [
        IMPLEMENTING_UNIT_MISSING(f"/cases/{index}")
        for index, case in enumerate(cases)
        if case.unit_id is None and not case.unit_name
    ]
    unknown = [
        UNKNOWN_CATEGORY(f"/cases/{index}/category") for index, case in enumerate(cases) if case.category not in known
    ]
    return nobody + unknown
