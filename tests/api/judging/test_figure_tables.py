"""Imported figures over HTTP: whole, with their proof, replaced knowingly; and counted in a composite result."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from app.models.enums import ApplicationStatus, Role
from tests.contract.client import ContractClient
from tests.scenarios.steps import done, reasons
from tests.world import World, key
from tests.world.composites import Composing, composing
from tests.world.figures import VOTES, evidence, imported, of, send, sources, table, voted
from tests.world.judging import Judging, judging
from tests.world.statements import noted


async def polled(world: World, cases: int = 2, **terms: Any) -> Judging:
    """Accepted cases of a campaign with a vote, nobody's yet to judge."""
    return await judging(world, campaign=await world.campaign(**voted(**terms)), cases=cases)


async def proof_of(judged: Judging) -> str:
    proof: str = done(await evidence(judged.by_office, judged.campaign.id), 201)["id"]
    return proof


async def composed(world: World, *scores: tuple[int | None, int | None]) -> Composing:
    return await composing(world, *scores, settings=voted())


async def test_a_table_is_imported_with_its_proof(world: World) -> None:
    judged = await polled(world)
    proof = await proof_of(judged)
    by_number = [
        {"application_number": case.number, "figure": figure} for case, figure in zip(judged.cases, (3, 1), strict=True)
    ]
    answer = await send(judged.by_office, judged.campaign.id, table(by_number, proof, note="已剔除异常票。"))
    made = done(answer, 201)
    href = f"/api/v1/figure-tables/{made['id']}"
    assert answer.headers["location"] == href
    assert [(row["application_id"], row["figure"], row["points"]) for row in made["rows"]] == [
        (str(judged.cases[0].id), 3, 100),
        (str(judged.cases[1].id), 1, 33.3333),
    ]
    assert (made["name"], made["cases"], made["composites"], made["replaced_by_id"]) == ("网络投票", 2, 0, None)
    assert made["terms"] == VOTES | {"full_marks": None, "evidence_required": True}
    assert [each["document_id"] for each in made["evidence"]] == [proof]
    assert (await judged.by_office.get(made["evidence"][0]["content_href"])).status_code == 200
    assert done(await judged.by_office.get(href)) == made
    listed = done(await judged.by_office.get(f"/api/v1/campaigns/{judged.campaign.id}/figure-tables"))["items"]
    assert listed == [{name: made[name] for name in listed[0]}]
    events = done(await judged.by_office.get("/api/v1/audit-events", params={"action": "figure_table.imported"}))
    assert [each["data"] for each in events["items"]] == [{"source": "votes", "cases": 2}]


async def test_a_dry_run_answers_the_same_and_leaves_nothing(world: World) -> None:
    judged = await polled(world)
    body = table(of(judged, 3, 1), await proof_of(judged))
    tried = done(await send(judged.by_office, judged.campaign.id, body | {"dry_run": True}))
    path = f"/api/v1/campaigns/{judged.campaign.id}/figure-tables"
    assert done(await judged.by_office.get(path))["items"] == []
    made = done(await send(judged.by_office, judged.campaign.id, body), 201)
    apart = {"id", "imported_at"}
    assert {name: value for name, value in tried.items() if name not in apart} == {
        name: value for name, value in made.items() if name not in apart
    }


async def test_every_finding_is_told_at_once_in_both_languages(world: World) -> None:
    judged = await polled(world, cases=3)
    await world.put(judged.cases[1], status=ApplicationStatus.FILED)
    elsewhere = (await judging(world, cases=1)).cases[0]
    first, second, third = of(judged, 5, -1, 2)
    rows = [first, second, third, first, {"application_id": str(elsewhere.id), "figure": 1}]
    rows.append({"application_number": "2015-XX-999", "figure": 1})
    answer = await send(judged.by_office, judged.campaign.id, table(rows, str(uuid4())))
    assert reasons(answer) == [
        ("not_evidence", "/evidence/0"),
        ("not_accepted", "/figures/1/application_id"),
        ("negative_figure", "/figures/1/figure"),
        ("unknown_reference", "/figures/4/application_id"),
        ("unknown_reference", "/figures/5/application_number"),
        ("repeated", "/figures/3/application_id"),
    ]
    words = {each["code"]: each["message"] for each in answer.json()["findings"]}
    assert words["negative_figure"] == "数值不能为负（-1）。"
    judged.by_office.headers["Accept-Language"] = "en"
    told = (await send(judged.by_office, judged.campaign.id, table(rows))).json()["findings"]
    assert told[0]["message"].startswith("“网络投票” needs a document that proves the figures")
    unnamed = await send(judged.by_office, judged.campaign.id, table(of(judged, 5), source="other"))
    assert reasons(unnamed) == [("unknown_figure_source", "/source")]
    path = f"/api/v1/campaigns/{judged.campaign.id}/figure-tables"
    assert done(await judged.by_office.get(path))["items"] == []


async def test_a_table_is_replaced_whole_with_a_reason(world: World) -> None:
    judged = await polled(world)
    first = await imported(judged, 3, 1)
    body = table(of(judged, 2), first["evidence"][0]["document_id"])
    assert reasons(await send(judged.by_office, judged.campaign.id, body)) == [("replaced_meanwhile", "/replaces")]
    known = body | {"replaces": first["id"]}
    assert reasons(await send(judged.by_office, judged.campaign.id, known)) == [("required", "/reason")]
    why = known | {"reason": "平台更正了统计结果。"}
    second = done(await send(judged.by_office, judged.campaign.id, why), 201)
    assert (second["replaces_id"], second["reason"], len(second["rows"])) == (first["id"], why["reason"], 1)
    path = f"/api/v1/campaigns/{judged.campaign.id}/figure-tables"
    for replaced, expected in ((True, first["id"]), (False, second["id"])):
        (row,) = done(await judged.by_office.get(path, params={"replaced": replaced}))["items"]
        assert row["id"] == expected
    assert done(await judged.by_office.get(f"/api/v1/figure-tables/{first['id']}"))["replaced_by_id"] == second["id"]
    events = done(await judged.by_office.get("/api/v1/audit-events", params={"action": "figure_table.imported"}))
    assert events["items"][0]["data"] == {
        "source": "votes",
        "cases": 1,
        "reason": why["reason"],
        "replaces": first["id"],
    }


async def test_of_two_imports_at_once_one_is_refused(world: World) -> None:
    judged = await polled(world)
    body = table(of(judged, 3, 1), await proof_of(judged))
    answers = await asyncio.gather(*(send(judged.by_office, judged.campaign.id, body) for _ in range(2)))
    assert sorted(each.status_code for each in answers) == [201, 409]
    (refused,) = [each for each in answers if each.status_code == 409]
    assert reasons(refused) == [("replaced_meanwhile", "/replaces")]


async def test_the_vote_counts_by_its_weight(world: World) -> None:
    made = await composed(world, (90, 80), (80, 90), (70, 70))
    votes = await imported(made.paper, 10, 30)
    result = done(await made.compose(sources=sources(made, votes["id"])), 201)
    scores = {row["application_id"]: row["score"] for row in result["rows"]}
    assert [scores[str(case.id)] for case in made.paper.cases] == [78.3333, 88.0, None]
    assert [(each["round_id"] is None, each["figure_table_id"]) for each in result["parts"]] == [
        (False, None),
        (False, None),
        (True, votes["id"]),
    ]
    poll = result["parts"][2]
    assert (poll["source_name"], poll["source_digest"], poll["cases"]) == (votes["source_name"], votes["digest"], 2)
    href = f"/api/v1/composites/{result['id']}/verification"
    assert done(await made.by_office.get(href))["matches"]
    read = done(await made.by_office.get(f"/api/v1/figure-tables/{votes['id']}"))
    assert read["composites"] == 1


async def test_a_part_is_made_of_what_the_notice_says(world: World) -> None:
    made = await composed(world, (90, 80))
    votes = await imported(made.paper, 10)
    paper, live = made.sources
    poll = {"part": "poll", "figure_table_id": votes["id"]}
    wrong = [
        ([paper, live], ("part_without_source", "/sources")),
        ([paper, poll | {"part": "live"}], ("part_of_a_round", "/sources/1/figure_table_id")),
        ([paper, live | {"part": "poll"}], ("part_of_figures", "/sources/1/round_id")),
        ([paper, live, poll | {"figure_table_id": str(uuid4())}], ("unknown_reference", "/sources/2/figure_table_id")),
        ([paper, live, poll | {"figure_table_id": live["round_id"]}], ("source_twice", "/sources/2/figure_table_id")),
    ]
    for named, expected in wrong:
        assert expected in reasons(await made.compose(sources=named))
    body = table(of(made.paper, 11), votes["evidence"][0]["document_id"], replaces=votes["id"], reason="平台更正。")
    done(await send(made.by_office, made.campaign.id, body), 201)
    old = await made.compose(sources=sources(made, votes["id"]))
    assert reasons(old) == [("figures_replaced", "/sources/2/figure_table_id")]


async def test_what_a_result_is_made_of_stays_with_it(world: World) -> None:
    made = await composed(world, (90, 80))
    votes = await imported(made.paper, 10)
    result = done(await made.compose(sources=sources(made, votes["id"])), 201)
    proof = votes["evidence"][0]["document_id"]
    body = table(of(made.paper, 11), proof, replaces=votes["id"], reason="平台更正了统计结果。")
    assert reasons(await send(made.by_office, made.campaign.id, body)) == [("figures_used", "/despite_use")]
    other = done(await send(made.by_office, made.campaign.id, body | {"despite_use": True}), 201)
    again = done(await made.compose(sources=sources(made, other["id"])), 201)
    for each in (result, again):
        href = f"/api/v1/composites/{each['id']}/verification"
        assert done(await made.by_office.get(href))["matches"], "the older table is kept with its result"
    removal = await made.by_office.post(f"/api/v1/documents/{proof}/removal")
    assert reasons(removal) == [("proves_figures", None)]


async def test_an_import_and_a_result_at_once_follow_each_other(world: World) -> None:
    made = await composed(world, (90, 80))
    votes = await imported(made.paper, 10)
    body = table(of(made.paper, 11), votes["evidence"][0]["document_id"], replaces=votes["id"], reason="平台更正。")
    imports, results = await asyncio.gather(
        send(made.by_office, made.campaign.id, body), made.compose(sources=sources(made, votes["id"]))
    )
    outcome = imports.status_code, results.status_code
    assert outcome in {(201, 409), (409, 201)}
    refused = imports if imports.status_code == 409 else results
    assert reasons(refused) in (
        [("figures_used", "/despite_use")],
        [("figures_replaced", "/sources/2/figure_table_id")],
    )


async def test_evidence_is_the_offices_alone(world: World) -> None:
    judged = await polled(world, cases=1)
    public = await evidence(judged.by_office, judged.campaign.id, public="true")
    assert reasons(public) == [("evidence_not_public", "/public")]
    proof = await proof_of(judged)
    sent = {"campaign_id": str(judged.campaign.id), "title": "通知", "text": "请查收。", "audience": "all"}
    answer = await judged.by_office.post("/api/v1/announcements", json=sent | {"document_ids": [proof]}, headers=key())
    assert ("evidence_not_public", "/document_ids/0") in reasons(answer)
    free = done(await evidence(judged.by_office, judged.campaign.id, 71), 201)["id"]
    done(await judged.by_office.post(f"/api/v1/documents/{free}/removal"))
    gone = await send(judged.by_office, judged.campaign.id, table(of(judged, 1), free))
    assert reasons(gone) == [("not_evidence", "/evidence/0")]


async def others_of(world: World, judged: Judging) -> list[ContractClient]:
    await judged.judge()
    return [
        judged.by_judge[0],
        await world.client_of(Role.COMMITTEE, committee=judged.committees[0]),
        await world.client_of(Role.UNIT, unit=judged.units[0]),
        await world.client_of(Role.MUNICIPAL),
    ]


async def test_nobody_but_the_office_learns_of_it(world: World) -> None:
    judged = await polled(world)
    made = await imported(judged, 3, 1)
    path, href = f"/api/v1/campaigns/{judged.campaign.id}/figure-tables", f"/api/v1/figure-tables/{made['id']}"
    for client in await others_of(world, judged):
        for address in (href, f"/api/v1/figure-tables/{uuid4()}", made["evidence"][0]["content_href"]):
            assert (await client.get(address)).status_code == 404
        assert (await client.get(path)).status_code in {403, 404}
        assert (await send(client, judged.campaign.id, table(of(judged, 1)))).status_code in {403, 404}
    assert (await world.client().get(href)).status_code == 401


@pytest.mark.parametrize("cases", [1, 4])
async def test_the_number_of_statements_does_not_depend_on_the_rows(world: World, cases: int) -> None:
    judged = await polled(world, cases=cases)
    made = await imported(judged, *range(cases))
    sent = []
    for path in (f"/api/v1/figure-tables/{made['id']}", f"/api/v1/campaigns/{judged.campaign.id}/figure-tables"):
        with noted(world.database) as statements:
            done(await judged.by_office.get(path))
        sent.append(len(statements))
    assert sent == [4, 3]
