from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.findings import Finding
from app.models.enums import AwardStatus
from app.services.filing.campaigns import template
from app.services.policies.commending import certificates as policy
from app.services.policies.commending.certificates import Given
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.paper_settings import CertificateWords

SETTINGS = CampaignSettings.model_validate(template("sample-2025"))
CODE = "7K4M-Q2XA-9TCE-H5WP"
GIVEN = Given(
    *("excellent_case", "first", "application", "“{红马甲}”互助站", None, "龙华社区、钟楼社区", "乔屯街道党工委"),
    *("路北文明创建〔2015〕第7号", CODE, datetime(2015, 11, 15, 16, tzinfo=UTC)),
)


def said(given: Given, settings: CampaignSettings = SETTINGS) -> list[str]:
    [certificate] = policy.certificates(settings, [given], None).items
    return list(certificate.paragraphs)


def codes(findings: list[Finding]) -> list[str]:
    return [each.rule.code for each in findings]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ["龙华社区、钟楼社区：", "你单位申报的“‘{红马甲}’互助站”在{campaign}中被评为{award}。"]),
        (
            {"recipient": "unit", "kind": "organising_unit", "grade": None, "name": "龙华社区"},
            ["龙华社区：", "你单位在{campaign}中被评为优秀组织单位。"],
        ),
        (
            {"recipient": "committee", "kind": "gone", "grade": None, "name": "乔屯街道党工委", "unit_name": None},
            ["乔屯街道党工委：", "你单位在{campaign}中被评为gone。"],
        ),
        (
            {"recipient": "person", "kind": "advanced_person", "grade": None, "name": "王芳", "person_title": "主任"},
            ["龙华社区、钟楼社区主任王芳同志：", "在{campaign}中成绩突出，被评为先进个人。"],
        ),
    ],
)
def test_each_sort_of_recipient_has_its_words(values: dict[str, Any], expected: list[str]) -> None:
    kind = SETTINGS.award_kind("excellent_case")
    assert kind is not None
    named = {"{campaign}": SETTINGS.name, "{award}": kind.called("first")}
    for name, words in named.items():
        expected = [line.replace(name, words) for line in expected]
    assert said(replace(GIVEN, **values)) == [*expected, "特颁此证，以资鼓励。"]


def test_a_person_of_a_committee_is_said_to_be_of_that() -> None:
    person = {"recipient": "person", "kind": "advanced_person", "grade": None, "name": "李强", "unit_name": None}
    assert said(replace(GIVEN, **person))[0] == "乔屯街道党工委李强同志："  # type: ignore[arg-type]


def test_a_certificate_says_when_by_whom_and_how_it_is_verified() -> None:
    [plain], [linked] = (
        policy.certificates(SETTINGS, [GIVEN], base).items for base in (None, "https://pinpai.example.gov.cn")
    )
    assert (plain.title, plain.number, plain.code) == ("荣誉证书", GIVEN.number, CODE)
    assert plain.signature == [SETTINGS.organizer.name, "2015年11月16日"], "the day in the campaign's zone"
    assert linked.code == f"https://pinpai.example.gov.cn/api/v1/public/certificates/{CODE}"
    assert [CODE in each.proof for each in (plain, linked)] == [True, True]


@pytest.mark.parametrize("text", ["{number}", "{", "}", "{name.__class__}", "{name!r}", "{name:>9}", "{}", ""])
def test_words_with_a_place_that_nothing_fills_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="text"):
        CertificateWords(text=text)


def test_a_certificate_is_printed_while_its_award_is_in_force() -> None:
    expected = {AwardStatus.AWARDED: [], AwardStatus.REVOKED: ["certificate_revoked"]}
    for status in AwardStatus:
        assert codes(policy.print_findings(status)) == expected.get(status, ["not_awarded"])


@pytest.mark.parametrize(
    ("count", "expected"), [(0, ["no_certificates"]), (1, []), (200, []), (201, ["too_many_certificates"])]
)
def test_a_file_has_some_certificates_and_not_too_many(count: int, expected: list[str]) -> None:
    assert codes(policy.count_findings(count)) == expected
