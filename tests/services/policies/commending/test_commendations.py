from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.models.enums import AwardStatus, Role
from app.models.enums import CommendationStatus as Status
from app.services.policies import actions
from app.services.policies.commending import commendations as policy
from app.services.policies.commending.commendations import AwardFacts, CommendationFacts
from tests.world import NOW

READY = AwardFacts(AwardStatus.PROPOSED, "红马甲", application_id=UUID(int=1), public_summary="邻里互助")
MUTE = AwardFacts(AwardStatus.PROPOSED, "蓝马甲", application_id=UUID(int=2), public_summary="")
COMMITTEE = AwardFacts(AwardStatus.PROPOSED, "乔屯街道", application_id=None, public_summary="")
HELD = AwardFacts(AwardStatus.HELD, "黄马甲", application_id=UUID(int=3), public_summary="互助")
AWARDED = AwardFacts(AwardStatus.AWARDED, "白马甲", application_id=UUID(int=4), public_summary="互助")
DROPPED = AwardFacts(AwardStatus.DROPPED, "绿马甲", application_id=UUID(int=5), public_summary="")
MAY = {
    "edit": ("draft", None),
    "delete": ("draft", None),
    "propose_awards": ("draft", None),
    "publicise": ("draft", "publicised"),
    "publish": ("publicised", "published"),
    "order_booklet": ("published", None),
}


def facts(*awards: AwardFacts, status: Status = Status.PUBLICISED, **values: Any) -> CommendationFacts:
    return CommendationFacts(status, NOW, awards, **values)


def awarded(count: int) -> list[AwardFacts]:
    """So many cases with one award each."""
    return [replace(AWARDED, application_id=UUID(int=number)) for number in range(count)]


def test_the_table_is_the_one_of_the_regulation() -> None:
    assert [act.name for act in policy.ACTS] == list(MAY)
    for act in policy.ACTS:
        source, target = MAY[act.name]
        assert act.by == {Role.OFFICE: {Status(source)}}
        assert act.target == (Status(target) if target else None)


@pytest.mark.parametrize(
    ("awards", "expected"),
    [
        ([READY], []),
        ([COMMITTEE], []),
        ([READY, DROPPED], []),
        ([], ["no_awards"]),
        ([DROPPED], ["no_awards"]),
        ([READY, MUTE], ["summary_missing"]),
    ],
)
def test_what_is_made_public_has_something_to_read(awards: list[AwardFacts], expected: list[str]) -> None:
    assert [finding.rule.code for finding in policy.publicity_findings(facts(*awards))] == expected


def test_missing_summaries_are_counted_and_the_first_is_named() -> None:
    (finding,) = policy.publicity_findings(facts(READY, MUTE, MUTE))
    assert finding.params == {"count": 2, "name": "蓝马甲"}


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (facts(READY, publicity_ends_at=NOW), []),
        (facts(READY, publicity_ends_at=NOW + timedelta(microseconds=1)), ["publicity_running"]),
        (facts(READY, publicity_ends_at=NOW, open_objections=1), ["objections_open"]),
        (facts(READY, HELD, publicity_ends_at=NOW), ["awards_held"]),
        (facts(DROPPED, publicity_ends_at=NOW), ["no_awards"]),
        (
            facts(HELD, publicity_ends_at=NOW + timedelta(1), open_objections=1),
            ["publicity_running", "objections_open", "awards_held"],
        ),
    ],
)
def test_nothing_is_published_while_somebody_may_object(known: CommendationFacts, expected: list[str]) -> None:
    assert [finding.rule.code for finding in policy.publication_findings(known)] == expected


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        (Status.DRAFT, ["edit", "delete", "propose_awards", "publicise"]),
        (Status.PUBLICISED, ["publish"]),
        (Status.PUBLISHED, ["order_booklet"]),
    ],
)
def test_the_office_sees_what_it_may_do(status: Status, allowed: list[str]) -> None:
    found = actions(policy.ACTS, Role.OFFICE, facts(READY, AWARDED, status=status, publicity_ends_at=NOW))
    assert [name for name, findings in found.items() if not findings] == allowed
    for role in set(Role) - {Role.OFFICE}:
        assert actions(policy.ACTS, role, facts(READY, status=status)) == {}


@pytest.mark.parametrize(
    ("awards", "expected"),
    [
        ([AWARDED], []),
        ([READY, COMMITTEE, DROPPED], ["no_cases"]),
        (awarded(policy.MOST_CASES), []),
        (awarded(policy.MOST_CASES) * 2, []),
        (awarded(policy.MOST_CASES + 1), ["too_many_cases"]),
        ([replace(COMMITTEE, status=AwardStatus.AWARDED)], ["no_cases"]),
    ],
)
def test_a_booklet_has_the_awarded_cases_and_not_too_many(awards: list[AwardFacts], expected: list[str]) -> None:
    known = facts(*awards, status=Status.PUBLISHED)
    assert [finding.rule.code for finding in policy.booklet_findings(known)] == expected
