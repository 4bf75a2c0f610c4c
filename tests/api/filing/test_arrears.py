"""List of who still owes what: as JSON, table and paper."""

from typing import Any

from app.file_names import campaign_code
from tests.scenarios.steps import done, read
from tests.world import NOW, World, key
from tests.world.filing import district
from tests.world.papers import squeezed, table_of_docx, table_of_pdf
from tests.world.tables import of_csv


async def test_each_committee_that_owes_something_is_listed_with_what_and_whom_to_ring(world: World) -> None:
    people: dict[str, Any] = {
        "leader_name": "李文博",
        "leader_title": "副书记",
        "liaison_name": "张静",
        "liaison_phone": "3724062",
    }
    place = await district(world, **people)
    idle, ready = await district(world, place.campaign), await district(world, place.campaign)
    for each in (place, ready):
        case = {"name": "案例", "unit_name": each.unit.name}
        body = {"campaign_id": str(place.campaign.id), "cases": [case, case | {"name": "案例二"}]}
        plan = done(await each.by_committee.post("/api/v1/plans", json=body, headers=key()), 201)
        done(await each.by_committee.post(f"/api/v1/plans/{plan['id']}/submission", headers=key()))
    await ready.filed(2)
    await place.complete()
    await place.submitted()
    await place.sealed()
    href = f"/api/v1/campaigns/{place.campaign.id}/arrears"
    words = {
        place.committee.name: "已上报0件，距最低2件还差2件；草稿未提交1件；已提交未盖章1件；已盖章未上报1件",
        idle.committee.name: "未报送实施计划；已上报0件，距最低2件还差2件",
    }
    page = await read(place.by_office, href)
    assert {each["committee_name"]: each["summary"] for each in page["items"]} == words
    assert page["total"] == 2
    assert people.items() <= page["items"][0].items()
    first = await read(place.by_office, f"{href}?limit=1")
    second = await read(place.by_office, f"{href}?limit=1&cursor={first['next_cursor']}")
    assert [*first["items"], *second["items"]] == page["items"]
    table = of_csv((await place.by_office.get(href, headers={"Accept": "text/csv"})).content)
    assert [dict(zip(table[0], row, strict=True))["未完成事项"] for row in table[1:]] == [*words.values()]
    answer = await place.by_office.get(f"{href}/paper")
    paper = table_of_pdf(answer.content)
    assert paper == table_of_docx((await place.by_office.get(f"{href}/paper?format=docx")).content)
    assert paper[1:] == [
        ["1", squeezed(place.committee.name), words[place.committee.name], "李文博（副书记）", "张静", "3724062"],
        ["2", squeezed(idle.committee.name), words[idle.committee.name], "", "", ""],
    ]
    name = f"{campaign_code(2015, place.campaign.id)}-arrears-{NOW:%Y%m%d}.pdf"
    assert f'filename="{name}"' in answer.headers["content-disposition"]

    assert [each["committee_name"] for each in (await read(place.by_committee, href))["items"]] == [
        place.committee.name
    ]
    assert (await read(ready.by_committee, href))["items"] == []
    for path in (href, f"{href}/paper"):
        assert (await place.by_unit.get(path)).status_code == 403
        unknown = path.replace(str(place.campaign.id), str(place.unit.id))
        assert (await place.by_office.get(unknown)).status_code == 404


async def test_characters_that_no_font_has_are_named_with_the_rows_that_have_them(world: World) -> None:
    place = await district(world, leader_name="李🙂")
    fine = await district(world, place.campaign)
    odd = await district(world, place.campaign, leader_name="𡃁🙂")
    path = f"/api/v1/campaigns/{place.campaign.id}/arrears/paper"
    refused = await place.by_office.get(path, headers={"Accept-Language": "en"})
    findings = refused.json()["findings"]
    assert [each["code"] for each in findings] == ["no_glyph"] * 2
    assert [each["params"]["row"].partition(" ")[2] for each in findings] == [
        place.committee.name,
        odd.committee.name,
    ]
    assert fine.committee.name not in refused.text
    assert "𡃁（U+210C1）" in findings[1]["message"]
    assert "）, " in findings[1]["message"]
    assert "、" not in findings[1]["message"]
