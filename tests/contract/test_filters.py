"""One filter means one thing wherever a list has it: as many values, of the same schema, under the same name."""

from collections import defaultdict

from app.api.http.document import resolve
from tests.contract.operations import DOCUMENT, OPERATIONS, Complaints, Operation, each_operation

CHOSEN_BY = {
    operation.name: {each["name"]: each["schema"] for each in operation.parameters if each["in"] == "query"}
    for operation in OPERATIONS
    if operation.method == "get"
}
"""The schemas of the query parameters of every read."""


def test_a_filter_takes_as_many_values_everywhere() -> None:
    several: dict[str, dict[bool, list[str]]] = defaultdict(lambda: defaultdict(list))
    for operation, parameters in CHOSEN_BY.items():
        for name, schema in parameters.items():
            several[name][schema.get("type") == "array"].append(operation)
    assert {name: dict(found) for name, found in several.items() if len(found) > 1} == {}


@each_operation
def test_a_list_of_what_is_dated_can_be_asked_for_changes(operation: Operation) -> Complaints:
    """A list whose rows say when they were last changed is asked for what changed since."""
    pages = [resolve(DOCUMENT, schema) for schema in operation.answers]
    rows = [page["properties"]["items"]["items"] for page in pages if "next_cursor" in page.get("properties", {})]
    dated = [row for row in rows if "updated_at" in resolve(DOCUMENT, row).get("properties", {})]
    asked = "updated_since" in CHOSEN_BY.get(operation.name, {})
    if bool(dated) != asked:
        yield "`updated_at` of the rows and the filter `updated_since` go together"
