"""Copies of what is stored about a person: who gets one, and what stays of that."""

from datetime import timedelta

from sqlalchemy import select

from app.models import AuditEvent
from app.models.enums import Role
from tests.world import NOW, World
from tests.world.people import enter, person


async def test_the_office_gets_a_copy_and_nobody_else_and_the_history_has_it(world: World) -> None:
    account, office, other = await person(world, Role.REVIEWER), await person(world), await person(world, Role.REVIEWER)
    address = f"/api/v1/accounts/{account.id}/export"
    assert (await (await enter(world, other)).post(address)).status_code == 404
    client = await enter(world, office)
    assert (await client.post(address)).status_code == 200
    clock = world.database.clock
    clock.stopped_at = NOW + timedelta(minutes=11)
    late = await client.post(address)
    assert (late.status_code, late.json()["type"].rpartition(":")[2]) == (403, "reauthentication-required")
    async with world.database.transaction() as session:
        found = await session.scalars(select(AuditEvent).where(AuditEvent.action == "account.exported"))
    assert [(event.actor_id, event.subject_id) for event in found] == [(office.id, account.id)]
