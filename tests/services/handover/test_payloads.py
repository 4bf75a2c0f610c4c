"""A payload is fixed with its nomination, and its files are read through it alone."""

import hashlib
import json
from uuid import UUID

import pytest
from sqlalchemy import update

from app.models import Committee, Unit
from app.problems import NotFound
from app.services import jobs
from app.services.handover import payloads
from tests.world import World
from tests.world.handover import nominating


async def test_a_payload_stays_as_it_was_fixed_whatever_is_renamed_since(world: World) -> None:
    place = await nominating(world)
    made = await place.nominated()
    async with world.database.transaction() as session:
        for model in (Committee, Unit):
            await session.execute(update(model).values(name="改名"))
    async with world.viewing(jobs.SYSTEM) as view:
        sent = await payloads.read(view, UUID(made["id"]))
    assert hashlib.sha256(sent.content).hexdigest() == sent.sha256 == made["payload_digest"]
    assert "改名" not in sent.content.decode()


async def test_a_file_is_found_through_the_nomination_that_names_it_and_no_other(world: World) -> None:
    place = await nominating(world, 2)
    first, second = [UUID((await place.nominated(case))["id"]) for case in range(2)]
    async with world.viewing(jobs.SYSTEM) as view:
        named = json.loads((await payloads.read(view, first)).content)["files"]
        for file in named:
            stored = await payloads.stored(view, first, file["sha256"])
            assert (str(stored.id), stored.media_type) == (file["file_id"], file["media_type"])
            with pytest.raises(NotFound):
                await payloads.stored(view, second, file["sha256"])
    assert len(named) == 3
