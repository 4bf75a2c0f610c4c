"""The regulation of organisations that change: what goes with a unit to another committee, and what stays.

Work that the office has not had goes with the unit: drafts, what was submitted, and what was sealed, which the new
committee has to seal itself. What was filed stays with the committee that filed it. Where that is merged into another,
what is out for correction goes on there.
"""

from app.findings import Finding, Rule
from app.models.enums import ApplicationStatus as Status
from app.services.policies import UNKNOWN_REFERENCE, Event
from app.services.policies.filing.applications import OUT_FOR_CORRECTION
from app.services.policies.people.units import UNIT_RETIRED

ALREADY_THERE = Rule("already_there", "“{name}”已经在“{committee}”。", "{name} is with {committee} already.")
NAME_TAKEN = Rule(
    "name_taken",
    "“{committee}”已有名称相同的单位“{name}”，请先改名或停用其中一个。",
    "{committee} has a unit called {name}: rename or retire one of the two first.",
)
ITSELF = Rule("itself", "不能并入自身。", "A committee is not merged into itself.")

APPLICATION_MOVED = Event("application.moved", "随单位转至另一党（工）委", "Went with its unit to another committee")
ACCOUNT_MOVED = Event("account.moved", "随单位或党（工）委转移", "Went with its unit or committee")
PLAN_MOVED = Event("plan.moved", "随党（工）委合并转移", "Went with its committee into another")
SUCCEEDED = Event("committee.succeeded", "承接单位改为合并后的党（工）委", "Its successor was merged in turn")


def goes_along(status: Status, *, once_filed: bool, merged: bool) -> bool:
    """Return true for an application that goes with its unit to the new committee."""
    return not once_filed or (merged and status in OUT_FOR_CORRECTION)


def state_there(status: Status) -> Status:
    """Return its state there: a seal is its committee's, so that what was sealed is to be sealed anew."""
    return Status.SUBMITTED if status is Status.ENDORSED else status


def target_findings(pointer: str, *, known: bool, retired: bool) -> list[Finding]:
    """Require a committee that takes part."""
    if not known:
        return [UNKNOWN_REFERENCE(pointer)]
    return [UNIT_RETIRED(pointer)] if retired else []
