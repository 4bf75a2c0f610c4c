"""Reading an OpenAPI document: walk it, follow its references."""

from collections.abc import Iterable, Iterator
from typing import Any

from app.models.enums import Role

Json = dict[str, Any]

METHODS = frozenset({"get", "put", "post", "delete", "patch"})
DATA = frozenset({"example", "examples"})
FORMS = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
SCHEMAS = "#/components/schemas/"

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
COOKIE = {
    "type": "apiKey",
    "in": "cookie",
    "name": "__Host-pinpai",
    "description": "The session of a person in a browser, after `POST /api/v1/session/cookie`, for pages of the "
    "configured origins (in development the name is `pinpai`). Beside `Authorization` the cookie counts for nothing.",
}
COOKIE_MEANT = {
    "type": "apiKey",
    "in": "header",
    "name": "X-Session",
    "description": "`cookie`, with every request by the cookie that changes something: no page of somebody else's can "
    "send it.",
}
CLIENT_CREDENTIALS = {
    "type": "oauth2",
    "description": "A machine client's way to its token (RFC 6749 §4.4). At the token's address it proves itself by "
    "HTTP Basic, or by `client_id` and `client_secret` in the form; everywhere else the token alone counts.",
    "flows": {
        "clientCredentials": {
            "tokenUrl": "/api/v1/tokens",
            "scopes": {Role.MUNICIPAL.value: "What is nominated in the campaigns that were granted to the client."},
        }
    },
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
    yield from (operation for _, operation in by_method(document))


def by_method(document: Json) -> Iterator[tuple[str, Json]]:
    """Yield the same, each with its method."""
    for path in (*document["paths"].values(), *document.get("webhooks", {}).values()):
        yield from ((method, operation) for method, operation in path.items() if method in METHODS)


def responses(document: Json) -> Iterator[tuple[str, Json]]:
    for operation in operations(document):
        yield from operation["responses"].items()


def refused(operation: Json) -> set[str]:
    """Return the codes of the problems that an operation may answer."""
    contents = (each.get("content", {}) for each in operation["responses"].values())
    return {code for each in contents for code in each.get("application/problem+json", {}).get("examples", ())}


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


def bodies(document: Json) -> Iterator[tuple[str, Json]]:
    """Yield the media types of every request and every success, each with its content."""
    for operation in operations(document):
        yield from operation.get("requestBody", {}).get("content", {}).items()
        for status, response in operation["responses"].items():
            if status < "400":
                yield from response.get("content", {}).items()
