"""A filled 附件1 becomes the draft of a plan, or a dry run of one."""

from io import BytesIO

import openpyxl

from app.services.filing.campaigns import template
from tests.scenarios.steps import done, read, reasons
from tests.world import World
from tests.world.filing import district
from tests.world.filled_forms import filled, plan_form, send_plan
from tests.world.lists import by_openpyxl

REFUSED = (
    (filled(), "not_the_form"),
    (b"%PDF-1.7", "unsupported_form"),
    (b"hello", "not_the_form"),
    (b"", "empty_file"),
    (b"\0\1\2", "unsupported_table"),
    (b"PK\x03\x04 xl/workbook.xml", "broken_table"),
)


async def test_a_filled_form_is_tried_and_then_becomes_the_plan(world: World) -> None:
    place = await district(world)
    data = plan_form(["“红马甲”邻里互助站", "龙华社区"], ["", ""], ["道德讲堂", ""], after="联系人：王丽")
    tried = done(await send_plan(place.by_committee, place.campaign.id, data, dry_run=True))
    assert (await read(place.by_committee, "/api/v1/plans"))["items"] == []
    assert tried["unplaced"] == [{"place": "表格外第1段", "text": "联系人：王丽"}]
    answer = await send_plan(place.by_committee, place.campaign.id, data)
    made = done(answer, 201)
    assert answer.headers["location"].endswith(f"/plans/{made['plan']['id']}")
    assert (
        made["rows"]
        == tried["rows"]
        == [
            {"place": "第2行", "name": "“红马甲”邻里互助站", "unit_name": "龙华社区", "findings": []},
            {"place": "第4行", "name": "道德讲堂", "unit_name": None, "findings": []},
        ]
    )
    plan = await read(place.by_committee, f"/api/v1/plans/{made['plan']['id']}")
    assert [(case["name"], case["unit_name"]) for case in plan["cases"]] == [
        ("“红马甲”邻里互助站", "龙华社区"),
        ("道德讲堂", None),
    ]
    again = await send_plan(place.by_committee, place.campaign.id, data, dry_run=True)
    assert again.status_code == 409


async def test_a_table_becomes_the_plan_and_is_told_at_its_cells(world: World) -> None:
    place = await district(world)
    rows: list[list[object]] = [["附件1"], ["计划申报创新案例名称", "实施单位"], ["红马甲", "龙华社区"], ["讲堂", 12]]
    data = by_openpyxl({"登记表": rows})
    tried = done(await send_plan(place.by_committee, place.campaign.id, data, dry_run=True))
    made = done(await send_plan(place.by_committee, place.campaign.id, data), 201)
    assert made["rows"] == tried["rows"]
    assert [(row["place"], row["name"], row["unit_name"]) for row in made["rows"]] == [
        ("登记表!A3", "红马甲", "龙华社区"),
        ("登记表!A4", "讲堂", "12"),
    ]
    [found] = made["rows"][1]["findings"]
    assert (found["code"], found["pointer"]) == ("number_read", "/rows/1/unit_name")
    assert found["message"].startswith("登记表!B4“实施单位”是按数字存放的，读作“12”")
    assert [case["name"] for case in made["plan"]["cases"]] == ["红马甲", "讲堂"]


async def test_our_own_empty_workbook_is_filled_in_and_becomes_the_plan(world: World) -> None:
    place = await district(world)
    href = f"/api/v1/campaigns/{place.campaign.id}/filled-plans/template"
    blank = (await place.by_committee.get(href)).content
    assert reasons(await send_plan(place.by_committee, place.campaign.id, blank)) == [("not_the_form", "/file")]
    book, sent = openpyxl.load_workbook(BytesIO(blank)), BytesIO()
    rows = [("“红马甲”邻里互助站", "龙华社区"), ("001", "2015-04-21"), ("道德讲堂", None)]
    for at, row in enumerate(rows, 2):
        for column, text in enumerate(row, 1):
            book.worksheets[0].cell(at, column).value = text
    book.save(sent)
    made = done(await send_plan(place.by_committee, place.campaign.id, sent.getvalue()), 201)
    assert [(row["place"], row["name"], row["unit_name"], row["findings"]) for row in made["rows"]] == [
        (f"登记表!A{at}", *row, []) for at, row in enumerate(rows, 2)
    ]
    assert (made["unplaced"], made["findings"]) == ([], [])
    none = await world.campaign(plans=None, commendation=template("lubei-2015")["commendation"] | {"indicators": []})
    without = await place.by_office.get(f"/api/v1/campaigns/{none.id}/filled-plans/template")
    assert without.status_code == 409


async def test_who_may_begin_no_plan_is_refused_before_anything_is_read(world: World) -> None:
    place = await district(world)
    for client in (place.by_office, place.by_unit):
        assert (await send_plan(client, place.campaign.id, b"nothing")).status_code == 403
    without = template("lubei-2015")["commendation"] | {"indicators": []}
    none = await district(world, await world.campaign(plans=None, commendation=without))
    assert reasons(await send_plan(none.by_committee, none.campaign.id, b"nothing"))[0][1] == "/campaign_id"


async def test_a_document_that_is_no_plan_is_refused(world: World) -> None:
    place = await district(world)
    for data, code in REFUSED:
        assert reasons(await send_plan(place.by_committee, place.campaign.id, data)) == [(code, "/file")]
    assert (await read(place.by_committee, "/api/v1/plans"))["items"] == []
