"""The regulation of assignments (分配): which may be made, and which may be withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.findings import Finding, Rule
from app.models.enums import ConflictReason, ReviewStatus, Role, RoundStatus
from app.services.policies import UNKNOWN_REFERENCE, Act, Event, StatusOnly
from app.services.policies.judging.conflicts import conflict_finding

NOT_AN_ENTRY = Rule("not_an_entry", "本轮评审中没有该案例。", "The application is not a case of this round.")
NOT_ON_PANEL = Rule("not_on_panel", "该评委不是本轮评审组成员。", "The reviewer is not on the panel of this round.")
ALREADY_ASSIGNED = Rule(
    "already_assigned", "该案例已分配给这位评委。", "The case has been assigned to this reviewer already."
)
LOAD_EXCEEDED = Rule(
    "load_exceeded",
    "该评委最多评审 {maximum} 件，这样将达到 {count} 件。",
    "The reviewer takes at most {maximum} cases; this would make it {count}.",
)
ALREADY_WITHDRAWN = Rule("already_withdrawn", "该分配已经收回。", "The assignment has been withdrawn already.")
REVIEW_SUBMITTED = Rule(
    "review_submitted",
    "评委已提交评审（或已代录）；确要收回，请注明连同评审一并作废。",
    "The review has been submitted, or entered for the judge: say so if the assignment shall be withdrawn despite it.",
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A case and a reviewer to be assigned, with the facts the rules judge by."""

    application_id: UUID
    reviewer_id: UUID
    entered: bool
    on_panel: bool
    assigned: bool
    conflict: ConflictReason | None


@dataclass(frozen=True, slots=True)
class Load:
    """The number of cases a reviewer has in the round, and the maximum."""

    count: int
    maximum: int


@dataclass(frozen=True, slots=True)
class Given:
    """An assignment to be withdrawn: `withdrawn` if it was already, and the state of its review."""

    withdrawn: bool
    review: ReviewStatus | None


def assignment_findings(pairs: Sequence[Pair], loads: Mapping[UUID, Load]) -> list[Finding]:
    """Refuse pairs that may not be assigned; each that may counts towards the load of the next."""
    found: list[Finding] = []
    counts = {reviewer_id: load.count for reviewer_id, load in loads.items()}
    named: set[tuple[UUID, UUID]] = set()
    for place, pair in enumerate(pairs):
        findings = _of_pair(pair, again=(pair.application_id, pair.reviewer_id) in named)
        named.add((pair.application_id, pair.reviewer_id))
        if not findings:
            counts[pair.reviewer_id] += 1
            findings = _of_load(counts[pair.reviewer_id], loads[pair.reviewer_id].maximum)
        found += [finding.under(f"/assignments/{place}") for finding in findings]
    return found


def withdrawal_findings(given: Sequence[Given | None], *, despite_reviews: bool) -> list[Finding]:
    """Refuse assignments that may not be withdrawn; None is one that the round does not have."""
    return [
        finding.under(f"/assignment_ids/{place}")
        for place, one in enumerate(given)
        for finding in _of_given(one, despite_reviews=despite_reviews)
    ]


def _of_pair(pair: Pair, *, again: bool) -> list[Finding]:
    return [
        *([] if pair.entered else [NOT_AN_ENTRY("/application_id")]),
        *([] if pair.on_panel else [NOT_ON_PANEL("/reviewer_id")]),
        *([conflict_finding(pair.conflict)] if pair.conflict else []),
        *([ALREADY_ASSIGNED()] if pair.assigned or again else []),
    ]


def _of_load(count: int, maximum: int) -> list[Finding]:
    return [LOAD_EXCEEDED("/reviewer_id", maximum=maximum, count=count)] if count > maximum else []


def _of_given(one: Given | None, *, despite_reviews: bool) -> list[Finding]:
    if one is None:
        return [UNKNOWN_REFERENCE()]
    if one.withdrawn:
        return [ALREADY_WITHDRAWN()]
    done = one.review in {ReviewStatus.ENTERED, ReviewStatus.SUBMITTED}
    return [REVIEW_SUBMITTED()] if done and not despite_reviews else []


_Act = Act[RoundStatus, StatusOnly[RoundStatus]]

ASSIGN = _Act(
    "assign",
    Event("assignment.made", "分配评委", "Assigned a case to a reviewer"),
    by={Role.OFFICE: {RoundStatus.OPEN}},
)
WITHDRAW = _Act(
    "withdraw",
    Event("assignment.withdrawn", "收回分配", "Withdrew the assignment"),
    by={Role.OFFICE: {RoundStatus.OPEN}},
)

REINSTATED = Event("assignment.reinstated", "恢复分配", "Let the assignment stand again")
