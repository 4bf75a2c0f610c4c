"""The regulation of nominations (择优推荐): which case may be put forward, and what becomes of it."""

from dataclasses import dataclass

from app.findings import Finding, Rule
from app.models.enums import AnswerKind, AwardStatus, Role
from app.models.enums import NominationStatus as Status
from app.services.policies import Act, Event
from app.services.policies.filing.vetoes import vetoed_findings
from app.services.policies.handover.payloads import NominationPayload

OFFICE, MUNICIPAL = Role.OFFICE, Role.MUNICIPAL
FINAL = frozenset({Status.DECIDED, Status.REPLACED, Status.WITHDRAWN})
ON_THE_WAY = frozenset({Status.PREPARED, Status.DELIVERING, Status.DELIVERED})
REPLACED_OR_WITHDRAWN = (Status.REPLACED, Status.WITHDRAWN)
"""States of nominations that are no longer current; of all others an application has one at most."""


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
NOT_CORRECTED = Rule(
    "not_corrected",
    "材料与{receiver}退回的第 {revision} 版完全相同：请先退回补正；"
    "如{receiver}并未要求改动材料，请确认按原材料再次推荐。",
    "The material is that of revision {revision}, which {receiver} returned: have it corrected first, or "
    "confirm that nothing of it was to be corrected.",
)


@dataclass(frozen=True, slots=True)
class Nominee:
    """The facts the rules need of an application: is it accepted, has it an award, has it a current nomination.

    For the revision of a nomination, that nomination itself does not count as current.
    """

    accepted: bool
    awarded: bool
    nominate_accepted: bool
    current_revision: int | None = None
    receiver: str = ""
    vetoed: str | None = None
    """Its number, if an item of the veto list was found."""


def hands_over(role: Role, status: Status) -> bool:
    """Return true if this role reads the payload: never the owners, the municipal office unless it was withdrawn."""
    return role is OFFICE or (role is MUNICIPAL and status is not Status.WITHDRAWN)


def nomination_findings(nominee: Nominee, pointer: str | None) -> list[Finding]:
    """Return why it may not be put forward: it needs an award (or, by the settings, acceptance), and goes only once."""
    found = []
    if not nominee.awarded and not (nominee.nominate_accepted and nominee.accepted):
        rule = NEITHER_AWARDED_NOR_ACCEPTED if nominee.nominate_accepted else NOT_AWARDED
        found.append(rule(pointer))
    return found + _obstacles(nominee.vetoed, nominee.current_revision, pointer)


@dataclass(frozen=True, slots=True)
class AwardedCase:
    """An award of a case, and what keeps the case from being put forward with it."""

    status: AwardStatus
    vetoed: str | None = None
    current_revision: int | None = None


def awarded_case_findings(facts: AwardedCase) -> list[Finding]:
    """Return why a case may not be put forward with an award that is in force."""
    return _obstacles(facts.vetoed, facts.current_revision, "/award_id")


def _obstacles(vetoed: str | None, current_revision: int | None, pointer: str | None) -> list[Finding]:
    """Return why even an awarded case may not be put forward: a veto was found, or it is nominated already."""
    found = vetoed_findings([vetoed], pointer) if vetoed else []
    if current_revision is not None:
        found.append(ALREADY_NOMINATED(pointer, revision=current_revision))
    return found


@dataclass(frozen=True, slots=True)
class NominationFacts:
    """The facts the rules need: the nomination's state and, once it is returned, its case as it is now.

    `unchanged` is the returned revision, if what would be handed over is still what it handed over.
    """

    status: Status
    nominee: Nominee | None = None
    unchanged: int | None = None
    despite_unchanged: bool = False


def revision_findings(facts: NominationFacts) -> list[Finding]:
    """Return why the case may not be put forward again."""
    if facts.nominee is None:
        return []
    found, receiver = nomination_findings(facts.nominee, None), facts.nominee.receiver
    if facts.unchanged is not None and not facts.despite_unchanged:
        found.append(NOT_CORRECTED("/despite_unchanged", revision=facts.unchanged, receiver=receiver))
    return found


def substance(handed: NominationPayload) -> tuple[object, ...]:
    """Return what a correction changes: content, pictures, seal, award or names; not when it was filed or nominated."""
    files = [(file.kind, file.sha256) for file in handed.files]
    return handed.award, handed.committee, handed.unit, handed.application.digest, files


_Act = Act[Status, NominationFacts]

EDIT = _Act(
    "edit",
    Event("nomination.edited", "调整推荐次序", "Gave the nomination another place"),
    by={OFFICE: {Status.PREPARED}},
)
SEND = _Act(
    "send",
    Event("nomination.delivering", "开始报送推荐", "It is on its way to the municipal office"),
    by={OFFICE: {Status.PREPARED}},
    target=Status.DELIVERING,
)
ARRIVE = _Act(
    "arrive",
    Event("nomination.delivered", "推荐送达", "It reached the municipal office"),
    by={OFFICE: {Status.PREPARED, Status.DELIVERING}},
    target=Status.DELIVERED,
)
RECEIVE = _Act(
    "receive",
    Event("nomination.acknowledged", "推荐已收到", "The municipal office has it"),
    by={MUNICIPAL: ON_THE_WAY},
    target=Status.ACKNOWLEDGED,
)
RETURN = _Act(
    "return",
    Event("nomination.returned", "推荐被退回", "The municipal office returned it"),
    by={MUNICIPAL: {*ON_THE_WAY, Status.ACKNOWLEDGED, Status.ACCEPTED}},
    target=Status.RETURNED,
)
ACCEPT = _Act(
    "accept",
    Event("nomination.accepted", "推荐已受理", "The municipal office accepted it"),
    by={MUNICIPAL: {*ON_THE_WAY, Status.ACKNOWLEDGED, Status.RETURNED}},
    target=Status.ACCEPTED,
)
DECIDE = _Act(
    "decide",
    Event("nomination.decided", "推荐已评定", "The municipal office decided on it"),
    by={MUNICIPAL: {*Status} - FINAL},
    target=Status.DECIDED,
)
REVISE = _Act(
    "revise",
    Event("nomination.replaced", "由新一版推荐取代", "Replaced it by its next revision"),
    by={OFFICE: {Status.RETURNED}},
    target=Status.REPLACED,
    rules=revision_findings,
)
WITHDRAW = _Act(
    "withdraw",
    Event("nomination.withdrawn", "撤回推荐", "Took the nomination back"),
    by={OFFICE: {*Status} - FINAL},
    target=Status.WITHDRAWN,
)
ACTS = (EDIT, SEND, ARRIVE, RECEIVE, RETURN, ACCEPT, DECIDE, REVISE, WITHDRAW)

OFFERED = (EDIT, REVISE, WITHDRAW)
"""The acts of people; the others follow from deliveries and from the municipal office's answers."""

BY_ANSWER = {
    AnswerKind.RECEIVED: RECEIVE,
    AnswerKind.RETURNED: RETURN,
    AnswerKind.ACCEPTED: ACCEPT,
    AnswerKind.DECIDED: DECIDE,
}
NOMINATE = Act[AwardStatus, AwardedCase](
    "nominate",
    Event("nomination.prepared", "择优推荐", "Nominated the case"),
    by={OFFICE: {AwardStatus.AWARDED}},
    rules=awarded_case_findings,
)
"""An act on an award of a case: it begins a nomination, and leaves the award as it is."""

OF_AWARDS = (NOMINATE,)
ANSWERED = Event("nomination.answered", "推荐有答复", "The municipal office answered")
"""An answer that moves nothing: late, repeated in other words, or overtaken by a later one."""


def moved_by(kind: AnswerKind, status: Status) -> Act[Status, NominationFacts] | None:
    """Return the act an answer leads to from here; None when it is only written down."""
    act = BY_ANSWER[kind]
    return act if status in act.by[MUNICIPAL] else None
