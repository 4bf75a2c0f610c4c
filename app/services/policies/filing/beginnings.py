"""Acts that begin something in a campaign: by them a page knows beforehand whether to offer it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.findings import Finding
from app.models.enums import CampaignStatus as Status
from app.models.enums import Role, Term
from app.services.policies import Act, Event
from app.services.policies.filing import applications, plans
from app.services.policies.filing.deadlines import Deadline
from app.services.policies.filing.notice import CampaignSettings


@dataclass(frozen=True, slots=True)
class Applicant:
    """The unit that is to apply."""

    name: str
    honour_level: str
    retired: bool
    titles: Mapping[str, Term] = field(default_factory=dict)
    """The levels with their words, where its own is not admitted."""


@dataclass(frozen=True, slots=True)
class BeginningFacts:
    """The values by which it is judged what may be begun; no applicant while a committee has not named one."""

    status: Status
    settings: CampaignSettings
    now: datetime
    deadline: Deadline | None = None
    """That of applications, if they are asked for."""
    applicant: Applicant | None = None


def application_findings(facts: BeginningFacts) -> list[Finding]:
    """Return why no application may be begun now: campaign, deadline, unit, or its title."""
    unit = facts.applicant
    assert facts.deadline is not None, "applications have one"
    retired = unit is not None and unit.retired
    return [
        *applications.creation_findings(facts.status, retired=retired, deadline=facts.deadline, now=facts.now),
        *(applications.title_findings(facts.settings, unit.name, unit.honour_level, unit.titles) if unit else []),
    ]


def plan_findings(facts: BeginningFacts) -> list[Finding]:
    """Return why no plan may be begun now."""
    return plans.beginning_findings(facts.settings, facts.status)


_Act = Act[Status, BeginningFacts]
_SEEN = frozenset({Status.PUBLISHED, Status.CLOSED})
"""The states in which units and committees see a campaign; that a closed one takes nothing is a rule's sentence."""

APPLICATION = _Act(
    "begin_application",
    Event("application.created", "新建申报表", "Began it"),
    by={Role.UNIT: _SEEN, Role.COMMITTEE: _SEEN},
    rules=application_findings,
)
PLAN = _Act(
    "begin_plan",
    Event("plan.created", "新建实施计划", "Began the plan"),
    by={Role.COMMITTEE: _SEEN},
    rules=plan_findings,
)
ACTS = (APPLICATION, PLAN)
