"""Resemblances as the worker finds them: once for each content, whatever is submitted at the same time."""

import asyncio
from itertools import permutations
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select

from app.database import Database
from app.models import Image, Resemblance, Sketch, sketch_marks
from app.services import events, jobs
from app.services.filing import resemblances
from app.services.policies.filing import resemblances as policy
from app.services.policies.filing.resemblances import FIXED
from app.settings import Settings
from tests.world import World
from tests.world.corpus import narrative
from tests.world.filing import District, district
from tests.world.notifying import number
from tests.world.worker import work_off


@pytest.fixture
async def place(world: World) -> District:
    return await district(world)


async def found(database: Database) -> set[tuple[UUID, UUID, int, int, int]]:
    """Return the stored pairs: whose content resembles whose, in how much, and in how many pictures."""
    async with database.transaction() as session:
        of = {each.id: each.application_id for each in await session.scalars(select(Sketch))}
        rows = await session.scalars(select(Resemblance))
        return {(of[each.sketch_id], of[each.other_id], each.share, each.other_share, each.pictures) for each in rows}


async def test_the_worker_compares_what_is_submitted_with_all_before_it(
    world: World, place: District, settings: Settings
) -> None:
    partly = narrative(2) | {"practices": narrative(1)["practices"]}
    first, copy, other = [await place.submitted(**cells) for cells in (narrative(1), partly, narrative(3))]
    await number(world)
    while await events.follow(world.database, "resemblances", events.asking(resemblances.TASK, FIXED)):
        continue
    await work_off(settings, world.database, {resemblances.TASK: jobs.alone(world.database, resemblances.compare)})
    assert await found(world.database) == {(first, copy, 40, 40, 0), (copy, first, 40, 40, 0)}
    assert other not in {first, copy}


async def compare(world: World, application_id: UUID) -> None:
    await jobs.alone(world.database, resemblances.compare)(subject_id=str(application_id))


async def sketches(world: World) -> list[Sketch]:
    async with world.database.transaction() as session:
        return [*await session.scalars(select(Sketch))]


async def show(world: World, application_id: UUID, *fingerprints: str) -> None:
    """Let the first pictures of an application look like this."""
    async with world.database.transaction() as session:
        images = await session.scalars(select(Image).where(Image.application_id == application_id).order_by(Image.slot))
        for image, fingerprint in zip(images, fingerprints, strict=False):
            image.fingerprint = fingerprint


async def test_two_contents_that_are_compared_at_once_find_each_other_and_once(world: World, place: District) -> None:
    ids = [await place.submitted(**narrative(7)) for _ in range(4)]
    twice = [compare(world, each) for each in ids for _ in range(2)]
    await asyncio.gather(*twice)
    pairs = [(one, two) for one, two, *_ in await found(world.database)]
    assert sorted(pairs) == sorted(permutations(ids, 2))


async def test_the_same_picture_is_enough(world: World, place: District) -> None:
    ids = [await place.submitted(**narrative(seed)) for seed in (11, 12, 13)]
    await show(world, ids[0], "0f0f3c3c55aa9966", "f0f03c3c55aa9966")
    await show(world, ids[1], "0f0f3c3c55aa9967")
    await show(world, ids[2], "0123456789abcdef")
    for each in ids:
        await compare(world, each)
    assert {(one, two, number) for one, two, _, _, number in await found(world.database)} == {
        (ids[0], ids[1], 1),
        (ids[1], ids[0], 1),
    }


async def test_a_set_phrase_in_more_texts_than_are_looked_up_hides_no_copy(world: World, place: District) -> None:
    first, copy = [await place.submitted(**narrative(21)) for _ in range(2)]
    await compare(world, first)
    phrase = (await sketches(world))[0].hashes[0]
    async with world.database.transaction() as session:
        version_id = (await session.scalars(select(Sketch.version_id))).one()
        others = {"application_id": first, "version_id": version_id, "bands": [], "fingerprints": {}}
        session.add_all(
            [Sketch(digest=f"{each}", hashes=[phrase], **others) for each in range(policy.MOST_HOLDERS + 1)]
        )
    await compare(world, copy)
    assert {(one, two) for one, two, *_ in await found(world.database)} == {(first, copy), (copy, first)}


async def test_the_database_keeps_the_marks_of_each_sketch(
    world: World, place: District, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    application_id = await place.submitted(**narrative(31))
    await show(world, application_id, "0f0f3c3c55aa9966")
    await compare(world, application_id)
    (sketch,) = await sketches(world)
    async with world.database.transaction() as session:
        marks = sorted(await session.execute(select(sketch_marks.c.mark, sketch_marks.c.sketch_id)))
    assert marks == sorted((mark, sketch.id) for mark in [*sketch.hashes, *(~band for band in sketch.bands)])
    await owner.execute("DELETE FROM sketches")
    assert await owner.fetch("SELECT * FROM sketch_marks") == []
