"""The regulation of organisations that change: what goes with a unit to another committee, and what stays.

Work that the office has not had goes with the unit: drafts, what was submitted, and what was sealed, which the new
committee has to seal itself. What was filed stays with the committee that filed it. Where that is merged into another,
what is out for correction goes on there. An extension or exemption goes where that goes for which it was granted: one
application, one plan; what was granted to a whole committee stays its own, and is named with what holds instead.
"""

from dataclasses import dataclass
from datetime import datetime

from app.findings import Finding, Rule
from app.models.enums import ApplicationStatus as Status
from app.models.enums import Severity
from app.services.policies import UNKNOWN_REFERENCE, Event
from app.services.policies.filing.applications import OUT_FOR_CORRECTION
from app.services.policies.filing.deadlines import Deadline
from app.services.policies.filing.exemptions import LIMITS, figure
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.people.units import UNIT_RETIRED

ALREADY_THERE = Rule("already_there", "“{name}”已经在“{committee}”。", "{name} is with {committee} already.")
NAME_TAKEN = Rule(
    "name_taken",
    "“{committee}”已有名称相同的单位“{name}”，请先改名或停用其中一个。",
    "{committee} has a unit called {name}: rename or retire one of the two first.",
)
DEADLINE_DIFFERS = Rule(
    "deadline_differs",
    "在“{campaign}”中，“{left}”的{label}截止时间为{before}，“{committee}”的为{after}："
    "给党（工）委的延期不随单位转移，给单件的随件；需要时请另行延期。",
    "In {campaign} the {kind} deadline of {left} is {before}, that of {committee} is {after}: an extension of a whole "
    "committee stays its own, one of a single application goes with it. Grant another where it is needed.",
    Severity.ADVICE,
)
LIMIT_DIFFERS = Rule(
    "limit_differs",
    "在“{campaign}”中，“{left}”的“{label}”为 {before}，“{committee}”的为 {after}："
    "给党（工）委的特批不随单位转移，给单件的随件；需要时请另行特批。",
    "In {campaign} the limit of {left} ({kind}) is {before}, that of {committee} is {after}: an exemption of a whole "
    "committee stays its own, one of a single application goes with it. Grant another where it is needed.",
    Severity.ADVICE,
)
ITSELF = Rule("itself", "不能并入自身。", "A committee is not merged into itself.")

APPLICATION_MOVED = Event("application.moved", "随单位转至另一党（工）委", "Went with its unit to another committee")
ACCOUNT_MOVED = Event("account.moved", "随单位或党（工）委转移", "Went with its unit or committee")
UNIT_LEFT = Event("committee.unit_left", "单位转出", "A unit left it for another committee")
UNIT_JOINED = Event("committee.unit_joined", "单位转入", "A unit came to it from another committee")
PLAN_MOVED = Event("plan.moved", "随党（工）委合并转移", "Went with its committee into another")
SUCCEEDED = Event("committee.succeeded", "承接单位改为合并后的党（工）委", "Its successor was merged in turn")


@dataclass(frozen=True, slots=True)
class Terms:
    """The deadline and the figures that hold for a committee's units in a campaign."""

    committee: str
    campaign: str
    deadline: Deadline
    settings: CampaignSettings


def terms_findings(before: Terms, after: Terms, now: datetime) -> list[Finding]:
    """Advise on every deadline still open, and every limit, that is another one where the unit comes to."""
    named = {"campaign": before.campaign, "left": before.committee, "committee": after.committee}
    until, there = before.deadline.enforced_at, after.deadline.enforced_at
    kind = before.deadline.kind
    deadline = DEADLINE_DIFFERS(**named, kind=kind, label=kind.label, before=until, after=there)
    limits = [(limit, figure(before.settings, limit), figure(after.settings, limit)) for limit in LIMITS]
    return [
        *([deadline] if until != there and max(until, there) > now else []),
        *(
            LIMIT_DIFFERS(**named, kind=limit, label=limit.label, before=present, after=to_come)
            for limit, present, to_come in limits
            if present != to_come
        ),
    ]


def goes_along(status: Status, *, once_filed: bool, merged: bool) -> bool:
    """Return true for an application that goes with its unit to the new committee."""
    return not once_filed or (merged and status in OUT_FOR_CORRECTION)


def state_there(status: Status) -> Status:
    """Return its state there: a seal is its committee's, so that what was sealed is to be sealed anew."""
    return Status.SUBMITTED if status is Status.ENDORSED else status


def is_fixed(status: Status) -> bool:
    """Return true where the committee decides on the content as it was fixed last, which is what it may seal."""
    return status in {Status.SUBMITTED, Status.PAUSED, Status.ENDORSED, Status.DECLINED}


def target_findings(pointer: str, *, known: bool, retired: bool) -> list[Finding]:
    """Require a committee that takes part."""
    if not known:
        return [UNKNOWN_REFERENCE(pointer)]
    return [UNIT_RETIRED(pointer)] if retired else []
