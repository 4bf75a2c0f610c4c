import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import select

from app.models import Account, Factor, RecoveryCode
from app.models.enums import Role
from app.services.people.invitations import invite_first_office
from app.settings import Settings
from tests.contract.client import ContractClient
from tests.fixtures import CONTRACT
from tests.world import NOW, World
from tests.world.apps import another_app
from tests.world.factors import FACTORS, Totp, add_totp, asked, begin_totp, challenge, confirmed, second_step, with_totp
from tests.world.people import ANOTHER, attempt, codes, enter, person


def later(world: World, seconds: float) -> datetime:
    """Let time pass; the new instant."""
    clock = world.database.clock
    assert clock.stopped_at is not None
    clock.stopped_at += timedelta(seconds=seconds)
    return clock.stopped_at


async def signed_in(world: World, account: Account, code: str) -> ContractClient:
    opened = await second_step(world.client(), await challenge(world, account), code)
    assert opened.status_code == 201, opened.text
    return world.client(Authorization=f"Bearer {opened.json()['token']}")


async def test_a_password_alone_opens_nothing_once_there_is_an_authenticator(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    client, phone = await with_totp(world, account)
    listed = (await client.get(FACTORS)).json()
    assert [(each["id"], each["kind"], each["name"]) for each in listed["items"]] == [(phone.id, "totp", "手机")]

    now = later(world, 60)
    needed = await asked(world, account)
    assert (needed["factors"], needed["expires_at"]) == (["totp"], "2015-04-21T02:06:00Z")
    bearing = world.client(Authorization=f"Bearer {needed['challenge']}")
    assert (await bearing.get("/api/v1/account")).status_code == 401
    assert (await client.get("/api/v1/sessions")).json()["total"] == 1

    opened = await second_step(world.client(), needed["challenge"], phone.code(now))
    assert (opened.status_code, opened.json()["second_factor_required"]) == (201, False)
    inside = world.client(Authorization=f"Bearer {opened.json()['token']}")
    assert (await inside.get("/api/v1/session")).json()["assurance"] == "two_factors"
    again = await second_step(world.client(), needed["challenge"], phone.code(later(world, 30)))
    assert again.json()["type"] == "urn:problem-type:pinpai:sign-in-refused"


async def test_an_authenticator_counts_once_a_code_of_it_was_shown(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    client = await enter(world, account)
    first, second = Totp.of(await begin_totp(client)), Totp.of(await begin_totp(client))
    await enter(world, account)  # the password is still enough
    assert (await confirmed(client, first, NOW)).status_code == 404
    wrong = await client.post(f"{FACTORS}/{second.id}/confirmation", json={"code": first.code(NOW)})
    assert codes(wrong) == [("wrong_code", "/code")]
    answer = await confirmed(client, second, NOW)
    assert len(set(answer.json()["recovery_codes"])) == 10
    assert (await client.get("/api/v1/session")).json()["assurance"] == "two_factors"
    assert codes(await confirmed(client, second, later(world, 60))) == [("already_confirmed", None)]
    assert (await add_totp(world, client)).recovery_codes == []


async def test_a_code_is_taken_once_however_many_send_it_at_once(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    _, phone = await with_totp(world, account)
    replayed = await second_step(world.client(), await challenge(world, account), phone.code(NOW))
    assert replayed.status_code == 401  # the code that confirmed the app

    now = later(world, 60)
    challenges = [await challenge(world, account) for _ in range(3)]
    tried = await asyncio.gather(*(second_step(world.client(), each, phone.code(now)) for each in challenges))
    assert sorted(each.status_code for each in tried) == [201, 401, 401]


async def test_a_code_is_taken_a_step_early_or_late_and_never_an_earlier_one_after_a_later(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    _, phone = await with_totp(world, account)
    now = later(world, 300)
    for seconds, status in ((-60, 401), (60, 401), (-30, 201), (30, 201), (0, 401)):
        code = phone.code(now + timedelta(seconds=seconds))
        answer = await second_step(world.client(), await challenge(world, account), code)
        assert answer.status_code == status, seconds


async def test_a_challenge_ends_after_five_minutes_and_with_the_account(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    _, phone = await with_totp(world, account)
    old = await challenge(world, account)
    now = later(world, 300)
    assert (await second_step(world.client(), old, phone.code(now))).status_code == 401
    fresh = await challenge(world, account)
    office = await world.client_of(Role.OFFICE)
    await office.post(f"/api/v1/accounts/{account.id}/suspension")
    assert (await second_step(world.client(), fresh, phone.code(now))).status_code == 401


async def test_guessing_at_the_second_step_is_as_slow_as_at_the_first(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    _, phone = await with_totp(world, account)
    now = later(world, 60)
    asked_again = await challenge(world, account)
    guesses = [await second_step(world.client(), asked_again, f"{guess:06}") for guess in range(6)]
    assert [each.status_code for each in guesses] == [401] * 5 + [429]
    assert (await second_step(world.client(), asked_again, phone.code(now))).status_code == 429


async def test_unfinished_sign_ins_end_no_open_session(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    client, _ = await with_totp(world, account)
    for _ in range(12):
        await challenge(world, account)
    assert (await client.get("/api/v1/account")).status_code == 200


async def test_a_recovery_code_replaces_a_lost_telephone_once(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    _, phone = await with_totp(world, account)
    typed = phone.recovery_codes[0].lower().replace("-", " ")
    client = await signed_in(world, account, typed)
    assert (await second_step(world.client(), await challenge(world, account), typed)).status_code == 401
    assert (await client.get(f"{FACTORS}/recovery-codes")).json() == {"left": 9}
    fresh = (await client.post(f"{FACTORS}/recovery-codes")).json()["recovery_codes"]
    void = await second_step(world.client(), await challenge(world, account), phone.recovery_codes[1])
    assert void.status_code == 401
    await signed_in(world, account, fresh[0])


async def test_a_stolen_session_takes_no_factor_away_and_adds_none(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    client, phone = await with_totp(world, account)
    now = later(world, 601)
    needed = "urn:problem-type:pinpai:reauthentication-required"
    tried = [
        await client.delete(f"{FACTORS}/{phone.id}"),
        await begin_totp(client),
        await client.post(f"{FACTORS}/recovery-codes"),
    ]
    assert [(each.status_code, each.json()["type"]) for each in tried] == [(403, needed)] * 3

    async def prove(**body: str) -> list[tuple[str, str | None]]:
        answer = await client.post("/api/v1/session/reauthentication", json=body)
        return [] if answer.status_code == 204 else codes(answer)

    right = "竹筏 暖壶 第七页 山雀"
    assert await prove(password="wrong", code=phone.code(now)) == [("wrong_password", "/password")]
    assert await prove(password=right) == [("wrong_code", "/code")]
    assert await prove(password=right, code=phone.code(now)) == []
    assert (await client.delete(f"{FACTORS}/{phone.id}")).status_code == 204
    assert (await client.get(f"{FACTORS}/recovery-codes")).json() == {"left": 0}
    await enter(world, account)


async def test_a_factor_added_or_removed_ends_all_other_sessions(world: World) -> None:
    account = await person(world, Role.REVIEWER)
    other = await enter(world, account)
    client, phone = await with_totp(world, account)
    assert (await other.get("/api/v1/account")).status_code == 401
    other = await signed_in(world, account, phone.code(later(world, 60)))
    await client.delete(f"{FACTORS}/{phone.id}")
    assert (await other.get("/api/v1/account")).status_code == 401
    assert (await client.get("/api/v1/account")).status_code == 200


async def test_what_is_stored_shows_neither_the_secret_nor_a_recovery_code(world: World) -> None:
    _, phone = await with_totp(world, await person(world, Role.REVIEWER))
    async with world.database.transaction() as session:
        (factor,) = await session.scalars(select(Factor))
        kept = (await session.scalars(select(RecoveryCode.code_hash))).all()
    assert phone.app.secret.encode() not in (factor.secret or b"")
    assert len(kept) == 10
    assert not {code.replace("-", "").encode() for code in phone.recovery_codes} & {*kept}


async def test_nobody_sees_or_touches_the_factors_of_another(world: World) -> None:
    _, phone = await with_totp(world, await person(world, Role.REVIEWER))
    office = await enter(world, await person(world))
    for method, address, body in (
        ("GET", "", None),
        ("PATCH", "", {"name": "我的"}),
        ("DELETE", "", None),
        ("POST", "/confirmation", {"code": phone.code(NOW)}),
    ):
        answer = await office.request(method, f"{FACTORS}/{phone.id}{address}", json=body, headers={"If-Match": "*"})
        assert answer.status_code == 404, method
    machine = await world.client_of(Role.MUNICIPAL)
    assert (await begin_totp(machine)).status_code == 403


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def strict_app(app: FastAPI, settings: Settings) -> AsyncIterator[FastAPI]:
    """The same application, where the office needs a second factor: built once, which takes two seconds."""
    async with another_app(settings, app.state.database.clock, second_factor_roles=("office",)) as strict:
        yield strict


@pytest.fixture
def strict(strict_app: FastAPI, world: World) -> World:
    return World(strict_app, world.contract)


OPEN = {
    ("get", "/api/v1/account"),
    ("get", "/api/v1/session"),
    ("delete", "/api/v1/session"),
    ("post", "/api/v1/session/cookie"),
}
OPERATIONS = [
    (method, path)
    for path, item in json.loads(CONTRACT.read_text("utf-8"))["paths"].items()
    for method, operation in item.items()
    if method in {"get", "post", "put", "patch", "delete"} and operation["security"]
]


async def test_a_role_that_needs_a_factor_may_do_nothing_but_add_one(strict: World) -> None:
    account = await person(strict)
    opened = await attempt(strict.client(), account.username)
    assert opened.json()["second_factor_required"] is True
    client = strict.client(Authorization=f"Bearer {opened.json()['token']}")
    refused = set()
    for method, path in OPERATIONS:
        if (method, path) != ("delete", "/api/v1/session"):
            answer = await client.request(method, re.sub(r"\{[a-z_]+\}", str(account.id), path))
            if answer.json().get("type") == "urn:problem-type:pinpai:second-factor-required":
                refused.add((method, path))
    enrolling = {each for each in OPERATIONS if each[1].startswith(FACTORS)}
    assert len(enrolling) > 5
    assert set(OPERATIONS) - refused == OPEN | enrolling

    await add_totp(strict, client)
    assert (await client.get("/api/v1/accounts")).status_code == 200


async def test_other_roles_and_machine_clients_go_on_as_before(strict: World) -> None:
    for role in (Role.REVIEWER, Role.MUNICIPAL):
        client = await strict.client_of(role)
        assert (await client.get("/api/v1/campaigns")).status_code == 200
    assert (await (await strict.client_of(Role.OFFICE)).get("/api/v1/campaigns")).status_code == 403


async def test_a_new_password_takes_no_factor_away(strict: World) -> None:
    account = await person(strict)
    _, phone = await with_totp(strict, account)
    code = await invite_first_office(strict.database, account.username, account.name)
    activated = await strict.client().post("/api/v1/activations", json={"code": code, "password": ANOTHER})
    assert activated.status_code == 200
    refused = await attempt(strict.client(), account.username, ANOTHER)
    assert refused.json()["type"] == "urn:problem-type:pinpai:second-step-needed"
    step = await second_step(strict.client(), refused.json()["challenge"], phone.code(later(strict, 60)))
    assert step.status_code == 201


async def test_an_account_has_at_most_ten_factors(world: World) -> None:
    client, _ = await with_totp(world, await person(world, Role.REVIEWER))
    for _ in range(9):
        await add_totp(world, client)
    assert codes(await begin_totp(client)) == [("too_many_factors", None)]
