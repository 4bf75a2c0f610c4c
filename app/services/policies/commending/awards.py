"""The regulation of awards (奖项): their choice from a ranking, and their states up to a revocation."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import count as counting
from math import inf
from uuid import UUID

from app.findings import Finding, Rule
from app.models.enums import AwardStatus as Status
from app.models.enums import CommendationStatus, NominationStatus, Role, Severity
from app.services.policies import Act, Event, wrong_state
from app.services.policies.commending.recipients import NOBODY, Recipient
from app.services.policies.filing.award_settings import AwardKind, Grade
from app.services.policies.filing.forms import UNKNOWN_CATEGORY
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.vetoes import vetoed_findings

OFFICE = Role.OFFICE


UNKNOWN_KIND = Rule("unknown_award_kind", "活动中没有这一奖项。", "The campaign has no such kind of award.")
WRONG_RECIPIENT = Rule(
    "wrong_recipient", "“{name}”不是授予这类对象的奖项。", "“{name}” is not awarded to recipients of this sort."
)
GRADE_NEEDED = Rule("grade_needed", "“{name}”分等次，请选定等次。", "“{name}” has grades: choose one.")
UNKNOWN_GRADE = Rule("unknown_grade", "“{name}”没有这一等次。", "“{name}” has no such grade.")
NOT_RANKED = Rule("not_ranked", "该轮次尚未结束，没有排名。", "The round is not closed yet: it has no ranking.")
TIED = Rule(
    "tied_at_the_cut",
    "{names} 并列第 {rank} 名，名额不够全部列入；请调整名额，或逐个提名。",
    "{names} share rank {rank}, and there is not room for all of them: change the number, or choose by hand.",
)
TOO_FEW_RANKED = Rule(
    "too_few_ranked", "排名中只有 {ranked} 个，不足 {count} 个。", "Only {ranked} are ranked, fewer than {count}."
)
PLACES_TAKEN = Rule(
    "places_taken",
    "“{name}”公布的名额为 {places} 个，已列 {taken} 个，再列 {count} 个将超出名额。",
    "“{name}” has {places} announced places, and {taken} are taken: {count} more are too many.",
)
NONE_REACHED = Rule("none_reached", "没有达到该分数的案例。", "No case reaches this score.")
NOT_ACCEPTED = Rule("not_accepted", "{names} 未受理，不能获奖。", "{names}: not accepted, so not to be awarded.")
AWARDED_ELSEWHERE = Rule(
    "awarded_elsewhere",
    "{names} 已列入本活动另一份通报的同一奖项。",
    "{names}: already in another commendation of this campaign with an award of this kind.",
)
UNKNOWN_PICTURE = Rule(
    "unknown_picture", "上报的材料中没有第 {slot} 幅图片。", "What was filed has no picture number {slot}."
)
NOMINATION_FOLLOWS = Rule(
    "nomination_follows",
    "向{receiver}的推荐将随之撤回，并写明原因。",
    "Its nomination to {receiver} is withdrawn with it, and says why.",
    Severity.ADVICE,
)
DECIDED_BY_THE_CITY = Rule(
    "decided_by_the_city",
    "{receiver}已对其推荐作出评定，评定不随撤销而改变；请确认仍要撤销，并另行函告{receiver}。",
    "The decision of {receiver} on its nomination stays: confirm the revocation, and let them know.",
)
WITH_ITS_AWARD = "奖项已撤销：{reason}"
"""The reason with which a nomination is withdrawn when its award is revoked; the municipal office reads it."""


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """The values the rules judge: the states of the award and of its commendation."""

    status: Status
    commendation_status: CommendationStatus
    nomination: NominationStatus | None = None
    """State of the nomination that carries it to the municipal office; None if there is none that counts."""
    despite_decision: bool = False
    receiver: str = ""
    """Short name of the municipal office, where there is a nomination."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recipient to choose, its place, and the commendation that awards it already.

    What was disqualified since it was ranked, or has an item of the veto list found, is `ruled_out`: a choice by rank
    passes over it. `recommended_rank` is its place in its committee's recommended order, if the notice parts ties by
    that.
    """

    id: UUID | None
    name: str
    rank: int | None = None
    score: float | None = None
    category: str | None = None
    accepted: bool = True
    ruled_out: bool = False
    awarded_in: UUID | None = None
    recommended_rank: int | None = None
    to: Recipient = NOBODY

    @property
    def place(self) -> tuple[float, float]:
        """Its rank, and what parts it from others of the same; cases without a place in an order come last."""
        return self.rank or inf, self.recommended_rank or inf


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen candidates, best first, and the findings against the choice."""

    chosen: Sequence[Candidate]
    findings: Sequence[Finding] = ()


def kind_findings(settings: CampaignSettings, code: str, grade: str | None, recipient: str) -> list[Finding]:
    """The campaign has this kind of award, for this sort of recipient, in this grade."""
    kind = settings.award_kind(code)
    if kind is None:
        return [UNKNOWN_KIND("/kind")]
    return [
        *([] if kind.recipient == recipient else [WRONG_RECIPIENT("/kind", name=kind.name)]),
        *grade_findings(settings, code, grade),
    ]


def grade_findings(settings: CampaignSettings, code: str, grade: str | None) -> list[Finding]:
    """An award has a grade exactly if its kind has grades."""
    kind = settings.award_kind(code)
    grades = {each.code for each in kind.grades} if kind else set()
    name = kind.name if kind else code
    if grade is None:
        return [GRADE_NEEDED("/grade", name=name)] if grades else []
    return [] if grade in grades else [UNKNOWN_GRADE("/grade", name=name)]


def lets_in_ties(kind: AwardKind | None) -> bool:
    """Return true if the notice lets in all who share the last place."""
    return kind is not None and kind.ties == "beyond_places"


def announced(kind: AwardKind | None, grade: str | None) -> AwardKind | Grade | None:
    """Return what a number of places was announced of: a grade, or a kind without grades; None if of neither."""
    holder = kind and kind.in_grade(grade)
    return holder if holder and holder.places else None


def place_findings(
    kind: AwardKind | None, grade: str | None, taken: int, chosen: Sequence[Candidate], pointer: str
) -> list[Finding]:
    """Refuse more awards than places were announced, but for those who share the last where the notice lets them in."""
    holder, new = announced(kind, grade), [each for each in chosen if each.awarded_in is None]
    if holder is None or holder.places is None or not new:
        return []
    excess = taken + len(new) - holder.places
    last = {each.place for each in new[-excess - 1 :]}
    shared = lets_in_ties(kind) and excess < len(new) and len(last) == 1 and new[-1].rank is not None
    if excess <= 0 or shared:
        return []
    return [PLACES_TAKEN(pointer, name=holder.name, places=holder.places, taken=taken, count=len(new))]


def best(candidates: Sequence[Candidate], count: int, pointer: str, *, ties_enter: bool = False) -> Choice:
    """The best `count`; a tie across the last place is a finding, never decided by chance, unless all of it enters."""
    ranked = _ranked(candidates)
    if len(ranked) < count:
        return Choice(ranked, [TOO_FEW_RANKED(pointer, ranked=len(ranked), count=count)])
    last = ranked[count - 1]
    if len(ranked) == count or ranked[count].place != last.place:
        return Choice(ranked[:count])
    if ties_enter:
        return Choice([each for each in ranked if each.place <= last.place])
    tied = [each.name for each in ranked if each.place == last.place]
    return Choice(ranked[:count], [TIED(pointer, names="、".join(tied), rank=last.rank)])


def by_notice(kind: AwardKind | None, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with what parts those of one rank: their recommended order, where the notice says so."""
    if kind is not None and kind.parts_by_order:
        return list(candidates)
    return [replace(each, recommended_rank=None) for each in candidates]


def reaching(candidates: Sequence[Candidate], minimum_score: float) -> Choice:
    """The candidates that reach the score."""
    chosen = [each for each in _ranked(candidates) if each.score is not None and each.score >= minimum_score]
    return Choice(chosen, [] if chosen else [NONE_REACHED("/minimum_score")])


def by_quota(
    settings: CampaignSettings, candidates: Sequence[Candidate], quotas: Mapping[str, int], *, ties_enter: bool = False
) -> Choice:
    """The best of each category, up to its quota."""
    known = {category.code for category in settings.categories}
    unknown = [UNKNOWN_CATEGORY(f"/quotas/{code}") for code in quotas if code not in known]
    choices = [
        best([each for each in candidates if each.category == code], places, f"/quotas/{code}", ties_enter=ties_enter)
        for code, places in quotas.items()
        if code in known
    ]
    chosen = _ranked([each for choice in choices for each in choice.chosen])
    return Choice(chosen, [*unknown, *(finding for choice in choices for finding in choice.findings)])


def choice_findings(choice: Choice, commendation_id: UUID, pointer: str) -> list[Finding]:
    """Findings against a choice: candidates not accepted, with a veto found, or awarded by another commendation."""
    refused = [each.name for each in choice.chosen if not each.accepted]
    vetoed = [each.name for each in choice.chosen if each.accepted and each.ruled_out]
    elsewhere = [each.name for each in choice.chosen if each.awarded_in not in {None, commendation_id}]
    return [
        *choice.findings,
        *([NOT_ACCEPTED(pointer, names="、".join(refused))] if refused else []),
        *vetoed_findings(vetoed, pointer),
        *([AWARDED_ELSEWHERE(pointer, names="、".join(elsewhere))] if elsewhere else []),
    ]


def placed(choice: Choice, last_position: int) -> list[tuple[int, Candidate]]:
    """Place the candidates without an award yet behind those that have one: by name, as places are public.

    The order of places is that of the published list and of the certificates' numbers; ranks stay with the office.
    """
    new = [each for each in choice.chosen if each.awarded_in is None]
    return list(zip(counting(last_position + 1), sorted(new, key=lambda each: each.name)))


def reason_of(chosen: Candidate) -> str:
    """The reason of a proposal that was not made by hand, for the office to read."""
    order = f"，推荐排序第 {chosen.recommended_rank}" if chosen.recommended_rank else ""
    return f"第 {chosen.rank} 名，{chosen.score:g} 分{order}"


def picture_findings(slots: Sequence[int], filed: AbstractSet[int]) -> list[Finding]:
    """Findings against pictures that the filed version does not have."""
    return [UNKNOWN_PICTURE(f"/pictures/{index}", slot=slot) for index, slot in enumerate(slots) if slot not in filed]


def draft_findings(facts: AwardFacts) -> list[Finding]:
    """An award is changed and taken out only while its commendation is a draft."""
    status = facts.commendation_status
    return [] if status is CommendationStatus.DRAFT else [wrong_state(status)]


def revocation_findings(facts: AwardFacts) -> list[Finding]:
    """Return what becomes of its nomination; one that the municipal office has decided on stays, if the office will."""
    if facts.nomination is None:
        return []
    if facts.nomination is not NominationStatus.DECIDED:
        return [NOMINATION_FOLLOWS(receiver=facts.receiver)]
    return [] if facts.despite_decision else [DECIDED_BY_THE_CITY("/despite_decision", receiver=facts.receiver)]


def _ranked(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with a rank that were not ruled out, best first; equals in the order of their names."""
    ranked = [each for each in candidates if each.rank is not None and not each.ruled_out]
    return sorted(ranked, key=lambda each: (each.place, each.name))


_Act = Act[Status, AwardFacts]

EDIT = _Act(
    "edit",
    Event("award.edited", "修改奖项", "Changed the award"),
    by={OFFICE: {Status.PROPOSED}},
    parent=draft_findings,
)
DELETE = _Act(
    "delete",
    Event("award.deleted", "移出拟表彰名单", "Took it out of the proposed awards"),
    by={OFFICE: {Status.PROPOSED}},
    parent=draft_findings,
)
HOLD = _Act(
    "hold",
    Event("award.held", "因异议暂缓表彰", "Held the award for an objection"),
    by={role: {Status.PROPOSED} for role in Role if role is not Role.PUBLIC},
    target=Status.HELD,
)
"""An objection holds the award, so every role that may object may hold."""

RELEASE = _Act(
    "release",
    Event("award.released", "恢复拟表彰", "Released the award"),
    by={OFFICE: {Status.HELD}},
    target=Status.PROPOSED,
)
DROP = _Act(
    "drop",
    Event("award.dropped", "取消拟表彰", "Dropped the award"),
    by={OFFICE: {Status.PROPOSED, Status.HELD}},
    target=Status.DROPPED,
)
AWARD = _Act(
    "award", Event("award.awarded", "授予奖项", "Gave the award"), by={OFFICE: {Status.PROPOSED}}, target=Status.AWARDED
)
REVOKE = _Act(
    "revoke",
    Event("award.revoked", "撤销奖项", "Revoked the award"),
    by={OFFICE: {Status.AWARDED}},
    target=Status.REVOKED,
    rules=revocation_findings,
)
ACTS = (EDIT, DELETE, HOLD, RELEASE, DROP, AWARD, REVOKE)

OFFERED = (EDIT, DELETE, REVOKE)
"""The acts on an award itself; the others follow from objections and from publication."""

PROPOSED = Event("award.proposed", "拟定奖项", "Proposed the award")
