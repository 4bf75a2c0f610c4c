import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.context import Actor
from app.models import Account
from app.models.enums import Role
from app.problems import IdempotencyKeyReused, Unavailable
from app.services import idempotency
from app.services.idempotency import Key, StoredAnswer, fingerprint
from app.services.policies.people.retention import ANSWERS
from tests.world import NOW, World, actor_of

KEY = Key("a-key-of-a-client", fingerprint(["POST", "/applications"], b"{}"))
ANSWER = StoredAnswer(201, {"Location": "/applications/1"}, b'{"id": 1}')


@pytest.fixture
async def account(world: World) -> Account:
    return await world.account(Role.OFFICE)


async def send(world: World, actor: Actor, key: Key = KEY, answer: StoredAnswer | None = ANSWER) -> StoredAnswer | None:
    """One send of a key; without an answer its act fails."""
    async with world.acting(actor) as ctx:
        stored = await idempotency.claim(ctx, key)
        if stored is None:
            if answer is None:
                raise ZeroDivisionError
            await idempotency.keep(ctx, key, answer)
        return stored


async def test_the_first_acts_and_the_others_are_told_its_answer(world: World, account: Account) -> None:
    actor = actor_of(account)
    assert await send(world, actor) is None
    assert [await send(world, actor, answer=replace(ANSWER, status=500)) for _ in range(3)] == [ANSWER] * 3


async def test_of_many_at_once_one_acts(world: World, account: Account) -> None:
    outcomes = await asyncio.gather(*(send(world, actor_of(account)) for _ in range(30)))
    assert (outcomes.count(None), outcomes.count(ANSWER)) == (1, 29)


async def test_another_request_under_the_same_key_is_refused(world: World, account: Account) -> None:
    await send(world, actor_of(account))
    with pytest.raises(IdempotencyKeyReused):
        await send(world, actor_of(account), Key(KEY.value, fingerprint(["POST", "/applications"], b"{ }")))


async def test_a_key_belongs_to_its_account(world: World, account: Account) -> None:
    other = await world.account(Role.OFFICE)
    assert [await send(world, actor_of(each)) for each in (account, other)] == [None, None]


async def test_when_the_first_fails_the_second_acts(world: World, account: Account) -> None:
    with pytest.raises(ZeroDivisionError):
        await send(world, actor_of(account), answer=None)
    assert await send(world, actor_of(account)) is None


async def test_the_second_waits_for_the_first_and_acts_if_it_fails(world: World, account: Account) -> None:
    with suppress(ZeroDivisionError):
        async with world.acting(actor_of(account)) as ctx:
            assert await idempotency.claim(ctx, KEY) is None
            second = asyncio.create_task(send(world, actor_of(account)))
            await asyncio.sleep(0.1)
            assert not second.done()
            raise ZeroDivisionError
    assert await second is None


async def test_keys_are_forgotten_after_a_week(world: World, account: Account) -> None:
    await send(world, actor_of(account))
    clock = world.database.clock
    clock.stopped_at = NOW + ANSWERS
    assert await idempotency.forget(world.database, ANSWERS) == 0
    clock.stopped_at = NOW + ANSWERS + timedelta(microseconds=1)
    assert await idempotency.forget(world.database, ANSWERS) == 1
    assert await send(world, actor_of(account)) is None


def test_a_fingerprint_is_of_every_part() -> None:
    prints = {fingerprint(parts, body) for parts in (["a"], ["a", "b"], ["b", "a"]) for body in (b"", b"c")}
    assert len(prints) == 6


async def begin(world: World, actor: Actor) -> StoredAnswer | None:
    """The claim of an act in several transactions: stored before it is done."""
    async with world.acting(actor) as ctx:
        return await idempotency.claim(ctx, KEY)


async def test_while_one_of_several_transactions_is_at_it_others_come_again(world: World, account: Account) -> None:
    actor = actor_of(account)
    assert await begin(world, actor) is None
    with pytest.raises(Unavailable):
        await begin(world, actor)
    async with world.acting(actor) as ctx:
        await idempotency.keep(ctx, KEY, ANSWER)
    assert await begin(world, actor) == ANSWER


async def test_what_was_refused_may_be_tried_again_at_once(world: World, account: Account) -> None:
    await begin(world, actor_of(account))
    async with world.acting(actor_of(account)) as ctx:
        await idempotency.release(ctx, KEY)
    assert await begin(world, actor_of(account)) is None


async def test_what_a_dead_process_was_at_is_taken_over_once(world: World, account: Account) -> None:
    await begin(world, actor_of(account))
    world.database.clock.stopped_at = NOW + idempotency.UNDECIDED_FOR
    assert await begin(world, actor_of(account)) is None
    with pytest.raises(Unavailable):
        await begin(world, actor_of(account))


async def test_an_answer_is_not_released(world: World, account: Account) -> None:
    await send(world, actor_of(account))
    async with world.acting(actor_of(account)) as ctx:
        await idempotency.release(ctx, KEY)
    assert await begin(world, actor_of(account)) == ANSWER


def test_an_answer_stored_before_the_cipher_changed_is_still_given() -> None:
    former = AESGCM(KEY.of_answer).encrypt(bytes(12), b'[201, {"Location": "/applications/1"}]\n{"id": 1}', None)
    assert StoredAnswer.opened(KEY, former) == ANSWER
