import pytest
from sqlalchemy import select

from app.models import ApplicationVersion
from app.models.enums import Role, VersionOccasion
from app.problems import NotFound
from app.services.filing import applications, versions
from app.services.filing.applications import ReturnBody
from app.services.filing.cells import ApplicationForm
from app.services.policies.filing.applications import RETURN
from tests.world import World
from tests.world.filing import District, district


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def test_the_database_refuses_to_change_a_version(place: District) -> None:
    await place.submitted()
    with pytest.raises(Exception, match="permission denied"):
        async with place.world.database.transaction() as session:
            (await session.scalars(select(ApplicationVersion))).one().content = {"form": {"phone": None}}


async def test_a_version_is_compared_with_the_one_before_it_and_the_first_with_nothing(place: District) -> None:
    application_id = await place.submitted()
    async with place.world.acting(place.actors[Role.COMMITTEE]) as ctx:
        await applications.decide(ctx, application_id, RETURN, ReturnBody(reason="请修改"))
    async with place.world.acting(place.actors[Role.UNIT]) as ctx:
        await applications.edit(ctx, application_id, ApplicationForm(brand_name="新名"), None)
        await applications.submit(ctx, application_id)
    async with place.world.viewing(place.actors[Role.UNIT]) as view:
        first, second, back = [
            await versions.compare(view, application_id, number, against)
            for number, against in ((1, None), (2, None), (1, 2))
        ]
    assert (first.against, second.against, back.against) == (None, 1, 2)
    assert [cell.cell for cell in second.cells] == [cell.cell for cell in back.cells] == ["brand_name"]
    assert (len(first.pictures), second.pictures, back.pictures) == (5, [], [])


async def test_the_office_lists_the_filing_alone_and_cannot_compare_it_with_what_it_may_not_see(
    place: District,
) -> None:
    application_id, _ = await place.filed(2)
    async with place.world.viewing(place.actors[Role.OFFICE]) as view:
        page = await versions.search(view, application_id, after=None, limit=9)
        against_nothing = await versions.compare(view, application_id, 2, None)
        with pytest.raises(NotFound):
            await versions.compare(view, application_id, 2, 1)
    assert [(row.number, row.occasion) for row in page.rows] == [(2, VersionOccasion.FILING)]
    assert against_nothing.against is None


async def test_no_versions_are_an_empty_list_to_the_owner_and_nothing_to_others(place: District) -> None:
    application_id = await place.complete()
    stranger = await district(place.world, place.campaign)
    async with place.world.viewing(place.actors[Role.UNIT]) as view:
        assert (await versions.search(view, application_id, after=None, limit=9)).total == 0
    for actor in (place.actors[Role.OFFICE], stranger.actors[Role.UNIT]):
        async with place.world.viewing(actor) as view:
            with pytest.raises(NotFound):
                await versions.search(view, application_id, after=None, limit=9)
