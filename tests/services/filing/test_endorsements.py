import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select

from app.models import Application, Endorsement
from app.models.enums import ApplicationStatus, Role
from app.problems import NotFound, WrongState
from app.services.filing import endorsements
from tests.world import World
from tests.world.filing import District, district
from tests.world.uploads import as_stored, scan

COMMITTEE = Role.COMMITTEE


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def endorse(place: District, application_id: UUID, number: int, version: int | None = None) -> None:
    await endorsements.endorse(place.intake(COMMITTEE), application_id, scan(number), version)


async def revoke(place: District, application_id: UUID) -> None:
    async with place.world.acting(place.actors[COMMITTEE]) as ctx:
        await endorsements.revoke(ctx, application_id, None)


async def made(place: District) -> list[Endorsement]:
    async with place.world.database.transaction() as session:
        return list(await session.scalars(select(Endorsement).order_by(Endorsement.id)))


async def test_of_two_who_seal_at_once_one_does(place: District) -> None:
    application_id = await place.submitted()
    sealing = (endorse(place, application_id, number) for number in (1, 2))
    outcomes = await asyncio.gather(*sealing, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", WrongState.__name__]
    assert len(await made(place)) == 1


async def test_a_valid_seal_is_replaced_by_a_new_one_with_its_own_scan(place: District) -> None:
    application_id = await place.submitted()
    await endorse(place, application_id, 1)
    async with place.world.database.transaction() as session:
        (await session.get_one(Application, application_id)).status = ApplicationStatus.SUBMITTED
    await endorse(place, application_id, 2)
    assert [row.void_reason for row in await made(place)] == ["replaced", None]
    async with place.world.viewing(place.actors[Role.UNIT]) as view:
        stored = await endorsements.stored(view, application_id)
    storage = place.world.app.state.storage
    assert await storage.get(f"files/{stored.id}", sha256=stored.sha256) == as_stored(scan(2))


async def test_a_revoked_seal_is_read_with_the_reason_and_covers_nothing(place: District) -> None:
    application_id = await place.sealed()
    await revoke(place, application_id)
    async with place.world.viewing(place.actors[Role.UNIT]) as view:
        row = await endorsements.read(view, application_id)
    assert (row.covers_content, row.void_reason, row.voided_by_name) == (False, "revoked", place.liaison.name)
    assert await place.status(application_id) == "submitted"


async def test_the_office_reads_the_seal_of_the_filing_and_none_before(place: District) -> None:
    first, _ = await place.filed(2)
    sealed = await place.sealed()
    async with place.world.viewing(place.actors[Role.OFFICE]) as view:
        row = await endorsements.read(view, first)
        with pytest.raises(NotFound):
            await endorsements.read(view, sealed)
    assert (row.covers_content, row.void_reason, row.changed_fields) == (True, None, [])
