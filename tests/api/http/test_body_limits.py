"""The limit of a body admits the largest one that the contract describes, or the contract says that it does not."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.api.http.bodies import JSON_LIMIT, MIB, most_bytes
from app.api.http.document import METHODS, Json, resolve
from app.models.enums import Role
from app.services.people.imports import MOST_UNITS
from tests.world import World, key

DOCUMENT: Json = json.loads((Path(__file__).parents[3] / "openapi" / "openapi.json").read_text("utf-8"))
CHARACTER = len(json.dumps("𠮷")) - 2
"""The longest that a character is written: as two escapes of a surrogate."""
OF_FORMAT = {"uuid": 38, "date": 12, "date-time": 50}
OF_TYPE = {"integer": 25, "number": 25, "boolean": 5, "null": 4}
IMPORT = "/api/v1/organisation-imports"


def largest(schema: Json) -> int:
    """The bytes of the longest JSON that the schema allows."""
    schema = resolve(DOCUMENT, schema)
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return max(map(largest, choices))
    if known := schema.get("enum") or ([schema["const"]] if "const" in schema else None):
        return max(len(json.dumps(each)) for each in known)
    match schema.get("type"):
        case None:
            return 0  # a member as it was read, which need not be sent
        case [*kinds]:
            return max(largest(schema | {"type": kind}) for kind in kinds)
        case "object":
            return largest_object(schema)
        case "array":
            return 2 + int(schema["maxItems"]) * (1 + largest(schema["items"]))
        case "string":
            return OF_FORMAT.get(schema.get("format", "")) or 2 + int(schema["maxLength"]) * CHARACTER
    return OF_TYPE[schema["type"]]


def largest_object(schema: Json) -> int:
    values = schema.get("additionalProperties")
    more = schema["maxProperties"] * (50 + largest(values)) if isinstance(values, dict) else 0
    return 2 + more + sum(len(name) + 4 + largest(each) for name, each in schema.get("properties", {}).items())


def bodies() -> Iterator[tuple[str, Json, int]]:
    """Path, operation and largest body of everything that takes JSON."""
    for path, operations in DOCUMENT["paths"].items():
        for method in METHODS & operations.keys():
            content = resolve(DOCUMENT, operations[method].get("requestBody", {})).get("content", {})
            for media, each in content.items():
                if media.endswith("json"):
                    yield path, operations[method], largest_import() if path == IMPORT else largest(each["schema"])


def largest_import() -> int:
    """The units of all committees together are limited, which no schema can say."""
    committees = member("OrganisationImport", "committees")
    unit = 1 + largest(member("CommitteeEntry", "units")["items"])
    every = int(committees["maxItems"]) * (1 + largest(committees["items"]) - MOST_UNITS * unit)
    return every + MOST_UNITS * unit


def member(schema: str, name: str) -> Json:
    found: Json = DOCUMENT["components"]["schemas"][schema]["properties"][name]
    return found


def test_the_largest_body_that_is_described_is_admitted() -> None:
    limits = [(path, operation, size, most_bytes(path)) for path, operation, size in bodies()]
    too_small = [(path, operation["description"], limit) for path, operation, size, limit in limits if size > limit]
    assert {path for path, *_ in too_small} == {
        "/api/v1/campaigns/{campaign_id}",
        "/api/v1/campaigns/{campaign_id}/figure-tables",
        "/api/v1/earlier-win-imports",
        "/api/v1/rounds",
        "/api/v1/rounds/{round_id}",
    }
    for path, description, limit in too_small:
        assert f"body of at most {limit // MIB} MiB" in " ".join(description.split()), path


@pytest.mark.parametrize("escaped", [False, True])
async def test_an_import_of_as_many_units_as_are_promised_is_read(world: World, escaped: bool) -> None:
    office = await world.client_of(Role.OFFICE)
    units = [{"name": f"{number:04}" + "区" * 96, "honour_level": "district"} for number in range(MOST_UNITS)]
    committee = {"name": "街道党工委", "kind": "township_subdistrict", "units": units}
    written = json.dumps({"dry_run": "yes", "committees": [committee]}, ensure_ascii=escaped).encode()
    assert len(written) > JSON_LIMIT
    answer = await office.post(IMPORT, content=written, headers={"Content-Type": "application/json", **key()})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/dry_run"]  # which spares 2000 inserts
