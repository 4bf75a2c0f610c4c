from uuid import uuid4

import pytest

from app.context import View
from app.models.enums import Role
from app.problems import NotFound
from app.services.filing import letters
from tests.world import World
from tests.world.filing import district


@pytest.mark.parametrize("role", [Role.OFFICE, Role.COMMITTEE])
async def test_there_is_no_letter_about_what_is_not_there(world: World, role: Role) -> None:
    place = await district(world)

    async def answered(view: View) -> None:
        for letter in (letters.plan_return(view, uuid4(), None), letters.swap_answer(view, uuid4())):
            with pytest.raises(NotFound):
                await letter
        with pytest.raises(NotFound):
            await letters.extension(view, uuid4())

    async with world.viewing(place.actors[role]) as view:
        await answered(view)
