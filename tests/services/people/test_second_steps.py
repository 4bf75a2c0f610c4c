import pytest
from sqlalchemy import select

from app.models import Account, AuditEvent, SignInAttempt
from app.models.enums import Role
from app.services.people import hashing
from tests.world import World
from tests.world.factors import challenge, second_step, with_totp
from tests.world.people import ANOTHER, PASSWORD, enter, person

PROOF = "/api/v1/session/reauthentication"


async def test_a_wrong_code_after_the_right_password_is_in_the_history(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    await with_totp(world, account)
    await second_step(world.client(), await challenge(world, account), "000000")
    await second_step(world.client(), "unknown", "000000")
    async with world.database.transaction() as session:
        refused = await session.scalars(
            select(AuditEvent).where(AuditEvent.action.like("%refused")).order_by(AuditEvent.ordinal)
        )
        attempts = (await session.scalars(select(SignInAttempt.succeeded))).all()
        assert [(event.action, event.subject_id == account.id) for event in refused] == [
            ("account.second_step_refused", True),
            ("sign_in.refused", False),
        ]
    assert sorted(attempts, key=str) == [False, False, True]


async def test_the_right_password_alone_makes_no_address_known(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    await with_totp(world, account)
    async with world.database.transaction() as session:
        for attempt in await session.scalars(select(SignInAttempt)):
            await session.delete(attempt)
    await challenge(world, account)
    async with world.database.transaction() as session:
        assert (await session.scalars(select(SignInAttempt))).all() == []


@pytest.mark.parametrize("meanwhile", [None, ANOTHER])
async def test_a_password_changed_while_it_was_checked_proves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, meanwhile: str | None
) -> None:
    account = await person(world, Role.REVIEWER)
    client = await enter(world, account)
    matches = hashing.matches

    async def slow(stored: str | None, password: str) -> bool:
        if meanwhile:
            async with world.database.transaction() as session:
                (await session.get_one(Account, account.id)).secret_hash = await hashing.hashed(meanwhile)
        return await matches(stored, password)

    monkeypatch.setattr(hashing, "matches", slow)
    answer = await client.post(PROOF, json={"password": PASSWORD})
    assert answer.status_code == (409 if meanwhile else 204)


async def test_a_machine_client_has_nothing_to_prove(world: World) -> None:
    machine = await world.client_of(Role.MUNICIPAL)
    assert (await machine.post(PROOF, json={"password": PASSWORD})).status_code == 403
