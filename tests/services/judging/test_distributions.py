import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from app.models import Account, Reviewer, Round
from app.models.enums import AccountStatus, ProposalKind, ReviewStatus, RoundStatus
from app.services.judging import distributions
from app.services.judging.distributions import Basis, DistributedRound, PanelJudge, RoundCase
from app.services.judging.proposals import ProposalCreate
from app.services.policies.judging import reviews as policy
from tests.services.judging.proposing import (
    WHOLE_ROUND,
    apply,
    keep_away,
    pairs,
    previewed,
    propose,
    read,
    refused,
    rows,
    undo,
)
from tests.world import World, actor_of
from tests.world.judging import Judging, judging


async def test_the_same_seed_gives_the_same_proposal(world: World) -> None:
    judged = await judging(world, cases=4, judges=4, reviews_wanted=2)
    seeded = ProposalCreate(kind=ProposalKind.FULL, seed=7)
    one, two, default = [await read(judged, await propose(judged, each)) for each in (seeded, seeded, WHOLE_ROUND)]
    assert (one.row.seed, default.row.seed) == (7, judged.round.seed)
    assert (one.row.result, one.row.basis_digest) == (two.row.result, two.row.basis_digest)
    assert default.row.basis_digest == one.row.basis_digest


async def contested(world: World, **round_: Any) -> Judging:
    """Six cases of two reviews each: one far ahead, one far behind, and four that are hard to tell apart."""
    judged = await judging(world, cases=6, judges=4, reviews_wanted=2, **round_)
    for place, (high, low) in enumerate([(99, 98), (80, 74), (79, 75), (78, 76), (79, 74), (20, 19)]):
        await judged.scored(judged.cases[place], judged.judges[place % 2], high)
        await judged.scored(judged.cases[place], judged.judges[2 + place % 2], low)
    return judged


async def test_a_wave_spends_its_budget_where_the_cut_is_open_and_touches_nothing_else(world: World) -> None:
    judged = await contested(world, cut=3)
    unread = await judged.judge()
    await keep_away(judged, 1, 4)
    before = await rows(judged)
    proposal_id = await propose(judged, ProposalCreate(kind=ProposalKind.WAVE, budget=5))
    record = await read(judged, proposal_id)
    close = {judged.cases[place].id for place in range(1, 5)}
    added = previewed(record.added)
    assert len(added) == 5
    assert {case for case, _ in added} <= close
    assert previewed(record.withdrawn) == set()
    assert (judged.cases[1].id, unread.id) not in added
    chosen = record.result.open_cases
    assert sum(each.extra for each in chosen) == 5
    assert all(each.interval[0] <= 3 < each.interval[1] for each in chosen)
    assert record.result.shortages == []
    await apply(judged, proposal_id)
    assert pairs(await rows(judged)) == pairs(before) | added
    await undo(judged, proposal_id)
    assert await rows(judged) == before


async def test_a_wave_asks_no_more_than_the_judges_can_take(world: World) -> None:
    judged = await contested(world, cut=3)
    async with world.database.transaction() as session:
        await session.execute(update(Reviewer).values(maximum_load=4))
    record = await read(judged, await propose(judged, ProposalCreate(kind=ProposalKind.WAVE, budget=50)))
    assert {load.after for load in record.result.loads} == {4}
    assert len(previewed(record.added)) == 4
    assert record.result.shortages == []


async def test_a_wave_is_refused_without_a_cut_and_when_nothing_is_open(world: World) -> None:
    judged = await contested(world)
    wave = ProposalCreate(kind=ProposalKind.WAVE, budget=5)
    assert await refused(propose(judged, wave)) == ["cut_required"]
    async with world.database.transaction() as session:
        await session.execute(update(Round).where(Round.id == judged.round.id).values(cut=6))
    assert await refused(propose(judged, wave)) == ["no_open_case"]


async def test_a_round_without_cases_or_judges_has_a_proposal_too(world: World) -> None:
    empty = await judging(world)
    record = await read(empty, await propose(empty))
    assert (record.result.added, record.result.shortages) == ([], [])
    nobody = await judging(world, cases=1)
    record = await read(nobody, await propose(nobody))
    assert [lack.eligible for lack in record.result.shortages] == [0]


async def test_a_disabled_account_is_given_nothing(world: World) -> None:
    judged = await judging(world, cases=2, judges=2, reviews_wanted=1)
    async with world.database.transaction() as session:
        (await session.get_one(Account, judged.judges[0].id)).status = AccountStatus.DISABLED
    record = await read(judged, await propose(judged))
    assert {judge for _, judge in previewed(record.added)} == {judged.judges[1].id}


async def test_a_result_is_read_as_it_was_stored(world: World) -> None:
    judged = await contested(world, cut=3)
    record = await read(judged, await propose(judged, ProposalCreate(kind=ProposalKind.WAVE, budget=2)))
    assert record.result.open_cases != []
    assert distributions.stored(record.result) == record.row.result


async def test_the_digest_changes_when_a_review_is_begun_not_when_it_is_submitted(world: World) -> None:
    judged = await judging(world, cases=1, judges=1)
    given = await judged.assign(judged.cases[0], judged.judges[0])

    async def digest() -> str:
        async with world.viewing(actor_of(judged.clerk)) as view:
            return (await distributions.read(view, judged.round.id)).digest

    untouched = await digest()
    review = await judged.review(given, 80, submitted=False)
    begun = await digest()
    async with world.database.transaction() as session:
        (await session.merge(review)).status = ReviewStatus.SUBMITTED
    assert untouched != begun == await digest()


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 5), st.randoms(use_true_random=False))
def test_a_wave_ranks_by_exact_totals(cut: int, chance: random.Random) -> None:
    """Cases get the same scores by criterion from other judges: their means are equal, their rounded totals are not."""
    cases, judges = [uuid4() for _ in range(6)], [uuid4() for _ in range(3)]
    columns = [[chance.randint(70, 90) for _ in judges] for _ in "abc"]
    terms = [{"code": code, "weight": 1, "minimum": 0, "maximum": 100} for code in "abc"]
    scores: list[dict[str, Any]] = []
    for case in cases:
        rows = [*zip(*(chance.sample(column, len(column)) for column in columns), strict=True)]
        scores += [_score(case, judge, row) for judge, row in zip(judges, rows, strict=True)]
    kept = {"parameters": PARAMETERS, "cases": [*map(str, cases)], "criteria": terms, "scores": scores}
    basis = _basis(cases, judges, cut)
    solution = distributions.solve_wave(basis, 1, 10, kept)
    assert {place.rank for place in solution.places.values()} == {1}


PARAMETERS = {"method": "mean", "tie_breaks": [], "seed": 1, "draws": 50}


def _score(case: UUID, judge: UUID, row: Sequence[int]) -> dict[str, Any]:
    total = policy.total_of(
        [{"code": code, "weight": 1, "minimum": 0, "maximum": 100} for code in "abc"],
        [{"code": code, "score": score} for code, score in zip("abc", row, strict=True)],
    )
    return {"case": str(case), "judge": str(judge), "total": total, "criteria": dict(zip("abc", row, strict=True))}


def _basis(cases: Sequence[UUID], judges: Sequence[UUID], cut: int) -> Basis:
    round_ = DistributedRound(uuid4(), uuid4(), RoundStatus.OPEN, 3, cut, 1)
    rows = [RoundCase(case, uuid4(), "") for case in cases]
    return Basis(round_, rows, [PanelJudge(judge, 0, 9, []) for judge in [*judges, uuid4()]], {}, {})
