from app.models import Committee
from app.rows import values_of
from app.services.handover import archives
from tests.world import NOW, World, actor_of
from tests.world.commending import planned
from tests.world.filing import district


def as_it_is(_: str, row: object) -> object:
    return values_of(row)


async def test_an_archive_is_as_long_as_it_says_and_of_one_committee_if_that_is_wanted(world: World) -> None:
    place = await district(world)
    for _ in range(2):
        await place.complete(pictures=0)
    lengths = []
    for committee_id in (None, place.committee.id):
        async with world.viewing(actor_of(place.liaison)) as view:
            package = await archives.pack(view, place.campaign.id, committee_id, {}, as_it_is)
        size, content = package.stream(world.app.state.storage)
        assert len(b"".join([piece async for piece in content])) == size
        lengths.append(len(package.files))
    assert lengths == [4 + 1 + 2 * 2] * 2


async def test_two_committees_of_one_code_have_a_plan_each(world: World) -> None:
    first = await district(world, code="ZZ")
    async with world.database.transaction() as session:
        (await session.get_one(Committee, first.committee.id)).retired_at = NOW
    second = await district(world, first.campaign, code="ZZ")
    for place in (first, second):
        await planned(place, 1)
    async with world.viewing(actor_of(first.clerk)) as view:
        package = await archives.pack(view, first.campaign.id, None, {}, as_it_is)
    names = [file.path for file in package.files if file.path.startswith("data/plans/")]
    assert names == [f"data/plans/{name}.{kind}" for name in ("ZZ", "ZZ-2") for kind in ("json", "txt")]
