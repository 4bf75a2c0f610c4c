"""Composite results over HTTP: made of frozen rounds, with the arithmetic shown; the office's alone."""

from typing import Any
from uuid import uuid4

import pytest

from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.scenarios.steps import done, reasons
from tests.world import World, key
from tests.world.composites import composing
from tests.world.judging import judging
from tests.world.statements import noted


def brief(rows: list[dict[str, Any]]) -> list[tuple[str, int | None, float | None]]:
    return [(row["brand_name"][1], row["rank"], row["score"]) for row in rows]


async def test_each_case_has_its_sum_and_the_parts_that_make_it(world: World) -> None:
    made = await composing(world, (90, 80), (80, 90), (70, None))
    answer = await made.compose()
    result = done(answer, 201)
    assert answer.headers["location"] == f"/api/v1/composites/{result['id']}"
    rows, parts = result["rows"], result["parts"]
    assert brief(rows) == [("2", 1, 86.0), ("1", 2, 84.0), ("3", None, None)]
    assert rows[0]["parts"] == [
        {"part": "paper", "figure": 80.0, "weight": 40.0, "contribution": 32.0},
        {"part": "live", "figure": 90.0, "weight": 60.0, "contribution": 54.0},
    ]
    assert [each["contribution"] for each in rows[2]["parts"]] == [28.0, None]
    assert [(each["code"], each["source_name"], each["cases"]) for each in parts] == [
        ("paper", "初评", 3),
        ("live", "终评", 2),
    ]
    assert [each["round_id"] for each in parts] == [each["round_id"] for each in made.sources]
    case = made.paper.cases[1]
    assert (rows[0]["application_id"], rows[0]["application_number"]) == (str(case.id), case.number)
    assert (result["name"], result["frozen_by"], result["tie_breaks"]) == ("综合成绩", made.paper.clerk.name, ["live"])
    assert done(await made.by_office.get(f"/api/v1/composites/{result['id']}")) == result
    listed = done(await made.by_office.get(made.path))["items"]
    assert listed == [{name: result[name] for name in listed[0]}]
    events = done(await made.by_office.get("/api/v1/audit-events", params={"action": "composite.frozen"}))["items"]
    assert events[0]["data"] == {"code": "overall", "cases": 3}


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ("unranked", [("1", 1, 80.0), ("2", None, None)]),
        ("zero", [("1", 1, 80.0), ("2", 2, 36.0)]),
        ("left_out", [("2", 1, 90.0), ("1", 2, 80.0)]),
    ],
)
async def test_a_case_without_a_live_score_is_what_the_notice_says(world: World, missing: str, expected: Any) -> None:
    made = await composing(world, (80, 80), (90, None), missing=missing)
    assert brief(done(await made.compose(), 201)["rows"]) == expected


async def test_equal_sums_are_parted_by_the_declared_part(world: World) -> None:
    made = await composing(world, (80, 80), (95, 70), (80, 80))
    rows = done(await made.compose(), 201)["rows"]
    assert [(row["rank"], row["score"], row["tied"]) for row in rows] == [
        (1, 80.0, True),
        (1, 80.0, True),
        (3, 80.0, False),
    ]


async def test_it_is_made_of_what_is_frozen_and_of_nothing_else(world: World) -> None:
    made = await composing(world, (90, 80))
    running = await judging(world, campaign=made.campaign, number=3, name="复评")
    elsewhere = await judging(world)
    paper, live = made.sources
    assert reasons(await made.compose(code="other")) == [("unknown_composite", "/code")]
    assert reasons(await made.compose(sources=[paper])) == [("part_without_source", "/sources")]
    open_round = live | {"round_id": str(running.round.id)}
    assert reasons(await made.compose(sources=[paper, open_round])) == [("source_not_frozen", "/sources/1/round_id")]
    others = live | {"round_id": str(elsewhere.round.id)}
    assert reasons(await made.compose(sources=[paper, others])) == [("unknown_reference", "/sources/1/round_id")]
    none = await made.by_office.post(
        f"/api/v1/campaigns/{uuid4()}/composites", json={"code": "overall", "sources": []}, headers=key()
    )
    assert none.status_code == 404
    assert done(await made.by_office.get(made.path))["items"] == []


async def test_it_is_verified_from_its_inputs_and_its_sources(world: World) -> None:
    made = await composing(world, (90, 80), (80, 90))
    one, again = done(await made.compose(), 201), done(await made.compose(), 201)
    assert one["result_digest"] == again["result_digest"], "the same sources give the same bytes"
    found = done(await made.by_office.get(f"/api/v1/composites/{one['id']}/verification"))
    assert [found[name] for name in ("matches", "sources_unchanged", "history_agrees", "arithmetic")] == [
        *(True, True, True),
        1,
    ]
    assert found["recomputed_digest"] == found["result_digest"] == one["result_digest"] != found["inputs_digest"]


async def test_awards_are_chosen_from_it(world: World) -> None:
    made = await composing(world, (90, 80), (80, 90), (70, None))
    result = done(await made.compose(), 201)
    body = {"campaign_id": str(made.campaign.id), "title": "关于表彰优秀案例的通报"}
    draft = done(await made.by_office.post("/api/v1/commendations", json=body, headers=key()), 201)
    choice = {"kind": "excellent_case", "basis": "count", "count": 1, "composite_id": result["id"]}
    href = f"/api/v1/commendations/{draft['id']}/awards"
    (award,) = done(await made.by_office.post(href, json=choice, headers=key()))["added"]
    found = done(await made.by_office.get(f"/api/v1/awards/{award}"))
    assert (found["application_id"], found["reason"]) == (str(made.paper.cases[1].id), "第 1 名，86 分")
    few = await made.by_office.post(href, json=choice | {"count": 3}, headers=key())
    assert reasons(few) == [("too_few_ranked", "/count")], "one without a live score has no rank"
    unknown = await made.by_office.post(href, json=choice | {"composite_id": str(uuid4())}, headers=key())
    assert reasons(unknown) == [("unknown_reference", "/composite_id")]
    both = await made.by_office.post(href, json=choice | {"round_id": str(made.paper.round.id)}, headers=key())
    assert both.status_code == 422
    events = done(await made.by_office.get("/api/v1/audit-events", params={"action": "commendation.awards_proposed"}))
    assert events["items"][0]["data"]["composite_id"] == result["id"]


async def others_of(world: World, made: Any) -> list[ContractClient]:
    return [
        made.paper.by_judge[0],
        await world.client_of(Role.COMMITTEE, committee=made.paper.committees[0]),
        await world.client_of(Role.UNIT, unit=made.paper.units[0]),
        await world.client_of(Role.MUNICIPAL),
    ]


async def test_nobody_but_the_office_learns_of_it(world: World) -> None:
    made = await composing(world, (90, 80))
    result = done(await made.compose(), 201)
    href = f"/api/v1/composites/{result['id']}"
    for client in await others_of(world, made):
        for part in ("", "/verification"):
            answers = [await client.get(f"{path}{part}") for path in (href, f"/api/v1/composites/{uuid4()}")]
            assert [each.status_code for each in answers] == [404, 404]
        assert (await client.get(made.path)).status_code in {403, 404}
        body = {"code": "overall", "sources": made.sources}
        assert (await client.post(made.path, json=body, headers=key())).status_code in {403, 404}
    assert (await world.client().get(href)).status_code == 401


@pytest.mark.parametrize("cases", [1, 4])
async def test_the_number_of_statements_does_not_depend_on_the_rows(world: World, cases: int) -> None:
    made = await composing(world, *[(90, 80)] * cases)
    href = f"/api/v1/composites/{done(await made.compose(), 201)['id']}"
    sent = []
    for path in (href, f"{href}/verification", made.path):
        with noted(world.database) as statements:
            done(await made.by_office.get(path))
        sent.append(len(statements))
    assert sent == [3, 3, 3]
