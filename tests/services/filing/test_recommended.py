import json
from typing import Any
from uuid import UUID

import pytest

from app.services.handover import archives
from app.services.history import digest_of
from tests.contract.client import ContractClient
from tests.scenarios.steps import done, read
from tests.world import World, actor_of, key
from tests.world.filing import District, district
from tests.world.papers import pages_of, table_of_pdf


@pytest.fixture
async def place(world: World) -> District:
    return await district(world, await world.campaign(recommended_order="required"), code="QT")


def ordered(*application_ids: UUID) -> dict[str, Any]:
    return {"recommended_order": [str(each) for each in application_ids]}


async def number_of(place: District, application_id: UUID) -> str:
    return str((await read(place.by_committee, f"/api/v1/applications/{application_id}"))["number"])


async def ranks(client: ContractClient, *application_ids: UUID) -> list[int | None]:
    """The place that each application has, as it is read alone and in the list."""
    listed = {each["id"]: each for each in (await read(client, "/api/v1/applications?limit=100"))["items"]}
    found = [(await read(client, f"/api/v1/applications/{each}"))["recommended_rank"] for each in application_ids]
    assert [listed[str(each)]["recommended_rank"] for each in application_ids] == found
    return found


async def test_the_order_comes_with_the_filing_and_changes_with_the_next(place: District) -> None:
    first, second, third = [await place.sealed() for _ in range(3)]
    asked = (await read(place.by_committee, f"/api/v1/applications/{first}"))["actions"]["file"]
    assert (asked["allowed"], [each["code"] for each in asked["findings"]]) == (True, ["order_asked"])
    [refused] = (await place.file(first, second)).json()["findings"]
    assert (refused["code"], refused["pointer"], refused["params"]["count"]) == (
        "order_needed",
        "/recommended_order",
        2,
    )
    receipt = done(await place.file(first, second, **ordered(second, first)), 201)
    assert receipt["recommended_order"] == [str(second), str(first)]
    covered = {name: receipt[name] for name in ("number", "campaign_id", "committee_id", "filed_at")}
    items = [{name: item[name] for name in ("application_number", "version", "digest")} for item in receipt["items"]]
    assert receipt["digest"] == digest_of(covered | {"items": items} | ordered(second, first))

    [refused] = (await place.file(third, **ordered(third, second))).json()["findings"]
    assert (refused["code"], refused["params"]) == ("order_incomplete", {"numbers": [await number_of(place, first)]})
    done(await place.file(third, **ordered(second, third, first)), 201)
    for client in (place.by_office, place.by_committee):
        assert await ranks(client, first, second, third) == [3, 1, 2]
    assert await ranks(place.by_unit, first) == [None], "how its committee weighs is not the unit's business"


async def test_what_is_withdrawn_has_no_place(place: District) -> None:
    ids = [await place.sealed() for _ in range(3)]
    done(await place.file(*ids, **ordered(*ids)), 201)
    why = {"reason": "撤回。"}
    done(await place.by_committee.post(f"/api/v1/applications/{ids[1]}/withdrawal", json=why, headers=key()))
    for client in (place.by_office, place.by_committee):
        assert await ranks(client, *ids) == [1, None, 3]


async def test_papers_are_in_the_order_and_another_committees_case_is_unknown(world: World, place: District) -> None:
    other = await district(world, place.campaign)
    ids, foreign = [await place.sealed() for _ in range(2)], await other.sealed()
    refused = (await place.file(*ids, foreign, **ordered(*ids))).json()["findings"]
    assert [(each["code"], each["pointer"]) for each in refused] == [("unknown_reference", "/application_ids/2")]
    receipt = done(await place.file(*ids, **ordered(*reversed(ids))), 201)
    numbers = [await number_of(place, each) for each in reversed(ids)]
    paper = await place.by_committee.get(f"/api/v1/filings/{receipt['id']}/receipt")
    assert f"推荐排序（由先到后）：{'、'.join(numbers)}" in "".join(pages_of(paper.content))
    summary = await place.by_office.get(f"/api/v1/campaigns/{place.campaign.id}/summary")
    assert [row[2] for row in table_of_pdf(summary.content)[1:]] == numbers


async def test_a_correction_and_a_swap_leave_the_order(place: District) -> None:
    first, second, third = [await place.sealed() for _ in range(3)]
    done(await place.file(first, second, **ordered(second, first)), 201)
    body = {"application_id": str(second), "replacement_id": str(third), "reason": "误报。"}
    swap = done(await place.by_committee.post("/api/v1/swaps", json=body, headers=key()), 201)
    done(await place.by_office.post(f"/api/v1/swaps/{swap['id']}/consent", json={}, headers=key()))
    assert await ranks(place.by_office, third, first) == [1, 2]


async def test_a_campaign_without_an_order_takes_none_and_an_archive_has_what_there_is(
    world: World, place: District
) -> None:
    plain = await district(world)
    ids = [await plain.sealed() for _ in range(2)]
    [refused] = (await plain.file(*ids, **ordered(*ids))).json()["findings"]
    assert refused["code"] == "order_not_asked"
    assert done(await plain.file(*ids), 201)["recommended_order"] == []

    ids = [await place.sealed() for _ in range(2)]
    done(await place.file(*ids, **ordered(*ids)), 201)
    async with world.viewing(actor_of(place.clerk)) as view:
        package = await archives.pack(view, place.campaign.id, None, {}, lambda *_: {})
    packed = {each.path: each.content or b"" for each in package.files}
    folder = f"data/{await number_of(place, ids[1])}"
    assert json.loads(packed[f"{folder}/application.json"])["recommended_rank"] == 2
    assert "推荐排序：第 2 位" in packed[f"{folder}/application.txt"].decode()


async def test_committees_that_are_one_since_a_merger_have_one_order(world: World, place: District) -> None:
    """Each order that was given before counts for its own cases, until the successor gives one of all."""
    there = await district(world, place.campaign, code="DF")
    theirs = [await there.sealed() for _ in range(2)]
    ids = [await place.sealed() for _ in range(2)]
    done(await place.file(*ids, **ordered(*reversed(ids))), 201)
    done(await there.file(*theirs, **ordered(*theirs)), 201)
    body = {"successor_id": str(there.committee.id), "reason": "机构改革"}
    done(await place.by_office.post(f"/api/v1/committees/{place.committee.id}/merger", json=body))
    for client in (there.by_office, there.by_committee):
        assert await ranks(client, *theirs, *ids) == [1, 2, 2, 1]
    chosen = {"committee_id": str(there.committee.id)}
    summary = await there.by_office.get(f"/api/v1/campaigns/{place.campaign.id}/summary", params=chosen)
    numbers = [await number_of(there, each) for each in (*theirs, *reversed(ids))]
    assert [row[1] for row in table_of_pdf(summary.content)[1:]] == numbers

    another = await there.sealed()
    [refused] = (await there.file(another, **ordered(another, *theirs))).json()["findings"]
    assert (refused["code"], refused["params"]["numbers"]) == (
        "order_incomplete",
        [await number_of(there, each) for each in ids],
    )
    done(await there.file(another, **ordered(ids[0], another, *theirs, ids[1])), 201)
    assert await ranks(there.by_committee, another, *theirs, *ids) == [2, 3, 4, 1, 5]
