"""The committed contract's operations and schemas, and a way to try a rule on each of them."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

from app.api.http.document import METHODS, Json, resolve

PATH = Path(__file__).parents[2] / "openapi" / "openapi.json"
DOCUMENT: Json = json.loads(PATH.read_text("utf-8")) if PATH.exists() else {"paths": {}, "components": {"schemas": {}}}
SCHEMAS: Json = DOCUMENT["components"]["schemas"]

DEADLINES = {"EffectiveDeadline", "DeadlineOfCampaign"}
"""The schemas of a deadline that counts for who asks."""

Subject = TypeVar("Subject")


class Operation(NamedTuple):
    path: str
    method: str
    spec: Json

    @property
    def name(self) -> str:
        return str(self.spec["operationId"])

    @property
    def parameters(self) -> list[Json]:
        return [resolve(DOCUMENT, each) for each in self.spec.get("parameters", [])]

    @property
    def responses(self) -> dict[str, Json]:
        return {status: resolve(DOCUMENT, each) for status, each in self.spec["responses"].items()}

    @property
    def request(self) -> Json:
        return dict(self.spec.get("requestBody", {}).get("content", {}))

    @property
    def successes(self) -> dict[str, Json]:
        return {status: each for status, each in self.responses.items() if status < "400"}

    @property
    def answers(self) -> list[Json]:
        """The schemas of its successes."""
        return [each["schema"] for answer in self.successes.values() for each in answer.get("content", {}).values()]

    @property
    def refusals(self) -> dict[str, Json]:
        return {status: each for status, each in self.responses.items() if status >= "400"}


OPERATIONS = [
    Operation(path, method, spec)
    for path, item in DOCUMENT["paths"].items()
    for method, spec in item.items()
    if method in METHODS
]
LISTS = {
    f"{method} {path}": operation.get("x-also-answers", [])
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if (answer := operation.get("responses", {}).get("200", {}).get("content", {}).get("application/json"))
    and {"items", "next_cursor"} <= resolve(DOCUMENT, answer["schema"]).get("properties", {}).keys()
}
"""Every operation that answers a page of a list, with the other forms that it answers in."""
Complaints = Iterator[str]


def each_operation(rule: Callable[[Operation], Complaints]) -> Callable[[], None]:
    """Make one test of a rule: no operation gives it a reason to complain."""
    return _over({operation.name: operation for operation in OPERATIONS}, rule)


def each_schema(rule: Callable[[str], Complaints]) -> Callable[[], None]:
    """Make one test of a rule about the names and members of schemas."""
    return _over({name: name for name in SCHEMAS}, rule)


def _over(subjects: Mapping[str, Subject], rule: Callable[[Subject], Complaints]) -> Callable[[], None]:
    def test() -> None:
        complaints = [f"{name}: {complaint}" for name, subject in subjects.items() for complaint in rule(subject)]
        assert complaints == []

    test.__name__, test.__doc__ = rule.__name__, rule.__doc__
    return test
