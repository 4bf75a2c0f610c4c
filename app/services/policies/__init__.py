"""Who may do what, from which state. Pure functions over plain values: this package is the regulation."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from app.findings import Finding, Rule
from app.models.enums import Labelled, Role
from app.problems import Forbidden, RulesViolated, WrongState

S = TypeVar("S", bound=StrEnum)

WRONG_STATE = Rule("wrong_state", "当前状态为“{label}”，不能执行此操作。", "Not possible in the state “{state}”.")
NOT_PERMITTED = Rule("not_permitted", "您的角色无权执行此操作。", "This act is not open to your role.")
UNKNOWN_REFERENCE = Rule("unknown_reference", "没有这一项，或无权使用。", "There is none, or it is not yours to use.")
REQUIRED = Rule("required", "请填写“{label}”。", "“{label}” is required.")


@dataclass(frozen=True, slots=True)
class Transition(Generic[S]):
    """One act: its name, the event it leaves, from which states each role may do it, and where it leads.

    `target` None keeps the state. The table of transitions decides, fills `actions` and draws the diagram.
    """

    action: str
    event: str
    by: Mapping[Role, AbstractSet[S]]
    target: S | None = None

    def findings(self, role: Role, status: S) -> list[Finding]:
        """Why this role may not do it from this state; empty when it may."""
        if role not in self.by:
            return [NOT_PERMITTED()]
        return [] if status in self.by[role] else [wrong_state(status)]


def wrong_state(status: StrEnum) -> Finding:
    return WRONG_STATE(state=str(status), label=status.label if isinstance(status, Labelled) else str(status))


def permit(transition: Transition[S], *, role: Role, status: S) -> None:
    """Raise Forbidden (403) or WrongState (409) unless the table has this act for the role and the state."""
    for finding in transition.findings(role, status):
        if finding.rule is NOT_PERMITTED:
            raise Forbidden
        raise WrongState(**finding.params)


def refuse(findings: Iterable[Finding]) -> None:
    """Raise RulesViolated (409) with every finding, if one of them refuses."""
    found = list(findings)
    if any(finding.refuses for finding in found):
        raise RulesViolated(found)


def require_role(role: Role, *allowed: Role) -> None:
    """Raise Forbidden (403) unless the role is one of these; for acts on things that have no states."""
    if role not in allowed:
        raise Forbidden
