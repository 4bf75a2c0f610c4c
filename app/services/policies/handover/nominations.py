"""The regulation of nominations (择优推荐): which case may be put forward, and what becomes of it."""

from dataclasses import dataclass

from app.findings import Finding, Rule
from app.models.enums import AnswerKind, Role
from app.models.enums import NominationStatus as Status
from app.services.policies import Transition, wrong_state

OFFICE, MUNICIPAL = Role.OFFICE, Role.MUNICIPAL
FINAL = frozenset({Status.DECIDED, Status.REPLACED, Status.WITHDRAWN})
ON_THE_WAY = frozenset({Status.PREPARED, Status.DELIVERING, Status.DELIVERED})
REPLACED_OR_WITHDRAWN = (Status.REPLACED, Status.WITHDRAWN)
"""What stands no longer; of all others an application has one at most."""

EDIT = Transition("edit", "nomination.edited", {OFFICE: {Status.PREPARED}})
SEND = Transition("send", "nomination.delivering", {OFFICE: {Status.PREPARED}}, Status.DELIVERING)
ARRIVE = Transition("arrive", "nomination.delivered", {OFFICE: {Status.PREPARED, Status.DELIVERING}}, Status.DELIVERED)
RECEIVE = Transition("receive", "nomination.acknowledged", {MUNICIPAL: ON_THE_WAY}, Status.ACKNOWLEDGED)
RETURN = Transition(
    "return", "nomination.returned", {MUNICIPAL: {*ON_THE_WAY, Status.ACKNOWLEDGED, Status.ACCEPTED}}, Status.RETURNED
)
ACCEPT = Transition(
    "accept", "nomination.accepted", {MUNICIPAL: {*ON_THE_WAY, Status.ACKNOWLEDGED, Status.RETURNED}}, Status.ACCEPTED
)
DECIDE = Transition("decide", "nomination.decided", {MUNICIPAL: {*Status} - FINAL}, Status.DECIDED)
REVISE = Transition("revise", "nomination.replaced", {OFFICE: {Status.RETURNED}}, Status.REPLACED)
WITHDRAW = Transition("withdraw", "nomination.withdrawn", {OFFICE: {*Status} - FINAL}, Status.WITHDRAWN)
TRANSITIONS = (EDIT, SEND, ARRIVE, RECEIVE, RETURN, ACCEPT, DECIDE, REVISE, WITHDRAW)

PREPARED = "nomination.prepared"
ANSWERED = "nomination.answered"
"""An answer that moves nothing: late, repeated in other words, or overtaken by a later one."""

BY_ANSWER = {
    AnswerKind.RECEIVED: RECEIVE,
    AnswerKind.RETURNED: RETURN,
    AnswerKind.ACCEPTED: ACCEPT,
    AnswerKind.DECIDED: DECIDE,
}

NOT_AWARDED = Rule(
    "not_awarded",
    "该申报没有已通报且未撤销的奖项，不能推荐。",
    "It has no award that was published and stands, so it cannot be nominated.",
)
NEITHER_AWARDED_NOR_ACCEPTED = Rule(
    "neither_awarded_nor_accepted",
    "该申报既未受理，也没有已通报的奖项，不能推荐。",
    "It was neither accepted nor awarded, so it cannot be nominated.",
)
ALREADY_NOMINATED = Rule(
    "already_nominated",
    "该申报已有一份在办的推荐（第 {revision} 版）。",
    "It is nominated already: revision {revision} stands.",
)


@dataclass(frozen=True, slots=True)
class Nominee:
    """What the rules look at of an application: was it accepted, does an award stand, does a nomination stand."""

    accepted: bool
    awarded: bool
    nominate_accepted: bool
    standing_revision: int | None = None


def nomination_findings(nominee: Nominee, pointer: str | None) -> list[Finding]:
    """Why it may not be put forward: only what is awarded — where the campaign says so, accepted — and only once."""
    found = []
    if not nominee.awarded and not (nominee.nominate_accepted and nominee.accepted):
        rule = NEITHER_AWARDED_NOR_ACCEPTED if nominee.nominate_accepted else NOT_AWARDED
        found.append(rule(pointer))
    if nominee.standing_revision is not None:
        found.append(ALREADY_NOMINATED(pointer, revision=nominee.standing_revision))
    return found


def moved_by(kind: AnswerKind, status: Status) -> Transition[Status] | None:
    """Where an answer leads from here; None when it is only written down."""
    transition = BY_ANSWER[kind]
    return transition if status in transition.by[MUNICIPAL] else None


def actions(role: Role, status: Status) -> dict[str, list[Finding]]:
    """Every act people may ever do on a nomination, with what stands in its way now."""
    return {
        act.action: [] if status in act.by[role] else [wrong_state(status)]
        for act in (EDIT, REVISE, WITHDRAW)
        if role in act.by
    }
