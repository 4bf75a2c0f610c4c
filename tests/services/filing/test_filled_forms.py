"""The pictures of a form that is refused in the end become nobody's."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from app.models import File
from app.models.enums import FileState, Role
from app.problems import InsufficientStorage, LimitReached
from app.services.files import Intake
from app.services.filing import filled_forms
from app.services.policies.limits import PROCESSING_USED_UP
from tests.world import PLENTY, World
from tests.world.filing import district
from tests.world.filled_forms import filled
from tests.world.uploads import photo


async def states(world: World, most: int) -> list[FileState]:
    async with world.database.transaction() as session:
        return list(await session.scalars(select(File.state).order_by(File.id.desc()).limit(most)))


async def test_what_arrived_before_the_allowance_was_used_up_is_condemned(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = await district(world)
    intake, receive = place.intake(Role.UNIT), Intake.receive
    sent = []

    async def used_up_at_the_third(self: object, data: bytes, *more: object) -> object:
        sent.append(data)
        if len(sent) == 3:
            raise LimitReached(PROCESSING_USED_UP(maximum=1, hours=1), retry_after=1)
        return await receive(intake, data, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(Intake, "receive", used_up_at_the_third)
    data = filled(pictures=[(photo(1), "图1"), (photo(2), "图2")])
    with pytest.raises(LimitReached):
        await filled_forms.receive(intake, place.campaign.id, None, data)
    assert await states(world, 2) == [FileState.CONDEMNED] * 2


async def test_a_quota_that_is_full_leaves_nothing_but_files_that_are_swept(world: World) -> None:
    place = await district(world)
    intake, full = place.intake(Role.UNIT), replace(PLENTY, applications_per_unit=0)
    received = await filled_forms.receive(intake, place.campaign.id, None, filled(pictures=[(photo(1), "图1")]))
    with pytest.raises(InsufficientStorage):
        async with filled_forms.drafted(intake, received, full, dry_run=False):
            pass
    assert await states(world, 2) == [FileState.RESERVED] * 2
