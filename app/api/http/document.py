"""Reading an OpenAPI document: walk it, follow its references, compose examples from its schemas."""

from collections.abc import Iterable, Iterator
from typing import Any

Json = dict[str, Any]

METHODS = frozenset({"get", "put", "post", "delete", "patch"})
DATA = frozenset({"example", "examples"})
FORMS = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
SCHEMAS = "#/components/schemas/"

EXAMPLES_OF_FORMAT: Json = {
    "uuid": "0149d3c4-5d6e-7f80-9a1b-2c3d4e5f6071",
    "date-time": "2015-09-08T01:30:00Z",
    "date": "2015-09-08",
    "uri": "https://wmb.example.cn/",
    "binary": "(bytes)",
}
EXAMPLES_OF_TYPE: Json = {"boolean": True, "string": "string"}

HEADERS = {
    "ETag": "Version of the resource; send it back as If-Match to change or delete exactly what was read.",
    "Location": "Address of the resource that was created, or of the job that does the work.",
    "Retry-After": "Whole seconds to wait before the next attempt.",
    "WWW-Authenticate": "The authentication scheme to use.",
}
SESSION = {
    "type": "http",
    "scheme": "bearer",
    "description": "The opaque token of `POST /api/v1/sessions` (people) or `POST /api/v1/tokens` (machine clients).",
}
HEADERS_OF_STATUS = {
    "201": "Location",
    "202": "Location",
    "401": "WWW-Authenticate",
    "429": "Retry-After",
    "503": "Retry-After",
}


def operations(document: Json) -> Iterator[Json]:
    """Yield what others may ask of us, and then what we send to them."""
    for path in (*document["paths"].values(), *document.get("webhooks", {}).values()):
        yield from (operation for method, operation in path.items() if method in METHODS)


def responses(document: Json) -> Iterator[tuple[str, Json]]:
    for operation in operations(document):
        yield from operation["responses"].items()


def nodes(node: Any) -> Iterator[Json]:
    """Yield every object, outermost first, but for those inside examples: they are data and not ours to rewrite."""
    if isinstance(node, dict):
        yield node
        for key, child in node.items():
            if key not in DATA:
                yield from nodes(child)
    elif isinstance(node, list):
        for child in node:
            yield from nodes(child)


def resolve(document: Json, node: Json) -> Json:
    """Return what a reference names, through any number of them."""
    while reference := node.get("$ref"):
        node = document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
    return node


def components(document: Json, kind: str) -> Json:
    """Return the components of one kind, to read them and to add to them."""
    named: Json = document["components"].setdefault(kind, {})
    return named


def references(node: Any) -> set[str]:
    """Return the names of the schemas that are referred to here."""
    values = (value for each in nodes(node) for value in each.values())
    targets = [value for value in values if isinstance(value, str)]
    return {target.removeprefix(SCHEMAS) for target in targets if target.startswith(SCHEMAS)}


def reachable(document: Json, places: Iterable[Json]) -> set[str]:
    """Return the names of the schemas that these places refer to, and those refer to."""
    schemas = components(document, "schemas")
    found: set[str] = set()
    next_ones = set().union(*map(references, places))
    while next_ones:
        found |= next_ones
        next_ones = set().union(*(references(schemas[name]) for name in next_ones if name in schemas)) - found
    return found & schemas.keys()


def bodies(document: Json) -> Iterator[Json]:
    """Yield the content of every request and every success, by media type."""
    for operation in operations(document):
        yield from operation.get("requestBody", {}).get("content", {}).values()
        for status, response in operation["responses"].items():
            if status < "400":
                yield from response.get("content", {}).values()


def example(document: Json, schema: Json) -> Any:
    """Return the example its author wrote, or one composed from the schema."""
    schema = resolve(document, schema)
    if "examples" in schema:
        return schema["examples"][0]
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    return example(document, alternatives[0]) if alternatives else composed(document, schema)


def composed(document: Json, schema: Json) -> Any:
    kinds = schema.get("type", "object")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if "enum" in schema:
        return schema["enum"][0]
    if kind == "object":
        return {name: example(document, member) for name, member in schema.get("properties", {}).items()}
    if kind == "array":
        return [example(document, schema.get("items", {}))]
    if kind in {"integer", "number"}:
        lowest = schema.get("minimum", 1)
        return int(lowest) if kind == "integer" else lowest  # FastAPI writes every bound with a decimal point
    return EXAMPLES_OF_FORMAT.get(schema.get("format", ""), EXAMPLES_OF_TYPE.get(kind))
