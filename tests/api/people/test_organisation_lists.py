"""Lists of committees and units come as tables: imported whole or not at all, and told at their cells."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from app.models import Committee, Unit
from app.models.enums import Role
from tests.world import World
from tests.world.lists import (
    BOOK,
    COMMITTEES,
    PATH,
    UNITS,
    as_csv,
    by_hand_ods,
    by_openpyxl,
    by_xlsxwriter,
    by_xlwt,
    send_list,
)

MADE = {
    "openpyxl": by_openpyxl(BOOK),
    "XlsxWriter": by_xlsxwriter(BOOK),
    "xls": by_xlwt(BOOK),
    "ods": by_hand_ods(BOOK),
}


async def stored(world: World) -> tuple[list[Any], list[Any]]:
    async with world.database.transaction() as session:
        committees = await session.execute(
            select(Committee.code, Committee.name, Committee.kind, Committee.liaison_phone).order_by(Committee.code)
        )
        units = await session.execute(
            select(Unit.name, Unit.honour_level, Unit.credit_code, Committee.direct)
            .join(Committee, Committee.id == Unit.committee_id)
            .order_by(Unit.id)
        )
        return [tuple(row) for row in committees], [tuple(row) for row in units]


@pytest.mark.parametrize("by", MADE)
async def test_a_list_registers_what_it_says_whoever_made_it_and_again_changes_nothing(world: World, by: str) -> None:
    office = await world.client_of(Role.OFFICE)
    tried = await send_list(office, MADE[by], dry_run="true")
    assert tried.status_code == 200, tried.text
    assert await stored(world) == ([], [])
    done = await send_list(office, MADE[by])
    assert done.json() | {"dry_run": True} == tried.json()
    assert [(row["place"], row["name"], row["code"], row["outcome"]) for row in done.json()["rows"]] == [
        ("党（工）委!A2", "乔屯街道党工委", "QT", "created"),
        ("单位!B2", "龙华社区", None, "created"),
        ("党（工）委!A3", "区教育局党委", "C01", "created"),
        ("单位!B3", "站前小学", None, "created"),
        ("单位!B4", "区档案馆", None, "created"),
    ]
    assert done.json()["findings"] == []
    assert await stored(world) == (
        [
            ("C01", "区教育局党委", "district_direct", "13900000000"),
            ("QT", "乔屯街道党工委", "township_subdistrict", "0315-3724062"),
            ("ZS", "区直属单位", "district_direct", None),
        ],
        [
            ("龙华社区", "municipal", "91350100M000100Y43", False),
            ("站前小学", "national", None, False),
            ("区档案馆", "district", None, True),
        ],
    )
    again = (await send_list(office, MADE[by])).json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 5)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
async def test_a_list_of_units_as_csv_names_committees_that_are_registered(
    world: World, encoding: str, separator: str
) -> None:
    office = await world.client_of(Role.OFFICE)
    await world.committee(name="乔屯街道党工委")
    await world.committee(name="区教育局党委")
    done = await send_list(office, as_csv(UNITS, encoding, separator), name="单位.csv")
    assert done.status_code == 200, done.text
    assert [(row["place"], row["outcome"]) for row in done.json()["rows"]] == [
        ("CSV!B2", "created"),
        ("CSV!B3", "created"),
        ("CSV!B4", "created"),
    ]


async def test_every_bad_cell_is_told_at_once_in_both_languages_and_nothing_is_stored(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    await world.committee(name="已有党委", code="KNO")
    committees = [
        COMMITTEES[0],
        ["新党委", "乡镇", None, None, None, None],
        ["已有党委", "区直党（工）委", "NEW", None, None, "没有"],
        ["新 党委", "区直党（工）委", None, None, None, None],
    ]
    units = [
        UNITS[0],
        [1, "甲", "无此党委", "区级文明单位", "91350100M000100Y4"],
        [2, None, "已有党委", "区级文明单位", None],
    ]
    data = by_openpyxl({"党（工）委": committees, "单位": units})
    before = await stored(world)
    refused = await send_list(office, data)
    assert refused.status_code == 409
    findings = refused.json()["findings"]
    assert [(each["code"], each["params"]["place"]) for each in findings] == [
        ("cell_empty", "单位!B3"),
        ("word_unknown", "党（工）委!B2"),
        ("committee_unknown", "单位!C2"),
        ("cell_not_valid", "党（工）委!F3"),
    ]
    assert [each["message"] for each in findings[:2]] == [
        "单位!B3：“单位名称”必须填写。",
        "党（工）委!B2“类别”写的是“乡镇”，应为以下之一：镇(乡)街道党（工）委、区直党（工）委。",
    ]
    assert findings[3]["message"].startswith("党（工）委!F3“联络员电话”写的是“没有”：没有电话号码；")
    assert {each["pointer"] for each in refused.json()["findings"]} == {"/file"}
    english = await send_list(office, data, headers={"Accept-Language": "en"})
    assert english.json()["findings"][0]["message"] == "单位!B3: “单位名称” is required."
    assert await stored(world) == before


async def test_what_the_database_knows_better_is_told_at_its_cell_too(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    await world.committee(name="已有党委", code="KNO")
    old = await world.committee(name="停用党委")
    await office.post(f"/api/v1/committees/{old.id}/retirement")
    committees = [COMMITTEES[0], ["已有党委", "区直党（工）委", "NEW", None, None, None]]
    names = ["已有党委", "已有党委", "停用党委"]
    units = [UNITS[0], *([at, "甲社区", name, "区级文明单位", None] for at, name in enumerate(names))]
    refused = await send_list(office, by_openpyxl({"党（工）委": committees, "单位": units}))
    assert [
        (each["code"], each["params"]["place"], each["params"].get("first")) for each in refused.json()["findings"]
    ] == [
        ("repeated", "单位!B3", "单位!B2"),
        ("code_is_fixed", "党（工）委!C2", None),
        ("retired", "单位!C4", None),
    ]


async def test_a_refused_list_comes_back_as_the_same_workbook_with_its_cells_marked(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    rows = [COMMITTEES[0], ["新党委", "乡镇", None, None, None, 13900000000]]

    def decorate(book: Any) -> None:
        book["党（工）委"]["H1"] = "=1+1"
        book["党（工）委"].column_dimensions["A"].width = 33

    before = await stored(world)
    for data in (by_openpyxl({"党（工）委": rows}, decorate), by_xlwt({"党（工）委": rows})):
        sent = await send_list(office, data, to="/marked-copy")
        assert sent.status_code == 200, sent.text
        assert 'filename="organisations-marked.xlsx"' in sent.headers["content-disposition"]
        sheet = openpyxl.load_workbook(BytesIO(sent.content))["党（工）委"]
        told = {cell.coordinate: cell.comment.text for row in sheet for cell in row if cell.comment}
        assert told == {
            "B2": "党（工）委!B2“类别”写的是“乡镇”，应为以下之一：镇(乡)街道党（工）委、区直党（工）委。",
            "F2": "党（工）委!F2“联络员电话”是按数字存放的，读作“13900000000”；开头如有 0，已经丢失，请核对。",
        }
        assert (sheet["B2"].fill.fgColor.rgb, sheet["F2"].fill.fgColor.rgb) == ("FFFFC7CE", "FFFFEB9C")
        assert [str(cell.value) for cell in sheet[2][:2]] == ["新党委", "乡镇"]
        if data.startswith(b"PK"):
            assert (sheet["H1"].value, sheet.column_dimensions["A"].width) == ("=1+1", 33), "all else is as it was"
    assert await stored(world) == before


async def test_the_template_offers_the_words_there_are_and_its_example_is_not_imported(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    await world.committee(name="乔屯街道党工委")
    drawn = await office.get(f"{PATH}/template")
    assert drawn.status_code == 200, drawn.text
    book = openpyxl.load_workbook(BytesIO(drawn.content))
    assert book.sheetnames == ["党（工）委", "单位", "说明", "选项"]
    sheet = book["单位"]
    assert [cell.value for cell in sheet[1]] == ["单位名称", "所属党（工）委", "称号级别", "统一社会信用代码"]
    assert {sheet.cell(row, 4).number_format for row in (2, 3, 2001)} == {"@"}
    offered = [[cell.value for cell in column if cell.value] for column in book["选项"].columns]
    assert offered == [
        ["镇(乡)街道党（工）委", "区直党（工）委"],
        ["乔屯街道党工委", "直属"],
        ["全国文明单位", "省级文明单位", "市级文明单位", "区级文明单位"],
    ]
    rules = [(str(each.sqref), each.formula1) for each in sheet.data_validations.dataValidation]
    assert rules == [("B2:B2001", "选项!$B$1:$B$2"), ("C2:C2001", "选项!$C$1:$C$4")]
    empty = await send_list(office, drawn.content)
    assert [each["code"] for each in empty.json()["findings"]] == ["example_left_out", "example_left_out", "no_rows"]
    for at, value in enumerate(["站前小学", "乔屯街道党工委", "区级文明单位"], 1):
        sheet.cell(3, at, value)
    filled = BytesIO()
    book.save(filled)
    done = (await send_list(office, filled.getvalue())).json()
    assert [(row["place"], row["outcome"]) for row in done["rows"]] == [("单位!A3", "created")]


async def test_only_the_office_has_lists_and_nobody_elses_file_is_even_read(world: World) -> None:
    committee = await world.committee()
    for client in (
        await world.client_of(Role.COMMITTEE, committee=committee),
        await world.client_of(Role.UNIT, unit=await world.unit(committee)),
        await world.client_of(Role.REVIEWER),
    ):
        assert (await send_list(client, b"")).status_code == 403
        assert (await send_list(client, b"", to="/marked-copy")).status_code == 403
        assert (await client.get(f"{PATH}/template")).status_code == 403
