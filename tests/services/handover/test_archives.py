from app.services.handover import archives
from tests.world import World, actor_of
from tests.world.filing import district


async def test_an_archive_is_as_long_as_it_says_and_of_one_committee_if_that_is_wanted(world: World) -> None:
    place = await district(world)
    for _ in range(2):
        await place.complete(pictures=0)
    lengths = []
    for committee_id in (None, place.committee.id, place.unit.id):
        async with world.viewing(actor_of(place.liaison)) as view:
            package = await archives.pack(view, place.campaign.id, committee_id)
        size, content = package.stream(world.app.state.storage)
        assert len(b"".join([piece async for piece in content])) == size
        lengths.append(len(package.files))
    assert lengths == [4 + 1 + 2 * 2] * 2 + [4 + 1]
