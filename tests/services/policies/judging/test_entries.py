from typing import Any
from uuid import UUID

import pytest

from app.findings import Finding
from app.models.enums import ApplicationStatus, RoundIntake, RoundStatus
from app.services.policies.judging import entries as policy
from app.services.policies.judging.entries import Candidate

DRAFT, OPEN, _ = RoundStatus
IDS = [UUID(int=number) for number in range(1, 21)]
NAMES = {
    "unit_name": "路北区乔屯街道龙华社区",
    "committee_name": "乔屯街道党工委",
    "leader_name": "李文博",
    "phone": "0315-3724062",
}


def content(text: str = "", caption: str = "", **names: str) -> dict[str, Any]:
    given = NAMES | names
    form = {"brand_name": "“红马甲”", "innovation": "", "practices": text, "effects": ""}
    return {
        "unit_name": given["unit_name"],
        "committee_name": given["committee_name"],
        "form": form | {"leader_name": given["leader_name"], "phone": given["phone"]},
        "images": [{"caption": "义诊"}, {"caption": caption}],
    }


def words(findings: list[Finding]) -> list[str]:
    assert not any(finding.refuses for finding in findings)
    return [str(finding.params["word"]) for finding in findings]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("一是建章立制，二是分片包户。", []),
        ("我们路北区乔屯街道龙华社区", ["路北区乔屯街道龙华社区", "乔屯街道"]),
        ("乔屯街道龙华社区居民", ["乔屯街道龙华社区", "乔屯街道"]),
        ("龙华社区的居民", ["龙华社区"]),
        ("乔屯街道党工委高度重视，乔屯街道党工委带头", ["乔屯街道党工委"]),
        ("书记李文博带头", ["李文博"]),
        ("热线0315-3724062", ["0315-3724062"]),
        ("热线（0315）3724062", ["0315）3724062"]),
        ("热线3724062", ["3724062"]),
        ("编号13724062号，37240629次", []),
        ("龙华路上的社区", []),
    ],
)
def test_what_tells_who_applied_is_pointed_out_with_the_word_that_does(text: str, found: list[str]) -> None:
    findings = policy.identity_findings(content(text))
    assert words(findings) == found
    assert {finding.pointer for finding in findings} <= {"/form/practices"}


def test_each_unit_of_a_joint_application_is_pointed_out() -> None:
    joint = content("新华里社区与龙华社区同办", unit_name="龙华社区、新华里社区")
    assert words(policy.identity_findings(joint)) == ["龙华社区", "新华里社区"]


def test_every_text_that_judges_read_is_looked_through() -> None:
    identified = content("龙华社区", "龙华社区合影")
    identified["form"] |= dict.fromkeys(policy.TEXTS, "龙华社区")
    assert [finding.pointer for finding in policy.identity_findings(identified)] == [
        "/form/brand_name",
        "/form/innovation",
        "/form/practices",
        "/form/effects",
        "/images/1/caption",
    ]


def test_what_is_not_known_gives_nobody_away() -> None:
    blank: Any = content("无", unit_name="", committee_name="", leader_name="", phone="")
    blank["form"] |= {"leader_name": None, "phone": None, "brand_name": None}
    blank["images"][0]["caption"] = None
    assert policy.identity_findings(blank) == []


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("乔屯街道党工委", "乔屯街道"),
        ("果园乡党委", "果园乡"),
        ("区直机关工委", "区直机关"),
        ("高新区党（工）委", "高新区"),
        ("中共文化路街道工作委员会", "文化路街道"),
        ("教育局", "教育局"),
    ],
)
def test_a_committee_is_called_by_its_place(name: str, short: str) -> None:
    assert policy.short_committee(name) == short


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("乔屯街道龙华社区", "龙华社区"),
        ("唐山市路北区乔屯街道龙华社区", "龙华社区"),
        ("路北区人民法院", "人民法院"),
        ("龙华社区", "龙华社区"),
        ("凤凰园小区业委会", "凤凰园小区业委会"),
    ],
)
def test_a_unit_is_called_without_where_it_lies(name: str, short: str) -> None:
    assert policy.short_unit(name, "路北区乔屯街道党工委") == short


@pytest.mark.parametrize(
    ("text", "unit"), [("到法院旁听", "路北区法院"), ("社区办事处", "乔屯街道办事处"), ("到居委会", "路北区居委会")]
)
def test_a_word_of_everyday_language_gives_nobody_away(text: str, unit: str) -> None:
    assert policy.identity_findings(content(text, unit_name=unit)) == []


@pytest.mark.parametrize(
    ("status", "intake", "early"),
    [(DRAFT, RoundIntake.SELECTED, False), (DRAFT, RoundIntake.ALL, True), (DRAFT, RoundIntake.BEST, True)]
    + [(OPEN, intake, False) for intake in RoundIntake],
)
def test_cases_are_listed_for_a_draft_that_wants_it_and_added_to_what_is_open(
    status: RoundStatus, intake: RoundIntake, early: bool
) -> None:
    found = {IDS[0]: Candidate(ApplicationStatus.ACCEPTED, entered=False)}
    codes = [finding.rule.code for finding in policy.addition_findings(status, intake, IDS[:1], found)]
    assert codes == (["not_selected_intake"] if early else [])


def test_only_what_is_accepted_enters_and_only_once() -> None:
    states: list[ApplicationStatus] = list(ApplicationStatus)
    named = [UUID(int=place) for place in range(len(states) + 2)]
    found = {named[place]: Candidate(status, entered=False) for place, status in enumerate(states)}
    found[named[-2]] = Candidate(ApplicationStatus.ACCEPTED, entered=True)
    findings = policy.addition_findings(OPEN, RoundIntake.ALL, named, found)
    assert [(finding.rule.code, finding.pointer) for finding in findings] == [
        *(
            ("not_accepted", f"/application_ids/{place}")
            for place, status in enumerate(states)
            if status is not ApplicationStatus.ACCEPTED
        ),
        ("already_entered", f"/application_ids/{len(states)}"),
        ("unknown_reference", f"/application_ids/{len(states) + 1}"),
    ]


def test_what_a_judge_was_given_stays() -> None:
    assert [finding.rule.code for finding in policy.removal_findings(assigned=True)] == ["case_assigned"]
    assert policy.removal_findings(assigned=False) == []


def test_the_order_is_drawn_by_the_seed_and_by_nothing_else() -> None:
    drawn = policy.drawn_order(7, IDS)
    assert sorted(drawn) == IDS
    assert drawn == policy.drawn_order(7, IDS[::-1])
    assert drawn not in (IDS, policy.drawn_order(8, IDS))
