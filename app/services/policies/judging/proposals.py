"""The regulation of proposed distributions (分配方案): reckoned, looked at, applied, taken back; and what they tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.findings import Finding, Rule
from app.models.enums import ProposalStatus as Status
from app.models.enums import Role, RoundStatus, Severity
from app.services.policies import Act, Event, Standing, wrong_state

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
LEFT_OUT_STANDING = Rule(
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
LEFT_OUT = {rule.code: rule for rule in (LEFT_OUT_CONFLICT, LEFT_OUT_OFF_PANEL, LEFT_OUT_STANDING, LEFT_OUT_FULL)}
"""Why an assignment does not stand again when the proposal that withdrew it is taken back."""

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
    "recused", "{count} 人由区文明办决定回避。", "{count} were recused by the office.", Severity.ADVICE
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
"""What keeps a reviewer from a case, by the reason of the conflict."""


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """What the rules look at; `begun` names what was added by it and is being judged already."""

    round_status: RoundStatus
    status: Status
    outdated: bool = False
    shortages: int = 0
    begun: tuple[Finding, ...] = ()
    despite_shortages: bool = False
    """The office applies it although cases get fewer reviews than wanted."""


def wave_findings(cut: int | None) -> list[Finding]:
    """Why further reviews cannot be spent: nobody has said how many are chosen."""
    return [] if cut is not None else [CUT_REQUIRED("/kind")]


def chosen_findings(cut: int, chosen: int) -> list[Finding]:
    """Why a wave would be empty."""
    return [] if chosen else [NO_OPEN_CASE("/kind", cut=cut)]


def application_findings(facts: ProposalFacts) -> list[Finding]:
    """Why the proposal may not be applied as it was looked at."""
    short = facts.shortages > 0 and not facts.despite_shortages
    return [
        *([PROPOSAL_OUTDATED()] if facts.outdated else []),
        *([PROPOSAL_HAS_SHORTAGES("/despite_shortages", count=facts.shortages)] if short else []),
    ]


def undo_findings(facts: ProposalFacts) -> list[Finding]:
    """Why it may not be taken back: what it gave is being judged."""
    return [*facts.begun]


def round_findings(facts: ProposalFacts) -> list[Finding]:
    """A proposal is applied and taken back only while its round is open."""
    return [] if facts.round_status is RoundStatus.OPEN else [wrong_state(facts.round_status)]


def shortage_finding(case: Mapping[str, Any], shortage: Mapping[str, Any], panel: int) -> Finding:
    """Name the constraint that binds: too few may judge the case, or those who may have no room."""
    figures = {name: shortage[name] for name in ("wanted", "given", "eligible", "full")}
    rule = TOO_FEW_ELIGIBLE if shortage["eligible"] < shortage["wanted"] else REVIEWERS_FULL
    return rule(panel=panel, **named(case), **figures)


def block_findings(blocked: Mapping[str, int]) -> list[Finding]:
    """What keeps the others from the case: how many reviewers for which reason."""
    return [BLOCKS[reason](count=count) for reason, count in blocked.items()]


def open_finding(case: Mapping[str, Any], chosen: Mapping[str, Any], cut: int) -> Finding:
    """Say why a wave spends reviews on a case."""
    low, high = chosen["interval"]
    return RANK_OPEN(cut=cut, rank=chosen["rank"], low=low, high=high, extra=chosen["extra"], **named(case))


def underload_finding(reviewer: Mapping[str, Any], lack: Mapping[str, Any]) -> Finding:
    """Say for whom too few cases are left."""
    who = {name: reviewer[name] for name in ("reviewer_name", "reviewer_organisation")}
    return TOO_FEW_CASES(**who, **{name: lack[name] for name in ("minimum", "load", "eligible")})


def left_out_finding(pair: Mapping[str, Any], reason: str) -> Finding:
    """Why an assignment was not given back when the proposal was undone."""
    return LEFT_OUT[reason](**named(pair), reviewer_name=pair["reviewer_name"])


def begun_findings(begun: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """Name every review that is begun on what shall be taken back."""
    return [REVIEW_BEGUN("/despite_reviews", **named(pair), reviewer_name=pair["reviewer_name"]) for pair in begun]


def named(case: Mapping[str, Any]) -> dict[str, Any]:
    """How sentences name a case to the office."""
    return {name: case[name] for name in ("application_number", "brand_name")}


PROPOSE = Act[RoundStatus, Standing[RoundStatus]](
    "propose", Event("proposal.made", "提出分配方案", "Proposed a distribution"), by={OFFICE: {RoundStatus.OPEN}}
)
"""What the round must allow, for a proposal to be made, applied or taken back."""

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
