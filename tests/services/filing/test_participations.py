from dataclasses import replace

from tests.world import World, key
from tests.world.filing import district


async def test_two_campaigns_of_one_year_never_give_the_same_number(world: World) -> None:
    first = await district(world, code="QT")
    second = replace(first, campaign=await world.campaign())
    numbers = []
    for place in (first, second, first):
        body = {"campaign_id": str(place.campaign.id)}
        begun = await place.by_unit.post("/api/v1/applications", json=body, headers=key())
        numbers.append(begun.json()["number"])
    assert numbers == ["2015-QT-001", "2015-QT-002", "2015-QT-003"]
    receipts = [await place.file(*[await place.sealed() for _ in range(2)]) for place in (first, second)]
    assert [receipt.json()["number"] for receipt in receipts] == ["2015-QT-R01", "2015-QT-R02"]
