from datetime import UTC, datetime
from typing import Any

import pytest

from app.findings import Finding, Rule
from app.models.enums import BookletPictures, BookletStatus, Language
from app.services.filing.campaigns import template
from app.services.policies.commending import booklets as policy
from app.services.policies.commending.booklets import Flaw, Honoured
from app.services.policies.commending.commendations import NO_CASES
from app.services.policies.filing.forms import FORM
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.prints import PrintFormat

SETTINGS = CampaignSettings.model_validate(template("lubei-2015"))
FORMED = dict.fromkeys(FORM, "") | {
    "brand_name": "红马甲",
    "phone": "0315-3724062",
    "leader_name": "王建国",
    "category": SETTINGS.categories[0].code,
    "started_on": "2015-03",
    "ended_on": "ongoing",
    "innovation": "由志愿者轮流上门。",
    "practices": "值班电话13912345678。",
}
CONTENT: dict[str, Any] = {
    "unit_name": "龙华社区",
    "committee_name": "乔屯街道党工委",
    "form": FORMED,
    "images": [{"slot": slot, "caption": f"第{slot}幅，电话13912345678", "sha256": "0"} for slot in (1, 3, 4)],
}
CASE = Honoured([("excellent_case", None), ("gone", None)], CONTENT, None, [4, 2, 1])
AT = datetime(2015, 11, 30, 16, tzinfo=UTC)


def codes(findings: list[Finding]) -> list[str]:
    return [each.rule.code for each in findings]


def test_a_case_is_in_it_with_its_awards_its_facts_its_texts_and_its_captions() -> None:
    booklet = policy.booklet(SETTINGS, "通报", AT, [CASE], BookletPictures.FILED)
    assert booklet.title == f"{SETTINGS.name}案例汇编"
    assert booklet.issuer == [SETTINGS.organizer.name, "2015年12月"], "the month in the campaign's zone"
    [case] = booklet.cases
    assert (case.title, case.honours) == ("红马甲", ["优秀案例", "gone"])
    assert [value for _, value in case.facts] == [
        "龙华社区",
        "乔屯街道党工委",
        SETTINGS.categories[0].name,
        "2015年3月至今",
    ]
    assert [each.heading for each in case.texts] == [SETTINGS.label("innovation"), SETTINGS.label("practices")]
    assert [each[:5] for each in case.captions] == ["图1　第1", "图2　第3", "图3　第4"]
    assert [hidden in case.said for hidden in ("139", "0315", "王建国")] == [False, False, False]


def test_the_pictures_are_all_that_were_filed_or_those_that_are_public() -> None:
    assert policy.slots(CASE, BookletPictures.FILED) == [1, 3, 4]
    assert policy.slots(CASE, BookletPictures.PUBLIC) == [4, 1]
    assert (policy.side(policy.MANY), policy.side(policy.MANY + 1)) == (policy.LARGE, policy.SMALL)


@pytest.mark.parametrize(
    ("status", "is_current", "is_there", "expected"),
    [
        (BookletStatus.BINDING, False, False, ["not_bound"]),
        (BookletStatus.BOUND, False, True, ["outdated"]),
        (BookletStatus.BOUND, True, True, []),
        (BookletStatus.BOUND, True, False, ["not_in_format"]),
        (BookletStatus.FAILED, False, False, ["not_in_format"]),
    ],
)
def test_what_is_downloaded_is_bound_and_says_what_holds(
    status: BookletStatus, is_current: bool, is_there: bool, expected: list[str]
) -> None:
    assert codes(policy.download_findings(status, is_current=is_current, is_there=is_there)) == expected


def test_what_is_lacking_is_told_at_its_case_and_without_any_at_the_cover() -> None:
    booklet = policy.booklet(SETTINGS, "通报", AT, [CASE], BookletPictures.FILED)
    found = [*policy.lacking_of(booklet, "龙"), *policy.lacking_of(booklet, "𡃁"), policy.unreadable(booklet, 1, 3)]
    assert [each["params"]["case"] for each in found] == ["1．红马甲", booklet.title, "1．红马甲"]


LACKING = Flaw(code="no_glyph", params={"case": "1．红马甲", "characters": "𡃁"})
UNREADABLE = Flaw(code="picture_unreadable", params={"case": "1．红马甲", "picture": 3})
BINDING, BOUND, FAILED = BookletStatus
PDF, DOCX = PrintFormat


@pytest.mark.parametrize(
    ("status", "cases", "formats", "flaws", "expected"),
    [
        (BINDING, 1, [], [], []),
        (BOUND, 1, [PDF, DOCX], [], []),
        (BOUND, 1, [DOCX], [LACKING], [policy.NO_GLYPH_IN_CASE]),
        (BOUND, 1, [DOCX], [], [policy.TOO_LARGE]),
        (BOUND, 1, [PDF], [], [policy.TOO_LARGE]),
        (FAILED, 1, [], [LACKING], [policy.NO_GLYPH_NOR_WORD, policy.TOO_LARGE]),
        (FAILED, 1, [], [], [policy.TOO_LARGE, policy.TOO_LARGE]),
        (FAILED, 1, [], [UNREADABLE], [policy.PICTURE_UNREADABLE]),
        (FAILED, 0, [], [], [NO_CASES]),
    ],
)
def test_a_booklet_says_of_each_format_why_it_was_not_bound(
    status: BookletStatus, cases: int, formats: list[PrintFormat], flaws: list[Flaw], expected: list[Rule]
) -> None:
    found = policy.binding_findings(status, cases, formats, flaws)
    assert [each.rule for each in found] == expected
    lacking = [policy.NAMES[each] for each in PrintFormat if each not in formats]
    told = [each.params["format"] for each in found if each.rule is policy.TOO_LARGE]
    assert told == (lacking[-len(told) :] if told else [])
    assert all(each.worded(language).message for each in found for language in Language)
