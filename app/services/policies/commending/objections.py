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


def window_findings(role: Role, publicity_ends_at: datetime, now: datetime) -> list[Finding]:
    """While the window runs; the office also for those whose letter arrives late."""
    late = role is not OFFICE and now >= publicity_ends_at
    return [PUBLICITY_OVER(until=publicity_ends_at)] if late else []


def objector_findings(role: Role, on_behalf_of: str | None) -> list[Finding]:
    """Everybody objects for themselves, the office also for others."""
    return [FOR_ANOTHER("/on_behalf_of")] if on_behalf_of is not None and role is not OFFICE else []


def possible(
    role: Role, status: CommendationStatus, publicity_ends_at: datetime | None, now: datetime
) -> dict[str, list[Finding]]:
    """Whether this role may object to the awards of a commendation here and now; nothing for whoever never may."""
    if role not in OBJECT.by:
        return {}
    if publicity_ends_at is None or status not in OBJECT.by[role]:
        return {OBJECT.action: [wrong_state(status)]}
    return {OBJECT.action: window_findings(role, publicity_ends_at, now)}


def actions(role: Role, status: Status) -> dict[str, list[Finding]]:
    """Every act this role may ever do on an objection, with what stands in its way."""
    return {
        act.action: [] if status in act.by[role] else [wrong_state(status)] for act in TRANSITIONS if role in act.by
    }
