from datetime import timedelta
from functools import partial

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import func, select

from app.context import ANONYMOUS
from app.models import Account, AuditEvent, Session
from app.models.enums import AccountStatus, Role
from app.problems import NotFound, SignInRefused
from app.services import jobs
from app.services.people import authentication, hashing, sessions
from app.services.people.sessions import Opened, Origin, SessionCreate
from tests.world import NOW, World, actor_of
from tests.world.people import PASSWORD, person
from tests.world.statements import noted

ORIGIN = Origin("127.0.0.1", "tests/1", idle=timedelta(minutes=30), life=timedelta(hours=12))


async def sign_in(world: World, account: Account, password: str = PASSWORD) -> Opened:
    body = SessionCreate(username=account.username, password=password)
    return await sessions.sign_in(partial(world.acting, ANONYMOUS), body, ORIGIN)


async def is_open(world: World, opened: Opened) -> bool:
    digest = sessions.token_hash(opened.token)
    return await authentication.authenticate(world.database, digest, idle_minutes=30) is not None


async def test_only_the_hash_of_a_token_is_stored(world: World) -> None:
    opened = await sign_in(world, await person(world))
    async with world.database.transaction() as session:
        assert await session.scalar(select(Session.token_hash)) == sessions.token_hash(opened.token)


async def test_the_eleventh_session_ends_the_oldest(world: World) -> None:
    account = await person(world)
    opened = [await sign_in(world, account) for _ in range(11)]
    assert [await is_open(world, each) for each in opened] == [False] + [True] * 10


async def test_an_outdated_hash_is_renewed_at_sign_in(world: World) -> None:
    account = await person(world)
    async with world.database.transaction() as session:
        weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
        (await session.get_one(Account, account.id)).secret_hash = weak
    await sign_in(world, account)
    async with world.database.transaction() as session:
        renewed = (await session.get_one(Account, account.id)).secret_hash
    assert renewed is not None
    assert not hashing.is_outdated(renewed)
    await sign_in(world, account)


async def test_a_token_answers_its_actor_until_the_account_is_disabled(world: World) -> None:
    unit = await world.unit(await world.committee())
    account = await person(world, Role.UNIT, unit=unit)
    opened = await sign_in(world, account)
    known = await authentication.authenticate(world.database, sessions.token_hash(opened.token), idle_minutes=30)
    assert known is not None
    actor, now = known
    assert (actor.id, actor.role, actor.unit_id, actor.committee_id) == (
        account.id,
        Role.UNIT,
        unit.id,
        unit.committee_id,
    )
    assert (now, opened.account.unit_name) == (NOW, unit.name)
    async with world.database.transaction() as session:
        (await session.get_one(Account, account.id)).status = AccountStatus.DISABLED
    assert not await is_open(world, opened)


async def test_a_session_is_seen_once_a_minute_and_ends_for_good_after_its_idle_time(world: World) -> None:
    opened = await sign_in(world, await person(world))
    seen = []
    for seconds in (60, 61, 61 + 30 * 60):
        world.database.clock.stopped_at = NOW + timedelta(seconds=seconds)
        answered = await is_open(world, opened)
        async with world.database.transaction() as session:
            seen.append((answered, await session.scalar(select(Session.seen_at))))
    late = NOW + timedelta(seconds=61)
    assert seen == [(True, NOW), (True, late), (False, late)]
    assert await sessions.forget(world.database) == 1


async def test_a_refused_sign_in_opens_nothing_and_is_in_the_history(world: World) -> None:
    account = await person(world)
    with pytest.raises(SignInRefused):
        await sign_in(world, account, "wrong")
    async with world.database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Session)) == 0
        (event,) = await session.scalars(select(AuditEvent))
    assert (event.action, event.subject_id, (event.changes or {})["trace"]) == (
        "account.sign_in_refused",
        account.id,
        {"address": ORIGIN.address},
    )


async def test_nobody_ends_the_session_of_another(world: World) -> None:
    account, stranger = await person(world), await person(world)
    opened = await sign_in(world, account)
    async with world.database.transaction() as session:
        session_id = await session.scalar(select(Session.id))
    with pytest.raises(NotFound):
        async with world.acting(actor_of(stranger)) as ctx:
            await sessions.end(ctx, session_id)
    assert await is_open(world, opened)
    async with world.acting(actor_of(account)) as ctx:
        await sessions.end(ctx, session_id)
    assert not await is_open(world, opened)


async def test_a_refusal_costs_the_same_whoever_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same statements in the same order, locks and all, and one check against a hash of the same parameters."""
    real, disabled, unused, client = [await person(world) for _ in range(4)]
    async with world.database.transaction() as session:
        (await session.get_one(Account, disabled.id)).status = AccountStatus.DISABLED
        (await session.get_one(Account, unused.id)).secret_hash = None
        (await session.get_one(Account, client.id)).role = Role.MUNICIPAL
    costs: list[object] = []
    verify = PasswordHasher.verify

    def noting(hasher: PasswordHasher, stored: str | bytes, password: str | bytes) -> bool:
        costs.append(extract_parameters(str(stored)))
        return verify(hasher, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", noting)
    seen = []
    for name in (real.username, "nobody", disabled.username, unused.username, client.username):
        costs.clear()
        body = SessionCreate(username=name, password="wrong " + PASSWORD)
        with noted(world.database) as sent, pytest.raises(SignInRefused):
            await sessions.sign_in(partial(world.acting, ANONYMOUS), body, ORIGIN)
        seen.append((list(sent), list(costs)))
    assert [each for each in seen if each != seen[0]] == []
    assert not any("accounts" in statement and "FOR UPDATE" in statement for statement in seen[0][0])
    assert len(seen[0][1]) == 1


async def test_the_host_ends_the_sessions_of_one_account_and_of_all(world: World) -> None:
    accounts = [await person(world) for _ in range(3)]
    clients = [await world.sign_in(account) for account in (*accounts, accounts[0])]

    async def answered() -> list[int]:
        return [(await client.get("/api/v1/account")).status_code for client in clients]

    async def ended(username: str | None) -> int:
        async with jobs.acting(world.database) as ctx:
            return await sessions.end_of(ctx, username)

    assert await ended(accounts[0].username.upper()) == 2
    assert await answered() == [401, 200, 200, 401]
    assert await ended("nobody") == 0
    assert await ended(None) == 2
    assert await answered() == [401] * 4
    async with world.database.transaction() as session:
        events = list(await session.scalars(select(AuditEvent).where(AuditEvent.action == "account.signed_out")))
    assert sorted(event.data["sessions_ended"] for event in events) == [1, 1, 2]
    assert {event.subject_id for event in events} == {account.id for account in accounts}
    assert {event.actor_id for event in events} == {None}
