import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

from app.models.enums import Role
from tests.world import World
from tests.world.commending import found
from tests.world.handover import NOMINATIONS, Nominating, granted, nominating


@pytest.fixture
async def place(world: World) -> Nominating:
    return await nominating(world)


async def kinds_and_references(place: Nominating, made: dict[str, Any]) -> list[tuple[str, str]]:
    answer = await place.by_office.get(f"{NOMINATIONS}/{made['id']}/answers")
    return [(row["kind"], row["reference"]) for row in answer.json()["items"]]


async def test_a_nomination_follows_what_is_answered(place: Nominating) -> None:
    made = await place.nominated()
    for kind, status in (("received", "acknowledged"), ("accepted", "accepted"), ("decided", "decided")):
        answer = await place.answer(made, kind)
        assert answer.status_code == 201, answer.text
        assert await place.status(made) == status
        assert (await place.by_municipal.get(answer.headers["location"])).json() == answer.json()
    read = (await place.by_office.get(f"{NOMINATIONS}/{made['id']}")).json()
    assert (read["result"], read["answered_at"], read["etag"]) == ("市级示范案例", "2015-04-21T02:00:00Z", '"4"')
    assert [kind for kind, _ in await kinds_and_references(place, made)] == ["received", "accepted", "decided"]
    events = (await place.by_office.get("/api/v1/audit-events", params={"subject_id": made["id"]})).json()["items"]
    assert sorted(event["action"] for event in events) == [
        "nomination.accepted",
        "nomination.acknowledged",
        "nomination.decided",
        "nomination.prepared",
    ]


async def test_what_comes_late_is_kept_and_moves_nothing_back(place: Nominating) -> None:
    made = await place.nominated()
    for kind in ("accepted", "received", "decided", "returned", "accepted"):
        answer = await place.answer(made, kind, str(uuid4()))
        assert answer.status_code == 201, answer.text
    assert await place.status(made) == "decided"
    assert [kind for kind, _ in await kinds_and_references(place, made)] == [
        "accepted",
        "received",
        "decided",
        "returned",
        "accepted",
    ]
    late = {"subject_id": made["id"], "action": "nomination.answered"}
    events = (await place.by_office.get("/api/v1/audit-events", params=late)).json()["items"]
    assert sorted(event["data"]["kind"] for event in events) == ["accepted", "received", "returned"]


async def test_the_same_answer_again_is_the_same_answer(place: Nominating) -> None:
    made = await place.nominated()
    first = await place.answer(made, "received", "A-1")
    again = await place.answer(made, "received", "A-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert (again.json(), again.headers["location"]) == (first.json(), first.headers["location"])
    assert await kinds_and_references(place, made) == [("received", "A-1")]


async def test_of_twenty_of_one_reference_at_once_one_has_an_effect(place: Nominating) -> None:
    made = await place.nominated()
    answers = await asyncio.gather(*(place.answer(made, "accepted", "A-1") for _ in range(20)))
    assert Counter(each.status_code for each in answers) == {201: 1, 200: 19}
    assert len({each.content for each in answers}) == 1
    assert await kinds_and_references(place, made) == [("accepted", "A-1")]
    events = (await place.by_office.get("/api/v1/audit-events", params={"subject_id": made["id"]})).json()["items"]
    assert sorted(event["action"] for event in events) == ["nomination.accepted", "nomination.prepared"]


async def test_a_reference_names_one_answer(world: World) -> None:
    place = await nominating(world, 2)
    made, other = await place.nominated(0), await place.nominated(1)
    await place.answer(made, "received", "A-1")
    for nomination, kind, body in (
        (made, "accepted", {}),
        (made, "received", {"text": "另一种说法"}),
        (other, "received", {}),
    ):
        refused = await place.answer(nomination, kind, "A-1", **body)
        assert found(refused) == [("reference_reused", "/reference")]
    assert (await place.status(made), await place.status(other)) == ("acknowledged", "prepared")


async def test_one_reference_for_two_nominations_at_once_names_one(world: World) -> None:
    place = await nominating(world, 2)
    made = [await place.nominated(case) for case in range(2)]
    answers = await asyncio.gather(*(place.answer(each, "received", "A-1") for each in made))
    assert sorted(each.status_code for each in answers) == [201, 409]
    (code, pointer) = found(next(each for each in answers if each.status_code == 409))[0]
    assert (code in {"already_exists", "reference_reused"}, pointer) == (True, "/reference")
    assert sorted([await place.status(each) for each in made]) == ["acknowledged", "prepared"]


async def test_two_systems_number_their_answers_independently(place: Nominating) -> None:
    made = await place.nominated()
    await place.answer(made, "received", "A-1")
    another = await place.world.account(Role.MUNICIPAL)
    await granted(place.world, another, place.campaign)
    place.by_municipal = await place.world.sign_in(another)
    assert (await place.answer(made, "accepted", "A-1")).status_code == 201


async def test_an_answer_is_about_what_was_handed_over_and_complete(place: Nominating) -> None:
    made = await place.nominated()
    wrong = await place.answer(made, "returned", payload_digest="0" * 64, text="", result="一等")
    assert found(wrong) == [
        ("other_payload", "/payload_digest"),
        ("required", "/text"),
        ("result_elsewhere", "/result"),
    ]
    assert found(await place.answer(made, "decided", result=None)) == [("required", "/result")]
    assert (await place.answer(made, "perhaps")).status_code == 422
    for body in ({"payload_digest": "xyz"}, {"text": "长" * 2001}, {"reference": "长" * 101}, {"state": "decided"}):
        assert (await place.answer(made, "received", **body)).status_code == 422, body
    assert await kinds_and_references(place, made) == []


async def test_only_the_municipal_office_answers(place: Nominating) -> None:
    made = await place.nominated()
    body = {"reference": "A-1", "kind": "received", "payload_digest": made["payload_digest"]}
    path = f"{NOMINATIONS}/{made['id']}/answers"
    assert (await place.by_office.post(path, json=body)).status_code == 403
    assert (await place.by_municipal.post(f"{NOMINATIONS}/{uuid4()}/answers", json=body)).status_code == 404
    assert (await place.by_municipal.get(f"{path}/{uuid4()}")).status_code == 404


async def test_a_replaced_and_a_withdrawn_revision_are_answered_without_effect(place: Nominating) -> None:
    made = await place.nominated()
    await place.answer(made, "returned")
    path = f"{NOMINATIONS}/{made['id']}/revision"
    again = {"position": 1, "reason": "已更正。", "despite_unchanged": True}
    second = (await place.by_office.post(path, json=again, headers={"Idempotency-Key": str(uuid4())})).json()
    other = await place.answer(made, "accepted", payload_digest=second["payload_digest"])
    assert found(other) == [("other_payload", "/payload_digest")]
    assert (await place.answer(made, "accepted", "late")).status_code == 201
    assert (await place.status(made), await place.status(second)) == ("replaced", "prepared")
    await place.by_office.post(f"{NOMINATIONS}/{second['id']}/withdrawal", json={"reason": "撤回"})
    assert (await place.answer(second, "decided")).status_code == 201
    assert await place.status(second) == "withdrawn"
