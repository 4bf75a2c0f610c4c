"""The regulation of recusals (回避): the acts that record them, and lift them."""

from datetime import datetime

from app.findings import Finding, Rule
from app.models.enums import RecusalKind, Role, RoundStatus
from app.services.policies import Act, Event, StatusOnly

NO_PROFILE = Rule("no_profile", "主办单位尚未登记您的评委资料。", "The office has not entered you as a reviewer yet.")
ALREADY_LIFTED = Rule("already_lifted", "该回避已经解除。", "It has been lifted already.")


OWN = frozenset({RecusalKind.DECLARED, RecusalKind.ABSTAINED})
"""The kinds that reviewers record themselves, and therefore see."""


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
