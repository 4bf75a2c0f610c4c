"""Figures come as tables: whole or not at all, and what is wrong with a row is told at its cell."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from app.models.enums import Role
from tests.scenarios.steps import done
from tests.world import World
from tests.world.figures import evidence, send_figures, voted
from tests.world.judging import Judging, judging
from tests.world.lists import Sheets, as_csv, by_openpyxl, by_xlwt

HEAD = ["序号", "案例编号", "得票数"]


async def polled(world: World) -> Judging:
    return await judging(world, campaign=await world.campaign(**voted()), cases=2)


async def proof_of(judged: Judging, seed: int = 70) -> str:
    proof: str = done(await evidence(judged.by_office, judged.campaign.id, seed), 201)["id"]
    return proof


def rows_of(judged: Judging, *figures: Any) -> list[list[Any]]:
    return [HEAD, *([1, case.number, figure] for case, figure in zip(judged.cases, figures, strict=False))]


def said(answer: Any) -> list[tuple[str, str]]:
    return [(each["code"], each["params"].get("place", each["pointer"])) for each in answer["findings"]]


def book(rows: list[list[Any]]) -> bytes:
    sheets: Sheets = {"投票": rows}
    return by_openpyxl(sheets)


KINDS: dict[str, Callable[[list[list[Any]]], bytes]] = {
    "xlsx": book,
    "xls": lambda rows: by_xlwt({"投票": rows}),
    "utf-8": lambda rows: as_csv(rows, "utf-8-sig"),
    "gb18030": lambda rows: as_csv(rows, "gb18030"),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_table_becomes_the_table_of_figures(world: World, kind: str) -> None:
    judged = await polled(world)
    proof, grouped = [await proof_of(judged), await proof_of(judged, 71)], "1,286.5" if "xls" in kind else "１２８６.5"
    data = KINDS[kind](rows_of(judged, 3, grouped))
    tried = done(await send_figures(judged.by_office, judged.campaign.id, data, *proof, dry_run="true"))
    answer = await send_figures(judged.by_office, judged.campaign.id, data, *proof, note="已剔除异常票。")
    made = done(answer, 201)
    assert answer.headers["location"] == f"/api/v1/figure-tables/{made['table']['id']}"
    assert [row["figure"] for row in made["table"]["rows"]] == [3, 1286.5]
    assert made["table"]["rows"] == tried["table"]["rows"]
    assert (len(made["table"]["evidence"]), made["table"]["note"]) == (2, "已剔除异常票。")
    assert done(await judged.by_office.get(answer.headers["location"])) == made["table"]
    listed = done(await judged.by_office.get(f"/api/v1/campaigns/{judged.campaign.id}/figure-tables"))["items"]
    assert len(listed) == 1


async def test_what_is_wrong_with_a_row_is_refused_at_its_cell_and_the_rest_at_its_member(world: World) -> None:
    judged = await polled(world)
    campaign, proof = judged.campaign.id, await proof_of(judged)
    bad = book([HEAD, [1, judged.cases[0].number, "很多"], [2, judged.cases[1].number, None], [3, None, "85%"]])
    refused = await send_figures(judged.by_office, campaign, bad, proof)
    assert refused.status_code == 409, refused.text
    assert sorted(said(refused.json())) == [
        ("cell_empty", "投票!B4"),
        ("cell_empty", "投票!C3"),
        ("cell_not_valid", "投票!C2"),
        ("cell_not_valid", "投票!C4"),
    ]
    unknown = book([HEAD, [1, "2015-ZZ-999", 3], [2, judged.cases[1].number, -1], [3, judged.cases[1].number, 2]])
    refused = await send_figures(judged.by_office, campaign, unknown)
    places = {place for _, place in said(refused.json())}
    assert {"投票!B2", "投票!C3", "投票!B4", "/evidence"} <= places
    marked = await send_figures(judged.by_office, campaign, unknown, to="/marked-copy")
    sheet = openpyxl.load_workbook(BytesIO(marked.content))["投票"]
    assert [sheet[cell].comment is not None for cell in ("B2", "C3", "B3")] == [True, True, False]


async def test_a_table_is_replaced_knowingly(world: World) -> None:
    judged = await polled(world)
    campaign, proof = judged.campaign.id, await proof_of(judged)
    first = done(await send_figures(judged.by_office, campaign, book(rows_of(judged, 3, 1)), proof), 201)["table"]
    again = await send_figures(judged.by_office, campaign, book(rows_of(judged, 3, 2)), proof)
    assert again.status_code == 409
    replacing = {"replaces": first["id"], "reason": "平台更正了统计结果。"}
    second = done(await send_figures(judged.by_office, campaign, book(rows_of(judged, 3, 2)), proof, **replacing), 201)
    assert second["table"]["replaces_id"] == first["id"]


async def test_the_template_has_the_headings_and_an_example_that_is_left_out(world: World) -> None:
    judged = await polled(world)
    href = f"/api/v1/campaigns/{judged.campaign.id}/figure-lists/template"
    empty = openpyxl.load_workbook(BytesIO((await judged.by_office.get(href)).content))
    for column, value in enumerate([judged.cases[0].number, 3], 1):
        empty["外部得分"].cell(3, column, value)
    out = BytesIO()
    empty.save(out)
    sent = await send_figures(judged.by_office, judged.campaign.id, out.getvalue(), await proof_of(judged))
    assert said(done(sent, 201)) == [("example_left_out", "外部得分!A2")]


async def test_only_the_office_may(world: World) -> None:
    judged = await polled(world)
    client = await world.client_of(Role.REVIEWER)
    for to in ("", "/marked-copy"):
        refused = await send_figures(client, judged.campaign.id, book(rows_of(judged, 3, 1)), to=to)
        assert refused.status_code == 403
    assert (await client.get(f"/api/v1/campaigns/{judged.campaign.id}/figure-lists/template")).status_code == 403
