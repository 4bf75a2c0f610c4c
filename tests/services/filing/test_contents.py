from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.models import Application, AuditEvent, Endorsement
from app.models.enums import ApplicationStatus, Role
from app.rows import values_of
from app.services.filing import applications, contents
from app.services.filing.cells import ApplicationForm
from app.services.filing.contents import ApplicationRow
from app.services.history import digest_of
from tests.world import World
from tests.world.filing import CELLS, District, district


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def sent_back(place: District) -> UUID:
    """A filed application that its unit may edit again."""
    application_id, _ = await place.filed(2)
    async with place.world.database.transaction() as session:
        (await session.get_one(Application, application_id)).status = ApplicationStatus.RETURNED
    return application_id


async def edited(place: District, application_id: UUID, **cells: Any) -> Endorsement:
    """Edit it; return its seal afterwards."""
    async with place.world.acting(place.actors[Role.UNIT]) as ctx:
        await applications.edit(ctx, application_id, ApplicationForm(**cells), None)
    async with place.world.database.transaction() as session:
        seals = select(Endorsement).where(Endorsement.application_id == application_id)
        return (await session.scalars(seals)).one()


async def read(place: District, role: Role, application_id: UUID) -> ApplicationRow:
    async with place.world.viewing(place.actors[role]) as view:
        return (await applications.read(view, application_id)).row


async def test_a_seal_is_void_once_the_content_differs_and_not_before(place: District) -> None:
    application_id = await sent_back(place)
    same = await edited(place, application_id, brand_name=CELLS["brand_name"])
    assert (same.voided_at, same.changed_fields) == (None, [])
    void = await edited(place, application_id, brand_name="新名", effects="果" * 600)
    assert (void.void_reason, sorted(void.changed_fields)) == ("content_changed", ["brand_name", "effects"])
    async with place.world.database.transaction() as session:
        edits = select(AuditEvent).where(AuditEvent.action == "application.edited").order_by(AuditEvent.id)
        events = await session.scalars(edits)
        assert [event.data["seal_voided"] for event in events] == [True]
        application = await session.get_one(Application, application_id)
    assert application.endorsed_digest is None


async def test_of_a_draft_the_office_reads_no_value(place: District) -> None:
    application_id = await sent_back(place)
    before = await read(place, Role.OFFICE, application_id)
    await edited(place, application_id, brand_name="新名", practices="改" * 500)
    assert values_of(await read(place, Role.OFFICE, application_id)) == values_of(before)
    own = await read(place, Role.UNIT, application_id)
    assert (own.brand_name, own.content_digest == before.content_digest) == ("新名", False)


async def test_the_digest_covers_names_form_figures_and_pictures(place: District) -> None:
    application_id = await place.complete()
    async with place.world.viewing(place.actors[Role.UNIT]) as view:
        record = await applications.read(view, application_id)
    content = contents.content_of(record.row.form, record.row.names, record.images)
    assert digest_of(content) == record.row.content_digest
    for images in (record.images[1:], record.images[::-1]):
        assert digest_of(contents.content_of(record.row.form, record.row.names, images)) != digest_of(content)
