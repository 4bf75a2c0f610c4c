from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.findings import Finding
from app.models.enums import CampaignStatus, ConflictReason, RankingMethod, Role, RoundIntake, RoundKind, RoundStatus
from app.services.policies import actions
from app.services.policies.judging import rounds as policy
from app.services.policies.judging.conflicts import UndecidedConflict
from app.services.policies.judging.rounds import RoundFacts, RoundSetup
from tests.world import NOW

DRAFT, OPEN, CLOSED = RoundStatus
HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
MAY = {
    "edit": ("draft open", None),
    "set_panel": ("draft open", None),
    "add_entries": ("draft open", None),
    "remove_entry": ("draft open", None),
    "delete": ("draft", None),
    "open": ("draft", "open"),
    "close": ("open", "closed"),
}
SOURCE = "0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"
SETUP: dict[str, Any] = {
    "name": "初评",
    "kind": RoundKind.WRITTEN,
    "intake": RoundIntake.ALL,
    "source_round_id": None,
    "intake_limit": None,
    "criteria": [{"code": "influence", "weight": 60}, {"code": "value", "weight": 40}],
    "blind": True,
    "shows_others": False,
    "scans_needed": False,
    "method": RankingMethod.MEAN,
    "tie_breaks": ["value"],
    "seed": 1,
    "reviews_wanted": 3,
    "cut": None,
    "opens_at": NOW,
    "closes_at": NOW + HOUR,
}
CHANGES: dict[str, Any] = {
    "name": "复评",
    "kind": RoundKind.LIVE,
    "intake": RoundIntake.SELECTED,
    "source_round_id": SOURCE,
    "intake_limit": 5,
    "criteria": [{"code": "influence", "weight": 50}, {"code": "value", "weight": 50}],
    "blind": False,
    "shows_others": True,
    "scans_needed": True,
    "method": RankingMethod.TRIMMED_MEAN,
    "tie_breaks": [],
    "seed": 2,
    "reviews_wanted": 5,
    "cut": 20,
    "opens_at": NOW + TICK,
    "closes_at": NOW + 2 * HOUR,
}


def setup(**values: Any) -> RoundSetup:
    return RoundSetup(**(SETUP | values))


def facts(**values: Any) -> RoundFacts:
    plain: dict[str, Any] = {
        "status": DRAFT,
        "now": NOW,
        "campaign_status": CampaignStatus.PUBLISHED,
        "method": RankingMethod.MEAN,
        "reviews_wanted": 3,
        "closes_at": NOW + HOUR,
        "intake_limit": None,
        "source_closed": True,
        "entering": 10,
        "unchecked": 0,
        "panel": 3,
        "missing": 0,
    }
    return RoundFacts(**(plain | values))


def reasons(findings: list[Finding]) -> list[tuple[str, str | None]]:
    return [(finding.rule.code, finding.pointer) for finding in findings]


@pytest.mark.parametrize("act", policy.ACTS, ids=lambda each: each.name)
def test_who_may_do_what_from_which_state(act: Any) -> None:
    states, target = MAY[act.name]
    assert act.target == target
    for role in Role:
        for status in RoundStatus:
            allowed = role is Role.OFFICE and status.value in states.split()
            assert (act.barred(role, status) == []) is allowed


def test_no_act_is_missing_in_the_table() -> None:
    assert [act.name for act in policy.ACTS] == list(MAY)


@pytest.mark.parametrize(
    ("status", "now", "codes"),
    [
        (OPEN, NOW, []),
        (OPEN, NOW + HOUR - TICK, []),
        (OPEN, NOW - TICK, ["not_yet_open"]),
        (OPEN, NOW + HOUR, ["deadline_passed"]),
        (DRAFT, NOW, ["wrong_state"]),
        (CLOSED, NOW + HOUR, ["wrong_state", "deadline_passed"]),
    ],
)
def test_scores_are_saved_while_the_round_is_open_and_in_its_time(status: RoundStatus, now: Any, codes: Any) -> None:
    found = policy.scoring_findings(status, NOW, NOW + HOUR, now)
    assert [finding.rule.code for finding in found] == codes


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"criteria": [], "tie_breaks": []}, [("no_criteria", "/criteria")]),
        (
            {"criteria": [{"code": "value"}, {"code": "value"}]},
            [("code_twice", "/criteria/1/code")],
        ),
        (
            {"tie_breaks": ["value", "beauty", "value"]},
            [("code_twice", "/tie_breaks/2"), ("unknown_criterion", "/tie_breaks/1")],
        ),
        ({"closes_at": NOW}, [("closes_before_opening", "/closes_at")]),
        ({"closes_at": NOW + TICK}, []),
        ({"kind": RoundKind.LIVE}, [("live_not_blind", "/blind")]),
        ({"kind": RoundKind.LIVE, "blind": False}, []),
        ({"kind": RoundKind.LIVE, "blind": False, "scans_needed": True}, []),
        ({"scans_needed": True}, [("scans_of_live", "/scans_needed")]),
        ({"intake": RoundIntake.BEST}, [("required", "/source_round_id"), ("required", "/intake_limit")]),
        ({"intake": RoundIntake.BEST, "source_round_id": SOURCE, "intake_limit": 5}, []),
        (
            {"source_round_id": SOURCE, "intake_limit": 5},
            [("not_wanted", "/source_round_id"), ("not_wanted", "/intake_limit")],
        ),
    ],
)
def test_what_of_a_setup_does_not_go_together_is_said_all_at_once(changed: Any, found: Any) -> None:
    assert reasons(policy.setup_findings(setup(**changed))) == found


LATE = {
    **dict.fromkeys(("intake", "source_round_id", "intake_limit"), ("intake_fixed", "intake_fixed")),
    **dict.fromkeys(("criteria", "blind", "shows_others", "method", "tie_breaks", "seed"), (None, "criteria_fixed")),
    **dict.fromkeys(("name", "reviews_wanted", "cut", "closes_at", "scans_needed"), (None, None)),
    "opens_at": ("already_begun", "already_begun"),
    "kind": ("kind_fixed", "kind_fixed"),
}
"""What refuses the change of a member while the round is open: before anything was scored, and after."""


@pytest.mark.parametrize("name", policy.SETUP)
def test_a_change_comes_too_late_once_somebody_relies_on_what_it_changes(name: str) -> None:
    new = setup(**{name: CHANGES[name]})
    plain: dict[str, Any] = {"listed": False, "now": NOW}
    assert policy.change_findings(setup(), new, status=DRAFT, reviewed=False, **plain) == []
    for reviewed in (False, True):
        code = LATE[name][reviewed]
        found = policy.change_findings(setup(), new, status=OPEN, reviewed=reviewed, **plain)
        assert reasons(found) == ([(code, f"/{name}")] if code else [])


def test_every_setting_is_judged() -> None:
    assert set(LATE) == set(policy.SETUP) == set(SETUP) == set(CHANGES)


def test_the_beginning_moves_until_it_has_come_and_the_end_only_to_later() -> None:
    sooner = setup(opens_at=NOW - HOUR)
    plain: dict[str, Any] = {"status": OPEN, "listed": True, "reviewed": False}
    assert policy.change_findings(setup(), sooner, now=NOW - TICK, **plain) == []
    assert reasons(policy.change_findings(setup(), sooner, now=NOW, **plain)) == [("already_begun", "/opens_at")]
    shorter = setup(closes_at=SETUP["closes_at"] - TICK)
    assert reasons(policy.change_findings(setup(), shorter, now=NOW, **plain)) == [("closes_earlier", "/closes_at")]


def test_a_seed_that_drew_an_order_of_appearance_stays() -> None:
    old = setup(kind=RoundKind.LIVE, blind=False)
    plain: dict[str, Any] = {"listed": True, "reviewed": False, "now": NOW}
    assert policy.change_findings(old, replace(old, seed=2), status=DRAFT, **plain | {"listed": False}) == []
    found = policy.change_findings(old, replace(old, seed=2), status=OPEN, **plain)
    assert reasons(found) == [("order_drawn", "/seed")]
    assert found[0].params == {"seed": 1}


def test_a_draft_whose_cases_are_listed_stays_a_list() -> None:
    old, new = setup(intake=RoundIntake.SELECTED), setup()
    plain: dict[str, Any] = {"status": DRAFT, "reviewed": False, "now": NOW}
    assert reasons(policy.change_findings(old, new, listed=True, **plain)) == [("entries_listed", "/intake")]
    assert policy.change_findings(old, new, listed=False, **plain) == []
    assert policy.change_findings(old, old, listed=True, **plain) == []


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({}, []),
        ({"campaign_status": CampaignStatus.CLOSED}, [("campaign_not_open", "/campaign_id")]),
        ({"entering": 0}, [("no_entries", None)]),
        ({"entering": 0, "source_closed": False}, [("source_not_closed", "/source_round_id")]),
        ({"panel": 2}, [("panel_too_small", "/reviews_wanted")]),
        ({"closes_at": NOW}, [("deadline_in_the_past", "/closes_at")]),
        (
            {"entering": 0, "panel": 0, "campaign_status": CampaignStatus.DRAFT},
            [("campaign_not_open", "/campaign_id"), ("no_entries", None), ("panel_too_small", "/reviews_wanted")],
        ),
    ],
)
def test_what_keeps_a_round_from_being_opened(values: Any, found: Any) -> None:
    findings = policy.opening_findings(facts(**values))
    assert reasons(findings) == found
    assert all(finding.refuses for finding in findings)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"entering": 5, "intake_limit": 5}, []),
        ({"entering": 6, "intake_limit": 5}, [("ties_enter", "/intake_limit")]),
        ({"unchecked": 2}, [("unchecked_left", None)]),
        ({"method": RankingMethod.TRIMMED_MEAN}, [("too_few_to_trim", "/reviews_wanted")]),
        ({"method": RankingMethod.TRIMMED_MEAN, "reviews_wanted": 5, "panel": 5}, []),
    ],
)
def test_what_is_pointed_out_before_a_round_is_opened(values: Any, found: Any) -> None:
    findings = policy.opening_findings(facts(**values))
    assert reasons(findings) == found
    assert not any(finding.refuses for finding in findings)


def test_a_round_that_lacks_reviews_is_closed_only_on_purpose() -> None:
    lacking = facts(status=OPEN, missing=2)
    assert [finding.params for finding in policy.closing_findings(lacking)] == [{"count": 2, "wanted": 3}]
    assert policy.closing_findings(replace(lacking, despite_missing=True)) == []
    assert policy.closing_findings(facts(status=OPEN)) == []


def test_a_round_whose_sheets_are_unchecked_is_closed_only_on_purpose() -> None:
    unchecked = facts(status=OPEN, sheets=3)
    (found,) = policy.closing_findings(unchecked)
    assert (found.rule.code, found.params) == ("sheets_unchecked", {"count": 3})
    assert policy.closing_findings(replace(unchecked, despite_missing=True)) == []


def test_a_round_is_not_closed_on_purpose_over_a_conflict() -> None:
    found = UndecidedConflict("周敏", "2015-QT-001", "红马甲", ConflictReason.SAME_PERSON)
    doubtful = facts(status=OPEN, missing=2, conflicts=(found,), despite_missing=True)
    assert [finding.rule.code for finding in policy.closing_findings(doubtful)] == ["conflict_undecided"]


def test_the_office_is_told_of_every_act_and_others_of_none() -> None:
    of_draft = actions(policy.ACTS, Role.OFFICE, facts(panel=0))
    assert {name: [each.rule.code for each in found] for name, found in of_draft.items()} == {
        "edit": [],
        "set_panel": [],
        "add_entries": [],
        "remove_entry": [],
        "delete": [],
        "open": ["panel_too_small"],
        "close": ["wrong_state"],
    }
    assert {role for role in Role if actions(policy.ACTS, role, facts())} == {Role.OFFICE}
