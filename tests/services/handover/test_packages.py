"""A package says its size before its first byte is read, and holds what stands alone."""

import zipfile
from dataclasses import replace
from io import BytesIO
from uuid import UUID

from app.models import Nomination
from app.models.enums import NominationStatus, Role
from app.printing.paper import Paper
from app.services.handover import packages
from app.storage import Storage
from tests.world import World, actor_of
from tests.world.handover import nominating


async def test_a_package_has_the_size_it_says_and_only_what_stands(world: World) -> None:
    place = await nominating(world, 2)
    made = [await place.nominated(case) for case in range(2)]
    async with world.database.transaction() as session:
        (await session.get_one(Nomination, UUID(made[1]["id"]))).status = NominationStatus.REPLACED
    clerk = actor_of(await world.account(Role.OFFICE))
    async with world.viewing(clerk) as view:
        material = await packages.read(view, place.campaign.id)
    package = await packages.pack(material, world.app.state.press, clerk.id)
    storage: Storage = world.app.state.storage
    size, content = package.stream(storage)
    archive = b"".join([piece async for piece in content])
    assert len(archive) == size
    with zipfile.ZipFile(BytesIO(archive)) as bag:
        folders = {name.split("/")[2] for name in bag.namelist() if name.endswith("payload.json")}
    assert folders == {made[0]["application_number"]}


async def test_a_form_with_a_character_that_no_font_has_is_there_for_word_alone(world: World) -> None:
    place = await nominating(world)
    await place.nominated()
    clerk = actor_of(await world.account(Role.OFFICE))
    async with world.viewing(clerk) as view:
        material = await packages.read(view, place.campaign.id)
    [(row, payload, sheet)] = material.cases
    assert isinstance(sheet.paper, Paper)
    rare = replace(sheet, paper=replace(sheet.paper, title="红𡃁甲"))
    package = await packages.pack(replace(material, cases=[(row, payload, rare)]), world.app.state.press, clerk.id)
    assert [each.path.rpartition("/")[2] for each in package.files if "/form." in each.path] == ["form.docx"]
