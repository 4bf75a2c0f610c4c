"""Frozen rankings of closed rounds; nothing changes them afterwards."""

import asyncio
import json
import os
import random
import sys
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.models import Account, AuditEvent, Ranking, Recusal, Review, Round, Unit
from app.models.enums import AccountStatus, RankingMethod, RecusalKind, RoundStatus, WithdrawalCause
from app.services.history import digest_of
from app.services.judging import rankings, recusals
from app.services.judging.rankings import RankingRecord, Verification
from app.services.judging.recusals import InterestDeclaration
from tests.world import NOW, World, actor_of
from tests.world.judging import Judging, judging
from tests.world.tampering import Owner, tamper

GIVEN: list[list[int | None]] = [[91, 84, 70], [88, 90, 71], [62, None, 55], [None, 77, 60]]
"""What three judges gave four cases; None was not assigned."""


@pytest.fixture
async def round_(world: World) -> Judging:
    """An open round in which most cases have scores, and one has none."""
    made = await judging(world, cases=5, judges=3, method=RankingMethod.REVIEWER_ADJUSTED, cut=2)
    for case, scores in zip(made.cases, GIVEN, strict=False):
        for judge, score in zip(made.judges, scores, strict=True):
            if score is not None:
                await made.scored(case, judge, score)
    return made


async def read(made: Judging) -> RankingRecord:
    async with made.world.viewing(actor_of(made.clerk)) as view:
        return await rankings.read(view, made.round.id)


async def verified(made: Judging) -> Verification[Ranking]:
    async with made.world.viewing(actor_of(made.clerk)) as view:
        return await rankings.verify(view, made.round.id)


async def frozen(made: Judging) -> Ranking:
    """As closing the round does it."""
    async with made.world.acting(actor_of(made.clerk)) as ctx:
        row = await ctx.session.get_one(Round, made.round.id)
        await rankings.freeze(ctx, row)
        row.status = RoundStatus.CLOSED
    async with made.world.database.transaction() as session:
        kept = await session.scalar(select(Ranking).where(Ranking.round_id == made.round.id))
    assert kept is not None
    return kept


async def run(made: Judging, statement: str) -> None:
    async with made.world.database.transaction() as session:
        await session.execute(text(statement))


async def test_what_is_frozen_is_what_stood_live_a_moment_before(round_: Judging) -> None:
    live = await read(round_)
    kept = await frozen(round_)
    assert (kept.inputs, kept.result) == (live.inputs, live.result)
    assert (kept.inputs_digest, kept.result_digest) == (digest_of(live.inputs), digest_of(live.result))
    after = await read(round_)
    assert (after.inputs, after.result, after.rows) == (live.inputs, live.result, live.rows)


async def test_a_snapshot_holds_every_score_and_names_no_judge(round_: Judging) -> None:
    inputs = (await frozen(round_)).inputs
    assert sorted(inputs) == ["arithmetic", "case_numbers", "cases", "criteria", "cut", "parameters", "scores"]
    assert inputs["parameters"] == {"method": "reviewer_adjusted", "tie_breaks": [], "seed": 20150914, "draws": 1000}
    assert inputs["cases"] == sorted(str(case.id) for case in round_.cases)
    assert (inputs["criteria"], inputs["cut"]) == (round_.round.criteria, 2)
    codes = [each["code"] for each in round_.round.criteria]
    assert sorted((each["case"], each["total"]) for each in inputs["scores"]) == sorted(
        (str(case.id), float(score))
        for case, scores in zip(round_.cases, GIVEN, strict=False)
        for score in scores
        if score is not None
    )
    assert all(each["criteria"] == dict.fromkeys(codes, each["total"]) for each in inputs["scores"])
    stored = json.dumps(inputs)
    assert [judge.id for judge in round_.judges if str(judge.id) in stored or judge.name in stored] == []


async def test_the_frozen_rows_carry_the_agreed_names(round_: Judging) -> None:
    rows = (await frozen(round_)).result["rows"]
    assert [set(row) for row in rows] == [
        {
            *("application_id", "case_number", "n", "mean", "spread", "score", "error", "trimmed"),
            *("rank", "tied", "rank_low", "rank_high", "tie_breaks", "scores", "ranks"),
        }
    ] * 5
    assert [row["rank"] for row in rows] == [1, 2, 3, 4, None]
    assert rows[-1]["application_id"] == str(round_.cases[-1].id)


async def test_freezing_leaves_its_trace(round_: Judging) -> None:
    kept = await frozen(round_)
    async with round_.world.database.transaction() as session:
        trace = await session.scalar(select(AuditEvent).where(AuditEvent.subject_id == kept.id))
    assert trace is not None
    assert (trace.action, trace.data) == ("ranking.frozen", {"cases": 5, "reviews": 10})


async def test_nothing_that_happens_afterwards_moves_it(round_: Judging, owner: Owner) -> None:
    before = await read(round_)
    kept = await frozen(round_)
    await round_.world.add(
        Recusal(
            reviewer_id=round_.judges[0].id,
            application_id=round_.cases[0].id,
            kind=RecusalKind.RECUSED,
            reason="同一课题组",
            made_at=NOW,
            made_by=round_.clerk.id,
        )
    )
    await tamper(
        owner,
        f"UPDATE assignments SET withdrawn_at = now(), withdrawal_cause = '{WithdrawalCause.OFFICE}'",
        "UPDATE reviews SET status = 'draft', total = NULL, scores = '[]'",
        "UPDATE applications SET status = 'withdrawn'",
        "UPDATE rounds SET cut = 4, method = 'mean', seed = 1",
    )
    async with round_.world.database.transaction() as session:
        (await session.get_one(Account, round_.judges[1].id)).status = AccountStatus.DISABLED
        (await session.get_one(Unit, round_.units[0].id)).name = "更名后的社区"
    after = await read(round_)
    assert (after.inputs, after.result) == (before.inputs, before.result)
    assert (await verified(round_)).recomputed_digest == kept.result_digest
    names = {str(row.case.application_id): row.case.unit_name for row in after.rows}
    assert names[str(round_.cases[0].id)] == "更名后的社区"


async def test_a_live_ranking_counts_what_stands_only(round_: Judging) -> None:
    await round_.review(await round_.assign(round_.cases[4], round_.judges[0]), 99, submitted=False)
    assert len((await read(round_)).inputs["scores"]) == 10
    await run(
        round_,
        f"UPDATE assignments SET withdrawn_at = now() WHERE reviewer_id = '{round_.judges[2].id}'",
    )
    assert len((await read(round_)).inputs["scores"]) == 6
    body = InterestDeclaration(organisation_name=round_.committees[1].name, reason="亲属")
    async with round_.world.acting(actor_of(round_.judges[0])) as ctx:
        await recusals.declare(ctx, body)
    rows = (await read(round_)).rows
    assert {str(row.case.application_id): row.figures.n for row in rows} == {
        str(case.id): n for case, n in zip(round_.cases, [2, 1, 1, 1, 0], strict=True)
    }


@pytest.mark.thorough
async def test_a_ranking_is_reckoned_again_to_the_same_digest_also_by_another_process(round_: Judging) -> None:
    kept = await frozen(round_)
    assert (await verified(round_)).matches
    digests = [await _digest_elsewhere(kept.inputs, PYTHONHASHSEED=each, OPENBLAS_NUM_THREADS=each) for each in "12"]
    assert digests == [kept.result_digest] * 2


TAMPERED = [
    "UPDATE rankings SET result = jsonb_set(result, '{rows,0,rank}', '2')",
    "UPDATE rankings SET inputs = jsonb_set(inputs, '{scores,0,total}', '99.5')",
    "UPDATE rankings SET inputs = jsonb_set(inputs, '{cut}', '3')",
    "UPDATE rankings SET result_digest = repeat('0', 64)",
]


@pytest.mark.parametrize("statement", TAMPERED)
async def test_a_ranking_that_was_tampered_with_does_not_match(round_: Judging, owner: Owner, statement: str) -> None:
    await frozen(round_)
    await owner.execute(statement)
    assert not (await verified(round_)).matches


async def test_a_forged_ranking_that_is_right_in_itself_does_not_agree_with_the_history(
    round_: Judging, owner: Owner
) -> None:
    kept = await frozen(round_)
    for score in kept.inputs["scores"]:
        score["total"] = 100 - score["total"]
    result = rankings.compute(kept.inputs)
    written = [json.dumps(kept.inputs), digest_of(kept.inputs), json.dumps(result), digest_of(result)]
    forge = "UPDATE rankings SET inputs = $1::jsonb, inputs_digest = $2, result = $3::jsonb, result_digest = $4"
    await owner.execute(forge, *written)
    found = await verified(round_)
    assert found.recomputed_digest == found.kept.result_digest
    assert (found.matches, found.sources_unchanged, found.history_agrees) == (False, False, False)


REWRITTEN = {
    "UPDATE reviews SET total = 1": (False, False),
    "UPDATE reviews SET status = 'draft'": (False, True),
    "UPDATE assignments SET withdrawn_at = now()": (False, True),
    "DELETE FROM reviews": (False, True),
    "UPDATE reviews SET remark = 'x'": (True, False),
}


@pytest.mark.parametrize("statement", REWRITTEN)
async def test_reviews_changed_after_the_closing_are_told_by_the_verification(
    round_: Judging, owner: Owner, statement: str
) -> None:
    await frozen(round_)
    await tamper(owner, statement)
    found = await verified(round_)
    assert (found.sources_unchanged, found.history_agrees) == REWRITTEN[statement]
    assert not found.matches


@pytest.mark.parametrize("statement", ["UPDATE reviews SET total = 1", "UPDATE rounds SET status = 'open'"])
async def test_the_applications_role_changes_nothing_in_a_closed_round(round_: Judging, statement: str) -> None:
    await frozen(round_)
    with pytest.raises(IntegrityError, match="closed"):
        await run(round_, statement)


async def test_the_order_in_which_rows_came_changes_nothing(round_: Judging, owner: Owner) -> None:
    before = await read(round_)
    async with round_.world.database.transaction() as session:
        reviews = list(await session.scalars(select(Review)))
    for seed in range(3):
        random.Random(seed).shuffle(reviews)
        await owner.execute("DELETE FROM reviews")
        async with round_.world.database.transaction() as session:
            session.add_all([Review(**_columns(review)) for review in reviews])
        again = await read(round_)
        assert (again.inputs, again.result) == (before.inputs, before.result)


async def test_a_round_without_a_score_has_a_ranking_without_ranks(world: World) -> None:
    made = await judging(world, cases=2, judges=1)
    kept = await frozen(made)
    assert [(row["n"], row["score"], row["rank"]) for row in kept.result["rows"]] == [(0, None, None)] * 2
    assert (await verified(made)).matches


def _columns(review: Review) -> dict[str, Any]:
    """Everything but its identity, which says when it came."""
    return {name: getattr(review, name) for name in Review.__table__.columns.keys() if name != "id"}  # noqa: SIM118


async def _digest_elsewhere(inputs: dict[str, Any], **environment: str) -> str:
    """Digest computed from the inputs by a process of its own."""
    program = (
        "import json, sys; from app.services.judging import rankings; from app.services.history import digest_of;"
        "print(digest_of(rankings.compute(json.load(sys.stdin))))"
    )
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program), stdin=pipe, stdout=pipe, env=os.environ | environment
    )
    output, _ = await process.communicate(json.dumps(inputs).encode())
    return output.decode().strip()
