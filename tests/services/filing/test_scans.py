from tests.world import World
from tests.world.filing import district
from tests.world.uploads import read, scan


async def test_one_scan_for_two_applications_is_pointed_out_to_committee_and_office(world: World) -> None:
    place = await district(world)
    first, second, third = [await place.submitted() for _ in range(3)]
    for application_id in (first, second):
        await place.seal(application_id, scan(1))
    await place.seal(third, scan(2))
    for client, act in ((place.by_committee, "file"), (place.by_office, "accept")):
        seen = [await read(client, f"/api/v1/applications/{each}") for each in (first, second, third)]
        advice = [each["actions"][act]["findings"] for each in seen]
        numbers = [each["number"] for each in seen]
        assert [[found["code"] for found in each] for each in advice] == [["scan_seen_before"]] * 2 + [[]]
        assert [each[0]["params"] for each in advice[:2]] == [{"numbers": numbers[1]}, {"numbers": numbers[0]}]
        if act == "file":
            assert (await place.file(first, second, third)).status_code == 201
