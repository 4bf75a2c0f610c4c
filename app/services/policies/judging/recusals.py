"""The regulation of recusals (回避): the conflicts of interest, and the acts that record them."""

from datetime import datetime

from app.findings import Finding, Rule
from app.models.enums import ConflictReason, RecusalKind, Role, RoundStatus
from app.services.policies import Act, Event, StatusOnly

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
RECUSED = Rule(_CODE, "区文明办已决定该评委回避。", "The office recused the reviewer.")
CONFLICTS = {
    ConflictReason.SAME_UNIT: SAME_UNIT,
    ConflictReason.SAME_COMMITTEE: SAME_COMMITTEE,
    ConflictReason.SAME_PERSON: SAME_PERSON,
    ConflictReason.DECLARED: DECLARED,
    ConflictReason.ABSTAINED: ABSTAINED,
    ConflictReason.RECUSED: RECUSED,
}
NO_PROFILE = Rule("no_profile", "区文明办尚未登记您的评委资料。", "The office has not entered you as a reviewer yet.")
ALREADY_LIFTED = Rule("already_lifted", "该回避已经解除。", "It has been lifted already.")


OWN = frozenset({RecusalKind.DECLARED, RecusalKind.ABSTAINED})
"""The kinds that reviewers record themselves, and therefore see."""


def conflict_finding(reason: ConflictReason, pointer: str | None = None) -> Finding:
    """Refuse a reviewer because of this conflict."""
    return CONFLICTS[reason](pointer, reason=reason.value)


def lifting_findings(lifted_at: datetime | None) -> list[Finding]:
    """Refuse to lift a recusal a second time."""
    return [] if lifted_at is None else [ALREADY_LIFTED()]


_Act = Act[RoundStatus, StatusOnly[RoundStatus]]

KEEP_AWAY = _Act(
    "recuse",
    Event("recusal.made", "登记回避", "Recorded that a reviewer keeps away"),
    by={Role.REVIEWER: {RoundStatus.OPEN}},
)
"""A reviewer keeps away from a case they were given, while its round is judged."""

LIFTED = Event("recusal.lifted", "解除回避", "Lifted the recusal")
