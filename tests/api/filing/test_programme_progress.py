from typing import Any

from app.models import Programme
from app.models.enums import Role
from tests.scenarios.steps import read
from tests.world import World
from tests.world.filing import district
from tests.world.tables import of_xlsx

SAID: dict[str, Any] = {"title": "征集活动", "year": 2015, "organizer": "路北区文明办", "minimum_filed": 2}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def test_the_office_reads_all_committees_and_campaigns_at_once_and_as_a_table(world: World) -> None:
    programme = Programme(title="征集活动", year=2015, settings=SAID)
    await world.add(programme)
    place, second = await district(world), await world.campaign()
    for position, (campaign, entry) in enumerate(((place.campaign, "品牌案例"), (second, "微视频")), 1):
        await world.put(campaign, programme_id=programme.id, position=position, entry=entry)
    await world.filed(second, place.unit)
    href = f"/api/v1/programmes/{programme.id}/progress"
    (row,) = (await read(place.by_office, href))["items"]
    assert (row["filed"], row["missing"]) == (1, 1)
    assert [(each["entry"], each["filed"]) for each in row["by_campaign"]] == [("品牌案例", 0), ("微视频", 1)]
    assert (await read(place.by_committee, href))["items"] == [row]
    assert (await place.by_unit.get(href)).status_code == 403
    stranger = await world.client_of(Role.REVIEWER)
    assert (await stranger.get(href)).status_code == 403
    missing = await place.by_office.get(f"/api/v1/programmes/{place.campaign.id}/progress")
    assert missing.status_code == 404
    table = await place.by_office.get(href, headers={"Accept": XLSX})
    heading, (*_, cell) = of_xlsx(table.content)
    assert heading[-1] == "各活动上报件数"
    assert cell == "参评类别：品牌案例，上报件数：0；参评类别：微视频，上报件数：1"
