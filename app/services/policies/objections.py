"""The regulation of objections (异议): who may object until when, and how the office answers."""

from datetime import datetime

from app.findings import Finding, Rule
from app.models.enums import CommendationStatus, Role
from app.models.enums import ObjectionStatus as Status
from app.services.policies import Transition, wrong_state

OFFICE = Role.OFFICE
OBJECT = Transition(
    "object", "objection.raised", {role: {CommendationStatus.PUBLICISED} for role in Role if role is not Role.PUBLIC}
)
"""An act on a commendation: whoever has an account may object to an award of it."""

REJECT = Transition("reject", "objection.rejected", {OFFICE: {Status.OPEN}}, Status.REJECTED)
UPHOLD = Transition("uphold", "objection.upheld", {OFFICE: {Status.OPEN}}, Status.UPHELD)
TRANSITIONS = (REJECT, UPHOLD)

PUBLICITY_OVER = Rule(
    "publicity_over",
    "公示已于 {until:%Y年%-m月%-d日 %H:%M} 结束；请直接与区文明办联系。",
    "The publicity ended at {until:%Y-%m-%d %H:%M %z}: turn to the office.",
)
FOR_ANOTHER = Rule("for_another", "只有区文明办可以代他人登记异议。", "Only the office records what others object.")


def objection_findings(
    role: Role, publicity_ends_at: datetime, now: datetime, *, on_behalf_of: str | None
) -> list[Finding]:
    """Everybody objects for themselves while the window runs; the office also for those whose letter arrives late."""
    if role is OFFICE:
        return []
    return [
        *([PUBLICITY_OVER(until=publicity_ends_at)] if now >= publicity_ends_at else []),
        *([FOR_ANOTHER("/on_behalf_of")] if on_behalf_of is not None else []),
    ]


def actions(role: Role, status: Status) -> dict[str, list[Finding]]:
    """Every act this role may ever do on an objection, with what stands in its way."""
    return {
        act.action: [] if status in act.by[role] else [wrong_state(status)] for act in TRANSITIONS if role in act.by
    }
