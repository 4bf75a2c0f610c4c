import asyncio
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.models import AuditEvent, File
from app.models.enums import FileState, Role
from app.problems import NotFound, RulesViolated, StaleVersion
from app.services.filing import applications, images
from app.services.filing.images import ImageCaption, ImageOrder
from tests.world import World
from tests.world.filing import District, district
from tests.world.uploads import photo

UNIT = Role.UNIT


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def draft(place: District, pictures: int) -> tuple[UUID, list[UUID]]:
    """A draft with so many pictures that were really taken in."""
    application_id = await place.complete(pictures=0)
    intake = place.intake(UNIT)
    added = [await images.add(intake, application_id, photo(number), None) for number in range(pictures)]
    return application_id, [record.image.id for record in added]


async def counted(place: District) -> dict[FileState, int]:
    async with place.world.database.transaction() as session:
        rows = await session.execute(select(File.state, func.count()).group_by(File.state))
    return dict(iter(rows))


async def test_bytes_that_nothing_needs_any_more_are_condemned(place: District) -> None:
    application_id, (first, second, _) = await draft(place, 3)
    await images.replace(place.intake(UNIT), application_id, first, photo(9), None)
    async with place.world.acting(place.actors[UNIT]) as ctx:
        await images.take_out(ctx, application_id, second, None)
    assert await counted(place) == {FileState.STORED: 4, FileState.CONDEMNED: 4}
    async with place.world.acting(place.actors[UNIT]) as ctx:
        await applications.delete(ctx, application_id, None)
    assert await counted(place) == {FileState.CONDEMNED: 8}


async def test_every_change_leaves_its_trace_in_the_picture_and_in_the_application(place: District) -> None:
    application_id, (image_id,) = await draft(place, 1)
    async with place.world.acting(place.actors[UNIT]) as ctx:
        await images.describe(ctx, application_id, image_id, ImageCaption(caption="义诊"), None)
    await images.replace(place.intake(UNIT), application_id, image_id, photo(2), None)
    async with place.world.acting(place.actors[UNIT]) as ctx:
        await images.take_out(ctx, application_id, image_id, None)
    async with place.world.database.transaction() as session:
        actions = (await session.scalars(select(AuditEvent.action).order_by(AuditEvent.id))).all()
    assert actions[-8:] == [
        "image.added",
        "application.image_added",
        "image.described",
        "application.image_described",
        "image.replaced",
        "application.image_replaced",
        "image.removed",
        "application.image_removed",
    ]


async def test_two_replacements_of_one_version_leave_one_winner(place: District) -> None:
    application_id, (image_id,) = await draft(place, 1)
    replacing = (images.replace(place.intake(UNIT), application_id, image_id, photo(n), 1) for n in (2, 3))
    outcomes = await asyncio.gather(*replacing, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ImageRecord", StaleVersion.__name__]


async def test_pictures_change_places_or_none_of_them_does(place: District) -> None:
    application_id, ids = await draft(place, 3)

    async def arranged(*image_ids: UUID) -> list[UUID]:
        async with place.world.acting(place.actors[UNIT]) as ctx:
            await images.arrange(ctx, application_id, ImageOrder(image_ids=list(image_ids)), None)
            return [image.id for image in (await applications.read(ctx, application_id)).images]

    assert await arranged(*ids[::-1]) == ids[::-1]
    with pytest.raises(RulesViolated):
        await arranged(*ids[:2])
    assert await arranged(*ids[::-1]) == ids[::-1]


async def test_owners_find_a_picture_in_each_version_and_the_office_in_none_before_it_is_filed(
    place: District,
) -> None:
    application_id, (image_id, *_) = await draft(place, 5)
    async with place.world.acting(place.actors[UNIT]) as ctx:
        await applications.submit(ctx, application_id)
    async with place.world.viewing(place.actors[UNIT]) as view:
        now, fixed, small = [
            await images.stored(view, application_id, image_id, **which)
            for which in ({}, {"number": 1}, {"thumbnail": True})
        ]
        with pytest.raises(NotFound):
            await images.stored(view, application_id, image_id, number=2)
    assert (now.id, now.name) == (fixed.id, fixed.name)
    assert small.name.said == now.name.said.replace(".jpg", "-缩略图.jpg")
    async with place.world.viewing(place.actors[Role.OFFICE]) as view:
        with pytest.raises(NotFound):
            await images.stored(view, application_id, image_id)
