from typing import Any
from uuid import uuid4

import pytest

from app.models import Review, Round
from app.models.enums import RankingMethod, Role, RoundStatus
from app.services.judging import rankings
from tests.world import World, actor_of
from tests.world.judging import Judging, judging
from tests.world.statements import noted

PARTS = ("", "/comparison", "/verification")
ONE_SLIP = [[80, 80, 80, 80, 0], [70, 70, 70, 70, 70], [60, 60, 60, 60, 60]]
"""Five judges agree on three cases, but one slips on the best: the mean drops it, the trimmed mean does not."""


def url(made: Judging) -> str:
    return f"/api/v1/rounds/{made.round.id}/ranking"


async def scored(world: World, given: list[list[int]], **round_: Any) -> Judging:
    made = await judging(world, cases=len(given), judges=len(given[0]), **round_)
    for case, scores in zip(made.cases, given, strict=True):
        for judge, score in zip(made.judges, scores, strict=True):
            await made.scored(case, judge, score)
    return made


async def close(made: Judging) -> None:
    async with made.world.acting(actor_of(made.clerk)) as ctx:
        row = await ctx.session.get_one(Round, made.round.id)
        await rankings.freeze(ctx, row)
        row.status, row.closed_at = RoundStatus.CLOSED, ctx.now


async def read(made: Judging, part: str = "", **params: Any) -> dict[str, Any]:
    answer = await made.by_office.get(url(made) + part, params=params)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def brands(rows: list[dict[str, Any]]) -> list[str]:
    return [row["brand_name"] for row in rows]


async def test_the_office_reads_every_method_side_by_side(world: World) -> None:
    made = await scored(world, ONE_SLIP, cut=1, tie_breaks=["innovation", "influence"])
    result = await read(made)
    reviewers, rows = result.pop("reviewers"), result.pop("rows")
    assert result == {
        "round_id": str(made.round.id),
        "campaign_id": str(made.campaign.id),
        "round_number": 1,
        "round_name": "初评",
        "round_status": "open",
        "frozen": False,
        "frozen_at": None,
        "method": "mean",
        "tie_breaks": ["innovation", "influence"],
        "cut": 1,
        "seed": 20150914,
        "draws": 1000,
        "noise": result["noise"],
    }
    assert brands(rows) == ["第2号品牌", "第1号品牌", "第3号品牌"]
    slipped = rows[1]
    figures = ("case_number", "n", "mean", "spread", "score", "trimmed", "rank", "tied", "tie_breaks")
    assert [slipped[name] for name in figures] == [1, 5, 64.0, 35.7771, 64.0, True, 2, False, [64.0, 64.0]]
    assert slipped["scores"]["trimmed_mean"] == 80.0
    assert (slipped["ranks"]["mean"], slipped["ranks"]["trimmed_mean"]) == (2, 1)
    assert slipped["rank_low"] <= 2 <= slipped["rank_high"]
    assert (slipped["application_number"], slipped["category"]) == (made.cases[0].number, "qingman")
    assert (slipped["unit_name"], slipped["committee_name"]) == (made.units[0].name, made.committees[0].name)
    assert {(one["id"], one["reviews"]) for one in reviewers} == {(str(judge.id), 3) for judge in made.judges}
    assert min(reviewers, key=lambda one: one["leniency"])["id"] == str(made.judges[4].id)


async def test_closing_freezes_what_was_read_a_moment_before(world: World) -> None:
    made = await scored(world, ONE_SLIP)
    live = await read(made)
    await close(made)
    assert await read(made) == live | {"round_status": "closed", "frozen": True, "frozen_at": "2015-04-21T02:00:00Z"}


async def test_a_frozen_ranking_is_verified_a_live_one_is_not_there(world: World) -> None:
    made = await scored(world, ONE_SLIP)
    assert (await made.by_office.get(url(made) + "/verification")).status_code == 404
    await close(made)
    result = await read(made, "/verification")
    assert (result["matches"], result["arithmetic"], result["current_arithmetic"]) == (True, 2, 2)
    assert result["recomputed_digest"] == result["result_digest"] != result["inputs_digest"]


@pytest.mark.parametrize("status", [RoundStatus.OPEN, RoundStatus.CLOSED])
async def test_the_comparison_tells_who_enters_and_who_leaves_at_the_cut(world: World, status: RoundStatus) -> None:
    made = await scored(world, ONE_SLIP, cut=1)
    if status is RoundStatus.CLOSED:
        await close(made)
    result = await read(made, "/comparison")
    changes = {each["method"]: (brands(each["entering"]), brands(each["leaving"])) for each in result.pop("changes")}
    assert changes["trimmed_mean"] == (["第1号品牌"], ["第2号品牌"])
    assert set(changes) == {"trimmed_mean", "reviewer_adjusted"}
    assert result == {
        "round_id": str(made.round.id),
        "frozen": status is RoundStatus.CLOSED,
        "method": "mean",
        "cut": 1,
        "chosen": [str(made.cases[1].id)],
        "tied": [],
    }
    at_two = await read(made, "/comparison", cut=2)
    assert at_two["chosen"] == [str(made.cases[1].id), str(made.cases[0].id)]
    assert [(each["entering"], each["leaving"]) for each in at_two["changes"]] == [([], [])] * 2


async def test_the_comparison_tells_of_a_tie_across_the_cut(world: World) -> None:
    made = await scored(world, [[90, 90], [80, 80], [80, 80], [70, 70]], cut=2)
    result = await read(made, "/comparison")
    assert sorted(brands(result["tied"])) == ["第2号品牌", "第3号品牌"]
    assert [row["tied"] for row in result["tied"]] == [True, True]
    assert len(result["chosen"]) == 3
    assert (await read(made, "/comparison", cut=3))["tied"] == []


async def test_without_a_cut_there_is_nothing_to_compare(world: World) -> None:
    made = await scored(world, ONE_SLIP)
    result = await read(made, "/comparison")
    assert (result["cut"], result["chosen"], result["tied"], result["changes"]) == (None, [], [], [])
    assert (await made.by_office.get(url(made) + "/comparison", params={"cut": 0})).status_code == 422


@pytest.mark.parametrize("method", RankingMethod)
async def test_a_round_is_ranked_by_the_method_it_declared(world: World, method: RankingMethod) -> None:
    result = await read(await scored(world, ONE_SLIP, method=method))
    assert [row["rank"] for row in result["rows"]] == [row["ranks"][method] for row in result["rows"]] == [1, 2, 3]
    assert [row["score"] for row in result["rows"]] == [row["scores"][method] for row in result["rows"]]


@pytest.mark.parametrize("status", [RoundStatus.DRAFT, RoundStatus.OPEN, RoundStatus.CLOSED])
async def test_a_round_without_a_score_is_listed_without_ranks(world: World, status: RoundStatus) -> None:
    made = await judging(world, cases=2, judges=1, cut=1)
    if status is RoundStatus.CLOSED:
        await close(made)
    else:
        await made.becomes(status)
    result = await read(made)
    assert [(row["n"], row["score"], row["rank"], row["ranks"]["mean"]) for row in result["rows"]] == [
        (0, None, None, None)
    ] * 2
    assert (await read(made, "/comparison"))["chosen"] == []


async def test_nobody_but_the_office_learns_of_a_ranking(world: World) -> None:
    made = await scored(world, ONE_SLIP, cut=1, shows_others=True)
    others = [
        *made.by_judge,
        await world.client_of(Role.REVIEWER),
        await world.client_of(Role.COMMITTEE, committee=made.committees[0]),
        await world.client_of(Role.UNIT, unit=made.units[0]),
        await world.client_of(Role.MUNICIPAL),
    ]
    absent = f"/api/v1/rounds/{uuid4()}/ranking"
    for closed in (False, True):
        if closed:
            await close(made)
        for part in PARTS:
            for client in others:
                answers = [await client.get(path + part) for path in (url(made), absent)]
                assert [answer.status_code for answer in answers] == [404, 404]
                bodies = [{**answer.json(), "instance": None, "request_id": None} for answer in answers]
                assert bodies[0] == bodies[1]
            assert (await world.client().get(url(made) + part)).status_code == 401
            assert (await made.by_office.get(absent + part)).status_code == 404


@pytest.mark.parametrize("cases", [1, 6])
async def test_the_number_of_statements_does_not_depend_on_the_rows(world: World, cases: int) -> None:
    made = await scored(world, ONE_SLIP[:1] * cases)
    sent = {}
    for closed in (False, True):
        if closed:
            await close(made)
        for part in PARTS[: 3 if closed else 2]:
            with noted(world.database) as statements:
                await read(made, part)
            sent[closed, part] = len(statements)
    assert sent == {
        (False, ""): 4,
        (False, "/comparison"): 4,
        (True, ""): 3,
        (True, "/comparison"): 3,
        (True, "/verification"): 3,
    }


async def test_a_declared_criterion_parts_equal_scores_and_is_shown(world: World) -> None:
    made = await judging(world, cases=2, judges=1, tie_breaks=["innovation"])
    for case, (innovation, influence) in zip(made.cases, [(70, 90), (90, 70)], strict=True):
        review = await made.scored(case, made.judges[0], 80)
        async with world.database.transaction() as session:
            stored = await session.get_one(Review, review.id)
            points = {"innovation": innovation, "influence": influence}
            stored.scores = [each | {"score": points.get(each["code"], 80)} for each in stored.scores]
    rows = (await read(made))["rows"]
    assert [(row["brand_name"], row["score"], row["tie_breaks"], row["rank"], row["tied"]) for row in rows] == [
        ("第2号品牌", 80.0, [90.0], 1, False),
        ("第1号品牌", 80.0, [70.0], 2, False),
    ]
