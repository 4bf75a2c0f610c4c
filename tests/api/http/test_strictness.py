"""What no operation takes, asked of every operation of the contract."""

from typing import Any

import pytest
from httpx2 import Response

from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.contract.test_house_rules import OPERATIONS, Operation
from tests.world import World, key

ID = "0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"


def path_of(operation: Operation) -> str:
    """The operation's path, with something in each place."""
    path = operation.path
    for parameter in operation.parameters:
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", ID)
    return path


async def send(client: ContractClient, operation: Operation, media: str | None = None, **options: Any) -> Response:
    headers = {"If-Match": "*"} | key() | ({"Content-Type": media} if media else {}) | options.pop("headers", {})
    return await client.request(operation.method.upper(), path_of(operation), headers=headers, **options)


@pytest.fixture
async def office(world: World) -> ContractClient:
    return await world.client_of(Role.OFFICE)


async def test_no_operation_takes_a_packed_body(office: ContractClient) -> None:
    packing = [each for each in OPERATIONS if each.request]
    assert packing
    for operation in packing:
        [media, *_] = operation.request
        answer = await send(office, operation, media, headers={"Content-Encoding": "gzip"}, content=b"\x1f\x8b")
        assert (answer.status_code, operation.name) == (415, operation.name)


async def test_an_encoding_that_packs_nothing_is_taken(office: ContractClient) -> None:
    body = {"username": "x", "password": "x"}
    answer = await office.post("/api/v1/sessions", json=body, headers={"Content-Encoding": "identity"})
    assert answer.status_code == 401
