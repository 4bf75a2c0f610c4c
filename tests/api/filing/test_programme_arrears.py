"""List of who still owes what in all campaigns of a programme: as JSON, table and paper."""

from typing import Any

from app.file_names import campaign_code
from app.models import Programme
from app.models.enums import CampaignStatus, Role
from tests.scenarios.steps import read
from tests.world import NO_ROWS, NOW, World
from tests.world.filing import district
from tests.world.papers import squeezed, table_of_docx, table_of_pdf
from tests.world.tables import of_csv

SAID: dict[str, Any] = {"title": "征集活动", "year": 2015, "organizer": "路北区文明办", "minimum_filed": 3}
OWED = "未报送实施计划；已上报0件，距最低2件还差2件"


async def test_each_committee_is_listed_with_what_it_owes_in_each_campaign_and_in_all(world: World) -> None:
    programme = Programme(title="征集活动", year=2015, settings=SAID)
    await world.add(programme)
    place = await district(world, code="A", liaison_name="张静")
    second, draft, closed = [await world.campaign() for _ in range(3)]
    entries = ((place.campaign, "品牌案例"), (second, "微视频"), (draft, "征文"), (closed, "摄影"))
    for position, (campaign, entry) in enumerate(entries, 1):
        await world.put(campaign, programme_id=programme.id, position=position, entry=entry)
    await world.put(draft, status=CampaignStatus.DRAFT)
    await world.put(closed, status=CampaignStatus.CLOSED)
    other = await district(world, second, code="B")
    await place.complete()
    await world.filed(second, place.unit)
    await world.filed(closed, place.unit)
    href = f"/api/v1/programmes/{programme.id}/arrears"
    page = await read(place.by_office, href)
    ours = (
        f"品牌案例：{OWED}；草稿未提交1件。微视频：未报送实施计划；已上报1件，距最低2件还差1件。"
        "各项合计已上报2件，距最低3件还差1件。"
    )
    theirs = f"品牌案例：{OWED}。微视频：{OWED}。各项合计已上报0件，距最低3件还差3件。"
    assert [(each["committee_code"], each["summary"]) for each in page["items"]] == [("A", ours), ("B", theirs)]
    first = page["items"][0]
    assert (first["filed"], first["missing"], first["liaison_name"], page["total"]) == (2, 1, "张静", 2)
    assert [(each["entry"], each["missing"], each["drafted"]) for each in first["by_campaign"]] == [
        ("品牌案例", 2, 1),
        ("微视频", 1, 0),
    ]
    pages = [await read(place.by_office, f"{href}?limit=1")]
    pages.append(await read(place.by_office, f"{href}?limit=1&cursor={pages[0]['next_cursor']}"))
    assert [row for each in pages for row in each["items"]] == page["items"]
    assert (await read(place.by_committee, href))["items"] == [first]
    table = of_csv((await place.by_office.get(href, headers={"Accept": "text/csv"})).content)
    assert [dict(zip(table[0], row, strict=True))["未完成事项"] for row in table[1:]] == [ours, theirs]
    answer = await place.by_office.get(f"{href}/paper")
    paper = table_of_pdf(answer.content)
    assert paper == table_of_docx((await place.by_office.get(f"{href}/paper?format=docx")).content)
    assert paper[1:] == [
        ["1", squeezed(place.committee.name), ours, "", "张静", ""],
        ["2", squeezed(other.committee.name), theirs, "", "", ""],
    ]
    name = f"{campaign_code(2015, programme.id)}-arrears-{NOW:%Y%m%d}.pdf"
    assert f'filename="{name}"' in answer.headers["content-disposition"]


async def test_nothing_is_owed_until_a_campaign_is_published_and_others_read_nothing(world: World) -> None:
    programme = Programme(title="征集活动", year=2015, settings=SAID | {"minimum_filed": None})
    await world.add(programme)
    href = f"/api/v1/programmes/{programme.id}/arrears"
    office, reviewer = await world.client_of(Role.OFFICE), await world.client_of(Role.REVIEWER)
    assert await read(office, href) == NO_ROWS
    assert (await office.get(f"{href}/paper")).status_code == 404
    place = await district(world)
    for path in (href, f"{href}/paper"):
        assert (await place.by_committee.get(path)).status_code == 404
        assert (await office.get(path.replace(str(programme.id), str(place.unit.id)))).status_code == 404
    await world.put(place.campaign, programme_id=programme.id, position=1)
    for path in (href, f"{href}/paper"):
        assert [(await each.get(path)).status_code for each in (place.by_unit, reviewer)] == [403, 403]
        assert (await place.by_committee.get(path)).status_code == 200
