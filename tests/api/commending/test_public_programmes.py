from typing import Any

from app.models import Programme
from app.models.enums import AwardStatus, CommendationStatus
from tests.scenarios.steps import read
from tests.world import NO_ROWS, World
from tests.world.commending import commending

SAID: dict[str, Any] = {"title": "征集活动", "year": 2015, "organizer": "路北区文明办"}
PUBLIC = "/api/v1/public"


async def test_anybody_reads_a_notice_with_its_entries_and_their_awards(world: World) -> None:
    place = await commending(world, (1, 90.0))
    await place.award(0, status=AwardStatus.AWARDED)
    await place.stands(CommendationStatus.PUBLISHED, AwardStatus.AWARDED)
    programme, other = [Programme(title="征集活动", year=2015, settings=SAID) for _ in range(2)]
    await world.add(programme, other)
    client, href = world.client(), f"{PUBLIC}/programmes/{programme.id}"
    assert (await client.get(href)).status_code == 404
    await world.put(place.campaign, programme_id=programme.id, position=1, entry="品牌案例")
    found = await read(client, href)
    (campaign,) = found["campaigns"]
    assert (found["title"], found["organizer"], campaign["entry"]) == ("征集活动", "路北区文明办", "品牌案例")
    assert campaign["commendation_ids"] == [str(place.commendation.id)]
    awards = (await read(client, f"{PUBLIC}/awards?programme_id={programme.id}"))["items"]
    assert [each["commendation_id"] for each in awards] == campaign["commendation_ids"]
    assert await read(client, f"{PUBLIC}/awards?programme_id={other.id}") == NO_ROWS


async def test_awards_of_a_programme_are_in_the_order_of_its_entries_page_by_page(world: World) -> None:
    programme = Programme(title="征集活动", year=2015, settings=SAID)
    await world.add(programme)
    expected: dict[int, list[str]] = {}
    for position in (2, 1):
        place = await commending(world, (1, 90.0), (2, 80.0))
        await world.put(place.campaign, programme_id=programme.id, position=position, batch=f"第{position}批")
        given = [await place.award(case, position=2 - case, status=AwardStatus.AWARDED) for case in (0, 1)]
        await place.stands(CommendationStatus.PUBLISHED, AwardStatus.AWARDED)
        expected[position] = [str(each.id) for each in reversed(given)]
    client, href = world.client(), f"{PUBLIC}/awards?programme_id={programme.id}&limit=1"
    found, cursor = [], ""
    while cursor is not None:
        page = await read(client, href + (f"&cursor={cursor}" if cursor else ""))
        found += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert found == [*expected[1], *expected[2]]
