"""Examples of what a screen draws: a thing in each of its states, and the first and last page of a list."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from docx import Document
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader

from app.api.http.document import SCHEMAS as PREFIX
from app.api.http.document import Json, resolve
from app.api.http.example_states import KINDS
from app.api.http.examples import RECORDED as PATH
from app.api.http.examples import SAMPLES, STATIC, file_uri
from tests.contract.operations import DOCUMENT, OPERATIONS, SCHEMAS, Complaints, Operation, each_operation

EXAMPLES = DOCUMENT["components"]["examples"]
SHOWN = {
    operation.name: {name: resolve(DOCUMENT, each)["value"] for name, each in content["examples"].items()}
    for operation in OPERATIONS
    if (content := operation.responses.get("200", {}).get("content", {}).get("application/json", {})).get("examples")
}
"""The examples of what each operation answers with 200, by their names."""
RECORDED: Json = json.loads(PATH.read_text("utf-8"))
NOT_RECORDED = {
    *("AttachmentUpload", "DocumentUpload", "EndorsementUpload", "FilledFormUpload", "FilledPlanUpload", "ImageBatch"),
    *("ImageContent", "ImageUpload", "ListFile", "ListUpload", "ScanSwapUpload", "SheetScanUpload", "TokenRequest"),
    *("FigureListUpload", "FilledFormBatchUpload", "LogoutRequest", "PaperTemplateUpload", "TemplateTrial"),
}
"""Forms, which are composed of the examples of their members; it may only become shorter."""
UNTOLD = 126
"""Members of examples that name what no example shows, as the unit of each application; it may only fall."""
IDENTITY = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LASTING = {"number", "campaign_id", "unit_id", "username", "role", "year", "round_id"}
"""Members that stay what they are as long as there is the thing."""
NOT_YET = {
    "draft": ("submitted_at", "filed_at", "published_at", "publicised_at", "opened_at", "closed_at"),
    "open": ("closed_at",),
    "publicised": ("published_at",),
    "proposed": ("awarded_at", "revoked_at"),
    "awarded": ("revoked_at",),
    "prepared": ("delivered_at", "answered_at", "withdrawn_at"),
    "delivered": ("answered_at",),
}
"""What has not happened yet in a state."""


def objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(each)


def contents_of(operation: Operation) -> Iterator[Json]:
    yield from (answer.get("content", {}) for answer in operation.successes.values())


def test_what_is_sent_and_answered_was_recorded() -> None:
    contents = (each for operation in OPERATIONS for each in (operation.request, *contents_of(operation)))
    schemas = {each["schema"].get("$ref", "") for content in contents for each in content.values()}
    assert {each.removeprefix(PREFIX) for each in schemas} - {""} - RECORDED.keys() == NOT_RECORDED, (
        "record them anew: make examples"
    )


def test_ids_name_what_there_is() -> None:
    """A thing that an example refers to is itself in one, where there are examples of such things."""
    told = {value["id"] for each in RECORDED.values() for value in objects(each) if "id" in value}
    missing = {
        f"{name} {member}"
        for name, each in RECORDED.items()
        for value in objects(each)
        for member, id_ in value.items()
        if member.endswith("_id") and isinstance(id_, str) and IDENTITY.fullmatch(id_) and id_ not in told
    }
    assert len(missing) <= UNTOLD, sorted(missing)


def test_one_thing_is_told_of_alike_everywhere() -> None:
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for each in RECORDED.values():
        for value in objects(each):
            for member in LASTING & value.keys() if value.get("id") else ():
                if value[member] is not None:  # what is hidden from a reader is null
                    said[value["id"], member].add(str(value[member]))
    assert {key: values for key, values in said.items() if len(values) > 1} == {}


def test_no_example_contradicts_its_state() -> None:
    for name, each in RECORDED.items():
        for value in objects(each):
            for member in NOT_YET.get(value.get("status", ""), ()):
                assert not value.get(member), (name, value["status"], member)


def test_a_file_is_a_whole_one_of_its_media_type() -> None:
    files = {suffix: (STATIC / f"sample.{suffix}").read_bytes() for suffix in SAMPLES.values()}
    for suffix in ("jpg", "png"):
        with Image.open(BytesIO(files[suffix])) as picture:
            picture.load()
            assert picture.size == (1, 1)
    assert len(PdfReader(BytesIO(files["pdf"])).pages) == 1
    assert load_workbook(BytesIO(files["xlsx"])).sheetnames == ["1"]
    assert len(Document(BytesIO(files["docx"])).paragraphs) == 1
    assert ZipFile(BytesIO(files["zip"])).namelist() == []
    shown = {
        each["value"] for name, each in EXAMPLES.items() if name.startswith("File") and isinstance(each["value"], str)
    }
    assert shown == {file_uri(media) for media in SAMPLES}


def test_a_thing_is_shown_in_each_of_its_states() -> None:
    for kind in KINDS:
        states = resolve(DOCUMENT, SCHEMAS[kind]["properties"]["status"])["enum"]
        shown = SHOWN[f"read{kind.removesuffix('Out')}"]
        assert [*shown] == states, kind
        assert [each["status"] for each in shown.values()] == states


def test_an_act_shows_the_state_that_it_leads_to() -> None:
    led = {
        name: [*SHOWN[name]] for name in ("submitApplication", "returnApplication", "acceptApplication", "closeRound")
    }
    assert led == {
        "submitApplication": ["submitted"],
        "returnApplication": ["returned"],
        "acceptApplication": ["accepted"],
        "closeRound": ["closed"],
    }


def test_acts_are_allowed_in_an_example_as_their_transitions_say() -> None:
    shown = SHOWN["readApplication"]
    allowed = {
        state: {name for name, act in each["actions"].items() if act["allowed"]} for state, each in shown.items()
    }
    assert {"edit", "delete"} <= allowed["draft"]
    assert {"return", "pause", "decline"} <= allowed["submitted"]
    assert "edit" not in allowed["accepted"]
    refused = shown["accepted"]["actions"]["edit"]["findings"]
    assert [(each["code"], each["params"]["state"]) for each in refused] == [("wrong_state", "accepted")]


def test_instants_of_an_example_are_in_their_order() -> None:
    for name, members in {
        "readApplication": ("submitted_at", "filed_at"),
        "readRound": ("created_at", "opened_at", "closed_at"),
        "readCommendation": ("publicised_at", "publicity_ends_at", "published_at"),
        "readNomination": ("prepared_at", "delivered_at", "answered_at", "withdrawn_at"),
    }.items():
        for state, each in SHOWN[name].items():
            found = [datetime.fromisoformat(each[member]) for member in members if each[member]]
            assert found == sorted(found), (name, state)


@each_operation
def test_a_list_shows_two_rows_and_its_last_page(operation: Operation) -> Complaints:
    shown = [*SHOWN.get(operation.name, {}).values()]
    if not operation.name.startswith("list"):
        return
    if [(len(each["items"]), each["next_cursor"] is None) for each in shown] != [(2, False), (1, True)]:
        yield "its examples are not a page of two rows that another follows, and the last one"
    ids = [row["id"] for each in shown for row in each["items"] if "id" in row]
    if len(ids) != len({*ids}):
        yield "two rows of its examples are one"
    if {each["total"] for each in shown} != {3}:
        yield "its examples do not agree on how many there are"
