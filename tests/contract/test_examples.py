"""Examples of what a screen draws: a thing in each of its states, and the first and last page of a list."""

from datetime import datetime

from app.api.http.document import resolve
from app.api.http.example_states import TOLD
from tests.contract.operations import DOCUMENT, OPERATIONS, SCHEMAS, Complaints, Operation, each_operation

EXAMPLES = DOCUMENT["components"]["examples"]
SHOWN = {
    operation.name: {name: resolve(DOCUMENT, each)["value"] for name, each in content["examples"].items()}
    for operation in OPERATIONS
    if (content := operation.responses.get("200", {}).get("content", {}).get("application/json", {})).get("examples")
}
"""The examples of what each operation answers with 200, by their names."""


def test_a_thing_is_shown_in_each_of_its_states() -> None:
    reads = {"application": "Application", "plan": "Plan", "round": "Round", "commendation": "Commendation"}
    reads |= {"award": "Award", "nomination": "Nomination"}
    for noun in reads.values():
        states = resolve(DOCUMENT, SCHEMAS[f"{noun}Out"]["properties"]["status"])["enum"]
        shown = SHOWN[f"read{noun}"]
        assert [*shown] == states == [*TOLD[f"{noun}Out"]], noun
        assert [each["status"] for each in shown.values()] == states
        assert len({each["id"] for each in shown.values()}) == 1, "it is one thing through its life"
    assert {f"{noun}Out" for noun in reads.values()} == TOLD.keys()


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
    assert {"edit", "submit", "delete"} <= allowed["draft"]
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
