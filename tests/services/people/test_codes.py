from uuid import uuid4

import pytest

from app.context import Actor
from app.models.enums import Role
from app.services.people import codes
from app.services.people.invitations import HOST
from tests.world import World


@pytest.mark.parametrize(
    ("role", "used", "on_host", "waits"),
    [
        (Role.UNIT, False, False, False),
        (Role.UNIT, True, False, True),
        (Role.OFFICE, False, False, True),
        (Role.OFFICE, True, True, False),
    ],
)
async def test_a_code_waits_for_a_second_person_where_it_could_take_over(
    world: World, role: Role, *, used: bool, on_host: bool, waits: bool
) -> None:
    issuer = HOST if on_host else Actor((await world.account(Role.OFFICE)).id, Role.OFFICE, "李文博")
    async with world.acting(issuer) as ctx:
        columns = codes.issued(ctx, str(uuid4()), role, used=used)
    assert codes.fate_of(columns) == {"awaits_confirmation": waits}
    assert codes.fate_of(codes.NO_CODE) == {"awaits_confirmation": False}
