from tests.world import World
from tests.world.handover import nominating

PATH, ANY = "/api/v1/campaigns", {"If-Match": "*"}


async def test_a_change_that_somebody_made_use_of_is_not_taken_back(world: World) -> None:
    place = await nominating(world, cases=0, minimum_filed=2)
    path, settings = f"{PATH}/{place.campaign.id}", place.campaign.settings
    for minimum, expected in ((1, 200), (2, 409)):
        body = settings | {"minimum_filed": minimum, "reason": "更正。"}
        answer = await place.by_office.put(path, json=body, headers=ANY)
        assert answer.status_code == expected, answer.text
        if minimum == 1:
            await place.case()
    assert [(each["code"], each["pointer"], each["params"]) for each in answer.json()["findings"]] == [
        ("change_was_used", "/minimum_filed", {"count": 1})
    ]
