"""Roles, states and rules of every act on an application, written out once more: from the notice, not the code."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.findings import Finding
from app.models.enums import ApplicationStatus as Status
from app.models.enums import CampaignStatus, DeadlineKind, Language, Role, Severity
from app.services.filing.campaigns import template
from app.services.policies import actions
from app.services.policies.filing import applications as policy
from app.services.policies.filing.applications import ApplicationFacts
from app.services.policies.filing.deadlines import effective
from app.services.policies.filing.filings import FiledSet
from app.services.policies.filing.forms import required_findings
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.people.vocabularies import HONOUR_LEVEL, NOTICE, Word, terms

SETTINGS = CampaignSettings.model_validate(template("lubei-2015"))
DEADLINE = effective(SETTINGS, DeadlineKind.APPLICATION, None)
NOW = datetime(2015, 9, 1, 2, 0, tzinfo=UTC)
FORM: dict[str, Any] = {
    "brand_name": "“红马甲”邻里互助站",
    "leader_name": "李文博",
    "leader_title": "党支部书记",
    "phone": "0315-3724062",
    "category": "qingman",
    "started_on": "2015-04-21",
    "ended_on": "2015-08-31",
    "innovation": "创",
    "practices": "做",
    "effects": "效",
}
COMPLETE = ApplicationFacts(
    status=Status.DRAFT,
    settings=SETTINGS,
    now=NOW,
    form=FORM,
    narrative_length=2000,
    image_count=6,
    content_digest="a" * 64,
    endorsed_digest=None,
    campaign_status=CampaignStatus.PUBLISHED,
    retired=False,
    filed_set=FiledSet(0, 0, 2),
    deadline=DEADLINE,
)
MAY = {
    # action: {role: the states it may be done from}, the state it leads to
    "edit": ({"unit": "draft returned", "committee": "draft returned"}, None),
    "delete": ({"unit": "draft", "committee": "draft"}, None),
    "submit": ({"unit": "draft returned", "committee": "draft returned"}, "submitted"),
    "return": ({"committee": "submitted paused"}, "returned"),
    "pause": ({"committee": "submitted"}, "paused"),
    "resume": ({"committee": "paused"}, "submitted"),
    "decline": ({"committee": "submitted"}, "declined"),
    "reconsider": ({"committee": "declined"}, "submitted"),
    "endorse": ({"committee": "submitted"}, "endorsed"),
    "revoke_endorsement": ({"committee": "endorsed"}, "submitted"),
    "file": ({"committee": "endorsed"}, "filed"),
    "withdraw": ({"unit": "submitted paused", "committee": "submitted paused returned endorsed filed"}, "withdrawn"),
    "request_swap": ({"committee": "filed"}, None),
    "request_correction": ({"office": "filed accepted"}, "returned"),
    "take_back_check": ({"office": "accepted disqualified returned"}, "filed"),
    "accept": ({"office": "filed"}, "accepted"),
    "disqualify": ({"office": "filed accepted"}, "disqualified"),
}


def verdict(action: str, role: Role, status: Status) -> str:
    """The answer of the table above about one act."""
    by, _ = MAY[action]
    if role.value not in by:
        return "not_permitted"
    return "allowed" if status.value in by[role.value].split() else "wrong_state"


def codes(findings: list[Finding]) -> list[str]:
    return [finding.rule.code for finding in findings]


def places(findings: list[Finding]) -> list[tuple[str, str | None]]:
    return [(finding.rule.code, finding.pointer) for finding in findings]


def submission(**changes: Any) -> list[tuple[str, str | None]]:
    return places(policy.submission_findings(replace(COMPLETE, **changes)))


def with_cells(**cells: Any) -> list[tuple[str, str | None]]:
    return submission(form=FORM | cells)


def test_the_table_has_exactly_the_acts_of_the_specification() -> None:
    assert {each.name: each.target and each.target.value for each in policy.ACTS} == {
        action: target for action, (_, target) in MAY.items()
    }


@pytest.mark.parametrize("act", policy.ACTS, ids=lambda each: each.name)
def test_who_may_do_what_from_which_state(act: Any) -> None:
    expected = {(role, status): verdict(act.name, role, status) for role in Role for status in Status}
    found = {
        (role, status): ", ".join(codes(act.barred(role, status))) or "allowed" for role in Role for status in Status
    }
    assert found == expected


def test_every_act_leaves_an_event_of_its_own_in_the_history() -> None:
    events = [act.event.code for act in policy.ACTS]
    assert len(set(events)) == len(events)
    assert {event.partition(".")[0] for event in events} == {"application"}


def test_a_complete_application_may_be_submitted() -> None:
    assert submission() == []


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, ("narrative_too_short", Severity.ERROR)),
        (999, ("narrative_too_short", Severity.ERROR)),
        (1000, ("narrative_too_short", Severity.ADVICE)),
        (1599, ("narrative_too_short", Severity.ADVICE)),
        (1600, None),
        (2000, None),
        (2400, None),
        (2401, ("narrative_too_long", Severity.ADVICE)),
        (3000, ("narrative_too_long", Severity.ADVICE)),
        (3001, ("narrative_too_long", Severity.ERROR)),
    ],
)
def test_about_two_thousand_characters(count: int, expected: tuple[str, Severity] | None) -> None:
    found = policy.submission_findings(replace(COMPLETE, narrative_length=count))
    assert [(each.rule.code, each.rule.severity) for each in found] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, [("too_few_images", "/images")]),
        (4, [("too_few_images", "/images")]),
        (5, []),
        (8, []),
        (9, [("too_many_images", "/images")]),
    ],
)
def test_five_to_eight_pictures(count: int, expected: list[tuple[str, str]]) -> None:
    assert submission(image_count=count) == expected


@pytest.mark.parametrize("cell", FORM)
def test_every_cell_of_the_form_is_required(cell: str) -> None:
    unseen = [] if cell.endswith("_on") else [""] if cell == "category" else ["", "\u200b", "\u3164", "\u2060\ufe0f"]
    for empty in (None, *unseen):
        assert with_cells(**{cell: empty}) == [("required", f"/{cell}")]


def test_an_empty_form_lists_every_cell_in_the_order_of_the_form() -> None:
    found = required_findings(SETTINGS, dict.fromkeys(FORM))
    labels = "品牌名称 申报单位负责人 职务 联系电话 内容分类 实施时间 实施时间 创新特点 主要做法 社会效果"
    assert [each.params["label"] for each in found] == labels.split()


@pytest.mark.parametrize(
    ("cell", "most"),
    [
        *{"brand_name": 60, "leader_name": 30, "leader_title": 60, "phone": 30}.items(),
        *{"innovation": 3000, "practices": 5000, "effects": 3000}.items(),
    ],
)
def test_no_cell_is_longer_than_the_form_has_room_for(cell: str, most: int) -> None:
    start = "3724062" if cell == "phone" else ""
    assert with_cells(**{cell: start.ljust(most, "𠀀")}) == []
    assert with_cells(**{cell: start.ljust(most + 1, "𠀀")}) == [("field_too_long", f"/{cell}")]


@pytest.mark.parametrize("code", ["derun", "meiliang", "qingman", "chengzhu"])
def test_the_four_categories_of_the_notice_are_known(code: str) -> None:
    assert with_cells(category=code) == []


def test_another_category_is_not() -> None:
    assert with_cells(category="Derun") == [("unknown_category", "/category")]


@pytest.mark.parametrize(
    ("started_on", "ended_on", "valid"),
    [
        ("2015-04-21", "2015-04-21", True),
        ("2015-04-22", "2015-04-21", False),
        ("2015-09-14", "2016-01-01", True),
        ("2015-09-15", "2016-01-01", False),
        ("2015-04-22", "2015-04", True),
        ("2015", "2015-03", True),
        ("2015-05", "2015-04", False),
        ("2015-09", "2016", True),
        ("2015-10", "ongoing", False),
        ("2014-03", "ongoing", True),
    ],
)
def test_the_period_starts_before_it_ends_and_not_after_the_deadline(
    started_on: str, ended_on: str, *, valid: bool
) -> None:
    expected = [] if valid else [("invalid_period", "/started_on")]
    assert with_cells(started_on=started_on, ended_on=ended_on) == expected


@pytest.mark.parametrize(
    ("years", "due_on", "started_on", "valid"),
    [
        (0, "2015-09-14", "2015-09-01", True),
        (1, "2015-09-14", "2014-09-14", True),
        (1, "2015-09-14", "2014-09-15", False),
        (1, "2015-09-14", "2014-09", True),
        (1, "2015-09-14", "2014-10", False),
        (2, "2015-09-14", "2014", False),
        (2, "2015-09-14", "2013", True),
        (1, "2016-02-29", "2015-02-28", True),
        (1, "2016-02-29", "2015-03-01", False),
        (4, "2016-02-29", "2012-02-29", True),
    ],
)
def test_a_case_has_run_for_the_years_that_the_notice_asks_for(
    years: int, due_on: str, started_on: str, *, valid: bool
) -> None:
    window = template("lubei-2015")["applications"] | {"due_on": due_on}
    changed = {"years_in_operation": years, "applications": window}
    settings = CampaignSettings.model_validate(template("lubei-2015") | changed)
    form = FORM | {"started_on": started_on, "ended_on": "ongoing"}
    found = policy.submission_findings(replace(COMPLETE, settings=settings, form=form))
    assert places(found) == ([] if valid else [("begun_too_late", "/started_on")])


def test_years_are_counted_back_to_a_year_without_a_leap_day() -> None:
    settings = CampaignSettings.model_validate(template("lubei-2015"))
    window = settings.applications.model_copy(update={"due_on": date(2104, 2, 29)})
    later = settings.model_copy(update={"applications": window, "years_in_operation": 4})
    assert later.latest_start == date(2100, 2, 28), "2100 is no leap year"


@pytest.mark.parametrize("admitted", [[], ["national"], ["national", "municipal"]])
@pytest.mark.parametrize("level", ["national", "municipal", "campus"])
def test_a_unit_has_a_title_that_the_notice_admits(admitted: list[str], level: str) -> None:
    settings = SETTINGS.model_copy(update={"honour_levels": admitted})
    levels = [*NOTICE[HONOUR_LEVEL], Word(code="campus", label="文明校园", label_en="Civilized campus")]
    facts = replace(COMPLETE, settings=settings, unit_name="龙华社区", honour_level=level, titles=terms(levels))
    found = policy.submission_findings(facts)
    assert places(found) == ([] if level in (admitted or [level]) else [("title_not_admitted", "/unit_id")])
    if found and len(admitted) == 2:
        assert [found[0].worded(language).message for language in Language] == [
            "“龙华社区”为文明校园，本次活动限以下称号的单位申报：全国文明单位、市级文明单位。",
            "“龙华社区” has the title “Civilized campus”: this campaign admits national, municipal.",
        ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"phone": "3724062、13900000000（张主任）"}, []),
        ({"phone": "call me"}, [("no_phone_number", "/phone")]),
        ({"phone": "-----"}, [("required", "/phone")]),
        ({"brand_name": "——／"}, [("required", "/brand_name")]),
        ({"started_on": "2015-02-29"}, [("unclear_date", "/started_on")]),
        ({"started_on": "ongoing"}, [("unclear_date", "/started_on")]),
        ({"ended_on": "年底"}, [("unclear_date", "/ended_on")]),
        ({"started_on": "2015", "ended_on": "ongoing"}, []),
        ({"started_on": "1850"}, [("unclear_date", "/started_on")]),
    ],
)
def test_a_cell_says_what_it_is_for_when_it_is_submitted(
    cells: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    assert with_cells(**cells) == expected


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = submission(
        campaign_status=CampaignStatus.CLOSED,
        form=FORM | {"phone": None, "brand_name": "名" * 61, "category": "none", "started_on": "2015-09-15"},
        narrative_length=3001,
        image_count=9,
        deadline=replace(DEADLINE, enforced_at=NOW),
    )
    assert found == [
        ("campaign_not_open", None),
        ("deadline_passed", None),
        ("required", "/phone"),
        ("field_too_long", "/brand_name"),
        ("unknown_category", "/category"),
        ("invalid_period", "/started_on"),
        ("narrative_too_long", "/innovation"),
        ("too_many_images", "/images"),
    ]


def test_every_finding_can_be_said_in_both_languages() -> None:
    early = NOW - timedelta(days=365)
    empty = replace(COMPLETE, form=dict.fromkeys(FORM), narrative_length=1, image_count=0, now=early)
    for finding in policy.submission_findings(empty):
        assert finding.worded(Language.ZH).message != finding.worded(Language.EN).message


@pytest.mark.parametrize("status", list(CampaignStatus))
@pytest.mark.parametrize("retired", [False, True])
def test_who_may_begin(status: CampaignStatus, *, retired: bool) -> None:
    found = policy.creation_findings(status, retired=retired, deadline=DEADLINE, now=NOW)
    closed = [] if status is CampaignStatus.PUBLISHED else [("campaign_not_open", "/campaign_id")]
    assert places(found) == closed + ([("retired", "/unit_id")] if retired else [])


def test_nobody_begins_after_the_deadline() -> None:
    found = policy.creation_findings(
        CampaignStatus.PUBLISHED, retired=False, deadline=DEADLINE, now=DEADLINE.enforced_at
    )
    assert codes(found) == ["deadline_passed"]


@pytest.mark.parametrize(
    ("endorsed", "expected"), [(None, ["seal_missing"]), ("b" * 64, ["seal_outdated"]), ("a" * 64, [])]
)
def test_the_seal_covers_exactly_the_present_content(endorsed: str | None, expected: list[str]) -> None:
    facts = replace(COMPLETE, status=Status.ENDORSED, endorsed_digest=endorsed)
    assert codes(policy.seal_findings(facts)) == expected
    assert codes(policy.filing_findings(facts)) == expected


@pytest.mark.parametrize(
    ("filed_set", "once_filed", "reconsidered", "expected"),
    [
        (FiledSet(0, 0, 1), False, False, ["too_few_applications"]),
        (FiledSet(0, 0, 2), False, False, []),
        (FiledSet(1, 1, 1), False, False, []),
        (FiledSet(0, 1, 1), False, False, []),
        (FiledSet(0, 1, 0), True, False, []),
        (FiledSet(0, 0, 1), True, True, ["too_few_applications"]),
        (FiledSet(0, 0, 2), True, True, []),
    ],
)
def test_filing_is_offered_where_the_committee_can_reach_the_minimum_or_was_sent_it_back(
    filed_set: FiledSet, *, once_filed: bool, reconsidered: bool, expected: list[str]
) -> None:
    sealed = replace(COMPLETE, status=Status.ENDORSED, endorsed_digest=COMPLETE.content_digest)
    facts = replace(sealed, filed_set=filed_set, once_filed=once_filed, reconsidered=reconsidered)
    assert codes(actions(policy.ACTS, Role.COMMITTEE, facts)["file"]) == expected


@pytest.mark.parametrize(
    ("standing", "taken_by_office", "leaving", "stranded"),
    [
        (1, 0, 1, False),
        (2, 0, 1, True),
        (2, 0, 2, False),
        (3, 0, 1, False),
        (3, 0, 2, True),
        (3, 0, 3, False),
        (1, 0, 0, False),
        (2, 1, 1, False),
        (1, 1, 1, False),
        (3, 1, 2, False),
        (4, 1, 3, False),
    ],
)
def test_a_filed_set_never_drops_to_between_nothing_and_the_minimum(
    standing: int, taken_by_office: int, leaving: int, *, stranded: bool
) -> None:
    """By what the committee does itself: what the office disqualified or sent back was put forward all the same."""
    found = policy.remainder_findings(SETTINGS, FiledSet(standing, standing + taken_by_office, 0), leaving)
    assert codes(found) == (["too_few_applications"] if stranded else [])


@pytest.mark.parametrize(
    ("status", "once_filed", "expected"),
    [
        (Status.SUBMITTED, False, []),
        (Status.ENDORSED, False, []),
        (Status.FILED, True, ["too_few_applications"]),
        (Status.SUBMITTED, True, ["too_few_applications"]),
        (Status.PAUSED, True, ["too_few_applications"]),
        (Status.ENDORSED, True, ["too_few_applications"]),
    ],
)
def test_what_was_filed_counts_when_it_is_taken_back_also_while_it_is_corrected(
    status: Status, *, once_filed: bool, expected: list[str]
) -> None:
    """Its unit cannot take it back by then, and is told nothing of the set."""
    facts = replace(COMPLETE, status=status, once_filed=once_filed, filed_set=FiledSet(2, 2, 0))
    offered = actions(policy.ACTS, Role.COMMITTEE, facts)
    assert codes(offered["withdraw"]) == expected
    assert codes(offered["decline"]) == (expected if status is Status.SUBMITTED else ["wrong_state"])
    of_unit = codes(policy.withdrawal_findings(replace(facts, for_unit=True)))
    assert of_unit == (["committee_withdraws"] if once_filed else [])


@pytest.mark.parametrize(("once_filed", "expected"), [(True, []), (False, ["wrong_state"])])
def test_what_is_with_its_unit_is_withdrawn_only_if_it_was_filed(*, once_filed: bool, expected: list[str]) -> None:
    facts = replace(COMPLETE, status=Status.RETURNED, once_filed=once_filed, filed_set=FiledSet(1, 1, 0))
    assert codes(actions(policy.ACTS, Role.COMMITTEE, facts)["withdraw"]) == expected


@pytest.mark.parametrize("put_forward", [0, 1, 3])
def test_to_consider_a_case_again_asks_for_no_number_since_it_counts_when_it_is_filed(put_forward: int) -> None:
    facts = replace(COMPLETE, status=Status.DECLINED, once_filed=True, filed_set=FiledSet(0, put_forward, 0))
    assert codes(actions(policy.ACTS, Role.COMMITTEE, facts)["reconsider"]) == []
    again = replace(facts, status=Status.SUBMITTED, reconsidered=True)
    assert (again.put_forward, again.leaving, codes(policy.declination_findings(again))) == (False, 0, [])
    assert codes(policy.withdrawal_findings(replace(again, for_unit=True))) == ["committee_withdraws"]


@pytest.mark.parametrize(
    ("once_filed", "reconsidered", "comes"), [(False, False, True), (True, False, False), (True, True, True)]
)
@pytest.mark.parametrize("put_forward", [1, 2, 3])
def test_the_maximum_holds_where_a_case_comes_to_be_put_forward(
    put_forward: int, *, once_filed: bool, reconsidered: bool, comes: bool
) -> None:
    """A case that was filed and is sealed again is put forward already, as are all that the office decides on."""
    facts = replace(
        COMPLETE,
        status=Status.ENDORSED,
        endorsed_digest=COMPLETE.content_digest,
        settings=SETTINGS.model_copy(update={"maximum_filed": 3}),
        filed_set=FiledSet(put_forward, put_forward, 1),
        once_filed=once_filed,
        reconsidered=reconsidered,
    )
    found = actions(policy.ACTS, Role.COMMITTEE, facts)["file"]
    assert codes(found) == (["too_many_applications"] if comes and put_forward == 3 else [])
    assert [each.params for each in found] == [{"count": 4, "maximum": 3}] * len(found)


def test_no_other_act_leads_out_of_what_a_committee_took_back() -> None:
    """It marks what was filed once; an act of another name would have to do so too."""
    leaving = {act.name for act in policy.ACTS for states in act.by.values() if states & policy.TAKEN_BACK}
    assert leaving == {"reconsider"}
    assert {act.name for act in policy.ACTS if act.target is Status.FILED} == {"file", "take_back_check"}


def test_withdrawal_needs_an_open_deadline() -> None:
    facts = replace(COMPLETE, status=Status.SUBMITTED, now=DEADLINE.enforced_at)
    assert codes(policy.withdrawal_findings(facts)) == ["deadline_passed"]


def test_the_offices_reasons_are_those_of_the_campaign() -> None:
    found = policy.reason_findings(SETTINGS.return_reasons, ["seal_unclear", "because", "other", "why_not"])
    assert places(found) == [("unknown_reason", "/reason_codes/1"), ("unknown_reason", "/reason_codes/3")]


@pytest.mark.parametrize(
    ("due_on", "expected"),
    [(date(2015, 8, 31), ["deadline_in_the_past"]), (date(2015, 9, 1), []), (date(2015, 12, 31), [])],
)
def test_a_correction_is_due_in_the_future(due_on: date, expected: list[str]) -> None:
    found = policy.correction_findings(replace(COMPLETE, status=Status.FILED), due_on, ["other"])
    assert codes(found) == expected


def test_nobody_could_hand_in_a_correction_to_a_closed_campaign() -> None:
    closed = replace(COMPLETE, status=Status.FILED, campaign_status=CampaignStatus.CLOSED)
    found = policy.correction_findings(closed, date(2015, 12, 31), ["nonsense"])
    assert places(found) == [("campaign_not_open", None), ("unknown_reason", "/reason_codes/0")]


@pytest.mark.parametrize(
    ("status", "sent_back", "expected"),
    [
        (Status.FILED, False, []),
        (Status.FILED, True, []),
        (Status.ACCEPTED, False, ["not_sent_back"]),
        (Status.ACCEPTED, True, []),
    ],
)
def test_what_was_nominated_is_corrected_only_for_the_municipal_office(
    status: Status, sent_back: bool, expected: list[str]
) -> None:
    facts = replace(COMPLETE, status=status, nominated=True, sent_back=sent_back)
    asked = policy.correction_findings(facts, date(2015, 12, 31), ["other"])
    assert codes([*policy.sent_back_findings(facts), *asked]) == expected
    assert codes(actions(policy.ACTS, Role.OFFICE, facts)["request_correction"]) == expected


@pytest.mark.parametrize("act", ["request_correction", "disqualify", "take_back_check"])
@pytest.mark.parametrize(
    ("built", "expected"),
    [
        ({}, []),
        ({"award_stands": True}, ["award_stands"]),
        ({"in_round": "初评"}, ["under_review"]),
        ({"award_stands": True, "in_round": "初评"}, ["award_stands", "under_review"]),
    ],
)
def test_an_acceptance_gives_way_while_nothing_stands_on_it(
    act: str, built: dict[str, Any], expected: list[str]
) -> None:
    for status in (Status.ACCEPTED, Status.FILED, Status.DISQUALIFIED):
        found = codes(actions(policy.ACTS, Role.OFFICE, replace(COMPLETE, status=status, **built))[act])
        assert [each for each in found if each != "wrong_state"] == (expected if status is Status.ACCEPTED else [])


def test_what_is_awarded_is_neither_declined_nor_withdrawn_by_its_committee() -> None:
    facts = replace(COMPLETE, status=Status.SUBMITTED, award_stands=True)
    offered = actions(policy.ACTS, Role.COMMITTEE, facts)
    assert [codes(offered[act]) for act in ("decline", "withdraw")] == [["award_stands"]] * 2


def test_a_correction_is_recalled_until_it_has_begun() -> None:
    asked = replace(COMPLETE, status=Status.RETURNED, endorsed_digest=COMPLETE.content_digest)
    assert codes(policy.untouched_findings(asked)) == []
    assert codes(policy.untouched_findings(replace(asked, endorsed_digest=None))) == ["correction_begun"]
    assert codes(policy.untouched_findings(replace(asked, status=Status.DISQUALIFIED, endorsed_digest=None))) == []


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("status", list(Status))
def test_actions_name_every_act_of_the_role_and_what_stands_in_its_way(role: Role, status: Status) -> None:
    facts = replace(COMPLETE, status=status, endorsed_digest=COMPLETE.content_digest, sent_back=True)
    facts = replace(facts, once_filed=True, filed_set=FiledSet(3, 3, 0))
    expected = {
        action: [] if verdict(action, role, status) == "allowed" else ["wrong_state"]
        for action, (by, _) in MAY.items()
        if role.value in by
    }
    assert {name: codes(found) for name, found in actions(policy.ACTS, role, facts).items()} == expected


def test_actions_say_the_very_findings_of_the_refusal() -> None:
    facts = replace(COMPLETE, form=FORM | {"phone": None}, image_count=3, narrative_length=1500)
    found = actions(policy.ACTS, Role.UNIT, facts)
    assert found["submit"] == policy.submission_findings(facts)
    assert codes(found["submit"]) == ["required", "narrative_too_short", "too_few_images"]
    assert codes(found["withdraw"]) == ["wrong_state"], "a state that bars says it alone"
