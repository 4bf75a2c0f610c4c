from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import select

from app.context import ANONYMOUS
from app.models import Account, AuditEvent, Session
from app.models.enums import Role
from app.problems import RulesViolated
from app.services.people import accounts, hashing, passwords
from app.services.people.accounts import AccountCreate
from app.services.people.passwords import Activation, PasswordChange
from tests.world import NOW, PLENTY, World, actor_of
from tests.world.people import ANOTHER, PASSWORD, person

HERE = "127.0.0.1"


async def invited(world: World) -> tuple[UUID, str]:
    office = actor_of(await world.account(Role.OFFICE))
    async with world.acting(office) as ctx:
        account_id, code = await accounts.invite(
            ctx, AccountCreate(username="longhua.li", name="李文博", role=Role.REVIEWER), PLENTY
        )
    assert code is not None
    return account_id, code


async def activate(world: World, code: str) -> list[str]:
    """Codes of the findings; none when it worked."""
    try:
        await passwords.activate(partial(world.acting, ANONYMOUS), Activation(code=code, password=PASSWORD), HERE)
    except RulesViolated as refused:
        return [finding.rule.code for finding in refused.findings]
    return []


async def test_a_code_lives_three_days(world: World) -> None:
    _, code = await invited(world)
    clock = world.database.clock
    clock.stopped_at = NOW + timedelta(hours=72)
    assert await activate(world, code) == ["unknown_code"]
    clock.stopped_at = NOW + timedelta(hours=72) - timedelta(microseconds=1)
    assert await activate(world, code) == []
    assert await activate(world, code) == ["unknown_code"]


async def test_disabling_voids_the_code(world: World) -> None:
    account_id, code = await invited(world)
    async with world.acting(actor_of(await world.account(Role.OFFICE))) as ctx:
        await accounts.suspend(ctx, account_id)
    assert await activate(world, code) == ["unknown_code"]
    async with world.database.transaction() as session:
        refused = await session.scalars(select(AuditEvent).where(AuditEvent.action == "sign_in.code_refused"))
    assert [(event.changes or {})["trace"] for event in refused] == [{"address": HERE}]


async def test_a_new_password_ends_all_other_sessions(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    for _ in range(3):
        await world.sign_in(account)
    async with world.database.transaction() as session:
        here = (await session.scalars(select(Session.id))).all()[0]
    body = PasswordChange(current_password=PASSWORD, new_password=ANOTHER)
    await passwords.replace_own(partial(world.acting, replace(actor_of(account), session_id=here)), body, HERE)
    async with world.database.transaction() as session:
        assert (await session.scalars(select(Session.id))).all() == [here]
        (event,) = await session.scalars(select(AuditEvent).where(AuditEvent.action == "account.password_changed"))
        changed = await session.get_one(Account, account.id)
    assert event.data == {"changed": ["secret_hash"], "sessions_ended": 2}
    assert await hashing.matches(changed.secret_hash, ANOTHER)


async def test_a_password_that_was_changed_meanwhile_is_not_overwritten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await person(world, Role.REVIEWER)
    hashed, rival = hashing.hashed, await hashing.hashed("quiet harbour, nine kites")

    async def overtaken(password: str) -> str:
        async with world.database.transaction() as session:
            (await session.get_one(Account, account.id)).secret_hash = rival
        return await hashed(password)

    monkeypatch.setattr(hashing, "hashed", overtaken)
    body = PasswordChange(current_password=PASSWORD, new_password=ANOTHER)
    with pytest.raises(RulesViolated) as refused:
        await passwords.replace_own(partial(world.acting, actor_of(account)), body, HERE)
    assert [finding.rule.code for finding in refused.value.findings] == ["wrong_password"]
    async with world.database.transaction() as session:
        assert (await session.get_one(Account, account.id)).secret_hash == rival
