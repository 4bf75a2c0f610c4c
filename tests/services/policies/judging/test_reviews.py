from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.findings import Finding
from app.models.enums import ReviewStatus, Role, RoundStatus
from app.services.policies import actions
from app.services.policies.judging import reviews as policy
from app.services.policies.judging.reviews import ReviewFacts, Sheet
from tests.world import NOW

TICK = timedelta(microseconds=1)
OPENS, CLOSES = NOW - timedelta(hours=1), NOW + timedelta(days=30)
CRITERIA = [
    {
        "code": "influence",
        "name": "影响力",
        "weight": 3,
        "minimum": 0,
        "maximum": 100,
        "anchors": [],
        "description": "",
    },
    {
        "code": "novelty",
        "name": "创新特点",
        "weight": 1,
        "minimum": 10,
        "maximum": 20,
        "anchors": [],
        "description": "",
    },
]
MAY = {
    "save": (Role.REVIEWER, ["draft"], None),
    "submit": (Role.REVIEWER, ["draft"], "submitted"),
    "enter": (Role.OFFICE, ["draft"], "entered"),
    "scan": (Role.OFFICE, ["entered", "submitted"], None),
    "check": (Role.OFFICE, ["entered"], "submitted"),
    "reopen": (Role.OFFICE, ["entered", "submitted"], "draft"),
}


def given(*scores: tuple[str, float | None]) -> list[dict[str, Any]]:
    return [{"code": code, "score": score, "remark": ""} for code, score in scores]


FULL = given(("influence", 80), ("novelty", 15))
FACTS = ReviewFacts(ReviewStatus.DRAFT, NOW, FULL, CRITERIA, RoundStatus.OPEN, OPENS, CLOSES)


def reasons(findings: list[Finding]) -> list[tuple[str, str | None]]:
    return [(finding.rule.code, finding.pointer) for finding in findings]


@pytest.mark.parametrize("act", policy.ACTS, ids=lambda each: each.name)
def test_who_may_do_what_from_which_state(act: Any) -> None:
    who, states, target = MAY[act.name]
    assert act.target == target
    for role in Role:
        for status in ReviewStatus:
            allowed = role is who and status.value in states
            assert (act.barred(role, status) == []) is allowed


def test_no_act_is_missing_in_the_table() -> None:
    assert [act.name for act in policy.ACTS] == list(MAY)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([], []),
        (given(("influence", None)), []),
        (given(("influence", 0), ("novelty", 20)), []),
        (given(("influence", 101)), [("score_out_of_range", "/scores/0/score")]),
        (given(("influence", 50), ("novelty", 9)), [("score_out_of_range", "/scores/1/score")]),
        (given(("beauty", 5)), [("unknown_criterion", "/scores/0/code")]),
        (given(("influence", 5), ("influence", 500)), [("repeated_criterion", "/scores/1/code")]),
        (
            given(("beauty", 5), ("influence", 500), ("influence", 5)),
            [
                ("unknown_criterion", "/scores/0/code"),
                ("score_out_of_range", "/scores/1/score"),
                ("repeated_criterion", "/scores/2/code"),
            ],
        ),
    ],
)
def test_a_draft_holds_scores_of_the_rounds_criteria_in_their_ranges(scores: Any, expected: Any) -> None:
    assert reasons(policy.save_findings(replace(FACTS, scores=scores))) == expected


@pytest.mark.parametrize(
    ("step", "on", "off"),
    [
        (None, [0, 86, 100], [0.5, 86.1, 99.999]),
        ("0.5", [0.5, 86, 99.5], [0.1, 86.25, 86.4]),
        ("0.1", [0.1, 0.3, 86.7, 99.9], [0.05, 86.75, 0.30000000000000004]),
    ],
)
def test_a_score_is_a_multiple_of_its_criterions_step(step: str | None, on: Any, off: Any) -> None:
    criteria = [CRITERIA[0] | ({"step": step} if step else {})]
    assert [score for score in on if policy.score_findings(criteria, given(("influence", score)))] == []
    for score in off:
        (found,) = policy.score_findings(criteria, given(("influence", score)))
        assert (found.rule.code, found.pointer) == ("score_off_step", "/scores/0/score")
        assert found.params == {"name": "影响力", "step": step or "1", "score": score}


@pytest.mark.parametrize(
    ("scores", "missing"),
    [
        (FULL, []),
        (FULL[::-1], []),
        (FULL[:1], ["novelty"]),
        (given(("influence", None), ("novelty", 15)), ["influence"]),
        ([], ["influence", "novelty"]),
    ],
)
def test_a_submission_needs_a_score_for_every_criterion(scores: Any, missing: list[str]) -> None:
    facts = replace(FACTS, scores=scores)
    findings = policy.submission_findings(facts)
    assert [(each.rule.code, each.pointer, each.params["criterion"]) for each in findings] == [
        ("criterion_not_scored", "/scores", code) for code in missing
    ]
    assert (policy.total_of(CRITERIA, scores) is None) is bool(missing)


def test_the_total_weighs_each_place_within_its_range() -> None:
    assert policy.total_of(CRITERIA, FULL) == (3 * 80 + 1 * 50) / 4
    assert policy.total_of(CRITERIA, given(("novelty", 10), ("influence", 0))) == 0
    assert policy.total_of(CRITERIA, given(("novelty", 20), ("influence", 100))) == 100


@pytest.mark.parametrize(
    ("status", "now", "codes"),
    [
        (RoundStatus.OPEN, OPENS - TICK, ["not_yet_open"]),
        (RoundStatus.OPEN, OPENS, []),
        (RoundStatus.OPEN, CLOSES - TICK, []),
        (RoundStatus.OPEN, CLOSES, ["deadline_passed"]),
        (RoundStatus.CLOSED, NOW, ["wrong_state"]),
        (RoundStatus.DRAFT, OPENS - TICK, ["wrong_state", "not_yet_open"]),
    ],
)
def test_nothing_changes_but_while_the_round_takes_scores(status: RoundStatus, now: Any, codes: list[str]) -> None:
    facts = replace(FACTS, round_status=status, now=now)
    for findings in (policy.save_findings, policy.submission_findings, policy.reopening_findings):
        assert [finding.rule.code for finding in findings(facts)] == codes


def test_what_the_judge_has_no_more_is_not_given_back() -> None:
    facts = replace(FACTS, status=ReviewStatus.SUBMITTED, standing=False)
    assert reasons(policy.reopening_findings(facts)) == [("no_longer_assigned", None)]


@pytest.mark.parametrize(
    ("role", "status", "expected"),
    [
        (Role.REVIEWER, ReviewStatus.DRAFT, {"save": [], "submit": ["criterion_not_scored"]}),
        (Role.REVIEWER, ReviewStatus.SUBMITTED, {"save": ["wrong_state"], "submit": ["wrong_state"]}),
        (
            Role.OFFICE,
            ReviewStatus.DRAFT,
            {"enter": ["not_a_live_round"]} | {act: ["wrong_state"] for act in ("scan", "check", "reopen")},
        ),
        (
            Role.OFFICE,
            ReviewStatus.ENTERED,
            {"enter": ["wrong_state"], "scan": ["no_sheet"], "check": [], "reopen": []},
        ),
        (
            Role.OFFICE,
            ReviewStatus.SUBMITTED,
            {"enter": ["wrong_state"], "scan": ["no_sheet"], "check": ["wrong_state"], "reopen": []},
        ),
        *((role, ReviewStatus.DRAFT, {}) for role in (Role.UNIT, Role.COMMITTEE, Role.MUNICIPAL, Role.PUBLIC)),
    ],
)
def test_actions_tell_beforehand_what_stands_in_the_way(role: Role, status: ReviewStatus, expected: Any) -> None:
    found = actions(policy.ACTS, role, replace(FACTS, status=status, scores=FULL[:1]))
    assert {act: [each.rule.code for each in findings] for act, findings in found.items()} == expected


LIVE = Sheet(live=True)
MINE = Sheet(live=True, entered=True, own=True)
THEIRS = Sheet(live=True, entered=True)


@pytest.mark.parametrize(
    ("sheet", "saving", "entering", "checking"),
    [
        (Sheet(), [], ["not_a_live_round"], []),
        (Sheet(on_paper=True), [], ["not_a_live_round"], []),
        (LIVE, [], [], []),
        (replace(LIVE, begun=True), [], ["judge_scores"], []),
        (replace(LIVE, on_paper=True), ["sheet_needed"], [], []),
        (THEIRS, ["sheet_entered"], [], []),
        (MINE, ["sheet_entered"], [], ["second_person_needed"]),
    ],
)
def test_a_sheet_is_entered_by_one_clerk_and_checked_by_another(
    sheet: Sheet, saving: Any, entering: Any, checking: Any
) -> None:
    facts = replace(FACTS, sheet=sheet)
    for codes, rules in (
        (saving, policy.save_findings),
        (saving, policy.submission_findings),
        (entering, policy.entering_findings),
        (checking, policy.check_findings),
    ):
        assert [finding.rule.code for finding in rules(facts)] == codes


@pytest.mark.parametrize("needed", [False, True])
@pytest.mark.parametrize("scanned", [False, True])
def test_a_sheet_is_checked_with_its_scan_where_the_round_asks_for_one(*, scanned: bool, needed: bool) -> None:
    facts = replace(FACTS, status=ReviewStatus.ENTERED, sheet=replace(THEIRS, scanned=scanned, scan_needed=needed))
    assert reasons(policy.check_findings(facts)) == ([("scan_needed", "/scan")] if needed and not scanned else [])
    alone = replace(facts, sheet=replace(MINE, scan_needed=True))
    assert reasons(policy.check_findings(alone)) == [("second_person_needed", None), ("scan_needed", "/scan")]


@pytest.mark.parametrize(
    ("status", "sheet", "codes"),
    [
        (ReviewStatus.ENTERED, THEIRS, []),
        (ReviewStatus.ENTERED, MINE, []),
        (ReviewStatus.ENTERED, replace(THEIRS, scanned=True), []),
        (ReviewStatus.SUBMITTED, THEIRS, []),
        (ReviewStatus.SUBMITTED, replace(THEIRS, scanned=True), ["scan_checked"]),
        (ReviewStatus.SUBMITTED, replace(LIVE, begun=True), ["no_sheet"]),
        (ReviewStatus.SUBMITTED, Sheet(), ["no_sheet"]),
    ],
)
def test_a_scan_is_replaced_until_the_sheet_is_checked_with_it(
    status: ReviewStatus, sheet: Sheet, codes: list[str]
) -> None:
    facts = replace(FACTS, status=status, sheet=sheet)
    assert [each.rule.code for each in policy.scan_findings(facts)] == codes
    late = policy.scan_findings(replace(facts, now=CLOSES, standing=False))
    assert [each.rule.code for each in late] == ["deadline_passed", "no_longer_assigned", *codes]


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (FULL, []),
        (FULL[::-1], []),
        (given(("influence", 80.0), ("novelty", 15)), []),
        (given(("influence", 81), ("novelty", 15)), [("sheet_differs", "/scores/0/score")]),
        (FULL[:1], [("criterion_not_scored", "/scores")]),
        ([], [("criterion_not_scored", "/scores")] * 2),
        (given(("influence", 80), ("novelty", 15), ("beauty", 1)), [("unknown_criterion", "/scores/2/code")]),
    ],
)
def test_the_second_reading_of_a_sheet_is_whole_and_the_same(read: Any, expected: Any) -> None:
    assert reasons(policy.reading_findings(CRITERIA, FULL, read)) == expected


def test_the_sheet_has_every_criterion_in_the_rounds_order() -> None:
    described = {"name", "weight", "minimum", "maximum", "step"}
    sheet = policy.sheet(CRITERIA, given(("novelty", 12)))
    assert [{key: row[key] for key in row.keys() - described} for row in sheet] == [
        {"code": "influence", "score": None, "remark": ""},
        {"code": "novelty", "score": 12, "remark": ""},
    ]
    assert all(described <= row.keys() for row in sheet)
