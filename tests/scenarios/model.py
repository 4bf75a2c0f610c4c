"""The regulation of applications once more, as a model small enough to be read at a glance.

It is written from the specification and not from the code: a table of who may do what from where, one deadline, one
minimum, what the office concedes to a committee, and what goes along when units move and committees are merged. What
it predicts is the class of the refusal, or None where the act is done.
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
OUT_FOR_CORRECTION = {Status.SUBMITTED, Status.PAUSED, Status.RETURNED, Status.ENDORSED}
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
    "withdraw": {Status.SUBMITTED, Status.PAUSED, Status.RETURNED, Status.ENDORSED, Status.FILED},
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
    reconsidered: bool = False
    awarded: bool = False
    corrections: list[datetime] = field(default_factory=list)
    partners: dict[UUID | None, bool] = field(default_factory=dict)
    """Units of a joint case, and whether they have agreed."""

    @property
    def put_forward(self) -> bool:
        taken_back = self.reconsidered or self.status in {Status.WITHDRAWN, Status.DECLINED}
        return self.once_filed and not taken_back

    @property
    def until(self) -> datetime | None:
        """The latest day of a correction that was not recalled."""
        return max(self.corrections, default=None)


@dataclass(eq=False)
class Concession:
    """A later deadline or a lower minimum of a committee, until it is revoked."""

    id: UUID
    committee: UUID | None
    until: datetime | None = None
    minimum: int = MINIMUM
    revoked: bool = False


@dataclass
class Model:
    """Every application, the one deadline of the campaign, what was conceded, and who stands for whom."""

    deadline: datetime
    now: datetime
    entries: list[Entry] = field(default_factory=list)
    concessions: list[Concession] = field(default_factory=list)
    successors: dict[UUID | None, UUID | None] = field(default_factory=dict)

    def in_force(self, committee: UUID | None) -> list[Concession]:
        return [each for each in self.concessions if each.committee == committee and not each.revoked]

    def closes_at(self, committee: UUID | None) -> datetime:
        return max([self.deadline, *(each.until for each in self.in_force(committee) if each.until)])

    def minimum(self, committee: UUID | None) -> int:
        return min([MINIMUM, *(each.minimum for each in self.in_force(committee))])

    def is_open(self, entry: Entry) -> bool:
        return self.now < max(self.closes_at(entry.committee), entry.until or self.deadline)

    def lowest_minimum(self, committee: UUID | None) -> int:
        """The lowest minimum of the committees that are one with it since a merger."""
        whole = self.standing(committee)
        every = {committee, *(entry.committee for entry in self.entries)}
        return min(self.minimum(each) for each in every if self.standing(each) == whole)

    def standing(self, committee: UUID | None) -> UUID | None:
        """The committee itself, or the one that it was merged into."""
        return self.successors.get(committee, committee)

    def carried(self, entry: Entry, to: UUID | None) -> None:
        """Bring an application to another committee, which has to seal it itself, as fixed under its name."""
        if entry.status in {Status.SUBMITTED, Status.PAUSED, Status.ENDORSED, Status.DECLINED}:
            entry.versions += 1
        entry.committee, entry.sealed = to, False
        entry.status = Status.SUBMITTED if entry.status is Status.ENDORSED else entry.status

    def moved(self, entries: list[Entry], left: UUID | None, to: UUID | None, *, merged: bool) -> None:
        """Carry along what was never filed, after a merger also what is out for correction."""
        for entry in entries:
            if entry.committee == left and (not entry.once_filed or (merged and entry.status in OUT_FOR_CORRECTION)):
                self.carried(entry, to)

    def merged(self, left: UUID | None, to: UUID | None) -> None:
        self.moved(self.entries, left, to, merged=True)
        self.successors |= dict.fromkeys([left, *(each for each, its in self.successors.items() if its == left)], to)

    def filed_by(self, committee: UUID | None) -> set[Entry]:
        """All that is filed, or was and is out for correction."""
        filed = FILED_STATES | OUT_FOR_CORRECTION
        return {entry for entry in self.put_forward_by(committee) if entry.status in filed}

    def refusal(self, act: str, entry: Entry, role: Role, *, own: bool) -> Refusal:
        """Refusal of the act for this role and application now; `own` is false for the owners of another one."""
        if not (entry.once_filed if role is Role.OFFICE else own):
            return NotFound
        if role not in BY[act]:
            return Forbidden
        states = {Status.SUBMITTED, Status.PAUSED} if (act, role) == ("withdraw", Role.UNIT) else FROM[act]
        if entry.status not in states:
            return WrongState
        if act == "take_back_check" and entry.status is Status.RETURNED and (entry.reconsidered or not entry.sealed):
            return RulesViolated  # its correction has begun
        return RulesViolated if self.breaks_a_rule(act, entry, role) else None

    def breaks_a_rule(self, act: str, entry: Entry, role: Role) -> bool:
        if act in UNTIL_THE_DEADLINE and not self.is_open(entry):
            return True
        if entry.awarded and entry.status is Status.ACCEPTED:
            return True
        if act == "withdraw" and role is Role.UNIT:
            return entry.once_filed
        if act == "withdraw" and self.is_drafted(entry):
            return True
        if act in {"withdraw", "decline"}:
            return self.strands({entry})
        return act == "submit" and not (entry.complete and all(entry.partners.values()))

    def joined(self, entry: Entry, unit: UUID | None) -> None:
        """Name one partner, who has to agree; a seal does not cover other names."""
        if entry.partners.keys() != {unit}:
            entry.partners, entry.sealed = {unit: False}, False

    def is_drafted(self, entry: Entry) -> bool:
        """Tell whether its committee has sent it back to its unit, and the office has never had it."""
        return entry.status is Status.RETURNED and not entry.once_filed

    def strands(self, taken_back: set[Entry]) -> bool:
        """Return true if what one committee takes back leaves something filed, but less than the minimum put forward.

        Committees that were merged have one set; each case is judged by the minimum of who filed it, all of them by
        the lowest.
        """
        leaving = {entry for entry in taken_back if entry.put_forward}
        if not leaving:
            return False
        minimum = min(self.minimum(entry.committee) for entry in leaving)
        committee = next(iter(leaving)).committee
        left = len(self.put_forward_by(committee) - leaving)
        return bool(self.filed_by(committee) - leaving) and left < minimum

    def put_forward_by(self, committee: UUID | None) -> set[Entry]:
        """All that the committee, or one that was merged with it, filed and did not take back itself."""
        whole = self.standing(committee)
        return {entry for entry in self.entries if self.standing(entry.committee) == whole and entry.put_forward}

    def done(self, act: str, entry: Entry) -> None:
        """Apply the effect of an act that was not refused."""
        if act == "take_back_check" and entry.status is Status.RETURNED and entry.corrections:
            entry.corrections.pop()
        if act == "request_correction" and entry.committee in self.successors:
            self.carried(entry, self.standing(entry.committee))
        entry.status = TO.get(act, entry.status)
        entry.reconsidered |= act == "reconsider" and entry.once_filed
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
        was_sent_back = all(entry.put_forward for entry in named)
        enough = len(self.put_forward_by(committee) | set(named)) >= self.minimum(committee)
        return None if was_sent_back or enough else RulesViolated

    def offers_filing(self, committee: UUID | None, entry: Entry) -> bool:
        """Tell whether it could be filed with all that its committee has sealed."""
        sealed = [each for each in self.entries if (each.committee, each.status) == (committee, Status.ENDORSED)]
        reached = entry.put_forward or len(self.put_forward_by(committee) | set(sealed)) >= self.minimum(committee)
        return self.may_be_filed(committee, entry) and reached

    def may_be_filed(self, committee: UUID | None, entry: Entry) -> bool:
        return (entry.committee, entry.status) == (committee, Status.ENDORSED) and self.is_open(entry)

    def filed(self, named: list[Entry]) -> None:
        for entry in named:
            entry.status, entry.once_filed, entry.versions = Status.FILED, True, entry.versions + 1
            entry.reconsidered = False

    def withdrawal_refusal(self, committee: UUID | None, named: list[Entry]) -> Refusal:
        """The same for several at once, by a committee."""
        single = all(
            self.standing(entry.committee) == committee
            and entry.status in FROM["withdraw"]
            and self.is_open(entry)
            and not self.is_drafted(entry)
            for entry in named
        )
        return None if single and not self.strands(set(named)) else RulesViolated
