from tests.scenarios.steps import done, read
from tests.world import World
from tests.world.filing import district


async def test_the_form_is_drawn_with_the_limits_that_hold_for_the_asker(world: World) -> None:
    place = await district(world)
    other = await district(world, place.campaign)
    href = f"/api/v1/campaigns/{place.campaign.id}"
    for limit, value in (("brand_name_length", 80), ("images_minimum", 0), ("narrative_minimum", 500)):
        body = {"campaign_id": str(place.campaign.id), "limit": limit, "value": value, "reason": "情况特殊。"}
        whose = {"committee_id": str(place.committee.id)}
        done(await place.by_office.post("/api/v1/exemptions", json=body | whose), 201)

    forms = [await read(client, f"{href}/form") for client in (place.by_unit, place.by_committee, other.by_unit)]
    drawn = [{cell["name"]: cell for cell in form["cells"]} for form in forms]
    assert [
        (cells["brand_name"]["maximum"], cells["images"]["minimum"], cells["images"]["required"]) for cells in drawn
    ] == [(80, 0, False), (80, 0, False), (60, 5, True)]
    assert [form["narrative"]["minimum"] for form in forms] == [500, 500, 1000]
    assert [form["json_schema"]["properties"]["brand_name"]["maxLength"] for form in forms] == [80, 80, 60]

    assert [(form["caption_maximum"], form["cells"][-5]["name"]) for form in forms] == [(100, "ended_on")] * 3
    assert [cell["not_before"] for cell in forms[0]["cells"] if cell["not_before"]] == ["started_on"]

    settings = (await read(place.by_unit, href))["settings"]
    assert drawn[0]["category"]["options"] == drawn[0]["topic"]["options"] == settings["categories"]
    english = (await place.by_unit.get(f"{href}/form", headers={"Accept-Language": "en"})).json()
    assert [cell["help"] for cell in english["cells"] if cell["name"] == "phone"] == [
        "Several numbers with “、” between."
    ]


async def test_the_form_of_a_draft_is_the_offices_alone(world: World) -> None:
    place = await district(world)
    draft = done(await place.by_office.post("/api/v1/campaigns", json={"template": "lubei-2015", "year": 2016}), 201)
    href = f"/api/v1/campaigns/{draft['id']}/form"
    assert [(await client.get(href)).status_code for client in (place.by_unit, place.by_office)] == [404, 200]
