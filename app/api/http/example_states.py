"""Examples of a thing in each of its states, and of a list's first and last page: what a screen has to draw.

They were recorded like all others; here they are shown where they belong.
"""

from collections.abc import Iterator

from app.api.http.document import SCHEMAS, Json, by_method, components, resolve

JSON_MEDIA, OK = "application/json", "200"
WAYS = "x-transitions"
KINDS = ("ApplicationOut", "PlanOut", "RoundOut", "CommendationOut", "AwardOut", "NominationOut")
"""The schemas of the main things, which are shown in each of their states."""


def show_states(document: Json) -> None:
    """Show what has states in each of them where it is read, and where an act answers it, in the one it led to."""
    shared = components(document, "examples")
    for operation, method, kind, content in _answers(document):
        if kind in KINDS:
            shown = _states(document, kind) if method == "get" else [_reached(document, kind, operation)]
            names = {state: name_of(document, kind, state) for state in shown}
            content |= {"examples": {state: _reference(name) for state, name in names.items() if name in shared}}


def show_pages(document: Json) -> None:
    """Show the first page of every list, and its last one."""
    shared = components(document, "examples")
    for _, _, name, content in _answers(document):
        if f"{name}Last" in shared:
            content |= {"examples": {each: _reference(each) for each in (name, f"{name}Last")}}


def name_of(document: Json, kind: str, state: str) -> str:
    """Name the example of a state; the first is the thing's own."""
    return kind if state == _states(document, kind)[0] else f"{kind}In{state.title()}"


def _states(document: Json, kind: str) -> list[str]:
    states: list[str] = _member(document, kind, "status").get("enum", [])
    return states


def _answers(document: Json) -> Iterator[tuple[str, str, str, Json]]:
    """Yield each operation with its method, and the schema's name and the content of what it answers with 200."""
    for method, operation in by_method(document):
        for status, response in operation.get("responses", {}).items():
            content = response.get("content", {}).get(JSON_MEDIA, {})
            name = content.get("schema", {}).get("$ref", "").removeprefix(SCHEMAS)
            if status == OK and name:
                yield str(operation.get("operationId")), method, name, content


def _members(document: Json, kind: str) -> Json:
    properties: Json = components(document, "schemas")[kind].get("properties", {})
    return properties


def _member(document: Json, kind: str, name: str) -> Json:
    return resolve(document, _members(document, kind)[name])


def _reference(name: str) -> Json:
    return {"$ref": f"#/components/examples/{name}"}


def _reached(document: Json, kind: str, operation: str) -> str:
    """Return the state that an operation leads to by an act of its own; the first where it has none."""
    acts = _member(document, kind, "actions").get("properties", {}).values()
    ways = [way for act in acts if act.get("x-operations") == [operation] for way in act.get(WAYS)]
    reached = {way.get("to") for way in ways if "to" in way}
    return reached.pop() if len(reached) == 1 else _states(document, kind)[0]
