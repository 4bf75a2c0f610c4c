"""Distributions of a round: its state read in a few statements, identified by a digest, and solved.

The first half reads; the second computes on what was read, and for long: it must run in a thread.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Integer, case, exists, func, literal, select

from app.algorithms import match, snapshots
from app.algorithms.instance import Case, Instance, Judge, Matching, Pair, Shortage, Underload
from app.algorithms.ranking import Row as Placed
from app.algorithms.snapshots import Document
from app.algorithms.waves import plan_wave
from app.context import View, acting_as
from app.database import Query, bound_id
from app.models import Account, Application, Assignment, PanelMember, Review, Reviewer, Round, RoundEntry
from app.models.enums import AccountStatus, ReviewStatus, Role, RoundStatus
from app.rows import row_type, values_of
from app.services.history import digest_of
from app.services.judging.conflicts import conflict
from app.services.judging.visibility import IN_FORCE
from app.services.policies.judging.proposals import OpenCase

_ROUND_ID = bound_id("round_id")
_FOR_OFFICE = acting_as(Role.OFFICE)


@row_type
class DistributedRound:
    """The terms of a round that a distribution depends on."""

    id: UUID
    campaign_id: UUID
    status: RoundStatus
    reviews_wanted: int
    cut: int | None
    seed: int


@row_type
class RoundCase:
    """A case of the round."""

    id: UUID
    committee_id: UUID
    category: str


@row_type
class PanelJudge:
    """A reviewer of the panel, with the bounds of the load."""

    id: UUID
    minimum: int
    maximum: int
    expertise: list[str]


@row_type
class BlockedPair:
    """A case and a reviewer who may not be given it, with the reason."""

    application_id: UUID
    reviewer_id: UUID
    reason: str


@row_type
class CurrentAssignment:
    """An assignment in force, and the progress of its review."""

    id: UUID
    application_id: UUID
    reviewer_id: UUID
    begun: bool
    submitted: bool


_ROUND = Query(
    select(
        Round.id,
        Round.campaign_id,
        Round.status,
        Round.reviews_wanted,
        Round.cut,
        Round.seed,
    ).where(Round.id == _ROUND_ID, _FOR_OFFICE),
    DistributedRound,
)
_CASES = Query(
    select(Application.id, Application.committee_id, func.coalesce(Application.category, "").label("category"))
    .join(RoundEntry, RoundEntry.application_id == Application.id)
    .where(RoundEntry.round_id == _ROUND_ID, _FOR_OFFICE)
    .order_by(Application.id),
    RoundCase,
)
_gone = Account.status == AccountStatus.DISABLED
_JUDGES = Query(
    select(
        Reviewer.account_id.label("id"),
        case((_gone, 0), else_=Reviewer.minimum_load).label("minimum"),
        case((_gone, 0), else_=Reviewer.maximum_load).label("maximum"),
        Reviewer.expertise,
    )
    .join(PanelMember, PanelMember.reviewer_id == Reviewer.account_id)
    .join(Account, Account.id == Reviewer.account_id)
    .where(PanelMember.round_id == _ROUND_ID, _FOR_OFFICE)
    .order_by(Reviewer.account_id),
    PanelJudge,
)
"""A judge whose account is disabled gets no new case, and keeps the reviews that are begun."""

_given = exists().where(
    Assignment.round_id == RoundEntry.round_id,
    Assignment.application_id == RoundEntry.application_id,
    Assignment.reviewer_id == PanelMember.reviewer_id,
    IN_FORCE,
)
_pairs = (
    select(
        RoundEntry.application_id,
        PanelMember.reviewer_id,
        conflict(PanelMember.reviewer_id, RoundEntry.application_id).label("reason"),
    )
    .join(PanelMember, PanelMember.round_id == RoundEntry.round_id)
    .where(RoundEntry.round_id == _ROUND_ID, ~_given, _FOR_OFFICE)
    .offset(literal(0, Integer))  # keeps the planner from asking for the reason twice
    .subquery("pairs")
)
_BLOCKED = Query(
    select(_pairs).where(_pairs.c.reason.is_not(None)).order_by(_pairs.c.application_id, _pairs.c.reviewer_id),
    BlockedPair,
)
"""Of pairs that are not assigned: a conflict found after the assignment is the office's to decide, not a proposal's."""

_ASSIGNMENTS = Query(
    select(
        Assignment.id,
        Assignment.application_id,
        Assignment.reviewer_id,
        exists().where(Review.assignment_id == Assignment.id).label("begun"),
        exists()
        .where(Review.assignment_id == Assignment.id, Review.status == ReviewStatus.SUBMITTED)
        .label("submitted"),
    )
    .where(Assignment.round_id == _ROUND_ID, IN_FORCE, _FOR_OFFICE)
    .order_by(Assignment.application_id, Assignment.reviewer_id),
    CurrentAssignment,
)


@dataclass(frozen=True, slots=True)
class Basis:
    """The round with its cases, its panel, the conflicts between them, and the assignments in force."""

    round: DistributedRound
    cases: Sequence[RoundCase]
    judges: Sequence[PanelJudge]
    blocked: Mapping[Pair, str]
    current: Mapping[Pair, CurrentAssignment]

    def instance(self, seed: int) -> Instance:
        """Return the solver's input for the whole round."""
        wanted = self.round.reviews_wanted
        return Instance(
            cases=tuple(Case(row.id, row.committee_id, row.category, wanted) for row in self.cases),
            judges=tuple(Judge(row.id, row.minimum, row.maximum, frozenset(row.expertise)) for row in self.judges),
            blocked=self.blocked,
            current=frozenset(self.current),
            begun=frozenset(pair for pair, row in self.current.items() if row.begun),
            seed=seed,
        )

    @property
    def pending(self) -> Counter[UUID]:
        """Count the reviews of each case that are assigned and not yet submitted."""
        return Counter(case_id for (case_id, _), row in self.current.items() if not row.submitted)

    @property
    def digest(self) -> str:
        """The digest of everything that decides who may, must or does review a case."""
        return digest_of(
            {
                "round": {"reviews_wanted": self.round.reviews_wanted, "cut": self.round.cut},
                "cases": [values_of(row) for row in self.cases],
                "judges": [values_of(row) for row in self.judges],
                "blocked": [[*pair, reason] for pair, reason in self.blocked.items()],
                "standing": [[*pair, row.id, row.begun] for pair, row in self.current.items()],
            }
        )


@dataclass(frozen=True, slots=True)
class Load:
    """A reviewer's cases before and after a proposal, and the bounds."""

    reviewer_id: UUID
    before: int
    after: int
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The quality of a distribution in a few figures."""

    reviews: int
    kept: int
    connected: bool
    lowest_load: int
    highest_load: int
    most_of_one_committee: int
    expertise_share: float | None


@dataclass(frozen=True, slots=True)
class Reversal:
    """The outcome of undoing a proposal; `left_out` holds pairs that are not restored, each with the rule's code."""

    reason: str
    withdrawn_count: int
    reinstated_count: int
    left_out: Sequence[tuple[UUID, UUID, str]]


@dataclass(frozen=True, slots=True)
class Result:
    """The stored result of a proposal: what it does, where it falls short, and how it was undone."""

    cut: int | None
    added: Sequence[Pair]
    withdrawn: Sequence[tuple[UUID, UUID, UUID]]
    """A case, a reviewer, and their assignment."""
    loads: Sequence[Load]
    shortages: Sequence[Shortage]
    underloads: Sequence[Underload]
    open_cases: Sequence[OpenCase]
    figures: Figures
    reversal: Reversal | None

    @property
    def withdrawn_ids(self) -> list[UUID]:
        return [assignment_id for _, _, assignment_id in self.withdrawn]


_DOCUMENT = TypeAdapter(Result)


async def read(view: View, round_id: UUID) -> Basis:
    """Read the round as it is now, without a lock; NotFound unless the actor may see it."""
    return Basis(
        round=await round_of(view, round_id),
        cases=await view.rows(_CASES, round_id=round_id),
        judges=await view.rows(_JUDGES, round_id=round_id),
        blocked={_pair(each): each.reason for each in await view.rows(_BLOCKED, round_id=round_id)},
        current={_pair(each): each for each in await view.rows(_ASSIGNMENTS, round_id=round_id)},
    )


async def round_of(view: View, round_id: UUID) -> DistributedRound:
    """The round alone; NotFound unless the actor is of the office."""
    return await view.get(_ROUND, round_id=round_id)


@dataclass(frozen=True, slots=True)
class Solution:
    """A distribution with its input; of a wave, the further reviews of each chosen case, and its rank."""

    instance: Instance
    matching: Matching
    extra: Mapping[UUID, int] = field(default_factory=dict)
    places: Mapping[UUID, Placed] = field(default_factory=dict)


def solve_round(basis: Basis, seed: int) -> Solution:
    """Distribute the whole round anew, with the least change to the current assignments."""
    instance = basis.instance(seed)
    return Solution(instance, match(instance))


def solve_wave(basis: Basis, seed: int, budget: int, inputs: Document) -> Solution:
    """Spend further reviews on the cases whose rank may lie on either side of the cut; current assignments stay."""
    assert basis.round.cut is not None, "a wave is refused without a cut"
    instance = basis.instance(seed)
    ranking = snapshots.compute(inputs)
    spent = min(budget, sum(_left(instance).values()))
    extra = plan_wave(ranking, basis.round.cut, spent, _room(instance), basis.pending)
    asked = _further(instance, extra)
    return Solution(asked, match(asked), extra, {row.case: row for row in ranking.rows if row.case in extra})


def result_of(basis: Basis, solution: Solution) -> Result:
    """Return everything a proposal shows and does."""
    matching = solution.matching
    return Result(
        cut=basis.round.cut,
        added=matching.added,
        withdrawn=[(*pair, basis.current[pair].id) for pair in matching.withdrawn],
        loads=_loads(basis, matching),
        shortages=matching.shortages,
        underloads=matching.underloads,
        open_cases=[_open_case(place, solution.extra[case_id]) for case_id, place in solution.places.items()],
        figures=_figures(solution),
        reversal=None,
    )


def stored(result: Result) -> dict[str, Any]:
    """Return the result as the JSON document that is stored."""
    document: dict[str, Any] = _DOCUMENT.dump_python(result, mode="json")
    return document


def restored(document: Mapping[str, Any]) -> Result:
    """Return the result that a stored document holds."""
    return _DOCUMENT.validate_python(document)


def _open_case(place: Placed, extra: int) -> OpenCase:
    assert place.rank is not None, "a case with an interval is ranked"
    assert place.interval is not None, "the interval of an open case straddles the cut"
    return OpenCase(place.case, place.rank, place.interval, extra)


def _figures(solution: Solution) -> Figures:
    instance, matching = solution.instance, solution.matching
    case_of = {case.id: case for case in instance.cases}
    knows = {judge.id: judge.expertise for judge in instance.judges}
    piles = Counter((case_of[case_id].committee, judge_id) for case_id, judge_id in matching.pairs)
    return Figures(
        reviews=len(matching.pairs),
        kept=len(matching.pairs & instance.current),
        connected=matching.connected,
        lowest_load=min(matching.loads.values(), default=0),
        highest_load=max(matching.loads.values(), default=0),
        most_of_one_committee=max(piles.values(), default=0),
        expertise_share=_share(case_of[case].category in knows[judge] for case, judge in matching.pairs),
    )


def _loads(basis: Basis, matching: Matching) -> list[Load]:
    before = Counter(judge_id for _, judge_id in basis.current)
    return [
        Load(judge.id, before[judge.id], matching.loads[judge.id], judge.minimum, judge.maximum)
        for judge in basis.judges
    ]


def _room(instance: Instance) -> dict[UUID, int]:
    """Count, for each case, the judges below their maximum who may review it and do not yet."""
    ready = [judge_id for judge_id, left in _left(instance).items() if left]
    taken = instance.blocked.keys() | instance.current
    return {case.id: sum((case.id, judge_id) not in taken for judge_id in ready) for case in instance.cases}


def _left(instance: Instance) -> dict[UUID, int]:
    """Count the further cases that each judge can take."""
    load = Counter(judge_id for _, judge_id in instance.current)
    return {judge.id: max(0, judge.maximum - load[judge.id]) for judge in instance.judges}


def _further(instance: Instance, extra: Mapping[UUID, int]) -> Instance:
    """Return the same round with all current assignments kept, and these further reviews wanted."""
    given = Counter(case_id for case_id, _ in instance.current)
    cases = tuple(replace(case, wanted=given[case.id] + extra.get(case.id, 0)) for case in instance.cases)
    return replace(instance, cases=cases, begun=instance.current)


def _share(marks: Iterable[bool]) -> float | None:
    known = [*marks]
    return round(sum(known) / len(known), 3) if known else None


def _pair(row: BlockedPair | CurrentAssignment) -> Pair:
    return row.application_id, row.reviewer_id
