from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from app.models import Endpoint
from app.models.enums import Role
from app.settings import Settings
from tests.world import World
from tests.world.actions import told
from tests.world.deliveries import Delivering, Owner, delivering
from tests.world.receiver import Receiver, receiving, status
from tests.world.statements import noted

URL = "/api/v1/deliveries"


@pytest_asyncio.fixture(loop_scope="session")
async def place(world: World, settings: Settings, owner: Owner) -> Delivering:
    return await delivering(world, settings, owner)


@pytest_asyncio.fixture(loop_scope="session")
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


async def owed(place: Delivering, receiver: Receiver, cases: int = 1) -> Endpoint:
    endpoint = await place.endpoint(receiver)
    for _ in range(cases):
        await place.nominate()
    await place.announce()
    return endpoint


async def test_the_office_sees_every_attempt(place: Delivering, receiver: Receiver) -> None:
    endpoint = await owed(place, receiver)
    receiver.answers.extend([status(500), status(204)])
    await place.work()
    office = await place.world.client_of(Role.OFFICE)
    (row,) = (await office.get(URL)).json()["items"]
    assert {name: row[name] for name in ("endpoint_id", "url", "status", "attempts", "status_code", "failure")} == {
        "endpoint_id": str(endpoint.id),
        "url": receiver.url,
        "status": "pending",
        "attempts": 1,
        "status_code": 500,
        "failure": "refused",
    }
    assert (row["next_attempt_at"], row["delivered_at"]) == ("2015-04-21T02:00:04Z", None)
    await place.hurry()
    await place.work()
    read = (await office.get(f"{URL}/{row['id']}")).json()
    assert (read["status"], read["attempts"], read["next_attempt_at"]) == ("delivered", 2, None)
    assert [(each["number"], each["status_code"], each["failure"]) for each in read["tries"]] == [
        (2, 204, None),
        (1, 500, "refused"),
    ]


async def test_deliveries_are_listed_newest_first_and_by_what_one_looks_for(
    place: Delivering, receiver: Receiver
) -> None:
    endpoint = await owed(place, receiver, cases=3)
    office = await place.world.client_of(Role.OFFICE)
    every = (await office.get(URL)).json()
    sequences = [row["sequence"] for row in every["items"]]
    assert sequences == sorted(sequences, reverse=True)
    one = every["items"][1]

    async def ids(**filters: Any) -> list[str]:
        return [row["id"] for row in (await office.get(URL, params=filters)).json()["items"]]

    assert await ids(nomination_id=one["nomination_id"]) == [one["id"]]
    assert len(await ids(endpoint_id=str(endpoint.id))) == 3
    assert await ids(endpoint_id=one["nomination_id"]) == []
    assert await ids(status="delivered") == []
    assert len(await ids(status=["pending", "failed"])) == 3
    page = (await office.get(URL, params={"limit": 2})).json()
    rest = (await office.get(URL, params={"limit": 2, "cursor": page["next_cursor"]})).json()
    assert [row["id"] for row in page["items"] + rest["items"]] == [row["id"] for row in every["items"]]


async def test_what_arrived_or_was_given_up_is_delivered_again_with_its_id(
    place: Delivering, receiver: Receiver
) -> None:
    endpoint = await owed(place, receiver)
    office = await place.world.client_of(Role.OFFICE)
    (row,) = (await office.get(URL)).json()["items"]
    path = f"{URL}/{row['id']}"
    waiting = await office.post(f"{path}/redelivery")
    assert (waiting.status_code, waiting.json()["state"]) == (409, "pending")
    assert told((await office.get(path)).json()) == {"redeliver": ["wrong_state"]}
    await place.work()
    assert told((await office.get(path)).json()) == {"redeliver": []}
    again = await office.post(f"{path}/redelivery")
    assert (again.status_code, again.json()["status"], again.json()["attempts"]) == (200, "pending", 1)
    receiver.answers.append(status(410))
    await place.work()
    assert [each.id for each in receiver.received] == [row["id"]] * 2
    read = (await office.get(path)).json()
    assert (read["status"], read["failure"], read["endpoint_status"]) == ("failed", "gone", "disabled")
    assert read["delivered_at"] == "2015-04-21T02:00:00Z"
    refused = await office.post(f"{path}/redelivery")
    assert [each["code"] for each in refused.json()["findings"]] == ["endpoint_disabled"]
    assert read["actions"]["redeliver"] == {"allowed": False, "findings": refused.json()["findings"]}
    await office.patch(f"/api/v1/endpoints/{endpoint.id}", json={"status": "active"}, headers={"If-Match": "*"})
    assert (await office.post(f"{path}/redelivery")).status_code == 200
    await place.work()
    assert (await office.get(path)).json()["status"] == "delivered"


async def test_nobody_but_the_office_has_deliveries(place: Delivering, receiver: Receiver) -> None:
    await owed(place, receiver)
    (delivery,) = await place.deliveries()
    path = f"{URL}/{delivery.id}"
    for client in (
        await place.world.client_of(Role.UNIT, unit=place.unit),
        await place.world.client_of(Role.COMMITTEE, committee=await place.world.committee()),
        await place.world.client_of(Role.REVIEWER),
        await place.world.client_of(Role.MUNICIPAL),
    ):
        assert (await client.get(URL)).json()["total"] == 0
        assert (await client.get(path)).status_code == 404
        assert (await client.post(f"{path}/redelivery")).status_code == 404
    assert (await place.world.client().get(URL)).status_code == 401


@pytest.mark.parametrize("rows", [1, 6])
async def test_a_page_costs_one_statement_whatever_its_length(place: Delivering, receiver: Receiver, rows: int) -> None:
    await owed(place, receiver, cases=rows)
    office = await place.world.client_of(Role.OFFICE)
    with noted(place.world.database) as sent:
        assert len((await office.get(URL)).json()["items"]) == rows
    assert len([one for one in sent if "FROM deliveries" in one]) == 1
