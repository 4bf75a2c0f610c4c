"""The links of answers that create: to operations that are there, with values that are there."""

import re
from typing import Any

from tests.contract.operations import DOCUMENT, OPERATIONS, Complaints, Operation, each_operation

BY_NAME = {operation.name: operation for operation in OPERATIONS}


def example_of(operation: Operation, status: str) -> Any:
    content = operation.responses[status]["content"]["application/json"]
    (name,) = content["examples"]
    return DOCUMENT["components"]["examples"][name]["value"]


def at(pointer: str, value: Any) -> Any:
    for step in pointer.removeprefix("/").split("/"):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


@each_operation
def test_an_answer_that_creates_links_to_reading_or_doing_more(operation: Operation) -> Complaints:
    if "201" in operation.responses and not operation.responses["201"].get("links"):
        yield "it creates, and links to nothing"


@each_operation
def test_a_link_names_an_operation_and_gives_it_every_parameter_of_its_path(operation: Operation) -> Complaints:
    for name, link in operation.responses.get("201", {}).get("links", {}).items():
        given = link.get("parameters", {})
        if link["operationId"] != name or set(re.findall(r"{(\w+)}", BY_NAME[name].path)) != set(given):
            yield f"{name}: {given}"
        for expression in given.values():
            source, _, member = expression.partition("#")
            if source == "$response.body":
                assert at(member, example_of(operation, "201")), expression
            elif source.removeprefix("$request.path.") not in re.findall(r"{(\w+)}", operation.path):
                yield expression
