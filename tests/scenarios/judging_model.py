"""The regulation of who judges what once more, as a model small enough to be read at a glance.

It is written from the specification and not from the code: four cases of two committees, each of a unit of its own, and
judges who take so many. What it predicts is the class of the refusal, or None where the act is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from app.models.enums import RecusalKind
from app.problems import NotFound, RulesViolated, WrongState
from tests.scenarios.model import Refusal

CASES, JUDGES, MOST = 4, 3, 3
Pair = tuple[int, int]
"""A case and a judge."""
Level = Literal["application_id", "unit_id", "committee_id"]
Reason = Literal["same_unit", "same_committee", "declared", "abstained", "recused"]


def place(level: Level, case: int) -> int:
    """Application, unit or committee of a case."""
    return case // 2 if level == "committee_id" else case


@dataclass(eq=False)
class Given:
    """An assignment that nobody withdrew, and the review of it."""

    id: UUID
    proposal: UUID | None = None
    begun: bool = False
    complete: bool = False
    submitted: bool = False
    dismissed: set[Reason] = field(default_factory=set)


@dataclass(eq=False)
class KeptAway:
    """A judge keeps away from everything of a place."""

    id: UUID
    judge: int
    kind: RecusalKind
    level: Level
    index: int
    lifted: bool = False

    def covers(self, pair: Pair) -> bool:
        case, judge = pair
        return judge == self.judge and place(self.level, case) == self.index


@dataclass
class Model:
    """Model of one round: assignments, recusals, and the committees of judges."""

    given: dict[Pair, Given] = field(default_factory=dict)
    kept_away: list[KeptAway] = field(default_factory=list)
    homes: dict[int, int | None] = field(default_factory=lambda: dict.fromkeys(range(JUDGES)))
    taken: dict[UUID, dict[Pair, Given]] = field(default_factory=dict)
    loads: dict[UUID, list[int]] = field(default_factory=dict)
    closed: bool = False

    def conflicts(self, pair: Pair) -> list[Reason]:
        """Reasons why the judge must not be given the case, the first reason first."""
        case, judge = pair
        home = self.homes[judge]
        kinds = {each.kind for each in self.kept_away if each.covers(pair) and not each.lifted}
        reasons: dict[Reason, bool] = {
            "same_unit": home == case,
            "same_committee": home is not None and home // 2 == case // 2,
            "declared": RecusalKind.DECLARED in kinds,
            "abstained": RecusalKind.ABSTAINED in kinds,
            "recused": RecusalKind.RECUSED in kinds,
        }
        return [reason for reason, applies in reasons.items() if applies]

    def undecided(self, pair: Pair, given: Given) -> list[Reason]:
        """Those of them that the office has not dismissed: what it finds of an assignment."""
        return [reason for reason in self.conflicts(pair) if reason not in given.dismissed]

    def found(self) -> dict[Pair, Reason]:
        return {pair: first[0] for pair, given in self.given.items() if (first := self.undecided(pair, given))}

    def load(self, judge: int) -> int:
        return sum(pair[1] == judge for pair in self.given)

    def counted(self) -> dict[int, int]:
        """Number of reviews that count for each case that has any."""
        cases = [case for (case, _), given in self.given.items() if given.submitted]
        return {case: cases.count(case) for case in cases}

    def assigning(self, pairs: Sequence[Pair]) -> Refusal:
        if self.closed:
            return WrongState
        loads = {judge: self.load(judge) for judge in range(JUDGES)}
        for number, pair in enumerate(pairs):
            loads[pair[1]] += 1
            if self.conflicts(pair) or pair in self.given or pair in pairs[:number] or loads[pair[1]] > MOST:
                return RulesViolated
        return None

    def withdrawing(self, pairs: Sequence[Pair], *, despite_reviews: bool) -> Refusal:
        if self.closed:
            return WrongState
        lost = any(self.given[pair].submitted for pair in pairs)
        return RulesViolated if lost and not despite_reviews else None

    def saving(self, pair: Pair) -> Refusal:
        given = self.given.get(pair)
        if given is None:
            return NotFound
        if given.submitted:
            return WrongState
        return RulesViolated if self.closed else None

    def submitting(self, pair: Pair) -> Refusal:
        refusal = self.saving(pair)
        return refusal or (None if self.given[pair].complete else RulesViolated)

    def reopening(self, pair: Pair) -> Refusal:
        if not self.given[pair].submitted:
            return WrongState
        return RulesViolated if self.closed else None

    def keeping_away_from(self, pair: Pair) -> Refusal:
        if pair not in self.given:
            return NotFound
        return WrongState if self.closed else None

    def recusing(self, new: KeptAway) -> Refusal:
        declaration = (new.judge, new.kind, new.level, new.index)
        known = [(each.judge, each.kind, each.level, each.index) for each in self.kept_away if not each.lifted]
        return RulesViolated if declaration in known else None

    def recused(self, new: KeptAway) -> None:
        """Withdraw its assignments, unless the round is closed."""
        self.kept_away.append(new)
        if not self.closed:
            self.given = {pair: given for pair, given in self.given.items() if not new.covers(pair)}

    def dismissing(self, pair: Pair) -> Refusal:
        if self.closed:
            return WrongState
        return None if pair in self.found() else RulesViolated

    def closing(self) -> Refusal:
        if self.closed:
            return WrongState
        return RulesViolated if self.found() else None

    def undoing(self, proposal: UUID, *, despite_reviews: bool) -> Refusal:
        if self.closed:
            return WrongState
        begun = any(given.begun for given in self.given.values() if given.proposal == proposal)
        return RulesViolated if begun and not despite_reviews else None

    def undone(self, proposal: UUID) -> None:
        """Remove what it added and restore what it withdrew, unless a conflict or a maximum forbids it."""
        taken = self.taken.pop(proposal)
        back = {
            pair: given for pair, given in taken.items() if not self.undecided(pair, given) and pair not in self.given
        }
        self.given = {pair: given for pair, given in self.given.items() if given.proposal != proposal}
        for pair, given in sorted(back.items(), key=lambda each: each[1].id):
            if self.load(pair[1]) < max(MOST, self.loads[proposal][pair[1]]):
                self.given[pair] = given
