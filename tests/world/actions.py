"""The `actions` of an answer, as a test writes them down."""

from typing import Any


def told(answer: dict[str, Any]) -> dict[str, list[str]]:
    """The codes of what stands in the way of each act, by the act's name; empty where it is possible."""
    for action in answer["actions"].values():
        assert action["allowed"] == all(each["severity"] != "error" for each in action["findings"]), action
    return {name: [each["code"] for each in action["findings"]] for name, action in answer["actions"].items()}


def possible(answer: dict[str, Any]) -> list[str]:
    """The names of the acts that are possible now."""
    return [name for name, action in answer["actions"].items() if action["allowed"]]
