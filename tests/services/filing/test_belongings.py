from sqlalchemy import func, select

from app.models import Attachment, File, Image, Partner
from app.models.enums import FileState, Role
from app.services.filing import applications
from tests.world import World
from tests.world.attachments import KINDS, add_attachment
from tests.world.filing import district
from tests.world.uploads import scan


async def test_files_of_every_sort_go_with_a_draft_that_is_deleted(world: World) -> None:
    place = await district(world, await world.campaign(attachments=KINDS))
    application_id = await place.complete(pictures=2)
    await add_attachment(world, application_id, scan(1))
    async with world.acting(place.actors[Role.UNIT]) as ctx:
        await applications.delete(ctx, application_id, None)
    async with world.database.transaction() as session:
        states = dict(iter(await session.execute(select(File.state, func.count()).group_by(File.state))))
        left = [await session.scalar(select(func.count(each.id))) for each in (Image, Attachment, Partner)]
    assert (states, left) == ({FileState.CONDEMNED: 5}, [0, 0, 0])
