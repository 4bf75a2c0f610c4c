from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from app.models.enums import CampaignStatus, DeadlineKind, Role
from app.services.filing.campaigns import template
from app.services.history import digest_of
from app.services.policies.filing import campaigns as policy
from app.services.policies.filing.notice import ADDED, DIRECT, CampaignSettings, Window
from tests.world.attachments import ROLES
from tests.world.cells import OWN
from tests.world.composites import LIVE, OVERALL, PAPER, composite
from tests.world.figures import VOTES, voted

PUBLISHED = CampaignStatus.PUBLISHED
LUBEI_DIGEST = "e4dd971daf99b2e5b66bb5d1313b745f36afb8dd12bf00e25ae3b5d89a31d6c3"
"""Digest of the settings of `lubei-2015`, as campaigns have stored it since release 0.2.0."""
MAY = {
    "edit": ("draft published", None),
    "publish": ("draft", "published"),
    "move_deadline": ("draft published", None),
    "extend": ("published", None),
    "exempt": ("published", None),
    "add_document": ("draft published closed", None),
    "announce": ("published closed", None),
    "close": ("published", "closed"),
    "reopen": ("closed", "published"),
}


def notice(**changes: Any) -> CampaignSettings:
    return CampaignSettings.model_validate(template("lubei-2015") | changes)


def changed(path: str, value: Any) -> CampaignSettings:
    """The notice with one member set to another value, or left out."""
    settings = deepcopy(template("lubei-2015"))
    *way, last = [int(part) if part.isdigit() else part for part in path.strip("/").split("/")]
    place: Any = settings
    for part in way:
        place = place[part]
    if value is None and isinstance(place, dict):
        del place[last]
    else:
        place[last] = value
    return CampaignSettings.model_validate(settings)


@pytest.mark.parametrize(
    ("introduction", "expected"),
    [
        ("按照《2015年工作要点》，", ["2015年工作要点"]),
        ("路北文明办〔2015〕12号、2014年底", ["〔2015〕", "2014年底"]),
        ("2016年继续，2017年总结。编号120159年", []),
        ("2015", []),
    ],
)
def test_texts_of_a_draft_that_name_an_earlier_year_are_pointed_at(introduction: str, expected: list[str]) -> None:
    settings = {"year": 2016, "introduction": introduction}
    found = policy.publication_advice(settings, CampaignStatus.DRAFT)
    assert [(each.pointer, each.params["text"]) for each in found] == [("/settings/introduction", e) for e in expected]
    assert policy.publication_advice(settings, CampaignStatus.PUBLISHED) == []


@pytest.mark.parametrize("act", policy.ACTS, ids=lambda each: each.name)
def test_who_may_do_what_from_which_state(act: Any) -> None:
    states, target = MAY[act.name]
    assert act.target == target
    for role in Role:
        for status in CampaignStatus:
            allowed = role is Role.OFFICE and status.value in states.split()
            assert (act.barred(role, status) == []) is allowed


def test_no_act_is_missing_in_the_table() -> None:
    assert [act.name for act in policy.ACTS] == list(MAY)


def test_the_template_says_what_the_notice_says() -> None:
    settings = notice()
    assert settings.name == "文明单位工作品牌创建年活动"
    assert settings.theme == "争当培育和践行社会主义核心价值观排头兵"
    assert (settings.organizer.short_name, settings.organizer.contact_name) == ("路北文明办", "张弓")
    assert (settings.organizer.phone, settings.organizer.email) == ("3724062", "lbwmb@126.com")
    assert (settings.year, settings.timezone, settings.issued_on) == (2015, "Asia/Shanghai", date(2015, 4, 9))
    assert [(phase.name, f"{phase.starts_on:%m-%d}", f"{phase.ends_on:%m-%d}") for phase in settings.phases] == [
        ("发动部署", "04-10", "04-20"),
        ("活动实施", "04-21", "08-31"),
        ("案例征集", "09-01", "09-15"),
        ("评选表彰", "10-08", "11-30"),
    ]
    assert settings.plans
    assert (settings.plans.due_on, settings.applications.due_on) == (date(2015, 4, 22), date(2015, 9, 14))
    assert settings.minimum_filed == 2
    assert (settings.images.minimum, settings.images.maximum) == (5, 8)
    assert settings.narrative.model_dump() == {
        "target": 2000,
        "advised_minimum": 1600,
        "advised_maximum": 2400,
        "minimum": 1000,
        "maximum": 3000,
    }
    assert [(kind.code, kind.name, kind.recipient) for kind in settings.award_kinds] == [
        ("excellent_case", "优秀案例", "application"),
        ("advanced_committee", "组织工作先进单位", "committee"),
    ]
    assert sum(criterion.weight for criterion in settings.criteria) == 100


def test_the_template_has_the_four_categories_with_every_topic() -> None:
    categories = notice().categories
    assert [(each.code, each.name, len(each.topics)) for each in categories] == [
        ("derun", "德润路北", 9),
        ("meiliang", "美靓路北", 12),
        ("qingman", "情满路北", 5),
        ("chengzhu", "诚铸路北", 6),
    ]
    assert [topic.name for topic in categories[0].topics] == [
        "学雷锋活动",
        "道德模范评选宣传",
        "道德讲堂建设",
        "节俭养德教育",
        "道德经典诵读",
        "传承好家风好家训",
        "“我们的节日”主题活动",
        "文明餐桌行动",
        "文明风尚传播",
    ]


def test_what_is_stored_is_read_back_the_same() -> None:
    assert CampaignSettings.model_validate(notice().model_dump(mode="json")) == notice()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/images/minimum", 9),
        ("/images/maximum", 4),
        ("/images/maximum", 9),
        ("/narrative/minimum", 1601),
        ("/narrative/advised_minimum", 2001),
        ("/narrative/target", 2401),
        ("/narrative/advised_maximum", 3001),
        ("/minimum_filed", 0),
        ("/minimum_filed", True),
        ("/minimum_filed", "2"),
        ("/timezone", "Asia/Tangshan"),
        ("/applications/opens_on", "2015-09-15"),
        ("/applications/enforced_at", "2015-04-10T00:00:00+08:00"),
        ("/applications/enforced_at", "2015-09-15T00:00:00"),
        ("/plans/due_on", "2015-04-09"),
        ("/plans/due_on", "9999-12-31"),
        ("/plans/opens_on", "0001-01-01"),
        ("/plans/due_on", 1429660800),
        ("/applications/enforced_at", "9999-12-31T23:59:59Z"),
        ("/applications/enforced_at", 1442246400),
        ("/phases/0/ends_on", "2015-04-09"),
        ("/phases/1/code", "launch"),
        ("/categories/1/code", "derun"),
        ("/categories/1/code", "Meiliang"),
        ("/categories", []),
        ("/criteria/1/code", "influence"),
        ("/return_reasons/1/code", "seal_unclear"),
        ("/disqualification_reasons/1/code", "not_eligible_unit"),
        ("/field_lengths/brand_name", 0),
        ("/issued_on", "2004-12-31"),
        ("/phases/0/starts_on", "2004-12-31"),
        ("/year", 1999),
        ("/year", 2101),
        ("/phases/9", None),
    ],
)
def test_settings_that_contradict_themselves_are_refused(path: str, value: Any) -> None:
    with pytest.raises((ValidationError, IndexError)):
        changed(path, value)


def test_a_draft_takes_any_change() -> None:
    assert policy.change_findings(notice(), changed("/minimum_filed", 50), CampaignStatus.DRAFT) == []


@pytest.mark.parametrize(
    ("path", "harmful", "harmless"),
    [
        ("/minimum_filed", 3, 1),
        ("/images/minimum", 6, 4),
        ("/images/maximum", 7, 8),
        ("/images/long_side", 900, 0),
        ("/images/smallest", 2048, 0),
        ("/images/roles", ROLES, ROLES[1:]),
        ("/narrative/minimum", 1001, 999),
        ("/narrative/maximum", 2999, 3001),
        ("/field_lengths/brand_name", 59, 61),
        ("/field_lengths/category", 10, None),
        ("/year", 2016, 2015),
        ("/timezone", "Asia/Urumqi", "Asia/Shanghai"),
        ("/plans/due_on", "2015-04-23", "2015-04-22"),
        ("/plans/opens_on", "2015-04-11", "2015-04-10"),
        ("/applications/due_on", "2015-09-13", "2015-09-14"),
        ("/categories/3/code", "other", "chengzhu"),
        ("/return_reasons/0/code", "unclear", "seal_unclear"),
        ("/disqualification_reasons/0/code", "unclear", "not_eligible_unit"),
    ],
)
def test_after_publication_a_rule_may_be_relaxed_but_not_tightened(path: str, harmful: Any, harmless: Any) -> None:
    found = policy.change_findings(notice(), changed(path, harmful), PUBLISHED)
    nested = "images", "narrative", "field_lengths"
    place = path if path.count("/") == 2 and path.split("/")[1] in nested else "/" + path.split("/")[1]
    assert [(each.rule.code, each.pointer) for each in found] == [("hurtful_change", place)]
    if harmless is not None:
        assert policy.change_findings(notice(), changed(path, harmless), PUBLISHED) == []


@pytest.mark.parametrize(
    ("path", "value", "known"),
    [
        ("/field_lengths/summary", 300, False),
        ("/field_lengths/started_on", 10, False),
        ("/field_lengths/phone", 20, True),
        ("/field_labels/summary", "摘要", False),
        ("/field_labels/period", "时间", True),
    ],
)
def test_only_cells_of_the_form_have_a_length_or_a_label(path: str, value: Any, known: bool) -> None:
    new = changed(path, value)
    assert [each.pointer for each in policy.name_findings(notice(), new)] == ([] if known else [path])
    assert policy.name_findings(new, new) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/name", "另一名称"),
        ("/theme", "改正了一个错字"),
        ("/organizer/phone", "3724063"),
        ("/phases/3/ends_on", "2015-12-15"),
        ("/narrative/target", 2100),
        ("/narrative/advised_minimum", 1700),
        ("/field_lengths/brand_name", None),
        ("/field_labels/brand_name", "工作品牌名称"),
        ("/categories/0/name", "德润"),
        ("/categories/0/topics", []),
    ],
)
def test_after_publication_words_may_be_corrected(path: str, value: Any) -> None:
    assert policy.change_findings(notice(), changed(path, value), PUBLISHED) == []


def test_after_publication_a_category_or_a_reason_may_be_added() -> None:
    more = deepcopy(template("lubei-2015"))
    more["categories"].append(more["categories"][0] | {"code": "fifth"})
    more["return_reasons"].append({"code": "blurred", "name": "模糊"})
    assert policy.change_findings(notice(), CampaignSettings.model_validate(more), PUBLISHED) == []


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("/award_kinds/0/name", "别的奖", "/award_kinds"),
        ("/award_kinds/0/grades", [{"code": "first", "name": "一等奖"}], "/award_kinds"),
        ("/categories/0/name", "德润", "/categories"),
        ("/commendation/wording", "通报表扬", "/commendation/wording"),
        ("/commendation/publicity_days", 7, None),
        ("/categories/0/topics", [], None),
    ],
)
def test_the_words_of_a_commendation_stand_once_anybody_can_read_it(path: str, value: Any, place: str | None) -> None:
    found = policy.wording_findings(notice(), changed(path, value), commended=True)
    assert [(each.rule.code, each.pointer) for each in found] == ([("words_made_public", place)] if place else [])
    assert policy.wording_findings(notice(), changed(path, value), commended=False) == []


def test_every_hurtful_change_is_named_at_once() -> None:
    new = notice(
        minimum_filed=3, images={"minimum": 6, "maximum": 7}, categories=template("lubei-2015")["categories"][1:]
    )
    found = policy.change_findings(notice(), new, PUBLISHED)
    assert [each.pointer for each in found] == ["/minimum_filed", "/images/minimum", "/images/maximum", "/categories"]


def window(due_on: str, enforced_at: datetime | None = None) -> Window:
    return Window(opens_on=date(2015, 4, 10), due_on=date.fromisoformat(due_on), enforced_at=enforced_at)


END = datetime(2015, 9, 14, 16, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("new", "now", "expected"),
    [
        (window("2015-09-18"), END, []),
        (window("2015-09-13"), END - timedelta(days=2), []),
        (window("2015-09-14"), END - TICK, ["deadline_unchanged"]),
        (window("2015-09-14", END), END - TICK, ["deadline_unchanged"]),
        (window("2015-09-14", END + TICK), END, []),
        (window("2015-09-15", END), END - TICK, []),
        (window("2025-09-13"), END, []),
        (window("2026-01-01"), END, ["deadline_far_off"]),
        (window("2015-09-18", datetime(2199, 12, 31, tzinfo=UTC)), END, ["deadline_far_off"]),
        (window("2015-09-13"), END - timedelta(days=1) - TICK, []),
        (window("2015-09-13"), END - timedelta(days=1), ["deadline_in_the_past"]),
        (window("2015-04-09"), datetime(2015, 4, 1, tzinfo=UTC), ["deadline_before_opening"]),
        (window("2015-04-09"), END, ["deadline_in_the_past", "deadline_before_opening"]),
    ],
)
def test_a_deadline_moves_only_into_the_future(new: Window, now: datetime, expected: list[str]) -> None:
    settings = notice()
    found = policy.deadline_move_findings(settings, settings.applications, new, now)
    assert [(each.rule.code, each.pointer) for each in found] == [(code, "/due_on") for code in expected]


def test_every_date_moves_with_the_year_and_nothing_else_does() -> None:
    source = template("lubei-2015") | {"name": "2015年品牌创建"}
    moved = policy.moved_to_year(source, 2027)
    assert moved["name"] == "2027年品牌创建"
    assert (moved["year"], moved["issued_on"]) == (2027, "2027-04-09")
    assert moved["applications"] == {"opens_on": "2027-04-10", "due_on": "2027-09-14", "enforced_at": None}
    assert [phase["ends_on"] for phase in moved["phases"]] == ["2027-04-20", "2027-08-31", "2027-09-15", "2027-11-30"]
    assert {name: moved[name] for name in ("categories", "criteria", "source", "field_lengths")} == {
        name: source[name] for name in ("categories", "criteria", "source", "field_lengths")
    }
    assert source["applications"]["due_on"] == "2015-09-14", "the source stays as it was"


@pytest.mark.parametrize(("year", "due_on"), [(2017, "2017-02-28"), (2020, "2020-02-29"), (2100, "2100-02-28")])
def test_the_leap_day_becomes_the_day_before(year: int, due_on: str) -> None:
    leap = {"opens_on": "2016-01-04", "due_on": "2016-02-29", "enforced_at": "2016-02-29T18:00:00+08:00"}
    moved = policy.moved_to_year(template("lubei-2015") | {"year": 2016, "applications": leap}, year)["applications"]
    assert moved == {
        "opens_on": f"{year}-01-04",
        "due_on": due_on,
        "enforced_at": f"{due_on}T18:00:00+08:00",
    }


@pytest.mark.parametrize(
    ("months", "days", "due_on", "enforced_at"),
    [
        (0, 0, "2015-01-31", "2015-02-01T00:00:00+08:00"),
        (1, 0, "2015-02-28", "2015-03-01T00:00:00+08:00"),
        (13, 0, "2016-02-29", "2016-03-01T00:00:00+08:00"),
        (0, 1, "2015-02-01", "2015-02-02T00:00:00+08:00"),
        (1, 1, "2015-03-01", "2015-03-02T00:00:00+08:00"),
        (-11, 0, "2014-02-28", "2014-03-01T00:00:00+08:00"),
    ],
)
def test_dates_move_by_months_then_by_days_in_the_campaign_s_own_time(
    months: int, days: int, due_on: str, enforced_at: str
) -> None:
    window = {"opens_on": "2015-01-05", "due_on": "2015-01-31", "enforced_at": "2015-01-31T16:00:00Z"}
    moved = policy.moved_by(template("lubei-2015") | {"applications": window}, months=months, days=days)
    assert (moved["applications"]["due_on"], moved["applications"]["enforced_at"]) == (due_on, enforced_at)
    assert (moved["year"], moved["name"]) == (2015, template("lubei-2015")["name"])


def test_a_phase_over_the_turn_of_the_year_stays_one() -> None:
    phase = template("lubei-2015")["phases"][0] | {"starts_on": "2015-12-20", "ends_on": "2016-01-10"}
    moved = policy.moved_to_year(template("lubei-2015") | {"phases": [phase]}, 2016)["phases"][0]
    assert (moved["starts_on"], moved["ends_on"]) == ("2016-12-20", "2017-01-10")


def test_what_a_notice_may_ask_besides_leaves_the_settings_of_the_others_as_they_were() -> None:
    assert digest_of(notice().stored()) == LUBEI_DIGEST
    assert notice().stored().keys() == template("lubei-2015").keys() | {"topic_required"}
    for name in ("lubei-2015", "sample-2025"):
        settings = CampaignSettings.model_validate(template(name))
        assert CampaignSettings.model_validate(settings.stored()) == settings
    here = {"earlier_winners": template("sample-2025")["earlier_winners"] | {"among": "programme"}}
    used = CampaignSettings.model_validate(template("sample-2025") | {"cells": OWN} | here).stored()
    nested = used["commendation"] | used["forms"] | used["images"] | used["earlier_winners"]
    assert [place for place in ADDED if place.rpartition("/")[2] not in used | nested] == []
    assert [each.get("step") for each in used["criteria"]] == ["0.5", "0.1", None, None]
    assert [each["code"] for each in used["cells"] if "stamp" in each] == ["village"]
    cases, committees, *besides = used["award_kinds"]
    assert [(each["recipient"], each["places"]) for each in besides] == [("unit", 2), ("person", 3)]
    assert [each.get("places") for each in cases["grades"]] == [1, 2, None]
    assert cases["tie_break"] == "recommended_order"
    assert (cases["ties"], committees.keys()) == ("beyond_places", {"code", "name", "recipient", "grades"})


FOUR, TWO_OR_THREE = {"maximum_filed": 4}, {"kind": "township_subdistrict", "minimum": 2, "maximum": 3}
EXACTLY_TWO = {"kind": "district_direct", "minimum": 2, "maximum": 2}


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({}, [(2, None), (2, None), (2, None)]),
        (FOUR, [(2, 4), (2, 4), (2, None)]),
        (FOUR | {"filed_by_kind": [TWO_OR_THREE]}, [(2, 3), (2, 4), (2, None)]),
        ({"filed_by_kind": [EXACTLY_TWO, TWO_OR_THREE | {"maximum": None}]}, [(2, None), (2, 2), (2, None)]),
    ],
)
def test_a_kind_of_committee_files_its_own_number_or_the_notices(numbers: Any, expected: list[Any]) -> None:
    settings = notice(**numbers)
    held = [settings.filed_by(each) for each in ("township_subdistrict", "district_direct", DIRECT)]
    assert [(each.minimum_filed, each.maximum_filed) for each in held] == expected


@pytest.mark.parametrize(
    ("numbers", "mistake"),
    [
        ({"maximum_filed": 1}, "maximum is below minimum"),
        ({"filed_by_kind": [EXACTLY_TWO | {"maximum": 1}]}, "maximum is below minimum"),
        ({"filed_by_kind": [EXACTLY_TWO, EXACTLY_TWO]}, "a kind occurs twice"),
    ],
)
def test_numbers_that_contradict_each_other_are_no_settings(numbers: Any, mistake: str) -> None:
    with pytest.raises(ValidationError, match=mistake):
        notice(**numbers)


@pytest.mark.parametrize(
    ("old", "new", "pointers"),
    [
        ({}, FOUR, ["/maximum_filed"]),
        (FOUR, {}, []),
        (FOUR, {"maximum_filed": 5}, []),
        (FOUR, {"maximum_filed": 3}, ["/maximum_filed"]),
        ({}, {"filed_by_kind": [EXACTLY_TWO]}, ["/filed_by_kind"]),
        ({"filed_by_kind": [EXACTLY_TWO]}, {}, []),
        ({"filed_by_kind": [EXACTLY_TWO]}, {"filed_by_kind": [EXACTLY_TWO | {"minimum": 1, "maximum": 5}]}, []),
        ({}, {"years_in_operation": 1}, ["/years_in_operation"]),
        ({}, {"recommended_order": "optional"}, []),
        ({"recommended_order": "optional"}, {"recommended_order": "required"}, ["/recommended_order"]),
        ({}, composite(), []),
        (composite(), {}, ["/composites"]),
        (composite(), composite(missing="zero"), ["/composites"]),
        ({}, voted(), []),
        (voted(), voted() | {"figures": [VOTES, VOTES | {"code": "daily"}]}, []),
        (voted(), voted(scale="points"), ["/figures"]),
        (voted(), composite(), ["/figures", "/composites"]),
        ({"years_in_operation": 2}, {"years_in_operation": 1}, []),
        ({}, {"honour_levels": ["national"]}, ["/honour_levels"]),
        ({"honour_levels": ["national"]}, {"honour_levels": ["national", "district"]}, []),
        ({"honour_levels": ["national"]}, {}, []),
        ({}, {"earlier_winners": {"last": 1, "same": ["unit"]}}, ["/earlier_winners"]),
        ({"earlier_winners": {"last": 1, "same": ["unit"]}}, {}, []),
        (FOUR, FOUR | {"filed_by_kind": [TWO_OR_THREE | {"minimum": 3, "maximum": 4}]}, ["/filed_by_kind"]),
    ],
)
def test_after_publication_nobody_is_left_less_room(old: Any, new: Any, pointers: list[str]) -> None:
    found = policy.change_findings(notice(**old), notice(**new), PUBLISHED)
    assert [each.pointer for each in found] == pointers


def test_a_notice_may_ask_for_no_plans() -> None:
    settings = CampaignSettings.model_validate(template("sample-2025"))
    assert [kind for kind in DeadlineKind if settings.asks_for(kind)] == [DeadlineKind.APPLICATION]
    with pytest.raises(ValidationError, match="an indicator measures plans, and none are asked for"):
        notice(plans=None)
    found = policy.change_findings(notice(), notice(**template("sample-2025") | {"plans": None}), PUBLISHED)
    assert "/plans" in [each.pointer for each in found], "committees rely on it"


def test_a_notice_of_before_has_no_requirements_and_they_may_be_written_at_any_time() -> None:
    before = CampaignSettings.model_validate({**template("lubei-2015"), "requirements": ""})
    stored = {name: value for name, value in before.model_dump(mode="json").items() if name != "requirements"}
    assert CampaignSettings.model_validate(stored) == before
    assert policy.change_findings(before, notice(), PUBLISHED) == []


@pytest.mark.parametrize(
    ("changes", "mistake"),
    [
        ({"parts": [PAPER, LIVE | {"weight": 50}]}, "the weights are not 100 together"),
        ({"parts": [PAPER, LIVE | {"code": "paper"}]}, "a code occurs twice"),
        ({"tie_breaks": ["votes"]}, "a tie-break is no part"),
    ],
)
def test_a_composite_result_that_contradicts_itself_is_no_setting(changes: Any, mistake: str) -> None:
    with pytest.raises(ValidationError, match=mistake):
        notice(composites=[OVERALL | {"tie_breaks": []} | changes])


def test_an_order_that_nobody_gives_parts_no_ties() -> None:
    cases, committees = template("lubei-2015")["award_kinds"]
    by_order = {"tie_break": "recommended_order"}
    assert (
        notice(award_kinds=[cases | by_order, committees], recommended_order="optional").award_kinds[0].parts_by_order
    )
    with pytest.raises(ValidationError, match="no recommended order is asked for"):
        notice(award_kinds=[cases | by_order, committees])
    with pytest.raises(ValidationError, match="only cases have a recommended order"):
        notice(award_kinds=[cases, committees | by_order], recommended_order="optional")
