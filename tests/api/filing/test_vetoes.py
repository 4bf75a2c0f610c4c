"""The veto list over HTTP: answered by the office, in the way of its acceptance, and read by nobody else."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from httpx2 import Response

from app.models.enums import AwardStatus, CommendationStatus, Role, RoundStatus
from app.services.filing.campaigns import template
from tests.contract.client import ContractClient
from tests.scenarios import steps
from tests.scenarios.steps import act, done, read, reasons
from tests.world import World, key
from tests.world.commending import commending, found, publicise
from tests.world.filing import District, district
from tests.world.judging import judging
from tests.world.notifying import feed, hand_on
from tests.world.papers import table_of_pdf

VETOES = [
    {"code": "accident", "name": "发生重大安全事故", "name_en": "Serious accident", "description": "较大以上事故"},
    {"code": "fraud", "name": "弄虚作假"},
]
GROUND = "区应急局2015年8月通报。"
ACCIDENT = {"code": "accident", "found": True, "reason": GROUND}
NO_ACCIDENT, NO_FRAUD = ({"code": code, "found": False} for code in ("accident", "fraud"))


@pytest.fixture
async def place(world: World) -> District:
    return await district(world, await world.campaign(vetoes=VETOES))


def href_of(application_id: UUID) -> str:
    return f"/api/v1/applications/{application_id}"


async def answer(client: ContractClient, href: str, *answers: dict[str, Any]) -> Response:
    return await client.post(f"{href}/veto-answers", json={"answers": list(answers)})


async def said(client: ContractClient, href: str, action: str = "accept") -> list[str]:
    findings = (await read(client, href))["actions"][action]["findings"]
    return [each["message"] for each in findings if each["severity"] == "error"]


async def test_every_item_is_answered_before_it_is_accepted(place: District) -> None:
    first, _ = await place.filed(2)
    href = href_of(first)
    assert await said(place.by_office, href) == [
        "负面清单“发生重大安全事故”尚未核查。",
        "负面清单“弄虚作假”尚未核查。",
    ]
    refused = await act(place.by_office, href, "acceptance")
    assert reasons(refused) == [("veto_open", None)] * 2
    listed = done(await answer(place.by_office, href, NO_ACCIDENT))
    assert [(each["code"], each["found"], each["answered_by"]) for each in listed["items"]] == [
        ("accident", False, place.clerk.name),
        ("fraud", False, None),
    ]
    english = await place.by_office.post(f"{href}/acceptance", headers={"Accept-Language": "en"})
    assert [each["message"] for each in english.json()["findings"]] == [
        "The item “弄虚作假” of the veto list has not been answered yet."
    ]
    done(await answer(place.by_office, href, NO_FRAUD))
    assert done(await act(place.by_office, href, "acceptance"))["status"] == "accepted"


async def test_what_was_found_is_a_reason_of_the_refusal_and_stands_in_its_letter(place: District) -> None:
    first, second = await place.filed(2)
    href = href_of(first)
    done(await answer(place.by_office, href, ACCIDENT, NO_FRAUD))
    assert await said(place.by_office, href) == ["经核查存在“发生重大安全事故”，不能受理：请不予受理，或退回补正。"]
    assert reasons(await act(place.by_office, href, "acceptance")) == [("veto_found", None)]
    await hand_on(place.world)
    body = {"reason_codes": ["untrue"], "remark": "请见附函。"}
    done(await act(place.by_office, href, "disqualification", body))
    for client in (place.by_unit, place.by_committee, place.by_office):
        seen = await read(client, href)
        assert seen["reason_codes"] == ["untrue", "accident"]
        assert GROUND not in str(seen)
        (decision,) = (await read(client, f"{href}/decisions"))["items"]
        assert decision["reasons"][1] == "发生重大安全事故"
        assert table_of_pdf((await client.get(decision["letter_href"])).content) == [
            ["序号", "原因"],
            ["1", "材料失实"],
            ["2", "发生重大安全事故"],
        ]
    unfound = {"reason_codes": ["fraud"]}
    refused = await act(place.by_office, href_of(second), "disqualification", unfound)
    assert reasons(refused) == [("veto_not_found", "/reason_codes/0")]
    await hand_on(place.world)
    assert (await feed(place.by_unit))[0]["details"] == ["原因：材料失实；发生重大安全事故；请见附函。"]


async def test_the_reason_of_a_refusal_may_be_the_item_alone(place: District) -> None:
    first, second = await place.filed(2)
    for each in (first, second):
        done(await answer(place.by_office, href_of(each), ACCIDENT))
    done(await act(place.by_office, href_of(first), "disqualification", {"reason_codes": ["accident"]}))
    correction = {"reason_codes": ["accident"], "due_on": "2015-09-25"}
    done(await act(place.by_office, href_of(second), "correction-request", correction))
    seen = await read(place.by_unit, href_of(second))
    assert (seen["status"], seen["reason_codes"]) == ("returned", ["accident"])


async def test_nobody_but_the_office_reads_or_answers(world: World, place: District) -> None:
    first, _ = await place.filed(2)
    href = href_of(first)
    done(await answer(place.by_office, href, ACCIDENT))
    judge, stranger = await world.client_of(Role.REVIEWER), await world.client_of(Role.MUNICIPAL)
    for client in (place.by_unit, place.by_committee, judge, stranger):
        assert (await client.get(f"{href}/vetoes")).status_code == 403
        assert (await answer(client, href, NO_FRAUD)).status_code in {403, 404}
    for client in (place.by_unit, place.by_committee):
        assert "answer_vetoes" not in (await read(client, href))["actions"]
        for address in (f"{href}/history", "/api/v1/audit-events"):
            assert "veto" not in str(await read(client, address))


async def test_answers_are_kept_with_who_and_when_and_changed_with_a_trace(world: World, place: District) -> None:
    first, _ = await place.filed(2)
    href = href_of(first)
    done(await answer(place.by_office, href, ACCIDENT))
    done(await answer(place.by_office, href, ACCIDENT))
    account = await world.account(Role.OFFICE)
    await world.put(account, name="王芳")
    colleague = await world.sign_in(account)
    done(await answer(colleague, href, NO_ACCIDENT | {"reason": "查无此事。"}))
    events = (await read(place.by_office, f"{href}/history"))["items"]
    answered = [each for each in events if each["subject_type"] == "veto"]
    assert [(each["action"], each["data"]["found"], each["data"]["reason"]) for each in answered] == [
        ("veto.answered", False, "查无此事。"),
        ("veto.answered", True, GROUND),
    ]
    (accident, _) = (await read(place.by_office, f"{href}/vetoes"))["items"]
    assert (accident["found"], accident["reason"]) == (False, "查无此事。")
    assert accident["answered_by"] == "王芳"


@pytest.mark.parametrize(
    ("answers", "pointers"),
    [
        ([], ["/answers"]),
        ([{"code": "accident", "found": True}], ["/answers/0/reason"]),
        ([NO_FRAUD, NO_ACCIDENT, NO_FRAUD], ["/answers/2/code"]),
        ([{"code": "accident"}], ["/answers/0/found"]),
    ],
)
async def test_an_answer_says_what_it_must(place: District, answers: list[Any], pointers: list[str]) -> None:
    first, _ = await place.filed(2)
    refused = await answer(place.by_office, href_of(first), *answers)
    assert (refused.status_code, [each["pointer"] for each in refused.json()["errors"]]) == (422, pointers)


async def test_what_there_is_no_list_or_no_item_of_is_not_answered(world: World, place: District) -> None:
    first, _ = await place.filed(2)
    refused = await answer(place.by_office, href_of(first), NO_ACCIDENT, {"code": "mood", "found": False})
    assert reasons(refused) == [("unknown_veto", "/answers/1/code")]
    plain = await district(world)
    other, _ = await plain.filed(2)
    assert reasons(await answer(plain.by_office, href_of(other), NO_ACCIDENT))[0] == ("no_veto_list", None)
    assert (await read(plain.by_office, f"{href_of(other)}/vetoes"))["items"] == []
    done(await act(plain.by_office, href_of(other), "acceptance"))


async def test_what_is_filed_again_is_gone_through_again(world: World, place: District) -> None:
    first, _ = await place.filed(2)
    href = href_of(first)
    done(await answer(place.by_office, href, ACCIDENT, NO_FRAUD))
    correction = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
    done(await act(place.by_office, href, "correction-request", correction))
    in_state = await answer(place.by_office, href, NO_ACCIDENT)
    assert (in_state.status_code, in_state.json()["state"]) == (409, "returned")
    done(await steps.edit(place.by_unit, href, effects="果" * 600))
    done(await place.by_unit.post(f"{href}/submission", headers=key()))
    await place.seal(first)
    done(await place.file(first), 201)
    listed = (await read(place.by_office, f"{href}/vetoes"))["items"]
    assert [(each["found"], each["answered_at"]) for each in listed] == [(False, None), (False, None)]
    assert len(await said(place.by_office, href)) == 2


async def test_many_are_accepted_at_once_but_those_that_are_open(place: District) -> None:
    first, second = await place.filed(2)
    done(await answer(place.by_office, href_of(first), NO_ACCIDENT, NO_FRAUD))
    body = {"decision": "accept", "application_ids": [str(first), str(second)]}
    results = done(await place.by_office.post("/api/v1/checks", json=body))["items"]
    assert [(each["done"], [one["code"] for one in each["findings"]]) for each in results] == [
        (True, []),
        (False, ["veto_open", "veto_open"]),
    ]


async def test_two_of_the_office_answer_and_accept_at_once(place: District) -> None:
    """The acceptance sees the answer or comes before it: it is never given to a case with an item that was found."""
    first, _ = await place.filed(2)
    href = href_of(first)
    done(await answer(place.by_office, href, NO_ACCIDENT, NO_FRAUD))
    answered, accepted = await asyncio.gather(
        answer(place.by_office, href, ACCIDENT), act(place.by_office, href, "acceptance")
    )
    assert answered.status_code == 200
    assert accepted.status_code in {200, 409}
    events = [each["action"] for each in (await read(place.by_office, f"{href}/history"))["items"]][:2]
    before = ["application.accepted", "veto.answered"]
    assert events == (before[::-1] if accepted.is_success else ["veto.answered", "veto.answered"])


async def test_what_is_found_after_the_acceptance_keeps_it_from_awards(world: World) -> None:
    place = await commending(world, (1, 90.0), (2, 80.0), campaign=await world.campaign(vetoes=VETOES))
    hrefs = [href_of(case.id) for case in place.cases]
    done(await answer(place.by_office, hrefs[0], ACCIDENT))
    by_hand: dict[str, Any] = {"application_ids": [str(place.cases[0].id)], "reason": "影响大。"}
    assert found(await place.propose("by_hand", **by_hand)) == [("vetoed", "/application_ids")]
    done(await place.propose("count", count=1))
    (award,) = await place.awards()
    assert award["application_id"] == str(place.cases[1].id), "the ranking passes over it"
    done(await answer(place.by_office, hrefs[1], ACCIDENT))
    await place.stands(CommendationStatus.DRAFT, AwardStatus.PROPOSED)
    assert ("vetoed", "/awards") in found(await publicise(place))
    etag = {"If-Match": award["etag"]}
    assert (await place.by_office.delete(f"/api/v1/awards/{award['id']}", headers=etag)).is_success
    done(await act(place.by_office, hrefs[1], "disqualification", {"reason_codes": ["accident"]}))


async def test_what_is_found_after_the_acceptance_is_not_nominated(world: World) -> None:
    settings = template("lubei-2015")["commendation"] | {"nominate_accepted": True}
    place = await commending(world, (1, 90.0), campaign=await world.campaign(vetoes=VETOES, commendation=settings))
    done(await answer(place.by_office, href_of(place.cases[0].id), ACCIDENT))
    body = {"application_id": str(place.cases[0].id), "position": 1, "reason": "影响大。"}
    refused = await place.by_office.post("/api/v1/nominations", json=body, headers=key())
    assert found(refused) == [("vetoed", "/application_id")]


async def test_what_is_found_after_the_acceptance_enters_no_round(world: World) -> None:
    """Neither by name, nor with all that were accepted."""
    campaign = await world.campaign(vetoes=VETOES)
    held = await judging(world, campaign=campaign, status=RoundStatus.DRAFT, reviews_wanted=1, judges=1)
    clear, vetoed = [await held.case(entered=False) for _ in range(2)]
    done(await answer(held.by_office, href_of(vetoed.id), ACCIDENT))
    path = f"/api/v1/rounds/{held.round.id}"
    done(await held.by_office.post(f"{path}/opening", headers=key()))
    assert [row["application_id"] for row in (await read(held.by_office, f"{path}/entries"))["items"]] == [
        str(clear.id)
    ]
    named = {"application_ids": [str(vetoed.id)]}
    refused = await held.by_office.post(f"{path}/entries", json=named)
    assert found(refused) == [("vetoed", "/application_ids/0")]
    assert vetoed.number in refused.json()["findings"][0]["message"]


async def test_the_statistics_count_what_was_found(place: District) -> None:
    first, second = await place.filed(2)
    done(await answer(place.by_office, href_of(first), ACCIDENT))
    done(await answer(place.by_office, href_of(second), NO_ACCIDENT))
    counts = await read(place.by_office, f"/api/v1/statistics?campaign_id={place.campaign.id}")
    assert counts["by_veto"] == [{"code": "accident", "count": 1}]
