"""The schemas of a document by direction: bodies are closed and their forms never null, answers are open."""

from collections.abc import Iterable
from copy import deepcopy

from app.api.http.document import FORMS, SCHEMAS, Json, components, nodes, operations, reachable

NULL = {"type": "null"}
OF_A_BODY = "Body"
FORMATS = ("NominationPayload",)
"""Formats with a version and a digest of their own: nothing is ever added to one, so they stay closed."""


def without_null(schema: Json) -> None:
    """Leave null out where nothing can carry it: `str | None` means "may be absent" there."""
    if NULL in schema.get("anyOf", ()):
        alternatives = [each for each in schema.pop("anyOf") if each != NULL]
        schema |= alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives}


def make_form_members_optional_not_nullable(document: Json) -> None:
    """A form carries text and files: a generated client would send the word "null" and store it under a picture."""
    for operation in operations(document):
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            if media in FORMS:
                for name in reachable(document, [content]):
                    for member in components(document, "schemas")[name].get("properties", {}).values():
                        without_null(member)
                        without_null(member.get("items", {}))


def part_answers_from_bodies(document: Json) -> None:
    """Open the objects of answers, to which members may be added, and close those of bodies, which refuse unknown ones.

    What is both is parted: a body gets a schema of its own.
    """
    schemas = components(document, "schemas")
    received, sent = _bodies_received(document), _bodies_sent(document)
    outward = reachable(document, sent)
    fixed = reachable(document, [_reference(name) for name in FORMATS])
    shared = outward & reachable(document, received)
    parted = {
        name for name in shared if any(map(is_closed, _objects(schemas, reachable(document, [_reference(name)]))))
    }
    if taken := {name + OF_A_BODY for name in parted} & schemas.keys():
        raise RuntimeError(f"These names are kept for bodies: {taken}")
    schemas |= {name + OF_A_BODY: deepcopy(schemas[name]) for name in parted}
    _point_to_bodies(parted, [*received, *(schemas[name] for name in reachable(document, received) - outward)])
    _point_to_bodies(parted, (schemas[name + OF_A_BODY] for name in parted))
    for node in _objects(schemas, outward - fixed):
        if is_closed(node):
            del node["additionalProperties"]
        if "properties" in node:
            node["required"] = [*node["properties"]]  # a default is a body's: an answer has every member


def is_closed(node: Json) -> bool:
    return node.get("additionalProperties") is False


def _bodies_received(document: Json) -> list[Json]:
    paths = document["paths"].values()
    return [operation["requestBody"] for path in paths for operation in path.values() if "requestBody" in operation]


def _bodies_sent(document: Json) -> list[Json]:
    pushed = [operation for path in document.get("webhooks", {}).values() for operation in path.values()]
    return [each["responses"] for each in operations(document)] + [each["requestBody"] for each in pushed]


def _objects(schemas: Json, names: Iterable[str]) -> list[Json]:
    return [node for name in names for node in nodes(schemas[name])]


def _reference(name: str) -> Json:
    return {"$ref": SCHEMAS + name}


def _point_to_bodies(parted: set[str], places: Iterable[Json]) -> None:
    for place in places:
        for node in nodes(place):
            for key, value in node.items():
                if isinstance(value, str) and value.startswith(SCHEMAS) and value.removeprefix(SCHEMAS) in parted:
                    node[key] = value + OF_A_BODY
