"""Things that no operation takes, sent to every operation of the contract."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from httpx2 import Response

from app.api.http.document import METHODS, resolve
from app.models.enums import Role
from tests.contract.client import Contract, ContractClient
from tests.world import World, key

ID = "0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"
JSON = {"Content-Type": "application/json"}


class Operation(NamedTuple):
    name: str
    method: str
    path: str
    media: list[str]

    async def send(self, client: ContractClient, headers: dict[str, str] | None = None, **options: Any) -> Response:
        """Send it with something in each place of its path."""
        headers = {"If-Match": "*"} | key() | (headers or {})
        return await client.request(self.method.upper(), re.sub("{.+?}", ID, self.path), headers=headers, **options)


@pytest.fixture
async def office(world: World) -> ContractClient:
    return await world.client_of(Role.OFFICE)


@pytest.fixture
def operations(world: World) -> list[Operation]:
    return [
        Operation(spec["operationId"], method, path, list(spec.get("requestBody", {}).get("content", {})))
        for path, item in world.contract.document["paths"].items()
        for method, spec in item.items()
        if method in METHODS
    ]


def errors(answer: Response) -> list[tuple[str, str, str]]:
    assert answer.status_code == 422, answer.text
    return [(each["in"], each["pointer"], each["code"]) for each in answer.json()["errors"]]


async def test_no_operation_takes_a_packed_body(office: ContractClient, operations: list[Operation]) -> None:
    packing = [each for each in operations if each.media]
    for operation in packing:
        packed = {"Content-Type": operation.media[0], "Content-Encoding": "gzip"}
        answer = await operation.send(office, packed, content=b"\x1f\x8b")
        assert answer.status_code == 415, operation.name
    assert packing


async def test_an_encoding_that_packs_nothing_is_taken(office: ContractClient) -> None:
    body = {"username": "x", "password": "x"}
    answer = await office.post("/api/v1/sessions", json=body, headers={"Content-Encoding": "identity"})
    assert answer.status_code == 401


async def test_every_operation_names_a_query_parameter_that_it_does_not_know(
    office: ContractClient, operations: list[Operation]
) -> None:
    for operation in operations:
        media = {"Content-Type": operation.media[0]} if operation.media else {}
        answer = await operation.send(office, media, params={"limti": "5"})
        assert errors(answer) == [("query", "/limti", "extra_forbidden")], operation.name


async def test_every_operation_names_a_query_parameter_that_came_twice_unless_it_is_a_list(
    world: World, office: ContractClient, operations: list[Operation]
) -> None:
    tried = 0
    for operation in operations:
        media = {"Content-Type": operation.media[0]} if operation.media else {}
        for name in single_parameters(world.contract.document, operation):
            answer = await operation.send(office, media, params=[(name, "1"), (name, "2")])
            assert ("query", f"/{name}", "repeated_part") in errors(answer), operation.name
            tried += 1
    assert tried > 100
    assert (await office.get("/api/v1/campaigns?status=draft&status=published")).status_code == 200


def single_parameters(document: dict[str, Any], operation: Operation) -> Iterator[str]:
    for given in document["paths"][operation.path][operation.method].get("parameters", []):
        parameter = resolve(document, given)
        if parameter["in"] == "query" and '"array"' not in json.dumps(parameter["schema"]):
            yield parameter["name"]


async def test_a_token_is_asked_for_with_each_part_once(world: World) -> None:
    media = {"Content-Type": "application/x-www-form-urlencoded"}
    form = "grant_type=client_credentials&client_id=a&client_id=b&client_secret=x"
    answer = await world.client().post("/api/v1/tokens", content=form, headers=media)
    assert errors(answer) == [("body", "/client_id", "repeated_part")]


async def test_every_operation_names_a_member_of_json_that_came_twice(
    office: ContractClient, operations: list[Operation]
) -> None:
    body = '{"name": "a", "settings": [{"b": {"c": 1, "c": 2}}], "name": "a"}'
    written = [each for each in operations if "application/json" in each.media]
    for operation in written:
        answer = await operation.send(office, JSON, content=body)
        assert errors(answer) == [("body", f"/{path}", "repeated_part") for path in ("settings/0/b/c", "name")]
    assert written


@pytest.mark.parametrize(
    ("written", "taken"), [("0.0", True), ("-0.0e5", True), ("1e-300", True), ("1e-400", False), ("1e400", False)]
)
async def test_a_number_that_cannot_be_held_is_none(office: ContractClient, written: str, *, taken: bool) -> None:
    """One that is too small is not taken for 0."""
    body = f'{{"scores": [{{"code": "influence", "score": {written}}}]}}'
    answer = await office.post(f"/api/v1/reviews/{ID}/check", content=body, headers=JSON | key())
    assert answer.status_code == (404 if taken else 422)
    if not taken:
        assert errors(answer) == [("body", "/scores/0/score", "finite_number")]


async def test_half_a_document_is_no_document(office: ContractClient) -> None:
    assert (await office.post("/api/v1/sessions", content="{", headers=JSON)).status_code == 400


def open_maps(contract: Contract) -> Iterator[str]:
    """Members with names of the caller's choice: those that the contract does not list."""
    for name, schema in contract.document["components"]["schemas"].items():
        for member, each in schema.get("properties", {}).items():
            if each.get("type") == "object" and "properties" not in each and each.get("propertyNames"):
                yield f"{name}.{member}"


def test_names_in_a_body_are_those_of_the_contract_or_of_a_rule(contract: Contract) -> None:
    """Rules close these maps: `no_such_cell` and `unknown_category`. Whoever adds one names its rule here."""
    settings = ("CampaignSettings", "CampaignReplacement")
    closed_by_rules = {"ByQuota.quotas", "ApplicationCreate.cells", "PayloadForm.cells"}
    closed_by_rules |= {f"{each}.{name}" for each in settings for name in ("field_lengths", "field_labels")}
    assert {*open_maps(contract)} == closed_by_rules
