from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from app.findings import Finding
from app.models.enums import AwardStatus as Status
from app.models.enums import CommendationStatus, Role
from app.services.filing.campaigns import template
from app.services.policies import actions
from app.services.policies.commending import awards as policy
from app.services.policies.commending.awards import AwardFacts, Candidate, Choice
from app.services.policies.filing.award_settings import AwardKind
from app.services.policies.filing.notice import CampaignSettings

GRADED: list[dict[str, Any]] = [
    {
        "code": "excellent_case",
        "name": "优秀案例",
        "recipient": "application",
        "grades": [{"code": "first", "name": "一等奖"}, {"code": "second", "name": "二等奖"}],
    },
    {"code": "advanced_committee", "name": "组织工作先进单位", "recipient": "committee", "grades": []},
]
SETTINGS = CampaignSettings.model_validate(template("lubei-2015") | {"award_kinds": GRADED})
MAY = {
    "edit": ("proposed", None),
    "delete": ("proposed", None),
    "release": ("held", "proposed"),
    "drop": ("held proposed", "dropped"),
    "award": ("proposed", "awarded"),
    "revoke": ("awarded", "revoked"),
}


def case(name: str, rank: int | None = None, score: float | None = None, **values: Any) -> Candidate:
    return Candidate(uuid4(), name, rank, score, **values)


def codes_of(findings: list[Finding]) -> list[tuple[str, str | None]]:
    return [(finding.rule.code, finding.pointer) for finding in findings]


def chosen(choice: Choice) -> str:
    return "".join(each.name for each in choice.chosen)


def test_the_table_is_the_one_of_the_regulation() -> None:
    by_office = [act for act in policy.ACTS if act is not policy.HOLD]
    assert [act.name for act in by_office] == list(MAY)
    for act in by_office:
        sources, target = MAY[act.name]
        assert act.by == {Role.OFFICE: {Status(source) for source in sources.split()}}
        assert act.target == (Status(target) if target else None)


def test_whoever_objects_holds_an_award() -> None:
    assert policy.HOLD.by == {role: {Status.PROPOSED} for role in set(Role) - {Role.PUBLIC}}
    assert policy.HOLD.target is Status.HELD


@pytest.mark.parametrize(
    ("kind", "grade", "recipient", "expected"),
    [
        ("excellent_case", "first", "application", []),
        ("advanced_committee", None, "committee", []),
        ("excellent_case", None, "application", [("grade_needed", "/grade")]),
        ("excellent_case", "third", "application", [("unknown_grade", "/grade")]),
        ("advanced_committee", "first", "committee", [("unknown_grade", "/grade")]),
        ("advanced_committee", None, "application", [("wrong_recipient", "/kind")]),
        ("excellent_case", None, "committee", [("wrong_recipient", "/kind"), ("grade_needed", "/grade")]),
        ("best_song", "first", "application", [("unknown_award_kind", "/kind")]),
    ],
)
def test_an_award_is_of_a_kind_and_grade_the_campaign_has(
    kind: str, grade: str | None, recipient: str, expected: list[Any]
) -> None:
    assert codes_of(policy.kind_findings(SETTINGS, kind, grade, recipient)) == expected


@pytest.mark.parametrize(
    ("ranks", "count", "expected", "findings"),
    [
        ([1, 2, 3], 2, "ab", []),
        ([3, 1, 2], 2, "bc", []),
        ([1, 2, 2], 1, "a", []),
        ([1, 2, 2], 3, "abc", []),
        ([1, 2, 2], 2, "ab", ["tied_at_the_cut"]),
        ([1, 1, 1], 1, "a", ["tied_at_the_cut"]),
        ([1, 1, 3], 2, "ab", []),
        ([1, None, 2], 2, "ac", []),
        ([1, None, 2], 3, "ac", ["too_few_ranked"]),
        ([None, None], 1, "", ["too_few_ranked"]),
    ],
)
def test_the_best_are_taken_and_a_tie_across_the_cut_is_refused(
    ranks: list[int | None], count: int, expected: str, findings: list[str]
) -> None:
    choice = policy.best([case(name, rank) for name, rank in zip("abc", ranks, strict=False)], count, "/count")
    assert chosen(choice) == expected
    assert codes_of(list(choice.findings)) == [(code, "/count") for code in findings]


WITHIN, BEYOND, TOO_MANY = "within_places", "beyond_places", [("places_taken", "/count")]


@pytest.mark.parametrize(
    ("ties", "taken", "ranks", "expected"),
    [
        (WITHIN, 0, [1, 2], []),
        (WITHIN, 0, [1, 2, 3], TOO_MANY),
        (WITHIN, 0, [1, 2, 2], TOO_MANY),
        (WITHIN, 2, [], []),
        (WITHIN, 2, [3], TOO_MANY),
        (BEYOND, 0, [1, 2], []),
        (BEYOND, 0, [1, 2, 2], []),
        (BEYOND, 1, [2, 2, 2], []),
        (BEYOND, 0, [1, 2, 3], TOO_MANY),
        (BEYOND, 0, [1, 2, 2, 4], TOO_MANY),
        (BEYOND, 2, [2, 2], TOO_MANY),
        (BEYOND, 0, [None, None, None], TOO_MANY),
    ],
)
def test_the_places_that_were_announced_are_all_there_are_but_for_ties_that_the_notice_lets_in(
    ties: str, taken: int, ranks: Any, expected: Any
) -> None:
    first, second = GRADED[0]["grades"]
    kind = AwardKind.model_validate(GRADED[0] | {"ties": ties, "grades": [first | {"places": 2}, second]})
    chosen = [case(str(place), rank) for place, rank in enumerate(ranks)]
    found = policy.place_findings(kind, "first", taken, chosen, "/count")
    assert codes_of(found) == expected
    for each in found:
        assert each.params == {"name": "一等奖", "places": 2, "taken": taken, "count": len(ranks)}
    assert policy.place_findings(kind, "second", taken, chosen, "/count") == []


def test_where_the_notice_lets_ties_in_all_who_share_the_last_place_are_chosen() -> None:
    cases = [case("a", 1, category="derun"), case("b", 2, category="derun"), case("c", 2, category="derun")]
    assert chosen(policy.best(cases, 2, "/count", ties_enter=True)) == "abc"
    assert chosen(policy.by_quota(SETTINGS, cases, {"derun": 2}, ties_enter=True)) == "abc"


def test_a_kind_with_grades_has_its_places_there() -> None:
    with pytest.raises(ValidationError, match="a kind with grades has its places there"):
        AwardKind.model_validate(GRADED[0] | {"places": 3})
    assert policy.announced(AwardKind.model_validate(GRADED[1] | {"places": 3}), None) is not None


def test_a_tie_names_all_who_are_tied() -> None:
    choice = policy.best([case("甲", 1), case("乙", 2), case("丙", 2), case("丁", 2)], 3, "/count")
    assert choice.findings[0].params == {"names": "丁、丙、乙", "rank": 2}


def test_a_score_takes_all_that_reach_it() -> None:
    cases = [case("a", 1, 90.0), case("b", 2, 85.0), case("c", 2, 85.0), case("d", 4, 84.99), case("e")]
    assert chosen(policy.reaching(cases, 85)) == "abc"
    assert codes_of(list(policy.reaching(cases, 91).findings)) == [("none_reached", "/minimum_score")]


def test_a_quota_takes_the_best_of_each_category_in_the_order_of_the_ranking() -> None:
    cases = [case("a", 1, category="derun"), case("b", 2, category="derun"), case("c", 3, category="qingman")]
    choice = policy.by_quota(SETTINGS, cases, {"qingman": 1, "derun": 1})
    assert (chosen(choice), choice.findings) == ("ac", [])
    tied = [case("a", 1, category="derun"), case("b", 1, category="derun")]
    refused = policy.by_quota(SETTINGS, tied, {"derun": 1, "qingman": 1, "songs": 1})
    assert codes_of(list(refused.findings)) == [
        ("unknown_category", "/quotas/songs"),
        ("tied_at_the_cut", "/quotas/derun"),
        ("too_few_ranked", "/quotas/qingman"),
    ]


def test_only_the_accepted_are_chosen_and_nobody_twice() -> None:
    here, elsewhere = UUID(int=1), UUID(int=2)
    cases = [case("a", accepted=False), case("b", awarded_in=elsewhere), case("c", awarded_in=here), case("d")]
    findings = policy.choice_findings(Choice(cases), here, "/count")
    assert codes_of(findings) == [("not_accepted", "/count"), ("awarded_elsewhere", "/count")]
    assert [finding.params["names"] for finding in findings] == ["a", "b"]


def test_who_is_new_is_placed_behind_those_who_were_proposed_before() -> None:
    choice = Choice([case("a", awarded_in=uuid4()), case("b"), case("c")])
    assert [(position, each.name) for position, each in policy.placed(choice, 7)] == [(8, "b"), (9, "c")]


def test_only_filed_pictures_are_shown() -> None:
    assert policy.picture_findings([2, 1], {1, 2, 3}) == []
    assert codes_of(policy.picture_findings([2, 4], {1, 2, 3})) == [("unknown_picture", "/pictures/1")]


@pytest.mark.parametrize(
    ("status", "commendation", "allowed"),
    [
        ("proposed", "draft", ["edit", "delete"]),
        ("proposed", "publicised", []),
        ("held", "publicised", []),
        ("dropped", "publicised", []),
        ("awarded", "published", ["revoke"]),
        ("revoked", "published", []),
    ],
)
def test_the_office_sees_what_it_may_do_with_an_award(status: str, commendation: str, allowed: list[str]) -> None:
    facts = AwardFacts(Status(status), CommendationStatus(commendation))
    found = actions(policy.OFFERED, Role.OFFICE, facts)
    assert list(found) == ["edit", "delete", "revoke"]
    assert [name for name, findings in found.items() if not findings] == allowed
    for role in set(Role) - {Role.OFFICE}:
        assert actions(policy.OFFERED, role, facts) == {}


BY_ORDER = AwardKind.model_validate(GRADED[0] | {"grades": [], "tie_break": "recommended_order"})
PLAIN = AwardKind.model_validate(GRADED[0] | {"grades": []})
EQUALS = [
    case("a", 1, 90.0),
    *(case(name, 2, 80.0, recommended_rank=place) for name, place in {"b": 2, "c": 1, "d": None}.items()),
]


@pytest.mark.parametrize(
    ("kind", "count", "names", "codes"),
    [
        (BY_ORDER, 2, "ac", []),
        (BY_ORDER, 3, "acb", []),
        (PLAIN, 2, "ab", [("tied_at_the_cut", "/count")]),
        (None, 4, "abcd", []),
    ],
)
def test_a_recommended_order_parts_equals_where_the_notice_says(
    kind: AwardKind | None, count: int, names: str, codes: Any
) -> None:
    choice = policy.best(policy.by_notice(kind, EQUALS), count, "/count")
    assert (chosen(choice), codes_of([*choice.findings])) == (names, codes)


def test_equals_of_one_place_in_their_orders_stay_equal() -> None:
    alike = [case(name, 1, 80.0, recommended_rank=1) for name in "ab"]
    assert codes_of([*policy.best(alike, 1, "/count").findings]) == [("tied_at_the_cut", "/count")]
    assert chosen(policy.best(alike, 1, "/count", ties_enter=True)) == "ab"
    last = [*alike, case("c", 1, 80.0, recommended_rank=2)]
    assert chosen(policy.best(last, 1, "/count", ties_enter=True)) == "ab"


def test_the_reason_names_the_place_that_parted_them() -> None:
    first, second, *_ = EQUALS
    assert [policy.reason_of(each) for each in (first, second)] == ["第 1 名，90 分", "第 2 名，80 分，推荐排序第 2"]
