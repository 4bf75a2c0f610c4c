"""The regulation of implementation plans (附件1)."""

from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Protocol
from uuid import UUID

from app.comparable import comparable, is_filled
from app.findings import Finding, Rule
from app.models.enums import CampaignStatus, DeadlineKind, Role, Severity
from app.models.enums import PlanStatus as Status
from app.services.policies import Act, Event
from app.services.policies.filing.applications import CAMPAIGN_NOT_OPEN, CORRECTION_IN_THE_PAST
from app.services.policies.filing.deadlines import Deadline, correction_until, deadline_findings, stage_findings
from app.services.policies.filing.forms import UNKNOWN_CATEGORY
from app.services.policies.filing.notice import CampaignSettings

COMMITTEE, OFFICE = Role.COMMITTEE, Role.OFFICE
ALWAYS = {Status.DRAFT, Status.SUBMITTED, Status.RETURNED}
QUOTES = dict.fromkeys(map(ord, "\"'“”‘’「」『』《》〈〉"))

EMPTY_PLAN = Rule("empty_plan", "实施计划至少应有一个案例。", "The plan needs at least one case.")
FEW_PLANNED_CASES = Rule(
    "few_planned_cases",
    "计划 {count} 件，少于最低上报件数 {minimum} 件。",
    "{count} planned; at least {minimum} will have to be filed.",
    Severity.ADVICE,
)
MANY_PLANNED_CASES = Rule(
    "many_planned_cases",
    "计划 {count} 件，多于最高上报件数 {maximum} 件。",
    "{count} planned; at most {maximum} may be filed.",
    Severity.ADVICE,
)
CASE_NAME_MISSING = Rule("required", "请填写计划申报创新案例名称。", "The name of the planned case is required.")
OTHER_UNIT_NAME = Rule(
    "other_unit_name",
    "“{name}”不是所选单位的名称（“{registered}”）：请改选单位，或只填写名称。",
    "“{name}” is not the name of the chosen unit (“{registered}”): choose another, or give the name alone.",
)
LEADER_MISSING = Rule(
    "leader_missing",
    "尚未登记主管领导：每个{recommender}应明确一名主管领导，请在其资料中填写。",
    "No leader in charge is registered, and each committee should have one. Enter them in the committee's data.",
    Severity.ADVICE,
)
LIAISON_MISSING = Rule(
    "liaison_missing",
    "尚未登记专门人员（联络员）及其电话：每个{recommender}应指定专人负责，请在其资料中填写。",
    "No liaison with a telephone is registered, and each committee should have one. Enter them in its data.",
    Severity.ADVICE,
)
EXTENSION_NEEDED = Rule(
    "extension_needed",
    "“{campaign}”的{label}截止时间（{enforced_at}）已过：退回的计划须由{organizer}给出补正期限（随退回填写）或批准延期，才能重新报送。",
    "The {kind} deadline of {campaign} ({enforced_at}) has passed: a returned plan is submitted again only by a "
    "correction date of {organizer}, given with the return, or an extension.",
    Severity.ADVICE,
)
UNIT_LEFT = Rule(
    "unit_left",
    "所选单位已转到“{committee}”：请改选单位，或只填写名称。",
    "The chosen unit belongs to “{committee}” by now: choose another, or give the name alone.",
    Severity.ADVICE,
)
IMPLEMENTING_UNIT_MISSING = Rule("required", "请填写实施单位。", "The implementing unit is required.")


class PlannedCase(Protocol):
    """A row of a plan, as far as the rules read it."""

    @property
    def name(self) -> str | None: ...
    @property
    def unit_name(self) -> str | None: ...
    @property
    def category(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The values that the rules of a plan judge."""

    status: Status
    settings: CampaignSettings
    now: datetime
    campaign_status: CampaignStatus
    cases: Sequence[PlannedCase]
    deadline: Deadline
    leader_named: bool
    liaison_named: bool
    correction_due_on: date | None = None
    """The day until whose end the office that returns it lets it be submitted again."""
    units_left: Sequence[tuple[int, str]] = ()
    """Rows, from one, that name a unit which has left the plan's committee, with the committee it is in now."""

    @property
    def open_until(self) -> datetime | None:
        """The instant until which it may be submitted, as far as that is to come."""
        until = correction_until(self.settings, self.correction_due_on, self.deadline)
        return until if until > self.now else None


def running_findings(campaign_status: CampaignStatus, pointer: str | None = None) -> list[Finding]:
    """Require a published campaign: to begin, submit or return a plan."""
    return [] if campaign_status is CampaignStatus.PUBLISHED else [CAMPAIGN_NOT_OPEN(pointer)]


def beginning_findings(settings: CampaignSettings, campaign_status: CampaignStatus) -> list[Finding]:
    """Return why no plan may be begun: the campaign asks for none, or is not published."""
    place = "/campaign_id"
    return stage_findings(settings, DeadlineKind.PLAN, place) or running_findings(campaign_status, place)


def submission_findings(facts: PlanFacts) -> list[Finding]:
    """Return why the plan may not be submitted now; empty, or advice alone, when it may."""
    return [
        *running_findings(facts.campaign_status),
        *deadline_findings(facts.deadline, facts.now),
        *(extension_findings(facts) if facts.status is Status.RETURNED else []),
        *count_findings(facts.settings, len(facts.cases)),
        *case_findings(facts.settings, facts.cases),
        *[UNIT_LEFT(f"/cases/{row - 1}/unit_id", committee=name) for row, name in facts.units_left],
        *people_findings(facts),
    ]


def edit_findings(facts: PlanFacts) -> list[Finding]:
    """Require that a submitted plan stays fit to be submitted; a draft is saved at any time, complete or not."""
    return submission_findings(facts) if facts.status is Status.SUBMITTED else []


def only_adds(facts: PlanFacts) -> bool:
    """Return true where an amendment takes back nothing that was promised: after the campaign's deadline.

    An extension lets a committee hand in late, or add; what the office has sent back it asked to have changed.
    """
    settings = facts.settings
    return facts.status is Status.SUBMITTED and facts.now >= settings.closes_at(settings.window(DeadlineKind.PLAN))


class Reconciled(Protocol):
    """A row of a plan beside an application; either may be missing."""

    @property
    def id(self) -> UUID | None: ...
    @property
    def name(self) -> str | None: ...
    @property
    def unit_name(self) -> str | None: ...
    @property
    def application_id(self) -> UUID | None: ...
    @property
    def application_status(self) -> object: ...
    @property
    def application_brand_name(self) -> str | None: ...
    @property
    def application_unit_name(self) -> str | None: ...


def proposed_links(rows: Sequence[Reconciled]) -> list[tuple[UUID, UUID]]:
    """Pair each case that has no application with the one that looks like it: same name, same unit, no other of both.

    It only proposes: the committee says which came of which.
    """
    cases, applications = defaultdict[tuple[str, str], list[UUID]](list), defaultdict[tuple[str, str], list[UUID]](list)
    for row in rows:
        if row.id and row.name and row.application_status is None:
            cases[_bare(row.name), _bare(row.unit_name)].append(row.id)
        elif not row.id and row.application_id:
            key = _bare(row.application_brand_name), _bare(row.application_unit_name)
            applications[key].append(row.application_id)
    return [
        (case, applications[key][0])
        for key, (case, *others) in cases.items()
        if all(key) and not others and len(applications[key]) == 1
    ]


def _bare(name: str | None) -> str:
    """Return what two names have in common that differ in width, spaces or quotation marks."""
    return comparable(name or "").translate(QUOTES)


def count_findings(settings: CampaignSettings, count: int) -> list[Finding]:
    """Require a case; advise when there are fewer than must be filed, or more than may."""
    if count == 0:
        return [EMPTY_PLAN("/cases")]
    minimum, maximum = settings.minimum_filed, settings.maximum_filed
    few = [FEW_PLANNED_CASES("/cases", count=count, minimum=minimum)] if count < minimum else []
    many = [MANY_PLANNED_CASES("/cases", count=count, maximum=maximum)] if maximum and count > maximum else []
    return few + many


def case_findings(settings: CampaignSettings, cases: Sequence[PlannedCase]) -> list[Finding]:
    """Require name and implementing unit of every planned case, and a category, if any, that the campaign has."""
    known = {category.code for category in settings.categories} | {None}
    return [
        finding.under(f"/cases/{index}")
        for missing in (_unnamed, _without_unit, partial(_of_unknown_category, known))
        for index, case in enumerate(cases)
        for finding in missing(case)
    ]


def _unnamed(case: PlannedCase) -> list[Finding]:
    return [] if is_filled(case.name or "") else [CASE_NAME_MISSING("/name")]


def _without_unit(case: PlannedCase) -> list[Finding]:
    return [] if is_filled(case.unit_name or "") else [IMPLEMENTING_UNIT_MISSING("/unit_name")]


def _of_unknown_category(known: AbstractSet[str | None], case: PlannedCase) -> list[Finding]:
    return [] if case.category in known else [UNKNOWN_CATEGORY("/category")]


def unit_name_findings(name: str, registered: str, pointer: str) -> list[Finding]:
    """Require that a name beside a chosen unit is that unit's, as it is read."""
    return (
        []
        if comparable(name) == comparable(registered)
        else [OTHER_UNIT_NAME(pointer, name=name, registered=registered)]
    )


def people_findings(facts: PlanFacts) -> list[Finding]:
    """Advise a committee that has not named who leads the work and who does it."""
    asked = ((facts.leader_named, LEADER_MISSING), (facts.liaison_named, LIAISON_MISSING))
    return [rule(recommender=facts.settings.recommender) for named, rule in asked if not named]


def return_findings(facts: PlanFacts) -> list[Finding]:
    """Return why the office may not return the plan, and what its committee will need."""
    due_on = facts.correction_due_on
    return [
        *running_findings(facts.campaign_status),
        *(correction_findings(facts.settings, due_on, facts.now) if due_on else extension_findings(facts)),
    ]


def extension_findings(facts: PlanFacts) -> list[Finding]:
    """Advise a later deadline for a plan that is returned when its own has passed."""
    named, until = facts.deadline.named | {"organizer": facts.settings.office}, facts.deadline.enforced_at
    return [EXTENSION_NEEDED(**named, enforced_at=until)] if facts.now >= until else []


def correction_findings(settings: CampaignSettings, due_on: date, now: datetime) -> list[Finding]:
    """Require a day of the correction that is not over."""
    until = settings.end_of(due_on)
    return [CORRECTION_IN_THE_PAST("/due_on", closes_at=until)] if until <= now else []


_Act = Act[Status, PlanFacts]

EDIT = _Act(
    "edit",
    Event("plan.edited", "修改实施计划", "Changed the plan"),
    by={COMMITTEE: ALWAYS},
    rules=edit_findings,
)
SUBMIT = _Act(
    "submit",
    Event("plan.submitted", "报送实施计划", "Handed in the plan", handed_in=True),
    by={COMMITTEE: {Status.DRAFT, Status.RETURNED}},
    target=Status.SUBMITTED,
    rules=submission_findings,
)
LINK = _Act(
    "link", Event("plan.case_linked", "关联申报表", "Linked a planned case to its application"), by={COMMITTEE: ALWAYS}
)
UNLINK = _Act(
    "unlink", Event("plan.case_unlinked", "取消关联申报表", "Unlinked a planned case"), by={COMMITTEE: ALWAYS}
)
RETURN = _Act(
    "return",
    Event("plan.returned", "退回实施计划", "Returned the plan", handed_in=True),
    by={OFFICE: {Status.SUBMITTED}},
    target=Status.RETURNED,
    rules=return_findings,
)
ACTS = (EDIT, SUBMIT, LINK, UNLINK, RETURN)
