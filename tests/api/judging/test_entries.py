import asyncio
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from app.models.enums import Role, RoundIntake, RoundKind, RoundStatus
from tests.world import NO_ROWS, World, key
from tests.world.judging import judging
from tests.world.statements import noted

URL = "/api/v1/rounds"
ANY = {"If-Match": "*"}


def codes(answer: Any) -> list[tuple[str, str | None]]:
    assert answer.status_code == 409, answer.text
    return [(finding["code"], finding["pointer"]) for finding in answer.json()["findings"]]


async def test_the_office_reads_who_applied_and_what_of_it_the_texts_tell(world: World) -> None:
    held = await judging(world)
    committee = await world.committee(name="乔屯街道党工委")
    unit = await world.unit(committee, name="乔屯街道龙华社区")
    case = await held.case(unit, brand_name="乔屯街道龙华社区“红马甲”", practices="书记李文博带头，热线 3724062。")
    quiet = await held.case(unit, leader_name="王芳", phone="0315-1111111", leader_title="主任")
    listed = await held.by_office.get(f"{URL}/{held.round.id}/entries")
    rows = {row["application_id"]: row for row in listed.json()["items"]}
    assert listed.json()["total"] == 2
    row = rows[str(case.id)]
    assert [(each["pointer"], each["params"]["word"], each["severity"]) for each in row["findings"]] == [
        ("/form/brand_name", "乔屯街道龙华社区", "advice"),
        ("/form/practices", "李文博", "advice"),
        ("/form/practices", "3724062", "advice"),
    ]
    assert {name: row[name] for name in ("case_number", "version", "category", "unit_name", "committee_name")} == {
        "case_number": 1,
        "version": 1,
        "category": "qingman",
        "unit_name": "乔屯街道龙华社区",
        "committee_name": "乔屯街道党工委",
    }
    assert rows[str(quiet.id)]["findings"] == []


async def test_where_nothing_is_hidden_nothing_is_pointed_out(world: World) -> None:
    held = await judging(world, blind=False)
    await held.case(brand_name="李文博工作室")
    listed = await held.by_office.get(f"{URL}/{held.round.id}/entries")
    assert [row["findings"] for row in listed.json()["items"]] == [[]]


async def test_the_order_of_appearance_is_drawn_by_the_seed_and_anybody_can_draw_it_again(world: World) -> None:
    held = await judging(world, status=RoundStatus.DRAFT, kind=RoundKind.LIVE, blind=False, reviews_wanted=1, seed=7)
    for _ in range(4):
        await held.case(entered=False)
    await held.judge()
    path = f"{URL}/{held.round.id}"
    assert (await held.by_office.get(f"{path}/appearances")).json()["appearances"] == []
    assert (await held.by_office.post(f"{path}/opening", headers=key())).status_code == 200
    drawn = (await held.by_office.get(f"{path}/appearances")).json()
    lots = {sha256(f"7/{case.id}".encode()).hexdigest(): str(case.id) for case in held.cases}
    assert [(each["place"], each["lot"], each["application_id"]) for each in drawn["appearances"]] == [
        (place, lot, lots[lot]) for place, lot in enumerate(sorted(lots), 1)
    ]
    assert (drawn["seed"], drawn["drawn_at"] is None) == (7, False)
    again = await held.by_office.patch(path, json={"seed": 8, "kind": "written"}, headers=ANY)
    assert codes(again) == [("kind_fixed", "/kind"), ("order_drawn", "/seed")]
    strangers = [*held.by_judge, await world.client_of(Role.UNIT, unit=held.units[0])]
    assert [(await each.get(f"{path}/appearances")).status_code for each in strangers] == [404, 404]
    written = await judging(world)
    assert (await written.by_office.get(f"{URL}/{written.round.id}/appearances")).status_code == 404


async def test_a_late_case_enters_an_open_round_under_the_next_number(world: World) -> None:
    held = await judging(world, cases=2, cases_numbered=2)
    path = f"{URL}/{held.round.id}/entries"
    late = [await held.case(entered=False) for _ in range(2)]
    filed = await world.filed(held.campaign, held.units[0])
    elsewhere = await world.filed(await world.campaign(), held.units[0])
    draft = await world.application(held.campaign, held.units[0])
    named = [late[0].id, filed.id, elsewhere.id, draft.id, held.cases[0].id, uuid4()]
    refused = await held.by_office.post(path, json={"application_ids": [str(each) for each in named]})
    assert codes(refused) == [
        ("not_accepted", "/application_ids/1"),
        ("unknown_reference", "/application_ids/2"),
        ("unknown_reference", "/application_ids/3"),
        ("already_entered", "/application_ids/4"),
        ("unknown_reference", "/application_ids/5"),
    ]
    added = await held.by_office.post(path, json={"application_ids": [str(case.id) for case in late]})
    assert (added.status_code, added.json()["entry_count"]) == (200, 4)
    rows = (await held.by_office.get(path)).json()["items"]
    numbers = {row["application_id"]: row["case_number"] for row in rows}
    assert sorted(numbers[str(case.id)] for case in late) == [3, 4]


async def test_cases_that_come_late_at_once_get_numbers_of_their_own(world: World) -> None:
    held = await judging(world, cases=1, cases_numbered=1)
    path = f"{URL}/{held.round.id}/entries"
    late = [await held.case(entered=False) for _ in range(3)]
    bodies = [{"application_ids": [str(case.id)]} for case in (*late, late[0])]
    answers = await asyncio.gather(*(held.by_office.post(path, json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 409]
    rows = (await held.by_office.get(path)).json()["items"]
    assert sorted(row["case_number"] for row in rows) == [1, 2, 3, 4]


async def test_only_a_draft_that_selects_takes_cases_one_by_one(world: World) -> None:
    held = await judging(world, status=RoundStatus.DRAFT, opened_at=None)
    case = await held.case(entered=False)
    path, body = f"{URL}/{held.round.id}", {"application_ids": [str(case.id)]}
    assert codes(await held.by_office.post(f"{path}/entries", json=body)) == [("not_selected_intake", None)]
    await held.by_office.patch(path, json={"intake": "selected"}, headers=ANY)
    added = await held.by_office.post(f"{path}/entries", json=body)
    assert added.json()["entry_count"] == 1
    rows = (await held.by_office.get(f"{path}/entries")).json()["items"]
    assert [(row["application_id"], row["case_number"]) for row in rows] == [(str(case.id), None)]
    mark = {"If-Match": added.headers["etag"]}
    removed = await held.by_office.delete(f"{path}/entries/{case.id}", headers=mark)
    assert (removed.status_code, removed.json()["entry_count"]) == (200, 0)
    assert (await held.by_office.delete(f"{path}/entries/{case.id}", headers=mark)).status_code == 412
    assert (await held.by_office.delete(f"{path}/entries/{case.id}", headers=ANY)).status_code == 404


async def test_a_case_that_a_judge_was_given_stays_in_the_round(world: World) -> None:
    held = await judging(world, cases=2, judges=1)
    path = f"{URL}/{held.round.id}/entries"
    given, free = held.cases
    await held.assign(given, held.judges[0])
    assert codes(await held.by_office.delete(f"{path}/{given.id}", headers=ANY)) == [("case_assigned", None)]
    assert (await held.by_office.delete(f"{path}/{free.id}", headers=ANY)).json()["entry_count"] == 1


async def test_nothing_enters_or_leaves_a_closed_round(world: World) -> None:
    held = await judging(world, cases=1, status=RoundStatus.CLOSED, intake=RoundIntake.SELECTED)
    path = f"{URL}/{held.round.id}/entries"
    late = await held.case(entered=False)
    assert (await held.by_office.post(path, json={"application_ids": [str(late.id)]})).status_code == 409
    assert (await held.by_office.delete(f"{path}/{held.cases[0].id}", headers=ANY)).status_code == 409


async def test_nobody_else_knows_which_cases_are_judged(world: World) -> None:
    held = await judging(world, cases=1, judges=1)
    await held.judge(member=False)
    path = f"{URL}/{held.round.id}/entries"
    strangers = [
        held.by_judge[1],
        await world.client_of(Role.COMMITTEE, committee=held.committees[0]),
        await world.client_of(Role.UNIT, unit=held.units[0]),
        await world.client_of(Role.MUNICIPAL),
    ]
    for stranger in strangers:
        answers = [
            await stranger.get(path),
            await stranger.post(path, json={"application_ids": [str(held.cases[0].id)]}),
            await stranger.delete(f"{path}/{held.cases[0].id}", headers=ANY),
        ]
        assert [answer.status_code for answer in answers] == [404] * 3
    assert (await held.by_office.get(f"{URL}/{uuid4()}/entries")).status_code == 404


@pytest.mark.parametrize("rows", [1, 12])
async def test_a_page_of_cases_is_read_with_two(world: World, rows: int) -> None:
    held = await judging(world, cases=rows)
    with noted(world.database) as sent:
        answer = await held.by_office.get(f"{URL}/{held.round.id}/entries", params={"limit": 50})
    assert (len(answer.json()["items"]), len(sent)) == (rows, 2)


async def test_a_round_without_cases_has_an_empty_page(world: World) -> None:
    held = await judging(world)
    assert (await held.by_office.get(f"{URL}/{held.round.id}/entries")).json() == NO_ROWS
