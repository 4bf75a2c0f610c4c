import pytest

from tests.scenarios.steps import done, read
from tests.world import World, key
from tests.world.filing import district
from tests.world.notifying import feed, hand_on

WHY = {"reason": "误将未定稿的一件上报。"}


@pytest.mark.parametrize("how", ["filed", "replacement withdrawn", "withdrawn"])
async def test_a_request_lapses_with_its_cases_and_the_office_is_told(world: World, how: str) -> None:
    place = await district(world)
    wrong, *_ = await place.filed(3)
    right = await place.sealed()
    swap = {"application_id": str(wrong), "replacement_id": str(right)} | WHY
    asked = done(await place.by_committee.post("/api/v1/swaps", json=swap, headers=key()), 201)
    if how == "filed":
        done(await place.file(right), 201)
    else:
        taken_back = f"/api/v1/applications/{wrong if how == 'withdrawn' else right}/withdrawal"
        done(await place.by_committee.post(taken_back, json=WHY, headers=key()))
    seen = await read(place.by_office, f"/api/v1/swaps/{asked['id']}")
    assert (seen["status"], seen["answered_at"], seen["actions"]["consent"]["allowed"]) == ("lapsed", None, False)
    await hand_on(world)
    assert "swap.lapsed" in {each["kind"] for each in await feed(place.by_office)}
