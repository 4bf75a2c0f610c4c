"""Buttons of tables: with `actions=true` a row of a list says what its resource says, to each of its readers."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from tests.contract.client import ContractClient
from tests.contract.operations import OPERATIONS, SCHEMAS, Operation
from tests.scenarios.acts import CHAPTERS, EACH_CHAPTER
from tests.world import World
from tests.world.statements import noted
from tests.world.uploads import read

OFFERING = [each for each in OPERATIONS if "actions" in {parameter["name"] for parameter in each.parameters}]
EVERY = 12
"""The acts between two comparisons."""
PARENTS = {"commendation_id": "/api/v1/commendations", "round_id": "/api/v1/rounds"}
"""Lists of what other lists belong to."""
OFFERING_NOTHING = {
    "listCampaigns": "closing one is judged by all that is open in it",
    "listCommendations": "publishing one is judged by all of its awards and their objections",
    "listProposals": "applying one is judged by whether the computation would still start from the same round",
    "listRounds": "closing one is judged by all its entries, reviews and conflicts of interest",
    "listUnitAwards": "a record to be read: the same awards are in `listAwards`",
}
"""Lists without acts, though the resource of a row has some, and why."""


def table_of(answer: dict[str, Any]) -> str | None:
    """Name the acts that a resource, or a row of a list, has."""
    properties = properties_of(answer)
    if "items" in properties:
        return table_of(properties["items"].get("items", {}))
    actions = properties.get("actions", {})
    ref = actions.get("$ref") or actions.get("oneOf", [{}])[0].get("$ref")
    return ref and str(ref)


def properties_of(answer: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = SCHEMAS.get(answer.get("$ref", "").rpartition("/")[2], {}).get("properties", {})
    return properties


def resource_of(listing: Operation) -> str:
    """Return where one row of a list is read: below it, or under the same noun."""
    found = [each.path for each in OPERATIONS if each.method == "get" and each.path.endswith("_id}")]
    noun = listing.path.rpartition("/")[2]
    return next((path for base in (listing.path, f"/api/v1/{noun}") for path in found if is_below(path, base)), "")


def is_below(path: str, base: str) -> bool:
    return path.rpartition("/")[0] == base


def readers(stage: object) -> Iterator[ContractClient]:
    for each in vars(stage).values():
        if isinstance(each, ContractClient):
            yield each
        elif hasattr(each, "by_office"):
            yield from readers(each)


async def compared(world: World, client: ContractClient, listing: Operation, parents: dict[str, list[str]]) -> int:
    """Compare the rows of a list with their resources, and count them; no statement is sent for a row of its own."""
    number, address = 0, resource_of(listing)
    for href in hrefs(listing, parents):
        with noted(world.database) as sent:
            answer = await client.get(href, params={"actions": "true", "limit": 100})
        assert sorted(set(sent)) == sorted(sent), (listing.name, client.role)
        for row in answer.json().get("items", []):
            resource = await read(client, address[: address.rindex("{")] + row["id"])
            assert row["actions"] == resource["actions"], (listing.name, client.role, row["id"])
            number += 1
    return number


def hrefs(listing: Operation, parents: dict[str, list[str]]) -> Iterator[str]:
    """Yield the list's address in each of what it may belong to."""
    names = [each["name"] for each in listing.parameters if each["in"] == "path"]
    for ids in product(*(parents[name] for name in names)):
        yield listing.path.format(**dict(zip(names, ids, strict=True)))


async def ids_in(client: ContractClient, href: str) -> list[str]:
    answer = await client.get(href, params={"limit": 100})
    return [each["id"] for each in answer.json().get("items", [])]


async def all_compared(world: World, stage: object) -> int:
    number = 0
    for client in readers(stage):
        parents = {name: await ids_in(client, href) for name, href in PARENTS.items()}
        for listing in OFFERING:
            number += await compared(world, client, listing, parents)
    return number


@EACH_CHAPTER
async def test_a_row_offers_what_its_resource_offers(world: World, chapter: str) -> None:
    stage = await CHAPTERS[chapter].prepared(world)
    for number, act in enumerate(CHAPTERS[chapter].ACTS.values()):
        if number % EVERY == 0:
            assert await all_compared(world, stage)
        assert (await act(stage)).is_success
    assert await all_compared(world, stage)


def test_every_list_whose_resource_tells_of_acts_offers_them_or_says_why_not() -> None:
    acting = {
        f"{each.method.upper()} {each.path}"
        for each in OPERATIONS
        if any(table_of(answer) for answer in each.answers if "items" not in properties_of(answer))
    }
    lists = {
        each.name
        for each in OPERATIONS
        if each.method == "get" and any("items" in properties_of(answer) for answer in each.answers)
        if f"GET {resource_of(each)}" in acting
    }
    assert {each.name for each in OFFERING} | OFFERING_NOTHING.keys() == lists
    assert not {each.name for each in OFFERING} & OFFERING_NOTHING.keys()
