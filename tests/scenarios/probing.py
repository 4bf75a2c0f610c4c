"""Every operation on an object, as the contract's own example sends it: asked by whoever must not learn of it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from httpx2 import Response

from app.api.http.document import resolve
from tests.contract.client import Contract, ContractClient
from tests.world import key
from tests.world.tickets import loaded
from tests.world.uploads import photo

METHODS = ("get", "post", "put", "patch", "delete")
PLACES = {"number", "place", "slot", "digest", "paper"}
"""Parameters that count, follow from bytes, or are words of the contract: what was never there has them, too."""


@dataclass(frozen=True)
class Probe:
    """One operation on one object."""

    method: str
    template: str
    body: dict[str, Any]
    by_ticket: bool = False

    @property
    def concept(self) -> str:
        return concept_of(self.template)

    async def ask(self, client: ContractClient, values: dict[str, str]) -> Response:
        headers, href = key() | {"If-Match": "*"}, self.template.format(**values)
        if self.by_ticket:
            return await loaded(client, href)
        return await client.request(self.method, href, headers=headers, **self.body)


def concept_of(template: str) -> str:
    return template.split("/")[3]


def concepts(contract: Contract) -> set[str]:
    """The first words of all addresses that name an object."""
    return {concept_of(template) for template in contract.document["paths"] if "{" in template}


def probes(contract: Contract, of: Collection[str]) -> Iterator[Probe]:
    """Every operation on an object of these concepts; of files also as a browser loads them."""
    for template, path in contract.document["paths"].items():
        for method in METHODS:
            if method in path and "{" in template and concept_of(template) in of:
                yield Probe(method, template, body_of(contract, path[method]))
                if {"ticket": []} in path[method]["security"]:
                    yield Probe(method, template, {}, by_ticket=True)


def body_of(contract: Contract, operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        return form_of(example_of(contract, content["multipart/form-data"]))
    return {"json": example_of(contract, content["application/json"])} if content else {}


def example_of(contract: Contract, media: dict[str, Any]) -> Any:
    named = [resolve(contract.document, each)["value"] for each in media.get("examples", {}).values()]
    return named[0] if named else media["example"]


def form_of(example: dict[str, Any]) -> dict[str, Any]:
    """The fields of a form, with a picture of ours in the place of each of the example's."""
    fields = {name: value if isinstance(value, list) else [value] for name, value in example.items()}
    pictures = {name for name, values in fields.items() if str([*values, ""][0]).startswith("data:image/")}
    return {
        "files": dict.fromkeys(pictures, ("a.jpg", photo(), "image/jpeg")),
        "data": {name: value for name, value in fields.items() if name not in pictures},
    }


def absent(ids: dict[str, str]) -> dict[str, str]:
    """The same with names of what was never there."""
    return {name: value if name in PLACES else str(uuid4()) for name, value in ids.items()}
