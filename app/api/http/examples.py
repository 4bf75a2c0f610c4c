"""The examples of the contract, composed of those of the members: related by their ids, and of one moment.

An id is that of its noun: `campaign_id` of an application is the `id` of the campaign. Instants that may be null are:
the first state of a vocabulary is the one in which nothing has happened yet.
"""

import re
from hashlib import sha256
from typing import Any
from uuid import UUID

from app.api.http.document import SCHEMAS, Json, resolve

OF_TYPE: Json = {"boolean": True, "string": "string"}
PICTURE = (
    "data:image/jpeg;base64,/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqM"
    "yP/L2u71////m8H////6/+b9//j/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAABP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8Ac//Z"
)
"""A whole JPEG of one pixel, as a URI that holds it."""
OF_FORMAT: Json = {
    "date-time": "2015-09-08T01:30:00Z",
    "date": "2015-09-08",
    "uri": "https://wmb.example.cn/",
    "binary": PICTURE,
}
KINDS = re.compile("(Out|Summary|Detail|Input|Enrolment|WithSecret)$")


def example(document: Json, schema: Json, member: str = "") -> Any:
    """Return the example its author wrote, or one composed from the schema of this member, `Noun.id` for an id."""
    member = owner(schema) or member
    schema = resolve(document, schema)
    if schema.get("format") == "date-time" and "null" in schema.get("type", ()):
        return None
    if "examples" in schema:
        written = schema["examples"][0]
        return identity(member) if written and schema.get("format") == "uuid" else written
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    return example(document, alternatives[0], member) if alternatives else composed(document, schema, member)


def composed(document: Json, schema: Json, member: str) -> Any:
    kinds = schema.get("type", "object")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") == "uuid":
        return identity(member)
    return _of_kind(document, schema, kind, member)


def _of_kind(document: Json, schema: Json, kind: str, member: str) -> Any:
    if kind == "object":
        properties = schema.get("properties", {}).items()
        return {name: example(document, each, member if name == "id" else name) for name, each in properties}
    if kind == "array":
        return [example(document, schema.get("items", {}), member)]
    if kind in {"integer", "number"}:
        lowest = schema.get("minimum", 1)
        return int(lowest) if kind == "integer" else lowest  # FastAPI writes every bound with a decimal point
    return OF_FORMAT.get(schema.get("format", ""), OF_TYPE.get(kind))


def owner(schema: Json) -> str:
    """Return the noun of a schema that is referred to: `ApplicationOut` tells of an `application`."""
    name = KINDS.sub("", schema.get("$ref", "").removeprefix(SCHEMAS))
    return re.sub("(?<!^)(?=[A-Z])", "_", name).lower()


def identity(member: str) -> str:
    """Return the id of the thing that a member names, the same wherever it is named."""
    digits = sha256(re.sub("_ids?$", "", member).encode()).hexdigest()
    return str(UUID(f"0149d3c45d6e7{digits[:3]}9{digits[3:18]}"))


def of_bytes(media: str) -> Json:
    """Return the example of a body that is a file: a picture as a URI, anything else as a word for it."""
    return {"value": PICTURE if media == "image/jpeg" else f"(the bytes of a file of {media})"}
