from datetime import timedelta

from sqlalchemy import select

from app.models import AuditEvent, Factor, PasskeyChallenge
from app.models.enums import Role
from app.services.people import sessions
from tests.world import World
from tests.world.passkeys import Device, answer, question, with_passkey
from tests.world.people import person


async def test_the_counter_of_signatures_follows_the_device(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    _, device = await with_passkey(world, account)
    assert (await answer(world, device)).status_code == 201
    copy = Device(signatures=0, key=device.key, credential=device.credential)
    assert (await answer(world, copy)).status_code == 401
    async with world.database.transaction() as session:
        (factor,) = await session.scalars(select(Factor))
        refused = await session.scalars(select(AuditEvent).where(AuditEvent.action == "account.sign_in_refused"))
        assert (factor.sign_count, [event.subject_id for event in refused]) == (1, [account.id])


async def test_questions_nobody_answered_are_forgotten(world: World) -> None:
    await question(world)
    assert world.database.clock.stopped_at is not None
    world.database.clock.stopped_at += timedelta(minutes=6)
    await sessions.forget(world.database)
    async with world.database.transaction() as session:
        assert (await session.scalars(select(PasskeyChallenge))).all() == []
