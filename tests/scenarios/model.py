"""The regulation of applications once more, as a model small enough to be read at a glance.

It is written from the specification and not from the code: a table of who may do what from where, one deadline, one
minimum. What it predicts is the class of the refusal, or None where the act is done.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.context import Actor
from app.models.enums import ApplicationStatus as Status
from app.models.enums import Role
from app.problems import Forbidden, NotFound, Problem, RulesViolated, WrongState

MINIMUM = 2
FILED_STATES = {Status.FILED, Status.ACCEPTED}
OPEN = {Status.DRAFT, Status.RETURNED}
OWNERS = {Role.UNIT, Role.COMMITTEE}

BY = {
    "edit": OWNERS,
    "delete": OWNERS,
    "submit": OWNERS,
    "return": {Role.COMMITTEE},
    "pause": {Role.COMMITTEE},
    "resume": {Role.COMMITTEE},
    "decline": {Role.COMMITTEE},
    "reconsider": {Role.COMMITTEE},
    "endorse": {Role.COMMITTEE},
    "revoke_endorsement": {Role.COMMITTEE},
    "withdraw": OWNERS,
    "request_correction": {Role.OFFICE},
    "accept": {Role.OFFICE},
    "disqualify": {Role.OFFICE},
    "take_back_check": {Role.OFFICE},
}
FROM = {
    "edit": OPEN,
    "delete": {Status.DRAFT},
    "submit": OPEN,
    "return": {Status.SUBMITTED, Status.PAUSED},
    "pause": {Status.SUBMITTED},
    "resume": {Status.PAUSED},
    "decline": {Status.SUBMITTED},
    "reconsider": {Status.DECLINED},
    "endorse": {Status.SUBMITTED},
    "revoke_endorsement": {Status.ENDORSED},
    "withdraw": {Status.SUBMITTED, Status.PAUSED, Status.ENDORSED, Status.FILED},
    "request_correction": {Status.FILED, Status.ACCEPTED},
    "accept": {Status.FILED},
    "disqualify": {Status.FILED, Status.ACCEPTED},
    "take_back_check": {Status.ACCEPTED, Status.DISQUALIFIED, Status.RETURNED},
}
TO = {
    "submit": Status.SUBMITTED,
    "return": Status.RETURNED,
    "pause": Status.PAUSED,
    "resume": Status.SUBMITTED,
    "decline": Status.DECLINED,
    "reconsider": Status.SUBMITTED,
    "endorse": Status.ENDORSED,
    "revoke_endorsement": Status.SUBMITTED,
    "withdraw": Status.WITHDRAWN,
    "request_correction": Status.RETURNED,
    "accept": Status.ACCEPTED,
    "disqualify": Status.DISQUALIFIED,
    "take_back_check": Status.FILED,
}
UNTIL_THE_DEADLINE = {"submit", "endorse", "withdraw"}

Refusal = type[Problem] | None


@dataclass(eq=False)
class Entry:
    """The model's state of an application."""

    id: UUID
    committee: UUID | None
    member: Actor
    complete: bool
    status: Status = Status.DRAFT
    sealed: bool = False
    versions: int = 0
    once_filed: bool = False
    awarded: bool = False
    corrections: list[datetime] = field(default_factory=list)

    @property
    def until(self) -> datetime | None:
        """The latest day of a correction that was not recalled."""
        return max(self.corrections, default=None)


@dataclass
class Model:
    """Every application, and the one deadline of the campaign."""

    deadline: datetime
    now: datetime
    entries: list[Entry] = field(default_factory=list)

    def is_open(self, entry: Entry | None = None) -> bool:
        return self.now < max(self.deadline, entry.until if entry and entry.until else self.deadline)

    def filed_by(self, committee: UUID | None) -> set[Entry]:
        return {entry for entry in self.entries if entry.committee == committee and entry.status in FILED_STATES}

    def refusal(self, act: str, entry: Entry, role: Role, *, own: bool) -> Refusal:
        """Refusal of the act for this role and application now; `own` is false for the owners of another one."""
        if not (entry.once_filed if role is Role.OFFICE else own):
            return NotFound
        if role not in BY[act]:
            return Forbidden
        states = {Status.SUBMITTED, Status.PAUSED} if (act, role) == ("withdraw", Role.UNIT) else FROM[act]
        if entry.status not in states:
            return WrongState
        if act == "take_back_check" and entry.status is Status.RETURNED and not entry.sealed:
            return RulesViolated  # its correction has begun
        return RulesViolated if self.breaks_a_rule(act, entry) else None

    def breaks_a_rule(self, act: str, entry: Entry) -> bool:
        if act in UNTIL_THE_DEADLINE and not self.is_open(entry):
            return True
        if entry.awarded and entry.status is Status.ACCEPTED:
            return True
        if act == "withdraw":
            return self.strands(entry.committee, {entry})
        return act == "submit" and not entry.complete

    def strands(self, committee: UUID | None, leaving: set[Entry]) -> bool:
        """Return true if a withdrawal leaves something filed, but less than the minimum put forward."""
        filed = self.filed_by(committee)
        return (
            bool(filed & leaving) and bool(filed - leaving) and len(self.put_forward_by(committee) - leaving) < MINIMUM
        )

    def put_forward_by(self, committee: UUID | None) -> set[Entry]:
        """All that the committee filed and did not take back itself."""
        own = {entry for entry in self.entries if entry.committee == committee and entry.once_filed}
        return {entry for entry in own if entry.status not in {Status.WITHDRAWN, Status.DECLINED}}

    def done(self, act: str, entry: Entry) -> None:
        """Apply the effect of an act that was not refused."""
        if act == "take_back_check" and entry.status is Status.RETURNED and entry.corrections:
            entry.corrections.pop()
        entry.status = TO.get(act, entry.status)
        if act == "submit":
            entry.versions += 1
        if act == "endorse":
            entry.sealed = True
        if act in {"edit", "revoke_endorsement", "withdraw"}:
            entry.sealed = False
        if act == "delete":
            self.entries.remove(entry)

    def filing_refusal(self, committee: UUID | None, named: list[Entry]) -> Refusal:
        if any(not self.may_be_filed(committee, entry) for entry in named):
            return RulesViolated
        was_sent_back = all(entry.once_filed for entry in named)
        enough = len(self.put_forward_by(committee) | set(named)) >= MINIMUM
        return None if was_sent_back or enough else RulesViolated

    def offers_filing(self, committee: UUID | None, entry: Entry) -> bool:
        """Tell whether it could be filed with all that its committee has sealed."""
        sealed = [each for each in self.entries if (each.committee, each.status) == (committee, Status.ENDORSED)]
        reached = entry.once_filed or len(self.put_forward_by(committee) | set(sealed)) >= MINIMUM
        return self.may_be_filed(committee, entry) and reached

    def may_be_filed(self, committee: UUID | None, entry: Entry) -> bool:
        return (entry.committee, entry.status) == (committee, Status.ENDORSED) and self.is_open(entry)

    def filed(self, named: list[Entry]) -> None:
        for entry in named:
            entry.status, entry.once_filed, entry.versions = Status.FILED, True, entry.versions + 1

    def withdrawal_refusal(self, committee: UUID | None, named: list[Entry]) -> Refusal:
        """The same for several at once, by a committee."""
        single = all(
            entry.committee == committee and entry.status in FROM["withdraw"] and self.is_open(entry) for entry in named
        )
        return None if single and not self.strands(committee, set(named)) else RulesViolated
