"""汇总表 read back cell by cell."""

from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest

from app.models import Application
from app.models.enums import ApplicationStatus
from tests.contract.client import ContractClient
from tests.scenarios.steps import done
from tests.world import NOW, World
from tests.world.filing import District, district, joined_by
from tests.world.papers import pages_of, squeezed, table_of_docx, table_of_pdf
from tests.world.people import codes

HEAD = ["序号", "申报编号", "申报单位", "品牌名称", "内容分类", "负责人", "状态"]


def href(place: District) -> str:
    return f"/api/v1/campaigns/{place.campaign.id}/summary"


async def table(client: ContractClient, place: District, **choices: Any) -> list[list[str]]:
    answer = await client.get(href(place), params=choices)
    assert answer.status_code == 200, answer.text
    return table_of_docx(answer.content) if "format" in choices else table_of_pdf(answer.content)


async def case_of(world: World, case: UUID) -> Application:
    async with world.database.transaction() as session:
        return await session.get_one(Application, case)


async def test_a_committees_list_is_in_its_order_and_its_cells_are_those_of_its_cases(world: World) -> None:
    place = await district(world)
    first, second, dropped = await place.filed(3)
    later = await place.sealed(brand_name="=新品牌", category="derun", leader_name="王五")
    await place.submitted()
    await world.put(await case_of(world, dropped), status=ApplicationStatus.DISQUALIFIED)
    await joined_by(world, await case_of(world, second), await world.unit(place.committee, name="新华里社区"))
    numbers = [(await case_of(world, each)).number for each in (first, second, later)]
    unit = squeezed(place.unit.name)
    case = ["“红马甲”邻里互助站", "情满路北", "李文博", "已上报"]
    answer = await place.by_committee.get(href(place))
    names = unquote(answer.headers["content-disposition"])
    assert names.endswith(f"2015-{place.campaign.name}-汇总表-{place.committee.name}-{NOW:%Y%m%d}.pdf")
    assert table_of_pdf(answer.content) == [
        HEAD,
        ["1", numbers[0], unit, *case],
        ["2", numbers[1], f"{unit}（联合：新华里社区）", *case],
        ["3", numbers[2], unit, "=新品牌", "德润路北", "王五", "已审核盖章"],
    ]
    assert await table(place.by_committee, place, format="docx") == table_of_pdf(answer.content)
    [_, row] = await table(place.by_committee, place, category="derun")
    assert row[:2] == ["1", numbers[2]]
    [page] = pages_of(answer.content)
    assert f"推荐单位（盖章）：{squeezed(place.committee.name)}" in page
    assert "共3件。填表人：审核人：年月日" in page


async def test_the_office_lists_what_was_filed_as_it_was_and_others_get_nothing(world: World) -> None:
    place = await district(world)
    other = await district(world, place.campaign, kind="district_direct")
    filed = await place.filed(2) + await other.filed(2)
    await place.sealed()
    await world.put(await case_of(world, filed[0]), status=ApplicationStatus.RETURNED, brand_name="后来的名称")
    whole = await table(place.by_office, place)
    numbers = [(await case_of(world, each)).number for each in filed]
    states = ["已退回", *["已上报"] * 3]
    assert [(row[2], row[4], row[7]) for row in whole[1:]] == [
        (number, "“红马甲”邻里互助站", state) for number, state in zip(numbers, states, strict=True)
    ]
    assert [row[1] for row in whole] == [
        "推荐单位",
        *[squeezed(place.committee.name)] * 2,
        *[squeezed(other.committee.name)] * 2,
    ]
    direct = await place.by_office.get(href(place), params={"committee_kind": "district_direct", "category": "qingman"})
    [page] = pages_of(direct.content)
    assert "范围：区直党（工）委；情满路北" in page
    assert "共2件，1个党（工）委。" in page
    assert [row[1] for row in await table(place.by_office, place, committee_id=str(place.committee.id))] == [
        "申报编号",
        *numbers[:2],
    ]
    statuses = [
        (await client.get(href(place), params=choice)).status_code
        for client, choice in (
            (place.by_unit, {}),
            (other.by_committee, {"committee_id": str(place.committee.id)}),
            (place.by_office, {"committee_id": str(place.unit.id)}),
        )
    ]
    assert statuses == [403, 404, 404]


async def test_after_a_merger_the_office_lists_of_the_successor_what_that_lists_itself(world: World) -> None:
    here = await district(world)
    there = await district(world, here.campaign)
    await here.filed(2)
    await there.filed(2)
    before = await table(here.by_committee, here)
    body = {"successor_id": str(there.committee.id), "reason": "机构调整。"}
    done(await here.by_office.post(f"/api/v1/committees/{here.committee.id}/merger", json=body))
    own = await table(there.by_committee, there)
    assert await table(there.by_office, there, committee_id=str(there.committee.id)) == own
    assert (len(own), [row[1] for row in before if row[1] not in {each[1] for each in own}]) == (5, [])


async def test_what_is_considered_again_has_no_place_until_it_is_filed_anew(world: World) -> None:
    place = await district(world, await world.campaign(recommended_order="optional"))
    first, second = await place.sealed(), await place.sealed()
    numbers = [(await case_of(world, each)).number for each in (first, second)]
    done(await place.file(first, second, recommended_order=[str(first), str(second)]), 201)
    listed = f"/api/v1/applications?campaign_id={place.campaign.id}"

    async def places() -> dict[str, int | None]:
        rows = done(await place.by_committee.get(listed))["items"]
        return {row["number"]: row["recommended_rank"] for row in rows}

    assert [row[1] for row in (await table(place.by_committee, place))[1:]] == numbers
    assert await places() == dict(zip(numbers, (1, 2), strict=True))
    await world.put(await case_of(world, first), status=ApplicationStatus.ENDORSED, reconsidered=True)
    assert [row[1] for row in (await table(place.by_committee, place))[1:]] == numbers[::-1]
    assert await places() == dict(zip(numbers, (None, 2), strict=True))


async def test_a_category_that_the_campaign_does_not_have_is_refused(world: World) -> None:
    place = await district(world)
    refused = await place.by_office.get(href(place), params={"category": ["qingman", "qingmam"]})
    assert codes(refused) == [("unknown_category", "/category")]


@pytest.mark.parametrize("choice", ["committee_kind", "honour_level"])
async def test_a_word_that_the_office_does_not_have_is_refused(world: World, choice: str) -> None:
    place = await district(world)
    refused = await place.by_office.get(href(place), params={choice: ["no_such_word"]})
    assert codes(refused) == [("unknown_reference", f"/{choice}")]
