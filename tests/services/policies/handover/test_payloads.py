import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.history import canonical
from app.services.policies.handover.payload_schemas import payload_schema
from app.services.policies.handover.payloads import Version

PUBLISHED = Path(__file__).parents[4] / "openapi" / "nomination-payload-{version}.schema.json"
VERSIONS: tuple[Version, ...] = (1, 2, 3, 4, 5, 6)
OF_FOURTH = {"cells", "role", "attachments", "attachment_kinds", "image_roles"}
OF_FIFTH = OF_FOURTH | {"recommended_rank"}
UNUSED = {4: OF_FOURTH, 5: OF_FIFTH, 6: OF_FIFTH}
"""Members that are absent where a case does not use them."""
NUMBERS = st.integers(-(2**53), 2**53)
VALUES: Any = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abcdefghijklmnopqrstuvwxyz_0123456789"), inner),
)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_was_published_once_never_changes(version: Version) -> None:
    """A change must be published as a further version beside it."""
    published = Path(str(PUBLISHED).format(version=version))
    assert payload_schema(version) == json.loads(published.read_text("utf-8"))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_schema_is_a_schema_and_every_object_in_it_is_closed(version: Version) -> None:
    schema = payload_schema(version)
    jsonschema_rs.Draft202012Validator(schema)
    objects = [schema, *(each for each in schema["$defs"].values() if each["type"] == "object")]
    assert all(each["additionalProperties"] is False for each in objects)
    unused = UNUSED.get(version, set[str]())
    assert all(set(each["required"]) == set(each["properties"]) - unused for each in objects)


@given(VALUES)
def test_canonical_json_reads_as_what_was_written_in_one_form(value: Any) -> None:
    written = canonical(value)
    assert json.loads(written) == value
    assert canonical(json.loads(written)) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": [True, None], "中": "“红马甲”"}, '{"a":[true,null],"b":1,"中":"“红马甲”"}'),
        ('\x00\x1f\b\t\n\f\r"\\/\x7f\u2028😀', '"\\u0000\\u001f\\b\\t\\n\\f\\r\\"\\\\/\x7f\u2028😀"'),
    ],
)
def test_canonical_json_is_what_rfc_8785_writes(value: Any, written: str) -> None:
    assert canonical(value) == written.encode()
