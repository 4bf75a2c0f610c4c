"""The regulation of reviews (评审): the scores a judge may save, and when a review is submitted or reopened."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from app.algorithms.scores import Criterion, exact, rounded, weighted_total
from app.findings import Finding, Rule
from app.models.enums import ReviewStatus as Status
from app.models.enums import Role, RoundStatus
from app.services.policies import Act, Event
from app.services.policies.filing.criteria import WHOLE
from app.services.policies.judging.rounds import UNKNOWN_CRITERION, Criteria, scoring_findings

REPEATED_CRITERION = Rule("repeated_criterion", "同一评选标准只能评分一次。", "A criterion is scored once only.")
SCORE_OUT_OF_RANGE = Rule(
    "score_out_of_range",
    "“{name}”的分数应在 {minimum} 至 {maximum} 之间。",
    "A score for “{name}” lies between {minimum} and {maximum}.",
)
SCORE_OFF_STEP = Rule(
    "score_off_step",
    "“{name}”的分数以 {step} 分为一档，{score} 分不在档上。",
    "A score for “{name}” is a multiple of {step}; {score} is none.",
)
CRITERION_NOT_SCORED = Rule("criterion_not_scored", "“{name}”尚未评分。", "“{name}” has no score yet.")
NO_LONGER_ASSIGNED = Rule(
    "no_longer_assigned", "此案例已不由该评委评审。", "The case is no longer this judge's to review."
)

Scores = Sequence[Mapping[str, Any]]
"""The scores of a review as it keeps them: code, score (null while there is none), remark."""


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """The facts that the rules decide by: the review, its round, and whether the assignment counts."""

    status: Status
    now: datetime
    scores: Scores
    criteria: Criteria
    round_status: RoundStatus
    opens_at: datetime
    closes_at: datetime
    standing: bool = True


def save_findings(facts: ReviewFacts) -> list[Finding]:
    """Return the reasons against saving these scores now, complete or not."""
    return [*period_findings(facts), *score_findings(facts.criteria, facts.scores)]


def submission_findings(facts: ReviewFacts) -> list[Finding]:
    """Return the reasons against submitting now: those against saving, and every criterion without a score."""
    scored = _given(facts.scores)
    missing = [each for each in facts.criteria if each["code"] not in scored]
    return [
        *save_findings(facts),
        *(CRITERION_NOT_SCORED("/scores", criterion=each["code"], name=each["name"]) for each in missing),
    ]


def reopening_findings(facts: ReviewFacts) -> list[Finding]:
    """Refuse to reopen a review that its judge could not submit again, since its scores would be lost."""
    return [*period_findings(facts), *([] if facts.standing else [NO_LONGER_ASSIGNED()])]


def score_findings(criteria: Criteria, scores: Scores) -> list[Finding]:
    """Refuse scores for unknown or repeated criteria, and scores outside the range of their criterion."""
    known = {each["code"]: each for each in criteria}
    seen: Counter[str] = Counter()
    findings = []
    for index, each in enumerate(scores):
        code, score = each["code"], each["score"]
        seen[code] += 1
        criterion = known.get(code)
        if criterion is None:
            findings.append(UNKNOWN_CRITERION(f"/scores/{index}/code", code=code))
        elif seen[code] > 1:
            findings.append(REPEATED_CRITERION(f"/scores/{index}/code"))
        elif score is not None:
            findings += [finding.under(f"/scores/{index}/score") for finding in _of_score(criterion, score)]
    return findings


def total_of(criteria: Criteria, scores: Scores) -> float | None:
    """Return the weighted total on a scale of 100; None while a criterion has no score."""
    weighed = {each["code"]: Criterion(each["weight"], each["minimum"], each["maximum"]) for each in criteria}
    given = _given(scores)
    return rounded(weighted_total(given, weighed)) if weighed.keys() <= given.keys() else None


def sheet(criteria: Criteria, scores: Scores) -> Scores:
    """Return the scoring sheet (评分表): every criterion in the round's order, with its score so far."""
    given = {each["code"]: each for each in scores}
    blank = {"score": None, "remark": ""}
    terms = ("code", "name", "weight", "minimum", "maximum")
    known = [{name: each[name] for name in terms} | {"step": each.get("step", WHOLE)} for each in criteria]
    return [each | blank | dict(given.get(each["code"], {})) for each in known]


def period_findings(facts: ReviewFacts) -> list[Finding]:
    """Refuse scores outside the round's time for scoring."""
    return scoring_findings(facts.round_status, facts.opens_at, facts.closes_at, facts.now)


def _of_score(criterion: Mapping[str, Any], score: float) -> list[Finding]:
    """Refuse a score outside the range, or between two steps; decimals are compared as they are written."""
    name, lowest, highest = (criterion[each] for each in ("name", "minimum", "maximum"))
    if not lowest <= score <= highest:
        return [SCORE_OUT_OF_RANGE(name=name, minimum=lowest, maximum=highest)]
    step = criterion.get("step", WHOLE)
    return [SCORE_OFF_STEP(name=name, step=step, score=score)] if exact(score) % Fraction(step) else []


def _given(scores: Scores) -> dict[str, float]:
    """Return the scores that are not null, by criterion."""
    return {each["code"]: each["score"] for each in scores if each["score"] is not None}


_Act = Act[Status, ReviewFacts]

SAVE = _Act(
    "save",
    Event("review.saved", "保存评分", "Saved the scores"),
    by={Role.REVIEWER: {Status.DRAFT}},
    rules=period_findings,
)
SUBMIT = _Act(
    "submit",
    Event("review.submitted", "提交评审", "Handed in the review"),
    by={Role.REVIEWER: {Status.DRAFT}},
    target=Status.SUBMITTED,
    rules=submission_findings,
)
REOPEN = _Act(
    "reopen",
    Event("review.reopened", "退回评委修改", "Gave the review back to its judge"),
    by={Role.OFFICE: {Status.SUBMITTED}},
    target=Status.DRAFT,
    rules=reopening_findings,
)
ACTS = (SAVE, SUBMIT, REOPEN)

BEGUN = Event("review.begun", "开始评审", "Began the review")
