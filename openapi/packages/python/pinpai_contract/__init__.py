"""Pinpai's contract as data: the OpenAPI document, and what a client takes from it.

>>> labels()["ApplicationStatus"]["draft"]
'草稿'
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any, TypedDict

__all__ = [
    "Act",
    "Operation",
    "Transition",
    "actions",
    "counting",
    "document",
    "labels",
    "labels_en",
    "operations",
    "version",
]


class Operation(TypedDict):
    """An operation: where it is, who may do it, and what may refuse it."""

    method: str
    path: str
    tag: str
    public: bool
    roles: list[str]
    problems: list[str]
    codes: list[str]


Transition = TypedDict("Transition", {"roles": list[str], "from": list[str], "to": str}, total=False)


class Act(TypedDict):
    """A member of `actions`."""

    label: str
    description: str
    event: str
    transitions: list[Transition]
    operations: list[str]


def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    return dict(_read("openapi"))


def version() -> str:
    """Return the version of the contract, which is that of this package."""
    return str(document()["info"]["version"])


def labels() -> dict[str, dict[str, str]]:
    """Return the words of each vocabulary, by schema and code."""
    return dict(_read("labels"))


def labels_en() -> dict[str, dict[str, str]]:
    """Return the same in English."""
    return dict(_read("labels_en"))


def operations() -> dict[str, Operation]:
    """Return the operations by their names."""
    return dict(_read("operations"))


def actions() -> dict[str, dict[str, Act]]:
    """Return the acts on each resource, by schema and name."""
    return dict(_read("actions"))


def counting() -> dict[str, Any]:
    """Return the pattern that counts 字数, and examples to try a counter with."""
    return dict(_read("counting"))


@cache
def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(__name__).joinpath("data", f"{name}.json").read_text("utf-8"))
    return found
