import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import uvicorn
from fastapi import FastAPI
from httpx2 import Response
from sqlalchemy import select, update

from app.api.http.bodies import JSON_LIMIT
from app.models import Account, Session
from app.models.enums import AccountStatus, Role
from app.services.people.sessions import token_hash
from tests.contract.client import ContractClient
from tests.world import NOW, World, key

LIST = "/api/v1/campaigns"
TYPE = "urn:problem-type:pinpai:"


@pytest.fixture
async def office(world: World) -> ContractClient:
    return await world.client_of(Role.OFFICE)


async def session_of(world: World, **times: Any) -> ContractClient:
    """A client whose session was last seen, ends by silence and ends in any case at these times."""
    account, token = await world.account(Role.OFFICE), uuid4().hex
    times = {"seen_at": NOW, "idle_until": NOW + timedelta(minutes=30), "expires_at": NOW + timedelta(hours=12)} | times
    who = {"account_id": account.id, "token_hash": token_hash(token), "client": "tests", "address": "127.0.0.1"}
    await world.add(Session(created_at=NOW, authenticated_at=NOW, **who, **times))
    return world.client(Authorization=f"Bearer {token}")


def refused(response: Response, status: int, code: str) -> None:
    assert (response.status_code, response.json()["type"]) == (status, TYPE + code)
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer ", "Bearer unknown", "Basic b2ZmaWNlOnNlY3JldA==", "bearer \xe9"]
)
async def test_a_stranger_is_told_to_sign_in(world: World, authorization: str | None) -> None:
    headers = {} if authorization is None else {b"Authorization": authorization.encode("latin-1")}
    response = await world.client().get(LIST, headers=headers)
    refused(response, 401, "unauthenticated")
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_stranger_learns_not_even_which_paths_there_are(world: World) -> None:
    for path in ("/api/v1/nothing", "/api/v1/applications/x", "/api/v1/accounts"):
        refused(await world.client().get(path), 401, "unauthenticated")


@pytest.mark.parametrize("end", ["idle_until", "expires_at"])
async def test_a_session_ends_by_silence_or_by_age_to_the_microsecond(world: World, end: str) -> None:
    alive = await session_of(world, **{end: NOW + timedelta(microseconds=1)})
    over = await session_of(world, **{end: NOW})
    assert (await alive.get(LIST)).status_code == 200
    refused(await over.get(LIST), 401, "unauthenticated")


async def test_using_a_session_keeps_it_awake(world: World) -> None:
    client = await session_of(world)
    clock = world.database.clock
    for _ in range(3):
        clock.stopped_at = clock.stopped_at and clock.stopped_at + timedelta(minutes=29)
        assert (await client.get(LIST)).status_code == 200
    clock.stopped_at = clock.stopped_at and clock.stopped_at + timedelta(minutes=30)
    refused(await client.get(LIST), 401, "unauthenticated")


async def test_a_session_is_written_to_once_a_minute_at_most(world: World) -> None:
    client, seen = await session_of(world), []
    for seconds in (30, 60, 61, 90, 122):
        world.database.clock.stopped_at = NOW + timedelta(seconds=seconds)
        await client.get(LIST)
        async with world.database.transaction() as session:
            at = (await session.scalars(select(Session.seen_at))).one()
        seen.append((at - NOW).total_seconds())
    assert seen == [0, 0, 61, 61, 122]


@pytest.mark.parametrize("status", [AccountStatus.DISABLED, AccountStatus.INVITED])
async def test_the_session_of_an_account_that_is_not_active_is_none(world: World, status: AccountStatus) -> None:
    client = await session_of(world)
    async with world.database.transaction() as session:
        await session.execute(update(Account).values(status=status))
    refused(await client.get(LIST), 401, "unauthenticated")


async def test_a_body_that_says_it_is_too_long_is_not_read(office: ContractClient) -> None:
    body = b'{"q": "' + b"x" * JSON_LIMIT + b'"}'
    response = await office.post(LIST, content=body, headers={"Content-Type": "application/json"})
    refused(response, 413, "payload-too-large")
    assert response.headers["connection"] == "close"


async def test_a_body_that_does_not_say_its_length_is_counted(office: ContractClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b" " * 65536

    response = await office.post(LIST, content=endless(), headers={"Content-Type": "application/json"})
    refused(response, 413, "payload-too-large")
    assert response.headers["connection"] == "close"


async def test_a_body_at_the_limit_is_read(office: ContractClient) -> None:
    body = b'{"year": 2015, "template": "lubei-2015"}'.ljust(JSON_LIMIT)
    response = await office.post(LIST, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 201


@pytest.mark.parametrize("length", ["x", "-1", "1e3", "²", "0x10", "1 2", "9" * 5000])
async def test_a_length_that_is_none(office: ContractClient, length: str) -> None:
    headers = {b"Content-Type": b"application/json", b"Content-Length": length.encode("latin-1")}
    response = await office.post(LIST, content=b"{}", headers=headers)
    refused(response, 400, "malformed-request")


@pytest.mark.parametrize(
    "media",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json", "application/xml"],
)
async def test_everything_but_an_upload_is_json(office: ContractClient, media: str) -> None:
    response = await office.post(LIST, content=b"{}", headers={"Content-Type": media})
    refused(response, 415, "unsupported-media-type")


@pytest.mark.parametrize(
    "media", ["application/json", "APPLICATION/JSON ; charset=utf-8", "application/merge-patch+json"]
)
async def test_json_has_several_names(office: ContractClient, media: str) -> None:
    body = b'{"template": "lubei-2015", "year": 2015}'
    response = await office.post(LIST, content=body, headers={"Content-Type": media})
    assert response.status_code == 201


async def test_an_upload_is_a_form(world: World) -> None:
    unit = await world.unit(await world.committee())
    application = await world.application(await world.campaign(), unit)
    client = await world.client_of(Role.UNIT, unit=unit)
    response = await client.post(f"/api/v1/applications/{application.id}/images", json={}, headers=key())
    refused(response, 415, "unsupported-media-type")


@pytest.mark.parametrize("media", ["application/x-www-form-urlencoded", "text/plain", "application/json"])
async def test_what_comes_beside_an_operation_without_a_body_is_not_read(office: ContractClient, media: str) -> None:
    """`curl -d ''` names a form, and many clients name a media type for all they send."""
    headers, body = {"Content-Type": media, "Content-Encoding": "gzip"}, b"x" * (JSON_LIMIT + 1)
    campaign = (await office.post(LIST, json={"template": "lubei-2015", "year": 2015})).json()
    published = await office.post(f"{LIST}/{campaign['id']}/publication", content=body, headers=headers)
    assert (published.status_code, published.json()["status"]) == (200, "published")
    listed = await office.request("GET", LIST, content=body, headers=headers)
    assert (listed.status_code, len(listed.json()["items"])) == (200, 1)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@asynccontextmanager
async def served(app: FastAPI, listener: socket.socket) -> AsyncIterator[int]:
    """The application behind a real socket."""
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", ws="none", log_config=None))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield listener.getsockname()[1]
    server.should_exit = True
    await task


async def answer_of(port: int, head: str, body: bytes = b"") -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
    writer.close()
    return answer


async def test_a_stranger_is_refused_before_the_first_byte_of_a_body(
    world: World, app: FastAPI, listener: socket.socket
) -> None:
    head = f"POST {LIST} HTTP/1.1\nHost: localhost\nContent-Type: application/json\nContent-Length: 400000000"
    async with served(app, listener) as port:
        assert (await answer_of(port, head)).startswith(b"HTTP/1.1 401 ")


async def test_a_flood_is_refused_before_the_first_byte_of_it(
    world: World, app: FastAPI, listener: socket.socket
) -> None:
    token = (await world.client_of(Role.OFFICE)).headers["authorization"]
    head = (
        f"POST {LIST} HTTP/1.1\nHost: localhost\nAuthorization: {token}\n"
        "Content-Type: application/json\nContent-Length: 300000"
    )
    async with served(app, listener) as port:
        assert (await answer_of(port, head)).startswith(b"HTTP/1.1 413 ")
