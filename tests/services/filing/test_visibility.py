from uuid import UUID

import pytest
from sqlalchemy import select

from app.context import Actor
from app.models import Application, ApplicationVersion
from app.models.enums import ApplicationStatus, Role
from app.services.filing.visibility import ETAG_VERSION, VISIBLE
from tests.world import World
from tests.world.filing import District, district

_ROWS = (
    select(Application.id, ETAG_VERSION)
    .outerjoin(ApplicationVersion, ApplicationVersion.id == Application.filed_version_id)
    .where(VISIBLE)
)


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def visible(place: District, actor: Actor) -> dict[UUID, int]:
    """The applications that the actor may see, with the version in their ETag."""
    async with place.world.database.transaction() as session:
        return dict(iter(await session.execute(_ROWS, actor.binds)))


async def change(place: District, application_id: UUID, **values: object) -> None:
    async with place.world.database.transaction() as session:
        application = await session.get_one(Application, application_id)
        for name, value in values.items():
            setattr(application, name, value)


async def test_owners_see_their_own_the_office_what_was_once_filed_and_others_nothing(place: District) -> None:
    other = await district(place.world, place.campaign)
    filed = await place.filed(2)
    sealed = await place.sealed()
    own = {*filed, sealed}
    for role, expected in ((Role.UNIT, own), (Role.COMMITTEE, own), (Role.OFFICE, {*filed})):
        assert set(await visible(place, place.actors[role])) == expected
    assert await visible(place, other.actors[Role.UNIT]) == await visible(place, other.actors[Role.COMMITTEE]) == {}
    for role in (Role.REVIEWER, Role.MUNICIPAL, Role.PUBLIC):
        assert await visible(place, Actor(None, role, "谁")) == {}


async def test_a_unit_sees_nothing_of_its_committees_other_units(place: District) -> None:
    await place.sealed()
    neighbour = await place.world.unit(place.committee)
    actor = Actor(None, Role.UNIT, "谁", place.committee.id, neighbour.id)
    assert await visible(place, actor) == {}


async def test_the_offices_etag_changes_with_the_state_and_not_with_edits_of_a_draft(place: District) -> None:
    application_id, _ = await place.filed(2)

    async def tags() -> tuple[int, int]:
        own, office = [await visible(place, place.actors[role]) for role in (Role.UNIT, Role.OFFICE)]
        return own[application_id], office[application_id]

    filed = await tags()
    await change(place, application_id, status=ApplicationStatus.RETURNED, version=20)
    returned = await tags()
    await change(place, application_id, brand_name="新名", version=21)
    edited = await tags()
    assert (returned[0], edited[0]) == (20, 21)
    assert filed[1] != returned[1] == edited[1]
