"""The regulation of seats (席位): accounts that act for others, and paper, which the office enters itself (代录).

A paper seat opens no door to what the office may not read: there is one only where nobody ever acted with an account
of their own, and the first such account that is activated ends it for good. Units that no committee stands above
(直属单位) have the office in its place: that seat is the office's own, and stays.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.findings import Finding, Rule
from app.models.enums import Role
from app.services.policies import Event
from app.services.policies.people.committees import OFFICE_ACTS_HERE
from app.services.policies.people.units import UNIT_RETIRED

HOLDERS = (Role.COMMITTEE, Role.UNIT)
"""The roles whose accounts may hold a further seat: never the office's, a reviewer's, or a machine client's."""

SEAT_IN_USE = Rule(
    "seat_in_use",
    "“{name}”（或其党（工）委、所属单位）已启用过账号，须由其本人办理，不能代录。",
    "{name}, its committee or one of its units has used an account: it acts for itself, nothing is entered for it.",
)
HOLDER_NOT_ELIGIBLE = Rule(
    "holder_not_eligible",
    "只有已启用的党（工）委账号和单位账号可以兼任席位；该账号的角色是“{label}”。",
    "Only active accounts of committees and units hold further seats; this one's role is “{role}”.",
)
NO_FURTHER_REVIEWER = Rule(
    "no_further_reviewer",
    "评委席位不能由其他账号兼任，只能由主办单位代录。",
    "Nobody else holds a reviewer's seat; the office may enter for one who judges on paper.",
)
OWN_SEAT = Rule("own_seat", "这就是该账号自己的席位。", "It is the account's own seat.")
SEAT_REVOKED = Rule("already_revoked", "该席位已经收回。", "The seat is revoked already.")

GRANTED = Event("seat.granted", "设立席位（代录或兼任）", "Granted a seat")
REVOKED = Event("seat.revoked", "收回席位", "Revoked a seat")
ENDED = Event("seat.ended", "账号启用，代录终止", "Ended a paper seat: its own account is in use")

OF_DIRECT_UNITS = "直属单位由主办单位直接办理"
"""The reason of the office's own seat for units without a committee."""
BY_ITSELF = "本人账号已启用"
"""The reason of an end that nobody decided."""


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """The values that decide on a new seat; `holder` is None on paper, `used` if anybody ever acted there."""

    name: str
    of_reviewer: bool = False
    direct: bool = False
    holder: Role | None = None
    active: bool = True
    own: bool = False
    used: bool = False
    retired: bool = False


def grant_findings(facts: SeatFacts) -> list[Finding]:
    """Return why this seat may not be granted."""
    checks: tuple[Callable[[SeatFacts], Finding | None], ...] = (_of_retired, _of_paper, _of_holder, _of_reviewer)
    return [finding for check in checks if (finding := check(facts))]


def revocation_findings(revoked_at: datetime | None) -> list[Finding]:
    """Require a seat that stands."""
    return [] if revoked_at is None else [SEAT_REVOKED()]


def _of_retired(facts: SeatFacts) -> Finding | None:
    return UNIT_RETIRED() if facts.retired else None


def _of_paper(facts: SeatFacts) -> Finding | None:
    return SEAT_IN_USE(name=facts.name) if facts.holder is None and facts.used else None


def _of_holder(facts: SeatFacts) -> Finding | None:
    if facts.holder is None:
        return None
    if facts.direct:
        return OFFICE_ACTS_HERE("/committee_id", name=facts.name)
    if facts.holder not in HOLDERS or not facts.active:
        return HOLDER_NOT_ELIGIBLE("/account_id", role=facts.holder, label=facts.holder.label)
    return OWN_SEAT() if facts.own else None


def _of_reviewer(facts: SeatFacts) -> Finding | None:
    return NO_FURTHER_REVIEWER("/reviewer_id") if facts.holder is not None and facts.of_reviewer else None
