from uuid import UUID

import pytest
from sqlalchemy import select

from app.models import Endorsement
from app.models.enums import Role
from app.services.filing import seals
from tests.world import NOW, World
from tests.world.filing import District, district


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def seals_of(place: District, *applications: UUID) -> list[Endorsement]:
    async with place.world.database.transaction() as session:
        found = await session.scalars(select(Endorsement).order_by(Endorsement.id))
        return [each for each in found if each.application_id in applications]


async def test_the_seals_of_these_applications_are_void_and_those_of_others_stand(place: District) -> None:
    one, another, spared = [await place.sealed() for _ in range(3)]
    async with place.world.acting(place.actors[Role.COMMITTEE]) as ctx:
        await seals.void(ctx, [one, another], "withdrawn")
    told = [(each.void_reason, each.voided_at, each.voided_by) for each in await seals_of(place, one, another)]
    assert told == [("withdrawn", NOW, place.liaison.id)] * 2
    assert [each.voided_at for each in await seals_of(place, spared)] == [None]


async def test_a_void_seal_keeps_the_reason_it_had(place: District) -> None:
    application_id = await place.sealed()
    for why in ("replaced", "withdrawn"):
        async with place.world.acting(place.actors[Role.COMMITTEE]) as ctx:
            await seals.void(ctx, [application_id], why)
    assert [each.void_reason for each in await seals_of(place, application_id)] == ["replaced"]


async def test_it_is_voided_by_who_asked_for_it_where_somebody_else_consents(place: District) -> None:
    application_id = await place.sealed()
    async with place.world.acting(place.actors[Role.OFFICE]) as ctx:
        await seals.void(ctx, [application_id], "withdrawn", by=place.liaison.id)
    assert [each.voided_by for each in await seals_of(place, application_id)] == [place.liaison.id]
