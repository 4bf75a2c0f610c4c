from typing import Any
from uuid import uuid4

import pytest
from httpx2 import Response

from app.models.enums import AwardStatus, Role
from tests.contract.client import ContractClient
from tests.world import World, key
from tests.world.commending import ENDS, Commending, commending, found, publicise, publish


@pytest.fixture
async def place(world: World) -> Commending:
    """Two awards that are being publicised."""
    place = await commending(world, (1, 90.0), (2, 80.0))
    for case in range(2):
        await place.award(case)
    await publicise(place)
    return place


async def object_to(place: Commending, client: ContractClient, award: Any = None, **body: Any) -> Response:
    plain = {"award_id": str(award or (await place.its_awards())[0]), "text": "受益人数与实际不符。"}
    return await client.post(f"{place.path}/objections", json=plain | body, headers=key())


async def answer(client: ContractClient, objection: Response, status: str) -> Response:
    href = objection.headers["location"]
    return await client.post(f"{href}/answer", json={"status": status, "answer": "经核查，情况如下。"})


async def test_whoever_is_signed_in_objects_and_reads_the_answer(place: Commending) -> None:
    for who, client in (await place.everybody_else()).items():
        raised = await object_to(place, client)
        assert raised.status_code == 201, (who, raised.text)
        body = raised.json()
        assert (body["status"], body["answer"], body["on_behalf_of"], body["actions"]) == ("open", None, None, {})
        assert (await client.get(raised.headers["location"])).json() == body
        assert (await answer(client, raised, "rejected")).status_code == 403
        assert (await answer(place.by_office, raised, "rejected")).status_code == 200
        after = (await client.get(raised.headers["location"])).json()
        assert (after["status"], after["answer"]) == ("rejected", "经核查，情况如下。")
        assert after["etag"] != body["etag"]
        assert [row["id"] for row in (await client.get(f"{place.path}/objections")).json()["items"]] == [body["id"]]


async def test_nobody_without_an_account_objects(place: Commending) -> None:
    assert (await object_to(place, place.world.client(), uuid4())).status_code == 401


async def test_the_office_sees_all_and_others_see_their_own_alone(place: Commending) -> None:
    clients = await place.everybody_else()
    raised = {who: await object_to(place, client) for who, client in clients.items()}
    listed = (await place.by_office.get(f"{place.path}/objections")).json()
    assert listed["total"] == len(raised)
    assert [row["id"] for row in listed["items"]] == [answer.json()["id"] for answer in raised.values()]
    assert {row["raised_by_role"] for row in listed["items"]} == {"unit", "committee", "reviewer", "municipal"}
    for who, client in clients.items():
        for other, answer_ in raised.items():
            expected = 200 if who == other else 404
            assert (await client.get(answer_.headers["location"])).status_code == expected
            assert (await answer(client, answer_, "upheld")).status_code == (403 if who == other else 404)
        assert (await client.get(f"{place.path}/objections")).json()["total"] == 1


async def test_the_office_records_what_others_object_also_when_it_comes_late(place: Commending) -> None:
    unit = await place.world.client_of(Role.UNIT, unit=place.units[1])
    assert found(await object_to(place, unit, on_behalf_of="居民张某")) == [("for_another", "/on_behalf_of")]
    place.world.database.clock.stopped_at = ENDS
    late = await object_to(place, unit)
    assert found(late) == [("publicity_over", None)]
    assert late.json()["findings"][0]["message"] == "公示已于2015年4月28日24:00结束；请直接与路北文明办联系。"
    recorded = await object_to(place, place.by_office, on_behalf_of="居民张某")
    assert (recorded.status_code, recorded.json()["on_behalf_of"]) == (201, "居民张某")
    assert set(recorded.json()["actions"]) == {"reject", "uphold"}
    assert found(await publish(place)) == [("objections_open", None), ("awards_held", None)]
    assert (await answer(place.by_office, recorded, "rejected")).status_code == 200
    assert (await publish(place)).status_code == 200
    assert (await object_to(place, place.by_office)).json()["state"] == "published"


async def test_an_upheld_objection_takes_the_award_from_everybodys_eyes(place: Commending) -> None:
    reader = place.world.client()
    award_id, other_id = map(str, await place.its_awards())
    raised = await object_to(place, place.by_office, award_id)
    assert (await reader.get(f"/api/v1/public/awards/{award_id}")).status_code == 200
    done = await answer(place.by_office, raised, "upheld")
    assert (done.json()["status"], done.json()["actions"]["reject"]["allowed"]) == ("upheld", False)
    assert (await reader.get(f"/api/v1/public/awards/{award_id}")).status_code == 404
    assert [row["id"] for row in (await reader.get("/api/v1/public/awards")).json()["items"]] == [other_id]
    assert (await answer(place.by_office, raised, "rejected")).json()["state"] == "upheld"


async def test_only_an_award_of_the_commendation_that_stands_is_objected_to(place: Commending) -> None:
    unit = await place.world.client_of(Role.UNIT, unit=place.units[1])
    draft = await place.draft()
    hidden = await place.award(0, commendation_id=draft.id, kind="innovation")
    dropped = await place.award(1, status=AwardStatus.DROPPED)
    refusals = [await object_to(place, unit, each) for each in (hidden.id, dropped.id, uuid4())]
    assert [found(each) for each in refusals] == [[("unknown_reference", "/award_id")]] * 3
    path = f"/api/v1/commendations/{draft.id}/objections"
    body = {"award_id": str(hidden.id), "text": "与实际不符"}
    assert (await unit.post(path, json=body, headers=key())).status_code == 404
    assert (await unit.get(path)).status_code == 404


async def test_a_list_is_filtered_by_where_objections_stand(place: Commending) -> None:
    raised = [await object_to(place, place.by_office) for _ in range(3)]
    await answer(place.by_office, raised[1], "rejected")
    path = f"{place.path}/objections"
    open_ones = (await place.by_office.get(path, params={"status": "open"})).json()
    assert [row["id"] for row in open_ones["items"]] == [raised[0].json()["id"], raised[2].json()["id"]]
    page = (await place.by_office.get(path, params={"limit": 2})).json()
    rest = (await place.by_office.get(path, params={"limit": 2, "cursor": page["next_cursor"]})).json()
    assert [row["id"] for row in (*page["items"], *rest["items"])] == [each.json()["id"] for each in raised]


@pytest.mark.parametrize("body", [{"status": "open", "answer": "已核查"}, {"status": "rejected"}, {"answer": "已核查"}])
async def test_an_answer_decides_and_says_why(place: Commending, body: dict[str, str]) -> None:
    raised = await object_to(place, place.by_office)
    refused = await place.by_office.post(f"{raised.headers['location']}/answer", json=body)
    assert refused.status_code == 422


async def test_a_second_send_of_one_key_objects_once(place: Commending) -> None:
    body = {"award_id": str((await place.its_awards())[0]), "text": "与实际不符"}
    once, path = key(), f"{place.path}/objections"
    answers = [await place.by_office.post(path, json=body, headers=once) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert (await place.by_office.get(path)).json()["total"] == 1
    assert (await place.by_office.post(path, json=body)).status_code == 400
