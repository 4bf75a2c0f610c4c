import asyncio
from typing import Any
from uuid import uuid4

import pytest

from app.models import Reviewer
from app.models.enums import Role
from tests.world import World
from tests.world.judging import judging
from tests.world.statements import noted

URL = "/api/v1/reviewers"
ANY = {"If-Match": "*"}
PROFILE = {"organisation": "唐山师范学院", "expertise": ["derun"], "minimum_load": 5, "maximum_load": 30}


def codes(answer: Any) -> list[tuple[str, str | None]]:
    assert answer.status_code == 409, answer.text
    return [(finding["code"], finding["pointer"]) for finding in answer.json()["findings"]]


async def test_a_profile_is_written_down_and_replaced(world: World) -> None:
    office, account = await world.client_of(Role.OFFICE), await world.account(Role.REVIEWER)
    committee = await world.committee(name="乔屯街道党工委")
    unit = await world.unit(committee, name="龙华社区")
    path = f"{URL}/{account.id}"
    assert (await office.get(path)).status_code == 404
    assert (await office.put(path, json=PROFILE, headers={"If-Match": '"1"'})).status_code == 412
    made = await office.put(path, json=PROFILE | {"unit_id": str(unit.id)}, headers={"If-Match": '"0"'})
    assert (made.status_code, made.headers["location"]) == (201, path)
    profile = made.json()
    assert {name: profile[name] for name in ("account_id", "unit_name", "committee_id", "committee_name")} == {
        "account_id": str(account.id),
        "unit_name": "龙华社区",
        "committee_id": str(committee.id),
        "committee_name": "乔屯街道党工委",
    }
    assert {name: profile[name] for name in PROFILE} == PROFILE
    mark = {"If-Match": made.headers["etag"]}
    again = await office.put(path, json={"organisation": "市委党校", "maximum_load": 10}, headers=mark)
    assert again.status_code == 200, again.text
    profile = again.json()
    assert [profile[name] for name in ("organisation", "unit_id", "committee_id", "expertise", "minimum_load")] == [
        "市委党校",
        None,
        None,
        [],
        0,
    ]
    assert (await office.put(path, json=PROFILE, headers=mark)).status_code == 412


async def test_only_a_reviewer_has_a_profile_and_its_ties_are_there(world: World) -> None:
    office, account = await world.client_of(Role.OFFICE), await world.account(Role.REVIEWER)
    unit, other = await world.unit(await world.committee()), await world.committee()
    path = f"{URL}/{account.id}"

    async def refused(**ties: Any) -> list[tuple[str, str | None]]:
        body = PROFILE | {name: str(value) for name, value in ties.items()}
        return codes(await office.put(path, json=body, headers=ANY))

    assert await refused(unit_id=uuid4()) == [("unknown_reference", "/unit_id")]
    assert await refused(unit_id=unit.id, committee_id=other.id) == [("unknown_reference", "/unit_id")]
    assert await refused(committee_id=uuid4()) == [("unknown_reference", "/committee_id")]
    others = await world.account(Role.UNIT, unit=unit), await world.account(Role.COMMITTEE, committee=other)
    for someone in (*others, await world.account(Role.OFFICE), await world.account(Role.MUNICIPAL)):
        assert codes(await office.put(f"{URL}/{someone.id}", json=PROFILE, headers=ANY)) == [("not_a_reviewer", None)]
    assert (await office.put(f"{URL}/{uuid4()}", json=PROFILE, headers=ANY)).status_code == 404


@pytest.mark.parametrize(
    "values",
    [
        {"organisation": ""},
        {"maximum_load": 0},
        {"minimum_load": 31},
        {"minimum_load": "5"},
        {"expertise": ["德润"]},
        {"phone": "0315-3724062"},
    ],
)
async def test_a_bad_profile_is_refused(world: World, values: Any) -> None:
    office, account = await world.client_of(Role.OFFICE), await world.account(Role.REVIEWER)
    answer = await office.put(f"{URL}/{account.id}", json=PROFILE | values, headers=ANY)
    assert answer.status_code == 422


async def test_two_first_profiles_become_one(world: World) -> None:
    office, account = await world.client_of(Role.OFFICE), await world.account(Role.REVIEWER)
    answers = await asyncio.gather(
        *(office.put(f"{URL}/{account.id}", json=PROFILE | {"minimum_load": load}, headers=ANY) for load in (1, 2))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert (await office.get(URL)).json()["total"] == 1


async def test_the_office_finds_reviewers_by_where_they_judge_and_what_they_are_called(world: World) -> None:
    held = await judging(world, judges=2)
    await held.judge(member=False, organisation="市委党校")

    async def found(**filters: Any) -> set[str]:
        listed = (await held.by_office.get(URL, params=filters)).json()
        assert listed["total"] == len(listed["items"])
        return {row["account_id"] for row in listed["items"]}

    ids = [str(judge.id) for judge in held.judges]
    assert await found() == set(ids)
    assert await found(round_id=str(held.round.id)) == set(ids[:2])
    assert await found(campaign_id=str(held.campaign.id)) == set(ids[:2])
    assert await found(campaign_id=str(uuid4()), round_id=str(held.round.id)) == set()
    assert await found(q="党校") == {ids[2]}
    assert await found(q="%") == set()


async def test_who_reviews_is_the_offices_alone_to_know(world: World) -> None:
    held = await judging(world, cases=1, judges=2)
    own, other = (f"{URL}/{judge.id}" for judge in held.judges)
    judge = held.by_judge[0]
    assert (await judge.get(own)).json()["organisation"] == "唐山师范学院"
    assert [row["account_id"] for row in (await judge.get(URL)).json()["items"]] == [str(held.judges[0].id)]
    for query in ({"round_id": str(held.round.id)}, {"campaign_id": str(held.campaign.id)}):
        assert (await judge.get(URL, params=query)).json()["total"] == 0
    assert (await judge.get(other)).status_code == 404
    assert (await judge.put(own, json=PROFILE, headers=ANY)).status_code == 403
    assert (await judge.put(other, json=PROFILE, headers=ANY)).status_code == 404
    unit = await world.account(Role.UNIT, unit=held.units[0])
    strangers = [
        await world.client_of(Role.COMMITTEE, committee=held.committees[0]),
        await world.sign_in(unit),
        await world.client_of(Role.MUNICIPAL),
    ]
    for stranger in strangers:
        assert (await stranger.get(URL)).json()["total"] == 0
        assert (await stranger.get(URL, params={"q": "师范"})).json()["total"] == 0
        for path in (own, f"{URL}/{unit.id}"):
            assert (await stranger.get(path)).status_code == 404
            assert (await stranger.put(path, json=PROFILE, headers=ANY)).status_code == 404


@pytest.mark.parametrize("rows", [1, 12])
async def test_a_page_of_reviewers_is_read_with_two(world: World, rows: int) -> None:
    office = await world.client_of(Role.OFFICE)
    for _ in range(rows):
        account = await world.account(Role.REVIEWER)
        await world.add(Reviewer(account_id=account.id, organisation="市委党校", maximum_load=9))
    with noted(world.database) as sent:
        answer = await office.get(URL, params={"limit": 50})
    assert (len(answer.json()["items"]), len(sent)) == (rows, 2)
