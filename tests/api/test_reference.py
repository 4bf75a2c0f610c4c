"""Vocabularies, read at once or one by one."""

from tests.world import World


async def test_all_vocabularies_are_read_at_once_as_each_is_alone(world: World) -> None:
    client = world.client()
    items = (await client.get("/api/v1/code-lists")).json()["items"]
    statuses = next(each for each in items if each["name"] == "application-status")
    assert [each["name"] for each in items] == sorted(each["name"] for each in items)
    assert statuses == (await client.get("/api/v1/code-lists/application-status")).json()
    assert {"code": "draft", "label": "草稿"} in statuses["items"]


async def test_a_vocabulary_is_found_by_each_of_its_names_and_read_in_either_language(world: World) -> None:
    client = world.client()
    named = [await client.get(f"/api/v1/code-lists/{name}") for name in ("campaign-status", "CampaignStatus")]
    snake = await client.get("/api/v1/code-lists/campaign_status", headers={"Accept-Language": "en"})
    assert [each.json()["items"][0]["label"] for each in (*named, snake)] == ["筹备", "筹备", "Draft"]
    assert {(each.json()["name"], each.json()["schema_name"]) for each in (*named, snake)} == {
        ("campaign-status", "CampaignStatus")
    }
    every = (await client.get("/api/v1/code-lists", headers={"Accept-Language": "en"})).json()["items"]
    assert snake.json() in every


async def test_an_unknown_vocabulary_is_refused_with_the_names_of_all(world: World) -> None:
    client = world.client()
    names = [each["name"] for each in (await client.get("/api/v1/code-lists")).json()["items"]]
    refused = await client.get("/api/v1/code-lists/colours")
    assert (refused.status_code, refused.json()["type"]) == (404, "urn:problem-type:pinpai:unknown-code-list")
    assert refused.json()["detail"] == f"没有这一代码表。现有：{', '.join(names)}。"
