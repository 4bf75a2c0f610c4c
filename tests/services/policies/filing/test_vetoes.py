"""The veto list and what follows: written out from the words of notices, not from the code."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.models.enums import ApplicationStatus, CampaignStatus, Language, Role
from app.services.filing.campaigns import template
from app.services.policies.filing import vetoes as policy
from app.services.policies.filing.campaigns import change_findings
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.veto_settings import VetoItem
from app.services.policies.filing.vetoes import VetoFacts

ACCIDENT = VetoItem(code="accident", name="重大安全事故")
FRAUD = VetoItem(code="fraud", name="弄虚作假")
LUBEI = template("lubei-2015")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, [("veto_open", "重大安全事故"), ("veto_open", "弄虚作假")]),
        ({"accident": False}, [("veto_open", "弄虚作假")]),
        ({"accident": False, "fraud": False}, []),
        ({"accident": True, "fraud": False}, [("veto_found", "重大安全事故")]),
        ({"accident": True}, [("veto_found", "重大安全事故"), ("veto_open", "弄虚作假")]),
        ({"accident": True, "fraud": True}, [("veto_found", "重大安全事故"), ("veto_found", "弄虚作假")]),
        ({"accident": False, "fraud": False, "gone": True}, []),
    ],
)
def test_all_must_be_answered_and_none_found(answers: dict[str, bool], expected: list[tuple[str, str]]) -> None:
    found = policy.veto_findings([ACCIDENT, FRAUD], answers)
    assert [(each.rule.code, each.params["name"]) for each in found] == expected
    assert all(each.refuses for each in found)


def test_only_what_was_found_is_a_reason() -> None:
    given = ["untrue", "accident", "fraud"]
    for answers, expected in (
        ({}, ["/reason_codes/1", "/reason_codes/2"]),
        ({"accident": True, "fraud": False}, ["/reason_codes/2"]),
        ({"accident": True, "fraud": True}, []),
    ):
        found = policy.reason_findings([ACCIDENT, FRAUD], answers, given)
        assert [(each.rule.code, each.pointer) for each in found] == [("veto_not_found", place) for place in expected]


def test_what_was_found_is_a_reason_of_a_refusal_whether_it_is_named_or_not() -> None:
    answers = {"accident": True, "fraud": False}
    for given in ([], ["accident"]):
        assert policy.reasons_of_refusal([ACCIDENT, FRAUD], answers, given) == ["accident"]
    assert policy.reasons_of_refusal([ACCIDENT, FRAUD], answers, ["seal_unclear"]) == ["seal_unclear", "accident"]
    assert policy.reasons_of_refusal([], {}, ["seal_unclear"]) == ["seal_unclear"]


def test_an_item_has_a_name_in_each_language() -> None:
    english = VetoItem(code="accident", name="事故", name_en="Accident")
    for item, names in ((english, ("事故", "Accident")), (ACCIDENT, (ACCIDENT.name, ACCIDENT.name))):
        (finding,) = policy.veto_findings([item], {})
        said = [finding.worded(language).message for language in (Language.ZH, Language.EN)]
        assert [name in message for name, message in zip(names, said, strict=True)] == [True, True]


def test_without_a_list_nothing_is_asked_or_answered() -> None:
    assert policy.veto_findings([], {}) == []
    for items, expected in ([], ["no_veto_list"]), ([ACCIDENT], []):
        facts = VetoFacts(ApplicationStatus.FILED, items)
        assert [each.rule.code for each in policy.list_findings(facts)] == expected


@pytest.mark.parametrize("status", ApplicationStatus)
@pytest.mark.parametrize("role", Role)
def test_the_office_alone_answers_about_what_is_on_file(role: Role, status: ApplicationStatus) -> None:
    barred = [each.rule.code for each in policy.ANSWER.barred(role, status)]
    if role is not Role.OFFICE:
        assert barred == ["not_permitted"]
    else:
        on_file = status in {ApplicationStatus.FILED, ApplicationStatus.ACCEPTED}
        assert barred == ([] if on_file else ["wrong_state"])


def test_only_items_of_the_list_are_answered() -> None:
    found = policy.answer_findings([ACCIDENT], ["accident", "mood"])
    assert [(each.rule.code, each.pointer) for each in found] == [("unknown_veto", "/answers/1/code")]


@pytest.mark.parametrize("code", ["untrue", "seal_unclear"])
def test_no_item_has_the_code_of_a_reason(code: str) -> None:
    with pytest.raises(ValidationError, match="a reason has this code"):
        _with([{"code": code, "name": "弄虚作假"}])


@pytest.mark.parametrize(
    ("old", "new", "hurts"),
    [
        (["accident"], ["accident"], False),
        ([], ["accident"], True),
        (["accident"], [], True),
        (["accident", "fraud"], ["fraud", "accident"], False),
    ],
)
def test_a_published_list_stays_as_it_is(old: list[str], new: list[str], hurts: bool) -> None:
    """A new item hurts whoever applied without it, and decisions name the old ones; their words may change."""
    before = _with([{"code": code, "name": code} for code in old])
    after = _with([{"code": code, "name": f"“{code}”"} for code in new])
    found = change_findings(before, after, CampaignStatus.PUBLISHED)
    assert [each.pointer for each in found] == (["/vetoes"] if hurts else [])
    assert change_findings(before, after, CampaignStatus.DRAFT) == []


def test_a_notice_without_a_list_keeps_its_digest() -> None:
    assert "vetoes" not in CampaignSettings.model_validate(LUBEI).stored()


def _with(vetoes: list[dict[str, Any]]) -> CampaignSettings:
    return CampaignSettings.model_validate(LUBEI | {"vetoes": vetoes})
