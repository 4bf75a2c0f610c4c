import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from app.models.enums import Role
from app.settings import Settings
from tests.world import World
from tests.world.apps import another_app
from tests.world.factors import FACTORS, asked
from tests.world.passkeys import QUESTION, SIGN_IN, Device, add_passkey, answer, question, with_passkey
from tests.world.people import codes, enter, person

PROOF = "/api/v1/session/reauthentication/passkey"


async def test_a_passkey_alone_signs_in_with_two_factors(world: World) -> None:
    account = await person(world)
    client, device = await with_passkey(world, account)
    listed = (await client.get(FACTORS)).json()["items"]
    assert [(each["kind"], each["name"]) for each in listed] == [("passkey", "笔记本")]
    assert (await asked(world, account))["factors"] == ["passkey"]
    opened = await answer(world, device)
    assert (opened.status_code, opened.json()["second_factor_required"]) == (201, False)
    inside = world.client(Authorization=f"Bearer {opened.json()['token']}")
    assert (await inside.get("/api/v1/accounts")).status_code == 200


async def test_an_answer_is_taken_once_however_many_send_it(world: World) -> None:
    _, device = await with_passkey(world, await person(world))
    signed = device.signed(await question(world))
    tried = await asyncio.gather(*(world.client().post(SIGN_IN, json=signed) for _ in range(3)))
    assert sorted(each.status_code for each in tried) == [201, 401, 401]


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "https://pinpai.example.org.evil.example"},
        {"domain": "evil.example"},
        {"verifies": False},
        {"key": Device().key},
        {"credential": b"unknown"},
        {"signatures": -1},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_whatever_is_wrong_with_an_answer_is_refused_alike(world: World, change: dict[str, object]) -> None:
    _, device = await with_passkey(world, await person(world))
    assert (await answer(world, device)).status_code == 201
    wrong = replace(device, **change) if "signatures" not in change else replace(device, signatures=0)  # type: ignore[arg-type]  # one member at a time
    refused = await answer(world, wrong)
    assert refused.json()["type"] == "urn:problem-type:pinpai:sign-in-refused"


async def test_a_question_is_ours_for_five_minutes_and_for_what_it_was_asked(world: World) -> None:
    account = await person(world)
    client, device = await with_passkey(world, account)
    old = await question(world)
    for_another = (await client.post(f"{FACTORS}/passkey-challenge")).json()["options"]
    assert (await world.client().post(SIGN_IN, json=device.signed(for_another))).status_code == 401
    assert world.database.clock.stopped_at is not None
    world.database.clock.stopped_at += timedelta(minutes=5)
    assert (await world.client().post(SIGN_IN, json=device.signed(old))).status_code == 401
    made = Device().made(await question(world), name="笔记本")
    assert codes(await client.post(f"{FACTORS}/passkeys", json=made)) == [("wrong_passkey", None)]


async def test_a_passkey_of_another_is_not_registered_again(world: World) -> None:
    _, device = await with_passkey(world, await person(world))
    thief = await enter(world, await person(world))
    refused = await add_passkey(thief, replace(device, key=Device().key))
    assert codes(refused) == [("already_exists", "/credential_id")]
    for wrong in (replace(Device(), verifies=False), Device(origin="https://evil.example"), Device(domain="evil")):
        assert codes(await add_passkey(thief, wrong)) == [("wrong_passkey", None)]


async def test_a_disabled_account_does_not_come_in_with_its_passkey(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    _, device = await with_passkey(world, account)
    office, _ = await with_passkey(world, await person(world))
    await office.post(f"/api/v1/accounts/{account.id}/suspension")
    assert (await answer(world, device)).status_code == 401


async def test_a_passkey_is_a_proof_of_identity_for_its_own_account_only(world: World) -> None:
    client, device = await with_passkey(world, await person(world))
    _, other = await with_passkey(world, await person(world))
    assert world.database.clock.stopped_at is not None
    world.database.clock.stopped_at += timedelta(minutes=11)
    assert (await client.post(f"{FACTORS}/recovery-codes")).status_code == 403
    foreign = await client.post(PROOF, json=other.signed(await question(world)))
    assert codes(foreign) == [("wrong_passkey", None)]
    assert (await client.post(PROOF, json=device.signed(await question(world)))).status_code == 204
    assert (await client.post(f"{FACTORS}/recovery-codes")).status_code == 201


async def test_without_a_domain_there_are_no_passkeys(world: World, settings: Settings) -> None:
    async with another_app(settings, world.database.clock, passkey_domain=None) as app:
        bare = World(app, world.contract)
        client = await enter(bare, await person(bare))
        assert codes(await client.post(f"{FACTORS}/passkey-challenge")) == [("passkeys_not_set_up", None)]
        assert codes(await bare.client().post(QUESTION)) == [("passkeys_not_set_up", None)]


NONSENSE = ("A", "AAAA", "e30", "oA", "W10", "bnVsbA", "eyJ0eXBlIjoieCJ9", "o2NmbXRkbm9uZQ")


@pytest.mark.parametrize("member", ["credential_id", "client_data", "authenticator_data", "signature"])
async def test_nonsense_is_refused_and_not_a_failure_of_ours(world: World, member: str) -> None:
    _, device = await with_passkey(world, await person(world))
    for nonsense in NONSENSE:
        signed = device.signed(await question(world)) | {member: nonsense}
        assert (await world.client().post(SIGN_IN, json=signed)).status_code == 401


@pytest.mark.parametrize("member", ["credential_id", "client_data", "attestation_object"])
async def test_a_nonsensical_passkey_is_not_registered(world: World, member: str) -> None:
    client = await enter(world, await person(world))
    for nonsense in NONSENSE:
        begun = (await client.post(f"{FACTORS}/passkey-challenge")).json()["options"]
        made = Device().made(begun, name="笔记本") | {member: nonsense}
        assert codes(await client.post(f"{FACTORS}/passkeys", json=made)) == [("wrong_passkey", None)]
