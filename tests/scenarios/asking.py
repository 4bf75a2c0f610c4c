"""Everything that can be read, as the contract offers it: each operation, each object, each filter."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import product
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zipfile import ZipFile

from httpx2 import Response

from app.api.http.document import resolve
from app.services.pages import cursor_of
from tests.contract.client import EVENTS, Contract, ContractClient
from tests.scenarios.steps import NUMBER_OF_A_REQUEST
from tests.world import NOW

NOBODY = "5eed5eed-5eed-7eed-8eed-5eed5eed5eed"
PLACES = {
    "number": "1",
    "slot": "1",
    "verification_code": "7K4M-Q2XA-9TCE-H5WP",
    "name": "categories",
    "subject": "funnel",
}
FILTERS = {
    "topic": "spring_rain",
    "action": "review.submitted",
    "category": "qingman",
    "cursor": cursor_of(UUID(NOBODY)),
    "grade": "first",
    "kind": "excellent_case",
    "q": "品牌",
    "since": NOW.isoformat(),
    "until": NOW.isoformat(),
    "updated_since": NOW.isoformat(),
}
"""What a filter is asked with whose schema does not say."""


@dataclass(frozen=True)
class Knowledge:
    """Ids that a reader may have heard of, by the name of the parameter that takes them."""

    ids: Mapping[str, Sequence[str]]

    def of(self, parameter: str) -> Sequence[str]:
        return self.ids.get(parameter, [PLACES.get(parameter, NOBODY)])


def addresses(contract: Contract, known: Knowledge) -> Iterator[str]:
    """Every address that can be read, with every object that is known; of the first, also with each filter."""
    for template, path in contract.document["paths"].items():
        if answers_at_once(path):
            parameters = [resolve(contract.document, each) for each in path["get"].get("parameters", [])]
            names = [each["name"] for each in parameters if each["in"] == "path"]
            asked = [query for each in parameters if each["in"] == "query" for query in queries(contract, each, known)]
            hrefs = [template.format(**dict(zip(names, ids, strict=True))) for ids in product(*map(known.of, names))]
            yield from hrefs
            yield from (f"{hrefs[0]}?{query}" for query in asked)


def answers_at_once(path: Mapping[str, Any]) -> bool:
    """It can be read, and is no stream, which ends when its reader goes."""
    return "get" in path and EVENTS not in path["get"]["responses"].get("200", {}).get("content", {})


def queries(contract: Contract, parameter: dict[str, Any], known: Knowledge) -> Iterator[str]:
    """This filter with each value that its schema or what is known has for it."""
    schema = resolve(contract.document, parameter["schema"])
    item = resolve(contract.document, schema.get("items", schema))
    for value in values(parameter["name"], item, known):
        yield urlencode({parameter["name"]: value})


def values(name: str, schema: dict[str, Any], known: Knowledge) -> Sequence[Any]:
    if "enum" in schema:
        return [*schema["enum"]]
    if schema.get("type") == "boolean":
        return ["true", "false"]
    if schema.get("format") == "uuid":
        return known.of(name)
    if schema.get("type") == "integer":
        return [1]
    return [FILTERS.get(name) or schema["examples"][0]]


async def everything(contract: Contract, client: ContractClient, known: Knowledge) -> dict[str, Any]:
    """Answers to this reader at every address: status, headers and bytes."""
    return {href: whole(await client.get(href)) for href in addresses(contract, known)}


def whole(answer: Response) -> tuple[Any, ...]:
    """All of an answer but for the number of its request."""
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return answer.status_code, headers, held(answer)


def held(answer: Response) -> Any:
    """Its bytes; of an archive those of its files, which are dated by when they were packed."""
    if answer.headers.get("content-type") != "application/zip":
        return NUMBER_OF_A_REQUEST.sub(b"", answer.content)
    with ZipFile(BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
