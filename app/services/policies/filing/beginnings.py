"""Acts that begin something in a campaign: by them a page knows beforehand whether to offer it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.findings import Finding, Rule
from app.models.enums import CampaignStatus as Status
from app.models.enums import Role, Term
from app.services.policies import Act, Event
from app.services.policies.filing import applications, plans
from app.services.policies.filing.deadlines import Deadline
from app.services.policies.filing.notice import CampaignSettings

CAMPAIGN_IN_PREPARATION = Rule("campaign_in_preparation", "活动尚未发布。", "The campaign is not published yet.")
UNKNOWN_SOURCE = Rule(
    "unknown_figure_source", "活动通知没有规定这样的外部得分来源。", "The notice has no such source of figures."
)
UNKNOWN_COMPOSITE = Rule(
    "unknown_composite", "活动通知没有规定这样的综合成绩。", "The notice has no such composite result."
)


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


def round_findings(facts: BeginningFacts) -> list[Finding]:
    """Return why no round may be set up now."""
    return plans.running_findings(facts.status, "/campaign_id")


def figure_table_findings(facts: BeginningFacts) -> list[Finding]:
    """Return why no figures may be imported now: the campaign does not run, or the notice has no source of any."""
    unknown = [] if facts.settings.figures else [UNKNOWN_SOURCE("/source")]
    return [*plans.running_findings(facts.status), *unknown]


def composite_findings(facts: BeginningFacts) -> list[Finding]:
    """Return why no result may be composed now, of whatever: the campaign does not run, or the notice composes none."""
    unknown = [] if facts.settings.composites else [UNKNOWN_COMPOSITE("/code")]
    return [*plans.running_findings(facts.status), *unknown]


def commendation_findings(facts: BeginningFacts) -> list[Finding]:
    """Return why no commendation may be begun now: a campaign is commended while it runs or when it is over."""
    return [CAMPAIGN_IN_PREPARATION("/campaign_id")] if facts.status is Status.DRAFT else []


_Act = Act[Status, BeginningFacts]
_ANY_STATE = frozenset(Status)
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
ROUND = _Act(
    "begin_round",
    Event("round.created", "设立评选轮次", "Set up the round"),
    by={Role.OFFICE: _ANY_STATE},
    rules=round_findings,
)
FIGURE_TABLE = _Act(
    "import_figures",
    Event("figure_table.imported", "导入外部得分", "Imported figures of a source"),
    by={Role.OFFICE: _ANY_STATE},
    rules=figure_table_findings,
)
COMPOSITE = _Act(
    "freeze_composite",
    Event("composite.frozen", "固定综合成绩", "Froze the composite result"),
    by={Role.OFFICE: _ANY_STATE},
    rules=composite_findings,
)
COMMENDATION = _Act(
    "begin_commendation",
    Event("commendation.created", "起草通报", "Began the commendation"),
    by={Role.OFFICE: _ANY_STATE},
    rules=commendation_findings,
)
ACTS = (APPLICATION, PLAN, ROUND, FIGURE_TABLE, COMPOSITE, COMMENDATION)
