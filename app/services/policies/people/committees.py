"""A Party committee (党（工）委): who may change what of it, and the code that begins the numbers people read."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import count

from app.findings import Rule
from app.models.enums import OrganisationStatus as Status
from app.models.enums import Role
from app.services.policies import Transition

OFFICE, COMMITTEE = Role.OFFICE, Role.COMMITTEE
CHANGE = Transition("change", "committee.changed", {OFFICE: set(Status), COMMITTEE: {Status.ACTIVE}})
RETIRE = Transition("retire", "committee.retired", {OFFICE: {Status.ACTIVE}}, Status.RETIRED)
REINSTATE = Transition("reinstate", "committee.reinstated", {OFFICE: {Status.RETIRED}}, Status.ACTIVE)
TRANSITIONS = (CHANGE, RETIRE, REINSTATE)

CONTACTS = {"leader_name", "leader_title", "liaison_name", "liaison_phone"}
"""What a committee says of itself; its name and kind are the office's to say."""

CODE_IS_FIXED = Rule(
    "code_is_fixed",
    "该党（工）委的代码已定为 {code}，不能修改：申报编号以它组成。",
    "The committee's code is {code} and stays: application numbers are made with it.",
)


def status_of(retired_at: datetime | None) -> Status:
    return Status.RETIRED if retired_at else Status.ACTIVE


def may_change(role: Role, names: Iterable[str]) -> bool:
    """Whether these members are the role's to change."""
    return role is OFFICE or CONTACTS >= set(names)


def next_code(taken: AbstractSet[str]) -> str:
    """The first of C01, C02, … that no committee has; a code is never given back, so a free one was never used."""
    return next(code for number in count(1) if (code := f"C{number:02d}") not in taken)
