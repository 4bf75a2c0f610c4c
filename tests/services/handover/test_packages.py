"""A package says its size before its first byte is read, and holds what stands alone."""

import zipfile
from io import BytesIO
from uuid import UUID

from app.models import Nomination
from app.models.enums import NominationStatus
from app.services import jobs
from app.services.handover import packages
from app.storage import Storage
from tests.world import World
from tests.world.handover import nominating


async def test_a_package_has_the_size_it_says_and_only_what_stands(world: World) -> None:
    place = await nominating(world, 2)
    made = [await place.nominated(case) for case in range(2)]
    async with world.database.transaction() as session:
        (await session.get_one(Nomination, UUID(made[1]["id"]))).status = NominationStatus.REPLACED
    async with world.viewing(jobs.SYSTEM) as view:
        package = await packages.pack(view, place.campaign.id)
    storage: Storage = world.app.state.storage
    size, content = package.stream(storage)
    archive = b"".join([piece async for piece in content])
    assert len(archive) == size
    with zipfile.ZipFile(BytesIO(archive)) as bag:
        folders = {name.split("/")[2] for name in bag.namelist() if name.endswith("payload.json")}
    assert folders == {made[0]["application_number"]}
