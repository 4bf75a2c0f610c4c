import asyncio
from typing import Any
from uuid import uuid4

import pytest

from app.models.enums import AccountStatus, Role, RoundStatus
from tests.world import NOW, World
from tests.world.judging import judging
from tests.world.statements import noted

URL = "/api/v1/rounds"
ANY = {"If-Match": "*"}


def codes(answer: Any) -> list[tuple[str, str | None]]:
    assert answer.status_code == 409, answer.text
    return [(finding["code"], finding["pointer"]) for finding in answer.json()["findings"]]


def named(*accounts: Any) -> dict[str, Any]:
    return {"reviewer_ids": [str(account.id) for account in accounts]}


def members(answer: Any) -> set[str]:
    assert answer.status_code == 200, answer.text
    return {member["reviewer_id"] for member in answer.json()["members"]}


async def test_a_panel_is_seated_and_changed_with_the_round(world: World) -> None:
    held = await judging(world, judges=0)
    first, second = [await held.judge(member=False, organisation="市委党校", minimum_load=2) for _ in range(2)]
    path = f"{URL}/{held.round.id}/panel"
    before = (await held.by_office.get(path)).headers["etag"]
    seated = await held.by_office.put(path, json=named(first, second), headers={"If-Match": before})
    assert members(seated) == {str(first.id), str(second.id)}
    assert seated.headers["etag"] == (await held.by_office.get(f"{URL}/{held.round.id}")).headers["etag"] != before
    assert (await held.by_office.put(path, json=named(first), headers={"If-Match": before})).status_code == 412
    one = await held.by_office.put(path, json=named(first, first), headers=ANY)
    assert one.json()["members"] == [
        {
            "reviewer_id": str(first.id),
            "name": first.name,
            "account_status": "active",
            "organisation": "市委党校",
            "expertise": [],
            "minimum_load": 2,
            "maximum_load": 100,
            "assigned": 0,
            "joined_at": "2015-04-21T02:00:00Z",
        }
    ]
    same = await held.by_office.put(path, json=named(first), headers=ANY)
    assert same.headers["etag"] == one.headers["etag"]


async def test_only_active_accounts_with_a_profile_join(world: World) -> None:
    held = await judging(world)
    suspended, good = [await held.judge(member=False) for _ in range(2)]
    async with world.database.transaction() as session:
        (await session.merge(suspended)).status = AccountStatus.DISABLED
    blank, clerk = await world.account(Role.REVIEWER), held.clerk
    body = named(good, suspended, blank, clerk)
    body["reviewer_ids"].append(str(uuid4()))
    path = f"{URL}/{held.round.id}/panel"
    assert codes(await held.by_office.put(path, json=body, headers=ANY)) == [
        ("account_not_active", "/reviewer_ids/1"),
        ("unknown_reference", "/reviewer_ids/2"),
        ("unknown_reference", "/reviewer_ids/3"),
        ("unknown_reference", "/reviewer_ids/4"),
    ]
    assert members(await held.by_office.get(path)) == set()


async def test_who_has_cases_cannot_be_left_out_until_they_are_withdrawn(world: World) -> None:
    held = await judging(world, cases=1, judges=2)
    busy, idle = held.judges
    given = await held.assign(held.cases[0], busy)
    path = f"{URL}/{held.round.id}/panel"
    assert [member["assigned"] for member in (await held.by_office.get(path)).json()["members"]].count(1) == 1
    refused = await held.by_office.put(path, json=named(idle), headers=ANY)
    assert codes(refused) == [("has_cases", "/reviewer_ids")]
    assert refused.json()["findings"][0]["params"] == {"name": busy.name, "count": 1}
    assert members(await held.by_office.put(path, json=named(busy), headers=ANY)) == {str(busy.id)}
    async with world.database.transaction() as session:
        (await session.merge(given)).withdrawn_at = NOW
    assert members(await held.by_office.put(path, json=named(idle), headers=ANY)) == {str(idle.id)}
    assert (await held.by_judge[0].get(f"{URL}/{held.round.id}")).status_code == 404


async def test_a_conflict_found_later_keeps_its_judge_on_the_panel(world: World) -> None:
    held = await judging(world, cases=1)
    judge = await held.judge(committee_id=held.committees[0].id)
    await held.assign(held.cases[0], judge)
    path = f"{URL}/{held.round.id}/panel"
    assert [member["assigned"] for member in (await held.by_office.get(path)).json()["members"]] == [1]
    assert codes(await held.by_office.put(path, json=named(), headers=ANY)) == [("has_cases", "/reviewer_ids")]


async def test_two_who_seat_a_panel_at_once_do_not_undo_each_other(world: World) -> None:
    held = await judging(world, judges=2)
    path = f"{URL}/{held.round.id}/panel"
    mark = {"If-Match": (await held.by_office.get(path)).headers["etag"]}
    answers = await asyncio.gather(
        *(held.by_office.put(path, json=named(judge), headers=mark) for judge in held.judges)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_the_panel_of_a_closed_round_stands(world: World) -> None:
    held = await judging(world, judges=1, status=RoundStatus.CLOSED)
    path = f"{URL}/{held.round.id}/panel"
    assert (await held.by_office.put(path, json=named(), headers=ANY)).status_code == 409
    assert members(await held.by_office.get(path)) == {str(held.judges[0].id)}


async def test_who_judges_is_the_offices_alone_to_know(world: World) -> None:
    held = await judging(world, cases=1, judges=1)
    await held.judge(member=False)
    path = f"{URL}/{held.round.id}/panel"
    strangers = [
        held.by_judge[1],
        await world.client_of(Role.COMMITTEE, committee=held.committees[0]),
        await world.client_of(Role.UNIT, unit=held.units[0]),
        await world.client_of(Role.MUNICIPAL),
    ]
    for stranger in strangers:
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.put(path, json=named(), headers=ANY)).status_code == 404
    assert (await held.by_judge[0].get(path)).status_code == 404
    assert (await held.by_office.get(f"{URL}/{uuid4()}/panel")).status_code == 404


@pytest.mark.parametrize("judges", [1, 8])
async def test_a_panel_is_read_with_three(world: World, judges: int) -> None:
    held = await judging(world, judges=judges)
    with noted(world.database) as sent:
        answer = await held.by_office.get(f"{URL}/{held.round.id}/panel")
    assert (len(answer.json()["members"]), len(sent)) == (judges, 3)
