from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from app.findings import Finding
from app.models.enums import CommendationStatus as Status
from app.models.enums import Role
from app.services.filing.campaigns import template
from app.services.policies.commending import notices as policy
from app.services.policies.commending.notices import Announced, Awarded
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.paper_settings import NoticeWords

SETTINGS = CampaignSettings.model_validate(template("lubei-2015"))
GRADED = CampaignSettings.model_validate(template("sample-2025"))
AT = datetime(2015, 11, 15, 16, tzinfo=UTC)
CASE = Awarded("excellent_case", None, "application", "红马甲", None, "龙华社区", "乔屯街道党工委")
TOLD = Announced(
    title="关于表彰的通报",
    preface="经评选并公示。\n现予通报。",
    number="路北文明办〔2015〕12号",
    publicised_at=AT,
    first_on=date(2015, 11, 17),
    last_on=date(2015, 11, 23),
    published_at=AT,
    year=2015,
    awarded=[CASE],
)
DRAFT = replace(TOLD, preface="", number=None, publicised_at=None, first_on=None, last_on=None, published_at=None)


def codes(findings: list[Finding]) -> list[str]:
    return [each.rule.code for each in findings]


def test_a_publication_says_what_the_commendation_says() -> None:
    notice = policy.publication_notice(SETTINGS, TOLD)
    assert (notice.head, notice.number) == (f"{SETTINGS.organizer.name}文件", "路北文明办〔2015〕12号")
    assert (notice.title, notice.addressees) == (TOLD.title, f"{SETTINGS.forms.senders}：")
    assert notice.paragraphs == ["经评选并公示。", "现予通报。"]
    assert notice.signature == [SETTINGS.organizer.name, "2015年11月16日"], "the day in the campaign's zone"
    assert (notice.printed_by, notice.printed_on) == (SETTINGS.organizer.name, "2015年11月16日印发")
    assert notice.listed == ["优秀案例名单"]


def test_a_draft_has_places_for_what_it_does_not_have_yet() -> None:
    notice = policy.publication_notice(SETTINGS, DRAFT)
    assert notice.number == "路北文明办〔2015〕　　号"
    assert notice.signature[1].replace("　", "") == "年月日"
    assert notice.paragraphs == [
        f"经评选并公示，决定对{SETTINGS.name}中的下列获奖者（共1个）予以通报表彰，名单见附件。"
    ]
    assert "自发布次日起5个工作日" in policy.publicity_notice(SETTINGS, DRAFT).paragraphs[1]


def test_a_publicity_says_from_when_to_when_and_whom_to_tell() -> None:
    notice = policy.publicity_notice(SETTINGS, TOLD)
    assert notice.title == f"关于{SETTINGS.name}拟通报表彰名单的公示"
    assert (notice.number, notice.addressees, notice.printed_by) == ("", "", "")
    text = "".join(notice.paragraphs)
    for words in (
        "2015年11月17日至2015年11月23日，共5个工作日",
        SETTINGS.organizer.name,
        "联系人：张弓，联系电话：3724062",
    ):
        assert words in text
    at_once = replace(TOLD, first_on=None, last_on=None)
    assert "公示时间：发布当日。" in "".join(policy.publicity_notice(SETTINGS, at_once).paragraphs)


def test_the_campaign_has_words_of_its_own() -> None:
    words = NoticeWords(
        head="文明办文件", addressees="各单位", publicity="{count}个，{days}，{phone}", copies="区委办。"
    )
    own = SETTINGS.model_copy(update={"commendation": SETTINGS.commendation.model_copy(update={"notice": words})})
    assert policy.publicity_notice(own, DRAFT).paragraphs == ["1个，自发布次日起5个工作日，3724062"]
    published = policy.publication_notice(own, TOLD)
    assert (published.head, published.addressees, published.copies) == ("文明办文件", "各单位：", "区委办。")


@pytest.mark.parametrize("text", ["{number}", "{", "{count.real}", "{}"])
def test_words_with_a_place_that_nothing_fills_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="publicity"):
        NoticeWords(publicity=text)


def test_lists_are_by_kind_and_grade_in_the_order_of_the_campaign() -> None:
    first, second = (replace(CASE, name=name, grade=grade) for name, grade in (("甲", "second"), ("乙", "first")))
    unit = replace(CASE, kind="organising_unit", recipient="unit", name="龙华社区")
    person = replace(CASE, kind="advanced_person", recipient="person", name="王芳", person_title="主任")
    gone = replace(CASE, kind="gone", recipient="committee", name="乔屯街道党工委", unit_name=None)
    notice = policy.publication_notice(GRADED, replace(TOLD, awarded=[gone, person, first, second, unit]))
    cases, units, persons, others = notice.annexes
    kind = GRADED.award_kind("excellent_case")
    assert kind is not None
    names = {grade.code: grade.name for grade in kind.grades}
    assert [(part.heading, part.rows) for part in cases.parts] == [
        (f"{names['first']}（1个）", [["1", "乙", "龙华社区", "乔屯街道党工委"]]),
        (f"{names['second']}（1个）", [["1", "甲", "龙华社区", "乔屯街道党工委"]]),
    ]
    assert [part.rows for part in units.parts] == [[["1", "龙华社区", "乔屯街道党工委"]]]
    assert [part.rows for part in persons.parts] == [[["1", "王芳", "主任", "龙华社区"]]]
    assert (others.title, [part.rows for part in others.parts]) == ("gone名单", [[["1", "乔屯街道党工委"]]])
    assert notice.listed == [f"{place}. {each.title}" for place, each in enumerate(notice.annexes, 1)]
    for annex in notice.annexes:
        assert sum(width for _, width in annex.columns) == 156, "the width of the text"


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("status", list(Status))
def test_the_office_prints_at_any_time_and_others_what_is_public(role: Role, status: Status) -> None:
    office = role is Role.OFFICE
    past, early = status is Status.PUBLISHED and not office, status is not Status.PUBLISHED and not office
    assert codes(policy.publicity_findings(role, status, 1)) == ["publicity_past"] * past
    assert codes(policy.publication_findings(role, status, 1)) == ["not_published"] * early


@pytest.mark.parametrize(
    ("count", "expected"), [(0, ["no_awards"]), (1, []), (policy.MOST, []), (policy.MOST + 1, ["too_many_awards"])]
)
def test_a_notice_lists_some_awards_and_not_too_many(count: int, expected: list[str]) -> None:
    for findings in (policy.publicity_findings, policy.publication_findings):
        assert codes(findings(Role.OFFICE, Status.PUBLISHED, count)) == expected
