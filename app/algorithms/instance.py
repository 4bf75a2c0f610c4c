"""What an assignment of cases to judges starts from, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

Pair = tuple[UUID, UUID]
"""A case and a judge."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case, and how many reviews it shall have in all, those that stand included."""

    id: UUID
    committee: UUID
    category: str
    wanted: int


@dataclass(frozen=True, slots=True)
class Judge:
    """A judge with the bounds of the load; one who leaves keeps the reviews already begun under a maximum of 0."""

    id: UUID
    minimum: int
    maximum: int
    expertise: frozenset[str]


@dataclass(frozen=True, slots=True)
class Instance:
    """Everything the assignment depends on; standing pairs of cases or judges not named here are withdrawn."""

    cases: tuple[Case, ...]
    judges: tuple[Judge, ...]
    blocked: Mapping[Pair, str]
    """Why a pair may not be: a reason code."""
    standing: frozenset[Pair]
    begun: frozenset[Pair]
    """The standing pairs whose review is begun: taken away by a conflict only."""
    seed: int


@dataclass(frozen=True, slots=True)
class Shortage:
    """Why a case lacks reviews: of all judges some are blocked, and of the eligible who do not review it all are full.

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
    """A judge for whom fewer cases are left than the minimum."""

    judge: UUID
    minimum: int
    load: int
    eligible: int


@dataclass(frozen=True, slots=True)
class Matching:
    """The whole assignment, what it changes, and where it falls short."""

    pairs: frozenset[Pair]
    added: tuple[Pair, ...]
    withdrawn: tuple[Pair, ...]
    loads: Mapping[UUID, int]
    shortages: tuple[Shortage, ...]
    underloads: tuple[Underload, ...]
    connected: bool
    """Does a chain of common cases lead from every judge with a case to every other? Normalisation needs it."""
