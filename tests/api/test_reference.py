"""Vocabularies, read at once or one by one."""

from tests.world import World


async def test_all_vocabularies_are_read_at_once_as_each_is_alone(world: World) -> None:
    client = world.client()
    items = (await client.get("/api/v1/code-lists")).json()["items"]
    statuses = next(each for each in items if each["name"] == "application-status")
    assert [each["name"] for each in items] == sorted(each["name"] for each in items)
    assert statuses == (await client.get("/api/v1/code-lists/application-status")).json()
    assert {"code": "draft", "label": "草稿"} in statuses["items"]
    assert (await client.get("/api/v1/code-lists/colours")).status_code == 404
