import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

import app.services
from app.auditing import COMPARED
from app.models.enums import Role
from app.services.policies import OWNERS, WORKED_ON_BY_OTHERS
from app.services.policies import audit as policy
from app.services.policies.audit import EVENTS, HANDED_IN, INWARD, READ_BY

SOURCES = [path for folder in app.services.__path__ for path in Path(folder).rglob("*.py") if path.name != "audit.py"]
SUBJECTS = "|".join(sorted({event.subject for event in EVENTS.values()}))
WRITTEN = {event for path in SOURCES for event in re.findall(rf'"((?:{SUBJECTS})\.[a-z_]+)"', path.read_text("utf-8"))}
READ_WHOLE = {
    "application.submitted",
    "application.endorsed",
    "application.filed",
    "application.check_taken_back",
    "application.correction_requested",
    "application.accepted",
    "application.disqualified",
    "application.withdrawn",
    "application.swap_requested",
    "application.swapped_out",
    "application.swapped_in",
    "application.rescanned",
    "plan.submitted",
    "plan.returned",
}
"""What the office reads of the work of units and committees: what is handed in, and what is decided on it."""

NOT_READ = {"application.paused", "application.resumed"}
"""The owners' own business, of which the office is not to learn."""


def test_every_event_that_is_written_has_its_words() -> None:
    assert WRITTEN - set(EVENTS) == set()


def test_no_words_are_kept_for_what_never_happens() -> None:
    assert set(EVENTS) - WRITTEN == set()


def test_what_the_office_reads_of_the_work_of_others() -> None:
    assert HANDED_IN == READ_WHOLE
    assert INWARD == NOT_READ
    assert {EVENTS[code].subject for code in HANDED_IN | INWARD} <= WORKED_ON_BY_OTHERS


COLUMNS = {
    f"{subject}.{column.key}"
    for subject, model in COMPARED.items()
    for column in inspect(model).column_attrs
    if not column.columns[0].info.get("derived")
}
NOT_KEPT = {
    r".*\.(id|version|versions|.*_id|.*_at|.*_by|.*_digest|digest|number|cases_numbered|event|type|origin)": "identity",
    r".*\.(status|reason|reason_codes|.*_reason|.*_cause|cause|kind|until|due_on|changed_fields|answer)": "particulars",
    r".*\.(narrative_length|image_count|promised_cases|to_(committee|unit)_name|basis|attempts)": "follows from others",
    r"committee\.direct|vocabulary\.name": "fixed",
    r"application\.reconsidered": "follows from its events",
    r"unit\.credit_code_doubt": "follows from its code",
    r"(account|endpoint)\..*(secret|hash|activation|retiring).*|.*\.(verification_code|certificate_number)": "secret",
    r"(review|ranking|proposal|round)\.(scores|remark|total|result|inputs|seed|budget)": "scores, and who judges whom",
    r"(objection|recusal|conflict_dismissal)\..*": "never changed, but for an answer or its end",
    r"veto\.(code|found)|paper_template\.(paper|placeholders)": "particulars",
    r"nomination\.(payload|revision)|filing\.recommended_order|award\.person_.*": "fixed",
    r"(announcement|composite|document|exemption|figure_table|earlier_win|backup|deployment)\..*": "fixed",
}


def test_of_every_column_it_is_said_who_reads_its_values_or_that_none_are_kept() -> None:
    assert READ_BY.keys() <= COLUMNS
    unsaid = [each for each in sorted(COLUMNS - READ_BY.keys()) if not any(re.fullmatch(no, each) for no in NOT_KEPT)]
    assert unsaid == [], "add it to READ_BY in policies/audit.py, or here with a reason"


def test_a_secret_score_or_code_is_never_kept() -> None:
    words = re.compile("secret|hash|activation|score|total|remark|seed|verification|payload|inputs|result")
    assert [column for column in READ_BY if words.search(column)] == []


def test_the_owners_drafts_are_the_owners_alone() -> None:
    assert {READ_BY[each] for each in READ_BY if each.startswith("application.")} == {OWNERS}


ALIKE, OTHERS = "甲" * 400, "乙" * 400


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("张静", "李文博", [("", "张静", "李文博")]),
        (None, "李文博", [("", None, "李文博")]),
        ("同", "同", []),
        (ALIKE + "一" + ALIKE, ALIKE + "二三" + ALIKE, [("", "…一…", "…二三…")]),
        (ALIKE, None, [("", "甲" * 300 + "…", None)]),
        (ALIKE, OTHERS, [("", "甲" * 300 + "…", "乙" * 300 + "…")]),
        ({"a": 1, "b": {"c": 2}}, {"a": 1, "b": {"c": 3}}, [("/b/c", 2, 3)]),
        ({"a": 1}, {"a": 1, "d": [1]}, [("/d", None, [1])]),
        (
            [{"code": "x", "n": 1}, {"code": "y"}],
            [{"code": "x", "n": 2}],
            [("/x/n", 1, 2), ("/y", {"code": "y"}, None)],
        ),
        (None, [{"id": "r", "name": "甲"}], [("/r", None, {"id": "r", "name": "甲"})]),
        ([1, 2], [1, 3, 4], [("/1", 2, 3), ("/2", None, 4)]),
    ],
)
def test_the_differences_of_a_change(before: Any, after: Any, expected: list[Any]) -> None:
    kept = policy.changes("campaign", {"settings": (before, after)})
    assert [(str(each["name"]).removeprefix("settings"), each["before"], each["after"]) for each in kept] == expected


def test_what_is_kept_of_one_change_is_bounded() -> None:
    kept = policy.changes("campaign", {"settings": ({}, {str(n): "甲" * 9000 for n in range(9000)})})
    assert len(kept) == policy.MOST
    assert max(len(str(each["after"])) for each in kept) == policy.LONGEST + 1


@pytest.mark.parametrize("column", sorted(COLUMNS))
def test_a_kept_value_is_read_by_those_who_may_and_by_nobody_else(column: str) -> None:
    subject, _, name = column.partition(".")
    kept = policy.changes(subject, {name: ("旧值", "新值")})
    assert bool(kept) is (column in READ_BY)
    for role in Role:
        shown = policy.disclosed(subject, kept, role)
        assert shown == (kept if role in READ_BY.get(column, ()) else []), role
