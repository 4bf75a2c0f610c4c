from typing import Any
from uuid import UUID

import pytest

from app.models.enums import Role
from tests.contract.client import ContractClient
from tests.world import World
from tests.world.handover import Nominating, nominating


@pytest.fixture
async def place(world: World) -> Nominating:
    return await nominating(world, 2)


def record(place: Nominating, unit_id: UUID | None = None) -> str:
    return f"/api/v1/units/{unit_id or place.district.unit.id}/cases"


async def cases(client: ContractClient, path: str) -> list[dict[str, Any]]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_a_units_cases_and_awards_over_the_years_are_in_one_place(world: World, place: Nominating) -> None:
    later = await world.campaign(name="创建年活动", year=2016)
    draft = await world.application(later, place.district.unit, brand_name="新品牌")
    for client in (place.district.by_unit, place.district.by_committee):
        newest, second, first = await cases(client, record(place))
        assert (newest["id"], newest["year"], newest["status"], newest["awards"]) == (str(draft.id), 2016, "draft", [])
        assert [each["brand_name"] for each in (second, first)] == ["第2号品牌", "第1号品牌"]
        [award] = first["awards"]
        assert (award["id"], award["kind_name"], award["status"]) == (str(place.awards[0].id), "优秀案例", "awarded")
        assert award["document_number"] == place.commendation.document_number
    assert [each["id"] for each in await cases(place.by_office, record(place))] == [second["id"], first["id"]]


async def test_it_holds_what_its_reader_may_see_elsewhere_and_nothing_else(world: World, place: Nominating) -> None:
    for who, client in (await place.everybody_else() | {"municipal": place.by_municipal}).items():
        assert (await client.get(record(place))).status_code == 404, who
    sibling = await world.unit(place.district.committee)
    assert await cases(place.district.by_committee, record(place, sibling.id)) == []
    assert await cases(await world.client_of(Role.UNIT, unit=sibling), record(place, sibling.id)) == []
