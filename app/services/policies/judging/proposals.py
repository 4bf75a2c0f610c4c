"""The regulation of proposed distributions (分配方案): computed, read, applied and undone; and their sentences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from app.algorithms.instance import Shortage, Underload
from app.findings import Finding, Rule
from app.models.enums import ProposalStatus as Status
from app.models.enums import Role, RoundStatus, Severity
from app.services.policies import Act, Event, StatusOnly, wrong_state

OFFICE = Role.OFFICE

CUT_REQUIRED = Rule(
    "cut_required",
    "本轮尚未设定入选名额，无从判断哪些案例应追加评审。",
    "The round has no cut yet: nobody can tell which cases another review would decide.",
)
NO_OPEN_CASE = Rule(
    "no_open_case",
    "没有可追加评审的案例：名次区间均未跨越入选名额（{cut} 名），或者可评的评委已无余量。",
    "No case is left to spend a review on: no interval of ranks straddles the cut of {cut}, "
    "or whoever may judge has no room.",
)
PROPOSAL_OUTDATED = Rule(
    "proposal_outdated",
    "方案提出后，案例、评委、回避或分配情况已有变化，请重新提出方案。",
    "Cases, reviewers, conflicts or assignments have changed since it was proposed: propose anew.",
)
PROPOSAL_HAS_SHORTAGES = Rule(
    "proposal_has_shortages",
    "有 {count} 件案例的评审次数不足；如仍要采用，请予确认。",
    "{count} cases lack reviews; confirm that it shall be applied all the same.",
)
REVIEW_BEGUN = Rule(
    "review_begun",
    "评委“{reviewer_name}”已开始评审案例 {application_number}“{brand_name}”；如仍要撤销，请予确认。",
    "“{reviewer_name}” has begun to judge case {application_number} “{brand_name}”; "
    "confirm that it shall be taken back all the same.",
)
TOO_FEW_ELIGIBLE = Rule(
    "too_few_eligible",
    "案例 {application_number}“{brand_name}”需评审 {wanted} 次，只能安排 {given} 次："
    "评审组 {panel} 人中，可评的只有 {eligible} 人。",
    "Case {application_number} “{brand_name}” wants {wanted} reviews and can get {given}: "
    "of the {panel} reviewers on the panel only {eligible} may judge it.",
)
REVIEWERS_FULL = Rule(
    "reviewers_full",
    "案例 {application_number}“{brand_name}”需评审 {wanted} 次，只能安排 {given} 次："
    "可评的 {eligible} 人中，{full} 人已达评审件数上限。",
    "Case {application_number} “{brand_name}” wants {wanted} reviews and can get {given}: "
    "of the {eligible} reviewers who may judge it, {full} have as many cases as they can take.",
)
TOO_FEW_CASES = Rule(
    "too_few_cases",
    "评委“{reviewer_name}”（{reviewer_organisation}）至少应评 {minimum} 件，只能安排 {load} 件："
    "可评的案例共 {eligible} 件。",
    "“{reviewer_name}” ({reviewer_organisation}) shall judge at least {minimum} cases and gets {load}: "
    "{eligible} are open to them.",
    Severity.ADVICE,
)
RANK_OPEN = Rule(
    "rank_open",
    "案例 {application_number}“{brand_name}”现列第 {rank} 名，名次可能在第 {low} 名至第 {high} 名之间，"
    "能否进入前 {cut} 名尚无把握，追加评审 {extra} 次。",
    "Case {application_number} “{brand_name}” ranks {rank}, possibly anywhere from {low} to {high}: "
    "whether it is among the first {cut} is open, so it gets {extra} more reviews.",
    Severity.ADVICE,
)
LEFT_OUT_CONFLICT = Rule(
    "conflict_of_interest",
    "评委“{reviewer_name}”现须回避案例 {application_number}“{brand_name}”，未恢复分配。",
    "“{reviewer_name}” must keep away from case {application_number} “{brand_name}” by now: not given back.",
    Severity.ADVICE,
)
LEFT_OUT_ASSIGNED = Rule(
    "assigned_again",
    "案例 {application_number}“{brand_name}”已另行分配给评委“{reviewer_name}”，无须恢复。",
    "Case {application_number} “{brand_name}” was given to “{reviewer_name}” again meanwhile.",
    Severity.ADVICE,
)
LEFT_OUT_OFF_PANEL = Rule(
    "not_on_panel",
    "评委“{reviewer_name}”已不是本轮评审组成员，案例 {application_number}“{brand_name}”未恢复分配。",
    "“{reviewer_name}” has left the panel: case {application_number} “{brand_name}” is not given back.",
    Severity.ADVICE,
)
LEFT_OUT_FULL = Rule(
    "load_exceeded",
    "评委“{reviewer_name}”的评审件数已达上限，案例 {application_number}“{brand_name}”未恢复分配。",
    "“{reviewer_name}” has as many cases as they can take: case {application_number} “{brand_name}” is not given back.",
    Severity.ADVICE,
)
LEFT_OUT = {rule.code: rule for rule in (LEFT_OUT_CONFLICT, LEFT_OUT_OFF_PANEL, LEFT_OUT_ASSIGNED, LEFT_OUT_FULL)}
"""Reasons for not restoring an assignment when the proposal that withdrew it is undone."""

BLOCKED_SAME_UNIT = Rule(
    "same_unit",
    "{count} 人与申报单位为同一单位。",
    "{count} belong to the unit that applies.",
    Severity.ADVICE,
)
BLOCKED_SAME_COMMITTEE = Rule(
    "same_committee",
    "{count} 人与申报单位同属一个党（工）委。",
    "{count} belong to the committee of the unit that applies.",
    Severity.ADVICE,
)
BLOCKED_SAME_PERSON = Rule(
    "same_person",
    "{count} 人与申报方账号或联系人的电话相同。",
    "{count} have the phone number of an account or a form of the applicant.",
    Severity.ADVICE,
)
BLOCKED_DECLARED = Rule("declared", "{count} 人申报了利害关系。", "{count} have declared a tie to it.", Severity.ADVICE)
BLOCKED_ABSTAINED = Rule("abstained", "{count} 人主动弃评。", "{count} abstain.", Severity.ADVICE)
BLOCKED_RECUSED = Rule(
    "recused", "{count} 人由主办单位决定回避。", "{count} were recused by the office.", Severity.ADVICE
)
BLOCKS = {
    rule.code: rule
    for rule in (
        BLOCKED_SAME_UNIT,
        BLOCKED_SAME_COMMITTEE,
        BLOCKED_SAME_PERSON,
        BLOCKED_DECLARED,
        BLOCKED_ABSTAINED,
        BLOCKED_RECUSED,
    )
}
"""The sentence that counts the reviewers a conflict keeps from a case, by the reason of the conflict."""


class NamedCase(Protocol):
    """A case as the sentences name it to the office."""

    @property
    def application_number(self) -> str: ...
    @property
    def brand_name(self) -> str | None: ...


class NamedReviewer(Protocol):
    """A reviewer as the sentences name them to the office."""

    @property
    def reviewer_name(self) -> str: ...
    @property
    def reviewer_organisation(self) -> str: ...


class BegunReview(NamedCase, Protocol):
    """A review that is begun: its case and its reviewer."""

    @property
    def reviewer_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case a wave spends reviews on: its rank, the ranks it may well have, and its further reviews."""

    case: UUID
    rank: int
    interval: tuple[int, int]
    extra: int


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """The facts the rules judge by; `begun` names the reviews begun on assignments that the proposal made."""

    round_status: RoundStatus
    status: Status
    outdated: bool = False
    shortages: int = 0
    begun: tuple[Finding, ...] = ()
    despite_shortages: bool = False
    """The office applies it although cases get fewer reviews than wanted."""


def wave_findings(cut: int | None) -> list[Finding]:
    """Refuse a wave in a round without a cut."""
    return [] if cut is not None else [CUT_REQUIRED("/kind")]


def chosen_findings(cut: int | None, chosen: int) -> list[Finding]:
    """Refuse a wave that chose no case."""
    return [] if chosen else [NO_OPEN_CASE("/kind", cut=cut)]


def application_findings(facts: ProposalFacts) -> list[Finding]:
    """Refuse a proposal that is outdated, or short of reviews without the office's consent."""
    short = facts.shortages > 0 and not facts.despite_shortages
    return [
        *([PROPOSAL_OUTDATED()] if facts.outdated else []),
        *([PROPOSAL_HAS_SHORTAGES("/despite_shortages", count=facts.shortages)] if short else []),
    ]


def undo_findings(facts: ProposalFacts) -> list[Finding]:
    """Refuse to undo a proposal while reviews are begun on its assignments."""
    return [*facts.begun]


def round_findings(facts: ProposalFacts) -> list[Finding]:
    """Refuse both acts unless the round is open."""
    return [] if facts.round_status is RoundStatus.OPEN else [wrong_state(facts.round_status)]


def shortage_finding(case: NamedCase, shortage: Shortage, panel: int) -> Finding:
    """Name the constraint that binds: too few may judge the case, or those who may have no room."""
    rule = TOO_FEW_ELIGIBLE if shortage.eligible < shortage.wanted else REVIEWERS_FULL
    return rule(
        panel=panel,
        wanted=shortage.wanted,
        given=shortage.given,
        eligible=shortage.eligible,
        full=shortage.full,
        **named(case),
    )


def block_findings(blocked: Mapping[str, int]) -> list[Finding]:
    """Count the reviewers kept from a case, for each reason."""
    return [BLOCKS[reason](count=count) for reason, count in blocked.items()]


def open_finding(case: NamedCase, chosen: OpenCase, cut: int | None) -> Finding:
    """Say why a wave spends reviews on a case."""
    low, high = chosen.interval
    return RANK_OPEN(cut=cut, rank=chosen.rank, low=low, high=high, extra=chosen.extra, **named(case))


def underload_finding(reviewer: NamedReviewer, underload: Underload) -> Finding:
    """Name a reviewer for whom too few cases are left."""
    return TOO_FEW_CASES(
        reviewer_name=reviewer.reviewer_name,
        reviewer_organisation=reviewer.reviewer_organisation,
        minimum=underload.minimum,
        load=underload.load,
        eligible=underload.eligible,
    )


def left_out_finding(case: NamedCase, reviewer: NamedReviewer, reason: str) -> Finding:
    """Return the reason why an assignment is not restored although the proposal was undone."""
    return LEFT_OUT[reason](**named(case), reviewer_name=reviewer.reviewer_name)


def begun_findings(begun: Iterable[BegunReview]) -> list[Finding]:
    """Name every review that is begun on an assignment to be withdrawn."""
    return [REVIEW_BEGUN("/despite_reviews", **named(each), reviewer_name=each.reviewer_name) for each in begun]


def named(case: NamedCase) -> dict[str, str | None]:
    """Return the values by which a sentence names a case."""
    return {"application_number": case.application_number, "brand_name": case.brand_name}


PROPOSE = Act[RoundStatus, StatusOnly[RoundStatus]](
    "propose", Event("proposal.made", "提出分配方案", "Proposed a distribution"), by={OFFICE: {RoundStatus.OPEN}}
)
"""The act the round must allow before a proposal is made."""

_Act = Act[Status, ProposalFacts]

APPLY = _Act(
    "apply",
    Event("proposal.applied", "采用分配方案", "Applied the proposed distribution"),
    by={OFFICE: {Status.PROPOSED}},
    target=Status.APPLIED,
    rules=application_findings,
    parent=round_findings,
)
UNDO = _Act(
    "undo",
    Event("proposal.undone", "撤销分配方案", "Took the distribution back"),
    by={OFFICE: {Status.APPLIED}},
    target=Status.UNDONE,
    rules=undo_findings,
    parent=round_findings,
)
ACTS = (APPLY, UNDO)
