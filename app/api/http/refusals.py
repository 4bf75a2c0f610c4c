"""The roles that may do an operation, and the codes that may refuse it, found in the code that it calls.

A command names its act, an act its rules, and a rule is an object: whatever a route's function mentions, and what that
mentions, is what may judge it. So `x-roles` and `x-finding-codes` of the contract come from the very tables that
refuse, and nobody keeps a list. It is an upper bound; the tests' client refuses an answer that is beyond it.
"""

import dis
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from inspect import unwrap
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any, cast

from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import Select

from app.api.http.document import Json, components, refused
from app.api.http.output import ACTS, Out
from app.api.http.routing import dependencies
from app.findings import Rule
from app.models.base import Base
from app.models.enums import Role
from app.problems import Problem, RulesViolated, Unauthenticated
from app.services import history, policies
from app.services.policies import Act
from app.services.policies.constraints import finding_of

PEOPLE_AND_PROGRAMS = [role for role in Role if role is not Role.PUBLIC]
_UNOPENED = (Enum, Problem, Out)
"""Classes in which nothing judges: vocabularies, refusals, answers."""
_KERNEL = frozenset({policies.__name__, history.__name__})
"""Modules that are given what they judge by."""
_BEGINNINGS = frozenset({"LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF"})
_STEPS = frozenset({"LOAD_ATTR", "LOAD_METHOD"})
_FILLERS = frozenset({"CACHE", "PRECALL", "PUSH_NULL", "EXTENDED_ARG"})


@dataclass(slots=True)
class Reach:
    """The acts, the rules, the demands for a role and the tables that some functions may come to."""

    acts: list[Act[Any, Any]] = field(default_factory=list)
    rules: set[Rule] = field(default_factory=set)
    demands: list[AbstractSet[Role]] = field(default_factory=list)
    tables: list[type[Base]] = field(default_factory=list)

    @property
    def roles(self) -> list[Role]:
        """Those whom every demand lets through and, if there are acts, one of these knows."""
        left = set(PEOPLE_AND_PROGRAMS).intersection(*self.demands)
        known = {role for act in self.acts for role in act.by}
        return [role for role in PEOPLE_AND_PROGRAMS if role in (left & known or left)]

    def codes(self) -> list[str]:
        """Return the codes of all rules, those that the database itself holds included."""
        names = {str(each.name) for table in self.tables for each in _constraints(table)}
        return sorted({rule.code for rule in (*self.rules, *(finding_of(name).rule for name in names))})


def _constraints(table: type[Base]) -> Iterator[Any]:
    described: Any = table.__table__
    yield from (*described.constraints, *described.indexes)


def reach(functions: Iterable[Callable[..., Any]]) -> Reach:
    """Follow what these functions mention, and what that mentions, to its end."""
    found, waiting = Reach(), list[Any](functions)
    seen: dict[int, Any] = {}  # kept as long as their numbers: another object would get the number of one that is gone
    while waiting:
        value = waiting.pop()
        if id(value) not in seen:
            seen[id(value)] = value
            waiting += _inside(value, found)
    return found


def describe(app: FastAPI, document: Json) -> None:
    """Write down of each operation who may do it and what may refuse it, and of each act which operations do it."""
    doers: dict[str, set[str]] = defaultdict(set)
    for route in app.routes:
        operation = document.get("paths", {}).get(getattr(route, "path_format", ""), {})
        for described in (operation.get(method.lower()) for method in getattr(route, "methods", None) or ()):
            if described and isinstance(route, APIRoute):
                found = reach([route.endpoint, *dependencies(route.endpoint)])
                _describe(described, found)
                for act in found.acts:
                    doers[act.event.code].add(described.get("operationId", ""))
    for schema in components(document, "schemas").values():
        for name, act in schema.get("properties", {}).get("actions", {}).get(ACTS, {}).items():
            act |= {"x-operations": _named_after(name, doers[act.get("x-event")])}


def _describe(operation: Json, found: Reach) -> None:
    codes = refused(operation)
    if Unauthenticated.code() in codes:
        operation |= {"x-roles": found.roles}
    if RulesViolated.code() in codes:
        operation |= {"x-finding-codes": found.codes()}


def _named_after(act: str, operations: Iterable[str]) -> list[str]:
    """Return the operation that has the act's words in their order, or else all that do it."""
    first, *more = act.split("_")
    name = re.compile("[A-Za-z]*".join([first, *map(str.capitalize, more)]))
    return sorted(filter(name.match, operations)) or sorted(operations)


def _inside(value: Any, found: Reach) -> list[Any]:
    """Note what judges, and return what to follow from here."""
    match value:
        case Rule():
            found.rules.add(value)
        case Act():
            found.acts.append(value)
            return [each for each in (value.rules, value.parent, value.early) if each]
        case MethodType(__self__=Act() as act):
            found.rules.add(policies.WRONG_STATE)  # asked for its findings, it tells of the state as of anything else
            return [act]
        case FunctionType() | MethodType():
            return _of_function(unwrap(value), found)
        case type():
            return _of_class(value, found)
        case Select():
            return [each.get("entity") for each in value.column_descriptions]
        case Mapping():
            return list(value.values())
        case tuple() | list() | set() | frozenset():
            return list(value)
    return []


def _of_function(function: Any, found: Reach) -> list[Any]:
    """Return what a function of ours mentions; one that fills `actions` tells what might be done, and does nothing."""
    function = cast(FunctionType, getattr(function, "__func__", function))
    if function is policies.wrong_state:
        return [policies.WRONG_STATE]
    if not _is_ours(function) or function.__module__ in _KERNEL:
        return []
    mentioned = _mentions(function)
    if policies.actions in mentioned:
        return []
    found.demands += _demands(mentioned)
    return [*mentioned, *(each for each in function.__annotations__.values() if _serves(each))]


def _of_class(kind: type, found: Reach) -> list[Any]:
    if not _is_ours(kind) or issubclass(kind, _UNOPENED):
        return []
    if issubclass(kind, Base):
        found.tables += [kind] if hasattr(kind, "__table__") else []
        return []
    methods = map(_function, vars(kind).values())
    return [*kind.__bases__, *(each for each in methods if isinstance(each, FunctionType))]


def _function(member: object) -> object:
    """Return the function in a member of a class; asked for more, a model's deferred validator would be made."""
    match member:
        case property():
            return member.fget
        case classmethod() | staticmethod():
            return member.__func__
    return member


def _serves(annotation: Any) -> bool:
    """Return true for a class of a service, whose methods are called on an argument."""
    return isinstance(annotation, type) and annotation.__module__.startswith("app.services.")


def _is_ours(value: Any) -> bool:
    return (value.__module__ or "").startswith("app.")


def _demands(mentioned: list[Any]) -> Iterator[set[Role]]:
    """Yield the roles that follow each mention of `require_role`, one by one or as a table."""
    demanded: set[Role] | None = None
    for value in [*mentioned, None]:
        if demanded is not None and (named := _roles(value)):
            demanded |= named
            continue
        if demanded:
            yield demanded
        demanded = set() if value is policies.require_role else None


def _roles(value: Any) -> set[Role]:
    """Return a role, or those that a table has; nothing if this is something else."""
    several = isinstance(value, AbstractSet | Mapping | tuple)
    return {each for each in (value if several else [value]) if isinstance(each, Role)}


@cache
def _mentions(function: FunctionType) -> list[Any]:
    """Return the values of the names in a function, in their order: globals and closures, and their members."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    known = function.__globals__ | {name: cell.cell_contents for name, cell in cells}
    return [value for code in _codes(function.__code__) for value in _values(code, known)]


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _values(code: CodeType, known: Mapping[str, Any]) -> Iterator[Any]:
    """Yield `a.b.c` as the one value it names, as far as modules, classes and acts go."""
    value: Any = None
    for step in dis.get_instructions(code):
        if step.opname in _STEPS and isinstance(value, ModuleType | type | Act):
            value = getattr(value, step.argval, None)
        elif step.opname not in _FILLERS:
            if value is not None:
                yield value
            value = known.get(step.argval) if step.opname in _BEGINNINGS else None
