"""The messages that the committed contract promises to push, for receivers that refuse any other."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import jsonschema_rs

from app.api.http.document import Json
from tests.contract.client import DOCUMENT, closed

PATH = Path(__file__).parents[2] / "openapi" / "openapi.json"


class Webhooks:
    """The `webhooks` of the contract."""

    def objections(self, headers: Mapping[str, str], body: bytes) -> Iterator[str]:
        """Every way in which this message differs from what was promised."""
        message = json.loads(body)
        promised = contract()["webhooks"].get(message["type"])
        if promised is None:
            yield f"{message['type']} is not among the webhooks"
            return
        schema = promised["post"]["requestBody"]["content"]["application/json"]["schema"]
        yield from (f"/{'/'.join(map(str, each.instance_path))}: {each.message}" for each in mistakes(schema, message))
        needed = {each["name"] for each in promised["post"]["parameters"] if each["required"]}
        yield from (f"the header {name} is missing" for name in sorted(needed - headers.keys()))


@cache
def contract() -> Json:
    return closed(json.loads(PATH.read_text("utf-8")))


def mistakes(schema: Json, message: Json) -> Iterator[jsonschema_rs.ValidationError]:
    absolute = {"$ref": DOCUMENT + schema["$ref"]}
    registry = jsonschema_rs.Registry([(DOCUMENT, contract())])
    yield from jsonschema_rs.Draft202012Validator(absolute, registry=registry, validate_formats=True).iter_errors(
        message
    )
