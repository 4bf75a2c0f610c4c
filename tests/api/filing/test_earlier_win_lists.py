"""Lists of earlier wins come as tables: all of it is entered or nothing, and what is wrong is told at its cell."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.scenarios.steps import done, read
from tests.world import World
from tests.world.filing import district
from tests.world.lists import as_csv, by_openpyxl, by_xlwt, send_list

PATH = "/api/v1/earlier-win-lists"
HEAD = ["获奖单位", "年度", "奖项", "奖项代码", "等次代码", "品牌名称"]
ROWS: list[list[Any]] = [
    HEAD,
    ["翔云道社区", 2013, "优秀案例一等奖", "excellent_case", "first", "邻里一家亲"],
    ["龙华社区", "２０１４年", "优秀组织奖", "organisation", None, None],
]


async def listed(client: ContractClient) -> list[tuple[str, int, str | None]]:
    items = (await read(client, "/api/v1/earlier-wins"))["items"]
    return [(each["unit_name"], each["year"], each["brand_name"]) for each in items]


def said(answer: Any) -> list[tuple[str, str]]:
    return [(each["code"], each["params"].get("place", "")) for each in answer["findings"]]


@pytest.mark.parametrize(
    "data", [by_openpyxl({"表1": ROWS}), by_xlwt({"表1": ROWS}), as_csv(ROWS, "utf-8-sig"), as_csv(ROWS, "gb18030")]
)
async def test_every_kind_of_table_is_entered_once(world: World, data: bytes) -> None:
    office = await world.client_of(Role.OFFICE)
    before = await listed(office)
    tried = done(await send_list(office, data, path=PATH, dry_run="true"))
    assert await listed(office) == before
    made = done(await send_list(office, data, path=PATH))
    assert made["rows"] == tried["rows"]
    assert [(row["place"].split("!")[1], row["unit_name"], row["outcome"]) for row in made["rows"]] == [
        ("A2", "翔云道社区", "created"),
        ("A3", "龙华社区", "created"),
    ]
    assert (await listed(office))[len(before) :] == [("翔云道社区", 2013, "邻里一家亲"), ("龙华社区", 2014, None)]
    again = done(await send_list(office, data, path=PATH))
    assert {row["outcome"] for row in again["rows"]} == {"unchanged"}


async def test_everything_that_is_wrong_is_refused_at_its_cell(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    before = await listed(office)
    data = by_openpyxl(
        {
            "获奖": [
                HEAD,
                ["甲社区", "去年", "一等奖", "excellent_case", None, None],
                ["乙社区", 1870, None, "优秀案例", None, None],
                [None, 2013, "一等奖", "excellent_case", "=1/0", None],
            ]
        }
    )
    refused = await send_list(office, data, path=PATH)
    assert refused.status_code == 409, refused.text
    assert sorted(said(refused.json())) == [
        ("cell_empty", "获奖!A4"),
        ("cell_empty", "获奖!C3"),
        ("cell_not_valid", "获奖!B2"),
        ("cell_not_valid", "获奖!B3"),
        ("cell_not_valid", "获奖!D3"),
        ("cell_not_valid", "获奖!E4"),
        ("no_result", "获奖!E4"),
    ]
    marked = await send_list(office, data, path=PATH, to="/marked-copy")
    assert marked.status_code == 200, marked.text
    sheet = openpyxl.load_workbook(BytesIO(marked.content))["获奖"]
    assert [sheet[cell].comment is not None for cell in ("B2", "D3", "A2")] == [True, True, False]
    assert await listed(office) == before


async def test_a_row_that_repeats_another_is_refused_with_the_place_of_both(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    refused = await send_list(office, as_csv([*ROWS, ROWS[1]]), path=PATH)
    [finding] = refused.json()["findings"]
    assert (finding["code"], finding["params"]["place"], finding["params"]["first"]) == ("repeated", "CSV!A4", "CSV!A2")


async def test_the_template_filled_in_is_entered_without_its_example(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    book = openpyxl.load_workbook(BytesIO((await office.get(f"{PATH}/template")).content))
    for column, text in enumerate(ROWS[1], 1):
        book["以往获奖"].cell(3, column, text)
    out = BytesIO()
    book.save(out)
    made = done(await send_list(office, out.getvalue(), path=PATH))
    assert [row["place"] for row in made["rows"]] == ["以往获奖!A3"]
    assert said(made) == [("example_left_out", "以往获奖!A2")]


async def test_only_the_office_may(world: World) -> None:
    place = await district(world)
    for client in (place.by_committee, place.by_unit, await world.client_of(Role.REVIEWER)):
        assert (await send_list(client, as_csv(ROWS), path=PATH)).status_code == 403
        assert (await send_list(client, as_csv(ROWS), path=PATH, to="/marked-copy")).status_code == 403
        assert (await client.get(f"{PATH}/template")).status_code == 403
