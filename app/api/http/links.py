"""The links of an answer that creates: what can be done next with what was created, by the name of the operation.

`routing` writes the address of what a route creates, as a format, into its operation; here it becomes links.
"""

import re
from collections.abc import Iterator

from app.api.http.document import METHODS, Json, operations

CREATED = "201"
LOCATION = "x-location"
"""Where a route notes the address: "/api/v1/objections/{out.id}". It is taken out of the contract."""


def link_what_is_created(document: Json) -> None:
    """Link each answer that creates a thing to the operations at the thing's address and right below it."""
    for operation in operations(document):
        if location := operation.pop(LOCATION, None):
            links = dict(_links(document, location))
            links.pop(operation["operationId"], None)  # a list that is added to has the address of the request
            operation["responses"][CREATED]["links"] = dict(sorted(links.items()))


def _links(document: Json, location: str) -> Iterator[tuple[str, Json]]:
    """Yield the operations on a thing by its location, each with the parameters of its path."""
    steps = location.split("/")
    for path, methods in document["paths"].items():
        parameters = _parameters(steps, path.split("/"))
        for method in METHODS & methods.keys() if parameters is not None else ():
            name = methods[method]["operationId"]
            yield name, {"operationId": name} | ({"parameters": parameters} if parameters else {})


def _parameters(location: list[str], path: list[str]) -> dict[str, str] | None:
    """Return what stands for the parameters of this path; nothing where it is not of the thing itself."""
    if len(path) < len(location) or any(_is_variable(step) for step in path[len(location) :]):
        return None
    pairs = list(zip(location, path, strict=False))
    if any(one != other and not (_is_variable(one) and _is_variable(other)) for one, other in pairs):
        return None
    return {other.strip("{}"): _expression(one) for one, other in pairs if _is_variable(other)}


def _is_variable(step: str) -> bool:
    return step.startswith("{")


def _expression(variable: str) -> str:
    """Return the runtime expression: of the answer for `{out.case.id}`, of the request's own path for `{case_id}`."""
    kind, _, member = variable.strip("{}").partition(".")
    pointer = "/".join(re.findall(r"\w+", member))
    return f"$response.body#/{pointer}" if pointer else f"$request.path.{kind}"
