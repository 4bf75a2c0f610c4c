"""The regulation of conflicts of interest (利害关系): they bar assignments; later ones are the office's to decide."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from app.findings import Finding, Rule
from app.models.enums import ConflictReason, Role, RoundStatus
from app.services.policies import UNKNOWN_REFERENCE, Act, Event, StatusOnly

MOST_NAMED = 100
"""Undecided conflicts that one refusal names; the list of assignments has all."""

_CODE = "conflict_of_interest"
SAME_UNIT = Rule(_CODE, "评委与申报单位同属一个单位，须回避。", "The reviewer is of the unit that applies.")
SAME_COMMITTEE = Rule(
    _CODE, "评委与申报单位同属一个党（工）委，须回避。", "The reviewer is of the committee that recommends it."
)
SAME_PERSON = Rule(
    _CODE,
    "评委与申报方的账号或联系人电话相同，须回避。",
    "An account or the form of the applicant has the reviewer's phone.",
)
DECLARED = Rule(_CODE, "评委已申报利害关系，须回避。", "The reviewer declared a tie.")
ABSTAINED = Rule(_CODE, "评委已主动弃评该案例。", "The reviewer abstained from it.")
RECUSED = Rule(_CODE, "主办单位已决定该评委回避。", "The office recused the reviewer.")
CONFLICTS = {
    ConflictReason.SAME_UNIT: SAME_UNIT,
    ConflictReason.SAME_COMMITTEE: SAME_COMMITTEE,
    ConflictReason.SAME_PERSON: SAME_PERSON,
    ConflictReason.DECLARED: DECLARED,
    ConflictReason.ABSTAINED: ABSTAINED,
    ConflictReason.RECUSED: RECUSED,
}
UNDECIDED = Rule(
    "conflict_undecided",
    "分配之后发现评委“{reviewer_name}”与案例 {application_number}“{brand_name}”存在须回避的情形，请先决定："
    "由该评委回避、收回分配，或认定不影响评审。",
    "After the assignment a conflict of “{reviewer_name}” with case {application_number} “{brand_name}” was found: "
    "recuse the reviewer, withdraw the assignment, or dismiss the conflict.",
)
NO_CONFLICT = Rule("no_conflict", "该分配没有此项待决定的回避情形。", "The assignment has no such conflict to decide.")


@dataclass(frozen=True, slots=True)
class UndecidedConflict:
    """A conflict that was found after the assignment, and that the office has not decided on."""

    reviewer_name: str
    application_number: str
    brand_name: str | None
    conflict: ConflictReason


@dataclass(frozen=True, slots=True)
class Doubt:
    """An assignment, and its conflict that waits for a decision of the office."""

    withdrawn: bool
    conflict: ConflictReason | None


def conflict_finding(reason: ConflictReason, pointer: str | None = None) -> Finding:
    """Refuse a reviewer because of this conflict."""
    return CONFLICTS[reason](pointer, reason=reason.value)


def undecided_findings(found: Iterable[UndecidedConflict]) -> list[Finding]:
    """Name the case and the judge of every conflict that waits for the office's decision."""
    return [
        UNDECIDED(
            reviewer_name=each.reviewer_name,
            application_number=each.application_number,
            brand_name=each.brand_name,
            reason=each.conflict,
        )
        for each in islice(found, MOST_NAMED)
    ]


def dismissal_findings(doubts: Sequence[Doubt | None], conflict: ConflictReason) -> list[Finding]:
    """Refuse assignments that do not show this conflict; None stands for one that the round does not have."""
    return [
        finding.under(f"/assignment_ids/{place}")
        for place, doubt in enumerate(doubts)
        for finding in _of_doubt(doubt, conflict)
    ]


def _of_doubt(doubt: Doubt | None, conflict: ConflictReason) -> list[Finding]:
    if doubt is None:
        return [UNKNOWN_REFERENCE()]
    return [NO_CONFLICT()] if doubt.withdrawn or doubt.conflict is not conflict else []


DISMISS = Act[RoundStatus, StatusOnly[RoundStatus]](
    "dismiss",
    Event("conflict_dismissal.made", "认定无须回避", "Dismissed a conflict of interest"),
    by={Role.OFFICE: {RoundStatus.OPEN}},
)
