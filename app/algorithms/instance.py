"""The input and the result of assigning cases to judges."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

Pair = tuple[UUID, UUID]
"""A case and a judge."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case, and the number of reviews it must have, existing assignments included."""

    id: UUID
    committee: UUID
    category: str
    wanted: int


@dataclass(frozen=True, slots=True)
class Judge:
    """A judge with the bounds of the load; one who leaves has a maximum of 0, and keeps the reviews already begun."""

    id: UUID
    minimum: int
    maximum: int
    expertise: frozenset[str]


@dataclass(frozen=True, slots=True)
class Instance:
    """Everything the assignment depends on; current pairs of cases or judges that are not listed are withdrawn."""

    cases: tuple[Case, ...]
    judges: tuple[Judge, ...]
    blocked: Mapping[Pair, str]
    """The pairs that are not allowed, each with a reason code."""
    current: frozenset[Pair]
    begun: frozenset[Pair]
    """The current pairs whose review is begun: only a conflict withdraws them."""
    seed: int


@dataclass(frozen=True, slots=True)
class Shortage:
    """A case that lacks reviews: some judges are blocked, and all eligible judges who do not review it are full.

    So `eligible == given + full`: with `eligible < wanted` the blocks bind, otherwise the loads of the full judges do.
    """

    case: UUID
    wanted: int
    given: int
    eligible: int
    blocked: Mapping[str, int]
    full: int


@dataclass(frozen=True, slots=True)
class Underload:
    """A judge who gets fewer cases than the minimum."""

    judge: UUID
    minimum: int
    load: int
    eligible: int


@dataclass(frozen=True, slots=True)
class Matching:
    """The whole assignment, its changes, and its shortages."""

    pairs: frozenset[Pair]
    added: tuple[Pair, ...]
    withdrawn: tuple[Pair, ...]
    loads: Mapping[UUID, int]
    shortages: tuple[Shortage, ...]
    underloads: tuple[Underload, ...]
    connected: bool
    """True if a chain of common cases leads from every judge with a case to every other: normalisation needs it."""
