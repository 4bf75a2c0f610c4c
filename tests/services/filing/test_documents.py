from sqlalchemy import select

from app.context import ANONYMOUS
from app.models import AuditEvent
from app.models.enums import DocumentKind, Role
from app.services import files
from app.services.filing import documents
from tests.world import World
from tests.world.filing import district
from tests.world.uploads import scan


async def test_a_removed_document_keeps_its_bytes_and_leaves_a_trace(world: World) -> None:
    place = await district(world)
    added = [
        await documents.add(
            place.intake(Role.OFFICE), place.campaign.id, scan(1), DocumentKind.PRIORITIES, "工作要点", public=True
        )
    ]
    async with world.acting(place.actors[Role.OFFICE]) as ctx:
        await documents.remove(ctx, added[0])
    await files.sweep(world.database, world.app.state.storage, grace_days=0)
    async with world.viewing(place.actors[Role.OFFICE]) as view:
        stored = await documents.stored(view, added[0])
    assert await world.app.state.storage.get(files.key_of(stored.id), sha256=stored.sha256)
    async with world.viewing(ANONYMOUS) as view:
        assert await documents.public(view, place.campaign.id) == []
    async with world.database.transaction() as session:
        actions = await session.scalars(select(AuditEvent.action).where(AuditEvent.subject_id == added[0]))
        assert sorted(actions) == ["document.added", "document.removed"]
