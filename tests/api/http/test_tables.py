"""Lists as CSV and XLSX over HTTP."""

from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from zipfile import is_zipfile

import pytest

from app.api.http import tables
from app.file_names import CSV, XLSX
from app.findings import CHINA
from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.scenarios.steps import read
from tests.world import NOW, World
from tests.world.commending import commending
from tests.world.filing import district
from tests.world.tables import of_csv, of_xlsx

PLACES = "/api/v1/committees"


async def table(client: ContractClient, path: str, media: str, **filters: Any) -> list[list[Any]]:
    answer = await client.get(path, params=filters, headers={"Accept": media})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] == media
    return of_csv(answer.content) if media == CSV else of_xlsx(answer.content)


async def test_a_list_is_a_table_with_the_same_rows_and_the_same_filters(world: World) -> None:
    place = await district(world)
    filed = await place.filed(2)
    await place.sealed(brand_name="=HYPERLINK(1)", category="derun")
    await place.submitted()
    everything = (await read(place.by_committee, "/api/v1/applications"))["items"]
    for filters in ({}, {"status": ["filed"]}, {"q": "HYPER"}):
        items = (await place.by_committee.get("/api/v1/applications", params=filters)).json()["items"]
        in_csv = await table(place.by_committee, "/api/v1/applications", CSV, **filters)
        in_xlsx = await table(place.by_committee, "/api/v1/applications", XLSX, **filters)
        head = in_csv[0]
        assert in_xlsx[0] == head
        assert head[:6] == ["申报编号", "推荐单位", "申报单位", "联合申报单位", "状态", "品牌名称"]
        at = {name: head.index(name) for name in ("申报编号", "状态", "品牌名称", "字数", "更新时间")}
        assert [row[0] for row in in_csv[1:]] == [row[0] for row in in_xlsx[1:]] == [each["number"] for each in items]
        for each, row, typed in zip(items, in_csv[1:], in_xlsx[1:], strict=True):
            guarded = "'" if each["brand_name"].startswith("=") else ""
            assert row[at["品牌名称"]] == guarded + typed[at["品牌名称"]] == guarded + each["brand_name"]
            assert typed[at["字数"]] == ("number", each["narrative_length"])
            local = datetime.fromisoformat(each["updated_at"]).astimezone(CHINA)
            assert row[at["更新时间"]] == f"{local:%Y-%m-%d %H:%M:%S}"
            assert typed[at["更新时间"]][0] == "time"
    assert [row[at["状态"]] for row in await table(place.by_unit, "/api/v1/applications", CSV)][1:] == [
        *["已上报"] * 2,
        "已审核盖章",
        "已提交",
    ]
    assert len(await table(place.by_office, "/api/v1/applications", CSV)) == 1 + len(filed) < 1 + len(everything)


async def test_a_table_is_the_whole_list_and_read_page_by_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST", 2)
    codes = [(await world.committee()).code for _ in range(5)]
    office = await world.client_of(Role.OFFICE)
    rows = await table(office, PLACES, CSV, limit=1)
    assert [row[rows[0].index("代码")] for row in rows[1:]] == codes
    first = await read(office, f"{PLACES}?limit=1")
    assert await table(office, PLACES, CSV, cursor=first["next_cursor"]) == [rows[0], *rows[2:]]
    answer = await office.get(PLACES, headers={"Accept": XLSX})
    names = unquote(answer.headers["content-disposition"])
    assert names.startswith(f'attachment; filename="committees-{NOW:%Y%m%d}.xlsx"')
    assert names.endswith(f"党（工）委-{NOW:%Y%m%d}.xlsx")


def under(rows: list[list[Any]], *headings: str) -> list[list[Any]]:
    """Return the cells of each row under these headings."""
    return [[row[rows[0].index(each)] for each in headings] for row in rows[1:]]


async def test_codes_are_said_in_the_words_of_the_campaign_and_states_in_those_of_their_subject(world: World) -> None:
    place = await commending(world, (1, 90.0))
    await place.award()
    awards = under(await table(place.by_office, "/api/v1/awards", CSV), "奖项", "对象类型", "内容分类")
    assert awards == [["优秀案例", "单位申报的品牌", "情满路北"]]
    round_ = f"/api/v1/rounds/{place.round.id}/entries"
    assert under(await table(place.by_office, round_, CSV), "内容分类") == [["情满路北"]]
    assert under(await table(place.by_office, "/api/v1/applications", XLSX), "内容分类") == [["情满路北"]]
    own = await district(world)
    history = await table(own.by_committee, f"/api/v1/applications/{(await own.filed(2))[0]}/history", CSV)
    assert "事件代码" not in history[0]
    [filing, *_] = under(history, "事项", "详情")
    assert filing[0] == "上报"
    assert {"原：已审核盖章", "现：已上报"} <= {*filing[1].split("，")}


async def test_json_is_answered_unless_a_table_is_named_before_it(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    for accept in ("*/*", "application/json, text/csv", "text/html,application/xhtml+xml,*/*;q=0.8", ""):
        assert (await office.get(PLACES, headers={"Accept": accept})).json()["items"] == []
    assert of_csv((await office.get(PLACES, headers={"Accept": "text/csv;q=1, application/json"})).content)
    preferred = {
        "text/csv;q=0": "json",
        "text/csv;q=0.5, application/json": "json",
        "application/json;q=0.1, text/csv": "csv",
    }
    for accept, form in preferred.items():
        assert form in (await office.get(PLACES, headers={"Accept": accept})).headers["content-type"]


async def test_what_a_list_refuses_a_table_refuses_as_a_problem(world: World) -> None:
    office, anybody = await world.client_of(Role.OFFICE), world.client()
    unit = await world.client_of(Role.UNIT, unit=await world.unit(await world.committee()))
    accept = {"Accept": CSV}
    asked = [(anybody, PLACES), (unit, "/api/v1/jobs"), (office, f"{PLACES}?kinds=x"), (office, f"{PLACES}?cursor=x")]
    refused = [await client.get(path, headers=accept) for client, path in asked]
    assert [each.status_code for each in refused] == [401, 403, 422, 422]
    assert {each.headers["content-type"] for each in refused} == {"application/problem+json"}
    assert of_csv((await anybody.get("/api/v1/public/awards", headers=accept)).content)


async def test_a_table_that_breaks_off_is_no_whole_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST", 1)
    [await world.committee() for _ in range(3)]
    office = await world.client_of(Role.OFFICE)

    def unreadable(_: object) -> None:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(tables, "open_view", unreadable)
    broken = await office.get(PLACES, headers={"Accept": XLSX})
    assert not is_zipfile(BytesIO(broken.content))
