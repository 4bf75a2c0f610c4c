"""The regulation: which role may do which act from which state, as pure functions over plain values."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, Generic, Protocol, TypeVar

from app.findings import Finding, Rule, Sentence
from app.models.enums import Labelled, Role
from app.problems import Forbidden, RulesViolated, WrongState

S = TypeVar("S", bound=Labelled)
S_co = TypeVar("S_co", bound=Labelled, covariant=True)
R = TypeVar("R")

WRONG_STATE = Rule("wrong_state", "当前状态为“{label}”，不能执行此操作。", "Not possible in the state “{state}”.")
NOT_PERMITTED = Rule("not_permitted", "您的角色无权执行此操作。", "This act is not open to your role.")
UNKNOWN_REFERENCE = Rule("unknown_reference", "没有这一项，或无权使用。", "There is none, or it is not yours to use.")
REQUIRED = Rule("required", "请填写“{label}”。", "“{label}” is required.")

OWNERS = frozenset({Role.UNIT, Role.COMMITTEE})
"""The roles that work on what the office reads once it has it."""

WORKED_ON_BY_OTHERS = frozenset({"application", "image", "endorsement", "partner", "plan"})
"""Subjects that units and committees work on before the office has them, and again when it sent them back."""


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of thing that happens: a stable code `subject.past_tense`, and its words in the history.

    Of what units and committees work on among themselves the office reads the bare fact, unless something is
    `handed_in` to it by the event, or decided.
    """

    code: str
    zh: str
    en: str
    handed_in: bool = False

    @property
    def subject(self) -> str:
        return self.code.partition(".")[0]

    @property
    def words(self) -> Sentence:
        return Sentence(self.zh, self.en)


class Facts(Protocol[S_co]):
    """The values that the rules of a concept judge, read under the lock that makes them true."""

    @property
    def status(self) -> S_co: ...


F = TypeVar("F", bound=Facts[Any])


@dataclass(frozen=True, slots=True)
class StatusOnly(Generic[S]):
    """Facts of a concept whose acts depend on its status and on nothing else."""

    status: S


Offered = dict[str, list[Finding]]
"""The acts that a role may ever do on something, by name, each with its present obstacles."""


@dataclass(frozen=True)  # typing writes an attribute of its own on what a parametrised class makes: no slots
class Record(Generic[R]):
    """A row as the actor may see it, and what may be done with it now."""

    row: R
    actions: Offered


@dataclass(frozen=True)  # no slots, as above
class Act(Generic[S, F]):
    """One act: its name, its event, from which states each role may do it, where it leads, and its rules.

    The tables of acts decide, fill `actions`, and draw the diagrams. `target` None keeps the state. `parent` judges the
    state of what the subject belongs to, before its own state. `rules` judge everything else, once role and state allow
    the act; `early` are those rules that are worth showing while the state still forbids it.
    """

    name: str
    event: Event
    by: Mapping[Role, AbstractSet[S]]
    target: S | None = None
    rules: Callable[[F], Iterable[Finding]] | None = None
    parent: Callable[[F], Iterable[Finding]] | None = None
    early: Callable[[F], Iterable[Finding]] | None = None

    @property
    def inward(self) -> bool:
        """Return true if both its states look the same to everybody but the owners: nobody else learns of it."""
        left = {status for states in self.by.values() for status in states}
        return (
            self.target is not None
            and self.target not in left
            and {each.outward for each in left} == {self.target.outward}
        )

    def barred(self, role: Role, status: S) -> list[Finding]:
        """Return why this role may not do it from this state; empty when it may."""
        if role not in self.by:
            return [NOT_PERMITTED()]
        return [] if status in self.by[role] else [wrong_state(as_read(status, role))]

    def obstacles(self, role: Role, facts: F) -> list[Finding]:
        """Return why role or state forbid it, its parent's state before its own; empty when they allow it."""
        allowed = role in self.by
        return (allowed and _judged(self.parent, facts)) or self.barred(role, facts.status)

    def findings(self, role: Role, facts: F) -> list[Finding]:
        """Return every obstacle to the act, and advice."""
        obstacles = self.obstacles(role, facts)
        return [*obstacles, *_judged(self.early, facts)] if obstacles else _judged(self.rules, facts)


def actions(acts: Iterable[Act[S, F]], role: Role, facts: F) -> Offered:
    """Return every act that this role may ever do, by name, with its present obstacles."""
    return {act.name: act.findings(role, facts) for act in acts if role in act.by}


def as_read(status: S, role: Role) -> S:
    """Return the state as this role reads it: its owners the true one, everybody else its `outward` one."""
    return status if role in OWNERS else status.outward


def every_rule() -> list[Rule]:
    """Return the rules of all policies, by their codes: what a finding may say."""
    modules = [import_module(info.name) for info in walk_packages(__path__, f"{__name__}.")]
    names = [globals(), *map(vars, modules)]
    found = {value for each in names for value in each.values() if isinstance(value, Rule)}
    return sorted(found, key=lambda rule: (rule.code, rule.severity, rule.en))


def wrong_state(status: Labelled) -> Finding:
    return WRONG_STATE(state=status, label=status.label)


def permit(act: Act[S, F], *, role: Role, status: S) -> None:
    """Raise Forbidden (403) or WrongState (409) unless the table has this act for the role and the state."""
    _raise_first(act.barred(role, status))


def judge(act: Act[S, F], role: Role, facts: F, findings: Iterable[Finding] = ()) -> None:
    """Raise the refusal of an act, if there is one: Forbidden, WrongState, or RulesViolated with every finding.

    `findings` are those that depend on the request, such as an unknown code in its body; one that the act has anyway is
    told once.
    """
    _raise_first(act.obstacles(role, facts))
    judged = _judged(act.rules, facts)
    refuse([*judged, *(each for each in findings if each not in judged)])


def refuse(findings: Iterable[Finding]) -> None:
    """Raise RulesViolated (409) with every finding, if one of them refuses."""
    found = list(findings)
    if any(finding.refuses for finding in found):
        raise RulesViolated(found)


def require_role(role: Role, *allowed: Role) -> None:
    """Raise Forbidden (403) unless the role is one of these; for acts on things that have no states."""
    if role not in allowed:
        raise Forbidden


def _judged(rules: Callable[[F], Iterable[Finding]] | None, facts: F) -> list[Finding]:
    return list(rules(facts)) if rules else []


def _raise_first(findings: list[Finding]) -> None:
    for finding in findings:
        if finding.rule is NOT_PERMITTED:
            raise Forbidden
        raise WrongState(**finding.params)
