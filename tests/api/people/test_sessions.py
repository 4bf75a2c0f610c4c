import asyncio
import base64
import hashlib
from collections import Counter
from datetime import timedelta
from itertools import islice
from threading import Event
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.models import Account, AuditEvent, SignInAttempt
from app.models.enums import AccountStatus, Role
from app.services.people import sessions
from app.services.policies.people.throttling import TURNS_PER_ADDRESS, UNDER_WAY
from tests.world import NOW, World
from tests.world.people import PASSWORD, at, attempt, enter, person, unknown

OTHER_PLACE = "10.9.8.7"


async def history(world: World, action: str) -> list[AuditEvent]:
    async with world.database.transaction() as session:
        found = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)
        return list(await session.scalars(found))


async def test_somebody_signs_in_and_out(world: World) -> None:
    account = await person(world)
    opened = await attempt(world.client(**{"User-Agent": "tests/1"}), account.username.upper())
    assert (opened.status_code, opened.headers["location"]) == (201, "/api/v1/session")
    body = opened.json()
    assert (body["account"]["id"], body["account"]["role"]) == (str(account.id), "office")
    assert (body["idle_until"], body["expires_at"]) == ("2015-04-21T02:30:00Z", "2015-04-21T14:00:00Z")
    assert len(base64.urlsafe_b64decode(body["token"] + "=")) == 32

    client = world.client(Authorization=f"Bearer {body['token']}")
    (mine,) = (await client.get("/api/v1/sessions")).json()["items"]
    assert (mine["current"], mine["client"], mine["address"]) == (True, "tests/1", "127.0.0.1")
    assert (await client.get("/api/v1/session")).json() == mine
    assert (await client.delete("/api/v1/session")).status_code == 204
    assert (await client.get("/api/v1/account")).status_code == 401

    (signed_in,) = await history(world, "account.signed_in")
    assert (signed_in.actor_id, signed_in.subject_id, (signed_in.changes or {})["trace"]["address"]) == (
        account.id,
        account.id,
        "127.0.0.1",
    )
    assert [event.actor_id for event in await history(world, "account.signed_out")] == [account.id]


@pytest.mark.parametrize("path", ["/api/v1/session", "/api/v1/sessions"])
async def test_a_browser_is_told_to_forget_what_it_kept_of_a_session(world: World, path: str) -> None:
    answer = await (await world.client_of(Role.OFFICE)).delete(path)
    assert (answer.status_code, answer.headers["clear-site-data"]) == (204, '"cache", "storage"')


async def test_every_refusal_says_the_same(world: World) -> None:
    account, disabled, invited = [await person(world) for _ in range(3)]
    machine = await world.account(Role.MUNICIPAL)
    async with world.database.transaction() as session:
        (await session.get_one(Account, disabled.id)).status = AccountStatus.DISABLED
        (await session.get_one(Account, invited.id)).status = AccountStatus.INVITED
    tried = [(account.username, "wrong")]
    tried += [(name, PASSWORD) for name in (unknown(), disabled.username, invited.username, machine.username)]
    answers = [await attempt(world.client(), *each) for each in tried]
    assert {(answer.status_code, answer.json()["type"], answer.json()["detail"]) for answer in answers} == {
        (401, "urn:problem-type:pinpai:sign-in-refused", "用户名或密码不正确。")
    }
    known = await history(world, "account.sign_in_refused")
    assert [event.subject_id for event in known] == [account.id]
    stranger = (await history(world, "sign_in.refused"))[0]
    assert (stranger.actor_name, (stranger.changes or {})["trace"]) == ("公众", {"address": "127.0.0.1"})


@pytest.mark.parametrize("text", ["\\u0000", "\\ud800", "\\u202e", "%"])
async def test_what_no_name_has_is_refused_like_any_other_mistake(world: World, text: str) -> None:
    headers = {"Content-Type": "application/json"}
    client = world.client()
    named = await client.post("/api/v1/sessions", content=f'{{"username": "{text}", "password": "x"}}', headers=headers)
    typed = await client.post("/api/v1/sessions", content=f'{{"username": "x", "password": "{text}"}}', headers=headers)
    code = f'{{"code": "{text}", "password": "x"}}'
    coded = await client.post("/api/v1/activations", content=code, headers=headers)
    assert {named.status_code, typed.status_code} <= {401, 422}
    assert coded.status_code in {409, 422}


async def test_a_client_s_name_of_any_bytes_is_refused(world: World) -> None:
    form = {"grant_type": "client_credentials"}
    for raw in (b"\x00:x", b"\xff:x", b"%00:%ff", b"no colon"):
        basic = base64.b64encode(raw).decode()
        answer = await world.client(Authorization=f"Basic {basic}").post("/api/v1/tokens", data=form)
        assert answer.status_code == 401
    assert (await world.client().post("/api/v1/tokens", data=form | {"client_id": "\x00"})).status_code == 401


async def test_a_stale_token_does_not_stand_in_the_way_of_signing_in(world: World) -> None:
    account = await person(world)
    stale = world.client(Authorization="Bearer ended-long-ago")
    assert (await attempt(stale, account.username)).status_code == 201


async def test_a_session_ends_after_silence_and_after_its_hours(world: World) -> None:
    account = await person(world)
    client = await enter(world, account)
    clock = world.database.clock
    clock.stopped_at = NOW + timedelta(minutes=29)
    assert (await client.get("/api/v1/session")).json()["idle_until"] == "2015-04-21T02:59:00Z"
    clock.stopped_at = NOW + timedelta(minutes=58)
    assert (await client.get("/api/v1/session")).status_code == 200
    clock.stopped_at = NOW + timedelta(minutes=88)
    assert (await client.get("/api/v1/session")).status_code == 401

    clock.stopped_at = NOW
    busy = await enter(world, account)
    for minutes in range(20, 12 * 60, 20):
        clock.stopped_at = NOW + timedelta(minutes=minutes)
        assert (await busy.get("/api/v1/session")).status_code == 200
    clock.stopped_at = NOW + timedelta(hours=12)
    assert (await busy.get("/api/v1/session")).status_code == 401
    assert await sessions.forget(world.database) == 2


async def test_one_signs_out_elsewhere_and_everywhere(world: World) -> None:
    account, other = await person(world), await person(world)
    here, there, third = [await enter(world, account) for _ in range(3)]
    stranger = await enter(world, other)
    elsewhere = (await there.get("/api/v1/session")).json()["id"]

    assert (await stranger.delete(f"/api/v1/sessions/{elsewhere}")).status_code == 404
    assert (await here.delete(f"/api/v1/sessions/{elsewhere}")).status_code == 204
    assert (await there.get("/api/v1/session")).status_code == 401
    assert (await here.get("/api/v1/sessions")).json()["total"] == 2

    assert (await here.delete("/api/v1/sessions")).status_code == 204
    assert [(await client.get("/api/v1/session")).status_code for client in (here, third, stranger)] == [401, 401, 200]


async def test_five_failures_close_the_pair_but_lock_nobody_else_out(world: World) -> None:
    account, neighbour = await person(world), await person(world)
    attacker = at(world, OTHER_PLACE)
    refused = [await attempt(attacker, account.username, f"guess {n}") for n in range(7)]
    assert [answer.status_code for answer in refused] == [401] * 5 + [429] * 2
    assert refused[-1].headers["retry-after"] == "900"
    assert (await attempt(attacker, account.username)).status_code == 429

    assert (await attempt(at(world, "10.1.1.1"), account.username)).status_code == 201
    assert (await attempt(attacker, neighbour.username)).status_code == 201

    world.database.clock.stopped_at = NOW + timedelta(minutes=15)
    assert (await attempt(attacker, account.username)).status_code == 201


async def test_an_unknown_name_is_throttled_like_a_known_one(world: World) -> None:
    name = unknown()
    answers = [await attempt(world.client(), name) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]


async def test_parallel_guesses_do_not_slip_through(world: World) -> None:
    account = await person(world)
    answers = await asyncio.gather(*(attempt(world.client(), account.username, f"guess {n}") for n in range(20)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 15


async def test_an_account_under_attack_keeps_answering_the_address_it_is_known_at(world: World) -> None:
    account = await person(world)
    await enter(world, account)
    failed = [SignInAttempt(**_subject(account), address=f"10.0.0.{n}", at=NOW, succeeded=False) for n in range(60)]
    await world.add(*failed)
    slowed = await attempt(at(world, OTHER_PLACE), account.username)
    assert (slowed.status_code, slowed.headers["retry-after"]) == (429, "900")
    assert (await attempt(world.client(), account.username)).status_code == 201


async def test_an_address_with_very_many_failures_has_to_wait(world: World) -> None:
    account = await person(world)
    await world.add(
        *(
            SignInAttempt(subject_hash=uuid4().bytes, address=OTHER_PLACE, at=when, succeeded=succeeded)
            for when, succeeded in [(NOW, False)] * 299 + [(NOW - UNDER_WAY, None)]
        )
    )
    assert (await attempt(at(world, OTHER_PLACE), account.username, "wrong")).status_code == 401
    assert (await attempt(at(world, OTHER_PLACE), account.username)).status_code == 429
    assert (await attempt(world.client(), account.username)).status_code == 201


async def test_attempts_under_way_count_against_their_address_until_their_requests_must_be_dead(world: World) -> None:
    account = await person(world)
    under_way = [
        SignInAttempt(subject_hash=uuid4().bytes, address=OTHER_PLACE, at=NOW, succeeded=None) for _ in range(300)
    ]
    await world.add(*under_way)
    refused = await attempt(at(world, OTHER_PLACE), account.username)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert (await attempt(world.client(), account.username)).status_code == 201
    world.database.clock.stopped_at = NOW + UNDER_WAY
    assert (await attempt(at(world, OTHER_PLACE), account.username)).status_code == 201


async def test_attempts_that_died_close_no_pair_for_long(world: World) -> None:
    account = await person(world)
    died = [SignInAttempt(**_subject(account), address=OTHER_PLACE, at=NOW, succeeded=None) for _ in range(60)]
    await world.add(*died)
    assert (await attempt(at(world, OTHER_PLACE), account.username)).status_code == 429
    world.database.clock.stopped_at = NOW + UNDER_WAY
    assert (await attempt(at(world, OTHER_PLACE), account.username)).status_code == 201


async def test_a_flood_from_one_address_costs_few_hashes_and_lets_others_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, checked, hurried = await person(world), [], Event()

    def slow_for_guesses(_: str, password: str) -> bool:
        checked.append(password)
        if password == "guess":
            hurried.wait(60)
        return password == PASSWORD

    monkeypatch.setattr("app.services.people.hashing._verify", slow_for_guesses)
    monkeypatch.setattr("app.services.people.turns.WAIT_FOR_TURN", timedelta(hours=1))  # however slow the machine is
    attacker = at(world, OTHER_PLACE)
    flood = [asyncio.create_task(attempt(attacker, unknown(), "guess")) for _ in range(100)]
    sent_away = [await answer for answer in islice(asyncio.as_completed(flood), 100 - TURNS_PER_ADDRESS)]
    assert {(answer.status_code, answer.headers["retry-after"]) for answer in sent_away} == {(429, "1")}
    assert (await attempt(world.client(), account.username)).status_code == 201
    assert checked == ["guess", PASSWORD]
    hurried.set()
    assert Counter(answer.status_code for answer in await asyncio.gather(*flood)) == {401: 16, 429: 84}
    assert Counter(checked) == {"guess": 16, PASSWORD: 1}


async def test_a_success_forgets_the_failures_before_it(world: World) -> None:
    account = await person(world)
    for _ in range(3):
        answers = [await attempt(world.client(), account.username, "wrong") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [401] * 4
        await enter(world, account)


async def test_a_machine_client_gets_a_short_token_by_its_secret(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    body = {"username": "municipal-system", "name": "市文明办系统", "role": "municipal"}
    made = (await office.post("/api/v1/accounts", json=body)).json()
    assert (made["status"], made["activation_code"]) == ("invited", None)
    address = f"/api/v1/accounts/{made['id']}/client-secret"
    first, second, third = [(await office.post(address)).json()["client_secret"] for _ in range(3)]

    basic = base64.b64encode(f"municipal-system:{third}".encode()).decode()
    form = {"grant_type": "client_credentials", "scope": "municipal", "audience": "ignored"}
    answer = await world.client(Authorization=f"Basic {basic}").post("/api/v1/tokens", data=form)
    assert answer.status_code == 200, answer.text
    token = answer.json()
    assert (token["token_type"], token["expires_in"], token["scope"]) == ("Bearer", 900, "municipal")
    assert answer.headers["cache-control"] == "private, no-store"

    secrets = {"previous": second, "older": first, "wrong": "x"}
    posted = {"grant_type": "client_credentials", "client_id": "municipal-system"}
    statuses = [
        (await world.client().post("/api/v1/tokens", data=posted | {"client_secret": secret})).status_code
        for secret in secrets.values()
    ]
    assert statuses == [200, 401, 401]

    client = world.client(Authorization=f"Bearer {token['access_token']}")
    assert (await client.get("/api/v1/account")).json()["role"] == "municipal"
    assert (await client.patch("/api/v1/account", json={}, headers={"If-Match": "*"})).status_code == 403
    world.database.clock.stopped_at = NOW + timedelta(minutes=15)
    assert (await client.get("/api/v1/account")).status_code == 401


async def test_a_new_client_secret_ends_the_tokens_that_any_earlier_one_opened(world: World) -> None:
    office = await world.client_of(Role.OFFICE)
    body = {"username": "municipal-system", "name": "市文明办系统", "role": "municipal"}
    address = f"/api/v1/accounts/{(await office.post('/api/v1/accounts', json=body)).json()['id']}/client-secret"
    form = {"grant_type": "client_credentials", "client_id": "municipal-system"}
    secrets: list[str] = []
    for _ in range(3):
        opened = [await world.client().post("/api/v1/tokens", data=form | {"client_secret": old}) for old in secrets]
        tokens = [answer.json()["access_token"] for answer in opened if answer.is_success]
        secrets.append((await office.post(address)).json()["client_secret"])
        clients = [world.client(Authorization=f"Bearer {token}") for token in tokens]
        assert [(await client.get("/api/v1/account")).status_code for client in clients] == [401] * len(opened[-2:])
    issued = await history(world, "account.secret_issued")
    assert [event.data["sessions_ended"] for event in issued] == [0, 1, 2]


async def test_a_token_request_that_is_none_is_refused(world: World) -> None:
    client = world.client()
    for sent in ({"grant_type": "password"}, {}):
        assert (await client.post("/api/v1/tokens", data=sent)).status_code == 422
    assert (await client.post("/api/v1/tokens", json={"grant_type": "client_credentials"})).status_code == 415
    nobody = await client.post("/api/v1/tokens", data={"grant_type": "client_credentials"})
    broken = world.client(Authorization="Basic ***")
    assert nobody.status_code == 401
    assert (await broken.post("/api/v1/tokens", data={"grant_type": "client_credentials"})).status_code == 401


def _subject(account: Account) -> dict[str, bytes]:
    return {"subject_hash": hashlib.sha256(account.username.encode()).digest()}


async def test_a_stolen_session_ends_no_other_and_changes_no_way_to_be_reached(world: World) -> None:
    account = await person(world, Role.COMMITTEE, committee=await world.committee())
    thief, owner = await enter(world, account), await enter(world, account)
    other = (await owner.get("/api/v1/session")).json()["id"]
    assert world.database.clock.stopped_at is not None
    world.database.clock.stopped_at += timedelta(minutes=11)
    reached = {"email": "thief@example.org"}
    tried = [
        await thief.delete("/api/v1/sessions"),
        await thief.delete(f"/api/v1/sessions/{other}"),
        await thief.patch("/api/v1/account", json=reached, headers={"If-Match": "*"}),
    ]
    needed = "urn:problem-type:pinpai:reauthentication-required"
    assert [(each.status_code, each.json()["type"]) for each in tried] == [(403, needed)] * 3
    renamed = await thief.patch("/api/v1/account", json={"mail": False}, headers={"If-Match": "*"})
    assert renamed.status_code == 200
    assert (await thief.delete("/api/v1/session")).status_code == 204

    proof = await owner.post("/api/v1/session/reauthentication", json={"password": PASSWORD})
    assert proof.status_code == 204
    assert (await owner.patch("/api/v1/account", json=reached, headers={"If-Match": "*"})).status_code == 200
    assert (await owner.delete("/api/v1/sessions")).status_code == 204
