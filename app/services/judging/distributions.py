"""Who could review what in a round: read in a few statements, known again by its digest, and solved.

The first half reads; the second is arithmetic on what was read, and heavy: it belongs into a thread.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, case, exists, func, literal, select

from app.algorithms import match, rank
from app.algorithms.instance import Case, Instance, Judge, Matching, Pair, Shortage, Underload
from app.algorithms.ranking import Parameters
from app.algorithms.ranking import Row as Placed
from app.algorithms.scores import Score
from app.algorithms.waves import plan_wave
from app.context import View, acting_as
from app.database import Query, Row
from app.models import Account, Application, Assignment, PanelMember, Review, Reviewer, Round, RoundEntry
from app.models.enums import AccountStatus, ReviewStatus, Role
from app.services.history import digest_of
from app.services.judging.visibility import STANDING, conflict

_ROUND_ID = bindparam("round_id", type_=Uuid)
_FOR_OFFICE = acting_as(Role.OFFICE)
_ROUND = Query(
    select(
        Round.id,
        Round.campaign_id,
        Round.status,
        Round.reviews_wanted,
        Round.method,
        Round.tie_breaks,
        Round.cut,
        Round.seed,
    ).where(Round.id == _ROUND_ID, _FOR_OFFICE)
)
_CASES = Query(
    select(Application.id, Application.committee_id, func.coalesce(Application.category, "").label("category"))
    .join(RoundEntry, RoundEntry.application_id == Application.id)
    .where(RoundEntry.round_id == _ROUND_ID, _FOR_OFFICE)
    .order_by(Application.id)
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
    .order_by(Reviewer.account_id)
)
"""Who cannot sign in any more is given nothing new, and keeps what is begun."""

_pairs = (
    select(
        RoundEntry.application_id,
        PanelMember.reviewer_id,
        conflict(PanelMember.reviewer_id, RoundEntry.application_id).label("reason"),
    )
    .join(PanelMember, PanelMember.round_id == RoundEntry.round_id)
    .where(RoundEntry.round_id == _ROUND_ID, _FOR_OFFICE)
    .offset(literal(0, Integer))  # keeps the planner from asking for the reason twice
    .subquery("pairs")
)
_BLOCKED = Query(
    select(_pairs).where(_pairs.c.reason.is_not(None)).order_by(_pairs.c.application_id, _pairs.c.reviewer_id)
)
_STANDING = Query(
    select(
        Assignment.id,
        Assignment.application_id,
        Assignment.reviewer_id,
        exists().where(Review.assignment_id == Assignment.id).label("begun"),
        exists()
        .where(Review.assignment_id == Assignment.id, Review.status == ReviewStatus.SUBMITTED)
        .label("submitted"),
    )
    .where(Assignment.round_id == _ROUND_ID, STANDING, _FOR_OFFICE)
    .order_by(Assignment.application_id, Assignment.reviewer_id)
)


@dataclass(frozen=True, slots=True)
class Basis:
    """The round with its cases, its panel, the conflicts between them, and the assignments that stand."""

    round: Row
    cases: Sequence[Row]
    judges: Sequence[Row]
    blocked: Mapping[Pair, str]
    standing: Mapping[Pair, Row]

    def instance(self, seed: int) -> Instance:
        """What the solver is given when the whole round is to be distributed."""
        wanted = self.round["reviews_wanted"]
        return Instance(
            cases=tuple(Case(row["id"], row["committee_id"], row["category"], wanted) for row in self.cases),
            judges=tuple(
                Judge(row["id"], row["minimum"], row["maximum"], frozenset(row["expertise"])) for row in self.judges
            ),
            blocked=self.blocked,
            standing=frozenset(self.standing),
            begun=frozenset(pair for pair, row in self.standing.items() if row["begun"]),
            seed=seed,
        )

    @property
    def pending(self) -> Counter[UUID]:
        """How many reviews of each case are on their way."""
        return Counter(case_id for (case_id, _), row in self.standing.items() if not row["submitted"])

    @property
    def digest(self) -> str:
        """Other when anything is other that decides who may, must or does review what."""
        told = ("reviews_wanted", "cut")
        return digest_of(
            {
                "round": {name: self.round[name] for name in told},
                "cases": self.cases,
                "judges": self.judges,
                "blocked": [[*pair, reason] for pair, reason in self.blocked.items()],
                "standing": [[*pair, row["id"], row["begun"]] for pair, row in self.standing.items()],
            }
        )


async def read(view: View, round_id: UUID) -> Basis:
    """What stands now; NotFound unless the actor may see it. No statement takes a lock."""
    row = await round_of(view, round_id)
    params: dict[str, Any] = {"round_id": round_id}
    return Basis(
        round=row,
        cases=await view.rows(_CASES, **params),
        judges=await view.rows(_JUDGES, **params),
        blocked={_pair(each): each["reason"] for each in await view.rows(_BLOCKED, **params)},
        standing={_pair(each): each for each in await view.rows(_STANDING, **params)},
    )


async def round_of(view: View, round_id: UUID) -> Row:
    """The round alone; NotFound unless the actor is of the office."""
    return await view.get(_ROUND, round_id=round_id)


@dataclass(frozen=True, slots=True)
class Solution:
    """A distribution with what it was asked for; in a wave, what each chosen case gets more, and where it stands."""

    instance: Instance
    matching: Matching
    extra: Mapping[UUID, int] = field(default_factory=dict)
    places: Mapping[UUID, Placed] = field(default_factory=dict)


def solve_round(basis: Basis, seed: int) -> Solution:
    """Distribute the whole round anew, with the least change to what stands."""
    instance = basis.instance(seed)
    return Solution(instance, match(instance))


def solve_wave(basis: Basis, seed: int, budget: int, scores: Sequence[Score]) -> Solution:
    """Spend further reviews on the cases whose rank may lie on either side of the cut; what stands is not touched."""
    instance = basis.instance(seed)
    parameters = Parameters(basis.round["method"], tuple(basis.round["tie_breaks"]), basis.round["seed"])
    ranking = rank([case.id for case in instance.cases], scores, parameters)
    spent = min(budget, sum(_left(instance).values()))
    extra = plan_wave(ranking, basis.round["cut"], spent, _room(instance), basis.pending)
    asked = _further(instance, extra)
    return Solution(asked, match(asked), extra, {row.case: row for row in ranking.rows if row.case in extra})


def as_json(basis: Basis, solution: Solution) -> dict[str, Any]:
    """All that is to be shown of it, and done by it, as it is kept."""
    matching = solution.matching
    return {
        "cut": basis.round["cut"],
        "added": [[str(case_id), str(judge_id)] for case_id, judge_id in matching.added],
        "withdrawn": [[*map(str, pair), str(basis.standing[pair]["id"])] for pair in matching.withdrawn],
        "loads": _loads(basis, matching),
        "shortages": [_plain(shortage) for shortage in matching.shortages],
        "underloads": [_plain(underload) for underload in matching.underloads],
        "open_cases": [
            {"case": str(case_id), "rank": place.rank, "interval": place.interval, "extra": solution.extra[case_id]}
            for case_id, place in solution.places.items()
        ],
        "figures": figures(solution),
        "reversal": None,
    }


def figures(solution: Solution) -> dict[str, Any]:
    """How good a distribution is, in a few figures."""
    instance, matching = solution.instance, solution.matching
    case_of = {case.id: case for case in instance.cases}
    knows = {judge.id: judge.expertise for judge in instance.judges}
    piles = Counter((case_of[case_id].committee, judge_id) for case_id, judge_id in matching.pairs)
    return {
        "reviews": len(matching.pairs),
        "kept": len(matching.pairs & instance.standing),
        "connected": matching.connected,
        "lowest_load": min(matching.loads.values(), default=0),
        "highest_load": max(matching.loads.values(), default=0),
        "most_of_one_committee": max(piles.values(), default=0),
        "expertise_share": _share(case_of[case].category in knows[judge] for case, judge in matching.pairs),
    }


def _loads(basis: Basis, matching: Matching) -> list[dict[str, Any]]:
    before = Counter(judge_id for _, judge_id in basis.standing)
    return [
        {
            "reviewer_id": str(judge["id"]),
            "before": before[judge["id"]],
            "after": matching.loads[judge["id"]],
            "minimum": judge["minimum"],
            "maximum": judge["maximum"],
        }
        for judge in basis.judges
    ]


def _plain(lack: Shortage | Underload) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in asdict(lack).items()}


def _room(instance: Instance) -> dict[UUID, int]:
    """How many further reviews each case can get: who may judge it, does not yet, and has not the maximum."""
    ready = [judge_id for judge_id, left in _left(instance).items() if left]
    taken = instance.blocked.keys() | instance.standing
    return {case.id: sum((case.id, judge_id) not in taken for judge_id in ready) for case in instance.cases}


def _left(instance: Instance) -> dict[UUID, int]:
    """How many cases more each judge can take."""
    load = Counter(judge_id for _, judge_id in instance.standing)
    return {judge.id: max(0, judge.maximum - load[judge.id]) for judge in instance.judges}


def _further(instance: Instance, extra: Mapping[UUID, int]) -> Instance:
    """The same round, in which nothing that stands is touched and these cases get so many reviews more."""
    given = Counter(case_id for case_id, _ in instance.standing)
    cases = tuple(replace(case, wanted=given[case.id] + extra.get(case.id, 0)) for case in instance.cases)
    return replace(instance, cases=cases, begun=instance.standing)


def _share(marks: Iterable[bool]) -> float | None:
    known = [*marks]
    return round(sum(known) / len(known), 3) if known else None


def _pair(row: Row) -> Pair:
    return row["application_id"], row["reviewer_id"]
