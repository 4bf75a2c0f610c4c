import asyncio
from collections import deque
from datetime import timedelta
from typing import Any

import pytest

from app.models.enums import Role
from app.settings import Settings
from tests.world import World
from tests.world.apps import another_app
from tests.world.factors import add_totp, second_step
from tests.world.people import codes, enter, person
from tests.world.provider import REDIRECT, signing_key
from tests.world.receiver import endless, hang_up, silence, status
from tests.world.sign_ons import BEGIN, BINDING, END, IDENTITY, LOGOUT, Town, brought, signing_on

ME = "/api/v1/account"


def kind(refused: Any) -> str:
    return str(refused.json()["type"]).rpartition(":")[2]


async def test_whoever_is_bound_enters_as_their_account(town: Town) -> None:
    account = await person(town.world, Role.REVIEWER)
    await town.bound(account, "li")
    opened = await town.sign_on("li")
    assert (opened.status_code, opened.json()["account"]["id"]) == (201, str(account.id))
    client = town.world.client(Authorization=f"Bearer {opened.json()['token']}")
    assert (await client.get(ME)).json()["role"] == "reviewer"
    session, identity = (await client.get("/api/v1/session")).json(), (await client.get(f"{ME}/identity")).json()
    assert (session["identity_id"], identity["subject"]) == (identity["id"], "li")


async def test_a_sign_out_of_a_subject_ends_what_was_opened_by_a_session_that_had_no_name(town: Town) -> None:
    await town.bound(await person(town.world, Role.REVIEWER), "li")
    unnamed, another = await town.entered("li"), await town.entered("li", "s2")
    assert (await town.told(town.provider.logout_token(sub="li", sid="s1"))).status_code == 204
    assert [(await each.get("/api/v1/session")).status_code for each in (unnamed, another)] == [401, 200]


@pytest.mark.parametrize(("hours", "status_code"), [(0, 200), (10, 403), (24 * 365, 403), (None, 403)])
async def test_a_session_at_the_provider_is_no_proof_of_now(town: Town, hours: int | None, status_code: int) -> None:
    account = await person(town.world, Role.REVIEWER)
    await town.bound(account, "li")
    assert town.world.database.clock.stopped_at is not None
    now = int(town.world.database.clock.stopped_at.timestamp())
    town.provider.claims["auth_time"] = None if hours is None else now - hours * 3600
    client = await town.entered("li")
    assert (await client.post(f"/api/v1/accounts/{account.id}/export")).status_code == status_code


async def test_frontends_read_what_they_need(town: Town) -> None:
    assert (await town.world.client().get("/api/v1/sign-on")).json() == {
        "name": "唐山市统一身份认证",
        "redirect_uris": [REDIRECT],
        "sign_out_url": f"{town.provider.issuer}/sign-out?client_id=pinpai",
    }
    elsewhere = await town.world.client().post(BEGIN, json={"redirect_uri": "https://evil.example/"})
    assert codes(elsewhere) == [("unknown_redirect", "/redirect_uri")]


async def test_no_account_is_made_of_an_identity_and_no_role(town: Town) -> None:
    town.provider.claims = {"role": "office", "groups": ["office"], "email": "li@example.org"}
    assert codes(await town.sign_on("stranger")) == [("identity_not_bound", None)]
    account = await person(town.world, Role.UNIT, unit=await town.world.unit(await town.world.committee()))
    await town.bound(account, "li")
    assert (await town.sign_on("li")).json()["account"]["role"] == "unit"


@pytest.mark.parametrize(
    "change",
    [
        {"state": "another"},
        {"code": "another"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"challenge": "another"},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_whatever_is_wrong_with_an_answer_is_refused_alike(town: Town, change: dict[str, Any]) -> None:
    await town.bound(await person(town.world, Role.REVIEWER), "li")
    begun = await town.begun()
    answer = brought(begun, town.provider.authorize(begun["authorization_url"], "li"))
    refused = await town.world.client().post(END, json=answer | change)
    assert (refused.status_code, kind(refused)) == (401, "sign-in-refused")
    if "challenge" not in change:  # it is used up, whatever was wrong
        assert (await town.world.client().post(END, json=answer)).status_code == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "another"},
        {"aud": ["pinpai", "another"], "azp": "another"},
        {"iss": "https://evil.example"},
        {"exp": 1_000_000_000},
        {"sub": "a\0b"},
        {"sub": {"$ne": None}},
    ],
    ids=lambda claims: next(iter(claims)),
)
async def test_a_token_that_does_not_hold_opens_nothing(town: Town, claims: dict[str, Any]) -> None:
    await town.bound(await person(town.world, Role.REVIEWER), "li")
    town.provider.claims = claims
    assert kind(await town.sign_on("li")) == "sign-in-refused"


async def test_a_token_signed_with_an_unpublished_key_opens_nothing(town: Town) -> None:
    await town.bound(await person(town.world, Role.REVIEWER), "li")
    town.provider.published, town.provider.key = [town.provider.key], signing_key("first")
    assert kind(await town.sign_on("li")) == "sign-in-refused"


async def test_an_answer_is_taken_once_however_many_send_it(town: Town) -> None:
    await town.bound(await person(town.world, Role.REVIEWER), "li")
    begun = await town.begun()
    answer = brought(begun, town.provider.authorize(begun["authorization_url"], "li"))
    tried = await asyncio.gather(*(town.world.client().post(END, json=answer) for _ in range(4)))
    assert sorted(each.status_code for each in tried) == [201, 401, 401, 401]


async def test_a_challenge_is_good_for_ten_minutes_and_for_what_it_was_made(town: Town) -> None:
    client = await town.bound(await person(town.world, Role.REVIEWER), "li")
    old = await town.begun()
    clock = town.world.database.clock
    assert clock.stopped_at is not None
    clock.stopped_at += timedelta(minutes=10)
    answer = town.provider.authorize(old["authorization_url"], "li")
    assert (await town.world.client().post(END, json=brought(old, answer))).status_code == 401
    await client.delete(f"{ME}/identity")
    begun = await town.begun()
    answer = town.provider.authorize(begun["authorization_url"], "li")
    assert codes(await client.post(f"{ME}/identity", json=brought(begun, answer))) == [("not_identified", None)]


async def test_a_disabled_account_does_not_come_in(town: Town) -> None:
    account = await person(town.world, Role.REVIEWER)
    await town.bound(account, "li")
    office = await enter(town.world, await person(town.world))
    assert (await office.post(f"/api/v1/accounts/{account.id}/suspension")).status_code == 200
    refused = await town.sign_on("li")
    assert (refused.status_code, kind(refused)) == (401, "sign-in-refused")


async def test_a_second_factor_is_asked_for_as_after_a_password(town: Town) -> None:
    account = await person(town.world, Role.REVIEWER)
    client = await town.bound(account, "li")
    app = await add_totp(town.world, client)
    asked = await town.sign_on("li", "s1")
    assert (asked.status_code, kind(asked)) == (401, "second-step-needed")
    clock = town.world.database.clock
    assert clock.stopped_at is not None
    clock.stopped_at += timedelta(minutes=1)
    code = app.code(clock.stopped_at)
    opened = await second_step(town.world.client(), asked.json()["challenge"], code)
    assert opened.status_code == 201, opened.text
    inside = town.world.client(Authorization=f"Bearer {opened.json()['token']}")
    assert (await inside.get("/api/v1/session")).json()["identity_id"] is not None
    assert (await town.told(town.provider.logout_token(sub="li", sid="s1"))).status_code == 204
    assert (await inside.get(ME)).status_code == 401


async def test_a_provider_that_is_trusted_with_it_has_asked_for_two(town: Town) -> None:
    await add_totp(town.world, await town.bound(await person(town.world, Role.REVIEWER), "li"))
    for claims, expected in (({"amr": ["pwd"]}, 401), ({"amr": ["pwd", "mfa"]}, 201), ({"acr": "mfa"}, 201)):
        town.provider.claims = claims
        assert (await town.sign_on("li")).status_code == expected


async def test_a_role_that_needs_a_second_factor_needs_it_here_too(world: World, settings: Settings) -> None:
    clock = world.database.clock
    async with (
        another_app(settings, clock, second_factor_roles=("reviewer",)) as app,
        signing_on(World(app, world.contract)) as town,
    ):
        client = await enter(town.world, await person(town.world, Role.REVIEWER))
        await add_totp(town.world, client)
        assert (await town.bind(client, "li")).status_code == 201
        assert kind(await town.sign_on("li")) == "second-step-needed"


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
@pytest.mark.parametrize(
    "behaviour",
    [status(500), status(200, b"nonsense"), status(200, b"[" * 100_000), hang_up, endless],
    ids=["500", "nonsense", "deep", "torn", "endless"],
)
async def test_a_provider_that_fails_is_answered_503(town: Town, path: str, behaviour: Any) -> None:
    town.provider.answers = {path: deque([behaviour] * 3)}
    begun = await town.world.client().post(BEGIN, json={"redirect_uri": REDIRECT})
    if begun.status_code == 200:
        answer = town.provider.authorize(begun.json()["authorization_url"], "li")
        begun = await town.world.client().post(END, json=brought(begun.json(), answer))
    unsigned = path == "/keys" and behaviour not in (hang_up, endless) and begun.status_code == 401
    assert unsigned or (begun.status_code, kind(begun)) == (503, "unavailable")


async def test_passwords_go_on_while_the_provider_is_silent(town: Town) -> None:
    account = await person(town.world)
    town.provider.answers = {"/.well-known/openid-configuration": deque([silence])}
    waiting = asyncio.create_task(town.world.client().get("/api/v1/sign-on"))
    await asyncio.sleep(0.1)
    await enter(town.world, account)
    assert not waiting.done()
    assert (await waiting).status_code == 503


async def test_without_a_provider_every_operation_says_so(world: World, settings: Settings) -> None:
    asked, answers = {"redirect_uri": REDIRECT}, {"challenge": "x", "state": "x", "code": "x"}
    async with another_app(settings, world.database.clock, sign_on_issuer=None) as app:
        bare = World(app, world.contract)
        client = await enter(bare, await person(bare))
        refused = [
            await bare.client().get("/api/v1/sign-on"),
            await bare.client().post(BEGIN, json=asked),
            await bare.client().post(END, json=answers),
            await bare.client().post(LOGOUT, data={"logout_token": "x"}),
            await client.post(BINDING, json=asked),
            await client.post(IDENTITY, json=answers),
        ]
    assert {tuple(codes(each)) for each in refused} == {(("sign_on_not_set_up", None),)}


async def test_a_sign_out_there_ends_the_sessions_here(town: Town) -> None:
    by_password = await town.bound(await person(town.world, Role.REVIEWER), "li")
    await town.bound(await person(town.world, Role.REVIEWER), "wang")
    first, second, other = [await town.entered(*who) for who in (("li", "s1"), ("li", "s2"), ("wang", "s1"))]
    assert (await town.told(town.provider.logout_token(sub="li", sid="s1"))).status_code == 204
    assert [(await each.get(ME)).status_code for each in (first, second, other)] == [401, 200, 200]
    assert (await town.told(town.provider.logout_token(sub="li"))).status_code == 204
    assert [(await each.get(ME)).status_code for each in (second, other, by_password)] == [401, 200, 200]
    assert (await town.told(town.provider.logout_token(sid="s1"))).status_code == 204
    assert (await other.get(ME)).status_code == 401


async def test_a_sign_out_counts_once_and_only_from_the_provider(town: Town) -> None:
    await town.bound(await person(town.world, Role.REVIEWER), "li")
    token = town.provider.logout_token(sub="li")
    tried = await asyncio.gather(*(town.told(token) for _ in range(4)))
    assert sorted(each.status_code for each in tried) == [204, 400, 400, 400]
    inside = await town.entered("li", "s1")
    assert (await town.told(token)).status_code == 400
    with_nonce, foreign = town.provider.logout_token(sub="li", nonce="n"), town.provider.logout_token(sub="li", aud="x")
    for wrong in (with_nonce, foreign, "nonsense", town.provider.signed({"sub": "li"})):
        assert (await town.told(wrong)).status_code == 400
    assert (await inside.get(ME)).status_code == 200


async def test_a_session_that_ended_there_meanwhile_is_not_opened(town: Town) -> None:
    await town.bound(await person(town.world, Role.REVIEWER), "li")
    begun = await town.begun()
    answer = town.provider.authorize(begun["authorization_url"], "li", "s1")
    assert (await town.told(town.provider.logout_token(sid="s1"))).status_code == 204
    assert (await town.world.client().post(END, json=brought(begun, answer))).status_code == 401
    await town.entered("li", "s2")


async def test_a_sign_out_races_with_sign_ons_and_none_is_left(town: Town) -> None:
    await town.bound(await person(town.world, Role.REVIEWER), "li")
    for number in range(5):
        session = f"s{number}"
        opened, told = await asyncio.gather(
            town.sign_on("li", session), town.told(town.provider.logout_token(sub="li", sid=session))
        )
        assert told.status_code == 204
        if opened.status_code == 201:
            inside = town.world.client(Authorization=f"Bearer {opened.json()['token']}")
            assert (await inside.get(ME)).status_code == 401
