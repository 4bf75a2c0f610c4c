from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.models import AuditEvent, File
from app.models.enums import FileState, Role
from app.services.filing import attachments
from app.services.filing.attachments import AttachmentTitle
from tests.world import World
from tests.world.attachments import KINDS
from tests.world.filing import District, district
from tests.world.uploads import scan

UNIT = Role.UNIT


@pytest.fixture
async def place(world: World) -> District:
    return await district(world, await world.campaign(attachments=KINDS))


async def attached(place: District) -> tuple[UUID, UUID]:
    application_id = await place.complete(pictures=0)
    record = await attachments.add(place.intake(UNIT), application_id, scan(1), "media", "报道")
    return application_id, UUID(record.attachment.id)


async def condemned(place: District) -> int | None:
    async with place.world.database.transaction() as session:
        return await session.scalar(select(func.count()).where(File.state == FileState.CONDEMNED))


async def test_every_change_leaves_its_trace_in_the_document_and_in_the_application(place: District) -> None:
    application_id, attachment_id = await attached(place)
    async with place.world.acting(place.actors[UNIT]) as ctx:
        for title in ("报道", "新报道"):  # the first changes nothing
            await attachments.retitle(ctx, application_id, attachment_id, AttachmentTitle(title=title), None)
    async with place.world.acting(place.actors[UNIT]) as ctx:
        await attachments.take_out(ctx, application_id, attachment_id, None)
    async with place.world.database.transaction() as session:
        actions = (await session.scalars(select(AuditEvent.action).order_by(AuditEvent.id))).all()
    assert actions[-6:] == [
        *("attachment.added", "application.attachment_added"),
        *("attachment.retitled", "application.attachment_retitled"),
        *("attachment.removed", "application.attachment_removed"),
    ]
    assert await condemned(place) == 1


async def test_a_version_keeps_the_bytes_of_what_is_taken_out(place: District) -> None:
    application_id, attachment_id = await attached(place)
    assert await condemned(place) == 0
    async with place.world.acting(place.actors[UNIT]) as ctx:
        await attachments.take_out(ctx, application_id, attachment_id, None)
    assert await condemned(place) == 1
