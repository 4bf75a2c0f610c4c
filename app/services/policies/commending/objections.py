"""The regulation of objections (异议): who may object until when, and how the office answers."""

from dataclasses import dataclass
from datetime import datetime

from app.findings import Finding, Rule
from app.models.enums import CommendationStatus, Role
from app.models.enums import ObjectionStatus as Status
from app.services.policies import Act, Event, StatusOnly

OFFICE = Role.OFFICE


PUBLICITY_OVER = Rule(
    "publicity_over",
    "公示已于{until}结束；请直接与{organizer}联系。",
    "The publicity ended at {until}: turn to {organizer}.",
)
FOR_ANOTHER = Rule("for_another", "只有主办单位可以代他人登记异议。", "Only the office records what others object.")


@dataclass(frozen=True, slots=True)
class PublicityFacts:
    """The values the rules judge before an objection; a late objector turns to the organizer."""

    role: Role
    status: CommendationStatus
    publicity_ends_at: datetime | None
    now: datetime
    organizer: str


def window_findings(facts: PublicityFacts) -> list[Finding]:
    """A finding once the window is over; the office still records objections that arrive late by letter."""
    until = facts.publicity_ends_at
    late = facts.role is not OFFICE and until is not None and facts.now >= until
    return [PUBLICITY_OVER(until=until, organizer=facts.organizer)] if late else []


def objector_findings(role: Role, on_behalf_of: str | None) -> list[Finding]:
    """A finding if anybody but the office objects in the name of somebody else."""
    return [FOR_ANOTHER("/on_behalf_of")] if on_behalf_of is not None and role is not OFFICE else []


OBJECT = Act[CommendationStatus, PublicityFacts](
    "object",
    Event("objection.raised", "提出异议", "Objected to an award"),
    by={role: {CommendationStatus.PUBLICISED} for role in Role if role is not Role.PUBLIC},
    rules=window_findings,
)
"""An act on a commendation: everybody with an account may object to one of its awards."""

_Act = Act[Status, StatusOnly[Status]]

REJECT = _Act(
    "reject",
    Event("objection.rejected", "异议不成立", "Found the objection unfounded"),
    by={OFFICE: {Status.OPEN}},
    target=Status.REJECTED,
)
UPHOLD = _Act(
    "uphold",
    Event("objection.upheld", "异议成立", "Found the objection justified"),
    by={OFFICE: {Status.OPEN}},
    target=Status.UPHELD,
)
ACTS = (REJECT, UPHOLD)
