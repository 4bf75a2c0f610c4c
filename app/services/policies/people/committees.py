"""The regulation of Party committees (党（工）委): the members each role may change, and the code."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import count

from app.findings import Rule
from app.models.enums import OrganisationStatus as Status
from app.models.enums import Role
from app.services.policies import Act, Event, StatusOnly

OFFICE, COMMITTEE = Role.OFFICE, Role.COMMITTEE

CONTACTS = {"leader_name", "leader_title", "liaison_name", "liaison_phone"}
"""The members that a committee changes itself; its name and kind are the office's to change."""

DIRECT_NAME, DIRECT_CODE = "区直属单位", "ZS"
"""Name and code of the one that stands for units without a committee, until the office names it otherwise."""
OFFICE_ACTS_HERE = Rule(
    "office_acts_here",
    "“{name}”不是党（工）委：直属单位由主办单位直接办理，不设党（工）委账号、不能由他人兼任席位，也不参与合并。",
    "{name} is no committee: the office itself acts for units without one. It has no accounts of committees, nobody "
    "else takes its seat, and it takes no part in mergers.",
)
MERGED_FOR_GOOD = Rule(
    "merged_for_good",
    "该党（工）委已并入“{name}”，不能恢复；如需重新设立，请登记新的党（工）委，再转移单位。",
    "It was merged into {name} and is not reinstated: register a new committee and move its units there.",
)
CODE_IS_FIXED = Rule(
    "code_is_fixed",
    "该党（工）委的代码已定为 {code}，不能修改：申报编号以它组成。",
    "The committee's code is {code} and stays: application numbers are made with it.",
)


def status_of(retired_at: datetime | None) -> Status:
    return Status.RETIRED if retired_at else Status.ACTIVE


def may_change(role: Role, names: Iterable[str]) -> bool:
    """Return true if the role may change these members."""
    return role is OFFICE or CONTACTS >= set(names)


def next_code(taken: AbstractSet[str]) -> str:
    """The first of C01, C02, … that no committee has; committees are never deleted, so it was never used."""
    return next(code for number in count(1) if (code := f"C{number:02d}") not in taken)


_Act = Act[Status, StatusOnly[Status]]

CHANGE = _Act(
    "change",
    Event("committee.changed", "修改党（工）委资料", "Changed the committee"),
    by={OFFICE: set(Status), COMMITTEE: {Status.ACTIVE}},
)
RETIRE = _Act(
    "retire",
    Event("committee.retired", "停用党（工）委", "Retired the committee"),
    by={OFFICE: {Status.ACTIVE}},
    target=Status.RETIRED,
)
REINSTATE = _Act(
    "reinstate",
    Event("committee.reinstated", "恢复党（工）委", "Reinstated the committee"),
    by={OFFICE: {Status.RETIRED}},
    target=Status.ACTIVE,
)
MERGE = _Act(
    "merge",
    Event("committee.merged", "并入另一党（工）委", "Merged into another committee"),
    by={OFFICE: {Status.ACTIVE}},
    target=Status.RETIRED,
)
ACTS = (CHANGE, RETIRE, REINSTATE, MERGE)

CREATED = Event("committee.created", "登记党（工）委", "Registered the committee")
