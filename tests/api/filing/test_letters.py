"""Letters for plans that were sent back, swaps that were answered, and extensions, read back from both formats."""

from datetime import datetime
from typing import Any

import pytest

from app.database import Clock
from tests.contract.client import ContractClient
from tests.scenarios import steps
from tests.scenarios.steps import done, read, reasons
from tests.world import ZONE, World, key
from tests.world.filing import District, district
from tests.world.papers import pages_of, squeezed, table_of_docx, table_of_pdf, text_of_docx


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def said(client: ContractClient, href: str, **chosen: Any) -> tuple[str, list[list[str]]]:
    """Return the words of a letter and its table, which are the same in both formats; a date may end otherwise."""
    pdf, docx = [await client.get(href, params=chosen | {"format": form}) for form in ("pdf", "docx")]
    assert (pdf.status_code, docx.status_code) == (200, 200), pdf.text
    words = "".join(pages_of(pdf.content))
    for part in text_of_docx(docx.content).split("。"):
        assert part in words
    table = table_of_pdf(pdf.content)
    assert table == (table_of_docx(docx.content) if table else [])
    return words, table


async def test_a_plan_comes_back_with_a_letter_and_each_return_has_its_own(place: District, clock: Clock) -> None:
    body = {"campaign_id": str(place.campaign.id), "cases": [{"name": "案例", "unit_name": place.unit.name}]}
    plan = done(await place.by_committee.post("/api/v1/plans", json=body, headers=key()), 201)
    href = f"/api/v1/plans/{plan['id']}"
    letter = f"{href}/return-letter"
    done(await place.by_committee.post(f"{href}/submission", headers=key()))
    assert (await place.by_office.get(letter)).status_code == 404
    assert (await read(place.by_office, href))["letter_href"] is None
    done(await place.by_office.post(f"{href}/return", json={"reason": "请补充案例", "due_on": "2015-04-24"}))
    words, table = await said(place.by_committee, letter)
    assert table == [["序号", "原因"], ["1", "请补充案例"]]
    for part in (
        f"编号：2015-{place.committee.code}-P01",
        f"{squeezed(place.committee.name)}：你单位报送的{place.campaign.name}实施计划登记表经审查，需要修改，现予退回，",
        "请于2015年4月24日24:00前修改，重新报送。联系人：张弓联系电话：3724062",
        "路北区精神文明建设委员会办公室2015年4月21日",
    ):
        assert part in words
    clock.stopped_at = datetime(2015, 4, 23, 9, tzinfo=ZONE)
    again = done(await place.by_committee.post(f"{href}/submission", headers=key()))
    assert (again["return_reason"], again["letter_href"]) == (None, letter)
    done(await place.by_office.post(f"{href}/return", json={"reason": "仍缺一项", "due_on": None}))
    latest, first = [(await said(place.by_office, letter, **which))[0] for which in ({}, {"number": 1})]
    assert "-P02" in latest
    assert "仍缺一项" in latest
    assert "请补充案例" in first
    assert (await place.by_office.get(f"{letter}?number=3")).status_code == 404
    stranger = await district(place.world, place.campaign)
    for client in (place.by_unit, stranger.by_committee):
        assert (await client.get(letter)).status_code == 404


@pytest.mark.parametrize(
    ("act", "answer", "words"),
    [
        ("consent", None, "经研究，同意下列调换，按新的上报回执执行："),
        ("refusal", "原件无误。", "经研究，不同意下列调换，原上报材料不变："),
    ],
)
async def test_a_swap_is_answered_by_a_letter(place: District, act: str, answer: str | None, words: str) -> None:
    wrong, _ = await place.filed(2)
    other = await place.sealed(brand_name="道德讲堂进楼院")
    asked: dict[str, Any] = {"application_id": str(wrong), "replacement_id": str(other), "reason": "误将未定稿的上报"}
    swap = done(await place.by_committee.post("/api/v1/swaps", json=asked, headers=key()), 201)
    href = f"/api/v1/swaps/{swap['id']}"
    refused = await place.by_committee.get(f"{href}/letter")
    assert (reasons(refused), swap["letter_href"]) == ([("not_answered", None)], None)
    answered = done(await place.by_office.post(f"{href}/{act}", json={"answer": answer}))
    (listed,) = (await read(place.by_committee, "/api/v1/swaps"))["items"]
    assert answered["letter_href"] == listed["letter_href"] == f"{href}/letter"
    letter, table = await said(place.by_committee, f"{href}/letter")
    assert table == [
        ["序号", "事项", "申报编号", "品牌名称"],
        ["1", "调出", swap["application_number"], "“红马甲”邻里互助站"],
        ["2", "调入", swap["replacement_number"], "道德讲堂进楼院"],
    ]
    assert f"编号：{swap['application_number']}-S01" in letter
    assert f"你单位2015年4月21日提出的调换申请收悉，申请理由：误将未定稿的上报。{words}" in letter
    assert ("原因：原件无误。" in letter) is (answer is not None)
    assert (await place.by_unit.get(f"{href}/letter")).status_code == 404


async def test_a_swap_and_its_letter_name_the_cases_as_they_were_when_it_was_asked_for(
    place: District, clock: Clock
) -> None:
    """A case that was declined goes back to its unit, whose draft is nobody else's business; one on file may change."""
    wrong, _ = await place.filed(2)
    other = await place.sealed(brand_name="道德讲堂进楼院")
    asked: dict[str, Any] = {"application_id": str(wrong), "replacement_id": str(other), "reason": "误将未定稿的上报"}
    swap = done(await place.by_committee.post("/api/v1/swaps", json=asked, headers=key()), 201)
    href = f"/api/v1/swaps/{swap['id']}"
    done(await place.by_office.post(f"{href}/refusal", json={"answer": "原件无误。"}))
    clock.stopped_at = datetime(2015, 4, 22, 9, tzinfo=ZONE)
    back = f"/api/v1/applications/{other}"
    etag = (await read(place.by_committee, back))["etag"]
    done(await place.by_committee.delete(f"{back}/endorsement", headers={"If-Match": etag}))
    done(await steps.act(place.by_committee, back, "return", {"reason": "请修改"}))
    correction = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
    done(await steps.act(place.by_office, f"/api/v1/applications/{wrong}", "correction-request", correction))
    for case in (other, wrong):
        done(await steps.edit(place.by_unit, f"/api/v1/applications/{case}", brand_name="另一名称"))
    for client in (place.by_office, place.by_committee):
        assert (await read(client, href))["replacement_name"] == "道德讲堂进楼院"
    _, table = await said(place.by_office, f"{href}/letter")
    assert [row[3] for row in table[1:]] == ["“红马甲”邻里互助站", "道德讲堂进楼院"]


async def test_an_extension_is_granted_by_a_letter_which_says_that_it_was_revoked(place: District) -> None:
    body = {"campaign_id": str(place.campaign.id), "committee_id": str(place.committee.id), "reason": "连日暴雨"}
    granted = [
        done(await place.by_office.post("/api/v1/extensions", json=body | which, headers=key()), 201)
        for which in (
            {"deadline": "application", "due_on": "2015-09-18"},
            {"deadline": "application", "due_on": "2015-09-20"},
            {"deadline": "plan", "due_on": "2015-04-25"},
        )
    ]
    hrefs = [f"/api/v1/extensions/{each['id']}" for each in granted]
    assert [each["letter_href"] for each in granted] == [f"{href}/letter" for href in hrefs]
    letters = [(await said(place.by_committee, each["letter_href"]))[0] for each in granted]
    code = place.committee.code
    for letter, number in zip(letters, (f"2015-{code}-E01", f"2015-{code}-E02", f"2015-{code}-PLAN-E01"), strict=True):
        assert f"编号：{number}" in letter
    assert f"同意你单位在{place.campaign.name}申报品牌的截止时间延至2015年9月18日24:00。原因：连日暴雨" in letters[0]
    assert f"{place.campaign.name}报送实施计划登记表的截止时间延至2015年4月25日24:00。" in letters[2]
    done(await place.by_office.post(f"{hrefs[0]}/revocation", json={"reason": "批错单位。"}))
    assert "【本延期已于2015年4月21日" in (await said(place.by_unit, f"{hrefs[0]}/letter"))[0]
    assert (await place.by_unit.get(f"{hrefs[2]}/letter")).status_code == 404


async def test_days_that_came_with_a_correction_are_told_in_its_letter(place: District) -> None:
    case, _ = await place.filed(2)
    correction = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
    done(await steps.act(place.by_office, f"/api/v1/applications/{case}", "correction-request", correction))
    (extension,) = (await read(place.by_office, "/api/v1/extensions"))["items"]
    refused = await place.by_office.get(f"/api/v1/extensions/{extension['id']}/letter")
    assert (reasons(refused), extension["letter_href"]) == ([("told_elsewhere", None)], None)
