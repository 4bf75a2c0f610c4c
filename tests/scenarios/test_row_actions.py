"""Buttons of tables: with `actions=true` a row of a list says what its resource says, to each of its readers."""

from collections.abc import Iterator
from typing import Any

from tests.contract.client import ContractClient
from tests.contract.operations import DOCUMENT, OPERATIONS, SCHEMAS, Operation
from tests.scenarios.acts import CHAPTERS, EACH_CHAPTER
from tests.world import World
from tests.world.uploads import read

OFFERING = [each for each in OPERATIONS if "actions" in {parameter["name"] for parameter in each.parameters}]
EVERY = 12
"""The acts between two comparisons."""


def table_of(answer: dict[str, Any]) -> str | None:
    """Name the acts that a resource, or a row of a list, has."""
    properties = SCHEMAS.get(answer.get("$ref", "").rpartition("/")[2], {}).get("properties", {})
    if "items" in properties:
        return table_of(properties["items"].get("items", {}))
    actions = properties.get("actions", {})
    ref = actions.get("$ref") or actions.get("oneOf", [{}])[0].get("$ref")
    return ref and str(ref)


def reading(listing: Operation) -> str:
    """Return the address of the resource that a list has rows of."""
    (table,) = {table_of(each) for each in listing.answers}
    resources = [each for each in OPERATIONS if each.method == "get" and each.path.endswith("_id}")]
    (found,) = (each.path for each in resources if table in map(table_of, each.answers))
    return found


def readers(stage: object) -> Iterator[ContractClient]:
    for each in vars(stage).values():
        if isinstance(each, ContractClient):
            yield each
        elif hasattr(each, "by_office"):
            yield from readers(each)


async def compared(client: ContractClient, listing: Operation, commendations: list[str]) -> int:
    """Compare the rows of a list with their resources, and count them."""
    number, address = 0, reading(listing)
    for href in {listing.path.format(commendation_id=each) for each in commendations or ["{}"]}:
        answer = await client.get(href, params={"actions": "true", "limit": 100})
        for row in answer.json().get("items", []):
            resource = await read(client, address[: address.rindex("{")] + row["id"])
            assert row["actions"] == resource["actions"], (listing.name, client.role, row["id"])
            number += 1
    return number


async def all_compared(stage: object) -> int:
    number = 0
    for client in readers(stage):
        listed = (await client.get("/api/v1/commendations", params={"limit": 100})).json()
        commendations = [each["id"] for each in listed.get("items", [])]
        for listing in OFFERING:
            number += await compared(client, listing, commendations)
    return number


@EACH_CHAPTER
async def test_a_row_offers_what_its_resource_offers(world: World, chapter: str) -> None:
    stage = await CHAPTERS[chapter].prepared(world)
    for number, act in enumerate(CHAPTERS[chapter].ACTS.values()):
        if number % EVERY == 0:
            assert await all_compared(stage)
        assert (await act(stage)).is_success
    assert await all_compared(stage)


def test_every_list_that_offers_has_a_resource_and_says_nothing_unasked() -> None:
    assert {each.name for each in OFFERING} == {
        "listAccounts",
        "listApplications",
        "listCommittees",
        "listDeliveries",
        "listObjections",
        "listUnits",
    }
    assert all(reading(each) in DOCUMENT["paths"] for each in OFFERING)
