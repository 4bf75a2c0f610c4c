"""The examples of the contract: those that were recorded while the demonstration was played, or else composed.

`make examples` records them. What no play sends or answers as JSON, as forms with files, is composed of the examples of
its members. An id is that of its noun: `campaign_id` of an application is the `id` of the campaign.
"""

import json
import re
from base64 import b64encode
from copy import deepcopy
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from app.api.http.document import SCHEMAS, Json, components, resolve

STATIC = Path(__file__).parent / "static" / "examples"
RECORDED = STATIC / "recorded.json"
"""Examples by the names of their schemas, with `In` a state or `Last` for a last page."""

OF_TYPE: Json = {"boolean": True, "string": "string"}
SAMPLES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/svg+xml": "svg",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
"""The smallest whole file of each media type that is sent, by its suffix: one pixel, an empty page, an empty sheet."""
OF_FORMAT: Json = {
    "date-time": "2015-09-08T01:30:00Z",
    "date": "2015-09-08",
    "uri": "https://wmb.example.cn/",
}
KINDS = re.compile("(Out|Summary|Detail|Input|Enrolment|WithSecret)$")


def take_recorded(document: Json) -> None:
    """Begin with what was recorded: it is read when the document is made, and does not stay with the process."""
    recorded = json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else {}
    components(document, "examples").update({name: {"value": value} for name, value in recorded.items()})


def example(document: Json, schema: Json, member: str = "") -> Any:
    """Return what was recorded, what its author wrote, or what is composed from the schema of this member."""
    recorded = components(document, "examples").get(schema.get("$ref", "").removeprefix(SCHEMAS))
    if recorded:
        return deepcopy(recorded.get("value"))
    member = owner(schema) or member
    schema = resolve(document, schema)
    if schema.get("format") == "date-time" and "null" in schema.get("type", ()):
        return None
    if "examples" in schema:
        written = schema["examples"][0]
        return identity(document, member) if written and schema.get("format") == "uuid" else written
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
        return identity(document, member)
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
    if schema.get("format") == "binary":
        return file_uri("image/jpeg")
    return OF_FORMAT.get(schema.get("format", ""), OF_TYPE.get(kind))


def owner(schema: Json) -> str:
    """Return the noun of a schema that is referred to: `ApplicationOut` tells of an `application`."""
    name = KINDS.sub("", schema.get("$ref", "").removeprefix(SCHEMAS))
    return re.sub("(?<!^)(?=[A-Z])", "_", name).lower()


def identity(document: Json, member: str) -> str:
    """Return the id of the thing that a member names, the same wherever it is named."""
    noun = re.sub("_ids?$", "", member)
    recorded = components(document, "examples").get("".join(map(str.capitalize, noun.split("_"))) + "Out", {})
    digits = sha256(noun.encode()).hexdigest()
    return str(recorded.get("value", {}).get("id") or UUID(f"0149d3c45d6e7{digits[:3]}9{digits[3:18]}"))


def file_uri(media: str) -> str:
    """Return a whole file of this media type, as a URI that holds it."""
    content = (STATIC / f"sample.{SAMPLES[media]}").read_bytes()
    return f"data:{media};base64,{b64encode(content).decode()}"


def show_file(document: Json, media: str) -> Json:
    """Show a body that is a file by one of its media type."""
    name = f"File{SAMPLES[media].title()}"
    components(document, "examples")[name] = {"value": file_uri(media)}
    return {"file": {"$ref": f"#/components/examples/{name}"}}
