"""The regulation of reviews (评审): the scores a judge may save, and when a review is submitted or reopened."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from operator import itemgetter
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

NOT_A_LIVE_ROUND = Rule(
    "not_a_live_round",
    "本轮是书面评审，由评委本人评分；没有账号的评委用代录席位。",
    "The round is judged in writing, by the judges themselves; of those without an account in their seat on paper.",
)
JUDGE_SCORES = Rule(
    "judge_scores",
    "该评委已在系统中自行评分，不能代录；如须代录，请先收回分配再重新分配。",
    "The judge has begun to score in the system: nothing is entered, unless the case is assigned anew.",
)
SHEET_ENTERED = Rule(
    "sheet_entered",
    "主办单位已代录您的评分表；如有出入，请联系主办单位退回重录。",
    "The office has entered your sheet: ask it to return that if it differs from yours.",
)
SHEET_NEEDED = Rule(
    "sheet_needed",
    "现场评审的评分表须由主办单位录入并由另一人复核，不在代录席位中评分。",
    "Sheets of a live round are entered by the office and checked by a second person, not scored in a seat.",
)
SECOND_PERSON_NEEDED = Rule(
    "second_person_needed",
    "这份评分表是您录入的，须由主办单位的另一人复核。",
    "You entered this sheet yourself: a second person of the office checks it.",
)
SHEET_DIFFERS = Rule(
    "sheet_differs",
    "“{name}”的复核分数与录入的不一致：请再核对评分表，或退回重录。",
    "The score read for “{name}” differs from the one entered: look again, or return the sheet.",
)

SCAN_NEEDED = Rule(
    "scan_needed",
    "本轮要求先上传评分表扫描件，再行复核。",
    "The round asks for the scan of the sheet before it is checked.",
)
NO_SHEET = Rule(
    "no_sheet", "这份评审由评委在系统中完成，没有评分表。", "The judge scored in the system: there is no sheet."
)
SCAN_CHECKED = Rule(
    "scan_checked",
    "评分表已连同扫描件复核，扫描件不能再换；如须更换，请先退回。",
    "The sheet was checked with its scan, which stays: return the sheet to exchange it.",
)

Scores = Sequence[Mapping[str, Any]]
"""The scores of a review as it keeps them: code, score (null while there is none), remark."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The paper sheet (评分表) that a review of a live round may have, and who is at it.

    It was `entered` by a clerk, or the judge has `begun` without one; `own` if the one who asks entered it; `on_paper`
    if that one acts in a judge's seat. It may be `scanned`, and the round may ask for that (`scan_needed`).
    """

    live: bool = False
    entered: bool = False
    begun: bool = False
    own: bool = False
    on_paper: bool = False
    scanned: bool = False
    scan_needed: bool = False


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
    sheet: Sheet = Sheet()


def save_findings(facts: ReviewFacts) -> list[Finding]:
    """Return the reasons against saving these scores now, complete or not."""
    return [*hand_findings(facts), *score_findings(facts.criteria, facts.scores)]


def submission_findings(facts: ReviewFacts) -> list[Finding]:
    """Return the reasons against submitting now: those against saving, and every criterion without a score."""
    return [*save_findings(facts), *_missing_findings(facts.criteria, facts.scores)]


def hand_findings(facts: ReviewFacts) -> list[Finding]:
    """Return the reasons against scoring by the judge's own hand now: a sheet is the office's to enter."""
    sheet = facts.sheet
    return [
        *period_findings(facts),
        *([SHEET_ENTERED()] if sheet.entered else []),
        *([SHEET_NEEDED()] if sheet.live and sheet.on_paper else []),
    ]


def entering_findings(facts: ReviewFacts) -> list[Finding]:
    """Return the reasons against entering a sheet for its judge now, whatever is on it."""
    sheet = facts.sheet
    return [
        *reopening_findings(facts),
        *([] if sheet.live else [NOT_A_LIVE_ROUND()]),
        *([JUDGE_SCORES()] if sheet.begun else []),
    ]


def check_findings(facts: ReviewFacts) -> list[Finding]:
    """Refuse a check by the clerk who entered the sheet, and without the scan that the round asks for."""
    sheet = facts.sheet
    return [
        *reopening_findings(facts),
        *([SECOND_PERSON_NEEDED()] if sheet.own else []),
        *([SCAN_NEEDED("/scan")] if sheet.scan_needed and not sheet.scanned else []),
    ]


def scan_findings(facts: ReviewFacts) -> list[Finding]:
    """Refuse the scan of what is no sheet, and another one of a sheet that was checked with its scan."""
    checked = facts.status is Status.SUBMITTED and facts.sheet.scanned
    return [
        *reopening_findings(facts),
        *([] if facts.sheet.entered else [NO_SHEET()]),
        *([SCAN_CHECKED()] if checked else []),
    ]


def sheet_findings(criteria: Criteria, scores: Scores) -> list[Finding]:
    """Refuse scores that are no whole sheet: each criterion once, within its range, on a step."""
    return [*score_findings(criteria, scores), *_missing_findings(criteria, scores)]


def reading_findings(criteria: Criteria, entered: Scores, read: Scores) -> list[Finding]:
    """Refuse a second reading of a sheet that is not whole, or that differs from what was entered."""
    names, kept = _names(criteria), _given(entered)
    return sheet_findings(criteria, read) or [
        SHEET_DIFFERS(f"/scores/{index}/score", name=names[code])
        for index, (code, score) in enumerate(_given(read).items())
        if kept.get(code) != score
    ]


def reopening_findings(facts: ReviewFacts) -> list[Finding]:
    """Refuse what would be lost, as its judge has the case no more, or what comes outside the time for scoring."""
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


def _missing_findings(criteria: Criteria, scores: Scores) -> list[Finding]:
    scored = _given(scores)
    missing = {code: name for code, name in _names(criteria).items() if code not in scored}
    return [CRITERION_NOT_SCORED("/scores", criterion=code, name=name) for code, name in missing.items()]


def _names(criteria: Criteria) -> dict[str, str]:
    return dict(map(itemgetter("code", "name"), criteria))


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
    rules=hand_findings,
)
SUBMIT = _Act(
    "submit",
    Event("review.submitted", "提交评审", "Handed in the review"),
    by={Role.REVIEWER: {Status.DRAFT}},
    target=Status.SUBMITTED,
    rules=submission_findings,
)
ENTER = _Act(
    "enter",
    Event("review.entered", "代录评分表", "Entered the sheet of a judge"),
    by={Role.OFFICE: {Status.DRAFT}},
    target=Status.ENTERED,
    rules=entering_findings,
)
CHECK = _Act(
    "check",
    Event("review.checked", "复核评分表", "Checked the sheet that was entered"),
    by={Role.OFFICE: {Status.ENTERED}},
    target=Status.SUBMITTED,
    rules=check_findings,
)
SCAN = _Act(
    "scan",
    Event("review.scanned", "上传评分表扫描件", "Stored the scan of the sheet"),
    by={Role.OFFICE: {Status.ENTERED, Status.SUBMITTED}},
    rules=scan_findings,
)
REOPEN = _Act(
    "reopen",
    Event("review.reopened", "退回修改", "Gave the review back to whom it is from"),
    by={Role.OFFICE: {Status.ENTERED, Status.SUBMITTED}},
    target=Status.DRAFT,
    rules=reopening_findings,
)
ACTS = (SAVE, SUBMIT, ENTER, SCAN, CHECK, REOPEN)

BEGUN = Event("review.begun", "开始评审", "Began the review")
